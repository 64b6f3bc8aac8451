# SPDX-License-Identifier: Apache-2.0
"""Decides the work bucket, and which buckets jobs read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.plan.model import Decision, WorkBucket
from seqera_batch.policies.access import BucketAccess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.config.check import ForgeConfig


def in_s3(config: ForgeConfig) -> bool:
    """Return whether the work directory is in a bucket."""
    return config.work_dir.startswith("s3://")


def data_is_kept(config: ForgeConfig) -> bool:
    """Return whether data outlives the stack: deleting it takes two keys.

    A Manual environment has only one of them, so there it always does.
    """
    disposed = config.forge is not None and config.forge.dispose_on_deletion
    return not (disposed and config.aws.destroy_data)


def work_bucket(config: ForgeConfig, tags: dict[str, str]) -> WorkBucket | None:
    """Return the bucket to create; None where it exists."""
    asked = config.aws.work_bucket
    if asked is None:
        return None
    place = BucketAccess.of(config.work_dir)
    return WorkBucket(
        name=place.bucket,
        folder=place.folder,
        expire_after_days=asked.expire_work_after_days,
        versioning=asked.versioning,
        kept_on_delete=data_is_kept(config),
        tags=tags,
    )


def decisions(config: ForgeConfig) -> Iterator[Decision]:
    """Yield what the file leaves open of the bucket and of the jobs' log group."""
    bucket, logs = config.aws.work_bucket, config.aws.logs
    if bucket is not None and "expire_work_after_days" not in bucket.model_fields_set:
        yield Decision(
            field="aws.work_bucket.expire_work_after_days",
            value=bucket.expire_work_after_days,
            reason="intermediate files go when Seqera's page suggests it; results, the cloud cache "
            "and Studios' checkpoints stay",
            source=sources.SEQERA_AWS_BATCH,
        )
    if logs.create_job_log_group and "job_retention_days" not in logs.model_fields_set:
        yield Decision(
            field="aws.logs.job_retention_days",
            value=logs.job_retention_days,
            reason="longer than the files that the output is about",
            source=sources.AWS_LOGS_RETENTION,
        )


def buckets(config: ForgeConfig) -> tuple[BucketAccess, ...]:
    """Return the work bucket, whole, the allowed buckets or folders, and those that are only read.

    Whole, since Seqera's page adds the bucket of the work directory: pipelines keep results and
    the cloud cache beside the work folder.
    """
    written = {BucketAccess.of(uri) for uri in (config.forge.allow_buckets if config.forge else ())}
    if in_s3(config):
        written.add(BucketAccess(BucketAccess.of(config.work_dir).bucket))
    read = {BucketAccess.of(uri, read_only=True) for uri in config.aws.read_only_buckets}
    return (*_widest(written), *_widest(read))


def _widest(found: set[BucketAccess]) -> tuple[BucketAccess, ...]:
    """Return the accesses without folders of buckets that are there as a whole."""
    whole = {access.bucket for access in found if not access.folder}
    return tuple(
        access for access in sorted(found) if not access.folder or access.bucket not in whole
    )
