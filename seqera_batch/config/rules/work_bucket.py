# SPDX-License-Identifier: Apache-2.0
"""Rules about the work bucket, and about the buckets that jobs only read."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.catalog.s3 import is_reserved, uri_of
from seqera_batch.catalog.work_directory import CLOUD_CACHE
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule


@rule("work-bucket-is-s3", source=sources.SEQERA_AWS_BATCH)
def work_bucket_is_s3(config: EnvironmentFile) -> Breaches:
    """A bucket is created for a work directory in S3."""
    if config.aws.work_bucket is not None and config.work_directory.bucket is None:
        yield Breach(
            path="aws.work_bucket",
            message="the work directory is on a file system, so there is no bucket to create",
            value=config.work_dir,
            allowed="only with a work_dir like s3://bucket/work",
            fix="remove aws.work_bucket, or set work_dir to a folder of a bucket",
            about=("work_dir",),
        )


@rule("work-bucket-name", source=sources.AWS_S3_BUCKET_NAMES)
def work_bucket_name(config: EnvironmentFile) -> Breaches:
    """The name of a created bucket is one that S3 takes, and that TLS certificates match."""
    bucket = config.work_directory.bucket
    if config.aws.work_bucket is None or bucket is None:
        return
    if "." in bucket or is_reserved(bucket):
        yield Breach(
            path="work_dir",
            message=f"no bucket {bucket} can be created that is reached by TLS"
            if "." in bucket
            else f"the name {bucket} is of a kind that S3 keeps for itself",
            allowed="3 to 63 lower-case letters, digits and -, none of S3's own beginnings and "
            "endings",
            fix="take another name, or remove aws.work_bucket if the bucket exists",
            about=("aws.work_bucket",),
        )


@rule("work-bucket-expiry", source=sources.SEQERA_AWS_BATCH)
def work_bucket_expiry(config: EnvironmentFile) -> Breaches:
    """Files expire below a folder that is the work directory alone, and not the cloud cache's."""
    bucket = config.aws.work_bucket
    if bucket is None or not bucket.expire_work_after_days:
        return
    place = config.work_directory
    if place.bucket is None:
        return
    folder = place.folder
    if folder and folder.split("/")[0] != CLOUD_CACHE:
        return
    yield Breach(
        path="work_dir",
        message="expiring the work directory would reach over the whole bucket: results and "
        "whatever else comes to lie in it"
        if not folder
        else "the cloud cache, without which no run resumes, would expire",
        allowed="a folder of its own, such as s3://bucket/work",
        fix="add a folder to work_dir, or set aws.work_bucket.expire_work_after_days: 0",
        about=("aws.work_bucket.expire_work_after_days",),
    )


@rule("read-only-bucket-is-not-written", source=sources.SEQERA_AWS_BATCH)
def read_only_bucket_is_not_written(config: EnvironmentFile) -> Breaches:
    """A bucket or folder that jobs only read is not one that they write as well."""
    written = _written(config)
    for index, uri in enumerate(config.aws.read_only_buckets):
        for field, other in written:
            if f"{uri}/".startswith(f"{other}/"):
                yield Breach(
                    path=f"aws.read_only_buckets[{index}]",
                    message=f"jobs read and write {other} as a whole"
                    + (", the bucket of the work directory" if field == "work_dir" else ""),
                    allowed="buckets and folders outside those that jobs write",
                    fix=f"remove it, or take it out of {field}"
                    if field != "work_dir"
                    else "remove it, or keep what is only read in another bucket",
                    about=(field,),
                )


def _written(config: EnvironmentFile) -> list[tuple[str, str]]:
    bucket = config.work_directory.bucket
    allowed = config.forge.allow_buckets if config.forge else ()
    work = [] if bucket is None else [("work_dir", uri_of(bucket))]
    return [*work, *(("forge.allow_buckets", uri) for uri in allowed)]
