# SPDX-License-Identifier: Apache-2.0
"""Amazon FSx for Lustre: everything that this library knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqera_batch.catalog import defaults, ports, sources
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.config.rules.file_systems import mount_path
from seqera_batch.node import Mount
from seqera_batch.plan.model import IdleCost
from seqera_batch.plan.storage.file_system import UNKNOWN, FileSystem, Ports, Shared
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.document import Scope, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings
    from seqera_batch.plan.model import Network
    from seqera_batch.template.network import Place

LUSTRE_VERSION = "2.15"
"""The client of Amazon Linux 2023 does not mount the 2.10 that FSx takes by default."""

REPOSITORY = "FsxDataRepository"
"""Id of the association with a bucket; part of the public contract."""

_EVENTS = {"Events": ["NEW", "CHANGED", "DELETED"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fsx(FileSystem):
    """An Amazon FSx for Lustre file system.

    Args:
        dns_name: Its DNS name, if it exists.
        mount_name: Its mount name, if it exists; None where nodes look it up.
        size_gb: Size of a created one, GiB.
        deployment_type: `SCRATCH_2`, `PERSISTENT_1` or `PERSISTENT_2`.
        throughput_mbps_per_tib: MB/s for each TiB of a persistent one.
        compression: Whether new files are compressed.
        data_repository: Bucket or folder that appears below its own name, as `s3://…`.
    """

    title: ClassVar[str] = "FSx for Lustre"
    short: ClassVar[str] = "fsx"
    service: ClassVar[str] = "fsx"
    field: ClassVar[str] = "fsx_name"
    fields: ClassVar[tuple[str, ...]] = ("fsx_size", "fsx_name")
    resource_id: ClassVar[str] = "Fsx"

    kind: str = "fsx"
    ports: Ports = ports.LUSTRE
    dns_name: str | None = None
    mount_name: str | None = None
    size_gb: int | None = None
    deployment_type: str = "SCRATCH_2"
    throughput_mbps_per_tib: int | None = None
    compression: bool = False
    data_repository: str | None = None

    @classmethod
    def of(cls, config: ForgeConfig, forge: ForgeSettings, shared: Shared) -> Fsx | None:
        """Return the file system of `forge.fsx_size` or `forge.fsx_name`."""
        if forge.fsx_size is None and forge.fsx_name is None:
            return None
        created, asked = forge.fsx_size is not None, config.aws.fsx
        throughput = asked.throughput_mbps_per_tib
        if throughput is None:
            throughput = defaults.FSX_THROUGHPUT.get(asked.deployment_type)
        return cls(
            created=created,
            mount_path=mount_path(forge, "fsx_mount"),
            file_system_id=forge.fsx_name.split(".")[0] if forge.fsx_name else None,
            dns_name=forge.fsx_name,
            mount_name=asked.mount_name,
            size_gb=forge.fsx_size,
            kept_on_delete=shared.kept_on_delete or not created,
            tags=shared.tags,
            deployment_type=asked.deployment_type,
            throughput_mbps_per_tib=throughput,
            compression=asked.compression,
            data_repository=asked.data_repository,
        )

    @staticmethod
    def stand_in(region: str) -> str:
        """Return a DNS name of FSx's form."""
        return f"fs-00000000000000000.fsx.{region}.amazonaws.com"

    def mount(self, region: str, *, deployed: bool) -> Mount:
        """Return the mount by Lustre's client, by mount name where it is known."""
        identity = self.identity(ref(self.resource_id), deployed=deployed)
        dns_name, mount_name = self.dns_name or UNKNOWN, self.mount_name
        if self.created:
            dns_name, mount_name = UNKNOWN, UNKNOWN
            if deployed:
                dns_name = get_att(self.resource_id, "DNSName")
                mount_name = get_att(self.resource_id, "LustreMountName")
        return Mount(
            mount_path=self.mount_path,
            script="lustre.sh",
            function="mount_lustre",
            arguments=(dns_name, self.mount_path, mount_name or "", identity, region),
        )

    def resources(self, place: Place) -> Resources:
        """Return the file system in the first subnet, and its association with a bucket."""
        if not self.created:
            return {}
        found = {self.resource_id: self._file_system(place)}
        if self.data_repository is not None:
            found[REPOSITORY] = self._association(self.data_repository)
        return found

    def mountable(self, place: Place) -> tuple[str, ...]:
        """Return the file system, and the association, without which the folder is empty."""
        return tuple(self.resources(place))

    def node_statements(self, scope: Scope) -> tuple[Statement, ...]:
        """Return the right to look up the mount name, where nobody gave it."""
        del scope
        if self.created or self.mount_name is not None:
            return ()
        return (_find("nodes look up the mount name that aws.fsx.mount_name does not give"),)

    def client_statement(self, scope: Scope, file_system_id: str, *, write: bool) -> Statement:
        """Return the right to find it: who reaches the ports may read and write."""
        del scope, file_system_id, write
        return _find("it finds DNS name and mount name")

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
                f"{self.data_repository} at {self.mount_path}{_folder(self.data_repository)}"
            )
        return tuple(found)

    def named(self) -> str:
        """Return its DNS name."""
        return self.dns_name or UNKNOWN

    def _file_system(self, place: Place) -> Resource:
        lustre = {
            "DeploymentType": self.deployment_type,
            "PerUnitStorageThroughput": self.throughput_mbps_per_tib,
            "DataCompressionType": "LZ4" if self.compression else None,
        }
        return Resource(
            type="AWS::FSx::FileSystem",
            properties={
                "FileSystemType": "LUSTRE",
                "FileSystemTypeVersion": LUSTRE_VERSION,
                "StorageCapacity": self.size_gb,
                "SubnetIds": [place.subnets[0]],
                "SecurityGroupIds": list(place.security_groups),
                "LustreConfiguration": {
                    name: value for name, value in lustre.items() if value is not None
                },
                "Tags": tag_list(self.tags),
            },
            # FSx refuses to create it while its groups do not let Lustre in.
            depends_on=place.ways_in,
            keep_on_delete=self.kept_on_delete,
        )

    def _association(self, bucket: str) -> Resource:
        return Resource(
            type="AWS::FSx::DataRepositoryAssociation",
            properties={
                "FileSystemId": ref(self.resource_id),
                # A folder of its own: the next bucket is linked before this one is let go, and FSx
                # takes one bucket a folder.
                "FileSystemPath": _folder(bucket),
                # FSx takes a folder with a slash at its end.
                "DataRepositoryPath": f"{bucket}/" if BucketAccess.of(bucket).folder else bucket,
                # Files that are there already are seen as well as those that come.
                "BatchImportMetaDataOnCreate": True,
                "S3": {"AutoImportPolicy": _EVENTS, "AutoExportPolicy": _EVENTS},
                "Tags": tag_list(self.tags),
            },
            # The bucket keeps its files either way; the association is nothing without the rest.
            keep_on_delete=self.kept_on_delete,
        )


def _folder(bucket: str) -> str:
    """Return the folder of a linked bucket, from the root of the file system."""
    return f"/{bucket.removeprefix('s3://')}"


def _find(reason: str) -> Statement:
    return Statement(
        sid="FindMountName",
        actions=("fsx:DescribeFileSystems",),
        resources=("*",),
        reason=f"{reason}; AWS offers no narrower resource",
        source=sources.AWS_FSX_LUSTRE,
    )
