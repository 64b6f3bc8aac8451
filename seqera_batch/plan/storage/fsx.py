# SPDX-License-Identifier: Apache-2.0
"""Amazon FSx for Lustre: everything that this library knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from seqera_batch.catalog import defaults, ids, sources
from seqera_batch.catalog.s3 import SCHEME
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.file_systems import FSX, FileSystemFields
from seqera_batch.node import Mount
from seqera_batch.plan.decision import IdleCost
from seqera_batch.plan.network import Network
from seqera_batch.plan.storage.file_system import FileSystem
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.document import Scope, Statement
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fsx(FileSystem):
    """An Amazon FSx for Lustre file system.

    Args:
        dns_name: Its DNS name; a mark where it is created.
        mount_name: Its mount name, likewise; None where nodes look it up.
        size_gb: Size of a created one, GiB.
        deployment_type: `SCRATCH_2`, `PERSISTENT_1` or `PERSISTENT_2`.
        throughput_mbps_per_tib: MB/s for each TiB of a persistent one.
        compression: Whether new files are compressed.
        data_repository: Bucket or folder that appears below its own name, as `s3://…`.
    """

    fields: ClassVar[FileSystemFields] = FSX
    service: ClassVar[str] = "fsx"
    resource_id: ClassVar[str] = ids.FSX
    own_group: ClassVar[str | None] = ids.FSX_SECURITY_GROUP

    kind: str = FSX.kind
    dns_name: str
    mount_name: str | None = None
    size_gb: int | None = None
    deployment_type: str = "SCRATCH_2"
    throughput_mbps_per_tib: int | None = None
    compression: bool = False
    data_repository: str | None = None

    @classmethod
    def of(cls, config: ForgeConfig, tags: dict[str, str], *, kept: bool) -> Fsx:
        """Return the file system of `forge.fsx_size` or `forge.fsx_name`, or of an app."""
        created, asked = FSX.is_created(config), config.aws.fsx
        throughput = asked.throughput_mbps_per_tib
        if throughput is None:
            throughput = defaults.FSX_THROUGHPUT.get(asked.deployment_type)
        given, name = config.given.file_systems.get(FSX.kind), FSX.named(config)
        if given is not None:
            mount_name = asked.mount_name if given.mount_name is None else given.mount_name
            named = (given.file_system_id, given.dns_name or "", mount_name)
        elif name is not None:
            named = (name.split(".")[0], name, asked.mount_name)
        else:
            named = (
                ref(cls.resource_id),
                get_att(cls.resource_id, "DNSName"),
                get_att(cls.resource_id, "LustreMountName"),
            )
        return cls(
            created=created,
            mount_path=FSX.mount_path(config),
            file_system_id=named[0],
            dns_name=named[1],
            mount_name=named[2],
            size_gb=config.forge.fsx_size if config.forge else None,
            kept_on_delete=kept or not created,
            tags=tags,
            deployment_type=asked.deployment_type,
            throughput_mbps_per_tib=throughput,
            compression=asked.compression,
            data_repository=asked.data_repository,
        )

    def mount(self, region: str) -> Mount:
        """Return the mount by Lustre's client, by mount name where it is known."""
        return Mount(
            mount_path=self.mount_path,
            script="lustre.sh",
            function="mount_lustre",
            arguments=(
                self.dns_name,
                self.mount_path,
                self.mount_name or "",
                self.file_system_id,
                region,
            ),
        )

    def node_statements(self, scope: Scope) -> tuple[Statement, ...]:
        """Return the right to look up the mount name, where nobody gave it."""
        if self.created or self.mount_name is not None:
            return ()
        return (_find(scope, "nodes look up the mount name that aws.fsx.mount_name does not give"),)

    def client_statement(self, scope: Scope, file_system_id: str, *, write: bool) -> Statement:
        """Return the right to find it: who reaches the ports may read and write."""
        del file_system_id, write
        return _find(scope, "it finds DNS name and mount name")

    def idle_cost(self) -> IdleCost | None:
        """Return what the capacity costs, used or not."""
        if not self.created:
            return None
        return IdleCost(
            what=f"FSx for Lustre, {self.size_gb} GB",
            why="the whole capacity is charged from creation to deletion",
            avoid="work in S3 with Fusion v2",
        )

    def assumptions(self, place: Network) -> Iterator[str]:
        """Yield what has to be so of groups, region and bucket."""
        del place
        if not self.created:
            yield f"the security groups of {self.file_system_id} let the nodes' groups in"
        elif self.deployment_type == "PERSISTENT_2":
            yield "the region offers PERSISTENT_2 file systems"
        if self.created and self.data_repository is not None:
            bucket = BucketAccess.of(self.data_repository).bucket
            yield f"the bucket {bucket} exists, in the environment's region"

    def details(self) -> tuple[str, ...]:
        """Return what it costs by: size, type, throughput, and where its files come from."""
        found = [f"{self.size_gb} GB", self.deployment_type]
        if self.throughput_mbps_per_tib is not None:
            found.append(f"{self.throughput_mbps_per_tib} MB/s for each TiB")
        if self.compression:
            found.append("compressed")
        if self.data_repository is not None:
            found.append(
                f"{self.data_repository} at {self.mount_path}{self.folder_of(self.data_repository)}"
            )
        return tuple(found)

    def named(self) -> str:
        """Return its DNS name."""
        return self.dns_name

    @staticmethod
    def folder_of(bucket: str) -> str:
        """Return the folder of a linked bucket, from the root of the file system."""
        return f"/{bucket.removeprefix(SCHEME)}"


def _find(scope: Scope, reason: str) -> Statement:
    return Statement(
        sid="FindMountName",
        actions=("fsx:DescribeFileSystems",),
        resources=("*",),
        conditions=scope.only_here,
        reason=f"{reason}; AWS offers no narrower resource",
        source=sources.AWS_FSX_LUSTRE,
    )
