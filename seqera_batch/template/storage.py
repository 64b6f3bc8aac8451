# SPDX-License-Identifier: Apache-2.0
"""File systems, and what must be there before nodes mount them."""

from __future__ import annotations

from typing import Any

from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.cloudformation.resource import Resource, Resources, present, tag_list
from seqera_batch.kinds import efs, fsx
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.storage import Efs, FileSystem, Fsx
from seqera_batch.policies.access import BucketAccess
from seqera_batch.template.network import Place

LUSTRE_VERSION = "2.15"
"""The client of Amazon Linux 2023 does not mount the 2.10 that FSx takes by default."""

REPOSITORY = "FsxDataRepository"
"""Id of the association with a bucket; part of the public contract."""

_EVENTS = {"Events": ["NEW", "CHANGED", "DELETED"]}


def file_systems(plan: ForgePlan, place: Place) -> dict[str, Resources]:
    """Return the file systems that are created, with what belongs to each, by kind.

    Args:
        plan: What was decided.
        place: Subnets and security groups of the nodes, and of file systems that have their own.
    """
    return {
        system.kind: _made(system, place) for system in plan.storage.file_systems if system.created
    }


def mountable(plan: ForgePlan, place: Place) -> tuple[str, ...]:
    """Return the ids of what must exist before a node mounts anything."""
    return tuple(
        name
        for made in file_systems(plan, place).values()
        for name, resource in made.items()
        # Of EFS a node takes a mount target, which one its zone decides.
        if resource.kind is not efs.FILE_SYSTEM
    )


def _made(system: FileSystem, place: Place) -> Resources:
    match system:
        case Efs():
            return _efs(system, place)
        case Fsx():
            return _fsx(system, place)
    raise TypeError(f"nothing is rendered for {system.title}")


def _efs(system: Efs, place: Place) -> Resources:
    """Return the file system, and a mount target in each subnet."""
    policy = system.own_policy()
    made: Resources = {
        system.resource_id: Resource.of(
            efs.FILE_SYSTEM,
            Encrypted=True,
            AvailabilityZoneName=system.availability_zone,
            # Said in both cases: EFS backs up a One Zone file system unless told not to.
            BackupPolicy={"Status": "ENABLED" if system.backup else "DISABLED"},
            ThroughputMode=system.throughput_mode,
            ProvisionedThroughputInMibps=system.provisioned_throughput_mibps,
            LifecyclePolicies=_lifecycle(system) or None,
            FileSystemPolicy=None if policy is None else policy.to_dict(),
            FileSystemTags=tag_list(system.tags),
            keep_on_delete=system.kept_on_delete,
        )
    }
    for number, subnet in zip(place.numbers, place.subnets, strict=True):
        made[f"{system.resource_id}MountTarget{number}"] = Resource.of(
            efs.MOUNT_TARGET,
            FileSystemId=ref(system.resource_id),
            SubnetId=subnet,
            SecurityGroups=place.groups_of(system),
        )
    return made


def _lifecycle(system: Efs) -> list[dict[str, Any]]:
    """Return the transitions; EFS takes one an entry."""
    return [
        {name: f"AFTER_{days}_DAY{'' if days == 1 else 'S'}"}
        for name, days in (
            ("TransitionToIA", system.infrequent_access_after_days),
            ("TransitionToArchive", system.archive_after_days),
        )
        if days is not None
    ]


def _fsx(system: Fsx, place: Place) -> Resources:
    """Return the file system in the first subnet, and its association with a bucket."""
    made = {
        system.resource_id: Resource.of(
            fsx.FILE_SYSTEM,
            FileSystemType="LUSTRE",
            FileSystemTypeVersion=LUSTRE_VERSION,
            StorageCapacity=system.size_gb,
            SubnetIds=[place.subnets[0]],
            SecurityGroupIds=place.groups_of(system),
            LustreConfiguration=present(
                DeploymentType=system.deployment_type,
                PerUnitStorageThroughput=system.throughput_mbps_per_tib,
                DataCompressionType="LZ4" if system.compression else None,
            ),
            Tags=tag_list(system.tags),
            # FSx refuses to create it while its groups do not let Lustre in.
            depends_on=place.ways_in,
            keep_on_delete=system.kept_on_delete,
        )
    }
    if system.data_repository is not None:
        made[REPOSITORY] = _association(system, system.data_repository)
    return made


def _association(system: Fsx, bucket: str) -> Resource:
    return Resource.of(
        fsx.DATA_REPOSITORY_ASSOCIATION,
        FileSystemId=ref(system.resource_id),
        # A folder of its own: the next bucket is linked before this one is let go, and FSx
        # takes one bucket a folder.
        FileSystemPath=system.folder_of(bucket),
        # FSx takes a folder with a slash at its end.
        DataRepositoryPath=f"{bucket}/" if BucketAccess.of(bucket).folder else bucket,
        # Files that are there already are seen as well as those that come.
        BatchImportMetaDataOnCreate=True,
        S3={"AutoImportPolicy": _EVENTS, "AutoExportPolicy": _EVENTS},
        Tags=tag_list(system.tags),
        # The bucket keeps its files either way; the association is nothing without the rest.
        keep_on_delete=system.kept_on_delete,
    )
