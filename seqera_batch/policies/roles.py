# SPDX-License-Identifier: Apache-2.0
"""What each role of an environment may do, statement by statement with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.policies.document import PolicyDocument, Scope, Statement
from seqera_batch.policies.job_buckets import job_buckets
from seqera_batch.policies.trust import ECS_TASKS

if TYPE_CHECKING:
    from seqera_batch.policies.access import JobAccess

SECRET_PREFIX = "tower-"  # noqa: S105 - the start of secrets' names, not a secret

_SEQERA_SECRETS = "https://docs.seqera.io/platform-cloud/secrets/overview"
_BATCH_SECRETS = (
    "https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data-secrets.html"
)
_SERVICE_AUTHORIZATION = (
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html"
)
_ECS_INSTANCE_ROLE = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html"
)


def head_job(scope: Scope, access: JobAccess) -> PolicyDocument:
    """Permissions of the Nextflow head job: submit and follow tasks, and their files."""
    job_definitions = scope.arn("batch", "job-definition/*")
    jobs = scope.arn("batch", "job/*")
    queues = tuple(scope.arn("batch", f"job-queue/{queue}") for queue in access.queues)
    statements = [
        Statement(
            sid="SubmitTasks",
            actions=("batch:SubmitJob",),
            resources=(*queues, job_definitions, jobs),
            reason="Nextflow submits tasks to these queues; it names job definitions itself",
            source=_SERVICE_AUTHORIZATION,
        ),
        Statement(
            sid="RegisterTasks",
            actions=("batch:RegisterJobDefinition", "batch:TagResource"),
            resources=(job_definitions, jobs),
            reason="Nextflow registers a definition for each container image, with tags",
            source=_SERVICE_AUTHORIZATION,
        ),
        Statement(
            sid="EndTasks",
            actions=("batch:CancelJob", "batch:TerminateJob"),
            resources=(jobs,),
            reason="a run that is cancelled or fails ends its tasks",
            source=_SERVICE_AUTHORIZATION,
        ),
        Statement(
            sid="FollowTasks",
            actions=(
                "batch:DescribeComputeEnvironments",
                "batch:DescribeJobDefinitions",
                "batch:DescribeJobQueues",
                "batch:DescribeJobs",
                "batch:ListJobs",
            ),
            resources=("*",),
            reason="Nextflow polls its tasks; AWS offers no narrower resource for these actions",
            source=_SERVICE_AUTHORIZATION,
        ),
        Statement(
            sid="FindHosts",
            actions=("ecs:DescribeContainerInstances", "ecs:DescribeTasks"),
            resources=(scope.arn("ecs", "container-instance/*"), scope.arn("ecs", "task/*")),
            reason="Nextflow records the instance of a task; AWS Batch names the clusters itself",
        ),
        Statement(
            sid="DescribeHosts",
            actions=("ec2:DescribeInstances",),
            resources=("*",),
            reason="Nextflow records type and price model; AWS offers no narrower resource",
        ),
        Statement(
            sid="ReadTaskLogs",
            actions=("logs:GetLogEvents",),
            resources=(_streams(scope, access.job_log_group),),
            reason="Nextflow shows the output of failed tasks",
        ),
        Statement(
            sid="ListSecrets",
            actions=("secretsmanager:ListSecrets",),
            resources=("*",),
            reason="pipeline secrets are found by listing; AWS offers no narrower resource",
            source=_SEQERA_SECRETS,
        ),
        *job_buckets(scope, access),
    ]
    if access.passed_roles:
        statements += [
            Statement(
                sid="PassTaskRoles",
                actions=("iam:PassRole",),
                resources=access.passed_roles,
                conditions={"StringEquals": {"iam:PassedToService": ECS_TASKS}},
                reason="tasks run under these roles and no others",
                source=_SEQERA_SECRETS,
            ),
            Statement(
                sid="ReadTaskRoles",
                actions=("iam:GetRole",),
                resources=access.passed_roles,
                reason="the head job looks the execution role up before it passes it",
                source=_SEQERA_SECRETS,
            ),
        ]
    return PolicyDocument(tuple(statements))


def compute_job(scope: Scope, access: JobAccess) -> PolicyDocument:
    """Permissions of tasks: their files, and nothing else."""
    return PolicyDocument(tuple(job_buckets(scope, access)))


def execution(scope: Scope, access: JobAccess) -> PolicyDocument:
    """Permissions with which ECS prepares a job: its image, its log, its secrets."""
    statements = [
        *_pull_images(scope),
        _write_logs(scope, access.job_log_group, "WriteJobLogs", "the job's output is kept"),
        Statement(
            sid="ReadPipelineSecrets",
            actions=("secretsmanager:GetSecretValue",),
            resources=(scope.arn("secretsmanager", f"secret:{SECRET_PREFIX}*"),),
            reason=f"Platform stores pipeline secrets under names that start with {SECRET_PREFIX}",
            source=_SEQERA_SECRETS,
        ),
    ]
    if access.job_secrets:
        statements.append(
            Statement(
                sid="ReadHeadJobSecrets",
                actions=("secretsmanager:GetSecretValue",),
                resources=access.job_secrets,
                reason="the head job's definition names these secrets",
                source=_BATCH_SECRETS,
            )
        )
    if access.secrets_key is not None:
        statements.append(
            Statement(
                sid="DecryptPipelineSecrets",
                actions=("kms:Decrypt",),
                resources=(access.secrets_key,),
                conditions={"StringLike": {"kms:ViaService": scope.endpoint("secretsmanager")}},
                reason="the secrets are encrypted with a key of the user's",
                source=_SEQERA_SECRETS,
            )
        )
    return PolicyDocument(tuple(statements))


def instance(scope: Scope, access: JobAccess) -> PolicyDocument:
    """Permissions of a node's ECS agent; jobs have roles of their own."""
    clusters = scope.arn("ecs", "cluster/*")
    container_instances = scope.arn("ecs", "container-instance/*")
    statements = [
        Statement(
            sid="FindEcs",
            actions=("ecs:DiscoverPollEndpoint",),
            resources=("*",),
            reason="the ECS agent asks where to connect; AWS offers no narrower resource",
            source=_ECS_INSTANCE_ROLE,
        ),
        Statement(
            sid="JoinCluster",
            actions=("ecs:DeregisterContainerInstance", "ecs:RegisterContainerInstance"),
            resources=(clusters,),
            reason="nodes join the cluster that AWS Batch made and named",
            source=_ECS_INSTANCE_ROLE,
        ),
        Statement(
            sid="RunTasks",
            actions=(
                "ecs:Poll",
                "ecs:StartTelemetrySession",
                "ecs:UpdateContainerInstancesState",
            ),
            resources=(container_instances,),
            reason="the ECS agent takes tasks, and drains the node at a Spot reclamation",
            source=_ECS_INSTANCE_ROLE,
        ),
        Statement(
            sid="ReportTasks",
            actions=(
                "ecs:SubmitAttachmentStateChanges",
                "ecs:SubmitContainerStateChange",
                "ecs:SubmitTaskStateChange",
            ),
            resources=(clusters,),
            reason="the ECS agent reports what became of tasks",
            source=_ECS_INSTANCE_ROLE,
        ),
        Statement(
            sid="TagNodes",
            actions=("ecs:TagResource",),
            resources=(clusters, container_instances),
            conditions={"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}},
            reason="the ECS agent may tag its own registration",
            source=_ECS_INSTANCE_ROLE,
        ),
        *_pull_images(scope),
        _write_logs(scope, access.job_log_group, "WriteJobLogs", "the job's output is kept"),
    ]
    if access.node_log_group is not None:
        statements.append(
            _write_logs(
                scope, access.node_log_group, "WriteNodeLogs", "a failed start can be read later"
            )
        )
    return PolicyDocument((*statements, *access.mounting))


def spot_fleet(scope: Scope, access: JobAccess) -> PolicyDocument:
    """Permissions of the Spot fleet role: start, tag and end the fleet's instances."""
    del access
    instances = scope.arn("ec2", "instance/*")
    launched = tuple(
        f"arn:{scope.partition}:ec2:{scope.region}::{kind}/*" for kind in ("image", "snapshot")
    ) + tuple(
        scope.arn("ec2", f"{kind}/*")
        for kind in (
            "instance",
            "key-pair",
            "launch-template",
            "network-interface",
            "security-group",
            "spot-instances-request",
            "subnet",
            "volume",
        )
    )
    return PolicyDocument(
        (
            Statement(
                sid="DescribeForFleet",
                actions=(
                    "ec2:DescribeImages",
                    "ec2:DescribeInstanceStatus",
                    "ec2:DescribeSubnets",
                    "ec2:RequestSpotInstances",
                ),
                resources=("*",),
                reason="Spot fleet needs these without a resource, as in AWS's own fleet policy",
            ),
            Statement(
                sid="StartFleetInstances",
                actions=("ec2:RunInstances",),
                resources=launched,
                reason="Spot fleet starts the nodes of a BEST_FIT environment",
            ),
            Statement(
                sid="EndFleetInstances",
                actions=("ec2:TerminateInstances",),
                resources=(instances,),
                reason="Spot fleet ends the nodes it started; AWS gives them no names",
            ),
            Statement(
                sid="TagFleetInstances",
                actions=("ec2:CreateTags",),
                resources=(
                    instances,
                    scope.arn("ec2", "spot-instances-request/*"),
                    scope.arn("ec2", "volume/*"),
                ),
                conditions={
                    "StringEquals": {"ec2:CreateAction": ["RequestSpotInstances", "RunInstances"]}
                },
                reason="labels become tags of the nodes as they start",
            ),
        )
    )


def submitter(scope: Scope, queues: tuple[str, ...]) -> PolicyDocument:
    """Permissions of whoever starts head jobs: submit to these queues, follow and end jobs."""
    jobs = scope.arn("batch", "job/*")
    return PolicyDocument(
        (
            Statement(
                sid="SubmitJobs",
                actions=("batch:SubmitJob",),
                resources=(
                    *(scope.arn("batch", f"job-queue/{queue}") for queue in queues),
                    scope.arn("batch", "job-definition/*"),
                    jobs,
                ),
                reason="submitting needs the queue, the definition and the job to be",
                source=_SERVICE_AUTHORIZATION,
            ),
            Statement(
                sid="EndJobs",
                actions=("batch:CancelJob", "batch:TerminateJob"),
                resources=(jobs,),
                reason="whoever starts a run may end it; job ids are AWS's own",
                source=_SERVICE_AUTHORIZATION,
            ),
            Statement(
                sid="FollowJobs",
                actions=("batch:DescribeJobs", "batch:ListJobs"),
                resources=("*",),
                reason="AWS offers no narrower resource for these actions",
                source=_SERVICE_AUTHORIZATION,
            ),
        )
    )


def _pull_images(scope: Scope) -> list[Statement]:
    return [
        Statement(
            sid="LogInToEcr",
            actions=("ecr:GetAuthorizationToken",),
            resources=("*",),
            reason="one token for all registries; AWS offers no narrower resource",
        ),
        Statement(
            sid="PullImages",
            actions=(
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ),
            resources=(scope.arn("ecr", "repository/*"),),
            reason="pipelines name their own container images in this account's registry",
        ),
    ]


def _write_logs(scope: Scope, group: str, sid: str, reason: str) -> Statement:
    return Statement(
        sid=sid,
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(_streams(scope, group),),
        reason=reason,
    )


def _streams(scope: Scope, group: str) -> str:
    return scope.arn("logs", f"log-group:{group}:*")
