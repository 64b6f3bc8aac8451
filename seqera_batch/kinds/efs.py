# SPDX-License-Identifier: Apache-2.0
"""Amazon EFS: file systems and the mount targets in subnets."""

from __future__ import annotations

from seqera_batch.catalog.principals import EFS
from seqera_batch.kinds.kind import NOT_SET, NOTHING, Kind, Stakes, Tags, always, kms_key_id

FILE_SYSTEM = Kind(
    type="AWS::EFS::FileSystem",
    title="EFS file system",
    create_only="AvailabilityZoneName Encrypted KmsKeyId PerformanceMode",
    stakes=Stakes(
        data="its files go with it",
        idle_cost="files that are kept are charged, and provisioned throughput by the hour",
    ),
    open_without_policy=True,
    tags=Tags("FileSystemTags", "list"),
    kms_key=kms_key_id,
    arns="elasticfilesystem:file-system/*",
    calls="elasticfilesystem:CreateFileSystem DeleteFileSystem DescribeBackupPolicy "
    "DescribeFileSystemPolicy DescribeFileSystems DescribeLifecycleConfiguration "
    "DescribeReplicationConfigurations ListTagsForResource PutBackupPolicy PutFileSystemPolicy "
    "PutLifecycleConfiguration TagResource UntagResource UpdateFileSystem "
    "kms:CreateGrant DescribeKey GenerateDataKeyWithoutPlaintext",
    linked={EFS: always},
    omitted={
        NOT_SET: "elasticfilesystem:CreateReplicationConfiguration DeleteFileSystemPolicy "
        "DeleteReplicationConfiguration UpdateFileSystemProtection iam:PassRole",
        "the older call of elasticfilesystem:UntagResource": "elasticfilesystem:DeleteTags",
    },
)

MOUNT_TARGET = Kind(
    type="AWS::EFS::MountTarget",
    title="mount target",
    create_only="FileSystemId IpAddress SubnetId",
    stakes=NOTHING,
    tags=None,
    # What EFS asks of its caller beside its own: a mount target is a network interface.
    arns="ec2:network-interface/* ec2:security-group/* ec2:subnet/*",
    calls="elasticfilesystem:CreateMountTarget DeleteMountTarget DescribeMountTargetSecurityGroups "
    "DescribeMountTargets ModifyMountTargetSecurityGroups "
    "ec2:CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces "
    "DescribeSecurityGroups DescribeSubnets ModifyNetworkInterfaceAttribute",
)
