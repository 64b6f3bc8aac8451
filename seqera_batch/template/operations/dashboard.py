# SPDX-License-Identifier: Apache-2.0
"""A dashboard of one screen: alarms, ends of jobs, waiting, durations, vCPUs, failed nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from seqera_batch.catalog.ids import OPERATIONS_DASHBOARD
from seqera_batch.cloudformation.intrinsics import get_att
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import cloudwatch
from seqera_batch.node import NODE_FAILED
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.operations import Operations
from seqera_batch.template.operations.metrics import BATCH, DESIRED_VCPUS, FRONT_WAIT, QUEUE

WIDTH, COLUMNS, HEIGHT, ALARMS_HEIGHT = 24, 3, 6, 2
"""CloudWatch's grid is 24 wide; so much fits a screen without scrolling."""

Widget = dict[str, Any]


def dashboard(plan: ForgePlan, watched: Operations) -> Resources:
    """Return the dashboard; nothing where none is asked for."""
    if not watched.dashboard:
        return {}
    return {
        OPERATIONS_DASHBOARD: Resource.of(
            cloudwatch.DASHBOARD,
            DashboardBody=json.dumps({"widgets": list(_placed(plan, watched))}),
            Tags=tag_list(plan.labels.resources),
        )
    }


def _placed(plan: ForgePlan, watched: Operations) -> Iterator[Widget]:
    top, width = 0, WIDTH // COLUMNS
    if watched.alarms:
        # CloudWatch refuses a widget of no alarms.
        arns = [get_att(name, "Arn") for name in watched.alarms]
        yield {
            "type": "alarm",
            "x": 0,
            "y": 0,
            "width": WIDTH,
            "height": ALARMS_HEIGHT,
            "properties": {"title": plan.environment_id, "alarms": arns},
        }
        top = ALARMS_HEIGHT
    for number, widget in enumerate(_widgets(plan, watched)):
        row, column = divmod(number, COLUMNS)
        yield {
            **widget,
            "x": column * width,
            "y": top + row * HEIGHT,
            "width": width,
            "height": HEIGHT,
        }


def _widgets(plan: ForgePlan, watched: Operations) -> Iterator[Widget]:
    names = plan.compute.names
    ended = [
        [BATCH, metric, QUEUE, queue, {"stat": "Sum", "label": f"{title}, {queue}"}]
        for queue in names
        for metric, title in (
            ("JobsMovedToSucceeded", "succeeded"),
            ("JobsMovedToFailed", "failed or cancelled"),
            ("JobsCancelled", "cancelled"),
            ("JobsTerminated", "ended by somebody"),
        )
    ]
    yield _graph(plan, "Jobs that ended", ended)
    yield _graph(
        plan,
        "Milliseconds from RUNNABLE to STARTING",
        list(_durations(watched, "JobAttemptRunnableToStartingDuration")),
    )
    yield _graph(
        plan,
        "Milliseconds that tasks run",
        list(_durations(watched, "JobAttemptExecutionDuration")),
    )
    if watched.queue_check is not None:
        wait = [[watched.namespace, FRONT_WAIT, {"stat": "Maximum"}]]
        limit = {"label": "alarm", "value": watched.queue_check.waiting_minutes}
        yield _graph(plan, "Minutes that the front of a queue stands", wait, (limit,))
        vcpus = [[watched.namespace, DESIRED_VCPUS, {"stat": "Maximum"}]]
        most = sum(one.max_vcpus for one in plan.compute.environments)
        yield _graph(
            plan,
            "vCPUs that AWS Batch wants",
            vcpus,
            ({"label": "max_cpus", "value": most},) if most else (),
        )
    if plan.logs.nodes is not None:
        query = (
            f"SOURCE '{plan.logs.nodes.name}' | filter @message like /{NODE_FAILED}/ "
            "| parse @message \"in the step '*'\" as step | stats count(*) as nodes by step "
            "| sort nodes desc"
        )
        yield {
            "type": "log",
            "properties": {
                "title": "Nodes that failed at their start",
                "region": plan.region,
                "query": query,
                "view": "table",
            },
        }


def _durations(watched: Operations, metric: str) -> Iterator[list[Any]]:
    for queue in watched.task_queues:
        for stat in ("p50", "p90"):
            yield [BATCH, metric, QUEUE, queue, {"stat": stat, "label": f"{stat}, {queue}"}]


def _graph(
    plan: ForgePlan, title: str, metrics: list[list[Any]], limits: tuple[dict[str, Any], ...] = ()
) -> Widget:
    return {
        "type": "metric",
        "properties": {
            "title": title,
            "region": plan.region,
            "view": "timeSeries",
            "period": 900,
            "metrics": metrics,
            **({"annotations": {"horizontal": list(limits)}} if limits else {}),
        },
    }
