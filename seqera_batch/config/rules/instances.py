# SPDX-License-Identifier: Apache-2.0
"""Rules about instance types, architectures, GPUs, Spot and allocation strategies."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import defaults, instances, limits, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.fleets import Fleet, fleets, node_fleets
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity


@rule("instance-type-known", source=sources.AWS_BATCH_DEFAULT_TYPES)
def instance_type_known(config: EnvironmentFile) -> Breaches:
    """Every instance type names a family that exists, and a size if it has a dot."""
    for path, name in _listed(config):
        if name in instances.ALIASES or instances.family(name) is not None:
            continue
        near = instances.nearest(name)
        yield Breach(
            path=path,
            message="AWS has no such instance family or type",
            allowed=f"a family, a type, or {', '.join(sorted(instances.ALIASES))}",
            fix=f"did you mean {near}?" if near else "check the name in the AWS console",
        )


@rule("instance-type-new", source=sources.AWS_BATCH_DEFAULT_TYPES, severity=Severity.WARNING)
def instance_type_new(config: EnvironmentFile) -> Breaches:
    """Every instance family is one that this release has checked."""
    for path, name in _listed(config):
        if (
            name not in instances.ALIASES
            and instances.family(name) is not None
            and not instances.is_known(name)
        ):
            yield Breach(
                path=path,
                message="the family is newer than this release; its name alone tells what it is",
                fix="check that AWS Batch offers it in the region",
            )


@rule("instance-type-batch", source=sources.AWS_BATCH_DEFAULT_TYPES, severity=Severity.WARNING)
def instance_type_batch(config: EnvironmentFile) -> Breaches:
    """Every instance family is one that AWS Batch is known to start."""
    for path, name in _listed(config):
        family = _family(name)
        if family is not None and not family.batch:
            yield Breach(
                path=path,
                message="AWS Batch has refused instances of this family",
                allowed="families other than the burstable t and mac ones",
                fix="list an m, c or r family of a like size",
            )


@rule("one-architecture", source=sources.AWS_BATCH_API_COMPUTE)
def one_architecture(config: EnvironmentFile) -> Breaches:
    """All instance types of an environment have the architecture that was chosen."""
    if config.forge is None:
        return
    wanted = {f"{fleet.path}.instance_types": fleet for fleet in fleets(config)}
    for path, name in _listed(config):
        family = _family(name)
        fleet = wanted.get(path.rpartition("[")[0])
        section = "forge" if fleet is None else fleet.path
        expected = "x86_64" if fleet is None else fleet.architecture
        if family is None or family.architecture == expected:
            continue
        yield Breach(
            path=path,
            message=(
                f"{name} is {family.architecture}, but this environment is {expected}; "
                "AWS Batch takes one architecture only"
            ),
            allowed=f"{expected} instance types",
            fix=(
                f"remove it, or set {section}.arm64_enabled: "
                f"{str(expected != 'arm64').lower()} and list only {family.architecture} types"
            ),
            about=(f"{section}.arm64_enabled",),
        )


@rule("nvme-instance-types", source=sources.SEQERA_AWS_BATCH)
def nvme_instance_types(config: EnvironmentFile) -> Breaches:
    """With fast instance storage every compute instance type has NVMe disks."""
    if not config.nvme_storage_enabled:
        return
    for fleet, path, name in _of_tasks(config):
        family = _family(name)
        if family is None or family.nvme:
            continue
        preset = (
            instances.NVME_FAMILIES_ARM if fleet.said.arm64_enabled else instances.NVME_FAMILIES_X86
        )
        yield Breach(
            path=path,
            message=f"{name} has no NVMe disks, which fast instance storage needs",
            allowed=f"families with NVMe instance store, such as {', '.join(preset)}",
            fix="list only such types, or none so that they are picked, "
            "or set nvme_storage_enabled: false",
            about=("nvme_storage_enabled",),
        )


@rule("optimal-alias", source=sources.AWS_BATCH_DEFAULT_TYPES, severity=Severity.WARNING)
def optimal_alias(config: EnvironmentFile) -> Breaches:
    """Instance types do not use the old alias `optimal`."""
    for path, name in _listed(config):
        if name == "optimal" and not config.nvme_storage_enabled:
            yield Breach(
                path=path,
                message=(
                    "AWS made `optimal` the same as `default_x86_64` in November 2025, "
                    "which is written instead"
                ),
                fix="write default_x86_64, or list families",
                about=("nvme_storage_enabled",),
            )


@rule("graviton-needs-fargate-head", source=sources.SEQERA_AWS_BATCH)
def graviton_needs_fargate_head(config: EnvironmentFile) -> Breaches:
    """Graviton goes with a Fargate head job, Wave and Fusion v2."""
    if config.forge is None or not config.forge.arm64_enabled:
        return
    for path, value in (
        ("forge.fargate_head_enabled", config.forge.fargate_head_enabled),
        ("wave_enabled", config.wave_enabled),
        ("fusion2_enabled", config.fusion2_enabled),
    ):
        if not value:
            yield Breach(
                path=path,
                message="Graviton needs Fargate for the head job, Wave and Fusion v2",
                allowed="true while forge.arm64_enabled is true",
                fix=f"set {path}: true, or forge.arm64_enabled: false",
                about=("forge.arm64_enabled",),
            )


@rule("graviton-without-gpu", source=sources.SEQERA_AWS_BATCH)
def graviton_without_gpu(config: EnvironmentFile) -> Breaches:
    """Graviton and GPUs are not combined."""
    for fleet in fleets(config):
        if fleet.said.arm64_enabled and fleet.said.gpu_enabled:
            yield Breach(
                path=f"{fleet.path}.gpu_enabled",
                message="Seqera does not combine Graviton with GPUs",
                allowed=f"false while {fleet.path}.arm64_enabled is true",
                fix=f"set {fleet.path}.gpu_enabled: false, or {fleet.path}.arm64_enabled: false",
                about=(f"{fleet.path}.arm64_enabled",),
            )


@rule("gpu-needs-nvidia-types", source=sources.SEQERA_GPU)
def gpu_needs_nvidia_types(config: EnvironmentFile) -> Breaches:
    """With GPUs enabled some listed instance type has an NVIDIA GPU."""
    for fleet in fleets(config):
        said, path = fleet.said, fleet.path
        families = [_family(name) for name in said.instance_types]
        if (
            not said.gpu_enabled
            or said.arm64_enabled
            or any(family is not None and family.gpu == "nvidia" for family in families)
        ):
            continue
        yield Breach(
            path=f"{path}.instance_types",
            message="GPUs are enabled, but no listed type has an NVIDIA GPU; enabling adds none",
            allowed="a list with an NVIDIA family, such as g4dn, g5 or g6",
            fix=f"add a GPU family, or set {path}.gpu_enabled: false",
            about=(f"{path}.gpu_enabled", f"{path}.arm64_enabled"),
        )


@rule("gpu-types-without-gpu", source=sources.SEQERA_GPU, severity=Severity.WARNING)
def gpu_types_without_gpu(config: EnvironmentFile) -> Breaches:
    """GPU instance types are listed only with GPUs enabled."""
    for fleet, path, name in _of_tasks(config):
        family = _family(name)
        if not fleet.said.gpu_enabled and family is not None and family.gpu == "nvidia":
            yield Breach(
                path=path,
                message=f"{name} has GPUs, but the image without drivers is used",
                fix=f"set {fleet.path}.gpu_enabled: true, or remove the type",
                about=(f"{fleet.path}.gpu_enabled",),
            )


@rule("gpu-custom-image", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def gpu_custom_image(config: EnvironmentFile) -> Breaches:
    """An AMI of one's own for GPU nodes carries the drivers itself."""
    for fleet in node_fleets(config):
        path, image = _image(config, fleet)
        whole = fleet.overridden
        if whole is not None and (
            whole.said.image_id == fleet.said.image_id or not _gpus(fleet.said.instance_types)
        ):
            continue
        if fleet.said.gpu_enabled and image:
            yield Breach(
                path=path,
                message="the AMI replaces AWS's GPU image, so it must carry the NVIDIA drivers",
                value=image,
                fix=f"check the AMI and acknowledge this warning, or remove {path}",
                about=(f"{(whole or fleet).path}.gpu_enabled",),
            )


