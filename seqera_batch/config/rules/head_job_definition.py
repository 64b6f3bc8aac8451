# SPDX-License-Identifier: Apache-2.0
"""Rules about the job definition of the Nextflow head job."""

from __future__ import annotations

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.head_job_definition import CONFIG_VARIABLE
from seqera_batch.config.rules.rule import Breach, Breaches, rule

_RESERVED = "AWS_BATCH"


@rule("head-job-definition-image", source=sources.SEQERA_LAUNCH_CONTAINER)
def head_job_definition_image(config: EnvironmentFile) -> Breaches:
    """The image of the head job is pinned, so that a run tomorrow is the run of today."""
    definition = config.aws.head_job_definition
    if definition is not None and definition.image.endswith(":latest"):
        yield Breach(
            path="aws.head_job_definition.image",
            message="the tag latest is another image tomorrow",
            allowed="a tag of one release, or a digest",
            fix="name a release, for example quay.io/seqeralabs/nf-launcher:j17-25.10.2",
        )


@rule("head-job-definition-size", source=sources.AWS_FARGATE_SIZES)
def head_job_definition_size(config: EnvironmentFile) -> Breaches:
    """A job definition on Fargate has a size that Fargate offers: AWS refuses it otherwise."""
    if config.aws.head_job_definition is None:
        return
    if config.forge is None or not config.forge.fargate_head_enabled:
        return
    cpus = config.head_job_cpus or defaults.HEAD_JOB_CPUS
    memory = config.head_job_memory_mb or defaults.HEAD_JOB_MEMORY_MIB
    size = limits.FARGATE_TASK_SIZES.get(cpus)
    if size is not None:
        least, most, step = size
        if least <= memory <= most and (memory - least) % step == 0:
            return
    allowed = "; ".join(
        f"{vcpus} vCPUs with {least} to {most} MiB in steps of {step}"
        for vcpus, (least, most, step) in limits.FARGATE_TASK_SIZES.items()
    )
    yield Breach(
        path="aws.head_job_definition",
        message="Fargate has no task of the head job's size, so there can be no job definition",
        value=f"{cpus} vCPUs, {memory} MiB",
        allowed=allowed,
        fix="change head_job_cpus and head_job_memory_mb to one of these sizes",
        about=("head_job_cpus", "head_job_memory_mb", "forge.fargate_head_enabled"),
    )


@rule("head-job-definition-variables", source=sources.AWS_BATCH_SECRETS)
def head_job_definition_variables(config: EnvironmentFile) -> Breaches:
    """Variables of the head job have names of their own, which AWS Batch and we leave free."""
    definition = config.aws.head_job_definition
    if definition is None:
        return
    plain = [variable.name for variable in config.environment if variable.head]
    for name in definition.secrets:
        if name in plain:
            yield _taken("aws.head_job_definition.secrets", name, "is in environment too")
    for name in (*plain, *definition.secrets):
        if name == CONFIG_VARIABLE or name.startswith(_RESERVED):
            in_secrets = name in definition.secrets
            where = "aws.head_job_definition.secrets" if in_secrets else "environment"
            yield _taken(where, name, "is reserved")


def _taken(where: str, name: str, why: str) -> Breach:
    return Breach(
        path=where,
        message=f"the name of the variable {why}",
        value=name,
        allowed=f"a name that is given once, is not {CONFIG_VARIABLE}, "
        f"and does not start with {_RESERVED}",
        fix="rename or remove the variable",
        about=("environment", "aws.head_job_definition"),
    )
