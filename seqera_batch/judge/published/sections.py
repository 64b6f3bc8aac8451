# SPDX-License-Identifier: Apache-2.0
"""Why our documents differ from Seqera's published policy: a reason for each of its statements."""

from __future__ import annotations

from dataclasses import field

from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSection:
    """A statement of Seqera's full policy, and what ours has in its place.

    Args:
        ours: Patterns of the Sids of our statements.
        why: Why ours are as they are.
        launching: Why a credential that only launches has less, or none; None where it has the
            same.
        left_out: Patterns of actions that ours never allow, each with the reason.
        asked_by: The setting without which ours are left out; None where they never are.
    """

    ours: tuple[str, ...]
    why: str
    launching: str | None = None
    left_out: dict[str, str] = field(default_factory=dict)
    asked_by: str | None = None


_MADE_HERE = "nothing: this library makes them, so the credential need not"
_WITH_BUCKETS = "only with aws.platform_access.data_buckets"

SECTIONS: dict[str, PublishedSection] = {
    "BatchEnvironmentManagementCanBeRestricted": PublishedSection(
        ours=("BatchEnvironmentCreation", "BatchEnvironmentTagging", "BatchEnvironmentManagement"),
        why="one account and region, and the prefix that is in use",
        launching=_MADE_HERE,
    ),
    "BatchEnvironmentListing": PublishedSection(
        ours=("BatchEnvironmentListing",),
        why="the same, in one region: AWS offers no narrower resource",
    ),
    "BatchJobsManagementCanBeRestricted": PublishedSection(
        ours=(
            "BatchJobSubmission",
            "BatchJobRegistration",
            "BatchJobTagging",
            "BatchJobTermination",
        ),
        why="a statement for each right, so that conditions on tags hold where requests have "
        "tags; one account and region",
        launching="a statement for each right, on the one queue for head jobs instead of every "
        "queue of a prefix",
    ),
    "LaunchTemplateManagement": PublishedSection(
        ours=("LaunchTemplate*",),
        why="AWS does take ARNs for creating and deleting, against what the page says: one "
        "account and region; and the tags that Forge gives need ec2:CreateTags, which is allowed "
        "at creation only",
        launching=_MADE_HERE,
    ),
    "PassRolesToBatchCanBeRestricted": PublishedSection(
        ours=("PassRoles*",),
        why="roles by name or prefix instead of every role of the account, which with a launch "
        "template gave the rights of any of them; and the services that jobs and Spot fleets "
        "need (ecs-tasks, spotfleet), which were missing",
        launching="the two roles that the head job's definition names, to ECS tasks only",
    ),
    "CloudWatchLogsAccessCanBeRestricted": PublishedSection(
        ours=("CloudWatchLogs*",),
        why="the actions that show the output of jobs, by name, on their one log group; "
        "logs:StopQuery takes no resource",
        left_out={
            "logs:TestMetricFilter": "Platform makes no metric filters",
            "logs:*": "meant by a pattern: nothing that Platform shows needs it",
        },
    ),
    "OptionalS3PlatformDataAccessCanBeRestricted": PublishedSection(
        ours=("S3*",),
        why="reading of the run's files in the work directory, and the buckets by name that Data "
        "Explorer and Studios are given, where they also tag and delete",
        left_out={
            "s3:GetBucketAcl": _WITH_BUCKETS,
            "s3:GetObjectTagging": _WITH_BUCKETS,
            "s3:ListAllMyBuckets": "only with aws.platform_access.list_buckets",
            "s3:PutObject": _WITH_BUCKETS,
            "s3:*": "meant by a pattern: settings of buckets and other kinds of storage, which "
            "Platform does not read",
        },
        asked_by="a work directory in S3, or aws.platform_access.data_buckets",
    ),
    "OptionalIAMManagementCanBeRestricted": PublishedSection(
        ours=("Iam*",),
        why="roles are made and written only within the permissions boundary if there is one; "
        "managed policies are limited to those that Forge attaches, where the published policy "
        "lets AdministratorAccess be attached; profiles and roles each where they belong",
        launching="nothing: this library makes roles and profiles, so the credential need not",
        asked_by="forge roles that are left open",
    ),
    "OptionalFetchOptimizedAMIMetadata": PublishedSection(
        ours=("FetchOptimizedAmiMetadata",),
        why="AWS's own parameters for ECS images in one region",
        launching="nothing: this library names the image",
        asked_by="forge.image_id left out",
    ),
    "OptionalEC2MetadataDescribe": PublishedSection(
        ours=("Ec2MetadataDescribe",),
        why="the same, in one region: AWS offers no narrower resource; only menus need it",
        asked_by="aws.platform_access.describe_ec2",
    ),
    "OptionalFSXManagementCanBeRestricted": PublishedSection(
        ours=("Fsx*",),
        why="file systems of one account and region, and only if Forge makes one",
        launching=_MADE_HERE,
        asked_by="forge.fsx_size; with forge.fsx_name only looking",
    ),
    "OptionalEFSManagementCanBeRestricted": PublishedSection(
        ours=("Efs*",),
        why="file systems of one account and region, and only if Forge makes one; "
        "elasticfilesystem:CreateFileSystem takes no resource; a mount target also needs "
        "ec2:CreateNetworkInterface and, to be deleted, ec2:DeleteNetworkInterface, which were "
        "missing",
        launching=_MADE_HERE,
        asked_by="forge.efs_create",
    ),
    "OptionalPipelineSecretsListing": PublishedSection(
        ours=("PipelineSecretsListing",),
        why="the same, in one region: AWS offers no narrower resource",
        asked_by="aws.platform_access.pipeline_secrets",
    ),
    "OptionalPipelineSecretsManagementCanBeRestricted": PublishedSection(
        ours=("PipelineSecretsManagement", "EncryptPipelineSecrets"),
        why="one account and region; use of the key where the secrets have one of the user's",
        asked_by="aws.platform_access.pipeline_secrets",
    ),
    "OptionalUserdataCheck": PublishedSection(
        ours=("UserDataCheck",),
        why="instances of one account and region",
        asked_by="aws.platform_access.console_output",
    ),
    "OptionalLineageIntegrationSQSAndS3": PublishedSection(
        ours=("Lineage*",),
        why="queues and buckets each with their own actions; one account and region",
        asked_by="aws.platform_access.lineage",
    ),
}
"""By Sid of the full policy."""

OURS_ALONE = {
    "ServiceLinkedRoles": "an account that has never used AWS Batch, Spot or these file systems "
    "lacks the services' own roles, which the page forgets",
    "UseBucketKeys": "buckets with keys of the user's cannot be read without; the page leaves the "
    "keys to the reader",
}
"""Statements of ours without a counterpart, and why they are there."""