@rule("image-supports-types", source=sources.AWS_BATCH_AMI)
def image_supports_types(config: EnvironmentFile) -> Breaches:
    """Amazon Linux 2023 supports every listed family; the GPU image, every GPU family."""
    for fleet, path, name in _of_tasks(config):
        family = _family(name)
        if family is None or _image(config, fleet)[1]:
            continue
        unsupported = not family.al2023 or (
            fleet.said.gpu_enabled and family.gpu == "nvidia" and not family.nvidia_al2023
        )
        if unsupported:
            yield Breach(
                path=path,
                message=f"Amazon Linux 2023 images do not run on {name}",
                allowed="families newer than A1, and for GPUs newer than P3 and G3",
                fix=f"list a newer family, or give an own AMI as {fleet.path}.image_id",
                about=(f"{fleet.path}.image_id", f"{fleet.path}.gpu_enabled"),
            )


@rule("image-architecture", source=sources.AWS_BATCH_AMI)
def image_architecture(config: EnvironmentFile) -> Breaches:
    """An AMI of one's own is used by instances of the architecture that it is made for."""
    for fleet in fleets(config):
        path, image = _image(config, fleet)
        alike = config.forge and config.forge.arm64_enabled is fleet.said.arm64_enabled
        if image and path == "forge.image_id" and not alike:
            yield Breach(
                path=f"{fleet.path}.image_id",
                message=f"{path} is for the other architecture, and these instances would have it",
                value=image,
                allowed=f"an AMI for {fleet.architecture}",
                fix=f"give {fleet.path}.image_id, or remove {path}",
                about=(path, "forge.arm64_enabled", f"{fleet.path}.arm64_enabled"),
            )


