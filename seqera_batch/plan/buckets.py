# SPDX-License-Identifier: Apache-2.0
"""Decides the work bucket, and which buckets jobs read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.plan.model import WorkBucket
from seqera_batch.policies.access import BucketAccess

if TYPE_CHECKING:
    from seqera_batch.config.environment import ForgeConfig


def in_s3(config: ForgeConfig) -> bool:
    """Return whether the work directory is in a bucket."""
    return config.work_dir.startswith("s3://")


def work_bucket(config: ForgeConfig, tags: dict[str, str]) -> WorkBucket | None:
    """Return the bucket to create; None where it exists."""
    asked = config.aws.work_bucket
    if asked is None:
        return None
    place = BucketAccess.of(config.work_dir)
    # Deleting data takes two keys, as for file systems; a Manual environment has only one of them.
    disposed = config.forge is not None and config.forge.dispose_on_deletion
    return WorkBucket(
        name=place.bucket,
        folder=place.folder,
        expire_after_days=asked.expire_work_after_days,
        versioning=asked.versioning,
        kept_on_delete=not (disposed and config.aws.destroy_data),
        tags=tags,
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
