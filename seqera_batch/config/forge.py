# SPDX-License-Identifier: Apache-2.0
"""The `forge` section: what Seqera's form asks for in Batch Forge mode."""

from typing import Literal

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.formats import (
    AmiId,
    Amount,
    BucketUri,
    EfsId,
    Flag,
    FsxDnsName,
    InstanceTypeName,
    MountPath,
    Number,
    SecurityGroupId,
    SubnetId,
    Text,
    VpcId,
)
from seqera_batch.config.settings import Effect, Section, setting

AllocationStrategy = Literal[
    "BEST_FIT", "BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"
]
ProvisioningModel = Literal["SPOT", "EC2"]


class ForgeSettings(Section, source=sources.SEQERA_AWS_BATCH):
    """Settings of the AWS Batch resources, under the names of the Platform API's `ForgeConfig`."""

    type: ProvisioningModel = setting(
        default="SPOT", omitted="SPOT, as in Seqera's command line", effect=Effect.NEW_QUEUES
    )
    """Provisioning model of the compute jobs: Spot or On-Demand (`EC2`) instances."""
    max_cpus: Amount = setting(effect=Effect.IN_PLACE, ge=1)
    """Most vCPUs of tasks at a time, over all their nodes."""
    min_cpus: Amount = setting(
        default=defaults.MIN_CPUS,
        omitted="0: nothing runs, and nothing costs, while no job waits",
        effect=Effect.IN_PLACE,
        ge=0,
    )
    """vCPUs that stay on without jobs; they cost money all the time."""
    fargate_head_enabled: Flag = setting(
        default=False,
        omitted="the head job runs on an On-Demand EC2 instance",
        effect=Effect.KIND_KEPT,
    )
    """Run the Nextflow head job on Fargate, where it starts in under a minute."""
    gpu_enabled: Flag = setting(
        default=False,
        omitted="nodes use the image without GPU drivers",
        effect=Effect.ROLLING,
        source=sources.SEQERA_GPU,
    )
    """Use the ECS image with NVIDIA drivers; GPU instance types must be listed."""
    arm64_enabled: Flag = setting(default=False, omitted="x86-64 instances", effect=Effect.ROLLING)
    """Run compute jobs on Graviton (ARM64) instances."""
    instance_types: tuple[InstanceTypeName, ...] = setting(
        default=(),
        omitted="AWS's own choice (`default_x86_64`); m6g, r6g, c6g with Graviton; "
        "NVMe families with fast storage",
        effect=Effect.ROLLING,
    )
    """Instance families or types that AWS Batch may start for compute jobs."""
    alloc_strategy: AllocationStrategy | None = setting(
        default=None,
        omitted=f"{defaults.ALLOCATION_STRATEGY_SPOT} for Spot, "
        f"{defaults.ALLOCATION_STRATEGY_ON_DEMAND} for On-Demand",
        effect=Effect.ALLOCATION,
    )
    """How AWS Batch picks among the instance types."""
    bid_percentage: Number | None = setting(
        default=None, omitted="100, AWS's default and advice", effect=Effect.ROLLING, ge=1, le=100
    )
    """Highest Spot price to pay, in percent of the On-Demand price."""
    image_id: AmiId | None = setting(
        default=None,
        omitted="the newest ECS-optimized Amazon Linux 2023 image that AWS Batch knows",
        effect=Effect.ROLLING,
    )
    """Own AMI for EC2 nodes; it wins over the GPU image and never applies to Fargate."""
    ec2_key_pair: Text | None = setting(
        default=None,
        omitted="no key, no login",
        effect=Effect.ROLLING,
        min_length=1,
        max_length=255,
    )
    """EC2 key pair to log in to nodes with SSH."""
    ebs_boot_size: Number | None = setting(
        default=None,
        omitted=f"{defaults.BOOT_DISK_GB}; {defaults.FUSION_BOOT_DISK_GB} with Fusion v2 "
        "and no fast storage",
        effect=Effect.ROLLING,
        ge=limits.EBS_GB_MIN,
        le=limits.EBS_GB_MAX,
    )
    """Size of the boot disk in GB; containers and scratch files live on it."""
    ecs_config: Text | None = setting(
        default=None, omitted="only our own lines", effect=Effect.ROLLING
    )
    """Lines appended to /etc/ecs/ecs.config on every node, after our own."""
    allow_buckets: tuple[BucketUri, ...] = setting(
        default=(),
        omitted="only the bucket of the work directory, which is always allowed, whole",
        effect=Effect.ROLES,
    )
    """Buckets, or folders of buckets, that jobs may read and write besides the work one."""
    vpc_id: VpcId | None = setting(
        default=None,
        omitted="the VPC of `subnets` is not named; without subnets a VPC is created",
        effect=Effect.NEW_NETWORK,
    )
    """VPC of the subnets."""
    subnets: tuple[SubnetId, ...] = setting(
        default=(),
        omitted="a VPC is created with public subnets (Forge would take the default VPC)",
        effect=Effect.NEW_NETWORK,
    )
    """Subnets in which nodes and Fargate tasks start."""
    security_groups: tuple[SecurityGroupId, ...] = setting(
        default=(),
        omitted="one is created that lets nothing in (Forge would take the VPC's default group)",
        effect=Effect.ROLLING,
    )
    """Security groups of nodes and Fargate tasks."""
    efs_create: Flag = setting(
        default=False, omitted="none is created", effect=Effect.NEW_FILE_SYSTEM
    )
    """Create an EFS file system and mount it on every node."""
    efs_id: EfsId | None = setting(default=None, omitted="none is mounted", effect=Effect.ROLLING)
    """Existing EFS file system to mount on every node."""
    efs_mount: MountPath | None = setting(
        default=None,
        omitted=f"{defaults.EFS_MOUNT}, which Seqera recommends",
        effect=Effect.ROLLING,
    )
    """Where the EFS file system is mounted on nodes and in job containers."""
    fsx_name: FsxDnsName | None = setting(
        default=None, omitted="none is mounted", effect=Effect.ROLLING
    )
    """DNS name of an existing FSx for Lustre file system to mount on every node."""
    fsx_size: Amount | None = setting(
        default=None, omitted="none is created", effect=Effect.GROWS, ge=1
    )
    """Create an FSx for Lustre file system of this many GB."""
    fsx_mount: MountPath | None = setting(
        default=None,
        omitted=f"{defaults.FSX_MOUNT}, which Seqera recommends",
        effect=Effect.ROLLING,
    )
    """Where the FSx file system is mounted on nodes and in job containers."""
    dispose_on_deletion: Flag = setting(
        default=True,
        omitted="true, as in Platform; without `aws.destroy_data` data is still kept",
        effect=Effect.IN_PLACE,
    )
    """Delete created file systems, the created bucket and the jobs' created log group with the
    stack; needs `aws.destroy_data` too.
    """
    dragen_enabled: Flag = setting(
        default=False,
        omitted="none is added",
        effect=Effect.NEW_COMPUTE_ENVIRONMENTS,
        source=sources.SEQERA_DRAGEN,
    )
    """Add a queue and environment of FPGA instances for Illumina DRAGEN."""
    dragen_ami_id: AmiId | None = setting(
        default=None,
        omitted="required with `dragen_enabled`",
        effect=Effect.ROLLING,
        source=sources.SEQERA_DRAGEN,
    )
    """AMI with DRAGEN installed."""
    dragen_instance_type: InstanceTypeName | None = setting(
        default=None,
        omitted=", ".join(defaults.DRAGEN_INSTANCE_TYPES),
        effect=Effect.ROLLING,
        source=sources.SEQERA_DRAGEN,
    )
    """FPGA instance type for DRAGEN."""
    ebs_auto_scale: Flag = setting(
        default=False,
        omitted="disks have a fixed size",
        effect=Effect.NOTHING,
        source=sources.SEQERA_CHANGELOG,
    )
    """Deprecated by Seqera: EBS volumes that grow; new environments cannot have it."""
    ebs_block_size: Amount | None = setting(
        default=None, omitted="disks have a fixed size", effect=Effect.NOTHING, ge=1
    )
    """Deprecated by Seqera: block size in GB of `ebs_auto_scale`."""
    fusion_enabled: Flag = setting(
        default=False, omitted="buckets are not mounted", effect=Effect.NOTHING
    )
    """Deprecated by Seqera: Fusion v1 bucket mounts."""
