# SPDX-License-Identifier: Apache-2.0
"""Decides compute environments: Spot, On-Demand or Fargate, with types and images."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Literal

from seqera_batch.catalog import defaults, instances, sources
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.fleets import Fleet, fleets
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.plan.decision import Decisions
from seqera_batch.plan.nodes import node_key, role_node_key
from seqera_batch.records import dataclass
from seqera_batch.words import counted, told, untold

Provisioning = Literal["SPOT", "EC2", "FARGATE"]

RUNS_ON: dict[Provisioning, str] = {
    "SPOT": "Spot instances",
    "EC2": "On-Demand instances",
    "FARGATE": "Fargate",
}
"""What jobs run on, by the type of a compute environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One entry of a compute environment's `Ec2Configuration`."""

    image_type: str
    image_id: str | None = None

    def __str__(self) -> str:
        """Return the image as people name it."""
        return self.image_id or self.image_type


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePolicy:
    """What an infrastructure update does to running jobs; minutes."""

    job_execution_timeout_minutes: int
    terminate_jobs: bool
    to_latest_image: bool

    def __str__(self) -> str:
        """Return it as people read it."""
        given = counted(self.job_execution_timeout_minutes, "minute")
        then = "ended at once" if self.terminate_jobs else f"given {given} by updates"
        return f"running jobs are {then}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Some of an environment's types, and the key of the node template of theirs."""

    instance_types: tuple[str, ...]
    nodes: str

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"{', '.join(self.instance_types)}: nodes {self.nodes}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSize:
    """What a job may ask for; memory in MiB."""

    vcpus: int
    memory_mib: int

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"{self.vcpus} vCPUs and {self.memory_mib:,} MiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeEnvironment:
    """An AWS Batch compute environment; what Fargate does not take is None or empty.

    Args:
        key: Short name; its resource is named by it.
        path: The section of the file that says what it is like.
        type: `SPOT`, `EC2` (On-Demand) or `FARGATE`.
        min_vcpus: vCPUs that stay on without jobs.
        max_vcpus: Most vCPUs.
        instance_types: Families or types, in order where the strategy looks at that.
        images: One for each kind of image among its types.
        allocation_strategy: How AWS Batch picks among the types.
        bid_percentage: Highest Spot price, in percent of the On-Demand price.
        key_pair: EC2 key pair to log in with.
        placement_group: Placement group of its nodes.
        scale_down_minutes: How long a node stays after its last job.
        nodes: Key of the node template that its nodes start with.
        overrides: Types whose nodes start with another one.
        update_policy: What an infrastructure update does to running jobs.
        needs_spot_fleet_role: Whether Spot instances are started by Spot fleet.
        container_insights: What CloudWatch gathers of its cluster, where the file says it.
    """

    key: str = field(metadata=untold("names the environment"))
    path: str = field(metadata=untold("says where the file has it"))
    type: Provisioning = field(metadata=told(RUNS_ON.get))
    min_vcpus: int | None = field(
        default=None, metadata=told(lambda least: f"at least {least} vCPUs" if least else None)
    )
    max_vcpus: int = field(metadata=told("at most {} vCPUs"))
    instance_types: tuple[str, ...] = field(default=(), metadata=told("types {}"))
    images: tuple[Image, ...] = field(default=(), metadata=told("image {}"))
    allocation_strategy: str | None = field(default=None, metadata=told("{}"))
    bid_percentage: int | None = field(
        default=None, metadata=told("up to {}% of the On-Demand price")
    )
    key_pair: str | None = field(default=None, metadata=told("SSH with the key pair {}"))
    placement_group: str | None = field(default=None, metadata=told("placement group {}"))
    scale_down_minutes: int | None = field(
        default=None, metadata=told("nodes stay for {} minutes after their last job")
    )
    nodes: str | None = field(default=None, metadata=untold("its nodes are told beside it"))
    overrides: tuple[Override, ...] = field(
        default=(), metadata=told(lambda some: "of them " + "; ".join(map(str, some)))
    )
    update_policy: UpdatePolicy | None = field(default=None, metadata=told("{}"))
    needs_spot_fleet_role: bool = field(default=False, metadata=told("started by Spot fleet"))
    container_insights: str | None = field(default=None, metadata=told("Container Insights {}"))

    @property
    def largest_job(self) -> JobSize | None:
        """What a job may ask for at most, and still start; None where its types do not tell."""
        found = instances.largest_task(self.instance_types)
        if found is None:
            return None
        return JobSize(vcpus=min(found[0], self.max_vcpus), memory_mib=found[1])

    @property
    def templates(self) -> tuple[str, ...]:
        """Keys of all node templates that its nodes start with."""
        own = () if self.nodes is None else (self.nodes,)
        return (*own, *(one.nodes for one in self.overrides))

    @property
    def on_ec2(self) -> bool:
        """Whether jobs run on instances of the account."""
        return self.type != "FARGATE"

    @property
    def architecture(self) -> str | None:
        """Architecture of its processors; None where no type tells it."""
        return next((family.architecture for family in instances.expand(self.instance_types)), None)


