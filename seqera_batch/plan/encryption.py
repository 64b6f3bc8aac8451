# SPDX-License-Identifier: Apache-2.0
"""Decides what the KMS key encrypts, and so who has to be let use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog.service_linked_roles import AUTO_SCALING, BATCH, SPOT, SPOT_FLEET
from seqera_batch.plan.buckets import in_s3
from seqera_batch.plan.model import KmsKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.plan.model import ComputeEnvironment
    from seqera_batch.plan.storage import FileSystem


def kms_key(
    config: ForgeConfig,
    environments: tuple[ComputeEnvironment, ...],
    systems: Iterable[FileSystem],
    log_groups: Iterable[str | None],
    *,
    secrets: bool,
) -> KmsKey | None:
    """Return the key with what it is for; None where AWS's own keys are used.

    Args:
        config: The environment file.
        environments: Compute environments, whose nodes have encrypted volumes.
        systems: File systems.
        log_groups: Names of the log groups that are created.
        secrets: Whether a secret is created.
    """
    asked = config.aws.kms_key
    if asked is None:
        return None
    nodes = [one for one in environments if one.type != "FARGATE"]
    wanted = {
        "s3": in_s3(config) and encrypts_work_bucket(config),
        "ec2": bool(nodes),
        **{system.service: True for system in systems if system.created},
        "secretsmanager": secrets or config.secrets_kms_key_id in {None, asked.arn},
    }
    return KmsKey(
        arn=asked.arn,
        services=tuple(service for service, needed in wanted.items() if needed),
        log_groups=tuple(group for group in log_groups if group is not None),
        linked_roles=_linked_roles(nodes),
    )


def encrypts_work_bucket(config: ForgeConfig) -> bool:
    """Return whether the work bucket may have the key: a bucket that exists has no new one."""
    asked = config.aws.kms_key
    return asked is not None and (config.aws.work_bucket is not None or asked.arn is not None)


def _linked_roles(nodes: list[ComputeEnvironment]) -> tuple[str, ...]:
    if not nodes:
        return ()
    spot = any(one.type == "SPOT" for one in nodes)
    fleet = any(one.needs_spot_fleet_role for one in nodes)
    return (
        # AWS Batch starts nodes by Auto Scaling, and some of them itself.
        AUTO_SCALING,
        BATCH,
        *((SPOT,) if spot else ()),
        *((SPOT_FLEET,) if fleet else ()),
    )
