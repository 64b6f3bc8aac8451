# SPDX-License-Identifier: Apache-2.0
"""Launch templates, compute environments and queues of AWS Batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, tag_list
from seqera_batch.node import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seqera_batch.plan.model import (
        BootDisk,
        ComputeEnvironment,
        EnvironmentKey,
        JobQueue,
        LaunchTemplate,
    )
    from seqera_batch.template.network import Place

_STARTS = {"head": "Head", "work": "Work", "all": "", "dragen": "Dragen"}
"""Start of ids by key; part of the public contract."""

_TAGGED_BY_LAUNCH_TEMPLATE = ("instance", "volume", "network-interface")


def launch_template_id(key: EnvironmentKey) -> str:
    """Return the id of a launch template."""
    return f"{_STARTS[key]}LaunchTemplate"


def compute_environment_id(key: EnvironmentKey) -> str:
    """Return the id of a compute environment."""
    return f"{_STARTS[key]}ComputeEnvironment"


def job_queue_id(key: EnvironmentKey) -> str:
    """Return the id of a job queue."""
    return f"{_STARTS[key]}JobQueue"


def launch_template(template: LaunchTemplate, tags: Mapping[str, str]) -> Resource:
    """Return a launch template: encrypted disk, IMDSv2, tags, and the node's user data."""
    return Resource(
        type="AWS::EC2::LaunchTemplate",
        properties={
            "LaunchTemplateData": {
                "BlockDeviceMappings": [
                    {"DeviceName": template.disk.device_name, "Ebs": _volume(template.disk)}
                ],
                # Two hops: containers reach the metadata service through Docker's bridge.
                "MetadataOptions": {
                    "HttpEndpoint": "enabled",
                    "HttpTokens": "required",
                    "HttpPutResponseHopLimit": 2,
                },
                "TagSpecifications": [
                    {"ResourceType": kind, "Tags": tag_list(tags)}
                    for kind in _TAGGED_BY_LAUNCH_TEMPLATE
                ],
                "UserData": {"Fn::Base64": render(template.node)},
            },
            "TagSpecifications": [{"ResourceType": "launch-template", "Tags": tag_list(tags)}],
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRoles:
    """What nodes work under, as ARNs or as references: one that exists, or one of the stack."""

    instance_profile: Any
    spot_fleet: Any = None


def compute_environment(
    environment: ComputeEnvironment,
    *,
    place: Place,
    outlived_by: tuple[str, ...],
    tags: Mapping[str, str],
    roles: NodeRoles,
) -> Resource:
    """Return a compute environment.

    It has no top-level tags: they can only be set at creation, so changing one would replace it.

    Args:
        environment: What the plan says.
        place: Where nodes start.
        outlived_by: What must not go before the environment has gone.
        tags: Tags of the nodes.
        roles: ARNs of the nodes' profile and of the Spot fleet role.
    """
    resources: dict[str, Any] = {
        "Type": environment.type,
        "MaxvCpus": environment.max_vcpus,
        "Subnets": list(place.subnets),
        "SecurityGroupIds": list(place.security_groups),
    }
    if environment.type != "FARGATE":
        resources |= _ec2_resources(environment, tags, roles)
    update = environment.update_policy
    return Resource(
        type="AWS::Batch::ComputeEnvironment",
        properties={
            "Type": "MANAGED",
            "State": "ENABLED",
            "ReplaceComputeEnvironment": False,
            "ComputeResources": resources,
            "UpdatePolicy": None
            if update is None
            else {
                "JobExecutionTimeoutMinutes": update.job_execution_timeout_minutes,
                "TerminateJobsOnUpdate": update.terminate_jobs,
            },
        },
        depends_on=outlived_by,
    )


def job_queue(queue: JobQueue, tags: Mapping[str, str]) -> Resource:
    """Return a queue; it refers to its environment, so CloudFormation deletes it first."""
    environment = compute_environment_id(queue.compute_environment)
    return Resource(
        type="AWS::Batch::JobQueue",
        properties={
            "JobQueueName": queue.name,
            "Priority": queue.priority,
            "State": "ENABLED",
            "ComputeEnvironmentOrder": [{"ComputeEnvironment": ref(environment), "Order": 1}],
            "JobStateTimeLimitActions": [
                {
                    "Action": limit.action,
                    "MaxTimeSeconds": limit.max_time_seconds,
                    "Reason": limit.reason,
                    "State": limit.state,
                }
                for limit in queue.job_state_limits
            ],
            "Tags": dict(tags),
        },
    )


def _volume(disk: BootDisk) -> dict[str, Any]:
    volume: dict[str, Any] = {
        "VolumeType": disk.volume_type,
        "VolumeSize": disk.size_gb,
        "Encrypted": disk.encrypted,
        "DeleteOnTermination": disk.delete_on_termination,
    }
    if disk.throughput_mib_per_second is not None:
        volume["Throughput"] = disk.throughput_mib_per_second
    return volume


def _ec2_resources(
    environment: ComputeEnvironment, tags: Mapping[str, str], roles: NodeRoles
) -> dict[str, Any]:
    """Return what EC2 environments have and Fargate refuses."""
    resources: dict[str, Any] = {
        "MinvCpus": environment.min_vcpus,
        "AllocationStrategy": environment.allocation_strategy,
        "InstanceTypes": list(environment.instance_types),
        # AWS's name for it, though it takes the profile.
        "InstanceRole": roles.instance_profile,
        "Ec2Configuration": [
            {"ImageType": image.image_type}
            | ({"ImageIdOverride": image.image_id} if image.image_id else {})
            for image in environment.images
        ],
        "Tags": dict(tags),
    }
    if environment.launch_template is not None:
        template = launch_template_id(environment.launch_template)
        resources["LaunchTemplate"] = {
            "LaunchTemplateId": ref(template),
            # A number, not $Latest: only then does CloudFormation see a change of template.
            "Version": get_att(template, "LatestVersionNumber"),
        }
    if environment.update_policy is not None and environment.update_policy.to_latest_image:
        resources["UpdateToLatestImageVersion"] = True
    if environment.bid_percentage is not None:
        resources["BidPercentage"] = environment.bid_percentage
    if environment.needs_spot_fleet_role:
        resources["SpotIamFleetRole"] = roles.spot_fleet
    if environment.key_pair is not None:
        resources["Ec2KeyPair"] = environment.key_pair
    return resources
