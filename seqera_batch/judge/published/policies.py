# SPDX-License-Identifier: Apache-2.0
"""Facts about the policies that Seqera publishes for Platform's credential: to compare with.

Which actions each statement allows, on what, and if what; in words of our own, not Seqera's files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from seqera_batch.catalog import sources
from seqera_batch.kinds.kind import actions_named
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True)
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


def statement(
    sid: str,
    actions: str,
    *resources: str,
    conditions: Mapping[str, Mapping[str, str | list[str]]] | None = None,
) -> PublishedStatement:
    """Return a statement, its actions in one text; on `*` where no ARN is given."""
    return PublishedStatement(sid, actions_named(actions), resources or ("*",), conditions or {})


_IN_BATCH = "arn:aws:batch:*:*"
_HERE = "<REGION>:<ACCOUNT_ID>"
_MADE_BY_FORGE = (
    f"{_IN_BATCH}:compute-environment/TowerForge-*",
    f"{_IN_BATCH}:job-queue/TowerForge-*",
)
_ROLES_HERE = "arn:aws:iam::<ACCOUNT_ID>:role/TowerForge-*"
_TAGGED = {"StringEqualsIfExists": {"aws:ResourceTag/MyCustomTag": "MyCustomValue"}}
_TO_BATCH_AND_EC2: Mapping[str, Mapping[str, str | list[str]]] = {
    "StringEquals": {"iam:PassedToService": ["batch.amazonaws.com", "ec2.amazonaws.com"]}
}
_IAM = (
    "iam:AddRoleToInstanceProfile AttachRolePolicy CreateInstanceProfile CreateRole "
    "DeleteInstanceProfile DeleteRole DeleteRolePolicy DetachRolePolicy GetRole "
    "ListAttachedRolePolicies ListRolePolicies PutRolePolicy RemoveRoleFromInstanceProfile "
    "TagInstanceProfile TagRole"
)
_JOBS = (
    "batch:CancelJob DescribeJobDefinitions DescribeJobs ListJobs RegisterJobDefinition "
    "SubmitJob TagResource TerminateJob"
)
_LOGS = "logs:Describe* FilterLogEvents Get* List* StartQuery StopQuery TestMetricFilter"
_S3 = "s3:Get* List* PutObject"
_SECRETS = "secretsmanager:CreateSecret DeleteSecret DescribeSecret"
_EFS = (
    "elasticfilesystem:CreateFileSystem CreateMountTarget DeleteFileSystem DeleteMountTarget "
    "PutLifecycleConfiguration TagResource UpdateFileSystem"
)
_FSX = "fsx:CreateFileSystem DeleteFileSystem TagResource"

_FROM_LAUNCH_TEMPLATES = (
    statement(
        "LaunchTemplateManagement",
        "ec2:CreateLaunchTemplate DeleteLaunchTemplate DescribeLaunchTemplates "
        "DescribeLaunchTemplateVersions",
    ),
    statement("PassRolesToBatchCanBeRestricted", "iam:PassRole", conditions=_TO_BATCH_AND_EC2),
    statement("CloudWatchLogsAccessCanBeRestricted", _LOGS),
    statement("OptionalS3PlatformDataAccessCanBeRestricted", _S3),
)
_AFTER_IAM = (
    statement(
        "OptionalFetchOptimizedAMIMetadata",
        "ssm:GetParameters",
        "arn:aws:ssm:*:*:parameter/aws/service/ecs/*",
    ),
    statement(
        "OptionalEC2MetadataDescribe",
        "ec2:DescribeAccountAttributes DescribeImages DescribeInstanceTypeOfferings "
        "DescribeInstanceTypes DescribeKeyPairs DescribeSecurityGroups DescribeSubnets "
        "DescribeVpcs",
    ),
    statement("OptionalFSXManagementCanBeRestricted", f"{_FSX} DescribeFileSystems"),
    statement(
        "OptionalEFSManagementCanBeRestricted", f"{_EFS} DescribeFileSystems DescribeMountTargets"
    ),
    statement("OptionalPipelineSecretsListing", "secretsmanager:ListSecrets"),
    statement(
        "OptionalPipelineSecretsManagementCanBeRestricted",
        _SECRETS,
        "arn:aws:secretsmanager:*:*:secret:tower-*",
    ),
)

FULL = Published(
    name="full",
    title="Full permissive policy",
    state="May 2026",
    statements=(
        statement(
            "BatchEnvironmentManagementCanBeRestricted",
            "batch:CreateComputeEnvironment CreateJobQueue DeleteComputeEnvironment "
            "DeleteJobQueue TagResource UpdateComputeEnvironment UpdateJobQueue",
            *_MADE_BY_FORGE,
        ),
        statement(
            "BatchEnvironmentListing",
            "batch:DescribeComputeEnvironments DescribeJobDefinitions DescribeJobQueues "
            "DescribeJobs",
        ),
        statement(
            "BatchJobsManagementCanBeRestricted",
            "batch:CancelJob RegisterJobDefinition SubmitJob TagResource TerminateJob",
            f"{_IN_BATCH}:job-definition/*",
            f"{_IN_BATCH}:job-queue/TowerForge-*",
            f"{_IN_BATCH}:job/*",
        ),
        *_FROM_LAUNCH_TEMPLATES,
        statement(
            "OptionalIAMManagementCanBeRestricted",
            _IAM,
            "arn:aws:iam::*:role/TowerForge-*",
            "arn:aws:iam::*:instance-profile/TowerForge-*",
        ),
        *_AFTER_IAM,
        statement("OptionalUserdataCheck", "ec2:GetConsoleOutput"),
        statement(
            "OptionalLineageIntegrationSQSAndS3",
            "sqs:CreateQueue DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage "
            "SetQueueAttributes "
            "s3:CreateBucket GetBucketLocation GetBucketNotification PutBucketNotification",
            "arn:aws:sqs:*:*:seqera-lineage-*",
            "arn:aws:s3:::seqera-lineage-*",
        ),
    ),
)
"""What the page has for the quick start."""

EARLIER = Published(
    name="earlier",
    title="Full permissive policy, before May 2026",
    state="before May 2026",
    statements=(
        statement(
            "BatchEnvironmentManagementCanBeRestricted",
            "batch:CreateComputeEnvironment CreateJobQueue DeleteComputeEnvironment "
            "DeleteJobQueue DescribeComputeEnvironments DescribeJobQueues "
            "UpdateComputeEnvironment UpdateJobQueue",
            *_MADE_BY_FORGE,
        ),
        statement("BatchJobsManagementCanBeRestricted", _JOBS),
        *_FROM_LAUNCH_TEMPLATES,
        statement("OptionalIAMManagementCanBeRestricted", _IAM, "arn:aws:iam::*:role/TowerForge-*"),
        *_AFTER_IAM,
    ),
)
"""What many accounts still have."""

RESTRICTED = Published(
    name="restricted",
    title="Statements to restrict the policy with, before May 2026",
    state="before May 2026",
    statements=(
        statement(
            "BatchEnvironmentManagement",
            "batch:DescribeComputeEnvironments DescribeJobQueues",
            f"arn:aws:batch:{_HERE}:compute-environment/MyManualCE",
            f"arn:aws:batch:{_HERE}:job-queue/MyManualJQ",
            conditions=_TAGGED,
        ),
        statement(
            "BatchJobsManagement",
            _JOBS,
            f"arn:aws:batch:{_HERE}:job-definition/*",
            f"arn:aws:batch:{_HERE}:job/*",
            conditions=_TAGGED,
        ),
        statement("PassRolesToBatch", "iam:PassRole", _ROLES_HERE, conditions=_TO_BATCH_AND_EC2),
        statement(
            "CloudWatchLogsAccess", _LOGS, f"arn:aws:logs:{_HERE}:log-group:/aws/batch/job/*"
        ),
        statement("S3ListBuckets", "s3:ListAllMyBuckets"),
        statement(
            "S3ReadWriteBucketsForStudiosDataExplorer",
            _S3,
            *(
                f"arn:aws:s3:::example-bucket-read-write-{use}{objects}"
                for use in ("studios", "data-explorer")
                for objects in ("", "/*")
            ),
        ),
        statement("IAMRoleAndProfileManagement", _IAM, _ROLES_HERE),
        statement("FSxDescribe", "fsx:DescribeFileSystems"),
        statement("FSxManagement", _FSX, f"arn:aws:fsx:{_HERE}:file-system/MyManualFSx"),
        statement("EFSDescribe", "elasticfilesystem:DescribeFileSystems DescribeMountTargets"),
        statement(
            "EFSManagement", _EFS, f"arn:aws:elasticfilesystem:{_HERE}:file-system/MyManualEFS"
        ),
        statement("PipelineSecretsListing", "secretsmanager:ListSecrets"),
        statement(
            "PipelineSecretsManagementCanBeRestricted",
            _SECRETS,
            f"arn:aws:secretsmanager:{_HERE}:secret:tower-*",
        ),
        statement(
            "AssumeRoleToManageBatchResources",
            "sts:AssumeRole",
            "arn:aws:iam::<ACCOUNT_ID>:role/<IAM_ROLE_NAME>",
        ),
    ),
)
"""What the page offers to replace statements of the full policy with."""

PUBLISHED = (FULL, EARLIER, RESTRICTED)
