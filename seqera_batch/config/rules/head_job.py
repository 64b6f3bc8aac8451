# SPDX-License-Identifier: Apache-2.0
"""Rules about the Nextflow head job and where it runs."""

from __future__ import annotations

from seqera_batch.catalog import defaults, instances, limits, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.file_systems import FILE_SYSTEMS, said
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity


@rule("fargate-head-needs-fusion2", source=sources.SEQERA_AWS_BATCH)
def fargate_head_needs_fusion2(config: EnvironmentFile) -> Breaches:
    """A head job on Fargate goes with Fusion v2."""
    if config.forge and config.forge.fargate_head_enabled and not config.fusion2_enabled:
        yield Breach(
            path="fusion2_enabled",
            message="a head job on Fargate needs Fusion v2",
            allowed="true while forge.fargate_head_enabled is true",
            fix=(
                "set fusion2_enabled: true and wave_enabled: true, "
                "or forge.fargate_head_enabled: false"
            ),
            about=("forge.fargate_head_enabled",),
        )


@rule("fargate-head-needs-spot", source=sources.SEQERA_AWS_BATCH)
def fargate_head_needs_spot(config: EnvironmentFile) -> Breaches:
    """A head job on Fargate goes with Spot compute jobs: On-Demand has one queue for both."""
    if config.forge and config.forge.fargate_head_enabled and config.forge.type != "SPOT":
        yield Breach(
            path="forge.type",
            message="a head job on Fargate needs the Spot provisioning model",
            allowed="SPOT while forge.fargate_head_enabled is true",
            fix="set forge.type: SPOT, or forge.fargate_head_enabled: false",
            about=("forge.fargate_head_enabled",),
        )


@rule("fargate-head-without-file-systems", source=sources.SEQERA_AWS_BATCH)
def fargate_head_without_file_systems(config: EnvironmentFile) -> Breaches:
    """A head job on Fargate has no EFS or FSx file system to mount."""
    if config.forge is None or not config.forge.fargate_head_enabled:
        return
    for field in (field for kind in FILE_SYSTEMS for field in kind.asking):
        value = said(config, field)
        if value:
            yield Breach(
                path=field,
                message="Fargate cannot mount EFS and FSx file systems in Seqera's head job",
                allowed="nothing while forge.fargate_head_enabled is true",
                fix=f"remove {field}, or set forge.fargate_head_enabled: false",
                about=("forge.fargate_head_enabled",),
            )


@rule("head-job-memory-unit", source=sources.SEQERA_AWS_BATCH, in_exports=Severity.WARNING)
def head_job_memory_unit(config: EnvironmentFile) -> Breaches:
    """The memory of the head job is in MiB, and enough for Nextflow to start."""
    memory = config.head_job_memory_mb
    if memory is not None and memory < limits.HEAD_JOB_MEMORY_MIB_MIN:
        meant = memory * 1024
        yield Breach(
            path="head_job_memory_mb",
            message=f"Nextflow does not start in {memory} MiB",
            allowed=f"at least {limits.HEAD_JOB_MEMORY_MIB_MIN} MiB",
            fix=f"did you mean {memory} GB? that is {meant}"
            if meant <= limits.FARGATE_MEMORY_MIB
            else f"set it to {defaults.HEAD_JOB_MEMORY_MIB}, the default, or more",
        )


@rule("fargate-head-size", source=sources.AWS_FARGATE_SIZES)
def fargate_head_size(config: EnvironmentFile) -> Breaches:
    """A head job on Fargate is no larger than Fargate's largest task."""
    if config.forge is None or not config.forge.fargate_head_enabled:
        return
    for field, value, most, unit in (
        ("head_job_cpus", config.head_job_cpus, limits.FARGATE_VCPUS, "vCPUs"),
        ("head_job_memory_mb", config.head_job_memory_mb, limits.FARGATE_MEMORY_MIB, "MiB"),
    ):
        if value is not None and value > most:
            yield Breach(
                path=field,
                message="the head job is larger than any Fargate task",
                allowed=f"at most {most} {unit}",
                fix=f"lower {field}, or set forge.fargate_head_enabled: false",
                about=("forge.fargate_head_enabled",),
            )


