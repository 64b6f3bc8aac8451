# SPDX-License-Identifier: Apache-2.0
"""The bucket of the work directory: closed, by TLS only, and emptied of intermediate files."""

from __future__ import annotations

from typing import Any

from seqera_batch.catalog import defaults
from seqera_batch.catalog.ids import WORK_BUCKET, WORK_BUCKET_POLICY
from seqera_batch.catalog.work_directory import INTERMEDIATE
from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import s3
from seqera_batch.plan.storage.buckets import WorkBucket
from seqera_batch.policies.document import Scope
from seqera_batch.policies.work_bucket import bucket_policy


def work_bucket(bucket: WorkBucket | None, where: Scope) -> Resources:
    """Return the bucket and its policy; nothing where the bucket exists."""
    if bucket is None:
        return {}
    return {
        WORK_BUCKET: Resource.of(
            s3.BUCKET,
            BucketName=bucket.name,
            # Of S3 itself; `encryption` puts the user's key in its place.
            BucketEncryption={
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            LifecycleConfiguration={"Rules": lifecycle_rules(bucket)},
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            VersioningConfiguration={"Status": "Enabled"} if bucket.versioning else None,
            Tags=tag_list(bucket.tags),
            keep_on_delete=bucket.kept_on_delete,
        ),
        WORK_BUCKET_POLICY: Resource.of(
            s3.BUCKET_POLICY,
            # By reference: so what CDK adds to the bucket's policy lands in this one.
            Bucket=ref(WORK_BUCKET),
            # Likewise, so that rule packs see that both are about one bucket.
            PolicyDocument=bucket_policy(where, ref(WORK_BUCKET)).to_dict(),
            # A bucket that is kept stays closed.
            keep_on_delete=bucket.kept_on_delete,
        ),
    }


def lifecycle_rules(bucket: WorkBucket) -> list[dict[str, Any]]:
    """Return the rules of a bucket's life cycle.

    A rule holds for a prefix and knows no exception, so there is one for each way in which what
    Nextflow makes begins. One rule for the whole folder would also delete what Platform keeps
    there, the cloud cache and Studios' checkpoints, and results that somebody puts there.
    """
    rules: list[dict[str, Any]] = [
        {
            "Id": "incomplete-uploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": defaults.ABORT_UPLOADS_DAYS},
        }
    ]
    if not bucket.expire_after_days:
        return rules
    for start in INTERMEDIATE:
        rule: dict[str, Any] = {
            "Id": f"work-{start.rstrip('/-')}",
            "Status": "Enabled",
            "Prefix": f"{bucket.folder}/{start}" if bucket.folder else start,
            "ExpirationInDays": bucket.expire_after_days,
        }
        if bucket.versioning:
            rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": defaults.EARLIER_VERSION_DAYS}
        rules.append(rule)
    return rules
