# SPDX-License-Identifier: Apache-2.0
"""Decides the work bucket, and which buckets jobs read and write."""

from __future__ import annotations

from dataclasses import replace

from seqera_batch.catalog import sources
from seqera_batch.catalog.s3 import NF_CORE_REFERENCES
from seqera_batch.catalog.work_directory import WorkDirectory
from seqera_batch.config.check import ForgeConfig
from seqera_batch.plan.decision import Decisions
from seqera_batch.policies.access import BucketAccess
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkBucket:
    """The bucket that is created for the work directory.

    Args:
        name: Its name, from `work_dir`.
        folder: The work directory in it; empty where it is the bucket's top.
        expire_after_days: Days after which intermediate files are deleted; 0: never.
        versioning: Whether earlier versions are kept.
        kept_on_delete: Whether it outlives the stack.
        tags: Its tags.
    """

    name: str
    folder: str
    expire_after_days: int
    versioning: bool
    kept_on_delete: bool
    tags: dict[str, str]


def work_directory(config: ForgeConfig) -> WorkDirectory:
    """Return the work directory, in the bucket that an app brings along if it does."""
    place, given = config.work_directory, config.given.work_bucket
    if given is None:
        return place
    folder = place.folder if given.folder is None else given.folder
    return replace(place, bucket=given.name, folder=folder)


def work_bucket(
    config: ForgeConfig, tags: dict[str, str], *, kept: bool, decisions: Decisions
) -> WorkBucket | None:
    """Return the bucket to create; None where it exists."""
    asked, place = config.aws.work_bucket, config.work_directory
    if asked is None or place.bucket is None:
        return None
    if "expire_work_after_days" not in asked.model_fields_set:
        decisions.add(
            "aws.work_bucket.expire_work_after_days",
            asked.expire_work_after_days,
            "intermediate files go when Seqera's page suggests it; results, the cloud "
            "cache and Studios' checkpoints stay",
            sources.SEQERA_AWS_BATCH,
        )
    return WorkBucket(
        name=place.bucket,
        folder=place.folder,
        expire_after_days=asked.expire_work_after_days,
        versioning=asked.versioning,
        kept_on_delete=kept,
        tags=tags,
    )


def buckets(config: ForgeConfig) -> tuple[BucketAccess, ...]:
    """Return the work bucket, whole, the allowed buckets or folders, and those that are only read.

    Whole, since Seqera's page adds the bucket of the work directory: pipelines keep results and
    the cloud cache beside the work folder.
    """
    named, work = config.work_directory.bucket, work_directory(config).bucket
    written = {BucketAccess.of(uri) for uri in (config.forge.allow_buckets if config.forge else ())}
    if named is not None:
        written.add(BucketAccess(named))
    references = NF_CORE_REFERENCES if config.aws.nf_core_references else ()
    read = {
        BucketAccess.of(uri, read_only=True)
        for uri in (*config.aws.read_only_buckets, *references)
        if BucketAccess.of(uri) not in written
    }
    return tuple(
        # The file's name of a bucket that an app brings along is a word for it.
        replace(access, bucket=work) if work and access.bucket == named else access
        for access in (*_widest(written), *_widest(read))
    )


def _widest(found: set[BucketAccess]) -> tuple[BucketAccess, ...]:
    """Return the accesses without folders of buckets that are there as a whole."""
    whole = {access.bucket for access in found if not access.folder}
    return tuple(
        access for access in sorted(found) if not access.folder or access.bucket not in whole
    )
