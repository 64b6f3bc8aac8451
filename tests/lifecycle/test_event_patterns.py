# SPDX-License-Identifier: Apache-2.0
"""The rules about AWS Batch's events, against events as AWS's pages show them.

The emulator's own matcher judges, which knows EventBridge's grammar; a matcher of ours would share
our mistakes. Values are ours: no event of an account is among them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment
from tests.lifecycle.emulator.names import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lifecycle.account import Account

HEAD, WORK, ONE = "TowerForge-demo-head", "TowerForge-demo-work", "TowerForge-demo"
WATCHED = {"head_job_failures": True, "blocked_queues": True}
REASON = "Essential container in task exited"
RECLAIMED = "Host EC2 (instance i-0123456789abcdef0) terminated."
JOB = "7f0e6a52-2c1b-4c7e-8a55-1b9d5c3e9f10"
SECRET = "a-token-of-the-pipeline"  # noqa: S105 - what must not be passed on


def arn(resource: str) -> str:
    """Return an ARN of AWS Batch's in the emulated account."""
    return f"arn:aws:batch:{REGION}:{ACCOUNT}:{resource}"


def changed(queue: str, **detail: Any) -> dict[str, Any]:
    """Return a Batch Job State Change of a job in a queue."""
    attempt = {
        "container": {"exitCode": 1, "logStreamName": "head/default/0aa1", "networkInterfaces": []},
        "startedAt": 1795853590000,
        "stoppedAt": 1795853648000,
        "statusReason": detail.pop("attempt", REASON),
    }
    return {
        "version": "0",
        "id": "0d5c1a9e-3f54-4b0e-9d1c-6a1f2f0c7b11",
        "detail-type": "Batch Job State Change",
        "source": "aws.batch",
        "account": ACCOUNT,
        "time": "2026-11-20T08:14:09Z",
        "region": REGION,
        "resources": [arn(f"job/{JOB}")],
        "detail": {
            "jobArn": arn(f"job/{JOB}"),
            "jobName": "rnaseq-head",
            "jobId": JOB,
            "jobQueue": arn(f"job-queue/{queue}"),
            "status": "FAILED",
            "statusReason": REASON,
            "attempts": [attempt],
            "jobDefinition": arn("job-definition/demo-head-job:4"),
            "container": {
                "command": ["nextflow", "run", SECRET],
                "environment": [{"name": "TOWER_ACCESS_TOKEN", "value": SECRET}],
            },
            **detail,
        },
    }


def blocked(queue: str, reason: str) -> dict[str, Any]:
    """Return a Batch Job Queue Blocked of a queue."""
    event = changed(queue, status="RUNNABLE", statusReason=reason, attempts=[])
    event["detail-type"] = "Batch Job Queue Blocked"
    event["resources"] += [arn(f"job-queue/{queue}")]
    return event


@pytest.fixture(scope="module")
def rules() -> dict[str, dict[str, Any]]:
    """Return the rules by their id; `one-` is of an On-Demand environment."""
    return dict(_rules())


def _rules() -> Iterator[tuple[str, dict[str, Any]]]:
    for start, type_, watched in (
        ("", "SPOT", {**WATCHED, "spot_reclaims": {}}),
        ("one-", "EC2", WATCHED),
    ):
        data: dict[str, Any] = {
            "name": "demo",
            "region": REGION,
            "work_dir": "s3://work/dir",
            "forge": {"type": type_, "max_cpus": 8},
            "aws": {"account": ACCOUNT, "operations": watched, "job_definitions": ["aligner"]},
        }
        config = ForgeConfig.from_dict(data)
        where = Scope(partition="aws", region=REGION, account=ACCOUNT)
        for name, one in environment(ForgePlan.of(config), where).items():
            if "EventPattern" in one.properties:
                yield f"{start}{name}", one.to_dict()["Properties"]