@rule("fargate-head-shape", source=sources.AWS_FARGATE_SIZES, severity=Severity.WARNING)
def fargate_head_shape(config: EnvironmentFile) -> Breaches:
    """CPUs and memory of a Fargate head job are a pair that Fargate offers."""
    if config.forge is None or not config.forge.fargate_head_enabled:
        return
    cpus = config.head_job_cpus or defaults.HEAD_JOB_CPUS
    memory = config.head_job_memory_mb or defaults.HEAD_JOB_MEMORY_MIB
    if cpus > limits.FARGATE_VCPUS or memory > limits.FARGATE_MEMORY_MIB:
        return
    size = limits.FARGATE_TASK_SIZES.get(cpus)
    if size is None:
        yield Breach(
            path="head_job_cpus",
            message="Fargate has no task of this many vCPUs, so AWS Batch may refuse the head job",
            value=cpus,
            allowed=", ".join(str(known) for known in limits.FARGATE_TASK_SIZES),
            fix="take the next larger number",
            about=("forge.fargate_head_enabled",),
        )
        return
    least, most, step = size
    if not least <= memory <= most or (memory - least) % step:
        yield Breach(
            path="head_job_memory_mb",
            message=f"Fargate has no task of {cpus} vCPUs with this much memory",
            value=memory,
            allowed=f"{least} to {most} MiB in steps of {step}",
            fix="set head_job_memory_mb to one of them, or change head_job_cpus",
            about=("head_job_cpus", "forge.fargate_head_enabled"),
        )


@rule("fargate-head-ignores-image", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def fargate_head_ignores_image(config: EnvironmentFile) -> Breaches:
    """An AMI of one's own goes with a head job on EC2, if the head job should use it too."""
    if config.forge and config.forge.fargate_head_enabled and config.forge.image_id:
        yield Breach(
            path="forge.image_id",
            message="the AMI applies to compute jobs only: a head job on Fargate does not use it",
            fix="set forge.fargate_head_enabled: false if the head job needs the AMI",
            about=("forge.fargate_head_enabled",),
        )


@rule("head-job-fits", source=sources.AWS_BATCH_TIME_LIMITS)
def head_job_fits(config: EnvironmentFile) -> Breaches:
    """Some instance type of the head job's queue is as large as the head job."""
    if config.forge is None or config.forge.fargate_head_enabled:
        return
    cpus = config.head_job_cpus or defaults.HEAD_JOB_CPUS
    memory = config.head_job_memory_mb or defaults.HEAD_JOB_MEMORY_MIB
    if config.forge.type == "SPOT":
        path, types = "aws.head.instance_types", config.aws.head.instance_types
        types = types or defaults.HEAD_INSTANCE_TYPES
    else:
        path, types = "forge.instance_types", config.forge.instance_types
    if types and instances.fits(types, cpus, memory) is False:
        yield Breach(
            path=path,
            message=(
                f"no listed type has the {cpus} vCPUs and {memory} MiB of the head job, "
                "which would wait for ever"
            ),
            value=types,
            fix="list a larger type, or lower head_job_cpus and head_job_memory_mb",
            about=(
                "head_job_cpus",
                "head_job_memory_mb",
                "forge.fargate_head_enabled",
                "forge.instance_types",
                "forge.type",
            ),
        )


@rule("head-job-within-max", source=sources.SEQERA_AWS_BATCH)
def head_job_within_max(config: EnvironmentFile) -> Breaches:
    """The head job's queue may run at least one head job."""
    if config.forge is None:
        return
    own = config.forge.type == "SPOT" and config.aws.head.max_cpus is not None
    path = "aws.head.max_cpus" if own else "forge.max_cpus"
    most = config.aws.head.max_cpus if own else config.forge.max_cpus
    cpus = config.head_job_cpus or defaults.HEAD_JOB_CPUS
    if most is not None and cpus > most:
        yield Breach(
            path="head_job_cpus",
            message=f"the head job is larger than {path}, so it could never start",
            value=cpus,
            allowed=f"at most {most}",
            fix=f"lower head_job_cpus, or raise {path}",
            about=(path, "aws.head.max_cpus", "forge.type"),
        )


@rule("head-settings-need-spot", source=sources.SEQERA_AWS_BATCH)
def head_settings_need_spot(config: EnvironmentFile) -> Breaches:
    """Settings of the head job's own compute environment go with one that exists and takes them."""
    head = config.aws.head
    if config.forge is None:
        return
    said = [one for one in sorted(head.model_fields_set) if getattr(head, one) not in (None, (), 0)]
    if config.forge.type == "EC2":
        for field in said:
            yield Breach(
                path=f"aws.head.{field}",
                message="On-Demand environments have one queue for head job and compute jobs",
                allowed="nothing while forge.type is EC2",
                fix=f"remove aws.head.{field}",
                about=("forge.type",),
            )
    elif config.forge.fargate_head_enabled:
        for field in said:
            if field != "max_cpus":
                yield Breach(
                    path=f"aws.head.{field}",
                    message="Fargate has no instances that it could apply to",
                    allowed="nothing while forge.fargate_head_enabled is true",
                    fix=f"remove aws.head.{field}",
                    about=("forge.fargate_head_enabled",),
                )
