# SPDX-License-Identifier: Apache-2.0
"""What the head job and tasks may do with buckets: read, and write all but those only read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seqera_batch.catalog import sources
from seqera_batch.policies import growth
from seqera_batch.policies.access import BucketAccess, JobAccess
from seqera_batch.policies.document import Principal, Scope, Statement, document

_BUCKETS = (growth.ALLOWED_BUCKETS, growth.READ_BUCKETS)
_READ_OBJECTS = (
    "s3:GetObject",
    # Whether a file is readable, Java asks Nextflow, and Nextflow the file's ACL.
    "s3:GetObjectAcl",
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
)


def job_buckets(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Yield read and write access to the folders, and listing of nothing but them."""
    buckets = access.buckets
    if not buckets:
        return
    yield from _find(scope, buckets)
    whole = sorted({one.bucket for one in buckets if not one.folder})
    if whole:
        yield Statement(
            sid="ListBuckets",
            actions=("s3:ListBucket",),
            resources=tuple(scope.bucket_arn(name) for name in whole),
            grows_by=_BUCKETS,
            reason="pipelines list their input, work and output files",
        )
    folders = [one for one in sorted(set(buckets)) if one.bucket not in whole]
    for index, part in enumerate(folders, start=1):
        yield Statement(
            sid=f"ListFolder{index}",
            actions=("s3:ListBucket",),
            resources=(scope.bucket_arn(part.bucket),),
            grows_by=(growth.READ_BUCKETS if part.read_only else growth.ALLOWED_BUCKETS,),
            conditions={"StringLike": {"s3:prefix": [part.folder, f"{part.folder}/*"]}},
            reason=f"pipelines list files below {part.folder}",
        )
    yield from _files(scope, access)
    if access.restores:
        yield Statement(
            sid="RestoreObjects",
            actions=("s3:RestoreObject",),
            resources=_objects(scope, buckets),
            grows_by=_BUCKETS,
            reason="archived inputs are restored from S3 Glacier before they are read",
            source=sources.AWS_S3_RESTORE,
        )
    if access.bucket_keys:
        # Writing needs a data key; what is only read may have a key of its own, but AWS KMS does
        # not tell apart for which bucket S3 asks.
        writes = () if all(one.read_only for one in buckets) else ("kms:GenerateDataKey",)
        yield Statement(
            sid="UseBucketKeys",
            actions=("kms:Decrypt", *writes),
            resources=access.bucket_keys,
            grows_by=(growth.BUCKET_KEYS,),
            conditions={"StringLike": {"kms:ViaService": scope.endpoint("s3")}},
            reason="the buckets are encrypted with keys of the user's",
        )


def _find(scope: Scope, buckets: tuple[BucketAccess, ...]) -> Iterator[Statement]:
    """Yield finding the buckets, and what was never uploaded to the end in those written to."""
    used = {one.bucket for one in buckets if not one.read_only}
    only_read = {one.bucket for one in buckets} - used
    if used:
        yield Statement(
            sid="FindBuckets",
            actions=("s3:GetBucketLocation", "s3:ListBucketMultipartUploads"),
            resources=tuple(map(scope.bucket_arn, sorted(used))),
            grows_by=(growth.ALLOWED_BUCKETS,),
            reason="clients look up the region of a bucket and unfinished uploads",
        )
    if only_read:
        yield Statement(
            sid="FindReadBuckets",
            actions=("s3:GetBucketLocation",),
            resources=tuple(map(scope.bucket_arn, sorted(only_read))),
            grows_by=(growth.READ_BUCKETS,),
            reason="clients look up the region of a bucket from which they read",
        )


def _files(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Yield the use of files: apart where they are only read, and where their owner is known."""
    written = tuple(one for one in access.buckets if not one.read_only)
    read = tuple(one for one in access.buckets if one.read_only)
    uses = Statement(
        sid="UseObjects",
        actions=(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            *_READ_OBJECTS,
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
            "s3:PutObjectTagging",
        ),
        grows_by=(growth.ALLOWED_BUCKETS,),
        reason="Nextflow and Fusion read, write, tag and delete files of the work directory and "
        "the allowed buckets",
    )
    reads = Statement(
        sid="ReadObjects",
        actions=_READ_OBJECTS,
        grows_by=(growth.READ_BUCKETS,),
        reason="pipelines read files of these buckets and change none",
    )
    for statement, parts in ((uses, written), (reads, read)):
        owned = tuple(one for one in parts if one.bucket in access.owners)
        others = tuple(one for one in parts if one not in owned)
        if others:
            yield replace(statement, resources=_objects(scope, others))
        if owned:
            accounts = sorted({access.owners[one.bucket] for one in owned})
            yield replace(
                statement,
                sid=statement.sid.replace("Objects", "OwnedObjects"),
                resources=_objects(scope, owned),
                conditions={"StringEquals": {"aws:ResourceAccount": accounts}},
                reason=f"{statement.reason}, and of nobody who takes the name of one that is gone",
            )


@document
def shared_bucket(
    scope: Scope, parts: tuple[BucketAccess, ...], roles: tuple[str, ...], *, restores: bool
) -> Iterator[Statement]:
    """Return what the policy of a bucket of another account has to say, in its owner's hands.

    Args:
        scope: Where the jobs run.
        parts: What they use of the bucket.
        roles: ARNs of their roles.
        restores: Whether they restore archived files.
    """
    principal = Principal("AWS", roles)
    access = JobAccess(queues=(), buckets=parts, job_log_group="", restores=restores)
    for one in job_buckets(scope, access):
        yield replace(one, principal=principal)


def _objects(scope: Scope, parts: tuple[BucketAccess, ...]) -> tuple[str, ...]:
    """Return the ARNs of the objects of whole buckets, then of folders of others."""
    whole = sorted({one.bucket for one in parts if not one.folder})
    return (
        *(scope.bucket_arn(name, "*") for name in whole),
        *(
            scope.bucket_arn(one.bucket, f"{one.folder}/*")
            for one in sorted(set(parts))
            if one.bucket not in whole
        ),
    )
