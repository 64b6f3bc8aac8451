# SPDX-License-Identifier: Apache-2.0
"""What Platform's credential may do with data: run files, browsed buckets, secrets, lineage."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.policies import growth
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.document import Scope, Statement
from seqera_batch.policies.platform.access import PlatformAccess
from seqera_batch.policies.roles import LINEAGE_PREFIX, SECRET_PREFIX


def work_dir(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Yield reading of the run files in the work directory."""
    work = access.work_dir
    if work is None:
        return
    key = f"{work.folder}/*" if work.folder else "*"
    # Whoever asks only whether the bucket is there (HeadBucket) names no prefix.
    listed = (
        {"StringLikeIfExists": {"s3:prefix": [work.folder, f"{work.folder}/*"]}}
        if work.folder
        else {}
    )
    yield Statement(
        sid="S3FindWorkDirectory",
        actions=("s3:GetBucketLocation",),
        resources=(scope.bucket_arn(work.bucket),),
        reason="Platform checks that the work directory is in the environment's region",
        source=sources.SEQERA_CLOUD_POLICY,
    )
    yield Statement(
        sid="S3ListWorkDirectory",
        actions=("s3:ListBucket",),
        resources=(scope.bucket_arn(work.bucket),),
        conditions=listed,
        reason="Platform checks that the bucket is there, in a request without a prefix, and "
        "finds the log files of a run"
        + (
            "; AWS does not tell that request from one for the names of the whole bucket"
            if listed
            else ""
        ),
        source=sources.SEQERA_CLOUD_POLICY,
    )
    yield Statement(
        sid="S3ReadRunFiles",
        actions=("s3:GetObject",),
        resources=(scope.bucket_arn(work.bucket, key),),
        reason="Platform shows the log files of a run",
        source=sources.SEQERA_CLOUD_POLICY,
    )


