# SPDX-License-Identifier: Apache-2.0
"""What has to be so, and cannot be seen without an AWS account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.plan.labels import ENVIRONMENT_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.plan.key import KmsKey
    from seqera_batch.plan.network import Network
    from seqera_batch.plan.operations import Operations
    from seqera_batch.plan.storage import FileSystem


def assumptions(
    config: ForgeConfig,
    place: Network | None,
    systems: tuple[FileSystem, ...],
    key: KmsKey | None,
    watched: Operations | None,
) -> tuple[str, ...]:
    """Return what cannot be seen without an AWS account and has to be so."""
    found: list[str] = []
    bucket = config.work_directory.bucket
    if bucket is not None and config.given.work_bucket is None:
        found.append(
            f"the bucket {bucket} exists, in {config.region}"
            if config.aws.work_bucket is None
            else f"nobody in any account has a bucket of the name {bucket} yet"
        )
    if key is not None and not key.created:
        found.append(f"the policy of {key.arn} says what `policies --for kms-key` prints")
    found += _of_operations(watched)
    if config.log_group is not None and not config.aws.logs.create_job_log_group:
        found.append(f"the log group {config.log_group} exists in {config.region}")
    if place is None:
        found.append(
            f"the queue {config.head_queue} runs On-Demand EC2 instances: Spot would end whole "
            "runs, and Seqera excludes a Fargate head from Manual environments"
        )
        found.append(f"the queue {config.compute_queue} runs x86-64 instances")
        return tuple(found)
    if not place.created:
        found.append("the subnets are in one VPC and reach the internet, AWS's services and S3")
        if place.security_groups:
            found.append("the security groups are of that VPC and let traffic out")
    if place.mode == "isolated":
        found.append("the zones of the account's region offer every interface endpoint")
    for system in systems:
        found += system.assumptions(place)
    found.append(
        "the account has the service-linked roles AWSServiceRoleForBatch"
        + (" and AWSServiceRoleForEC2Spot" if config.forge and config.forge.type == "SPOT" else "")
        + ", or whoever deploys may create them"
    )
    return tuple(found)


def _of_operations(watched: Operations | None) -> Iterator[str]:
    if watched is None:
        return
    if watched.topic is not None and watched.publishers:
        yield f"the policy of {watched.topic} says what `policies --for topic` prints"
    if watched.emails:
        yield "everybody in aws.operations.emails confirms the message that AWS sends them"
    if watched.budget is not None:
        yield (
            f"the account that pays has activated {ENVIRONMENT_TAG} as a cost allocation tag: "
            "until then the budget counts nothing"
        )
