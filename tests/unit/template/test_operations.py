# SPDX-License-Identifier: Apache-2.0
"""What is watched: each part alone, all of it together, and what is told."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgePlan
from seqera_batch.catalog.limits import ALARM_METRICS
from seqera_batch.catalog.regions import REGIONS, WITHOUT_BUDGETS
from seqera_batch.config import operations
from seqera_batch.node import NODE_FAILED
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment
from tests.unit.kinds.conftest import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seqera_batch.cloudformation.resource import Resource
    from tests.conftest import Configure

TOPIC = "arn:aws:sns:eu-west-1:111122223333:genomics-alarms"
PARTS: dict[str, dict[str, Any]] = {
    "head_job_failures": {"head_job_failures": True},
    "blocked_queues": {"blocked_queues": True},
    "task_failures": {"task_failures": {}},
    "queue_check": {"queue_check": {}},
    "node_failures": {"node_failures": {}},
    "spot_reclaims": {"spot_reclaims": {}},
    "dashboard": {"dashboard": True},
    "budget": {"budget": {"amount": 500}},
}
TOPIC_OF_OURS = {"OperationsTopic", "OperationsTopicPolicy"}
MADE = {
    "head_job_failures": {"HeadJobFailedRule", *TOPIC_OF_OURS},
    "blocked_queues": {"QueueBlockedRule", *TOPIC_OF_OURS},
    "task_failures": {"TaskFailuresAlarm", *TOPIC_OF_OURS},
    "queue_check": {
        "FrontWaitsAlarm",
        "QueueCheckFunction",
        "QueueCheckLogGroup",
        "QueueCheckPermission",
        "QueueCheckRole",
        "QueueCheckRule",
        "UnusableAlarm",
        *TOPIC_OF_OURS,
    },
    "node_failures": {"NodeFailureFilter", "NodeFailuresAlarm", *TOPIC_OF_OURS},
    "spot_reclaims": {
        "SpotReclaimEvents",
        "SpotReclaimEventsPolicy",
        "SpotReclaimRule",
        "SpotReclaimsAlarm",
        *TOPIC_OF_OURS,
    },
    "dashboard": {"OperationsDashboard"},
    "budget": {"OperationsBudget", *TOPIC_OF_OURS},
}
ALL = {name: value for part in PARTS.values() for name, value in part.items()}
WHERE = Scope(partition="aws", region="eu-west-1", account="111122223333")


def _made(
    configure: Configure,
    watched: Mapping[str, Any] | None,
    **others: Any,  # noqa: ANN401 - fields of the environment file
) -> dict[str, Resource]:
    aws = {**others.pop("aws", {}), **({} if watched is None else {"operations": watched})}
    forge = {} if others.get("manual") else {"type": "SPOT", **others.pop("forge", {})}
    config = configure(forge, aws, **others)
    return environment(ForgePlan.of(config), WHERE)


def _properties(made: dict[str, Resource], name: str) -> dict[str, Any]:
    found: dict[str, Any] = made[name].to_dict()["Properties"]
    return found


def test_every_part_has_its_row() -> None:
    """A part that is added is made, told and paid for in the tests below."""
    assert PARTS.keys() == MADE.keys() == {*operations.PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_alone(part: str, configure: Configure) -> None:
    """Each part makes what it needs and nothing else; without any, nothing is made."""
    without = _made(configure, None)
    made = _made(configure, PARTS[part])
    assert made.keys() - without.keys() == MADE[part]
    existing = _made(
        configure, {**PARTS[part], **({} if part == "dashboard" else {"topic": TOPIC})}
    )
    assert existing.keys() - without.keys() == MADE[part] - TOPIC_OF_OURS


def test_an_existing_topic_is_told(configure: Configure) -> None:
    """Rules, alarms and the budget name the topic that exists, and nothing of it is changed."""
    made = _made(configure, {**ALL, "topic": TOPIC})
    told = {
        name: text for name, one in made.items() if TOPIC in (text := json.dumps(one.to_dict()))
    }
    assert {name for name in told if name.endswith("Alarm")} == {
        name for name, one in made.items() if one.type == "AWS::CloudWatch::Alarm"
    }
    assert {"HeadJobFailedRule", "QueueBlockedRule", "OperationsBudget"} <= told.keys()
    assert not TOPIC_OF_OURS & made.keys()


def test_nothing_of_a_job_but_names_and_reasons_is_passed_on(configure: Configure) -> None:
    """A job's event has its command and variables, tokens among them: no rule hands them on."""
    made = _made(configure, ALL)
    targets = [
        target
        for one in made.values()
        if "EventPattern" in one.properties
        for target in one.properties["Targets"]
    ]
    assert len(targets) == 3
    for target in targets:
        transformer = target["InputTransformer"]
        picked = set(transformer["InputPathsMap"].values())
        assert picked <= {
            *(f"$.detail.{name}" for name in ("jobId", "jobName", "jobQueue", "statusReason")),
            "$.time",
        }
        used = set(re.findall(r"<(\w+)>", transformer["InputTemplate"]))
        assert used <= transformer["InputPathsMap"].keys()
        # What a target gets is JSON, a text or an object.
        assert json.loads(transformer["InputTemplate"])


