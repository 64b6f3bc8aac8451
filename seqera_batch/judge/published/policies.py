# SPDX-License-Identifier: Apache-2.0
"""Facts about the policies that Seqera publishes for Platform's credential: to compare with.

Which actions each statement allows, on what, and if what; in words of our own, not Seqera's files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from seqera_batch.catalog import sources
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedStatement:
    """One statement.

    Args:
        sid: Seqera's name for it.
        actions: Names or patterns of actions.
        resources: ARNs as published.
        conditions: Operator to key to values.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    conditions: Mapping[str, Mapping[str, str | list[str]]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as IAM reads it."""
        rendered: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        return rendered | ({"Condition": dict(self.conditions)} if self.conditions else {})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Published:
    """A policy as Seqera's page has it.

    Args:
        name: Short name.
        title: What the page calls it.
        state: When it was read.
        statements: In the page's order.
        source: The page.
    """

    name: str
    title: str
    state: str
    statements: tuple[PublishedStatement, ...]
    source: str = sources.SEQERA_AWS_BATCH

    def to_dict(self) -> dict[str, Any]:
        """Return the policy as IAM reads it."""
        return {
            "Version": "2012-10-17",
            "Statement": [statement.to_dict() for statement in self.statements],
        }


def _of(service: str, names: str) -> tuple[str, ...]:
    return tuple(f"{service}:{name}" for name in names.split())


def _in(where: str, service: str, *names: str) -> tuple[str, ...]:
    return tuple(f"arn:aws:{service}:{where}:{name}" for name in names)


_ANYWHERE = "*:*"
_HERE = "<REGION>:<ACCOUNT_ID>"
_TAGGED = {"StringEqualsIfExists": {"aws:ResourceTag/MyCustomTag": "MyCustomValue"}}
_TO_BATCH_AND_EC2: Mapping[str, Mapping[str, str | list[str]]] = {
    "StringEquals": {"iam:PassedToService": ["batch.amazonaws.com", "ec2.amazonaws.com"]}
}
_ENVIRONMENTS = _in(
    _ANYWHERE, "batch", "compute-environment/TowerForge-*", "job-queue/TowerForge-*"
)
_IAM = _of(
    "iam",
    "AddRoleToInstanceProfile AttachRolePolicy CreateInstanceProfile CreateRole "
    "DeleteInstanceProfile DeleteRole DeleteRolePolicy DetachRolePolicy GetRole "
    "ListAttachedRolePolicies ListRolePolicies PutRolePolicy RemoveRoleFromInstanceProfile "
    "TagInstanceProfile TagRole",
)
_LOGS = _of("logs", "Describe* FilterLogEvents Get* List* StartQuery StopQuery TestMetricFilter")
_S3 = _of("s3", "Get* List* PutObject")
_SECRETS = _of("secretsmanager", "CreateSecret DeleteSecret DescribeSecret")
_EFS = _of(
    "elasticfilesystem",
    "CreateFileSystem CreateMountTarget DeleteFileSystem DeleteMountTarget "
    "PutLifecycleConfiguration TagResource UpdateFileSystem",
)
_EFS_READ = _of("elasticfilesystem", "DescribeFileSystems DescribeMountTargets")
_FSX = _of("fsx", "CreateFileSystem DeleteFileSystem TagResource")

_FROM_LAUNCH_TEMPLATES = (
    PublishedStatement(
        sid="LaunchTemplateManagement",
        actions=_of(
            "ec2",
            "CreateLaunchTemplate DeleteLaunchTemplate DescribeLaunchTemplates "
            "DescribeLaunchTemplateVersions",
        ),
    ),
    PublishedStatement(
        sid="PassRolesToBatchCanBeRestricted",
        actions=("iam:PassRole",),
        conditions=_TO_BATCH_AND_EC2,
    ),
    PublishedStatement(sid="CloudWatchLogsAccessCanBeRestricted", actions=_LOGS),
    PublishedStatement(sid="OptionalS3PlatformDataAccessCanBeRestricted", actions=_S3),
)
_AFTER_IAM = (
    PublishedStatement(
        sid="OptionalFetchOptimizedAMIMetadata",
        actions=("ssm:GetParameters",),
        resources=_in(_ANYWHERE, "ssm", "parameter/aws/service/ecs/*"),
    ),
    PublishedStatement(
        sid="OptionalEC2MetadataDescribe",
        actions=_of(
            "ec2",
            "DescribeAccountAttributes DescribeImages DescribeInstanceTypeOfferings "
            "DescribeInstanceTypes DescribeKeyPairs DescribeSecurityGroups DescribeSubnets "
            "DescribeVpcs",
        ),
    ),
    PublishedStatement(
        sid="OptionalFSXManagementCanBeRestricted",
        actions=(*_FSX, "fsx:DescribeFileSystems"),
    ),
    PublishedStatement(sid="OptionalEFSManagementCanBeRestricted", actions=(*_EFS, *_EFS_READ)),
    PublishedStatement(
        sid="OptionalPipelineSecretsListing", actions=("secretsmanager:ListSecrets",)
    ),
    PublishedStatement(
        sid="OptionalPipelineSecretsManagementCanBeRestricted",
        actions=_SECRETS,
        resources=_in(_ANYWHERE, "secretsmanager", "secret:tower-*"),
    ),
)

FULL = Published(
    name="full",
    title="Full permissive policy",
    state="May 2026",
    statements=(
        PublishedStatement(
            sid="BatchEnvironmentManagementCanBeRestricted",
            actions=_of(
                "batch",
                "CreateComputeEnvironment CreateJobQueue DeleteComputeEnvironment DeleteJobQueue "
                "TagResource UpdateComputeEnvironment UpdateJobQueue",
            ),
            resources=_ENVIRONMENTS,
        ),
        PublishedStatement(
            sid="BatchEnvironmentListing",
            actions=_of(
                "batch",
                "DescribeComputeEnvironments DescribeJobDefinitions DescribeJobQueues DescribeJobs",
            ),
        ),
        PublishedStatement(
            sid="BatchJobsManagementCanBeRestricted",
            actions=_of(
                "batch", "CancelJob RegisterJobDefinition SubmitJob TagResource TerminateJob"
            ),
            resources=_in(
                _ANYWHERE, "batch", "job-definition/*", "job-queue/TowerForge-*", "job/*"
            ),
        ),
        *_FROM_LAUNCH_TEMPLATES,
        PublishedStatement(
            sid="OptionalIAMManagementCanBeRestricted",
            actions=_IAM,
            resources=(
                "arn:aws:iam::*:role/TowerForge-*",
                "arn:aws:iam::*:instance-profile/TowerForge-*",
            ),
        ),
        *_AFTER_IAM,
        PublishedStatement(sid="OptionalUserdataCheck", actions=("ec2:GetConsoleOutput",)),
        PublishedStatement(
            sid="OptionalLineageIntegrationSQSAndS3",
            actions=_of(
                "sqs",
                "CreateQueue DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage "
                "SetQueueAttributes",
            )
            + _of(
                "s3", "CreateBucket GetBucketLocation GetBucketNotification PutBucketNotification"
            ),
            resources=(
                *_in(_ANYWHERE, "sqs", "seqera-lineage-*"),
                "arn:aws:s3:::seqera-lineage-*",
            ),
        ),
    ),
)
"""What the page has for the quick start."""

EARLIER = Published(
    name="earlier",
    title="Full permissive policy, before May 2026",
    state="before May 2026",
    statements=(
        PublishedStatement(
            sid="BatchEnvironmentManagementCanBeRestricted",
            actions=_of(
                "batch",
                "CreateComputeEnvironment CreateJobQueue DeleteComputeEnvironment DeleteJobQueue "
                "DescribeComputeEnvironments DescribeJobQueues UpdateComputeEnvironment "
                "UpdateJobQueue",
            ),
            resources=_ENVIRONMENTS,
        ),
        PublishedStatement(
            sid="BatchJobsManagementCanBeRestricted",
            actions=_of(
                "batch",
                "CancelJob DescribeJobDefinitions DescribeJobs ListJobs RegisterJobDefinition "
                "SubmitJob TagResource TerminateJob",
            ),
        ),
        *_FROM_LAUNCH_TEMPLATES,
        PublishedStatement(
            sid="OptionalIAMManagementCanBeRestricted",
            actions=_IAM,
            resources=("arn:aws:iam::*:role/TowerForge-*",),
        ),
        *_AFTER_IAM,
    ),
)
"""What many accounts still have."""

RESTRICTED = Published(
    name="restricted",
    title="Statements to restrict the policy with, before May 2026",
    state="before May 2026",
    statements=(
        PublishedStatement(
            sid="BatchEnvironmentManagement",
            actions=_of("batch", "DescribeComputeEnvironments DescribeJobQueues"),
            resources=_in(_HERE, "batch", "compute-environment/MyManualCE", "job-queue/MyManualJQ"),
            conditions=_TAGGED,
        ),
        PublishedStatement(
            sid="BatchJobsManagement",
            actions=_of(
                "batch",
                "CancelJob DescribeJobDefinitions DescribeJobs ListJobs RegisterJobDefinition "
                "SubmitJob TagResource TerminateJob",
            ),
            resources=_in(_HERE, "batch", "job-definition/*", "job/*"),
            conditions=_TAGGED,
        ),
        PublishedStatement(
            sid="PassRolesToBatch",
            actions=("iam:PassRole",),
            resources=("arn:aws:iam::<ACCOUNT_ID>:role/TowerForge-*",),
            conditions=_TO_BATCH_AND_EC2,
        ),
        PublishedStatement(
            sid="CloudWatchLogsAccess",
            actions=_LOGS,
            resources=_in(_HERE, "logs", "log-group:/aws/batch/job/*"),
        ),
        PublishedStatement(sid="S3ListBuckets", actions=("s3:ListAllMyBuckets",)),
        PublishedStatement(
            sid="S3ReadWriteBucketsForStudiosDataExplorer",
            actions=_S3,
            resources=tuple(
                f"arn:aws:s3:::example-bucket-read-write-{use}{objects}"
                for use in ("studios", "data-explorer")
                for objects in ("", "/*")
            ),
        ),
        PublishedStatement(
            sid="IAMRoleAndProfileManagement",
            actions=_IAM,
            resources=("arn:aws:iam::<ACCOUNT_ID>:role/TowerForge-*",),
        ),
        PublishedStatement(sid="FSxDescribe", actions=("fsx:DescribeFileSystems",)),
        PublishedStatement(
            sid="FSxManagement",
            actions=_FSX,
            resources=_in(_HERE, "fsx", "file-system/MyManualFSx"),
        ),
        PublishedStatement(sid="EFSDescribe", actions=_EFS_READ),
        PublishedStatement(
            sid="EFSManagement",
            actions=_EFS,
            resources=_in(_HERE, "elasticfilesystem", "file-system/MyManualEFS"),
        ),
        PublishedStatement(sid="PipelineSecretsListing", actions=("secretsmanager:ListSecrets",)),
        PublishedStatement(
            sid="PipelineSecretsManagementCanBeRestricted",
            actions=_SECRETS,
            resources=_in(_HERE, "secretsmanager", "secret:tower-*"),
        ),
        PublishedStatement(
            sid="AssumeRoleToManageBatchResources",
            actions=("sts:AssumeRole",),
            resources=("arn:aws:iam::<ACCOUNT_ID>:role/<IAM_ROLE_NAME>",),
        ),
    ),
)
"""What the page offers to replace statements of the full policy with."""

PUBLISHED = (FULL, EARLIER, RESTRICTED)
