# SPDX-License-Identifier: Apache-2.0
"""Facts about what Seqera's manual set-up gives to roles: to count beside ours.

In words of our own, as in `published`; AWS's managed policies that the guide attaches included.
Those are written down as documented, and were not compared with an account: AWS changes them.
"""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.catalog.names import RoleKind
from seqera_batch.judge.published.policies import Published, PublishedStatement, statement

_BATCH = (
    "batch:CancelJob DescribeComputeEnvironments DescribeJobDefinitions DescribeJobQueues "
    "DescribeJobs ListJobs RegisterJobDefinition SubmitJob TagResource TerminateJob"
)
_HOSTS = (
    "ec2:DescribeInstanceAttribute DescribeInstanceStatus DescribeInstanceTypes DescribeInstances "
    "ecs:DescribeContainerInstances DescribeTasks"
)
_PULL = "ecr:BatchCheckLayerAvailability BatchGetImage GetAuthorizationToken GetDownloadUrlForLayer"
_WRITE_LOGS = "logs:CreateLogStream PutLogEvents"


def _published(title: str, *statements: PublishedStatement) -> Published:
    return Published(
        name="manual",
        title=title,
        state="May 2026",
        statements=statements,
        source=sources.SEQERA_MANUAL_SETUP,
    )


BY_ROLE: dict[RoleKind, Published] = {
    "HeadJobRole": _published(
        "seqera-headjob-policy, which leaves files, roles and secrets out",
        statement("BatchJobManagement", f"{_BATCH} {_HOSTS}"),
        statement(
            "CloudWatchLogsAccess",
            "logs:CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams "
            "FilterLogEvents GetLogEvents ListTagsLogGroup PutLogEvents StartQuery StopQuery "
            "TestMetricFilter",
        ),
    ),
    "InstanceRole": _published(
        "seqera-batchjob, AmazonEC2ContainerServiceforEC2Role and AmazonS3FullAccess",
        statement(
            "BatchJob",
            f"{_BATCH} {_HOSTS} "
            "logs:Create* Describe* FilterLogEvents Get* List* Put* StartQuery StopQuery "
            "TestMetricFilter",
        ),
        statement(
            "ContainerServiceForEc2",
            "ec2:DescribeTags ecs:CreateCluster DeregisterContainerInstance DiscoverPollEndpoint "
            "Poll RegisterContainerInstance StartTelemetrySession Submit* "
            f"UpdateContainerInstancesState {_PULL} {_WRITE_LOGS}",
        ),
        statement("S3FullAccess", "s3:* s3-object-lambda:*"),
    ),
    "ExecutionRole": _published(
        "AmazonECSTaskExecutionRolePolicy and Platform's secrets",
        statement("TaskExecution", f"{_PULL} {_WRITE_LOGS}"),
        statement(
            "AllowECSAgentToRetrieveSecrets",
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:<REGION>:*:secret:tower-*",
        ),
    ),
    "FleetRole": _published(
        "AmazonEC2SpotFleetTaggingRole",
        statement(
            "SpotFleet",
            "ec2:CreateTags DescribeImages DescribeInstanceStatus DescribeSubnets "
            "RequestSpotInstances RunInstances TerminateInstances",
        ),
        statement(
            "PassRole",
            "iam:PassRole",
            conditions={"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com"]}},
        ),
    ),
}
"""Of each role that the guide has: what it may do. Tasks have the nodes' role there."""
