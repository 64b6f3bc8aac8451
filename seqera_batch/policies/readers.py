# SPDX-License-Identifier: Apache-2.0
"""What whoever looks at an account needs: to read, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seqera_batch.catalog.names import bootstrap_version
from seqera_batch.policies.containers import BATCH_CLUSTERS, BATCH_CLUSTERS_SOURCE
from seqera_batch.policies.document import Scope, Statement, document
from seqera_batch.records import dataclass

_AUTHORIZATION = "https://docs.aws.amazon.com/service-authorization/latest/reference/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderAccess:
    """What is looked at.

    Args:
        stack: Name of the environment's stack.
        queues: Names of its queues.
        labels: Tag that its nodes have; empty where they are somebody else's.
        node_log_group: Group of the nodes' logs, if they have one.
        job_log_group: Group of jobs' output.
        roles: ARNs of its roles.
        instance_roles: ARNs of the roles of nodes; patterns where they are not known.
        environment_roles: ARNs of the roles that compute environments themselves have; patterns
            where they are not known.
        instance_profiles: ARNs of the profiles of nodes; patterns where they are not known.
        linked_roles: Service-linked roles, each `<service>/<name>`.
        boundary: ARN of the permissions boundary, if there is one.
        buckets: Names of the buckets that jobs write to.
        work_bucket: Name of the work directory's bucket, if it is in one.
        spot_fleet: Whether Spot Fleet may start nodes.
        budget: Whether there is a budget.
        topic: ARN of the topic that is told, if it exists already.
    """

    stack: str
    queues: tuple[str, ...]
    labels: Mapping[str, str]
    node_log_group: str | None
    job_log_group: str
    roles: tuple[str, ...]
    instance_roles: tuple[str, ...]
    environment_roles: tuple[str, ...]
    instance_profiles: tuple[str, ...]
    linked_roles: tuple[str, ...]
    boundary: str | None
    buckets: tuple[str, ...]
    work_bucket: str | None
    spot_fleet: bool
    topic: str | None
    budget: bool


@document
def doctor(scope: Scope, access: ReaderAccess) -> Iterator[Statement]:
    """Return what `seqera-batch doctor` reads."""
    yield _stack(scope, access)
    yield _describes(
        scope,
        "DescribeBatch",
        "batch:DescribeComputeEnvironments batch:DescribeJobQueues batch:DescribeJobs "
        "batch:ListJobs",
        "queues, environments and jobs say most of what is wrong themselves",
    )
    yield Statement(
        sid="ReadQueueFront",
        actions=("batch:GetJobQueueSnapshot",),
        resources=tuple(scope.arn("batch", f"job-queue/{name}") for name in access.queues),
        reason="the job at a queue's front is the one that holds the others",
        source=f"{_AUTHORIZATION}list_awsbatch.html",
    )
    yield _describes(
        scope,
        "DescribeStarts",
        "autoscaling:DescribeAutoScalingGroups autoscaling:DescribeScalingActivities "
        "ec2:DescribeInstanceTypeOfferings ec2:DescribeInstanceTypes ec2:DescribeInstances "
        "ec2:DescribeSubnets",
        "Auto Scaling says why nodes do not start, and EC2 which types would fit",
    )
    if access.spot_fleet:
        yield from _spot_fleet(scope)
    if access.budget:
        yield _describes(
            None,  # Cost Explorer is of no region.
            "ReadCostTags",
            "ce:ListCostAllocationTags",
            "a budget counts nothing until the environment's tag is activated",
        )
    yield from _network(scope)
    yield Statement(
        sid="ReadNodesInCluster",
        actions=("ecs:DescribeContainerInstances", "ecs:ListContainerInstances"),
        resources=tuple(
            scope.arn("ecs", f"{kind}/{name}{end}")
            for kind, end in (("cluster", ""), ("container-instance", "/*"))
            for name in BATCH_CLUSTERS
        ),
        reason="a node that is not in the cluster of AWS Batch takes no job",
        source=BATCH_CLUSTERS_SOURCE,
    )
    if access.labels:
        yield Statement(
            sid="ReadConsole",
            actions=("ec2:GetConsoleOutput",),
            resources=(scope.arn("ec2", "instance/*"),),
            conditions={
                "StringEquals": {
                    f"aws:ResourceTag/{key}": value for key, value in access.labels.items()
                }
            },
            reason="a node that reaches nothing says why on its console only",
            source=f"{_AUTHORIZATION}list_amazonec2.html",
        )
    yield Statement(
        sid="ReadNodeRole",
        actions=("iam:GetInstanceProfile",),
        resources=access.instance_profiles,
        reason="the role of a node that does not join its cluster is found by its profile",
    )
    yield Statement(
        sid="ReadRolesOfEnvironment",
        actions=("iam:GetRole",),
        resources=access.environment_roles,
        reason="an environment is INVALID without its roles, or where they trust others",
    )
    yield Statement(
        sid="AskWhatNodesMayDo",
        actions=("iam:SimulatePrincipalPolicy",),
        resources=access.instance_roles,
        reason="whether a node's role lets it join, with the boundary it has",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
        "access_policies_testing-policies.html",
    )
    yield Statement(
        sid="ReadJobLogs",
        actions=("logs:GetLogEvents",),
        resources=(scope.arn("logs", f"log-group:{access.job_log_group}:log-stream:*"),),
        reason="the end of a failed head job's log says why it failed",
    )
    if access.node_log_group is not None:
        group = scope.arn("logs", f"log-group:{access.node_log_group}")
        yield Statement(
            sid="ReadNodeLogs",
            actions=("logs:FilterLogEvents",),
            # Groups are authorized with and without `:*`.
            resources=(group, f"{group}:*"),
            reason="a node's own log says in which step its start failed",
        )


@document
def check(scope: Scope, access: ReaderAccess) -> Iterator[Statement]:
    """Return what `seqera-batch check` reads."""
    linked = tuple(scope.iam_arn(f"role/aws-service-role/{one}") for one in access.linked_roles)
    yield _stack(scope, access)
    yield Statement(
        sid="ReadBootstrapVersion",
        actions=("ssm:GetParameter",),
        resources=(scope.arn("ssm", f"parameter{bootstrap_version()}"),),
        reason="the parameter tells that the account is bootstrapped for CDK",
        source="https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html",
    )
    yield _describes(
        scope,
        "DescribeWhatExists",
        "batch:DescribeComputeEnvironments batch:DescribeJobQueues ec2:DescribeImages "
        "ec2:DescribeInstanceTypeOfferings ec2:DescribeInstances ec2:DescribeSubnets "
        "logs:DescribeLogGroups",
        "names that are taken, quotas that are used up, images and types that are missing",
    )
    yield from _network(scope)
    yield Statement(
        sid="ReadQuotas",
        actions=("servicequotas:GetServiceQuota",),
        resources=tuple(scope.arn("servicequotas", f"{one}/*") for one in ("ec2", "fargate")),
        reason="max_cpus is held against the account's quotas of vCPUs",
        source=f"{_AUTHORIZATION}list_servicequotas.html",
    )
    yield _describes(
        scope,
        "ReadDefaultQuotas",
        "servicequotas:GetAWSDefaultServiceQuota",
        "an account that never asked for more has AWS's own quotas",
    )
    yield Statement(
        sid="ReadRoles",
        actions=("iam:GetRole",),
        resources=(*access.roles, *linked),
        reason="whether roles exist, and whom they trust",
    )
    yield Statement(
        sid="ReadNodeProfile",
        actions=("iam:GetInstanceProfile",),
        # Only one that exists and is named: a pattern stands for one that is yet to be made.
        resources=tuple(one for one in access.instance_profiles if not one.endswith("*")),
        reason="whether the nodes' profile exists, with a role in it",
    )
    yield Statement(
        sid="ReadBuckets",
        actions=("s3:GetBucketPolicy", "s3:GetEncryptionConfiguration", "s3:ListBucket"),
        resources=tuple(map(scope.bucket_arn, access.buckets)),
        reason="whether buckets that jobs write to exist, where, with which key, and whom they "
        "refuse; no object is read",
    )
    yield Statement(
        sid="ReadKeys",
        actions=("kms:DescribeKey",),
        resources=(scope.arn("kms", "key/*"),),
        reason="whether the key of a bucket is enabled; which it is, only the bucket tells",
    )
    if access.topic is not None:
        yield Statement(
            sid="ReadTopic",
            actions=("sns:GetTopicAttributes",),
            resources=(access.topic,),
            reason="whether the topic exists, with which key, and whom its policy lets in",
        )
    if access.boundary is not None:
        yield Statement(
            sid="ReadBoundary",
            actions=("iam:GetPolicy",),
            resources=(access.boundary,),
            reason="whether the permissions boundary exists",
        )


@document
def leftovers(scope: Scope, access: ReaderAccess) -> Iterator[Statement]:
    """Return what `seqera-batch leftovers` reads."""
    yield _stack(scope, access, "cloudformation:ListStackResources")
    yield _describes(
        scope,
        "FindByLabel",
        "autoscaling:DescribeAutoScalingGroups ec2:DescribeAddresses ec2:DescribeFlowLogs "
        "ec2:DescribeInstances ec2:DescribeInternetGateways ec2:DescribeLaunchTemplates "
        "ec2:DescribeNatGateways ec2:DescribeNetworkInterfaces ec2:DescribeRouteTables "
        "ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVolumes "
        "ec2:DescribeVpcEndpoints ec2:DescribeVpcs fsx:DescribeFileSystems tag:GetResources",
        "what an environment made has its label",
    )
    yield _describes(
        scope,
        "FindByName",
        "batch:DescribeComputeEnvironments batch:DescribeJobDefinitions "
        "batch:DescribeJobQueues ecs:ListClusters logs:DescribeLogGroups",
        "queues, log groups, job definitions and AWS Batch's own clusters are known by their "
        "names; queues tell that an environment is in use",
    )
    yield Statement(
        sid="FindFileSystems",
        actions=("elasticfilesystem:DescribeFileSystems",),
        resources=(scope.arn("elasticfilesystem", "file-system/*"),),
        reason="a file system that was kept has the environment's label",
    )
    yield Statement(
        sid="FindRoles",
        actions=("iam:GetRole",),
        resources=access.roles,
        reason="roles are known by their names",
    )
    if access.work_bucket is not None:
        yield Statement(
            sid="ReadWorkBucket",
            actions=("s3:ListBucket", "s3:ListBucketMultipartUploads"),
            resources=(scope.bucket_arn(access.work_bucket),),
            reason="whether the bucket was kept, and which uploads in it never ended",
        )


def _stack(scope: Scope, access: ReaderAccess, *also: str) -> Statement:
    return Statement(
        sid="ReadStack",
        actions=("cloudformation:DescribeStacks", *also),
        resources=(scope.arn("cloudformation", f"stack/{access.stack}/*"),),
        reason="whether the stack exists, or was deleted in part",
    )


def _spot_fleet(scope: Scope) -> Iterator[Statement]:
    yield _describes(
        scope,
        "FindSpotFleets",
        "ec2:DescribeSpotFleetRequests",
        "with BEST_FIT Spot Fleet starts nodes, and Auto Scaling does not",
    )
    yield Statement(
        sid="ReadSpotFleets",
        actions=("ec2:DescribeSpotFleetRequestHistory",),
        resources=(scope.arn("ec2", "spot-fleet-request/*"),),
        reason="it says why it starts none; AWS Batch makes the requests, whose ids nobody "
        "knows before",
        source=f"{_AUTHORIZATION}list_amazonec2.html",
    )


def _network(scope: Scope) -> Iterator[Statement]:
    yield _describes(
        scope,
        "DescribeNetwork",
        "ec2:DescribeNatGateways ec2:DescribeRouteTables ec2:DescribeSecurityGroups "
        "ec2:DescribeVpcBlockPublicAccessOptions ec2:DescribeVpcEndpoints",
        "whether nodes reach AWS's services, and by which way",
    )
    yield Statement(
        sid="DescribeVpcNames",
        actions=("ec2:DescribeVpcAttribute",),
        resources=(scope.arn("ec2", "vpc/*"),),
        reason="whether names of endpoints and file systems lead anywhere in the nodes' VPC",
    )


def _describes(scope: Scope | None, sid: str, actions: str, reason: str) -> Statement:
    """Return a statement of actions that AWS lets nobody narrow, but to a region if it has one."""
    return Statement(
        sid=sid,
        actions=tuple(actions.split()),
        resources=("*",),
        conditions={} if scope is None else scope.only_here,
        reason=f"{reason}; AWS offers no narrower resource for these actions",
        source=_AUTHORIZATION,
    )