def test_each_message_says_what_to_do(configure: Configure) -> None:
    """A message names the environment and the command that tells more, within AWS's limits."""
    made = _made(configure, ALL)
    texts = [
        one.properties["AlarmDescription"]
        for one in made.values()
        if one.type == "AWS::CloudWatch::Alarm"
    ]
    texts += [
        one.properties["Targets"][0]["InputTransformer"]["InputTemplate"]
        for name, one in made.items()
        if name in {"HeadJobFailedRule", "QueueBlockedRule"}
    ]
    assert len(texts) == 7
    for text in texts:
        assert "seqera-batch doctor FILE" in text
        assert "demo" in text
        assert len(text) <= 1024


def test_nothing_has_a_fixed_name_that_a_replacement_would_want_too(configure: Configure) -> None:
    """What may be replaced has no name of ours: its successor could not have it."""
    made = _made(configure, ALL)
    for one in made.values():
        service = one.type.split("::")[1]
        if service in {"Budgets", "CloudWatch", "Events", "SNS", "SQS"}:
            assert one.kind.name not in one.to_dict()["Properties"]
    assert "BudgetName" not in made["OperationsBudget"].properties["Budget"]


def test_failures_of_tasks_without_what_was_cancelled(configure: Configure) -> None:
    """The share is of tasks that ended by themselves; of few tasks it is nothing."""
    made = _made(configure, {"task_failures": {"percent": 10, "at_least": 50}})
    alarm = _properties(made, "TaskFailuresAlarm")
    expression = alarm["Metrics"][0]["Expression"]
    read = {one["Id"]: one["MetricStat"]["Metric"] for one in alarm["Metrics"][1:]}
    assert {one["Dimensions"][0]["Value"] for one in read.values()} == {"TowerForge-demo-work"}
    assert alarm["Threshold"] == 10

    def share(**counts: int) -> float:
        values = {f"{name}1": counts.get(name, 0) for name in "sfct"}
        python = re.sub(r"FILL\((\w+), 0\)", lambda found: str(values[found[1]]), expression)
        python = re.sub(r"IF\((.*?), (.*), 0\)$", r"(\2) if (\1) else 0", python)
        return float(eval(python, {}))  # noqa: S307 - arithmetic of ours

    assert share(s=90, f=10) == 10
    assert share(s=60, f=40, c=30, t=5) == pytest.approx(100 * 5 / 65)
    assert share(s=20, f=20) == 0
    assert share() == 0


def test_every_task_queue_is_read(configure: Configure) -> None:
    """With a DRAGEN queue, whose nodes are On-Demand, tasks of both are counted together."""
    forge = {"dragen_enabled": True, "dragen_ami_id": "ami-0123456789abcdef0"}
    made = _made(configure, {"task_failures": {}, "spot_reclaims": {}}, forge=forge)
    failures = _properties(made, "TaskFailuresAlarm")["Metrics"]
    # CloudWatch reads ten metrics for one alarm at most.
    assert len(failures) == 1 + 8
    assert len(_properties(made, "SpotReclaimsAlarm")["Metrics"]) == 1 + 2
    for metrics in (failures, _properties(made, "SpotReclaimsAlarm")["Metrics"]):
        ids = {one["Id"] for one in metrics[1:]}
        assert set(re.findall(r"FILL\((\w+),", metrics[0]["Expression"])) == ids


