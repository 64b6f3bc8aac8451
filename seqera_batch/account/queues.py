# SPDX-License-Identifier: Apache-2.0
"""What is wrong with queues and compute environments themselves."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.account.answer import Answer
from seqera_batch.account.facts import Environment, Queue
from seqera_batch.account.leaves import answer
from seqera_batch.account.reading import Account, Read
from seqera_batch.account.texts import INVALID, first
from seqera_batch.plan import ForgePlan


def queue_answers(queue: Queue) -> Iterator[Answer]:
    """Yield what is wrong with a queue."""
    detail = queue.detail
    if detail is None:
        yield answer("queue-missing", queue.name)
        return
    seen = {name: detail.get(name) for name in ("state", "status", "statusReason")}
    if detail["state"] != "ENABLED":
        yield answer("queue-disabled", queue.name, seen)
    if detail.get("status") == "INVALID":
        yield answer("queue-invalid", queue.name, seen)


def environment_answers(environment: Environment) -> Iterator[Answer]:
    """Yield what is wrong with a compute environment."""
    detail = environment.detail
    reason = str(detail.get("statusReason", ""))
    seen = {"state": detail.get("state"), "status": detail.get("status"), "statusReason": reason}
    if detail.get("state") == "DISABLED":
        yield answer("environment-disabled", environment.name, seen)
    if detail.get("status") == "INVALID":
        leaf = first(INVALID, reason) or "invalid-otherwise"
        resources = environment.resources
        named = {
            "serviceRole": detail.get("serviceRole"),
            "instanceRole": resources.get("instanceRole"),
            "spotIamFleetRole": resources.get("spotIamFleetRole"),
        }
        seen |= {name: value for name, value in named.items() if value} | dict(environment.roles)
        yield answer(leaf, environment.name, seen)
    elif detail.get("status") in {"CREATING", "UPDATING", "DELETING"}:
        yield answer("environment-updating", environment.name, seen)


_TYPES = {"ECS", "ECS_MANAGED_INSTANCES"}
"""Types of queues that tasks of Nextflow run in; the head job runs on Fargate too."""


def existing_answers(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    """Yield what is wrong with the queues that the file only names.

    Args:
        account: Where they are looked for: a queue of another account or region is not there.
        plan: The environment that uses them.
    """
    compute = plan.compute
    made = {one.name for one in compute.queues}
    names = [one for one in compute.looked_at if one not in made]
    if not names:
        return
    account.tell("reading the queues that exist")
    there = account.every("batch", "describe_job_queues", jobQueues=names)
    if there is None:
        return
    by_name = {one["jobQueueName"]: one for one in there}
    for name in names:
        detail = by_name.get(name)
        yield from queue_answers(Queue(name=name, detail=detail))
        if detail is not None:
            yield from _fit(detail, plan, of_tasks=name in compute.task_queues)
    arns = {
        one["computeEnvironment"]: None
        for detail in there
        for one in detail.get("computeEnvironmentOrder", ())
    }
    if arns:
        behind = account.every(
            "batch", "describe_compute_environments", computeEnvironments=list(arns)
        )
        for one in behind or ():
            yield from environment_answers(Environment(detail=one))


def _fit(detail: Read, plan: ForgePlan, *, of_tasks: bool) -> Iterator[Answer]:
    """Yield why a queue does not take what is submitted to it."""
    name, kind = detail["jobQueueName"], detail.get("jobQueueType", "ECS")
    if kind not in (_TYPES if of_tasks else {*_TYPES, "ECS_FARGATE"}):
        yield answer(
            "queue-of-other-type",
            name,
            {"jobQueueType": kind},
            type=kind,
            jobs="tasks" if of_tasks else "head jobs",
        )
    policy, share = detail.get("schedulingPolicyArn"), plan.compute.share
    if of_tasks and (policy is None) != (share is None):
        yield answer(
            "queue-shares" if share is None else "queue-without-shares",
            name,
            {"schedulingPolicyArn": policy},
        )
