# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation calls for each type of resource, in the name of whoever deploys.

Taken from the permissions that AWS documents for the types' handlers, in their schemas; of two
older types that have none, from the services' own pages. A test holds the table against the
schemas.
"""

from __future__ import annotations

from seqera_batch.policies.deployer.ec2_handlers import EC2_HANDLERS
from seqera_batch.policies.deployer.handler import (
    LINK,
    NOT_SET,
    PASS,
    Handler,
    of,
    without,
)

HANDLERS: dict[str, Handler] = {
    **EC2_HANDLERS,
    "AWS::Batch::ComputeEnvironment": Handler(
        actions=of(
            "batch",
            "CreateComputeEnvironment DeleteComputeEnvironment DescribeComputeEnvironments "
            "TagResource UntagResource UpdateComputeEnvironment",
        )
        | of("ec2", "DescribeLaunchTemplateVersions")
        | PASS
        | LINK,
        omitted={
            **without(
                "only environments on Amazon EKS need it",
                of(
                    "eks",
                    "AssociateAccessPolicy CreateAccessEntry DeleteAccessEntry "
                    "DescribeAccessEntry DescribeCluster ListAssociatedAccessPolicies",
                ),
            ),
            "batch:SetCapacityTags": "AWS's list of actions has no such action",
        },
    ),
    "AWS::Batch::JobDefinition": Handler(
        actions=of(
            "batch",
            "DeregisterJobDefinition DescribeJobDefinitions RegisterJobDefinition TagResource "
            "UntagResource",
        )
        | PASS,
    ),
    "AWS::Batch::JobQueue": Handler(
        actions=of(
            "batch",
            "CreateJobQueue DeleteJobQueue DescribeJobQueues TagResource UntagResource "
            "UpdateJobQueue",
        ),
    ),
    "AWS::EFS::FileSystem": Handler(
        actions=of(
            "elasticfilesystem",
            "CreateFileSystem DeleteFileSystem DescribeBackupPolicy DescribeFileSystemPolicy "
            "DescribeFileSystems DescribeLifecycleConfiguration "
            "DescribeReplicationConfigurations ListTagsForResource PutBackupPolicy "
            "PutLifecycleConfiguration TagResource UntagResource UpdateFileSystem",
        )
        | of("kms", "CreateGrant DescribeKey GenerateDataKeyWithoutPlaintext")
        | LINK,
        omitted={
            **without(
                NOT_SET,
                of(
                    "elasticfilesystem",
                    "CreateReplicationConfiguration DeleteFileSystemPolicy "
                    "DeleteReplicationConfiguration PutFileSystemPolicy "
                    "UpdateFileSystemProtection",
                ),
                PASS,
            ),
            "elasticfilesystem:DeleteTags": "the older call of elasticfilesystem:UntagResource",
        },
    ),
    "AWS::EFS::MountTarget": Handler(
        actions=of(
            "elasticfilesystem",
            "CreateMountTarget DeleteMountTarget DescribeMountTargetSecurityGroups "
            "DescribeMountTargets ModifyMountTargetSecurityGroups",
        )
        # What EFS asks of its caller beside: a mount target is a network interface.
        | of(
            "ec2",
            "CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces "
            "DescribeSecurityGroups DescribeSubnets ModifyNetworkInterfaceAttribute",
        ),
        kinds=("network-interface", "security-group", "subnet"),
    ),
    "AWS::FSx::FileSystem": Handler(
        actions=of(
            "fsx",
            "CreateFileSystem DeleteFileSystem DescribeFileSystems ListTagsForResource "
            "TagResource UntagResource UpdateFileSystem",
        )
        | of("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs")
        | of("kms", "CreateGrant DescribeKey")
        | LINK,
        source="https://docs.aws.amazon.com/fsx/latest/LustreGuide/access-control-manage-access-intro.html",
    ),
    "AWS::IAM::AccessKey": Handler(
        actions=of("iam", "CreateAccessKey DeleteAccessKey ListAccessKeys UpdateAccessKey"),
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ),
    "AWS::IAM::InstanceProfile": Handler(
        actions=of(
            "iam",
            "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile "
            "GetInstanceProfile RemoveRoleFromInstanceProfile",
        )
        | PASS,
    ),
    "AWS::IAM::ManagedPolicy": Handler(
        actions=of(
            "iam",
            "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy "
            "GetPolicyVersion ListEntitiesForPolicy ListPolicyVersions",
        ),
        omitted=without(
            "roles and users name their policies, not the other way round",
            of(
                "iam",
                "AttachGroupPolicy AttachRolePolicy AttachUserPolicy DetachGroupPolicy "
                "DetachRolePolicy DetachUserPolicy",
            ),
        ),
    ),
    "AWS::IAM::OIDCProvider": Handler(
        actions=of(
            "iam",
            "AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider "
            "DeleteOpenIDConnectProvider GetOpenIDConnectProvider "
            "ListOpenIDConnectProviderTags RemoveClientIDFromOpenIDConnectProvider "
            "TagOpenIDConnectProvider UntagOpenIDConnectProvider",
        ),
        omitted={"iam:UpdateOpenIDConnectProviderThumbprint": NOT_SET},
    ),
    "AWS::IAM::Role": Handler(
        actions=of(
            "iam",
            "AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole "
            "GetRolePolicy ListAttachedRolePolicies ListRolePolicies PutRolePermissionsBoundary "
            "PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole "
            "UpdateRoleDescription",
        ),
        omitted={"iam:DeleteRolePermissionsBoundary": "a boundary once set is not taken away"},
    ),
    "AWS::IAM::User": Handler(
        actions=of(
            "iam",
            "AttachUserPolicy CreateUser DeleteUser DetachUserPolicy GetUser ListAccessKeys "
            "ListAttachedUserPolicies ListGroupsForUser ListUserPolicies ListUserTags "
            "PutUserPermissionsBoundary TagUser UntagUser",
        ),
        omitted={
            **without(
                "our user has no password, groups or inline policies",
                of(
                    "iam",
                    "AddUserToGroup CreateLoginProfile DeleteLoginProfile DeleteUserPolicy "
                    "GetLoginProfile GetUserPolicy PutUserPolicy RemoveUserFromGroup "
                    "UpdateLoginProfile UpdateUser",
                ),
            ),
            "iam:DeleteAccessKey": "keys are resources of their own",
            "iam:DeleteUserPermissionsBoundary": "a boundary once set is not taken away",
        },
    ),
    "AWS::KMS::Key": Handler(
        actions=of(
            "kms",
            "CreateKey DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation "
            "GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy TagResource "
            "UntagResource UpdateKeyDescription",
        ),
        omitted={"kms:ScheduleKeyDeletion": "the key is kept when the stack is deleted"},
    ),
    "AWS::Lambda::Function": Handler(
        actions=of(
            "lambda",
            "CreateFunction DeleteFunction GetFunction GetFunctionCodeSigningConfig "
            "GetFunctionRecursionConfig GetFunctionScalingConfig GetRuntimeManagementConfig "
            "InvokeFunction TagResource UntagResource UpdateFunctionCode "
            "UpdateFunctionConfiguration",
        )
        | of("s3", "GetObject")
        | PASS,
        omitted=without(
            NOT_SET,
            of(
                "lambda",
                "AssociateRuntimeAlias DeleteFunctionCodeSigningConfig DeleteFunctionConcurrency "
                "GetCodeSigningConfig GetLayerVersion PassCapacityProvider PublishVersion "
                "PutFunctionCodeSigningConfig PutFunctionConcurrency PutFunctionRecursionConfig "
                "PutFunctionScalingConfig PutRuntimeManagementConfig",
            ),
            of(
                "ec2",
                "DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs",
            ),
            of("elasticfilesystem", "DescribeMountTargets"),
            of("kms", "CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey"),
            of("s3", "GetObjectVersion"),
            of("s3files", "ListMountTargets"),
        ),
    ),
    "AWS::Logs::LogGroup": Handler(
        actions=of(
            "logs",
            "AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteRetentionPolicy "
            "DescribeIndexPolicies DescribeLogGroups DisassociateKmsKey GetDataProtectionPolicy "
            "ListTagsForResource PutRetentionPolicy TagResource UntagResource",
        ),
        omitted=without(
            NOT_SET,
            of(
                "logs",
                "CreateLogDelivery DeleteDataProtectionPolicy DeleteIndexPolicy "
                "DeleteResourcePolicy DescribeResourcePolicies PutBearerTokenAuthentication "
                "PutDataProtectionPolicy PutIndexPolicy PutLogGroupDeletionProtection "
                "PutResourcePolicy",
            ),
            of("firehose", "TagDeliveryStream"),
            of("s3", "REST.PUT.OBJECT"),
        ),
    ),
    "AWS::S3::Bucket": Handler(
        actions=of(
            "s3",
            "CreateBucket DeleteBucket GetAccelerateConfiguration GetAnalyticsConfiguration "
            "GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLogging "
            "GetBucketMetadataTableConfiguration GetBucketNotification "
            "GetBucketObjectLockConfiguration GetBucketOwnershipControls "
            "GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning GetBucketWebsite "
            "GetEncryptionConfiguration GetIntelligentTieringConfiguration "
            "GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration "
            "GetReplicationConfiguration ListBucket ListTagsForResource "
            "PutBucketOwnershipControls PutBucketPublicAccessBlock PutBucketTagging "
            "PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration "
            "TagResource UntagResource",
        ),
        omitted={
            **without(
                NOT_SET,
                PASS,
                of(
                    "s3",
                    "CreateBucketMetadataTableConfiguration DeleteBucketAnalyticsConfiguration "
                    "DeleteBucketCors DeleteBucketMetadataTableConfiguration "
                    "DeleteBucketMetricsConfiguration DeleteBucketReplication "
                    "DeleteBucketWebsite PutAccelerateConfiguration PutAnalyticsConfiguration "
                    "PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging "
                    "PutBucketNotification PutBucketObjectLockConfiguration "
                    "PutBucketReplication PutBucketWebsite PutIntelligentTieringConfiguration "
                    "PutInventoryConfiguration PutMetricsConfiguration PutObjectAcl "
                    "PutObjectLockConfiguration PutReplicationConfiguration "
                    "UpdateBucketMetadataAnnotationTableConfiguration "
                    "UpdateBucketMetadataInventoryTableConfiguration "
                    "UpdateBucketMetadataJournalTableConfiguration",
                ),
                of(
                    "s3tables",
                    "CreateNamespace CreateTable CreateTableBucket GetTable "
                    "GetTableMetadataLocation PutTableBucketPolicy PutTableEncryption "
                    "PutTablePolicy UpdateTableMetadataLocation",
                ),
            ),
            **without(
                "AWS's list of actions has no such action: S3 checks the Put instead",
                of("s3", "DeleteBucketEncryption DeleteBucketLifecycle"),
            ),
            "s3:DeleteObject": "whoever deploys deletes no data: a bucket goes when it is empty",
        },
    ),
    "AWS::S3::BucketPolicy": Handler(
        actions=of("s3", "DeleteBucketPolicy GetBucketPolicy PutBucketPolicy"),
    ),
    "AWS::SecretsManager::Secret": Handler(
        actions=of(
            "secretsmanager",
            "CreateSecret DeleteSecret DescribeSecret GetSecretValue TagResource UntagResource "
            "UpdateSecret",
        )
        # Not in the schema; Secrets Manager calls them for whoever stores a secret.
        | of("kms", "Decrypt GenerateDataKey"),
        omitted=without(
            NOT_SET,
            of(
                "secretsmanager",
                "GetRandomPassword RemoveRegionsFromReplication ReplicateSecretToRegions",
            ),
        ),
    ),
}
"""By type; those of examples, and of the function that registers environments."""