NOT_PUBLISHED = "what Forge takes is not published; set it in the file to have it otherwise"


def compute_environments(
    config: ForgeConfig, forge: ForgeSettings, decisions: Decisions
) -> tuple[ComputeEnvironment, ...]:
    """Return the environments: On-Demand one for all jobs; Spot one for head jobs as well.

    Those of further queues come after them.
    """
    work, *further = (_of_tasks(config, forge, fleet, decisions) for fleet in fleets(config))
    head = (_head(config, forge, decisions),) if forge.type == "SPOT" else ()
    dragen = (_dragen(config, forge, decisions),) if forge.dragen_enabled else ()
    insights = config.aws.container_insights
    return tuple(
        replace(one, container_insights=insights) for one in (*head, work, *dragen, *further)
    )


def _of_tasks(
    config: ForgeConfig, forge: ForgeSettings, fleet: Fleet, decisions: Decisions
) -> ComputeEnvironment:
    said = fleet.said
    types = _types(config, fleet, decisions)
    strategy = fleet.strategy
    if strategy is None:
        spot = said.type == "SPOT"
        strategy = (
            defaults.ALLOCATION_STRATEGY_SPOT if spot else defaults.ALLOCATION_STRATEGY_ON_DEMAND
        )
        decisions.add(
            f"{fleet.path}.alloc_strategy",
            strategy,
            f"Seqera's default for {'Spot' if spot else 'On-Demand'}",
            sources.SEQERA_AWS_BATCH,
        )
    image_id = said.image_id or forge.image_id
    images = _images(config, types, gpu_enabled=said.gpu_enabled, image_id=image_id)
    if said is forge:
        decisions.add(
            "aws.image_type",
            tuple(image.image_type for image in images),
            "always written, so that an AWS default cannot change it",
            sources.AWS_BATCH_AMI,
        )
    return ComputeEnvironment(
        key=fleet.key,
        path=fleet.path,
        type=said.type,
        min_vcpus=said.min_cpus,
        max_vcpus=said.max_cpus,
        allocation_strategy=strategy,
        instance_types=types,
        bid_percentage=said.bid_percentage,
        images=images,
        key_pair=forge.ec2_key_pair,
        placement_group=fleet.kept.placement_group,
        scale_down_minutes=fleet.kept.scale_down_minutes,
        nodes=node_key(config, fleet),
        overrides=tuple(
            Override(instance_types=one.said.instance_types, nodes=node_key(config, one))
            for one in fleet.overrides
        ),
        # AWS Batch takes another image out of a launch template only where it looks for newer ones.
        update_policy=_update_policy(
            config, None if any(one.image_id for one in fleet.kept.overrides) else image_id
        ),
        needs_spot_fleet_role=said.type == "SPOT" and strategy == "BEST_FIT",
    )