@pytest.mark.parametrize(
    ("rule", "event", "matches"),
    [
        ("HeadJobFailedRule", changed(HEAD), True),
        ("HeadJobFailedRule", changed(HEAD, status="SUCCEEDED"), False),
        ("HeadJobFailedRule", changed(WORK), False),
        ("HeadJobFailedRule", changed("TowerForge-other-head"), False),
        ("HeadJobFailedRule", blocked(HEAD, "UNDETERMINED - no cause"), False),
        # One queue for all: head jobs are told by what tasks are not defined by.
        ("one-HeadJobFailedRule", changed(ONE), True),
        (
            "one-HeadJobFailedRule",
            changed(ONE, jobDefinition=arn("job-definition/nf-quay-io-star:3")),
            False,
        ),
        (
            "one-HeadJobFailedRule",
            changed(ONE, jobDefinition=arn("job-definition/aligner:3")),
            False,
        ),
        (
            "one-HeadJobFailedRule",
            changed(ONE, jobDefinition=arn("job-definition/aligner-head:3")),
            True,
        ),
        (
            "QueueBlockedRule",
            blocked(WORK, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource …"),
            True,
        ),
        ("QueueBlockedRule", blocked(HEAD, "ACTION_REQUIRED - CE(s) … are invalid."), True),
        ("QueueBlockedRule", blocked(WORK, "UNDETERMINED - Batch job is blocked, …"), True),
        (
            "QueueBlockedRule",
            blocked(WORK, "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill …"),
            False,
        ),
        ("QueueBlockedRule", blocked("TowerForge-other-work", "ACTION_REQUIRED"), False),
        ("QueueBlockedRule", changed(WORK), False),
        ("SpotReclaimRule", changed(WORK, status="RUNNABLE", attempt=RECLAIMED), True),
        ("SpotReclaimRule", changed(WORK, attempt=RECLAIMED), True),
        ("SpotReclaimRule", changed(WORK), False),
        ("SpotReclaimRule", changed(WORK, status="RUNNING", attempt=RECLAIMED), False),
        ("SpotReclaimRule", changed(WORK, status="RUNNABLE", attempts=[]), False),
        ("SpotReclaimRule", changed(HEAD, attempt=RECLAIMED), False),
    ],
)
def test_rule(
    account: Account,
    rules: dict[str, dict[str, Any]],
    rule: str,
    event: dict[str, Any],
    matches: bool,  # noqa: FBT001 - a row's answer
) -> None:
    """A rule passes on what it is about, and nothing that is another's or normal."""
    answer = account.client("events").test_event_pattern(
        EventPattern=json.dumps(rules[rule]["EventPattern"]), Event=json.dumps(event)
    )
    assert answer["Result"] is matches


def test_what_arrives(account: Account, rules: dict[str, dict[str, Any]]) -> None:
    """A message is one sentence that names the run and the way on, and has no secret of the job."""
    events, sqs = account.client("events"), account.client("sqs")
    rule, event = rules["HeadJobFailedRule"], changed(HEAD)
    [target] = rule["Targets"]
    box = sqs.create_queue(QueueName="box")["QueueUrl"]
    names = ["QueueArn"]
    box_arn = sqs.get_queue_attributes(QueueUrl=box, AttributeNames=names)["Attributes"]["QueueArn"]
    sender = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": box_arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [sender]})
    sqs.set_queue_attributes(QueueUrl=box, Attributes={"Policy": policy})
    # Nobody but AWS sends events of AWS's.
    pattern = rule["EventPattern"] | {"source": ["example.batch"]}
    events.put_rule(Name="told", EventPattern=json.dumps(pattern))
    try:
        events.put_targets(Rule="told", Targets=[target | {"Arn": box_arn}])
        entry = {
            "Source": "example.batch",
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"]),
            "Resources": event["resources"],
        }
        assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0
        [message] = sqs.receive_message(QueueUrl=box, WaitTimeSeconds=5)["Messages"]
    finally:
        events.remove_targets(Rule="told", Ids=[target["Id"]])
        events.delete_rule(Name="told")
        sqs.delete_queue(QueueUrl=box)
    text = message["Body"]
    assert "rnaseq-head failed or was cancelled (Essential container in task exited)" in text
    assert f"seqera-batch doctor FILE --job {JOB}" in text
    assert SECRET not in text
