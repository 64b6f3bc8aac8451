# SPDX-License-Identifier: Apache-2.0
"""The work bucket, the key and the jobs' log group in a plan: decided, costed, assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqera_batch.plan import quota_problems
from seqera_batch.plan.access import job_access
from seqera_batch.plan.storage.buckets import WorkBucket
from seqera_batch.policies.document import Scope

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.key import KmsKey
    from tests.unit.plan.conftest import MakePlan

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
EXISTING = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
TAGS = {"seqera-batch:environment": "TowerForge-demo"}


def _key(plan: ForgePlan) -> KmsKey:
    assert plan.key is not None
    return plan.key


def test_bucket_is_that_of_the_work_directory(plan: MakePlan) -> None:
    """Name and folder come from `work_dir`; files expire after 30 days, versions are not kept."""
    found = plan({}, {"work_bucket": {}}, work_dir="s3://lab-work/a/b")
    assert found.storage.work_bucket == WorkBucket(
        name="lab-work",
        folder="a/b",
        expire_after_days=30,
        versioning=False,
        kept_on_delete=True,
        tags=TAGS,
    )
    assert plan().storage.work_bucket is None


def test_the_work_bucket_is_always_written(plan: MakePlan) -> None:
    """Created or not, jobs may write all of it; what is only read comes beside it."""
    sections: tuple[dict[str, Any], ...] = ({}, {"work_bucket": {}})
    for aws in sections:
        found = plan({}, {**aws, "read_only_buckets": ["s3://refs/a"]})
        assert [(one.uri, one.read_only) for one in found.storage.buckets] == [
            ("s3://work", False),
            ("s3://refs/a", True),
        ]


def test_assumptions_follow(plan: MakePlan) -> None:
    """A bucket that is made must not exist, and a key that exists must say what is printed."""
    assert "the bucket work exists, in eu-west-1" in plan().assumptions
    made = plan({}, {"work_bucket": {}, "kms_key": {"arn": EXISTING}}).assumptions
    assert "nobody in any account has a bucket of the name work yet" in made
    assert f"the policy of {EXISTING} says what `policies --for kms-key` prints" in made
    assert not any("bucket work exists" in one for one in made)


def test_what_costs_money_while_idle(plan: MakePlan) -> None:
    """A created key and what lies in the bucket; a key that exists is paid for already."""
    what = [
        one.what for one in plan({}, {"work_bucket": {}, "kms_key": {"create": True}}).costs.idle
    ]
    assert what == ["S3 storage", "1 KMS key"]
    assert plan({}, {"kms_key": {"arn": EXISTING}}).costs.idle == ()


def test_how_to_pay_less_for_storage(plan: MakePlan) -> None:
    """Where nothing expires, that is the advice."""
    [kept] = plan({}, {"work_bucket": {"expire_work_after_days": 0}}).costs.idle
    assert "expire_work_after_days" in kept.avoid


def test_arn_of_the_key(plan: MakePlan) -> None:
    """A created key is told by what stands for its id, an existing one by its ARN."""
    assert plan().key is None
    assert _key(plan({}, {"kms_key": {"arn": EXISTING}})).arn_in(HERE) == EXISTING
    assert (
        _key(plan({}, {"kms_key": {"create": True}})).arn_in(HERE)
        == "arn:aws:kms:eu-west-1:111122223333:key/@{KmsKey}"
    )


def test_log_group_of_jobs(plan: MakePlan) -> None:
    """It is AWS Batch's, the one that is named, or one that is created, under either name."""
    create = {"logs": {"create_job_log_group": True}}
    for found, name, created in (
        (plan(), "/aws/batch/job", False),
        (plan(log_group="/own/jobs"), "/own/jobs", False),
        (plan({}, create), "/seqera-batch/TowerForge-demo/jobs", True),
        (plan({}, create, log_group="/own/jobs"), "/own/jobs", True),
    ):
        assert found.logs.jobs.name == name
        assert found.logs.jobs.created is created
        assert found.logs.names_jobs is (name != "/aws/batch/job")
        assert job_access(found, HERE).job_log_group == name
    assert "the log group /own/jobs exists in eu-west-1" in plan(log_group="/own/jobs").assumptions
    assert not any(
        "log group" in one for one in plan({}, create, log_group="/own/jobs").assumptions
    )


def test_retention_of_jobs_logs(plan: MakePlan) -> None:
    """A created group keeps the output for 90 days unless the file says otherwise."""
    created = {"create_job_log_group": True}
    assert plan({}, {"logs": created}).logs.jobs.retention_days == 90
    asked = {"logs": {**created, "job_retention_days": 30}}
    assert plan({}, asked).logs.jobs.retention_days == 30
    assert plan().logs.jobs.retention_days is None


def test_two_environments_create_no_bucket_twice(plan: MakePlan) -> None:
    """Bucket names are the whole world's: one environment creates it, others use it."""
    one = plan({}, {"work_bucket": {}}, name="one")
    other = plan({}, {"work_bucket": {}}, name="other")
    [problem] = quota_problems([one, other])
    assert (problem.rule, problem.value) == ("work-bucket-once", "work")
    assert quota_problems([one, plan(name="other")]) == ()


def test_defaults_are_decisions(plan: MakePlan) -> None:
    """Days that the file leaves open are said with their reason, and those it gives are not."""
    asked = {"work_bucket": {}, "logs": {"create_job_log_group": True}}
    found = {one.field: one.value for one in plan({}, asked).decisions}
    assert found["aws.work_bucket.expire_work_after_days"] == 30
    assert found["aws.logs.job_retention_days"] == 90
    given = {
        "work_bucket": {"expire_work_after_days": 30},
        "logs": {"create_job_log_group": True, "job_retention_days": 90},
    }
    assert (
        not {one.field for one in plan({}, given).decisions}
        & found.keys()
        & {
            "aws.work_bucket.expire_work_after_days",
            "aws.logs.job_retention_days",
        }
    )


def test_what_pipelines_said_is_data(plan: MakePlan) -> None:
    """The jobs' created log group goes with the stack only by the two keys that delete data."""
    create = {"logs": {"create_job_log_group": True}}
    assert plan({}, create).logs.jobs.kept_on_delete
    assert not plan({}, {**create, "destroy_data": True}).logs.jobs.kept_on_delete
    assert plan(
        {"dispose_on_deletion": False}, {**create, "destroy_data": True}
    ).logs.jobs.kept_on_delete
