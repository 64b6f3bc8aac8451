# SPDX-License-Identifier: Apache-2.0
"""How AWS Batch keeps the nodes of an environment, and what their boot disk is like."""

from typing import Literal

from seqera_batch.catalog import limits, sources
from seqera_batch.config.formats import (
    AmiId,
    DeviceName,
    InstanceTypeName,
    Number,
    PlacementGroupName,
)
from seqera_batch.config.settings import Effect, Section, setting

VolumeType = Literal["gp3", "gp2", "io1", "io2"]


class Disk(Section, effect=Effect.ROLLING, source=sources.AWS_EBS):
    """What a disk of nodes is, besides its size."""

    ebs_volume_type: VolumeType = setting(default="gp3")
    """Kind of the disk."""
    ebs_iops: Number | None = setting(
        default=None, omitted="what its kind and size give, 3000 for gp3", ge=1
    )
    """IOPS of the disk."""
    ebs_throughput: Number | None = setting(
        default=None,
        omitted="125; 325 where Fusion v2 caches on the boot disk",
        ge=limits.GP3_THROUGHPUT[0],
        le=limits.GP3_THROUGHPUT[1],
    )
    """Throughput of the disk in MiB/s, for gp3."""


class DataDisk(Disk):
    """A second disk of nodes, for the files of tasks alone."""

    size: Number = setting(
        effect=Effect.ROLLING, source=sources.AWS_EBS, ge=limits.EBS_GB_MIN, le=limits.EBS_GB_MAX
    )
    """Size of the disk in GB."""


class NodeFleet(Disk, effect=Effect.ROLLING):
    """Nodes of an environment on EC2 and their boot disk, beyond what Platform asks."""

    scale_down_minutes: Number | None = setting(
        default=None,
        omitted="AWS Batch ends it when it sees fit",
        source=sources.AWS_BATCH_SCALING,
        ge=limits.SCALE_DOWN_MINUTES_MIN,
        le=limits.SCALE_DOWN_MINUTES_MAX,
    )
    """Minutes that a node stays after its last job, for the next wave of tasks; they cost money."""
    placement_group: PlacementGroupName | None = setting(
        default=None, source=sources.AWS_BATCH_API_COMPUTE
    )
    """Placement group that exists, for tasks that talk to each other; a cluster group is in one
    zone.
    """
    root_device: DeviceName | None = setting(
        default=None,
        omitted="what another section says of the same AMI, else /dev/xvda, as in AWS's images",
        source=sources.AWS_BATCH_LAUNCH_TEMPLATES,
    )
    """Root device of an own AMI; under another name a second disk is added, and the boot disk stays
    as small as the image.
    """


class NodeOverride(Section, effect=Effect.ROLLING, source=sources.AWS_EBS):
    """What some instance types of an environment have otherwise; what is left out is as there."""

    instance_types: tuple[InstanceTypeName, ...] = setting(
        source=sources.AWS_BATCH_API_OVERRIDES, min_length=1
    )
    """Families or types, among those that the environment lists."""
    image_id: AmiId | None = setting(
        default=None, omitted="the environment's", source=sources.AWS_BATCH_AMI
    )
    """Own AMI of these nodes."""
    root_device: DeviceName | None = setting(
        default=None,
        omitted="what another section says of the same AMI, else /dev/xvda, as in AWS's images",
        source=sources.AWS_BATCH_LAUNCH_TEMPLATES,
    )
    """Root device of that AMI."""
    ebs_boot_size: Number | None = setting(
        default=None, omitted="the environment's", ge=limits.EBS_GB_MIN, le=limits.EBS_GB_MAX
    )
    """Size of their boot disk in GB."""
    ebs_volume_type: VolumeType | None = setting(default=None, omitted="the environment's")
    """Kind of their boot disk, of which IOPS and throughput are then to be said anew."""
    ebs_iops: Number | None = setting(
        default=None,
        omitted="the environment's; what kind and size give where the kind is another",
        ge=1,
    )
    """IOPS of their boot disk."""
    ebs_throughput: Number | None = setting(
        default=None,
        omitted="the environment's; 125 where the kind is another",
        ge=limits.GP3_THROUGHPUT[0],
        le=limits.GP3_THROUGHPUT[1],
    )
    """Throughput of their boot disk in MiB/s, for gp3."""
    data_disk: DataDisk | None = setting(default=None, omitted="the environment's")
    """Their second disk for the files of tasks."""


class TaskNodes(NodeFleet, effect=Effect.ROLLING):
    """Nodes for tasks, which may have a disk for these alone."""

    data_disk: DataDisk | None = setting(
        default=None,
        omitted="none: images, containers and scratch files share the boot disk",
        source=sources.AWS_EBS,
    )
    """A second disk, mounted where tasks without Fusion v2 then do their work."""
    overrides: tuple[NodeOverride, ...] = setting(
        default=(),
        omitted="none: all nodes of the environment are alike",
        source=sources.AWS_BATCH_API_OVERRIDES,
        max_length=limits.OVERRIDES_PER_ENVIRONMENT,
    )
    """Another disk, or another AMI, for some of the instance types of the environment."""
