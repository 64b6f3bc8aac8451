# SPDX-License-Identifier: Apache-2.0
"""The AWS Batch job definition of the Nextflow head job, as CloudFormation properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqera_batch.catalog import defaults
from seqera_batch.catalog.names import head_job_definition_name
from seqera_batch.config.rules.head_job_definition import CONFIG_VARIABLE
from seqera_batch.handoff.nextflow import nextflow_config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.plan import ForgePlan

_COMMAND = ["true"]
"""What Seqera asks for: Platform, or whoever submits a job, puts the real command in its place."""


def head_job_definition(
    config: ForgeConfig, plan: ForgePlan, roles: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the properties of an `AWS::Batch::JobDefinition`; None if the file asks for none.

    The environment's nextflow.config lies in the variable NEXTFLOW_CONFIG, so that a job needs
    nothing but the name of a pipeline. Without tags: CloudFormation would replace the definition
    whenever one changes. Without log configuration unless a group is named: AWS Batch then makes
    and uses its own.

    Args:
        config: The environment file.
        plan: Its plan.
        roles: ARN by kind of role; may be tokens.
    """
    asked = config.aws.head_job_definition
    if asked is None:
        return None
    fargate = any(one.key == "head" and one.type == "FARGATE" for one in plan.compute_environments)
    name = head_job_definition_name(config.aws.prefix, config.name)
    variables = {one.name: one.value for one in config.environment if one.head}
    variables[CONFIG_VARIABLE] = nextflow_config(config, plan, roles)
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
        "Environment": [{"Name": key, "Value": value} for key, value in variables.items()],
    }
    if asked.secrets:
        container["Secrets"] = [
            {"Name": key, "ValueFrom": arn} for key, arn in asked.secrets.items()
        ]
    if plan.names_job_log_group:
        container["LogConfiguration"] = {
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": plan.job_log_group,
                "awslogs-region": config.region,
                "awslogs-stream-prefix": name,
            },
        }
    container |= _fargate(config, plan) if fargate else _mounts(plan)
    return {
        "JobDefinitionName": name,
        "Type": "container",
        "PlatformCapabilities": ["FARGATE" if fargate else "EC2"],
        # A head job that is started twice writes to the same work directory twice.
        "RetryStrategy": {"Attempts": 1},
        "ContainerProperties": container,
    }


def _fargate(config: ForgeConfig, plan: ForgePlan) -> dict[str, Any]:
    asked = config.aws.head_job_definition
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
    if not plan.file_systems:
        return {}
    return {
        "Volumes": [
            {"Name": one.kind, "Host": {"SourcePath": one.mount_path}} for one in plan.file_systems
        ],
        "MountPoints": [
            {"SourceVolume": one.kind, "ContainerPath": one.mount_path, "ReadOnly": False}
            for one in plan.file_systems
        ],
    }