def test_further_queues_are_watched(configure: Configure) -> None:
    """Every queue of tasks is read by one alarm, and of those with Spot what is taken back."""
    queues = [
        {"name": "sorting", "type": "EC2", "max_cpus": 64},
        {
            "name": "large",
            "type": "EC2",
            "max_cpus": 64,
            "further_environments": [{"type": "SPOT", "max_cpus": 64}],
        },
        {"name": "wide", "type": "SPOT", "max_cpus": 64},
    ]
    made = _made(
        configure,
        {"task_failures": {}, "spot_reclaims": {}},
        aws={"queues": queues, "existing_queues": ["of-others"]},
    )

    def read(name: str) -> list[str]:
        metrics = [
            one["MetricStat"]["Metric"]
            for one in _properties(made, name)["Metrics"]
            if "MetricStat" in one
        ]
        assert len(metrics) <= ALARM_METRICS
        named = (each for one in metrics for each in one["Dimensions"])
        found = [each["Value"] for each in named if each["Name"] == "JobQueueName"]
        return [one.rpartition("-")[2] for one in dict.fromkeys(found)]

    assert read("TaskFailuresAlarm") == ["work", "sorting"]
    assert read("TaskFailuresAlarm2") == ["large", "wide"]
    assert "-large, " in _properties(made, "TaskFailuresAlarm2")["AlarmDescription"]
    assert read("SpotReclaimsAlarm") == ["work", "large", "wide"]
    counted = _properties(made, "SpotReclaimRule")["EventPattern"]["detail"]["jobQueue"]
    assert [one.rpartition("-")[2] for one in counted] == ["work", "large", "wide"]
    plan = ForgePlan.of(
        configure({"type": "SPOT"}, {"queues": queues, "operations": {"task_failures": {}}})
    )
    assert plan.operations is not None
    assert plan.operations.alarms == ("TaskFailuresAlarm", "TaskFailuresAlarm2")
    assert plan.operations.metrics_read == 16


def test_nodes_are_counted_by_the_word_that_they_log(configure: Configure) -> None:
    """The filter looks for the word of the node's scripts, and the alarm reads its metric."""
    made = _made(configure, {"node_failures": {"at_least": 5}})
    found = _properties(made, "NodeFailureFilter")
    [counted] = found["MetricTransformations"]
    alarm = _properties(made, "NodeFailuresAlarm")
    assert found["FilterPattern"] == f'"{NODE_FAILED}"'
    assert found["LogGroupName"] == {"Ref": "NodeLogGroup"}
    assert counted["MetricNamespace"] == alarm["Namespace"] == "SeqeraBatch/TowerForge-demo"
    assert counted["MetricName"] == alarm["MetricName"]
    assert (alarm["Threshold"], alarm["Period"]) == (5, 1800)


def test_the_check_that_dies_is_told_of(configure: Configure) -> None:
    """No news of the check is bad news, but not before it has looked for the first times."""
    made = _made(configure, {"queue_check": {"every_minutes": 10}})
    alarm = _properties(made, "UnusableAlarm")
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 2 * 600
    assert alarm["WarmUpConfiguration"]["WarmUpPeriodDurationInMinutes"] == 30
    assert _properties(made, "FrontWaitsAlarm")["TreatMissingData"] == "notBreaching"
    assert _properties(made, "QueueCheckRule")["ScheduleExpression"] == "rate(10 minutes)"


@pytest.mark.parametrize(
    ("type_", "said", "minutes"), [("SPOT", None, 120), ("EC2", None, 30), ("SPOT", 45, 45)]
)
def test_how_long_a_front_may_stand(
    configure: Configure, type_: str, said: int | None, minutes: int
) -> None:
    """To wait for Spot capacity is normal, to wait for On-Demand nodes is not."""
    check = {} if said is None else {"waiting_minutes": said}
    made = _made(configure, {"queue_check": check}, forge={"type": type_})
    assert _properties(made, "FrontWaitsAlarm")["Threshold"] == minutes


def test_manual_mode_watches_queues_that_exist(configure: Configure) -> None:
    """Of queues that exist, failed head jobs, blocked queues, tasks and the check are watched."""
    parts = ("head_job_failures", "blocked_queues", "task_failures", "queue_check", "dashboard")
    watched = {name: ALL[name] for name in parts}
    made = _made(configure, watched, manual=True)
    variables = _properties(made, "QueueCheckFunction")["Environment"]["Variables"]
    assert variables["QUEUES"] == "queue-head queue-work"
    text = json.dumps(_properties(made, "QueueBlockedRule"))
    assert "job-queue/queue-head" in text
    assert "job-queue/queue-work" in text


