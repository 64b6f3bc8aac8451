# SPDX-License-Identifier: Apache-2.0
"""AWS Batch job definitions for tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from seqera_batch.catalog.ids import id_of
from seqera_batch.cloudformation.resource import Resource, Resources
from seqera_batch.kinds import batch
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.definitions import JobDefinition


def job_definitions(plan: ForgePlan, roles: Mapping[str, str]) -> dict[str, Resources]:
    """Return the job definitions, by key.

    Without tags, as the head job's: CloudFormation would replace a definition whenever one changes.
    """
    return {
        one.key: {
            id_of(one.key, "JobDefinition"): Resource.of(
                batch.JOB_DEFINITION,
                JobDefinitionName=one.name,
                Type="container",
                PlatformCapabilities=["EC2"],
                RetryStrategy=_retries(one),
                Timeout=None
                if one.timeout_seconds is None
                else {"AttemptDurationSeconds": one.timeout_seconds},
                ContainerProperties=_container(one, plan, roles),
            )
        }
        for one in plan.compute.job_definitions
    }


def _retries(made: JobDefinition) -> dict[str, Any]:
    if made.attempts == 1 or made.any_failure:
        return {"Attempts": made.attempts}
    # As Nextflow has it: AWS Batch's words for a node that is gone, and nothing else.
    return {
        "Attempts": made.attempts,
        "EvaluateOnExit": [
            {"Action": "RETRY", "OnStatusReason": "Host EC2*"},
            {"Action": "EXIT", "OnReason": "*"},
        ],
    }


def _container(made: JobDefinition, plan: ForgePlan, roles: Mapping[str, str]) -> dict[str, Any]:
    sizes = {"VCPU": made.vcpus, "MEMORY": made.memory_mib, "GPU": made.gpus}
    container: dict[str, Any] = {
        "Image": made.image,
        "Command": list(made.command),
        "JobRoleArn": roles["ComputeJobRole"],
        "ExecutionRoleArn": roles["ExecutionRole"],
        "ResourceRequirements": [
            {"Type": kind, "Value": str(value)} for kind, value in sizes.items() if value
        ],
    }
    linux: dict[str, Any] = {}
    if made.shared_memory_mib is not None:
        linux["SharedMemorySize"] = made.shared_memory_mib
    if made.devices:
        linux["Devices"] = [{"HostPath": one} for one in made.devices]
    said: dict[str, Any] = {
        "Environment": pairs("Value", made.environment),
        "Secrets": pairs("ValueFrom", made.secrets),
        "RepositoryCredentials": made.registry_credentials
        and {"CredentialsParameter": made.registry_credentials},
        "LinuxParameters": linux,
        "LogConfiguration": log_configuration(plan, made.name),
        **_mounts(made.volumes),
    }
    return container | {name: value for name, value in said.items() if value}


def pairs(value: str, named: Mapping[str, str]) -> list[dict[str, str]]:
    """Return variables by name, each as AWS Batch calls its value."""
    return [{"Name": name, value: text} for name, text in named.items()]


def log_configuration(plan: ForgePlan, prefix: str) -> dict[str, Any]:
    """Return where a container's output goes; nothing where AWS Batch's own group is meant."""
    if not plan.logs.names_jobs:
        return {}
    return {
        "LogDriver": "awslogs",
        "Options": {
            "awslogs-group": plan.logs.jobs.name,
            "awslogs-region": plan.region,
            "awslogs-stream-prefix": prefix,
        },
    }


def _mounts(volumes: Iterable[str]) -> dict[str, Any]:
    sources, mounts = [], []
    for number, volume in enumerate(volumes, start=1):
        folder, *rest = volume.split(":")
        inside = next((one for one in rest if one.startswith("/")), folder)
        name = f"vol-{number}"
        sources.append({"Name": name, "Host": {"SourcePath": folder}})
        mounts.append(
            {"SourceVolume": name, "ContainerPath": inside, "ReadOnly": rest[-1:] == ["ro"]}
        )
    return {"Volumes": sources, "MountPoints": mounts}
