# SPDX-License-Identifier: Apache-2.0
"""Whether buckets are there, whose they are, where, with which key, and whom they refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase

from seqera_batch.account.answer import Answer
from seqera_batch.account.leaves import answer
from seqera_batch.account.reading import ABSENT, Account, Read, many
from seqera_batch.catalog.s3 import NF_CORE_REFERENCES, parts_of
from seqera_batch.plan import ForgePlan

_NO_BUCKET = ("404", "NoSuchBucket")
_FORBIDDEN = ("403", "AccessDenied")
_PUBLIC = frozenset(parts_of(one)[0] for one in NF_CORE_REFERENCES)
"""Buckets of nf-core's references, which are there and public."""
_BY_TLS = {"aws:SecureTransport", "s3:TlsVersion"}
"""Conditions of a bucket's policy that every node fulfils."""
_OF_JOBS = ("s3:deleteobject", "s3:getobject", "s3:listbucket", "s3:putobject")
"""What jobs do in a bucket, as policies are compared."""


def bucket_answers(account: Account, plan: ForgePlan, *, deployed: bool) -> Iterator[Answer]:
    """Yield what is wrong with the buckets of an environment.

    Args:
        account: Where it is, or is to be.
        plan: What it is.
        deployed: Whether its stack is there, with the bucket that it makes.
    """
    created, written = plan.storage.work_bucket, plan.storage.written_buckets
    for name in dict.fromkeys(one.bucket for one in plan.storage.buckets):
        if name in _PUBLIC and name not in written:
            continue
        account.tell(f"reading the bucket {name}")
        if created is None or created.name != name:
            yield from _existing(account, plan, name, writes=name in written)
        elif not deployed:
            head = _head(account, name, None)
            if head is not None and head.get(ABSENT) not in _NO_BUCKET:
                yield answer("bucket-taken", name)


def _existing(account: Account, plan: ForgePlan, name: str, *, writes: bool) -> Iterator[Answer]:
    # One that is only read may be anybody's: 403 says that it is there.
    owner = plan.storage.bucket_owners.get(name, account.account if writes else None)
    head = _head(account, name, owner)
    if head is not None and head.get(ABSENT) in _FORBIDDEN and owner is not None:
        # Of another account, or nobody may look: without the owner it is told which.
        head = _head(account, name, None, forbidden=not writes)
        if head is not None and ABSENT not in head:
            yield answer("bucket-of-others", name, {"ExpectedBucketOwner": owner}, owner=owner)
            return
    if head is None:
        return
    if head.get(ABSENT) in _NO_BUCKET:
        yield answer("bucket-missing", name)
    elif writes:
        yield from _region(plan, name, head)
        # Key and policy of another account's are not to be seen from here.
        if owner == account.account:
            yield from _key(account, plan, name)
            yield from _policy(account, name)


def _head(account: Account, name: str, owner: str | None, *, forbidden: bool = True) -> Read | None:
    """Return what is told of a bucket.

    Args:
        account: Who asks.
        name: Name of the bucket.
        owner: The account that it has to be of, if any.
        forbidden: Whether 403 is an answer, and not a permission that is missing.
    """
    expected = {} if owner is None else {"ExpectedBucketOwner": owner}
    absent = (*_NO_BUCKET, *(_FORBIDDEN if forbidden else ()))
    return account.read("s3", "head_bucket", absent=absent, Bucket=name, **expected)


def _region(plan: ForgePlan, name: str, head: Read) -> Iterator[Answer]:
    region = head.get("BucketRegion")
    if region not in {None, plan.region}:
        evidence = {"BucketRegion": region}
        yield answer("bucket-elsewhere", name, evidence, region=region)


def _policy(account: Account, name: str) -> Iterator[Answer]:
    found = account.read(
        "s3", "get_bucket_policy", absent=("NoSuchBucketPolicy",), has="Policy", Bucket=name
    )
    if found is not None and ABSENT not in found:
        denies = [
            str(one.get("Sid", "without Sid"))
            for one in many(json.loads(found["Policy"])["Statement"])
            if one["Effect"] == "Deny" and _concerns_jobs(one)
        ]
        if denies:
            yield answer("bucket-refuses", name, {"Deny": denies}, statements=", ".join(denies))


def _concerns_jobs(deny: Read) -> bool:
    """Whether a denial may refuse jobs: of what they do, unless under conditions of TLS only."""
    conditions = {key for keys in deny.get("Condition", {}).values() for key in keys}
    if conditions and conditions <= _BY_TLS:
        return False
    # Many guard the bucket itself, as against DeleteBucket.
    denied = [str(one).lower() for one in many(deny.get("Action", "*"))]
    return any(fnmatchcase(action, one) for one in denied for action in _OF_JOBS)


def _key(account: Account, plan: ForgePlan, name: str) -> Iterator[Answer]:
    encryption = account.read(
        "s3",
        "get_bucket_encryption",
        absent=("ServerSideEncryptionConfigurationNotFoundError",),
        has="ServerSideEncryptionConfiguration",
        Bucket=name,
    )
    if encryption is None or ABSENT in encryption:
        return
    rules = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    keys = [one.get("ApplyServerSideEncryptionByDefault", {}) for one in rules]
    named = next((one["KMSMasterKeyID"] for one in keys if "KMSMasterKeyID" in one), None)
    if named is None:
        return
    found = account.read("kms", "describe_key", absent=("NotFoundException",), KeyId=named)
    if found is None:
        return
    data = found.get("KeyMetadata", {"KeyState": "gone"})
    if data["KeyState"] != "Enabled":
        state = data["KeyState"]
        yield answer("key-disabled", named, {"KeyState": state}, state=state)
        return
    known = {*plan.storage.bucket_keys, *((plan.key.arn,) if plan.key else ())}
    if data.get("KeyManager") != "AWS" and data["Arn"] not in known:
        yield answer("bucket-key", name, {"KMSMasterKeyID": named}, key=data["Arn"])
