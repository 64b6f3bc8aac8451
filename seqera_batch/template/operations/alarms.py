# SPDX-License-Identifier: Apache-2.0
"""Alarms: what they read, when they go off, and what they tell to do about it."""

from __future__ import annotations

from typing import Any

from seqera_batch.catalog import ids
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.config.operations import (
    NodeFailureSettings,
    SpotReclaimSettings,
    TaskFailureSettings,
)
from seqera_batch.kinds import cloudwatch, logs
from seqera_batch.node import NODE_FAILED
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.operations import Operations, QueueCheck
from seqera_batch.template.operations.metrics import (
    BATCH,
    FRONT_WAIT,
    NODE_FAILURES,
    QUEUE,
    UNUSABLE,
    read,
    share,
)
from seqera_batch.words import listed

QUARTER, HALF, HOUR = 900, 1800, 3600
"""Seconds."""
_TASKS = {
    "s": "JobsMovedToSucceeded",
    "f": "JobsMovedToFailed",
    "c": "JobsCancelled",
    "t": "JobsTerminated",
}
"""By what an expression calls them: AWS Batch counts what was cancelled or ended as failed too."""


def alarms(plan: ForgePlan, watched: Operations) -> Resources:
    """Return the alarms that are asked for."""
    made: Resources = {}
    if watched.task_failures is not None:
        for name, queues in watched.task_failure_alarms.items():
            made[name] = _task_failures(plan, watched, watched.task_failures, queues)
    if watched.queue_check is not None:
        made |= _queue_check(plan, watched, watched.queue_check)
    if watched.node_failures is not None:
        made |= _node_failures(plan, watched, watched.node_failures)
    if watched.spot_reclaims is not None:
        made[ids.SPOT_RECLAIMS_ALARM] = _spot_reclaims(plan, watched, watched.spot_reclaims)
    return made


def _task_failures(
    plan: ForgePlan, watched: Operations, over: TaskFailureSettings, queues: tuple[str, ...]
) -> Resource:
    numbers = range(1, len(queues) + 1)
    parts = {name: " + ".join(f"FILL({name}{number}, 0)" for number in numbers) for name in _TASKS}
    # Where one alarm reads them all, it is of all tasks.
    of = "" if queues == watched.task_queues else f" in {listed(queues)}"
    failed = f"{parts['f']} - ({parts['c']}) - ({parts['t']})"
    return _alarm(
        plan,
        watched,
        f"Over {over.percent} % of the tasks of {plan.name}{of} that ended in a quarter of an hour "
        "have failed; what was cancelled is not counted, and each try of a retried task is. Their "
        f"output is in the log group {plan.logs.jobs.name}.",
        Metrics=[
            {
                "Id": "share",
                "Label": "Failed tasks in percent",
                "Expression": share(failed, f"{failed} + {parts['s']}", over.at_least),
                "ReturnData": True,
            },
            *(
                read(f"{name}{number}", BATCH, metric, QUARTER, **{QUEUE: queue})
                for number, queue in enumerate(queues, start=1)
                for name, metric in _TASKS.items()
            ),
        ],
        Threshold=over.percent,
    )


def _queue_check(plan: ForgePlan, watched: Operations, check: QueueCheck) -> Resources:
    seconds = check.every_minutes * 60
    own = {"Namespace": watched.namespace, "Statistic": "Maximum", "Period": seconds}
    return {
        ids.UNUSABLE_ALARM: _alarm(
            plan,
            watched,
            f"A queue or compute environment of {plan.name} is INVALID or DISABLED, or is gone: "
            "jobs wait for ever. Or nobody could look: the function that does has failed. Which it "
            f"is stands in the log group of the function {check.name}.",
            **own,
            MetricName=UNUSABLE,
            Threshold=0,
            # An update passes through states that are over in minutes.
            EvaluationPeriods=2,
            # Until it has looked for the first times, nobody has to be told.
            WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 3 * check.every_minutes},
            TreatMissingData="breaching",
        ),
        ids.FRONT_WAITS_ALARM: _alarm(
            plan,
            watched,
            f"The job at the front of a queue of {plan.name} has stood there for over "
            f"{check.waiting_minutes} minutes: no node takes it, or all vCPUs are in use by long "
            "tasks.",
            **own,
            MetricName=FRONT_WAIT,
            Threshold=check.waiting_minutes,
        ),
    }


def _node_failures(plan: ForgePlan, watched: Operations, over: NodeFailureSettings) -> Resources:
    return {
        ids.NODE_FAILURE_FILTER: Resource.of(
            logs.METRIC_FILTER,
            LogGroupName=ref(ids.NODE_LOG_GROUP),
            FilterPattern=f'"{NODE_FAILED}"',
            MetricTransformations=[
                {
                    "MetricNamespace": watched.namespace,
                    "MetricName": NODE_FAILURES,
                    "MetricValue": "1",
                    "Unit": "Count",
                }
            ],
        ),
        ids.NODE_FAILURES_ALARM: _alarm(
            plan,
            watched,
            f"{over.at_least} or more nodes of {plan.name} have failed at their start within half "
            "an hour, and others start in their place while jobs wait, which costs money. The "
            f"log group {plan.logs.nodes.name if plan.logs.nodes else ''} says in which step.",
            Namespace=watched.namespace,
            MetricName=NODE_FAILURES,
            Statistic="Sum",
            Period=HALF,
            Threshold=over.at_least,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
        ),
    }


def _spot_reclaims(plan: ForgePlan, watched: Operations, over: SpotReclaimSettings) -> Resource:
    numbers = range(1, len(watched.spot_queues) + 1)
    started = " + ".join(f"FILL(s{number}, 0)" for number in numbers)
    return _alarm(
        plan,
        watched,
        f"Nodes have gone under over {over.percent} % of the tasks that {plan.name} started on "
        "Spot within an hour: AWS takes Spot instances back. Offer more instance types or zones, "
        "or take forge.type: EC2.",
        Metrics=[
            {
                "Id": "share",
                "Label": "Spot reclaims in percent of started tasks",
                "Expression": share("FILL(r, 0)", started, over.at_least),
                "ReturnData": True,
            },
            read(
                "r",
                "AWS/SQS",
                "NumberOfMessagesSent",
                HOUR,
                QueueName=get_att(ids.SPOT_RECLAIM_EVENTS, "QueueName"),
            ),
            *(
                read(f"s{number}", BATCH, "JobsMovedToStarting", HOUR, **{QUEUE: queue})
                for number, queue in enumerate(watched.spot_queues, start=1)
            ),
        ],
        Threshold=over.percent,
    )


def _alarm(plan: ForgePlan, watched: Operations, says: str, **properties: Any) -> Resource:  # noqa: ANN401 - JSON
    """Return an alarm, which tells the topic when it goes off and when all is well again."""
    told = [watched.topic_arn]
    return Resource(
        kind=cloudwatch.ALARM,
        properties={
            "AlarmDescription": f"{says} To see more: seqera-batch doctor FILE, with the file of "
            f"{plan.name}.",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            "AlarmActions": told,
            "OKActions": told,
            "Tags": tag_list(plan.labels.resources),
            **properties,
        },
    )
