# SPDX-License-Identifier: Apache-2.0
"""EFS and FSx for Lustre file systems that are created with the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from seqera_batch.constructs.tagging import cfn_tags

if TYPE_CHECKING:
    from constructs import Construct

    from seqera_batch.constructs.network import Place
    from seqera_batch.plan.model import FileSystem

LUSTRE_VERSION = "2.15"
"""The client of Amazon Linux 2023 does not mount the 2.10 that FSx takes by default."""


def create_file_systems(
    scope: Construct, systems: tuple[FileSystem, ...], place: Place
) -> tuple[dict[str, dict[str, str]], tuple[cdk.CfnResource, ...]]:
    """Create the file systems that do not exist.

    Returns:
        What is known of each kind at deployment only, as `plan.mounting` takes it; and the
        resources that must exist before a node mounts them.
    """
    known: dict[str, dict[str, str]] = {}
    needed: list[cdk.CfnResource] = []
    for system in systems:
        if not system.created:
            continue
        create = _efs if system.kind == "efs" else _fsx
        known[system.kind], resources = create(scope, system, place)
        needed += resources
    return known, (*needed, *place.ways_in)


def _efs(
    scope: Construct, system: FileSystem, place: Place
) -> tuple[dict[str, str], list[cdk.CfnResource]]:
    from aws_cdk import aws_efs as efs  # noqa: PLC0415 - loaded only where it is used

    file_system = efs.CfnFileSystem(
        scope,
        "Efs",
        encrypted=True,
        # As Forge: work files are made again, not restored.
        backup_policy={"status": "DISABLED"},
        throughput_mode="elastic",
        file_system_tags=cfn_tags(system.tags),
    )
    _keep(file_system, system)
    targets: list[cdk.CfnResource] = [
        efs.CfnMountTarget(
            scope,
            f"EfsMountTarget{index}",
            file_system_id=file_system.ref,
            subnet_id=subnet,
            security_groups=list(place.security_groups),
        )
        for index, subnet in enumerate(place.subnets, start=1)
    ]
    return {"file_system_id": file_system.ref}, targets


def _fsx(
    scope: Construct, system: FileSystem, place: Place
) -> tuple[dict[str, str], list[cdk.CfnResource]]:
    from aws_cdk import aws_fsx as fsx  # noqa: PLC0415 - loaded only where it is used

    file_system = fsx.CfnFileSystem(
        scope,
        "Fsx",
        file_system_type="LUSTRE",
        file_system_type_version=LUSTRE_VERSION,
        storage_capacity=system.size_gb,
        subnet_ids=[place.subnets[0]],
        security_group_ids=list(place.security_groups),
        lustre_configuration={"deploymentType": "SCRATCH_2"},
        tags=cfn_tags(system.tags),
    )
    # FSx refuses to create it while its groups do not let Lustre in.
    for rule in place.ways_in:
        file_system.add_resource_dependency(rule)
    _keep(file_system, system)
    known = {
        "file_system_id": file_system.ref,
        "dns_name": file_system.attr_dns_name,
        "mount_name": file_system.attr_lustre_mount_name,
    }
    return known, [file_system]


def _keep(resource: cdk.CfnResource, system: FileSystem) -> None:
    """Deleting data takes two keys: `forge.dispose_on_deletion` and `aws.destroy_data`."""
    policy = cdk.RemovalPolicy.RETAIN if system.kept_on_delete else cdk.RemovalPolicy.DESTROY
    resource.apply_removal_policy(policy)
