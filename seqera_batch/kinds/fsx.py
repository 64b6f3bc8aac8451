# SPDX-License-Identifier: Apache-2.0
"""Amazon FSx for Lustre: file systems and their associations with buckets."""

from __future__ import annotations

from seqera_batch.catalog.principals import FSX, FSX_DATA_REPOSITORY
from seqera_batch.kinds.kind import Kind, Properties, Stakes, always


def _kms_key(made: Properties, key: str) -> Properties:
    """A scratch file system is encrypted with a key of FSx, and takes no other."""
    scratch = str(made["LustreConfiguration"]["DeploymentType"]).startswith("SCRATCH")
    return {} if scratch else {"KmsKeyId": key}


FILE_SYSTEM = Kind(
    type="AWS::FSx::FileSystem",
    title="FSx file system",
    # The user guide says so of the deployment type, and the schema does not:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-fsx-filesystem-lustreconfiguration.html
    create_only="BackupId FileSystemType KmsKeyId LustreConfiguration.DeploymentType "
    "SecurityGroupIds SubnetIds",
    stakes=Stakes(
        data="its files go with it",
        idle_cost="the whole capacity is charged from creation to deletion",
    ),
    kms_key=_kms_key,
    arns="fsx:file-system/*",
    calls="fsx:CreateFileSystem DeleteFileSystem DescribeFileSystems ListTagsForResource "
    "TagResource UntagResource UpdateFileSystem ec2:DescribeSecurityGroups DescribeSubnets "
    "DescribeVpcs kms:CreateGrant DescribeKey",
    linked={FSX: always},
    source="https://docs.aws.amazon.com/fsx/latest/LustreGuide/access-control-manage-access-intro.html",
)

DATA_REPOSITORY_ASSOCIATION = Kind(
    type="AWS::FSx::DataRepositoryAssociation",
    title="data repository association",
    create_only="BatchImportMetaDataOnCreate DataRepositoryPath FileSystemId FileSystemPath",
    # FSx copies both ways under a role of its own: no policy of the jobs says so.
    stakes=Stakes(opens="who mounts the file system can change a bucket"),
    arns="fsx:association/* s3:{DataRepositoryPath}",
    # FSx makes a role of its own for the bucket, and lets itself in where it has to.
    calls="fsx:CreateDataRepositoryAssociation DeleteDataRepositoryAssociation "
    "DescribeDataRepositoryAssociations TagResource UntagResource UpdateDataRepositoryAssociation "
    "iam:AttachRolePolicy PutRolePolicy s3:GetBucketPolicy ListBucket PutBucketPolicy",
    linked={FSX_DATA_REPOSITORY: always},
)
