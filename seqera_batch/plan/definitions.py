# SPDX-License-Identifier: Apache-2.0
"""Decides job definitions for tasks: what their containers are, and what they may reach."""

from __future__ import annotations

from dataclasses import field
from pathlib import PurePosixPath

from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.definitions import name_in_aws
from seqera_batch.records import dataclass
from seqera_batch.words import counted, told, untold


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDefinition:
    """An AWS Batch job definition for tasks.

    Args:
        key: Short name; its resource is named by it.
        name: Its name, by which pipelines know it.
        image: Image of its containers.
        command: Command of jobs that name none.
        vcpus: vCPUs of jobs that name none.
        memory_mib: Memory of jobs that name none.
        gpus: GPUs of jobs that name none.
        volumes: Folders of nodes that its containers see, those of all jobs included.
        environment: Variables of its containers.
        secrets: ARNs of secrets, by variable.
        registry_credentials: ARN of the secret by which the image is pulled.
        shared_memory_mib: Size of `/dev/shm`.
        devices: Devices of the node.
        attempts: How often AWS Batch runs a job at most.
        any_failure: Whether it does so after any failure, or where a node was lost alone.
        timeout_seconds: After which an attempt is ended.
        process_labels: Labels of Nextflow processes that run by it.
        process_names: Names of Nextflow processes that run by it.
    """

    key: str = field(metadata=untold("names the definition"))
    name: str = field(metadata=untold("names the definition"))
    image: str = field(metadata=told("image {}"))
    command: tuple[str, ...] = field(
        metadata=told(lambda words: None if words == ("true",) else f"runs {' '.join(words)}")
    )
    vcpus: int = field(metadata=told(lambda cpus: counted(cpus, "vCPU")))
    memory_mib: int = field(metadata=told("{} MiB"))
    gpus: int | None = field(default=None, metadata=told(lambda gpus: counted(gpus, "GPU")))
    volumes: tuple[str, ...] = field(default=(), metadata=told("mounts {}"))
    environment: dict[str, str] = field(
        default_factory=dict,
        metadata=told(lambda said: f"variables {', '.join(said)}" if said else None),
    )
    secrets: dict[str, str] = field(
        default_factory=dict,
        metadata=told(lambda said: f"secrets {', '.join(said)}" if said else None),
    )
    registry_credentials: str | None = field(default=None, metadata=told("pulled by {}"))
    shared_memory_mib: int | None = field(default=None, metadata=told("{} MiB of /dev/shm"))
    devices: tuple[str, ...] = field(default=(), metadata=told("devices {}"))
    attempts: int = field(
        default=1, metadata=told(lambda most: f"up to {most} attempts" if most > 1 else None)
    )
    any_failure: bool = field(default=False, metadata=told("after any failure"))
    timeout_seconds: int | None = field(default=None, metadata=told("{} s each"))
    process_labels: tuple[str, ...] = field(
        default=(), metadata=told("for processes with the label {}")
    )
    process_names: tuple[str, ...] = field(default=(), metadata=told("for the processes {}"))


def job_definitions(
    config: ForgeConfig, volumes: tuple[str, ...], cli_path: str | None
) -> tuple[JobDefinition, ...]:
    """Return the definitions that are made.

    Args:
        config: The environment file.
        volumes: Folders of nodes that all jobs see.
        cli_path: Where nodes carry the AWS CLI that tasks need; None where they need none.
    """
    # What Nextflow mounts for the definitions that it registers itself.
    folder = None if cli_path is None else str(PurePosixPath(cli_path).parent.parent)
    cli = () if folder is None else (f"{folder}:{folder}:ro",)
    return tuple(
        JobDefinition(
            key=one.name,
            name=name_in_aws(config, one),
            image=one.image,
            command=one.command,
            vcpus=one.cpus,
            memory_mib=one.memory_mb,
            gpus=one.gpus,
            volumes=tuple(dict.fromkeys((*cli, *volumes, *one.volumes))),
            environment=one.environment,
            secrets=one.secrets,
            registry_credentials=one.registry_credentials,
            shared_memory_mib=one.shared_memory_mb,
            devices=one.devices,
            attempts=one.attempts,
            any_failure=one.attempts > 1 and one.retried_after == "any_failure",
            timeout_seconds=one.timeout_minutes and one.timeout_minutes * 60,
            process_labels=one.process_labels,
            process_names=one.process_names,
        )
        for one in config.aws.job_definitions
        if one.image is not None
    )
