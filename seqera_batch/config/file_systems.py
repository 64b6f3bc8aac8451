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
        None,
        says="Zone of a One Zone file system, created or existing: cheaper, and lost with its "
        "zone.",
        omitted="regional: kept in several zones",
        effect=Effect.NEW_FILE_SYSTEM,
        source=sources.AWS_EFS_TYPES,
    )
    throughput_mode: Literal["elastic", "bursting", "provisioned"] = setting(
        "elastic",
        says="How throughput is paid for.",
        omitted="elastic: by what is read and written",
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_THROUGHPUT,
    )
    provisioned_throughput_mibps: Number | None = setting(
        None,
        says="MiB/s of provisioned throughput.",
        omitted="needed in provisioned mode, and nowhere else",
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_THROUGHPUT,
        ge=1,
        le=limits.EFS_PROVISIONED_MIBPS_MAX,
    )
    infrequent_access_after_days: TransitionDays | None = setting(
        None,
        says="Days without access after which a file moves to Infrequent Access.",
        omitted="never: work files are read soon or never again",
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_LIFECYCLE,
    )
    archive_after_days: TransitionDays | None = setting(
        None,
        says="Days without access after which a file moves to Archive.",
        omitted="never",
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_LIFECYCLE,
    )
    backup: Flag = setting(
        default=False,
        says="Back the file system up every day with AWS Backup.",
        omitted="false, as Forge: work files are made again, not restored",
        effect=Effect.IN_PLACE,
        source=sources.AWS_EFS_BACKUP,
    )


class FsxSettings(Section):
    """What a created FSx for Lustre file system is like, and how an existing one is mounted."""

    mount_name: MountName | None = setting(
        None,
        says="Mount name of an existing file system (`LustreConfiguration.MountName`).",
        omitted="nodes ask FSx at start, which costs a permission and a package",
        effect=Effect.ROLLING,
        source=sources.AWS_FSX_LUSTRE,
    )
    deployment_type: Literal["SCRATCH_2", "PERSISTENT_1", "PERSISTENT_2"] = setting(
        defaults.FSX_DEPLOYMENT_TYPE,
        says="Scratch keeps one copy of the data; persistent keeps two in the zone, and replaces "
        "servers that fail.",
        omitted=f"{defaults.FSX_DEPLOYMENT_TYPE}: the cheapest, for data that can be made again",
        effect=Effect.NEW_FILE_SYSTEM,
        source=sources.AWS_FSX_LUSTRE,
    )
    throughput_mbps_per_tib: Number | None = setting(
        None,
        says="MB/s for each TiB of a persistent file system.",
        omitted="the least that the deployment type offers; scratch always has 200",
        effect=Effect.IN_PLACE,
        source=sources.AWS_FSX_THROUGHPUT,
    )
    compression: Flag = setting(
        default=False,
        says="Compress new files (LZ4).",
        omitted="false: sequencing data is compressed already",
        effect=Effect.IN_PLACE,
        source=sources.AWS_FSX_COMPRESSION,
    )
    data_repository: BucketUri | None = setting(
        None,
        says="Bucket or folder whose files appear on the mount as `bucket/folder`, kept the same "
        "in both directions.",
        omitted="none",
        effect=Effect.NEW_DATA_REPOSITORY,
        source=sources.AWS_FSX_REPOSITORY,
    )