def probes(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Yield what a workload identity is asked before a launch, of every bucket that jobs use."""
    if not access.probed:
        return
    yield Statement(
        sid="S3ProbeBuckets",
        actions=("s3:GetBucketLocation", "s3:ListBucket"),
        resources=tuple(map(scope.bucket_arn, access.probed)),
        reason="a launch under a workload identity lists work directory and allowed buckets "
        "first, and is refused where it cannot",
        source=sources.SEQERA_WORKLOAD_IDENTITY,
    )


def buckets(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Yield what Data Explorer, Studios and the menu of buckets need."""
    if access.list_buckets:
        yield Statement(
            sid="S3ListBuckets",
            actions=("s3:ListAllMyBuckets",),
            resources=("*",),
            reason="menus offer the account's buckets; AWS offers no narrower resource",
            source=sources.SEQERA_AWS_BATCH,
        )
    if not access.data:
        return
    names = tuple(dict.fromkeys(part.bucket for part in access.data))
    yield Statement(
        sid="S3FindDataBuckets",
        actions=("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketPolicy"),
        resources=tuple(scope.bucket_arn(name) for name in names),
        grows_by=(growth.DATA_BUCKETS,),
        reason="Data Explorer finds the region of a bucket and marks public ones",
        source=sources.SEQERA_AWS_BATCH,
    )
    whole = tuple(name for name in names if any(_is_whole(part, name) for part in access.data))
    if whole:
        yield Statement(
            sid="S3ListDataBuckets",
            actions=("s3:ListBucket",),
            resources=tuple(scope.bucket_arn(name) for name in whole),
            grows_by=(growth.DATA_BUCKETS,),
            reason="Data Explorer and Studios list these buckets",
            source=sources.SEQERA_AWS_BATCH,
        )
    folders = [part for part in access.data if part.bucket not in whole]
    for number, part in enumerate(folders, start=1):
        yield Statement(
            sid=f"S3ListDataFolder{number}",
            actions=("s3:ListBucket",),
            resources=(scope.bucket_arn(part.bucket),),
            conditions={"StringLikeIfExists": {"s3:prefix": [part.folder, f"{part.folder}/*"]}},
            grows_by=(growth.DATA_BUCKETS,),
            reason=f"Data Explorer and Studios list files below {part.folder}, and check that the "
            "bucket is there without a prefix, which AWS does not tell from listing it",
            source=sources.SEQERA_AWS_BATCH,
        )
    yield Statement(
        sid="S3UseData",
        actions=(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:PutObject",
            "s3:PutObjectTagging",
        ),
        resources=(
            *(scope.bucket_arn(name, "*") for name in whole),
            *(scope.bucket_arn(part.bucket, f"{part.folder}/*") for part in folders),
        ),
        grows_by=(growth.DATA_BUCKETS,),
        reason="Data Explorer and Studios read, write and delete files here",
        source=sources.SEQERA_AWS_BATCH,
    )


def every_bucket(scope: Scope) -> Iterator[Statement]:
    """Yield what the quick start allows: reading and writing of every bucket."""
    yield Statement(
        sid="S3AllBuckets",
        actions=("s3:GetBucketLocation", "s3:ListAllMyBuckets", "s3:ListBucket"),
        resources=("*",),
        reason="the quick start names no buckets",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="S3AllObjects",
        actions=("s3:GetObject", "s3:GetObjectTagging", "s3:PutObject"),
        resources=(scope.bucket_arn("*", "*"),),
        reason="the quick start names no buckets",
        source=sources.SEQERA_AWS_BATCH,
    )


def keys(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Yield use of the users' keys through S3; writing only where the credential writes."""
    if not access.keys or (access.work_dir is None and not access.data):
        return
    writes = ("kms:GenerateDataKey",) if access.data else ()
    yield Statement(
        sid="UseBucketKeys",
        actions=("kms:Decrypt", *writes),
        resources=access.keys,
        grows_by=(growth.BUCKET_KEYS,),
        conditions={"StringLike": {"kms:ViaService": scope.endpoint("s3")}},
        reason="the buckets are encrypted with keys of the user's",
        source=sources.AWS_KMS_VIA_SERVICE,
    )


def secrets(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Yield what keeping pipeline secrets in AWS Secrets Manager needs."""
    if not access.secrets:
        return
    yield Statement(
        sid="PipelineSecretsListing",
        actions=("secretsmanager:ListSecrets",),
        resources=("*",),
        conditions=scope.only_here,
        reason="Platform finds secrets to delete by listing; AWS offers no narrower resource",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="PipelineSecretsManagement",
        actions=(
            "secretsmanager:CreateSecret",
            "secretsmanager:DeleteSecret",
            "secretsmanager:DescribeSecret",
        ),
        resources=(scope.arn("secretsmanager", f"secret:{SECRET_PREFIX}*"),),
        reason=f"Platform makes and deletes secrets whose names start with {SECRET_PREFIX}",
        source=sources.SEQERA_AWS_BATCH,
    )
    if access.secrets_key is not None:
        yield Statement(
            sid="EncryptPipelineSecrets",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(access.secrets_key,),
            conditions={"StringLike": {"kms:ViaService": scope.endpoint("secretsmanager")}},
            reason="the secrets are encrypted with a key of the user's",
            source=sources.AWS_KMS_VIA_SERVICE,
        )


def lineage(scope: Scope) -> Iterator[Statement]:
    """Yield what data lineage needs: a queue and a bucket of Platform's own names."""
    buckets = scope.bucket_arn(f"{LINEAGE_PREFIX}*")
    yield Statement(
        sid="LineageQueues",
        actions=(
            "sqs:CreateQueue",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ReceiveMessage",
            "sqs:SetQueueAttributes",
        ),
        resources=(scope.arn("sqs", f"{LINEAGE_PREFIX}*"),),
        reason="Platform follows data lineage through queues of this name",
        source=sources.SEQERA_CLOUD_POLICY,
    )
    yield Statement(
        sid="LineageBucketCreation",
        actions=("s3:CreateBucket",),
        resources=(buckets,),
        reason="Platform makes buckets of this name, in this account: there is no other way",
        source=sources.SEQERA_CLOUD_POLICY,
    )
    yield Statement(
        sid="LineageBuckets",
        actions=(
            "s3:GetBucketLocation",
            "s3:GetBucketNotification",
            "s3:PutBucketNotification",
        ),
        resources=(buckets,),
        conditions={"StringEquals": {"aws:ResourceAccount": scope.account}},
        reason="Platform follows data lineage through buckets of this name, in this account",
        source=sources.SEQERA_CLOUD_POLICY,
    )


def _is_whole(part: BucketAccess, name: str) -> bool:
    return part.bucket == name and not part.folder