@rule("spot-diversity", source=sources.AWS_BATCH_ALLOCATION, severity=Severity.WARNING)
def spot_diversity(config: EnvironmentFile) -> Breaches:
    """Spot environments may choose among enough instance types."""
    for fleet in fleets(config):
        names = set(fleet.said.instance_types)
        # A family or an alias stands for many sizes, each a Spot pool of its own.
        many = any("." not in name for name in names) or len(names) >= limits.SPOT_TYPES_ADVISED
        if fleet.said.type != "SPOT" or not names or many:
            continue
        yield Breach(
            path=f"{fleet.path}.instance_types",
            message="few Spot pools to choose from: expect interruptions and waits",
            allowed=f"{limits.SPOT_TYPES_ADVISED} types or more, or whole families",
            fix="add types of other families and sizes",
            about=(f"{fleet.path}.type",),
        )


@rule("instance-types-used", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def instance_types_used(config: EnvironmentFile) -> Breaches:
    """No more instance types are listed than AWS uses."""
    for fleet in fleets(config):
        if len(fleet.said.instance_types) > limits.INSTANCE_TYPES_USED:
            yield Breach(
                path=f"{fleet.path}.instance_types",
                message="AWS leaves out the largest types of a longer list",
                value=f"{len(fleet.said.instance_types)} types",
                allowed=f"at most {limits.INSTANCE_TYPES_USED}",
                fix="remove some, or list families",
            )


@rule(
    "instance-types-once",
    source=sources.AWS_BATCH_API_COMPUTE,
    in_exports=Severity.WARNING,
)
def instance_types_once(config: EnvironmentFile) -> Breaches:
    """No instance type is listed twice."""
    seen: set[tuple[str, str]] = set()
    for fleet, path, name in _of_tasks(config):
        if (fleet.key, name) in seen:
            yield Breach(
                path=path,
                message="the type is listed twice",
                fix="remove one of the two",
            )
        seen.add((fleet.key, name))


@rule("spot-strategy-needs-spot", source=sources.AWS_BATCH_ALLOCATION)
def spot_strategy_needs_spot(config: EnvironmentFile) -> Breaches:
    """Spot allocation strategies are used with Spot instances."""
    for fleet, section, strategy in _strategies(config):
        if fleet.said.type == "EC2" and strategy.startswith("SPOT_"):
            yield Breach(
                path=f"{section}.alloc_strategy",
                message="the strategy is for Spot instances",
                allowed="BEST_FIT_PROGRESSIVE, BEST_FIT",
                fix=f"set it to {defaults.ALLOCATION_STRATEGY_ON_DEMAND}, or leave it out"
                if section != "aws.compute"
                else "set it to BEST_FIT_PROGRESSIVE_ORDERED, or leave it out",
                about=(f"{fleet.path}.type",),
            )


@rule("ordered-strategy", source=sources.AWS_BATCH_ALLOCATION)
def ordered_strategy(config: EnvironmentFile) -> Breaches:
    """A strategy that goes by the order of types has a list, and On-Demand has one of its own."""
    for fleet, section, strategy in _strategies(config):
        path = fleet.path
        if strategy == "BEST_FIT_PROGRESSIVE_ORDERED" and fleet.said.type == "SPOT":
            yield Breach(
                path=f"{section}.alloc_strategy",
                message="the strategy is for On-Demand instances",
                allowed="SPOT_CAPACITY_OPTIMIZED_PRIORITIZED, which looks at the order on Spot",
                fix=f"set it to SPOT_CAPACITY_OPTIMIZED_PRIORITIZED, or {path}.type: EC2",
                about=(f"{path}.type",),
            )
        elif strategy.endswith(("_ORDERED", "_PRIORITIZED")) and not fleet.said.instance_types:
            yield Breach(
                path=f"{path}.instance_types",
                message="the strategy goes by the order of instance types, and none is listed",
                value=strategy,
                allowed="types or families, the first choice first",
                fix=f"list {path}.instance_types, or leave {section}.alloc_strategy out",
                about=(f"{section}.alloc_strategy",),
            )


@rule("strategy-once", source=sources.AWS_BATCH_ALLOCATION)
def strategy_once(config: EnvironmentFile) -> Breaches:
    """The strategy of the main queue is said once."""
    ordered = config.aws.compute.alloc_strategy
    if config.forge is not None and ordered is not None and config.forge.alloc_strategy is not None:
        yield Breach(
            path="aws.compute.alloc_strategy",
            message=f"forge.alloc_strategy says {config.forge.alloc_strategy}",
            allowed="one of the two",
            fix="remove forge.alloc_strategy, or this one",
            about=("forge.alloc_strategy",),
        )


@rule(
    "best-fit-blocks-updates",
    source=sources.AWS_BATCH_INFRASTRUCTURE_UPDATES,
    severity=Severity.WARNING,
)
def best_fit_blocks_updates(config: EnvironmentFile) -> Breaches:
    """The allocation strategy allows updates in place."""
    for fleet in fleets(config):
        if fleet.said.alloc_strategy != "BEST_FIT":
            continue
        role = " and needs a Spot fleet role" if fleet.said.type == "SPOT" else ""
        yield Breach(
            path=f"{fleet.path}.alloc_strategy",
            message=f"AWS Batch cannot update a BEST_FIT environment in place{role}: "
            "changes of types, image or network will be refused",
            allowed="BEST_FIT_PROGRESSIVE, SPOT_CAPACITY_OPTIMIZED, SPOT_PRICE_CAPACITY_OPTIMIZED",
            fix="leave it out to get the default",
        )


@rule("bid-percentage-needs-spot", source=sources.SEQERA_AWS_BATCH)
def bid_percentage_needs_spot(config: EnvironmentFile) -> Breaches:
    """A highest Spot price is given only with Spot instances."""
    for fleet in fleets(config):
        if fleet.said.type == "EC2" and fleet.said.bid_percentage is not None:
            yield Breach(
                path=f"{fleet.path}.bid_percentage",
                message="On-Demand instances have no Spot price",
                allowed=f"nothing while {fleet.path}.type is EC2",
                fix=f"remove it, or set {fleet.path}.type: SPOT",
                about=(f"{fleet.path}.type",),
            )


@rule("min-cpus-within-max", source=sources.SEQERA_AWS_BATCH)
def min_cpus_within_max(config: EnvironmentFile) -> Breaches:
    """Min CPUs are no more than max CPUs."""
    for path, least, most, most_path in _kept_on(config):
        if least > most:
            yield Breach(
                path=f"{path}.min_cpus",
                message="more vCPUs would stay on than may run at all",
                allowed=f"at most {most}, which is {most_path}",
                fix=f"lower {path}.min_cpus, or raise {most_path}",
                about=(most_path, f"{path}.max_cpus"),
            )


@rule("min-cpus-cost", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def min_cpus_cost(config: EnvironmentFile) -> Breaches:
    """Nothing runs while no job waits."""
    for path, least, most, most_path in _kept_on(config):
        if 0 < least <= most:
            yield Breach(
                path=f"{path}.min_cpus",
                message="these vCPUs run, and cost, day and night",
                allowed="0 costs nothing while idle",
                fix="set it to 0, or acknowledge this warning",
                about=(most_path, f"{path}.max_cpus"),
            )


@rule("dragen-fields-need-dragen", source=sources.SEQERA_DRAGEN)
def dragen_fields_need_dragen(config: EnvironmentFile) -> Breaches:
    """DRAGEN settings are given only with DRAGEN enabled."""
    if config.forge is None or config.forge.dragen_enabled:
        return
    for field in ("dragen_ami_id", "dragen_instance_type"):
        value = getattr(config.forge, field)
        if value is not None:
            yield Breach(
                path=f"forge.{field}",
                message="the setting has no effect without forge.dragen_enabled",
                allowed="nothing while forge.dragen_enabled is false",
                fix=f"set forge.dragen_enabled: true, or remove forge.{field}",
                about=("forge.dragen_enabled",),
            )
    if config.aws.dragen_root_device is not None:
        yield Breach(
            path="aws.dragen_root_device",
            message="the setting has no effect without forge.dragen_enabled",
            allowed="nothing while forge.dragen_enabled is false",
            fix="set forge.dragen_enabled: true, or remove aws.dragen_root_device",
            about=("forge.dragen_enabled",),
        )


@rule("dragen-needs-image", source=sources.SEQERA_DRAGEN)
def dragen_needs_image(config: EnvironmentFile) -> Breaches:
    """DRAGEN comes with the AMI that holds it."""
    if config.forge and config.forge.dragen_enabled and config.forge.dragen_ami_id is None:
        yield Breach(
            path="forge.dragen_ami_id",
            message="DRAGEN runs only on Illumina's AMI",
            allowed="the id of the DRAGEN AMI in this region",
            fix="subscribe to DRAGEN in AWS Marketplace and give its AMI id",
            about=("forge.dragen_enabled",),
        )


@rule("dragen-instance-type", source=sources.SEQERA_DRAGEN)
def dragen_instance_type(config: EnvironmentFile) -> Breaches:
    """DRAGEN runs on FPGA instances."""
    name = config.forge.dragen_instance_type if config.forge else config.dragen_instance_type
    if name is not None and name.split(".")[0] not in {"f1", "f2"}:
        yield Breach(
            path="forge.dragen_instance_type" if config.forge else "dragen_instance_type",
            message="DRAGEN needs an FPGA instance type",
            allowed=f"{', '.join(defaults.DRAGEN_INSTANCE_TYPES)}, or an f1 type",
            fix="name one of them, or leave it out",
        )


def _family(name: str) -> instances.InstanceFamily | None:
    """Return the family of a type, or of the first one behind an alias."""
    return instances.family(instances.ALIASES.get(name, (name,))[0])


def _gpus(types: tuple[str, ...]) -> bool:
    return any(one.gpu == "nvidia" for one in instances.expand(types))


def _listed(config: EnvironmentFile) -> Iterator[tuple[str, str]]:
    """Yield path and name of every instance type of compute jobs and EC2 head jobs."""
    for _, path, name in _of_tasks(config):
        yield path, name
    for index, name in enumerate(config.aws.head.instance_types):
        yield f"aws.head.instance_types[{index}]", name


def _of_tasks(config: EnvironmentFile) -> Iterator[tuple[Fleet, str, str]]:
    """Yield, of every instance type for tasks, its environment, its path and its name."""
    for fleet in fleets(config):
        for index, name in enumerate(fleet.said.instance_types):
            yield fleet, f"{fleet.path}.instance_types[{index}]", name


def _strategies(config: EnvironmentFile) -> Iterator[tuple[Fleet, str, str]]:
    """Yield, of every strategy that is said, its environment, its section, and what it is."""
    for fleet in fleets(config):
        if fleet.said.alloc_strategy is not None:
            yield fleet, fleet.path, fleet.said.alloc_strategy
        if fleet.path == "forge" and config.aws.compute.alloc_strategy is not None:
            yield fleet, "aws.compute", config.aws.compute.alloc_strategy


def _image(config: EnvironmentFile, fleet: Fleet) -> tuple[str, str | None]:
    """Return where the AMI of an environment is named, and which it is."""
    if fleet.said.image_id is not None or config.forge is None:
        return f"{fleet.path}.image_id", fleet.said.image_id
    return "forge.image_id", config.forge.image_id


def _kept_on(config: EnvironmentFile) -> Iterator[tuple[str, int, int, str]]:
    """Yield, of every environment, its section, its least and most vCPUs, and where those stand."""
    for fleet in fleets(config):
        said = fleet.said
        yield fleet.path, said.min_cpus, said.max_cpus, f"{fleet.path}.max_cpus"
    head = config.aws.head
    if config.forge is not None and head.max_cpus is not None:
        yield "aws.head", head.min_cpus, head.max_cpus, "aws.head.max_cpus"
    elif config.forge is not None:
        yield "aws.head", head.min_cpus, config.forge.max_cpus, "forge.max_cpus"