def _head(config: ForgeConfig, forge: ForgeSettings, decisions: Decisions) -> ComputeEnvironment:
    head = config.aws.head
    most = forge.max_cpus if head.max_cpus is None else head.max_cpus
    if head.max_cpus is None:
        decisions.add("aws.head.max_cpus", most, f"as forge.max_cpus; {NOT_PUBLISHED}")
    if forge.fargate_head_enabled:
        decisions.add(
            "head job",
            "FARGATE",
            "asked for: starts in under a minute, and is never reclaimed",
            sources.SEQERA_AWS_BATCH,
        )
        return ComputeEnvironment(key="head", path="aws.head", type="FARGATE", max_vcpus=most)
    types = head.instance_types or defaults.HEAD_INSTANCE_TYPES
    decisions.add(
        "head job",
        "EC2",
        "a Spot reclamation would end the whole run, so the head job is On-Demand",
        sources.SEQERA_AWS_BATCH,
    )
    if not head.instance_types:
        decisions.add(
            "aws.head.instance_types",
            types,
            f"the smallest node that fits, without GPU or NVMe disks; {NOT_PUBLISHED}",
            sources.AWS_BATCH_DEFAULT_TYPES,
        )
    image_id = head.image_id or forge.image_id
    return ComputeEnvironment(
        key="head",
        path="aws.head",
        type="EC2",
        min_vcpus=head.min_cpus,
        max_vcpus=most,
        allocation_strategy=defaults.ALLOCATION_STRATEGY_ON_DEMAND,
        instance_types=types,
        images=_images(config, types, gpu_enabled=forge.gpu_enabled, image_id=image_id),
        key_pair=forge.ec2_key_pair,
        placement_group=head.placement_group,
        scale_down_minutes=head.scale_down_minutes,
        nodes=role_node_key(config, forge, "head"),
        update_policy=_update_policy(config, image_id),
    )


def _dragen(config: ForgeConfig, forge: ForgeSettings, decisions: Decisions) -> ComputeEnvironment:
    types: tuple[str, ...] = (
        (forge.dragen_instance_type,)
        if forge.dragen_instance_type
        else defaults.DRAGEN_INSTANCE_TYPES
    )
    decisions.add(
        "dragen",
        types,
        "DRAGEN runs on FPGA instances, On-Demand, in a queue of its own",
        sources.SEQERA_DRAGEN,
    )
    return ComputeEnvironment(
        key="dragen",
        path="forge",
        type="EC2",
        min_vcpus=defaults.MIN_CPUS,
        max_vcpus=forge.max_cpus,
        allocation_strategy=defaults.ALLOCATION_STRATEGY_ON_DEMAND,
        instance_types=types,
        images=(
            Image(image_type=config.aws.image_type or "ECS_AL2023", image_id=forge.dragen_ami_id),
        ),
        key_pair=forge.ec2_key_pair,
        nodes=role_node_key(config, forge, "dragen"),
        update_policy=_update_policy(config, forge.dragen_ami_id),
    )


def _types(config: ForgeConfig, fleet: Fleet, decisions: Decisions) -> tuple[str, ...]:
    said = fleet.said
    if said.instance_types:
        # AWS refuses the old alias beside the new one; they mean the same.
        named = ("default_x86_64" if name == "optimal" else name for name in said.instance_types)
        return tuple(dict.fromkeys(named))
    types: tuple[str, ...]
    if config.nvme_storage_enabled:
        types = instances.NVME_FAMILIES_ARM if said.arm64_enabled else instances.NVME_FAMILIES_X86
        reason = "families with NVMe disks, which fast instance storage needs"
    elif said.arm64_enabled:
        types, reason = defaults.GRAVITON_FAMILIES, "Seqera's default for Graviton"
    else:
        types = defaults.WORK_INSTANCE_TYPES
        reason = "what AWS made of `optimal`: current m, c and r families of the region"
    decisions.add(f"{fleet.path}.instance_types", types, reason, sources.SEQERA_AWS_BATCH)
    return types


def _images(
    config: ForgeConfig, types: tuple[str, ...], *, gpu_enabled: bool, image_id: str | None
) -> tuple[Image, ...]:
    """Return the image for these types: the GPU one, the plain one, or one for each kind."""
    families = instances.expand(types)
    gpu = any(family.gpu == "nvidia" for family in families) and gpu_enabled
    plain = not gpu or any(family.gpu != "nvidia" for family in families)
    if config.aws.image_type is not None:
        base = config.aws.image_type.removesuffix("_NVIDIA")
    else:
        base = "ECS_AL2023"
    kinds = ([f"{base}_NVIDIA"] if gpu else []) + ([base] if plain else [])
    return tuple(Image(image_type=kind, image_id=image_id) for kind in kinds)


def _update_policy(config: ForgeConfig, image_id: str | None) -> UpdatePolicy:
    update = config.aws.update
    return UpdatePolicy(
        job_execution_timeout_minutes=update.job_execution_timeout_minutes,
        terminate_jobs=update.terminate_jobs,
        to_latest_image=update.to_latest_image and image_id is None,
    )
