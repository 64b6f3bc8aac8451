# SPDX-License-Identifier: Apache-2.0
"""What has to be so, and cannot be seen without an AWS account."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import defaults
from seqera_batch.catalog.principals import CLOUDWATCH
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.fleets import boot_images, root_device
from seqera_batch.plan.compute import Compute
from seqera_batch.plan.key import KmsKey
from seqera_batch.plan.labels import ENVIRONMENT_TAG
from seqera_batch.plan.network import Network
from seqera_batch.plan.operations import Operations
from seqera_batch.plan.storage import FileSystem


def assumptions(  # noqa: PLR0913 - what anything may be assumed of
    config: ForgeConfig,
    *,
    place: Network | None,
    systems: tuple[FileSystem, ...],
    key: KmsKey | None,
    compute: Compute,
    watched: Operations | None,
) -> Iterator[str]:
    """Yield what cannot be seen without an AWS account and has to be so."""
    bucket = config.work_directory.bucket
    if bucket is not None and config.given.work_bucket is None:
        yield (
            f"the bucket {bucket} exists, in {config.region}"
            if config.aws.work_bucket is None
            else f"nobody in any account has a bucket of the name {bucket} yet"
        )
    for name, owner in config.aws.bucket_owners.items():
        yield (
            f"the policy of the bucket {name}, which is of the account {owner}, says what "
            "`policies --for other-buckets` prints"
        )
    if key is not None and not key.created:
        yield f"the policy of {key.arn} says what `policies --for kms-key` prints"
    yield from _of_operations(watched, config.aws.account)
    if config.log_group is not None and not config.aws.logs.create_job_log_group:
        yield f"the log group {config.log_group} exists in {config.region}"
    yield from _of_images(config)
    yield from _of_queues(compute)
    if place is None:
        yield (
            f"the queue {config.head_queue} runs On-Demand EC2 instances: Spot would end whole "
            "runs, and Seqera excludes a Fargate head from Manual environments"
        )
        yield f"the queue {config.compute_queue} runs x86-64 instances"
        return
    if not place.created:
        yield "the subnets are in one VPC and reach the internet, AWS's services and S3"
        if place.security_groups:
            yield "the security groups are of that VPC and let traffic out"
    if place.mode == "isolated":
        named = ", ".join(zone.name for zone in place.zones if zone.name is not None)
        zones = f"the zones {named}" if named else "the first zones of the region in the account"
        yield f"{zones} offer every interface endpoint"
    for system in systems:
        yield from system.assumptions(place)
    types = {environment.type for environment in compute.environments}
    yield (
        "the account has the service-linked roles AWSServiceRoleForBatch"
        + (" and AWSServiceRoleForEC2Spot" if "SPOT" in types else "")
        + ", or whoever deploys may create them"
    )


def _of_images(config: ForgeConfig) -> Iterator[str]:
    for image in dict.fromkeys(one.image_id for one in boot_images(config)):
        if image is not None:
            device = root_device(config, image) or defaults.ROOT_DEVICE
            yield f"the root device of {image} is {device}: under another name its disk stays small"


def _of_queues(compute: Compute) -> Iterator[str]:
    if compute.existing_queues:
        yield (
            f"the queues {', '.join(compute.existing_queues)} exist, run EC2 instances, and their "
            "nodes have the same folders and the same AWS CLI for tasks"
        )
    ordered = {
        strategy
        for one in compute.environments
        if (strategy := one.allocation_strategy or "").endswith(("_ORDERED", "_PRIORITIZED"))
    }
    for strategy in sorted(ordered):
        yield (
            f"AWS Batch updates environments with {strategy} in place, as its API has it and its "
            "guide does not"
        )
    for queue in compute.further_queues:
        if any(one.architecture == "arm64" for one in compute.behind(queue.name)):
            yield f"the containers of tasks in {queue.name} are made for ARM64"


def _of_operations(watched: Operations | None, account: str | None) -> Iterator[str]:
    if watched is None:
        return
    if watched.topic is not None and watched.publishers:
        yield f"the policy of {watched.topic} says what `policies --for topic` prints"
    within = [one for one in watched.publishers if one != CLOUDWATCH]
    if watched.topic is not None and within and account is None:
        yield (
            f"{watched.topic} is of the environment's account: {' and '.join(within)} tell no other"
        )
    if watched.emails:
        yield "everybody in aws.operations.emails confirms the message that AWS sends them"
    if watched.budget is not None:
        yield (
            f"the account that pays has activated {ENVIRONMENT_TAG} as a cost allocation tag: "
            "until then the budget counts nothing"
        )
