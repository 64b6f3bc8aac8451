# SPDX-License-Identifier: Apache-2.0
"""The AWS Batch job definition of the Nextflow head job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqera_batch.catalog import defaults
from seqera_batch.catalog.ids import HEAD_JOB_DEFINITION
from seqera_batch.catalog.names import head_job_definition_name
from seqera_batch.cloudformation.resource import Resource, Resources
from seqera_batch.config.head_job_definition import CONFIG_VARIABLE
from seqera_batch.handoff.nextflow import nextflow_config
from seqera_batch.kinds import batch
from seqera_batch.plan import ForgePlan
from seqera_batch.template.definitions import log_configuration, pairs

_COMMAND = ["true"]
"""What Seqera asks for: Platform, or whoever submits a job, puts the real command in its place."""


def head_job(plan: ForgePlan, roles: Mapping[str, str]) -> Resources:
    """Return the job definition; nothing if the file asks for none.

    The environment's nextflow.config lies in the variable NEXTFLOW_CONFIG, so that a job needs
    nothing but the name of a pipeline. Without tags: CloudFormation would replace the definition
    whenever one changes. Without log configuration unless a group is named: AWS Batch then makes
    and uses its own.
    """
    config = plan.config
    asked = config.aws.head_job_definition
    if asked is None:
        return {}
    behind = plan.compute.behind(plan.compute.head_queue)
    fargate = bool(behind) and not behind[0].on_ec2
    name = head_job_definition_name(config.aws.prefix, config.name)
    variables = {item.name: item.value for item in config.environment if item.head}
    variables[CONFIG_VARIABLE] = nextflow_config(plan, roles)
    cpus = config.head_job_cpus or defaults.HEAD_JOB_CPUS
    memory = config.head_job_memory_mb or defaults.HEAD_JOB_MEMORY_MIB
    container: dict[str, Any] = {
        "Image": asked.image,
        "Command": _COMMAND,
        "JobRoleArn": roles["HeadJobRole"],
        "ExecutionRoleArn": roles["ExecutionRole"],
        "ResourceRequirements": [
            {"Type": "VCPU", "Value": str(cpus)},
            {"Type": "MEMORY", "Value": str(memory)},
        ],
        "Environment": pairs("Value", variables),
    }
    said = {
        "Secrets": pairs("ValueFrom", asked.secrets),
        "LogConfiguration": log_configuration(plan, name),
        **(_fargate(plan) if fargate else _mounts(plan)),
    }
    container |= {key: value for key, value in said.items() if value}
    definition = Resource.of(
        batch.JOB_DEFINITION,
        JobDefinitionName=name,
        Type="container",
        PlatformCapabilities=["FARGATE" if fargate else "EC2"],
        # A head job that is started twice writes to the same work directory twice.
        RetryStrategy={"Attempts": 1},
        ContainerProperties=container,
    )
    return {HEAD_JOB_DEFINITION: definition}


def _fargate(plan: ForgePlan) -> dict[str, Any]:
    asked = plan.config.aws.head_job_definition
    said = asked.assign_public_ip if asked is not None else None
    network = plan.network
    public = said if said is not None else network is not None and network.mode == "public"
    return {
        "NetworkConfiguration": {"AssignPublicIp": "ENABLED" if public else "DISABLED"},
        # The launcher's image is x86-64, whatever the compute jobs run on.
        "RuntimePlatform": {"CpuArchitecture": "X86_64", "OperatingSystemFamily": "LINUX"},
    }


def _mounts(plan: ForgePlan) -> dict[str, Any]:
    """Return the file systems of the node: the work directory may lie on one."""
    systems = plan.storage.file_systems
    if not systems:
        return {}
    return {
        "Volumes": [
            {"Name": system.kind, "Host": {"SourcePath": system.mount_path}} for system in systems
        ],
        "MountPoints": [
            {"SourceVolume": system.kind, "ContainerPath": system.mount_path, "ReadOnly": False}
            for system in systems
        ],
    }
