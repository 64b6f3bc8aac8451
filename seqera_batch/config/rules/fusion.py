# SPDX-License-Identifier: Apache-2.0
"""Rules about Wave, Fusion v2, fast storage and Snapshots."""

from __future__ import annotations

from seqera_batch.catalog import defaults, instances, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.fleets import fleets
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity


@rule("fusion2-needs-wave", source=sources.SEQERA_AWS_BATCH)
def fusion2_needs_wave(config: EnvironmentFile) -> Breaches:
    """Fusion v2 runs with Wave containers enabled."""
    if config.fusion2_enabled and not config.wave_enabled:
        yield Breach(
            path="wave_enabled",
            message="Fusion v2 needs the Wave container service",
            allowed="true while fusion2_enabled is true",
            fix="set wave_enabled: true, or fusion2_enabled: false",
            about=("fusion2_enabled",),
        )


@rule("fusion2-needs-s3-work-dir", source=sources.SEQERA_AWS_BATCH)
def fusion2_needs_s3_work_dir(config: EnvironmentFile) -> Breaches:
    """Fusion v2 works on a work directory in S3."""
    if config.fusion2_enabled and config.work_directory.bucket is None:
        yield Breach(
            path="work_dir",
            message="Fusion v2 needs a work directory in S3",
            allowed="s3://bucket or s3://bucket/folder",
            fix="name a bucket, or set fusion2_enabled: false",
            about=("fusion2_enabled",),
        )


@rule("nvme-needs-fusion2", source=sources.SEQERA_TERRAFORM)
def nvme_needs_fusion2(config: EnvironmentFile) -> Breaches:
    """Fast instance storage is used by Fusion v2."""
    if config.nvme_storage_enabled and not config.fusion2_enabled:
        yield Breach(
            path="nvme_storage_enabled",
            message="fast instance storage is only used by Fusion v2",
            allowed="false while fusion2_enabled is false",
            fix="set fusion2_enabled: true and wave_enabled: true, or nvme_storage_enabled: false",
            about=("fusion2_enabled",),
        )


@rule("snapshots-need-fusion2", source=sources.SEQERA_AWS_BATCH)
def snapshots_need_fusion2(config: EnvironmentFile) -> Breaches:
    """Fusion Snapshots run on Fusion v2."""
    if config.fusion_snapshots and not config.fusion2_enabled:
        yield Breach(
            path="fusion_snapshots",
            message="Fusion Snapshots need Fusion v2",
            allowed="false while fusion2_enabled is false",
            fix="set fusion2_enabled: true and wave_enabled: true, or fusion_snapshots: false",
            about=("fusion2_enabled",),
        )


@rule("snapshots-need-spot", source=sources.SEQERA_FUSION_SNAPSHOTS, in_exports=Severity.WARNING)
def snapshots_need_spot(config: EnvironmentFile) -> Breaches:
    """Fusion Snapshots are used with Spot instances, which alone are reclaimed."""
    spot = any(fleet.said.type == "SPOT" for fleet in fleets(config))
    if config.fusion_snapshots and config.forge is not None and not spot:
        yield Breach(
            path="fusion_snapshots",
            message="Fusion Snapshots have no use without Spot instances",
            allowed="false while forge.type is EC2",
            fix="set fusion_snapshots: false, or forge.type: SPOT",
            about=("forge.type", "aws.queues"),
        )


@rule("snapshots-need-al2023", source=sources.SEQERA_FUSION_SNAPSHOTS, in_exports=Severity.WARNING)
def snapshots_need_al2023(config: EnvironmentFile) -> Breaches:
    """Fusion Snapshots run on Amazon Linux 2023."""
    if config.fusion_snapshots and config.aws.image_type in {"ECS_AL2", "ECS_AL2_NVIDIA"}:
        yield Breach(
            path="aws.image_type",
            message="Fusion Snapshots need Amazon Linux 2023",
            allowed="ECS_AL2023, ECS_AL2023_NVIDIA",
            fix="use an Amazon Linux 2023 image, or set fusion_snapshots: false",
            about=("fusion_snapshots",),
        )


@rule("snapshots-in-manual-mode", source=sources.SEQERA_FUSION_SNAPSHOTS, severity=Severity.WARNING)
def snapshots_in_manual_mode(config: EnvironmentFile) -> Breaches:
    """Seqera documents Fusion Snapshots for Batch Forge environments."""
    if config.fusion_snapshots and {"platform", "enterprise"} & {*config.aws.used_by}:
        yield Breach(
            path="fusion_snapshots",
            message="Seqera documents Fusion Snapshots for Batch Forge mode only, and a deployed "
            "stack is registered in Manual mode",
            fix="try it before you rely on it, and acknowledge this warning",
            about=("aws.used_by",),
        )


@rule("fusion-instance-size", source=sources.SEQERA_AWS_BATCH, severity=Severity.NOTICE)
def fusion_instance_size(config: EnvironmentFile) -> Breaches:
    """With Fusion v2 types are as large as Seqera advises for large pipelines that run long."""
    if not config.fusion2_enabled:
        return
    for fleet in fleets(config):
        small = [
            name
            for name in fleet.said.instance_types
            if "." in name
            and (size := instances.capacity(name)) is not None
            and size[0] < defaults.FUSION_ADVISED_CPUS
        ]
        if small:
            yield Breach(
                path=f"{fleet.path}.instance_types",
                message="for large pipelines that run long Seqera advises larger types with Fusion "
                "v2: these share a network whose speed is not guaranteed, and mostly have less "
                "than 200 GB of local disk",
                value=small,
                allowed="types from 8xlarge, with 200 GB or more of local disk at 1000 MB/s, 400 "
                "GB for files above 100 GB, and a network that is not burstable",
                fix="list larger types, or leave it where pipelines are small",
                about=("fusion2_enabled",),
            )


@rule("cli-path-without-fusion2", source=sources.SEQERA_TERRAFORM)
def cli_path_without_fusion2(config: EnvironmentFile) -> Breaches:
    """The AWS CLI path is given only where tasks use the CLI, which Fusion v2 replaces."""
    if config.cli_path and config.fusion2_enabled and config.forge is not None:
        yield Breach(
            path="cli_path",
            message="with Fusion v2 in Forge mode Platform refuses an AWS CLI path",
            allowed="nothing while fusion2_enabled is true",
            fix="remove cli_path",
            about=("fusion2_enabled",),
        )


@rule("cli-path-needs-image", source=sources.SEQERA_AWS_BATCH, in_exports=Severity.WARNING)
def cli_path_needs_image(config: EnvironmentFile) -> Breaches:
    """An AWS CLI path of one's own comes with an AMI that has the CLI there."""
    if (
        config.cli_path
        and config.forge is not None
        and not config.forge.image_id
        and not config.fusion2_enabled
    ):
        yield Breach(
            path="cli_path",
            message="AWS's images carry no AWS CLI here, and nodes stop where it is missing",
            allowed="a path in the image that forge.image_id names",
            fix="remove cli_path so that nodes install the AWS CLI, or give forge.image_id",
            about=("forge.image_id", "fusion2_enabled"),
        )
