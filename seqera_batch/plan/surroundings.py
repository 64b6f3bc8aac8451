# SPDX-License-Identifier: Apache-2.0
"""Decides network, file systems, roles and labels: what compute environments stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog.names import environment_id, role_name
from seqera_batch.plan.model import Labels, Role
from seqera_batch.plan.storage import Shared, file_systems

if TYPE_CHECKING:
    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings
    from seqera_batch.plan.storage import FileSystem

ENVIRONMENT_TAG = "seqera-batch:environment"
"""Tag by which everything of one environment is found again."""


def labels(config: ForgeConfig) -> Labels:
    """Return the tags of each class of resources."""
    mine = {ENVIRONMENT_TAG: environment_id(config.aws.prefix, config.name)}
    everywhere = {**config.aws.tags, **config.labels, **mine}
    nodes = dict(everywhere)
    nodes.setdefault("Name", environment_id(config.aws.prefix, config.name))
    return Labels(resources=dict(sorted(everywhere.items())), nodes=dict(sorted(nodes.items())))


def mounted(
    config: ForgeConfig, forge: ForgeSettings, tags: dict[str, str]
) -> tuple[FileSystem, ...]:
    """Return the file systems to mount; a label `Name` wins over the automatic one."""
    return file_systems(
        config,
        forge,
        Shared(
            tags={"Name": environment_id(config.aws.prefix, config.name), **tags},
            # Deleting data takes two keys.
            kept_on_delete=not (forge.dispose_on_deletion and config.aws.destroy_data),
        ),
    )


def roles(
    config: ForgeConfig, *, nodes: bool, spot_fleet: bool, flow_logs: bool
) -> tuple[Role, ...]:
    """Return the roles: those the file names, and new ones for the rest."""

    def role(kind: RoleKind, purpose: str, arn: str | None = None) -> Role:
        name = None if arn else role_name(config.aws.prefix, config.name, kind)
        return Role(kind=kind, purpose=purpose, name=name, arn=arn)

    found = [
        role("HeadJobRole", "what the Nextflow head job may do", config.head_job_role),
        role("ComputeJobRole", "what tasks may do", config.compute_job_role),
        role(
            "ExecutionRole",
            "with what ECS prepares a job: image, log, secrets",
            config.execution_role,
        ),
    ]
    if nodes:
        found.append(
            role("InstanceRole", "what the ECS agent of a node may do", _instance_role(config))
        )
    if spot_fleet:
        found.append(
            role("FleetRole", "Spot fleet, which BEST_FIT needs", config.aws.iam.spot_fleet_role)
        )
    if flow_logs:
        found.append(role("FlowLogRole", "with what the VPC writes its flow logs"))
    return tuple(found)


def _instance_role(config: ForgeConfig) -> str | None:
    """Return the ARN of the role in an instance profile that exists; they mostly share a name."""
    iam = config.aws.iam
    if iam.instance_profile is None:
        return None
    return iam.instance_role or iam.instance_profile.replace(":instance-profile/", ":role/")


def job_secrets(config: ForgeConfig) -> tuple[str, ...]:
    """Return the ARNs of the head job's secrets, without the key or version asked for in one."""
    definition = config.aws.head_job_definition
    arns = definition.secrets.values() if definition else ()
    parts = len(["arn", "partition", "secretsmanager", "region", "account", "secret", "name"])
    return tuple(sorted({":".join(arn.split(":")[:parts]) for arn in arns}))
