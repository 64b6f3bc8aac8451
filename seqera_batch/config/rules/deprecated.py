# SPDX-License-Identifier: Apache-2.0
"""Rules that refuse, in our own files, what Seqera or AWS have ended; exports get a replacement."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity


@rule("ebs-auto-scale", source=sources.SEQERA_CHANGELOG)
def ebs_auto_scale(config: EnvironmentFile) -> Breaches:
    """Disks have a fixed size: EBS autoscale can no longer be created."""
    if config.forge is None:
        return
    if config.forge.ebs_auto_scale:
        yield Breach(
            path="forge.ebs_auto_scale",
            message="EBS autoscale is deprecated, and Platform refuses it in new environments",
            allowed="false",
            fix="remove it; raise forge.ebs_boot_size to what the largest task needs",
        )
    if config.forge.ebs_block_size is not None:
        yield Breach(
            path="forge.ebs_block_size",
            message="the block size belongs to EBS autoscale, which is deprecated",
            allowed="nothing",
            fix="remove it; set forge.ebs_boot_size to what the largest task needs",
        )


@rule("fusion-v1", source=sources.SEQERA_AWS_BATCH)
def fusion_v1(config: EnvironmentFile) -> Breaches:
    """Buckets are read with Fusion v2: version 1 and its mounts are deprecated."""
    if config.forge and config.forge.fusion_enabled:
        yield Breach(
            path="forge.fusion_enabled",
            message="Fusion v1 mounts are deprecated",
            allowed="false",
            fix="remove it; set fusion2_enabled: true and wave_enabled: true",
        )


@rule("amazon-linux-2", source=sources.AWS_BATCH_AMI)
def amazon_linux_2(config: EnvironmentFile) -> Breaches:
    """Nodes run Amazon Linux 2023: AWS ended its Amazon Linux 2 images on 30 June 2026."""
    own_image = config.forge is not None and config.forge.image_id is not None
    if config.aws.image_type in {"ECS_AL2", "ECS_AL2_NVIDIA"} and not own_image:
        yield Breach(
            path="aws.image_type",
            message="AWS Batch starts no new environments on its Amazon Linux 2 images",
            allowed="ECS_AL2023, ECS_AL2023_NVIDIA; the Amazon Linux 2 ones with forge.image_id",
            fix="remove aws.image_type, or name an own AMI as forge.image_id",
            about=("forge.image_id",),
        )


@rule("amazon-linux-2-image", source=sources.AWS_BATCH_AMI, severity=Severity.WARNING)
def amazon_linux_2_image(config: EnvironmentFile) -> Breaches:
    """An own AMI is made from Amazon Linux 2023: Amazon Linux 2 has no more security updates."""
    own_image = config.forge is not None and config.forge.image_id is not None
    if config.aws.image_type in {"ECS_AL2", "ECS_AL2_NVIDIA"} and own_image:
        yield Breach(
            path="aws.image_type",
            message="Amazon Linux 2 has had no security updates since 30 June 2026, and AWS does "
            "not say for how long AWS Batch takes an own AMI of it",
            allowed=config.aws.image_type.replace("ECS_AL2", "ECS_AL2023"),
            fix="make the AMI from AWS's ECS-optimized Amazon Linux 2023, and remove "
            "aws.image_type",
            about=("forge.image_id",),
        )


@rule("deprecated-storage", source=sources.SEQERA_API)
def deprecated_storage(config: EnvironmentFile) -> Breaches:
    """File systems are described in the forge section, not by Platform's old fields."""
    for field in ("storage_type", "lustre_id"):
        value = getattr(config, field)
        if value is not None:
            yield Breach(
                path=field,
                message="Platform deprecated the field and ignores it",
                allowed="nothing",
                fix="remove it; use forge.fsx_name or forge.efs_id",
            )
