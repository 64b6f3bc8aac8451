# SPDX-License-Identifier: Apache-2.0
"""Launch templates, compute environments and queues of AWS Batch.

Level 1 constructs: the level 2 ones refuse families such as `r6id`, add `optimal`, and leave
out the version of the launch template and the image type (docs/decisions/0003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ec2 as ec2

from seqera_batch.constructs.tagging import cfn_tags
from seqera_batch.node import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from seqera_batch.constructs.network import Place
    from seqera_batch.plan.model import (
        ComputeEnvironment,
        EnvironmentKey,
        JobQueue,
        LaunchTemplate,
    )

_IDS = {"head": "Head", "work": "Work", "all": "", "dragen": "Dragen"}
"""Start of construct ids by key; part of the public contract."""

_TAGGED_BY_LAUNCH_TEMPLATE = ("instance", "volume", "network-interface")


def create_launch_template(
    scope: Construct, template: LaunchTemplate, tags: Mapping[str, str]
) -> ec2.CfnLaunchTemplate:
    """Create a launch template: encrypted disk, IMDSv2, tags, and the node's user data."""
    disk = template.disk
    volume: dict[str, Any] = {
        "volumeType": disk.volume_type,
        "volumeSize": disk.size_gb,
        "encrypted": disk.encrypted,
        "deleteOnTermination": disk.delete_on_termination,
    }
    if disk.throughput_mib_per_second is not None:
        volume["throughput"] = disk.throughput_mib_per_second
    return ec2.CfnLaunchTemplate(
        scope,
        f"{_IDS[template.key]}LaunchTemplate",
        launch_template_data={
            "blockDeviceMappings": [{"deviceName": disk.device_name, "ebs": volume}],
            # Two hops: containers reach the metadata service through Docker's bridge.
            "metadataOptions": {
                "httpEndpoint": "enabled",
                "httpTokens": "required",
                "httpPutResponseHopLimit": 2,
            },
            "tagSpecifications": [
                {"resourceType": kind, "tags": cfn_tags(tags)}
                for kind in _TAGGED_BY_LAUNCH_TEMPLATE
            ],
            "userData": cdk.Fn.base64(render(template.node)),
        },
        tag_specifications=[{"resourceType": "launch-template", "tags": cfn_tags(tags)}],
    )


def create_compute_environment(
    scope: Construct,
    environment: ComputeEnvironment,
    *,
    place: Place,
    template: ec2.CfnLaunchTemplate | None,
    instance_profile: str | None,
    spot_fleet_role: str | None,
    outlived_by: tuple[cdk.CfnResource, ...],
    tags: Mapping[str, str],
) -> batch.CfnComputeEnvironment:
    """Create a compute environment.

    Args:
        scope: Parent of the resource.
        environment: What the plan says.
        place: Where nodes start.
        template: Launch template, for EC2.
        instance_profile: ARN of the profile (AWS calls the property `InstanceRole`), for EC2.
        spot_fleet_role: ARN of the role, where BEST_FIT needs one.
        outlived_by: What must not go before the environment has gone.
        tags: Tags of the nodes.
    """
    resources: dict[str, Any] = {
        "type": environment.type,
        "maxvCpus": environment.max_vcpus,
        "subnets": list(place.subnets),
        "securityGroupIds": list(place.security_groups),
    }
    if environment.type != "FARGATE":
        resources |= _ec2_resources(environment, instance_profile, tags)
        if template is not None:
            resources["launchTemplate"] = {
                "launchTemplateId": template.ref,
                # A number, not $Latest: only then does CloudFormation see a change of template.
                "version": template.attr_latest_version_number,
            }
        if spot_fleet_role is not None:
            resources["spotIamFleetRole"] = spot_fleet_role
    update = environment.update_policy
    created = batch.CfnComputeEnvironment(
        scope,
        f"{_IDS[environment.key]}ComputeEnvironment",
        type="MANAGED",
        state="ENABLED",
        replace_compute_environment=False,
        compute_resources=resources,
        update_policy=None
        if update is None
        else {
            "jobExecutionTimeoutMinutes": update.job_execution_timeout_minutes,
            "terminateJobsOnUpdate": update.terminate_jobs,
        },
    )
    # Top-level tags can only be set at creation: a tag put on a whole stack would replace the
    # environment. Nodes get their tags above.
    created.add_property_deletion_override("Tags")
    for resource in outlived_by:
        created.add_resource_dependency(resource)
    return created


def create_job_queue(
    scope: Construct,
    queue: JobQueue,
    environment: batch.CfnComputeEnvironment,
    tags: Mapping[str, str],
) -> batch.CfnJobQueue:
    """Create a queue; it refers to its environment, so CloudFormation deletes it first."""
    return batch.CfnJobQueue(
        scope,
        f"{_IDS[queue.key]}JobQueue",
        job_queue_name=queue.name,
        priority=queue.priority,
        state="ENABLED",
        compute_environment_order=[{"computeEnvironment": environment.ref, "order": 1}],
        job_state_time_limit_actions=[
            {
                "action": limit.action,
                "maxTimeSeconds": limit.max_time_seconds,
                "reason": limit.reason,
                "state": limit.state,
            }
            for limit in queue.job_state_limits
        ],
        tags=dict(tags),
    )


def construct_id(key: EnvironmentKey, kind: str) -> str:
    """Return the id of a resource of an environment below `BatchForge`."""
    return f"{_IDS[key]}{kind}"


def _ec2_resources(
    environment: ComputeEnvironment, instance_profile: str | None, tags: Mapping[str, str]
) -> dict[str, Any]:
    """Return what EC2 environments have and Fargate refuses."""
    resources: dict[str, Any] = {
        "minvCpus": environment.min_vcpus,
        "allocationStrategy": environment.allocation_strategy,
        "instanceTypes": list(environment.instance_types),
        "instanceRole": instance_profile,
        "ec2Configuration": [
            {"imageType": image.image_type}
            | ({"imageIdOverride": image.image_id} if image.image_id else {})
            for image in environment.images
        ],
        "tags": dict(tags),
    }
    if environment.update_policy is not None and environment.update_policy.to_latest_image:
        resources["updateToLatestImageVersion"] = True
    if environment.bid_percentage is not None:
        resources["bidPercentage"] = environment.bid_percentage
    if environment.key_pair is not None:
        resources["ec2KeyPair"] = environment.key_pair
    return resources
