# SPDX-License-Identifier: Apache-2.0
"""EFS and FSx for Lustre file systems that are created with the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seqera_batch.template.intrinsics import get_att, ref
from seqera_batch.template.resource import Resource, Resources, tag_list

if TYPE_CHECKING:
    from seqera_batch.plan.model import FileSystem
    from seqera_batch.template.network import Place

LUSTRE_VERSION = "2.15"
"""The client of Amazon Linux 2023 does not mount the 2.10 that FSx takes by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """The file systems that the environment creates.

    Args:
        known: By kind, what is known at deployment only, as `plan.mounting` takes it.
        mountable: Resources that must exist before a node mounts the file systems.
        resources: What is created.
    """

    known: dict[str, dict[str, str]] = field(default_factory=dict)
    mountable: tuple[str, ...] = ()
    resources: Resources = field(default_factory=dict)


def file_systems(systems: tuple[FileSystem, ...], place: Place) -> Storage:
    """Return the file systems that do not exist."""
    known: dict[str, dict[str, str]] = {}
    mountable: list[str] = []
    resources: Resources = {}
    for system in systems:
        if not system.created:
            continue
        if system.kind == "efs":
            known["efs"] = {"file_system_id": ref("Efs")}
            targets = _mount_targets(place)
            resources |= {"Efs": _efs(system), **targets}
            mountable += targets
        else:
            known["fsx"] = {
                "file_system_id": ref("Fsx"),
                "dns_name": get_att("Fsx", "DNSName"),
                "mount_name": get_att("Fsx", "LustreMountName"),
            }
            resources["Fsx"] = _fsx(system, place)
            mountable.append("Fsx")
    return Storage(known=known, mountable=(*mountable, *place.ways_in), resources=resources)


# Deleting data takes two keys: `forge.dispose_on_deletion` and `aws.destroy_data`.


def _efs(system: FileSystem) -> Resource:
    return Resource(
        type="AWS::EFS::FileSystem",
        properties={
            "Encrypted": True,
            # As Forge: work files are made again, not restored.
            "BackupPolicy": {"Status": "DISABLED"},
            "ThroughputMode": "elastic",
            "FileSystemTags": tag_list(system.tags),
        },
        keep_on_delete=system.kept_on_delete,
    )


def _mount_targets(place: Place) -> Resources:
    return {
        f"EfsMountTarget{number}": Resource(
            type="AWS::EFS::MountTarget",
            properties={
                "FileSystemId": ref("Efs"),
                "SubnetId": subnet,
                "SecurityGroups": list(place.security_groups),
            },
        )
        for number, subnet in enumerate(place.subnets, start=1)
    }


def _fsx(system: FileSystem, place: Place) -> Resource:
    return Resource(
        type="AWS::FSx::FileSystem",
        properties={
            "FileSystemType": "LUSTRE",
            "FileSystemTypeVersion": LUSTRE_VERSION,
            "StorageCapacity": system.size_gb,
            "SubnetIds": [place.subnets[0]],
            "SecurityGroupIds": list(place.security_groups),
            "LustreConfiguration": {"DeploymentType": "SCRATCH_2"},
            "Tags": tag_list(system.tags),
        },
        # FSx refuses to create it while its groups do not let Lustre in.
        depends_on=place.ways_in,
        keep_on_delete=system.kept_on_delete,
    )