def test_an_encrypted_topic_can_be_told(configure: Configure) -> None:
    """With a key of the user's, the topic has it, and the key lets in who tells the topic."""
    aws = {"kms_key": {"create": True}}
    made = _made(configure, ALL, aws=aws)
    topic = _properties(made, "OperationsTopic")
    assert topic["KmsMasterKeyId"] == {"Fn::GetAtt": ["KmsKey", "Arn"]}
    statements = {one["Sid"]: one for one in _properties(made, "KmsKey")["KeyPolicy"]["Statement"]}
    for sid, service in (
        ("EncryptEvents", "events"),
        ("EncryptAlarms", "cloudwatch"),
        ("EncryptBudget", "budgets"),
    ):
        one = statements[sid]
        assert one["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert one["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert ("Condition" in one) is (service != "events")
    groups = statements["EncryptLogs"]["Condition"]["ArnLike"].popitem()[1]
    assert any(group.endswith("/queue-check") for group in groups)
    existing = _made(configure, {**ALL, "topic": TOPIC}, aws=aws)
    sids = {one["Sid"] for one in _properties(existing, "KmsKey")["KeyPolicy"]["Statement"]}
    assert not sids & {"EncryptEvents", "EncryptAlarms", "EncryptBudget"}


def test_the_dashboard_fits_one_screen(configure: Configure) -> None:
    """Every widget is inside the grid, none lies on another, and no alarms are no widget."""
    for watched in (ALL, PARTS["dashboard"]):
        body = _made(configure, watched)["OperationsDashboard"].properties["DashboardBody"]
        widgets = json.loads(body)["widgets"]
        cells = [
            (x, y)
            for one in widgets
            for x in range(one["x"], one["x"] + one["width"])
            for y in range(one["y"], one["y"] + one["height"])
        ]
        assert len(cells) == len(set(cells))
        assert max(x for x, _ in cells) < 24
        assert max(y for _, y in cells) < 14
        assert all(one["properties"].get("alarms") != [] for one in widgets)
    alone = json.loads(
        _made(configure, PARTS["dashboard"])["OperationsDashboard"].properties["DashboardBody"]
    )
    assert {one["type"] for one in alone["widgets"]} == {"metric", "log"}


def test_a_budget_of_what_has_the_tag(configure: Configure) -> None:
    """It counts what carries the environment's tag, in the money of the partition."""
    made = _made(configure, {"budget": {"amount": 500, "percent": 60}})
    budget = _properties(made, "OperationsBudget")
    assert budget["Budget"]["CostFilters"] == {
        "TagKeyValue": ["user:seqera-batch:environment$TowerForge-demo"]
    }
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 500, "Unit": "USD"}
    thresholds = [
        one["Notification"]["Threshold"] for one in budget["NotificationsWithSubscribers"]
    ]
    assert thresholds == [60, 100]
    china = _made(configure, {"budget": {"amount": 500}}, region="cn-north-1")
    assert china["OperationsBudget"].properties["Budget"]["BudgetLimit"]["Unit"] == "CNY"


def test_regions_without_budgets() -> None:
    """They are those whose CloudFormation has no such type."""
    from cfnlint.schema import ResourceNotFoundError  # type: ignore[import-untyped]
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

    without = set()
    for region in REGIONS:
        try:
            PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, "AWS::Budgets::Budget")
        except ResourceNotFoundError:
            without.add(region)
    assert without == WITHOUT_BUDGETS
    assert schema("AWS::Budgets::Budget")


def test_what_it_costs(configure: Configure) -> None:
    """All alarms together cost about two dollars a month; rules, budget and messages nothing."""
    plan = ForgePlan.of(configure({"type": "SPOT"}, {"operations": ALL}))
    assert plan.operations is not None
    told = {one.what: one.why for one in plan.costs.idle}
    assert told["5 alarms on 9 metrics"].startswith("about 0.90 US dollars a month")
    assert told["3 metrics of aws.operations.queue_check"].startswith("about 0.90 US dollars")
    assert told["1 dashboard"].startswith("about 3.00 US dollars")
    alarms = [one for one in _made(configure, ALL).values() if one.type == "AWS::CloudWatch::Alarm"]
    read = sum(
        len([m for m in one.properties.get("Metrics", ()) if "MetricStat" in m]) or 1
        for one in alarms
    )
    assert read == plan.operations.metrics_read
    assert len(alarms) == len(plan.operations.alarms)
    free = ForgePlan.of(
        configure(
            {"type": "SPOT"}, {"operations": {"head_job_failures": True, "budget": {"amount": 1}}}
        )
    )
    assert free.costs.idle == ()


@pytest.mark.parametrize(
    ("watched", "words"),
    [
        ({"dashboard": True}, "nobody is told"),
        ({"queue_check": {}}, "a topic, created, to which nobody subscribes"),
        ({"queue_check": {}, "emails": ["a@example.org"]}, "to which a@example.org subscribe"),
        ({"queue_check": {}, "topic": TOPIC}, f"{TOPIC} (exists)"),
    ],
)
def test_who_is_told(configure: Configure, watched: dict[str, Any], words: str) -> None:
    """The plan says who hears of it, and that a topic alone tells nobody."""
    plan = ForgePlan.of(configure({"type": "SPOT"}, {"operations": watched}))
    assert plan.operations is not None
    assert words in plan.operations.who_is_told
