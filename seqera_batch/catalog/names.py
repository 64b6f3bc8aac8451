# SPDX-License-Identifier: Apache-2.0
"""How queues, roles and log groups are named: the pattern of Batch Forge, with our own id."""

from __future__ import annotations

from typing import Literal

RoleKind = Literal[
    "InstanceRole", "HeadJobRole", "ComputeJobRole", "ExecutionRole", "FleetRole", "FlowLogRole"
]
LONGEST_ROLE_KIND: RoleKind = "ComputeJobRole"
JOB_ROLES: dict[RoleKind, str] = {
    "HeadJobRole": "head_job_role",
    "ComputeJobRole": "compute_job_role",
    "ExecutionRole": "execution_role",
}
"""Roles that Platform and Nextflow are told of, and the field of the file that names each."""

HEAD_SUFFIX = "head"
WORK_SUFFIX = "work"
DRAGEN_SUFFIX = "dragen"


def environment_id(prefix: str, name: str) -> str:
    """Return what all names of an environment start with: `TowerForge-rnaseq`."""
    return f"{prefix}-{name}"


def queue_name(prefix: str, name: str, suffix: str | None) -> str:
    """Return a queue's name: with a suffix for Spot, without for the one On-Demand queue."""
    base = environment_id(prefix, name)
    return base if suffix is None else f"{base}-{suffix}"


def role_name(prefix: str, name: str, kind: RoleKind) -> str:
    """Return a role's name; IAM policies for Platform match its prefix."""
    return f"{environment_id(prefix, name)}-{kind}"


def generated_name(stack: str, logical_id: str) -> str:
    """Return how the names look that CloudFormation makes, both parts cut where AWS's limit is."""
    return f"{stack[:20]}*{logical_id}*"


def job_definition_name(prefix: str, name: str, key: str) -> str:
    """Return the name of a job definition for tasks, by its short one."""
    return f"{environment_id(prefix, name)}-{key}"


def head_job_definition_name(prefix: str, name: str) -> str:
    """Return the name of the head job's definition."""
    return f"{environment_id(prefix, name)}-head-job"


QUALIFIER = "hnb659fds"
"""Of CDK's own bootstrap stack, unless somebody chose another."""


def bootstrap_version(qualifier: str = QUALIFIER) -> str:
    """Return the parameter by which the CDK CLI knows a bootstrapped account and region."""
    return f"/cdk-bootstrap/{qualifier}/version"


PLATFORM_IDENTITY = "PlatformAccess"
"""First part of the names of Platform's own identities: not the prefix, under which it may make
and change roles in Forge mode."""


def platform_identity(prefix: str, name: str) -> str:
    """Return the name of the role or user that Platform works with."""
    return f"{PLATFORM_IDENTITY}-{environment_id(prefix, name)}"


def access_key_secret(prefix: str, name: str) -> str:
    """Return the name of the secret with the access key of Platform's user."""
    return f"seqera-batch/{environment_id(prefix, name)}/access-key"


def node_log_group(prefix: str, name: str) -> str:
    """Return the log group for the nodes' own logs."""
    return f"/seqera-batch/{environment_id(prefix, name)}/nodes"


def job_log_group(prefix: str, name: str) -> str:
    """Return the log group for the containers' output, where one is created."""
    return f"/seqera-batch/{environment_id(prefix, name)}/jobs"


def flow_log_group(prefix: str, name: str) -> str:
    """Return the log group of a created VPC's flow logs."""
    return f"/seqera-batch/{environment_id(prefix, name)}/flow-logs"


def registration_name(prefix: str, name: str) -> str:
    """Return the name of the function that registers with Platform, and of its role."""
    return f"{environment_id(prefix, name)}-Registration"


def registration_log_group(prefix: str, name: str) -> str:
    """Return the log group of that function."""
    return f"/seqera-batch/{environment_id(prefix, name)}/registration"


def queue_check_name(prefix: str, name: str) -> str:
    """Return the name of the function that looks at queues, and of its role."""
    return f"{environment_id(prefix, name)}-QueueCheck"


def queue_check_log_group(prefix: str, name: str) -> str:
    """Return the log group of that function."""
    return f"/seqera-batch/{environment_id(prefix, name)}/queue-check"


def metric_namespace(environment: str) -> str:
    """Return CloudWatch's namespace of an environment's own metrics, which then need no dimension.

    Args:
        environment: What all names of the environment start with.
    """
    return f"SeqeraBatch/{environment}"


def stack_name(prefix: str, name: str) -> str:
    """Return the stack's name; CloudFormation takes letters, digits and -, a letter first."""
    base = environment_id(prefix, name).replace("_", "-")
    return base if base[0].isalpha() else f"S{base}"
