# SPDX-License-Identifier: Apache-2.0
"""The created work bucket: closed, encrypted, emptied of intermediate files and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog import limits
from seqera_batch.catalog.work_directory import KEPT
from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.plan import ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resource
    from tests.conftest import Configure

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
TASKS = (
    "work/dir/00/a6f5d3e1c0b2a4968778695a4b3c2d/.command.sh",
    "work/dir/c1/0a6f5d3e1c0b2a4968778695a4b3c2/out.bam",
    "work/dir/ff/a6f5d3e1c0b2a4968778695a4b3c2d/out.bam",
    "work/dir/stage-0a1b2c3d-1111-2222-3333-444455556666/ab/cdef/reads.fq.gz",
    "work/dir/tmp/3f/b1c2/merged.txt",
)
NOT_INTERMEDIATE = (
    *(f"work/dir/{folder}anything" for folder in KEPT),
    "work/dir/cloudcache/.cache/0a1b2c3d-1111-2222-3333-444455556666/00/entry",
    "work/dir/.studios/checkpoints/xSIFxRaKs9YMiQ6q/image",
    "work/dir/nf-1a2b3c4d.log",
    # Results, wherever somebody puts them, whatever their folder is called.
    "results/multiqc.html",
    "work/results/multiqc.html",
    "work/dir/results/multiqc.html",
    "work/dir/data/reads.fq.gz",
    "work/dir/bam/a.bam",
    "work/dir/2026-01/report.html",
    "work/dir/c/x",
    # Other folders that begin like the work directory, or like what Nextflow makes in it.
    "work/dir-2/00/a6f5",
    "work/dirty/ff/x",
    "cloudcache/.cache/x",
    "00/x",
)


@pytest.fixture
def resources(configure: Configure) -> Any:  # noqa: ANN401 - a function
    """Return a function that renders an environment with a work bucket."""

    def make(bucket: dict[str, Any], **aws: Any) -> dict[str, Resource]:  # noqa: ANN401
        config = configure({}, {"work_bucket": bucket, **aws}, work_dir="s3://lab-work/work/dir")
        return environment(ForgePlan.of(config), HERE)

    return make


def _expiring(bucket: Resource) -> tuple[str, ...]:
    rules = bucket.properties["LifecycleConfiguration"]["Rules"]
    return tuple(rule["Prefix"] for rule in rules if "ExpirationInDays" in rule)


def _expires(key: str, prefixes: tuple[str, ...]) -> bool:
    return any(key.startswith(prefix) for prefix in prefixes)


@pytest.mark.parametrize("key", TASKS)
def test_intermediate_files_expire(resources: Any, key: str) -> None:  # noqa: ANN401 - a function
    """Folders of tasks, of staged inputs and of Nextflow's own temporary files expire."""
    assert _expires(key, _expiring(resources({})["WorkBucket"]))


@pytest.mark.parametrize("key", NOT_INTERMEDIATE)
def test_nothing_else_expires(resources: Any, key: str) -> None:  # noqa: ANN401 - a function
    """Results, the cloud cache, checkpoints, logs of runs and neighbouring folders never expire."""
    assert not _expires(key, _expiring(resources({})["WorkBucket"]))


def test_a_folder_that_is_named_like_a_task_expires(resources: Any) -> None:  # noqa: ANN401
    """The limit of it: what lies in the work directory under two hexadecimal digits is a task's."""
    assert _expires("work/dir/fa/results.txt", _expiring(resources({})["WorkBucket"]))


def test_every_rule_is_below_the_work_directory(resources: Any) -> None:  # noqa: ANN401
    """No rule that deletes files reaches above the work directory or takes all of it."""
    prefixes = _expiring(resources({})["WorkBucket"])
    assert all(prefix.startswith("work/dir/") for prefix in prefixes)
    assert "work/dir/" not in prefixes
    assert len(prefixes) == len(set(prefixes)) == 16 * 16 + 2


