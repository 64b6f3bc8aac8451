# SPDX-License-Identifier: Apache-2.0
"""Amazon EFS: everything that this library knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from seqera_batch.catalog import ids, sources
from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.file_systems import EFS, FileSystemFields
from seqera_batch.node import Mount
from seqera_batch.plan.decision import IdleCost
from seqera_batch.plan.network import Network
from seqera_batch.plan.storage.file_system import FileSystem
from seqera_batch.policies.document import PolicyDocument, Principal, Scope, Statement
from seqera_batch.records import dataclass

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
        open_to_reach: Whether whoever reaches a mount target may mount a created one: the nodes'
            role exists, and only its owner can let it.
    """

    fields: ClassVar[FileSystemFields] = EFS
    service: ClassVar[str] = "elasticfilesystem"
    resource_id: ClassVar[str] = ids.EFS

    kind: str = EFS.kind
    availability_zone: str | None = None
    throughput_mode: str = "elastic"
    provisioned_throughput_mibps: int | None = None
    infrequent_access_after_days: int | None = None
    archive_after_days: int | None = None
    backup: bool = False
    open_to_reach: bool = False

    @classmethod
    def of(cls, config: ForgeConfig, tags: dict[str, str], *, kept: bool) -> Efs:
        """Return the file system of `forge.efs_create` or `forge.efs_id`, or of an app."""
        created, asked = EFS.is_created(config), config.aws.efs
        given = config.given.file_systems.get(EFS.kind)
        name = given.file_system_id if given else EFS.named(config)
        return cls(
            created=created,
            mount_path=EFS.mount_path(config),
            file_system_id=ref(cls.resource_id) if name is None else name,
            kept_on_delete=kept or not created,
            tags=tags,
            availability_zone=asked.availability_zone,
            throughput_mode=asked.throughput_mode,
            provisioned_throughput_mibps=asked.provisioned_throughput_mibps,
            infrequent_access_after_days=asked.infrequent_access_after_days,
            archive_after_days=asked.archive_after_days,
            backup=asked.backup,
            open_to_reach=config.aws.iam.instance_profile is not None
            and "InstanceRole" not in config.given.roles,
        )

    def mount(self, region: str) -> Mount:
        """Return the mount by EFS's helper, with TLS and as the instance role."""
        del region  # the node asks for its own, as EFS's helper does
        zone = () if self.availability_zone is None else (self.availability_zone,)
        return Mount(
            mount_path=self.mount_path,
            script="efs.sh",
            function="mount_efs",
            arguments=(self.file_system_id, self.mount_path, *zone),
        )

    def node_statements(self, scope: Scope) -> tuple[Statement, ...]:
        """Return the right to mount it, read and write: no policy of its own need name nodes."""
        return (
            _client(
                "MountEfs",
                WRITE,
                scope,
                self.file_system_id,
                "nodes mount the file system as this role, and by IAM nobody else does"
                if self.created
                else "nodes mount the file system as this role, which a policy of it may ask for",
            ),
        )

    def own_policy(self) -> PolicyDocument | None:
        """Return the policy of a created one: by TLS only, and by IAM where nodes can be let."""
        if not self.created:
            return None
        return PolicyDocument((_REQUIRE_TLS, *((_MOUNT_TARGETS,) if self.open_to_reach else ())))

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


_REQUIRE_TLS = Statement(
    sid="RequireTls",
    effect="Deny",
    actions=WRITE,
    resources=("*",),
    principal=_ANYBODY,
    conditions={"Bool": {"aws:SecureTransport": "false"}},
    reason="files are encrypted on their way, whoever mounts; a file system with a policy that "
    "allows nothing is mounted by those whom IAM lets; `*` is this file system",
    source=sources.AWS_EFS_POLICY,
)
# Not by conditions on who asks: EFS enforces few keys for mounts, and passes the rest by.
_MOUNT_TARGETS = Statement(
    sid="MountTargetsOnly",
    actions=WRITE,
    resources=("*",),
    principal=_ANYBODY,
    conditions=_THROUGH_A_MOUNT_TARGET,
    reason="whoever reaches a mount target may mount, which its security groups decide: the "
    "nodes' role exists, and only its owner can let it mount; `*` is this file system",
    source=sources.AWS_EFS_POLICY,
)


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
