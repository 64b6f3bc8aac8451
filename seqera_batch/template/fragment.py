# SPDX-License-Identifier: Apache-2.0
"""All resources of an environment, with what must outlive what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.plan import mounting
from seqera_batch.template import compute
from seqera_batch.template.encryption import encrypted, kms_key, knowing_the_key
from seqera_batch.template.network import Place, place_nodes
from seqera_batch.template.platform import platform
from seqera_batch.template.roles import fleet_role, instance_profile, roles
from seqera_batch.template.work_bucket import work_bucket

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.model import LaunchTemplate
    from seqera_batch.policies.document import Scope

JOB_LOG_GROUP = "JobLogGroup"
NODE_LOG_GROUP = "NodeLogGroup"


def fragment(plan: ForgePlan, where: Scope) -> Resources:
    """Return the resources that a plan creates, by id.

    Args:
        plan: What was decided.
        where: Partition, region and account; `intrinsics.ACCOUNT` where it is the stack's.
    """
    plan = knowing_the_key(plan)
    found = roles(plan, where) | platform(plan, where)
    found |= kms_key(plan, where) | work_bucket(plan.work_bucket, where)
    if plan.job_log_group_created:
        found[JOB_LOG_GROUP] = replace(
            _log_group(plan, plan.job_log_group, plan.job_log_retention_days),
            # What pipelines said is data too; what nodes say is of no use without them.
            keep_on_delete=plan.job_log_group_kept,
        )
    return encrypted(found | _of_nodes(plan), plan)


def _of_nodes(plan: ForgePlan) -> Resources:
    """Return network, file systems and AWS Batch; nothing in Manual mode."""
    if plan.network is None:
        return {}
    place = place_nodes(plan, plan.network)
    found = dict(place.resources)
    for system in plan.file_systems:
        found |= system.resources(place)
    if plan.node_log_group is not None:
        found[NODE_LOG_GROUP] = _log_group(plan, plan.node_log_group, plan.node_log_retention_days)
    for template in _mounting(plan):
        found[compute.launch_template_id(template.key)] = compute.launch_template(
            template, plan.labels.nodes
        )
    return found | _batch(plan, place)


def _batch(plan: ForgePlan, place: Place) -> Resources:
    found: Resources = {}
    # Batch cannot delete an environment whose roles have gone: it stays INVALID for ever.
    # The profile and the fleet role are outlived too, since the environment refers to them.
    mountable = (name for system in plan.file_systems for name in system.mountable(place))
    created = {role.kind for role in plan.roles if role.created}
    role = ("InstanceRole",) if "InstanceRole" in created else ()
    for_nodes = (*role, *place.ways_out, *mountable, *place.ways_in)
    node_roles = compute.NodeRoles(
        instance_profile=instance_profile(plan), spot_fleet=fleet_role(plan)
    )
    for environment in plan.compute_environments:
        found[compute.compute_environment_id(environment.key)] = compute.compute_environment(
            environment,
            place=place,
            outlived_by=place.ways_out if environment.type == "FARGATE" else for_nodes,
            tags=plan.labels.nodes,
            roles=node_roles,
        )
    for queue in plan.job_queues:
        found[compute.job_queue_id(queue.key)] = compute.job_queue(queue, plan.labels.resources)
    return found


def _mounting(plan: ForgePlan) -> list[LaunchTemplate]:
    return [
        replace(
            template,
            node=replace(
                mounting(template.node, plan.file_systems, plan.region, deployed=True),
                # By reference, so that the group is there before the first node.
                log_group=None if plan.node_log_group is None else ref(NODE_LOG_GROUP),
            ),
        )
        for template in plan.launch_templates
    ]


def _log_group(plan: ForgePlan, name: str, retention_days: int) -> Resource:
    """Return a log group with its retention: nodes and jobs may write, not create."""
    return Resource(
        type="AWS::Logs::LogGroup",
        properties={
            "LogGroupName": name,
            "RetentionInDays": retention_days,
            "Tags": tag_list(plan.labels.resources),
        },
        # Written, as for everything that holds data, so that an update cannot mean otherwise.
        keep_on_delete=False,
    )