def test_days(resources: Any) -> None:  # noqa: ANN401 - a function
    """Files expire after 30 days unless the file says otherwise, all by the same number."""
    for asked, days in (({}, 30), ({"expire_work_after_days": 7}, 7)):
        rules = resources(asked)["WorkBucket"].properties["LifecycleConfiguration"]["Rules"]
        assert {rule["ExpirationInDays"] for rule in rules if "Prefix" in rule} == {days}


def test_never(resources: Any) -> None:  # noqa: ANN401 - a function
    """With 0 days nothing expires but parts of uploads that nobody completes."""
    [rule] = resources({"expire_work_after_days": 0})["WorkBucket"].properties[
        "LifecycleConfiguration"
    ]["Rules"]
    assert rule == {
        "Id": "incomplete-uploads",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }


def test_rules_fit_s3(resources: Any) -> None:  # noqa: ANN401 - a function
    """There are fewer rules than a bucket takes, each with an id of its own."""
    rules = resources({})["WorkBucket"].properties["LifecycleConfiguration"]["Rules"]
    assert len(rules) <= limits.LIFECYCLE_RULES
    assert len({rule["Id"] for rule in rules}) == len(rules)
    assert {rule["Status"] for rule in rules} == {"Enabled"}


def test_versions(resources: Any) -> None:  # noqa: ANN401 - a function
    """Versions are kept if asked for, those of intermediate files for a day."""
    plain = resources({})["WorkBucket"].properties
    assert plain["VersioningConfiguration"] is None
    assert "NoncurrentVersionExpiration" not in plain["LifecycleConfiguration"]["Rules"][1]
    versioned = resources({"versioning": True})["WorkBucket"].properties
    assert versioned["VersioningConfiguration"] == {"Status": "Enabled"}
    for rule in versioned["LifecycleConfiguration"]["Rules"][1:]:
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_closed(resources: Any) -> None:  # noqa: ANN401 - a function
    """Public access is blocked in all four ways, and access lists do not count."""
    bucket = resources({})["WorkBucket"].properties
    assert bucket["BucketName"] == "lab-work"
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_tls_only(resources: Any) -> None:  # noqa: ANN401 - a function
    """The bucket's policy denies every action on bucket and objects without TLS; it allows none."""
    policy = resources({})["WorkBucketPolicy"]
    # By reference, so that whatever CDK adds comes into this policy.
    bucket = policy.properties["Bucket"]
    assert bucket == ref("WorkBucket")
    [statement] = policy.properties["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Principal"] == {"AWS": "*"}
    assert statement["Action"] == "s3:*"
    assert statement["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_encrypted_by_s3(resources: Any) -> None:  # noqa: ANN401 - a function
    """Without a key of the user's S3 encrypts with its own."""
    [rule] = resources({})["WorkBucket"].properties["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}


@pytest.mark.parametrize(
    ("forge", "aws", "kept"),
    [
        ({}, {}, True),
        ({}, {"destroy_data": True}, False),
        ({"dispose_on_deletion": False}, {"destroy_data": True}, True),
        ({"dispose_on_deletion": True}, {}, True),
    ],
)
def test_two_keys_to_delete_it(
    configure: Configure, forge: dict[str, Any], aws: dict[str, Any], *, kept: bool
) -> None:
    """Bucket and policy outlive the stack unless both settings say otherwise."""
    config = configure(forge, {"work_bucket": {}, **aws}, work_dir="s3://lab-work/work")
    found = environment(ForgePlan.of(config), HERE)
    assert found["WorkBucket"].keep_on_delete is kept
    assert found["WorkBucketPolicy"].keep_on_delete is kept


def test_manual_mode_makes_one_too(configure: Configure) -> None:
    """An environment whose queues exist can have its bucket made, which then is always kept."""
    config = configure(manual=True, aws={"work_bucket": {}})
    found = environment(ForgePlan.of(config), HERE)
    assert found["WorkBucket"].keep_on_delete
    assert not any(one.type.startswith("AWS::Batch::") for one in found.values())


def test_none_unless_asked_for(configure: Configure) -> None:
    """Where the file does not ask for a bucket none is made."""
    assert not any(
        one.type.startswith("AWS::S3::")
        for one in environment(ForgePlan.of(configure()), HERE).values()
    )
