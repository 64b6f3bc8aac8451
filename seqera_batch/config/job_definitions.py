# SPDX-License-Identifier: Apache-2.0
"""Job definitions that pipelines name themselves: ones that exist, and ones that are made."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from seqera_batch.catalog import limits, sources
from seqera_batch.config.formats import (
    Amount,
    DeviceFile,
    ImageName,
    JobDefinitionName,
    Number,
    SecretArn,
    Selector,
    Text,
    VariableName,
    Volume,
)
from seqera_batch.config.settings import Effect, Section, setting

RetriedAfter = Literal["any_failure", "lost_node"]


class JobDefinitionSettings(
    Section, effect=Effect.DEFINITIONS, source=sources.AWS_BATCH_JOB_DEFINITIONS
):
    """A job definition for tasks: made where it has an image, else one that exists."""

    name: JobDefinitionName = setting(source=sources.NEXTFLOW_JOB_DEFINITIONS)
    """Name of one that exists; of one that is made, what its name in AWS,
    `<prefix>-<environment>-<name>`, ends with.
    """
    image: ImageName | None = setting(
        default=None, omitted="the definition exists, under the very name"
    )
    """Image of its containers, with a tag or digest: the definition is made."""
    process_labels: tuple[Selector, ...] = setting(
        default=(),
        omitted="pipelines name the definition themselves",
        effect=Effect.PLATFORM,
        source=sources.NEXTFLOW_JOB_DEFINITIONS,
    )
    """Labels of the processes that run by it (`withLabel` in Nextflow's configuration)."""
    process_names: tuple[Selector, ...] = setting(
        default=(),
        omitted="pipelines name the definition themselves",
        effect=Effect.PLATFORM,
        source=sources.NEXTFLOW_JOB_DEFINITIONS,
    )
    """Names of the processes that run by it (`withName` in Nextflow's configuration)."""
    command: tuple[Text, ...] = setting(
        default=("true",), omitted="`true`: whoever submits a job, Nextflow too, says its command"
    )
    """Command of jobs that name none."""
    cpus: Number = setting(default=1, omitted="1; Nextflow says what each task needs", ge=1)
    """vCPUs of jobs that name none."""
    memory_mb: Amount = setting(
        default=1024, omitted="1024; Nextflow says what each task needs", ge=4
    )
    """Memory in MiB of jobs that name none."""
    gpus: Number | None = setting(
        default=None, omitted="none; Nextflow says what each task needs", ge=1
    )
    """GPUs of jobs that name none."""
    volumes: tuple[Volume, ...] = setting(default=(), omitted="those that all jobs have")
    """Folders of the node to mount in its containers, besides those that all jobs have."""
    environment: dict[VariableName, Text] = setting(default={})
    """Variables of its containers."""
    secrets: dict[VariableName, SecretArn] = setting(default={}, source=sources.AWS_BATCH_SECRETS)
    """Variables of its containers whose values are secrets: name and ARN."""
    registry_credentials: SecretArn | None = setting(
        default=None,
        omitted="the registry lets everybody pull, or is Amazon ECR",
        source=sources.AWS_BATCH_REGISTRIES,
    )
    """Secret with user name and password of the image's registry."""
    shared_memory_mb: Number | None = setting(default=None, omitted="Docker's 64", ge=1)
    """Size of `/dev/shm` in MiB."""
    devices: tuple[DeviceFile, ...] = setting(default=())
    """Devices of the node that its containers see under the same names."""
    attempts: Number = setting(
        default=1,
        omitted="1: Nextflow decides whether a task is run again",
        source=sources.AWS_BATCH_RETRIES,
        ge=1,
        le=limits.JOB_ATTEMPTS_MAX,
    )
    """How often AWS Batch runs a job at most; a strategy that comes with a job wins."""
    retried_after: RetriedAfter = setting(
        default="lost_node", omitted="`lost_node`", source=sources.AWS_BATCH_RETRIES
    )
    """When AWS Batch runs a job again: after any failure, or only where its node was lost, as by
    a Spot reclamation.
    """
    timeout_minutes: Amount | None = setting(default=None, ge=1)
    """Minutes after which an attempt is ended."""


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


JobDefinitionEntry = Annotated[
    JobDefinitionSettings,
    BeforeValidator(_named, json_schema_input_type=JobDefinitionName | JobDefinitionSettings),
]
"""A definition, or only the name of one that exists."""
