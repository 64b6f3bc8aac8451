# SPDX-License-Identifier: Apache-2.0
"""The function that looks at queues, against answers that AWS's model of the API accepts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.stub import Stubber  # type: ignore[import-untyped]

from seqera_batch import queue_check
from seqera_batch.template.operations.queue_check import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Look = Callable[[], dict[str, Any]]

ARN = "arn:aws:batch:eu-west-1:111122223333:"
NOW = 1_795_853_648.0
MINUTE = 60_000
LONGEST = 4096
"""Characters that CloudFormation always took in a template; it takes more by now."""


def queue(name: str, *environments: str, **changes: str) -> dict[str, Any]:
    """Return a queue as DescribeJobQueues tells it."""
    order = [
        {"order": number, "computeEnvironment": f"{ARN}compute-environment/{one}"}
        for number, one in enumerate(environments, start=1)
    ]
    return {
        "jobQueueName": name,
        "jobQueueArn": f"{ARN}job-queue/{name}",
        "state": "ENABLED",
        "status": "VALID",
        "priority": 1,
        "computeEnvironmentOrder": order,
        **changes,
    }


def environment(name: str, **changes: str) -> dict[str, Any]:
    """Return a compute environment as DescribeComputeEnvironments tells it."""
    return {
        "computeEnvironmentName": name,
        "computeEnvironmentArn": f"{ARN}compute-environment/{name}",
        "ecsClusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/one",
        "state": "ENABLED",
        "status": "VALID",
        "computeResources": {
            "type": "SPOT",
            "maxvCpus": 64,
            "desiredvCpus": 8,
            "subnets": ["subnet-0123456789abcdef0"],
        },
        **changes,
    }


@pytest.fixture
def answers() -> Iterator[Stubber]:
    """Return a client's answers, in the order in which they are asked for."""
    keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "emulated")
    client = boto3.client("batch", region_name="eu-west-1", **keys)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def look(
    answers: Stubber, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Look:
    """Return a function that looks once, and gives the line that it writes."""
    monkeypatch.setenv("QUEUES", "head work")
    monkeypatch.setenv("NAMESPACE", "SeqeraBatch/demo")
    monkeypatch.setattr("boto3.client", lambda _service: answers.client)
    monkeypatch.setattr("time.time", lambda: NOW)

    def once() -> dict[str, Any]:
        queue_check.handler({}, None)
        [line] = capsys.readouterr().out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found

    return once


def _describe(answers: Stubber, queues: list[Any], environments: list[Any]) -> None:
    answers.add_response(
        "describe_job_queues", {"jobQueues": queues}, {"jobQueues": ["head", "work"]}
    )
    behind = sorted(
        {one["computeEnvironment"] for each in queues for one in each["computeEnvironmentOrder"]}
    )
    answers.add_response(
        "describe_compute_environments",
        {"computeEnvironments": environments},
        {"computeEnvironments": behind},
    )


def _front(answers: Stubber, name: str, minutes: float | None) -> None:
    jobs = (
        []
        if minutes is None
        else [
            {
                "jobArn": f"{ARN}job/{number}",
                "earliestTimeAtPosition": int(NOW * 1000 - (minutes - number) * MINUTE),
            }
            for number in (0, 1)
        ]
    )
    front = {"jobs": jobs, "lastUpdatedAt": int(NOW * 1000)}
    answers.add_response("get_job_queue_snapshot", {"frontOfQueue": front}, {"jobQueue": name})


def test_all_is_well(answers: Stubber, look: Look) -> None:
    """The longest stand of any front, and the vCPUs of all environments, are what is measured."""
    _describe(
        answers,
        [queue("head", "one"), queue("work", "two")],
        [environment("one"), environment("two")],
    )
    _front(answers, "head", None)
    _front(answers, "work", 42.5)
    line = look()
    assert (line["Unusable"], line["FrontWaitMinutes"], line["DesiredVcpus"]) == (0, 42.5, 16)
    assert line["waits"] == {"head": 0, "work": 42.5}
    assert line["unusable"] == {}
    [metrics] = line["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == "SeqeraBatch/demo"
    assert metrics["Dimensions"] == [[]]
    # CloudWatch makes a metric of what the line has under the metric's name.
    assert all(isinstance(line[one["Name"]], int | float) for one in metrics["Metrics"])
    assert line["_aws"]["Timestamp"] == NOW * 1000


def test_what_is_unusable_is_counted_and_named(answers: Stubber, look: Look) -> None:
    """INVALID and DISABLED count, states that pass do not; a queue that is has no front."""
    broken = environment("one", status="INVALID", statusReason="CLIENT_ERROR - no role")
    _describe(
        answers,
        [queue("head", "one", state="DISABLED"), queue("work", "two", status="UPDATING")],
        [broken, environment("two", status="UPDATING")],
    )
    _front(answers, "work", None)
    line = look()
    assert line["Unusable"] == 2
    assert line["unusable"] == {"head": None, "one": "CLIENT_ERROR - no role"}


def test_a_queue_that_is_gone(answers: Stubber, look: Look) -> None:
    """A queue that somebody deleted is unusable; an environment without vCPUs has none."""
    fargate = environment("two")
    del fargate["computeResources"]["desiredvCpus"]
    _describe(answers, [queue("work", "two")], [fargate])
    _front(answers, "work", 1)
    line = look()
    assert line["unusable"] == {"head": "does not exist"}
    assert (line["Unusable"], line["DesiredVcpus"]) == (1, 0)


def test_it_stands_in_the_template() -> None:
    """The code is short, has no mark of ours, and imports only what Lambda has."""
    text = SOURCE.read_text("utf-8")
    assert len(text) <= LONGEST
    assert "@{" not in text
    assert {line.split()[1] for line in text.splitlines() if line.startswith("import ")} == {
        "boto3",
        "json",
        "os",
        "time",
    }
