# SPDX-License-Identifier: Apache-2.0
"""File systems that nodes mount: a section for each kind, and which fields ask for one."""

from operator import attrgetter
from typing import Any, Literal, Protocol

from seqera_batch.catalog import defaults, limits, ports, sources
from seqera_batch.config.formats import BucketUri, Flag, MountName, Number, ZoneName
from seqera_batch.config.given import Given
from seqera_batch.config.settings import Effect, Section, setting
from seqera_batch.records import dataclass

TransitionDays = Literal[1, 7, 14, 30, 60, 90, 180, 270, 365]
"""The days that EFS offers."""


class EfsSettings(Section, effect=Effect.IN_PLACE):
    """What an EFS file system that `forge.efs_create` makes is like."""

    availability_zone: ZoneName | None = setting(
        default=None,
        omitted="regional: kept in several zones",
        effect=Effect.NEW_FILE_SYSTEM,
        source=sources.AWS_EFS_TYPES,
    )
    """Zone of a One Zone file system, created or existing: cheaper, and lost with its zone."""
    throughput_mode: Literal["elastic", "bursting", "provisioned"] = setting(
        default="elastic",
        omitted="elastic: by what is read and written",
        source=sources.AWS_EFS_THROUGHPUT,
    )
    """How throughput is paid for."""
    provisioned_throughput_mibps: Number | None = setting(
        default=None,
        omitted="needed in provisioned mode, and nowhere else",
        source=sources.AWS_EFS_THROUGHPUT,
        ge=1,
        le=limits.EFS_PROVISIONED_MIBPS_MAX,
    )
    """MiB/s of provisioned throughput."""
    infrequent_access_after_days: TransitionDays | None = setting(
        default=None,
        omitted="never: work files are read soon or never again",
        source=sources.AWS_EFS_LIFECYCLE,
    )
    """Days without access after which a file moves to Infrequent Access."""
    archive_after_days: TransitionDays | None = setting(
        default=None, omitted="never", source=sources.AWS_EFS_LIFECYCLE
    )
    """Days without access after which a file moves to Archive."""
    backup: Flag = setting(
        default=False,
        omitted="false, as Forge: work files are made again, not restored",
        source=sources.AWS_EFS_BACKUP,
    )
    """Back the file system up every day with AWS Backup."""


class FsxSettings(Section):
    """What a created FSx for Lustre file system is like, and how an existing one is mounted."""

    mount_name: MountName | None = setting(
        default=None,
        omitted="nodes ask FSx at start, which costs a permission and a package",
        effect=Effect.ROLLING,
        source=sources.AWS_FSX_LUSTRE,
    )
    """Mount name of an existing file system (`LustreConfiguration.MountName`)."""
    deployment_type: Literal["SCRATCH_2", "PERSISTENT_1", "PERSISTENT_2"] = setting(
        default=defaults.FSX_DEPLOYMENT_TYPE,
        omitted=f"{defaults.FSX_DEPLOYMENT_TYPE}: the cheapest, for data that can be made again",
        effect=Effect.NEW_FILE_SYSTEM,
        source=sources.AWS_FSX_LUSTRE,
    )
    """Scratch keeps one copy of the data; persistent keeps two in the zone, and replaces servers
    that fail.
    """
    throughput_mbps_per_tib: Number | None = setting(
        default=None,
        omitted="the least that the deployment type offers; scratch always has 200",
        effect=Effect.IN_PLACE,
        source=sources.AWS_FSX_THROUGHPUT,
    )
    """MB/s for each TiB of a persistent file system."""
    compression: Flag = setting(
        default=False,
        omitted="false: sequencing data is compressed already",
        effect=Effect.IN_PLACE,
        source=sources.AWS_FSX_COMPRESSION,
    )
    """Compress new files (LZ4)."""
    data_repository: BucketUri | None = setting(
        default=None, effect=Effect.NEW_DATA_REPOSITORY, source=sources.AWS_FSX_REPOSITORY
    )
    """Bucket or folder whose files appear on the mount as `bucket/folder`, kept the same in both
    directions.
    """


class File(Protocol):
    """An environment file, of which the sections above are a part."""

    @property
    def given(self) -> Given:
        """What an app brings along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystemFields:
    """A kind of file system in the words of the file.

    Args:
        kind: Short name, in `Given.file_systems` and in a plan.
        title: What people call it.
        creating: Field that asks for a new one; `aws` has what Platform does not know.
        existing: Field that names one that exists.
        mounting: Field with the mount path.
        default_path: Mount path where that field is left out.
        ports: TCP ports that it listens on, as inclusive ranges.
    """

    kind: str
    title: str
    creating: str
    existing: str
    mounting: str
    default_path: str
    ports: ports.Ports

    @property
    def asking(self) -> tuple[str, str]:
        """The fields that ask for one."""
        return self.existing, self.creating

    def is_created(self, config: File) -> bool:
        """Whether the environment makes one."""
        return bool(said(config, self.creating))

    def named(self, config: File) -> str | None:
        """Return the name of an existing one, as the file gives it."""
        name: str | None = said(config, self.existing)
        return name

    def exists(self, config: File) -> bool:
        """Whether the file names one that exists, or an app brings it along."""
        return self.named(config) is not None or self.kind in config.given.file_systems

    def is_mounted(self, config: File) -> bool:
        """Whether nodes mount one."""
        return self.is_created(config) or self.exists(config)

    def mount_path(self, config: File) -> str:
        """Return where it is mounted: the given path or Seqera's recommended one."""
        given: str | None = said(config, self.mounting)
        return self.default_path if given is None else given


def said(config: File, path: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """Return what a field holds, by its path; None where the file has no such section."""
    section, _, field = path.rpartition(".")
    return getattr(attrgetter(section)(config), field, None)


EFS = FileSystemFields(
    kind="efs",
    title="EFS",
    creating="forge.efs_create",
    existing="forge.efs_id",
    mounting="forge.efs_mount",
    default_path=defaults.EFS_MOUNT,
    ports=ports.NFS,
)
FSX = FileSystemFields(
    kind="fsx",
    title="FSx for Lustre",
    creating="forge.fsx_size",
    existing="forge.fsx_name",
    mounting="forge.fsx_mount",
    default_path=defaults.FSX_MOUNT,
    ports=ports.LUSTRE,
)
FILE_SYSTEMS = (EFS, FSX)
"""Every kind of file system that nodes can mount."""
