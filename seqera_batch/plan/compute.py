# SPDX-License-Identifier: Apache-2.0
"""Decides compute environments, queues, images, disks and launch templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import defaults, instances, sources
from seqera_batch.catalog.names import environment_id, node_log_group
from seqera_batch.config.queue_names import created_queues
from seqera_batch.node import AwsCli, NodeSetup
from seqera_batch.plan.model import (
    BootDisk,
    ComputeEnvironment,
    Decision,
    Image,
    JobQueue,
    JobStateLimit,
    LaunchTemplate,
    UpdatePolicy,
)

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings

NOT_PUBLISHED = "what Forge takes is not published; set it in the file to have it otherwise"


def compute_environments(
    config: ForgeConfig, forge: ForgeSettings
) -> tuple[tuple[ComputeEnvironment, ...], list[Decision]]:
    """Return the environments: On-Demand one for all jobs; Spot one for head jobs as well."""
    work, decisions = _work(config, forge)
    environments = [work]
    if forge.type == "SPOT":
        head, decided = _head(config, forge)
        environments.insert(0, head)
        decisions += decided
    if forge.dragen_enabled:
        environments.append(_dragen(config, forge))
        decisions.append(
            Decision(
                field="dragen",
                value=environments[-1].instance_types,
                reason="DRAGEN runs on FPGA instances, On-Demand, in a queue of its own",
                source=sources.SEQERA_DRAGEN,
            )
        )
    return tuple(environments), decisions


def job_queues(
    config: ForgeConfig, environments: tuple[ComputeEnvironment, ...]
) -> tuple[tuple[JobQueue, ...], list[Decision]]:
    """Return a queue for each environment, under a name that stays."""
    limits = tuple(
        JobStateLimit(reason=reason, max_time_seconds=config.aws.job_state_limits.max_time_seconds)
        for reason in config.aws.job_state_limits.reasons
    )
    names = created_queues(config)
    queues = tuple(
        JobQueue(
            key=environment.key,
            name=names[environment.key],
            priority=defaults.QUEUE_PRIORITY,
            compute_environment=environment.key,
            job_state_limits=limits,
        )
        for environment in environments
    )
    return queues, [
        Decision(
            field="queue names",
            value=[queue.name for queue in queues],
            reason="Platform knows a queue by its name, so it never changes with an update",
            source=sources.SEQERA_AWS_BATCH,
        ),
        Decision(
            field="aws.job_state_limits",
            value=f"{config.aws.job_state_limits.max_time_seconds} s",
            reason="jobs that no node type can run are cancelled instead of blocking the queue; "
            "which times Forge takes is not published",
            source=sources.AWS_BATCH_TIME_LIMITS,
        ),
        Decision(
            field="queue priority",
            value=defaults.QUEUE_PRIORITY,
            reason="each queue has a compute environment of its own, so priorities never meet",
        ),
    ]


def launch_templates(
    config: ForgeConfig, forge: ForgeSettings, environments: tuple[ComputeEnvironment, ...]
) -> tuple[tuple[LaunchTemplate, ...], list[Decision]]:
    """Return the templates the EC2 environments use; file systems are mounted by the caller."""
    used = {environment.launch_template for environment in environments} - {None}
    logs = node_log_group(config.aws.prefix, config.name) if config.aws.logs.node_logs else None
    base = NodeSetup(
        environment=environment_id(config.aws.prefix, config.name),
        fusion=config.fusion2_enabled,
        aws_cli=_aws_cli(config),
        log_group=logs,
        ecs_config=forge.ecs_config,
    )
    work = NodeSetup(
        environment=base.environment,
        fusion_scratch=config.nvme_storage_enabled,
        fusion=base.fusion,
        aws_cli=base.aws_cli,
        log_group=base.log_group,
        ecs_config=base.ecs_config,
    )
    disk, decisions = _boot_disk(config, forge, on_nvme=config.nvme_storage_enabled)
    templates = [LaunchTemplate(key="work", disk=disk, node=work)]
    if "head" in used:
        templates.append(LaunchTemplate(key="head", disk=disk, node=base))
    if "dragen" in used:
        templates.append(LaunchTemplate(key="dragen", disk=disk, node=base))
    if base.aws_cli is not None and base.aws_cli.install:
        decisions.append(
            Decision(
                field="cli_path",
                value=base.aws_cli.path,
                reason="without Fusion v2 tasks copy files with the AWS CLI, which nodes install "
                "from awscli.amazonaws.com",
                source=sources.SEQERA_AWS_BATCH,
            )
        )
    return tuple(templates), decisions


def _work(config: ForgeConfig, forge: ForgeSettings) -> tuple[ComputeEnvironment, list[Decision]]:
    types, decisions = _work_types(config, forge)
    strategy: str | None = forge.alloc_strategy
    if strategy is None:
        spot = forge.type == "SPOT"
        strategy = (
            defaults.ALLOCATION_STRATEGY_SPOT if spot else defaults.ALLOCATION_STRATEGY_ON_DEMAND
        )
        decisions.append(
            Decision(
                field="forge.alloc_strategy",
                value=strategy,
                reason=f"Seqera's default for {'Spot' if spot else 'On-Demand'}",
                source=sources.SEQERA_AWS_BATCH,
            )
        )
    images = _images(config, forge, types)
    decisions.append(
        Decision(
            field="aws.image_type",
            value=[image.image_type for image in images],
            reason="always written, so that an AWS default cannot change it",
            source=sources.AWS_BATCH_AMI,
        )
    )
    environment = ComputeEnvironment(
        key="work" if forge.type == "SPOT" else "all",
        type=forge.type,
        min_vcpus=forge.min_cpus,
        max_vcpus=forge.max_cpus,
        allocation_strategy=strategy,
        instance_types=types,
        bid_percentage=forge.bid_percentage,
        images=images,
        key_pair=forge.ec2_key_pair,
        launch_template="work",
        update_policy=_update_policy(config, forge.image_id),
        needs_spot_fleet_role=forge.type == "SPOT" and strategy == "BEST_FIT",
    )
    return environment, decisions


def _head(config: ForgeConfig, forge: ForgeSettings) -> tuple[ComputeEnvironment, list[Decision]]:
    head = config.aws.head
    most = forge.max_cpus if head.max_cpus is None else head.max_cpus
    decisions = []
    if head.max_cpus is None:
        decisions.append(
            Decision(
                field="aws.head.max_cpus",
                value=most,
                reason=f"as forge.max_cpus; {NOT_PUBLISHED}",
            )
        )
    if forge.fargate_head_enabled:
        decisions.append(
            Decision(
                field="head job",
                value="FARGATE",
                reason="asked for: starts in under a minute, and is never reclaimed",
                source=sources.SEQERA_AWS_BATCH,
            )
        )
        return ComputeEnvironment(key="head", type="FARGATE", max_vcpus=most), decisions
    types = head.instance_types or defaults.HEAD_INSTANCE_TYPES
    decisions.append(
        Decision(
            field="head job",
            value="EC2",
            reason="a Spot reclamation would end the whole run, so the head job is On-Demand",
            source=sources.SEQERA_AWS_BATCH,
        )
    )
    if not head.instance_types:
        decisions.append(
            Decision(
                field="aws.head.instance_types",
                value=types,
                reason=f"the smallest node that fits, without GPU or NVMe disks; {NOT_PUBLISHED}",
                source=sources.AWS_BATCH_DEFAULT_TYPES,
            )
        )
    environment = ComputeEnvironment(
        key="head",
        type="EC2",
        min_vcpus=defaults.MIN_CPUS,
        max_vcpus=most,
        allocation_strategy=defaults.ALLOCATION_STRATEGY_ON_DEMAND,
        instance_types=types,
        images=_images(config, forge, types),
        key_pair=forge.ec2_key_pair,
        launch_template="head" if config.nvme_storage_enabled else "work",
        update_policy=_update_policy(config, forge.image_id),
    )
    return environment, decisions


def _dragen(config: ForgeConfig, forge: ForgeSettings) -> ComputeEnvironment:
    types: tuple[str, ...] = (
        (forge.dragen_instance_type,)
        if forge.dragen_instance_type
        else defaults.DRAGEN_INSTANCE_TYPES
    )
    return ComputeEnvironment(
        key="dragen",
        type="EC2",
        min_vcpus=defaults.MIN_CPUS,
        max_vcpus=forge.max_cpus,
        allocation_strategy=defaults.ALLOCATION_STRATEGY_ON_DEMAND,
        instance_types=types,
        images=(
            Image(image_type=config.aws.image_type or "ECS_AL2023", image_id=forge.dragen_ami_id),
        ),
        key_pair=forge.ec2_key_pair,
        launch_template="dragen" if config.nvme_storage_enabled else "work",
        update_policy=_update_policy(config, forge.dragen_ami_id),
    )


def _work_types(
    config: ForgeConfig, forge: ForgeSettings
) -> tuple[tuple[str, ...], list[Decision]]:
    if forge.instance_types:
        # AWS refuses the old alias beside the new one; they mean the same.
        named = ("default_x86_64" if name == "optimal" else name for name in forge.instance_types)
        return tuple(dict.fromkeys(named)), []
    types: tuple[str, ...]
    if config.nvme_storage_enabled:
        types = instances.NVME_FAMILIES_ARM if forge.arm64_enabled else instances.NVME_FAMILIES_X86
        reason = "families with NVMe disks, which fast instance storage needs"
    elif forge.arm64_enabled:
        types, reason = defaults.GRAVITON_FAMILIES, "Seqera's default for Graviton"
    else:
        types = defaults.WORK_INSTANCE_TYPES
        reason = "what AWS made of `optimal`: current m, c and r families of the region"
    return types, [
        Decision(
            field="forge.instance_types",
            value=types,
            reason=reason,
            source=sources.SEQERA_AWS_BATCH,
        )
    ]


def _images(config: ForgeConfig, forge: ForgeSettings, types: tuple[str, ...]) -> tuple[Image, ...]:
    """Return the image for these types: the GPU one, the plain one, or one for each kind."""
    families = instances.expand(types)
    gpu = any(family.gpu == "nvidia" for family in families) and forge.gpu_enabled
    plain = not gpu or any(family.gpu != "nvidia" for family in families)
    if config.aws.image_type is not None:
        base = config.aws.image_type.removesuffix("_NVIDIA")
    else:
        base = "ECS_AL2023"
    kinds = ([f"{base}_NVIDIA"] if gpu else []) + ([base] if plain else [])
    return tuple(Image(image_type=kind, image_id=forge.image_id) for kind in kinds)


def _update_policy(config: ForgeConfig, image_id: str | None) -> UpdatePolicy:
    update = config.aws.update
    return UpdatePolicy(
        job_execution_timeout_minutes=update.job_execution_timeout_minutes,
        terminate_jobs=update.terminate_jobs,
        to_latest_image=update.to_latest_image and image_id is None,
    )


def _boot_disk(
    config: ForgeConfig, forge: ForgeSettings, *, on_nvme: bool
) -> tuple[BootDisk, list[Decision]]:
    cache_on_disk = config.fusion2_enabled and not on_nvme
    throughput = defaults.FUSION_BOOT_DISK_MIB_PER_SECOND if cache_on_disk else None
    if forge.ebs_boot_size is not None:
        return BootDisk(size_gb=forge.ebs_boot_size, throughput_mib_per_second=throughput), []
    size = defaults.FUSION_BOOT_DISK_GB if cache_on_disk else defaults.BOOT_DISK_GB
    reason = (
        f"Fusion v2 caches on the boot disk: Seqera's {size} GB gp3 at {throughput} MB/s"
        if cache_on_disk
        else "Seqera's default"
    )
    return BootDisk(size_gb=size, throughput_mib_per_second=throughput), [
        Decision(
            field="forge.ebs_boot_size",
            value=size,
            reason=reason,
            source=sources.SEQERA_AWS_BATCH,
        )
    ]


def _aws_cli(config: ForgeConfig) -> AwsCli | None:
    if config.fusion2_enabled:
        return None
    if config.cli_path is not None:
        return AwsCli(path=config.cli_path, install=False)
    return AwsCli(version=config.aws.aws_cli.version)
