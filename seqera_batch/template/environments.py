# SPDX-License-Identifier: Apache-2.0
"""Compute environments of AWS Batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqera_batch.catalog.ids import id_of
from seqera_batch.cloudformation.intrinsics import get_att, read_at_deployment, ref
from seqera_batch.cloudformation.resource import Resource, Resources, present
from seqera_batch.kinds import batch
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.environments import ComputeEnvironment
from seqera_batch.template.network import Place
from seqera_batch.template.roles import fleet_role
from seqera_batch.template.storage import mountable


def environments(plan: ForgePlan, place: Place) -> dict[str, Resources]:
    """Return the compute environments, by key."""
    # Batch cannot delete an environment whose roles have gone: it stays INVALID for ever.
    # The profile and the fleet role are outlived too, since the environment refers to them.
    role = plan.roles.get("InstanceRole")
    roles = ("InstanceRole",) if role is not None and role.created else ()
    for_nodes = (*roles, *place.ways_out, *mountable(plan, place), *place.ways_in)
    return {
        environment.key: {
            id_of(environment.key, "ComputeEnvironment"): compute_environment(
                environment,
                place=place,
                outlived_by=for_nodes if environment.on_ec2 else place.ways_out,
                tags=plan.labels.nodes,
                instance_profile=plan.roles.instance_profile,
                fleet_role=fleet_role(plan),
            )
        }
        for environment in plan.compute.environments
    }


def compute_environment(  # noqa: PLR0913 - an environment is that much
    environment: ComputeEnvironment,
    *,
    place: Place,
    outlived_by: tuple[str, ...],
    tags: Mapping[str, str],
    instance_profile: str | None,
    fleet_role: str | None,
) -> Resource:
    """Return a compute environment.

    It has no top-level tags: they can only be set at creation, so changing one would replace it.

    Args:
        environment: What the plan says.
        place: Where nodes start.
        outlived_by: What must not go before the environment has gone.
        tags: Tags of the nodes.
        instance_profile: ARN of the nodes' profile.
        fleet_role: ARN of the Spot fleet role, where AWS Batch needs one.
    """
    resources: dict[str, Any] = {
        "Type": environment.type,
        "MaxvCpus": environment.max_vcpus,
        "Subnets": list(place.subnets),
        "SecurityGroupIds": list(place.security_groups),
    }
    if environment.on_ec2:
        resources |= _ec2_resources(environment, tags)
        resources["SecurityGroupIds"] += place.file_system_groups.values()
        # AWS's name for it, though it takes the profile.
        resources["InstanceRole"] = instance_profile
        if environment.needs_spot_fleet_role:
            resources["SpotIamFleetRole"] = fleet_role
    update = environment.update_policy
    return Resource.of(
        batch.COMPUTE_ENVIRONMENT,
        Type="MANAGED",
        State="ENABLED",
        ReplaceComputeEnvironment=False,
        ComputeResources=resources,
        EcsSettings=None
        if environment.container_insights is None
        else {"ContainerInsights": environment.container_insights},
        UpdatePolicy=None
        if update is None
        else {
            "JobExecutionTimeoutMinutes": update.job_execution_timeout_minutes,
            "TerminateJobsOnUpdate": update.terminate_jobs,
        },
        depends_on=outlived_by,
    )


def _ec2_resources(environment: ComputeEnvironment, tags: Mapping[str, str]) -> dict[str, Any]:
    """Return what EC2 environments have and Fargate refuses."""
    resources: dict[str, Any] = {
        "MinvCpus": environment.min_vcpus,
        "AllocationStrategy": environment.allocation_strategy,
        "InstanceTypes": list(environment.instance_types),
        "Ec2Configuration": [
            {"ImageType": image.image_type}
            | ({"ImageIdOverride": read_at_deployment(image.image_id)} if image.image_id else {})
            for image in environment.images
        ],
        "Tags": dict(tags),
    }
    if environment.nodes is not None:
        resources["LaunchTemplate"] = _template(environment.nodes)
    if environment.overrides:
        resources["LaunchTemplate"]["Overrides"] = [
            {"TargetInstanceTypes": list(one.instance_types), **_template(one.nodes)}
            for one in environment.overrides
        ]
    if environment.update_policy is not None and environment.update_policy.to_latest_image:
        resources["UpdateToLatestImageVersion"] = True
    stays = environment.scale_down_minutes
    return resources | present(
        BidPercentage=environment.bid_percentage,
        PlacementGroup=environment.placement_group,
        ScalingPolicy=None if stays is None else {"MinScaleDownDelayMinutes": stays},
        Ec2KeyPair=environment.key_pair,
    )


def _template(nodes: str) -> dict[str, Any]:
    template = id_of(nodes, "LaunchTemplate")
    return {
        "LaunchTemplateId": ref(template),
        # A number, not $Latest: only then does CloudFormation see a change of template.
        "Version": get_att(template, "LatestVersionNumber"),
    }
