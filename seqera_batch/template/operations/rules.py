# SPDX-License-Identifier: Apache-2.0
"""Rules on AWS Batch's events: what is told one by one, and what is only counted.

A job's event carries its command and environment variables, tokens of the pipeline among them: a
rule passes on the names and reasons that it picks, and nothing else.
"""

from __future__ import annotations

import json
from typing import Any

from seqera_batch.catalog import ids
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import events, sqs
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import resource_policies
from seqera_batch.plan.operations import Operations
from seqera_batch.policies.document import Scope

KEEP_DAYS = 14
"""SQS's longest: days in which a counted event can still be read."""
_DAY_SECONDS = 24 * 60 * 60
_STATE_CHANGE, _BLOCKED = "Batch Job State Change", "Batch Job Queue Blocked"
_PICKED = {
    "job": "$.detail.jobName",
    "id": "$.detail.jobId",
    "queue": "$.detail.jobQueue",
    "reason": "$.detail.statusReason",
    "time": "$.time",
}


def rules(plan: ForgePlan, watched: Operations, where: Scope) -> Resources:
    """Return the rules that are asked for, and where Spot reclaims are counted."""
    made: Resources = {}
    if watched.head_job_failures:
        made[ids.HEAD_JOB_RULE] = _telling(
            plan,
            watched,
            f"{plan.environment_id}: a head job has failed or was cancelled",
            head_job_pattern(plan, watched, where),
            f"A pipeline run of {plan.name} has ended without result: its head job <job> failed or "
            "was cancelled (<reason>).",
        )
    if watched.blocked_queues:
        made[ids.BLOCKED_QUEUE_RULE] = _telling(
            plan,
            watched,
            f"{plan.environment_id}: a queue is blocked",
            blocked_queue_pattern(plan, where),
            f"A queue of {plan.name} is blocked by the job at its front, <job>: <reason>",
        )
    if watched.spot_reclaims is not None:
        made |= _counted_reclaims(plan, watched, where)
    return made


def head_job_pattern(plan: ForgePlan, watched: Operations, where: Scope) -> dict[str, Any]:
    """Return the events of head jobs that fail; AWS Batch calls a cancelled one failed too."""
    detail: dict[str, Any] = {
        "status": ["FAILED"],
        "jobQueue": [_queue(where, plan.compute.head_queue)],
    }
    if watched.tasks_by_definition:
        starts = [
            where.arn("batch", f"job-definition/{one}") for one in watched.tasks_by_definition
        ]
        prefix = starts[0] if len(starts) == 1 else starts
        detail["jobDefinition"] = [{"anything-but": {"prefix": prefix}}]
    return {"source": ["aws.batch"], "detail-type": [_STATE_CHANGE], "detail": detail}


def blocked_queue_pattern(plan: ForgePlan, where: Scope) -> dict[str, Any]:
    """Return the events of queues that are blocked for another reason than missing capacity."""
    return {
        "source": ["aws.batch"],
        "detail-type": [_BLOCKED],
        "resources": [_queue(where, name) for name in plan.compute.names],
        "detail": {"statusReason": [{"anything-but": {"prefix": "CAPACITY:"}}]},
    }


def reclaim_pattern(watched: Operations, where: Scope) -> dict[str, Any]:
    """Return the events of tasks whose node has gone."""
    return {
        "source": ["aws.batch"],
        "detail-type": [_STATE_CHANGE],
        "detail": {
            "status": ["RUNNABLE", "FAILED"],
            "attempts": {"statusReason": [{"prefix": "Host EC2"}]},
            "jobQueue": [_queue(where, name) for name in watched.spot_queues],
        },
    }


def _queue(where: Scope, name: str) -> str:
    return where.arn("batch", f"job-queue/{name}")


def _telling(
    plan: ForgePlan, watched: Operations, description: str, pattern: dict[str, Any], says: str
) -> Resource:
    """Return a rule that tells the topic of each event, in a sentence and with what to do."""
    text = (
        f"{says} Queue <queue>, <time>. To see why: seqera-batch doctor FILE --job <id>, with the "
        f"file of {plan.name}"
    )
    return _rule(
        plan,
        description,
        pattern,
        {
            "Id": "Topic",
            "Arn": watched.topic_arn,
            "InputTransformer": {"InputPathsMap": _PICKED, "InputTemplate": json.dumps(text)},
        },
    )


def _counted_reclaims(plan: ForgePlan, watched: Operations, where: Scope) -> Resources:
    [policy] = (
        one for one in resource_policies(plan, where) if one.name == ids.SPOT_RECLAIM_EVENTS
    )
    template = json.dumps({name: f"<{name}>" for name in _PICKED})
    return {
        ids.SPOT_RECLAIM_EVENTS: Resource.of(
            sqs.QUEUE,
            MessageRetentionPeriod=KEEP_DAYS * _DAY_SECONDS,
            SqsManagedSseEnabled=True,
            Tags=tag_list(plan.labels.resources),
            keep_on_delete=False,
        ),
        ids.SPOT_RECLAIM_EVENTS_POLICY: Resource.of(
            sqs.QUEUE_POLICY,
            Queues=[ref(ids.SPOT_RECLAIM_EVENTS)],
            PolicyDocument=policy.permissions.to_dict(),
        ),
        ids.SPOT_RECLAIM_RULE: _rule(
            plan,
            f"{plan.environment_id}: a node has gone under its tasks",
            reclaim_pattern(watched, where),
            {
                "Id": "Events",
                "Arn": get_att(ids.SPOT_RECLAIM_EVENTS, "Arn"),
                "InputTransformer": {"InputPathsMap": _PICKED, "InputTemplate": template},
            },
        ),
    }


def _rule(
    plan: ForgePlan, description: str, pattern: dict[str, Any], target: dict[str, Any]
) -> Resource:
    return Resource.of(
        events.RULE,
        Description=description,
        EventPattern=pattern,
        State="ENABLED",
        Targets=[target],
        Tags=tag_list(plan.labels.resources),
    )
