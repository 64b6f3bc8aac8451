# SPDX-License-Identifier: Apache-2.0
"""Amazon S3: buckets and their policies."""

from __future__ import annotations

from seqera_batch.kinds.kind import NOT_SET, NOTHING, Kind, Properties, Stakes


def _kms_key(_made: Properties, key: str) -> Properties:
    """Return the default encryption: one call to AWS KMS for many files instead of one for each."""
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": default}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


BUCKET = Kind(
    type="AWS::S3::Bucket",
    title="bucket",
    create_only="BucketName",
    name="BucketName",
    stakes=Stakes(
        data="its files go with it",
        idle_cost="files that are kept are charged; an empty bucket is free",
    ),
    kms_key=_kms_key,
    arns="s3:{BucketName}",
    calls="s3:CreateBucket DeleteBucket GetAccelerateConfiguration GetAnalyticsConfiguration "
    "GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLogging "
    "GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration "
    "GetBucketOwnershipControls GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning "
    "GetBucketWebsite GetEncryptionConfiguration GetIntelligentTieringConfiguration "
    "GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration "
    "GetReplicationConfiguration ListBucket ListTagsForResource PutBucketOwnershipControls "
    "PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning PutEncryptionConfiguration "
    "PutLifecycleConfiguration TagResource UntagResource",
    omitted={
        NOT_SET: "iam:PassRole s3:CreateBucketMetadataTableConfiguration "
        "DeleteBucketAnalyticsConfiguration DeleteBucketCors "
        "DeleteBucketMetadataTableConfiguration DeleteBucketMetricsConfiguration "
        "DeleteBucketReplication DeleteBucketWebsite PutAccelerateConfiguration "
        "PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging "
        "PutBucketNotification PutBucketObjectLockConfiguration PutBucketReplication "
        "PutBucketWebsite PutIntelligentTieringConfiguration PutInventoryConfiguration "
        "PutMetricsConfiguration PutObjectAcl PutObjectLockConfiguration "
        "PutReplicationConfiguration UpdateBucketMetadataAnnotationTableConfiguration "
        "UpdateBucketMetadataInventoryTableConfiguration "
        "UpdateBucketMetadataJournalTableConfiguration s3tables:CreateNamespace CreateTable "
        "CreateTableBucket GetTable GetTableMetadataLocation PutTableBucketPolicy "
        "PutTableEncryption PutTablePolicy UpdateTableMetadataLocation",
        "AWS's list has no such action: S3 checks the Put": "s3:DeleteBucketEncryption "
        "DeleteBucketLifecycle",
        "whoever deploys deletes no data: a bucket goes when it is empty": "s3:DeleteObject",
    },
)

BUCKET_POLICY = Kind(
    type="AWS::S3::BucketPolicy",
    title="bucket policy",
    create_only="Bucket",
    stakes=NOTHING,
    tags=None,
    arns="",
    calls="s3:DeleteBucketPolicy GetBucketPolicy PutBucketPolicy",
)
