# SPDX-License-Identifier: Apache-2.0
"""The sections about EFS and FSx for Lustre, which Platform's own fields only switch on."""

from __future__ import annotations

from typing import Literal

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.formats import BucketUri, Flag, MountName, Number, ZoneName
from seqera_batch.config.settings import Effect, Section, setting

TransitionDays = Literal[1, 7, 14, 30, 60, 90, 180, 270, 365]
"""The days that EFS offers."""


class EfsSettings(Section):
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
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_THROUGHPUT,
    )
    """How throughput is paid for."""
    provisioned_throughput_mibps: Number | None = setting(
        default=None,
        omitted="needed in provisioned mode, and nowhere else",
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_THROUGHPUT,
        ge=1,
        le=limits.EFS_PROVISIONED_MIBPS_MAX,
    )
    """MiB/s of provisioned throughput."""
    infrequent_access_after_days: TransitionDays | None = setting(
        default=None,
        omitted="never: work files are read soon or never again",
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_LIFECYCLE,
    )
    """Days without access after which a file moves to Infrequent Access."""
    archive_after_days: TransitionDays | None = setting(
        default=None,
        omitted="never",
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_LIFECYCLE,
    )
    """Days without access after which a file moves to Archive."""
    backup: Flag = setting(
        default=False,
        omitted="false, as Forge: work files are made again, not restored",
        effect=Effect.IN_PLACE,
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
        default=None,
        omitted="none",
        effect=Effect.NEW_DATA_REPOSITORY,
        source=sources.AWS_FSX_REPOSITORY,
    )
    """Bucket or folder whose files appear on the mount as `bucket/folder`, kept the same in both
    directions.
    """
