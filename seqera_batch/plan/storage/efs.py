# SPDX-License-Identifier: Apache-2.0
"""Amazon EFS: everything that this library knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from seqera_batch.catalog import ports, sources
from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.config.rules.file_systems import mount_path
from seqera_batch.node import Mount
from seqera_batch.plan.model import IdleCost
from seqera_batch.plan.storage.file_system import FileSystem, Ports, Shared
from seqera_batch.policies.document import PolicyDocument, Principal, Scope, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings
    from seqera_batch.plan.model import Network
    from seqera_batch.template.network import Place

READ = ("elasticfilesystem:ClientMount",)
WRITE = (
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientRootAccess",
    "elasticfilesystem:ClientWrite",
)
"""Root among it: containers run as root, and would write as nobody otherwise."""

_THROUGH_A_MOUNT_TARGET = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
_ANYBODY = Principal("AWS", ("*",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Efs(FileSystem):
    """An Amazon EFS file system.

    Args:
        availability_zone: The zone of a One Zone file system; None for a regional one.
        throughput_mode: `elastic`, `bursting` or `provisioned`.
        provisioned_throughput_mibps: MiB/s in provisioned mode.
        infrequent_access_after_days: Days without access until Infrequent Access; None: never.
        archive_after_days: Days without access until Archive; None: never.
        backup: Whether AWS Backup copies it every day.
    """

    title: ClassVar[str] = "EFS"
    short: ClassVar[str] = "efs"
    service: ClassVar[str] = "elasticfilesystem"
    field: ClassVar[str] = "efs_id"
    fields: ClassVar[tuple[str, ...]] = ("efs_create", "efs_id")
    resource_id: ClassVar[str] = "Efs"

    kind: str = "efs"
    ports: Ports = ports.NFS
    availability_zone: str | None = None
    throughput_mode: str = "elastic"
    provisioned_throughput_mibps: int | None = None
    infrequent_access_after_days: int | None = None
    archive_after_days: int | None = None
    backup: bool = False

    @classmethod
    def of(cls, config: ForgeConfig, forge: ForgeSettings, shared: Shared) -> Efs | None:
        """Return the file system of `forge.efs_create` or `forge.efs_id`."""
        if not forge.efs_create and forge.efs_id is None:
            return None
        asked = config.aws.efs
        return cls(
            created=forge.efs_create,
            mount_path=mount_path(forge, "efs_mount"),
            file_system_id=forge.efs_id,
            kept_on_delete=shared.kept_on_delete or not forge.efs_create,
            tags=shared.tags,
            availability_zone=asked.availability_zone,
            throughput_mode=asked.throughput_mode,
            provisioned_throughput_mibps=asked.provisioned_throughput_mibps,
            infrequent_access_after_days=asked.infrequent_access_after_days,
            archive_after_days=asked.archive_after_days,
            backup=asked.backup,
        )

    @staticmethod
    def stand_in(region: str) -> str:
        """Return an id of EFS's form."""
        del region
        return "fs-00000000000000000"

    def mount(self, region: str, *, deployed: bool) -> Mount:
        """Return the mount by EFS's helper, with TLS and as the instance role."""
        del region  # the node asks for its own, as EFS's helper does
        identity = self.identity(ref(self.resource_id), deployed=deployed)
        zone = () if self.availability_zone is None else (self.availability_zone,)
        return Mount(
            mount_path=self.mount_path,
            script="efs.sh",
            function="mount_efs",
            arguments=(identity, self.mount_path, *zone),
        )

    def resources(self, place: Place) -> Resources:
        """Return the file system, and a mount target in each subnet."""
        if not self.created:
            return {}
        targets = {
            target: Resource(
                type="AWS::EFS::MountTarget",
                properties={
                    "FileSystemId": ref(self.resource_id),
                    "SubnetId": subnet,
                    "SecurityGroups": list(place.security_groups),
                },
            )
            for target, subnet in zip(self._targets(place), place.subnets, strict=True)
        }
        return {self.resource_id: self._file_system(), **targets}

    def mountable(self, place: Place) -> tuple[str, ...]:
        """Return the mount targets: which one a node takes, its zone decides."""
        return self._targets(place) if self.created else ()

    def node_statements(self, scope: Scope) -> tuple[Statement, ...]:
        """Return the right to one that exists: its own policy may ask for it."""
        if self.created or self.file_system_id is None:
            # Its policy lets in whoever reaches a mount target.
            return ()
        return (
            _client(
                "MountEfs",
                WRITE,
                scope,
                self.file_system_id,
                "nodes mount the file system as this role, which a policy of it may ask for",
            ),
        )

    def own_policy(self) -> PolicyDocument | None:
        """Return the policy of a created one: by mount targets and TLS only."""
        return POLICY if self.created else None

    def client_statement(self, scope: Scope, file_system_id: str, *, write: bool) -> Statement:
        """Return the right to mount it with `iam`, through a mount target."""
        return _client(
            "WriteEfs" if write else "ReadEfs",
            WRITE if write else READ,
            scope,
            file_system_id,
            "the file system is shared with it",
        )

    def idle_cost(self) -> IdleCost | None:
        """Return what kept files cost, and throughput that is paid for in advance."""
        if not self.created:
            return None
        if self.throughput_mode == "provisioned":
            return IdleCost(
                what=f"EFS storage, and {self.provisioned_throughput_mibps} MiB/s of throughput",
                why="files that are kept are charged, and provisioned throughput by the hour",
                avoid="leave out aws.efs.throughput_mode, or work in S3 with Fusion v2",
            )
        return IdleCost(
            what="EFS storage",
            why="files that are kept are charged; an empty file system is free",
            avoid="delete work files, or work in S3 with Fusion v2",
        )

    def assumptions(self, place: Network) -> Iterator[str]:
        """Yield what has to be so of subnets, groups and an existing file system."""
        if not self.created:
            yield f"the security groups of {self.file_system_id} let the nodes' groups in"
        elif self.availability_zone is not None:
            yield f"the subnet is in {self.availability_zone}, where EFS offers One Zone"
        elif not place.created:
            yield "no two subnets are in the same availability zone: EFS takes one mount each"

    def details(self) -> tuple[str, ...]:
        """Return what it costs by: where it is, throughput, classes, backup."""
        found = [f"One Zone in {self.availability_zone}" if self.availability_zone else "regional"]
        found.append(
            f"{self.provisioned_throughput_mibps} MiB/s provisioned"
            if self.throughput_mode == "provisioned"
            else f"{self.throughput_mode} throughput"
        )
        if self.infrequent_access_after_days is not None:
            found.append(f"Infrequent Access after {self.infrequent_access_after_days} days")
        if self.archive_after_days is not None:
            found.append(f"Archive after {self.archive_after_days} days")
        if self.backup:
            found.append("backed up every day")
        return tuple(found)

    def _targets(self, place: Place) -> tuple[str, ...]:
        return tuple(
            f"{self.resource_id}MountTarget{number}"
            for number, _ in enumerate(place.subnets, start=1)
        )

    def _file_system(self) -> Resource:
        return Resource(
            type="AWS::EFS::FileSystem",
            properties={
                "Encrypted": True,
                "AvailabilityZoneName": self.availability_zone,
                # Said in both cases: EFS backs up a One Zone file system unless told not to.
                "BackupPolicy": {"Status": "ENABLED" if self.backup else "DISABLED"},
                "ThroughputMode": self.throughput_mode,
                "ProvisionedThroughputInMibps": self.provisioned_throughput_mibps,
                "LifecyclePolicies": self._lifecycle() or None,
                "FileSystemPolicy": POLICY.to_dict(),
                "FileSystemTags": tag_list(self.tags),
            },
            keep_on_delete=self.kept_on_delete,
        )

    def _lifecycle(self) -> list[dict[str, Any]]:
        """Return the transitions; EFS takes one an entry."""
        return [
            {name: f"AFTER_{days}_DAY{'' if days == 1 else 'S'}"}
            for name, days in (
                ("TransitionToIA", self.infrequent_access_after_days),
                ("TransitionToArchive", self.archive_after_days),
            )
            if days is not None
        ]


POLICY = PolicyDocument(
    (
        Statement(
            sid="MountTargetsOnly",
            actions=WRITE,
            resources=("*",),
            principal=_ANYBODY,
            conditions=_THROUGH_A_MOUNT_TARGET,
            reason="whoever reaches a mount target may mount, which its security groups decide: "
            "a created one lets nobody but nodes in; in a file system's policy `*` is that file "
            "system",
            source=sources.AWS_EFS_POLICY,
        ),
        Statement(
            sid="RequireTls",
            effect="Deny",
            actions=WRITE,
            resources=("*",),
            principal=_ANYBODY,
            conditions={"Bool": {"aws:SecureTransport": "false"}},
            reason="files are encrypted on their way, whoever mounts; `*` is this file system",
            source=sources.AWS_EFS_POLICY,
        ),
    )
)
"""Policy of a created file system."""


def _client(
    sid: str, actions: tuple[str, ...], scope: Scope, file_system_id: str, reason: str
) -> Statement:
    return Statement(
        sid=sid,
        actions=actions,
        resources=(scope.arn(Efs.service, f"file-system/{file_system_id}"),),
        conditions=_THROUGH_A_MOUNT_TARGET,
        reason=reason,
        source=sources.AWS_EFS_POLICY,
    )
