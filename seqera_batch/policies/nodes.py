# SPDX-License-Identifier: Apache-2.0
"""What the roles of nodes, and of the Spot fleet that starts them, may do."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.policies.access import JobAccess
from seqera_batch.policies.containers import (
    BATCH_CLUSTERS_SOURCE,
    OWN_CLUSTERS,
    pull_images,
    write_logs,
)
from seqera_batch.policies.document import Scope, Statement, document
from seqera_batch.policies.trust import ec2_names

_SPOT_FLEET_ROLE = (
    "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/"
    "AmazonEC2SpotFleetTaggingRole.html"
)
_ECS_INSTANCE_ROLE = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html"
)


@document
def instance(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Permissions of a node's ECS agent; jobs have roles of their own."""
    clusters = tuple(scope.arn("ecs", f"cluster/{name}") for name in OWN_CLUSTERS)
    container_instances = tuple(
        scope.arn("ecs", f"container-instance/{name}/*") for name in OWN_CLUSTERS
    )
    yield Statement(
        sid="FindEcs",
        actions=("ecs:DiscoverPollEndpoint",),
        resources=("*",),
        conditions=scope.only_here,
        reason="the ECS agent asks where to connect; AWS offers no narrower resource",
        source=_ECS_INSTANCE_ROLE,
    )
    yield Statement(
        sid="JoinCluster",
        actions=("ecs:DeregisterContainerInstance", "ecs:RegisterContainerInstance"),
        resources=clusters,
        reason="nodes join the cluster that AWS Batch made and named, and no cluster of "
        "anything but AWS Batch; with whoever holds a node's credentials it could be another "
        "environment's, whose tasks come with their roles",
        source=BATCH_CLUSTERS_SOURCE,
    )
    yield Statement(
        sid="RunTasks",
        actions=(
            "ecs:Poll",
            "ecs:StartTelemetrySession",
            "ecs:UpdateContainerInstancesState",
        ),
        resources=container_instances,
        reason="the ECS agent takes tasks, and drains the node at a Spot reclamation; AWS "
        "Batch names clusters, and they are told apart by nothing",
        source=_ECS_INSTANCE_ROLE,
    )
    yield Statement(
        sid="ReportTasks",
        actions=(
            "ecs:SubmitAttachmentStateChanges",
            "ecs:SubmitContainerStateChange",
            "ecs:SubmitTaskStateChange",
        ),
        resources=clusters,
        reason="the ECS agent reports what became of tasks",
        source=_ECS_INSTANCE_ROLE,
    )
    yield Statement(
        sid="TagNodes",
        actions=("ecs:TagResource",),
        resources=(*clusters, *container_instances),
        conditions={"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}},
        reason="the ECS agent may tag its own registration",
        source=_ECS_INSTANCE_ROLE,
    )
    yield from pull_images(scope, access.repositories)
    yield write_logs(scope, access.job_log_group, "WriteJobLogs", "the job's output is kept")
    if access.node_log_group is not None:
        yield write_logs(
            scope, access.node_log_group, "WriteNodeLogs", "a failed start can be read later"
        )
    yield from access.mounting
    if access.sessions:
        yield from _sessions(scope)


def _sessions(scope: Scope) -> Iterator[Statement]:
    """Yield what Systems Manager's agent on a node needs for sessions, and no more."""
    yield Statement(
        sid="RegisterForSessions",
        actions=("ssm:UpdateInstanceInformation",),
        resources=(scope.arn("ec2", "instance/*"),),
        reason="nodes tell Systems Manager that they are there; EC2 gives them their ids, so "
        "any instance of the account and region could be told of",
        source=sources.AWS_SESSION_MANAGER,
    )
    yield Statement(
        sid="OpenSessions",
        actions=(
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ),
        resources=("*",),
        conditions=scope.only_here,
        reason="sessions go through these channels; AWS offers no narrower resource",
        source=sources.AWS_SESSION_MANAGER,
    )


@document
def spot_fleet(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Permissions of the Spot fleet role: start, tag and end the fleet's instances."""
    instances = scope.arn("ec2", "instance/*")
    kinds = (
        *("instance", "key-pair", "launch-template", "network-interface", "security-group"),
        *("spot-instances-request", "subnet", "volume"),
    )
    launched = (
        *(f"arn:{scope.partition}:ec2:{scope.region}::{kind}/*" for kind in ("image", "snapshot")),
        *(scope.arn("ec2", f"{kind}/*") for kind in kinds),
        *(scope.arn("ec2", f"placement-group/{name}") for name in access.placement_groups),
    )
    yield Statement(
        sid="DescribeForFleet",
        actions=(
            "ec2:DescribeImages",
            "ec2:DescribeInstanceStatus",
            "ec2:DescribeSubnets",
        ),
        resources=("*",),
        conditions=scope.only_here,
        reason="Spot fleet looks before it starts nodes; AWS offers no narrower resource",
        source=_SPOT_FLEET_ROLE,
    )
    yield Statement(
        sid="StartFleetInstances",
        actions=("ec2:RequestSpotInstances", "ec2:RunInstances"),
        resources=launched,
        reason="Spot fleet asks for the nodes of a BEST_FIT environment and starts them; "
        "AWS names what they are made of by id",
        source=_SPOT_FLEET_ROLE,
    )
    yield from _pass_instance_role(scope, access)
    yield Statement(
        sid="EndFleetInstances",
        actions=("ec2:TerminateInstances",),
        resources=(instances,),
        reason="Spot fleet ends the nodes it started; AWS gives them no names",
    )
    yield Statement(
        sid="TagFleetInstances",
        actions=("ec2:CreateTags",),
        # What launch templates tag, and the requests; a kind too few starts no node at all.
        resources=(
            instances,
            *(
                scope.arn("ec2", f"{kind}/*")
                for kind in ("network-interface", "spot-instances-request", "volume")
            ),
        ),
        conditions={"StringEquals": {"ec2:CreateAction": ["RequestSpotInstances", "RunInstances"]}},
        reason="labels become tags of the nodes as they start",
    )


def _pass_instance_role(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    if access.instance_role is None:
        return
    yield Statement(
        sid="PassInstanceRole",
        actions=("iam:PassRole",),
        resources=(access.instance_role,),
        conditions={"StringEquals": {"iam:PassedToService": ec2_names(scope)}},
        reason="Spot fleet starts the nodes with their role, and with no other",
        source=_SPOT_FLEET_ROLE,
    )
