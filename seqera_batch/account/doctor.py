# SPDX-License-Identifier: Apache-2.0
"""Why jobs wait, environments are INVALID, nodes come and go, and head jobs fail at their start.

What is said of each is in the module of its name: `queues`, `nodes`, `waiting`, `ended`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from seqera_batch.account.answer import Answer
from seqera_batch.account.ended import failed_answers
from seqera_batch.account.facts import Facts, Queue
from seqera_batch.account.leaves import answer
from seqera_batch.account.network import subnets_of
from seqera_batch.account.nodes import ended_answers, failure_answers, node_answers, start_answers
from seqera_batch.account.queues import environment_answers, queue_answers
from seqera_batch.account.reader import Reader
from seqera_batch.account.reading import Account, Read
from seqera_batch.account.waiting import waiting_answers
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.labels import ENVIRONMENT_TAG
from seqera_batch.problems import ConfigError, refusal
from seqera_batch.words import listed

_STACKS = {
    "DELETE_FAILED": "stack-half-deleted",
    "ROLLBACK_COMPLETE": "stack-rolled-back",
    "ROLLBACK_FAILED": "stack-half-created",
    "CREATE_FAILED": "stack-half-created",
    "UPDATE_FAILED": "stack-half-updated",
    "UPDATE_ROLLBACK_FAILED": "stack-stuck",
}
"""Answers by the states of a stack in which it does not go on by itself."""


def doctor(account: Account, plan: ForgePlan, *, job: str | None = None) -> tuple[Answer, ...]:
    """Return what is wrong with an environment that is deployed.

    Args:
        account: Where it is.
        plan: What it is.
        job: Id or ARN of the job that is asked about; else those at the front of the queues, and
            the head job that failed last.
    """
    facts = Reader(account, plan).facts(None if job is None else id_of(account, job))
    answers = tuple(judge(facts, plan))
    subnets = tuple(sorted(set(_unreached(answers, facts))))
    # Only now is it worth the many calls that a network takes.
    return (*answers, *subnets_of(account, plan, subnets)) if subnets else answers


def _unreached(answers: Iterable[Answer], facts: Facts) -> Iterator[str]:
    """Yield the subnets from which something is not reached."""
    queues = facts.queues or ()
    environments = [one for queue in queues for one in queue.environments]
    nodes = {node.id: node.instance.get("SubnetId") for one in environments for node in one.nodes}
    for one in answers:
        if one.leaf.id == "node-reaches-nothing" and nodes.get(one.about):
            yield str(nodes[one.about])
        if one.leaf.id in {"image-not-pulled", "resources-not-ready"} and facts.job is not None:
            name = facts.job["jobQueue"].rpartition("/")[2]
            behind = (one.environments for one in queues if one.name == name)
            yield from (
                subnet
                for one in chain.from_iterable(behind)
                for subnet in one.resources.get("subnets", ())
            )


def judge(facts: Facts, plan: ForgePlan) -> Iterator[Answer]:
    """Yield the answers, what is most outside first: stack, queues, environments, jobs, nodes."""
    yield from stack_answers(facts.stack, plan, read=facts.stack_read)
    queues = facts.queues or ()
    for queue in queues:
        yield from queue_answers(queue)
    environments = {one.name: one for queue in queues for one in queue.environments}
    for environment in environments.values():
        yield from environment_answers(environment)
        yield from start_answers(environment)
    yield from _jobs(queues, facts)
    yield from failure_answers(facts, plan)
    failed = {one.instance for one in facts.failures}
    for environment in environments.values():
        for node in environment.nodes:
            if node.id not in failed:
                yield from node_answers(node, facts)
        yield from ended_answers(environment, facts)
    if facts.cost_tag not in {None, "Active"}:
        leaf = "budget-counts-nothing" if facts.cost_tag else "budget-unseen"
        yield answer(leaf, ENVIRONMENT_TAG, {"Status": facts.cost_tag or None})


def stack_answers(stack: Read | None, plan: ForgePlan, *, read: bool) -> Iterator[Answer]:
    """Yield what is wrong with a stack.

    Args:
        stack: As CloudFormation describes it; None where there is none.
        plan: Whose it is.
        read: Whether CloudFormation could be asked.
    """
    if not read:
        return
    if stack is None:
        yield answer("stack-missing", plan.stack_name)
        return
    status = str(stack["StackStatus"])
    why = stack.get("StackStatusReason", status)
    leaf = "stack-busy" if status.endswith("_IN_PROGRESS") else _STACKS.get(status)
    if leaf is not None:
        yield answer(leaf, plan.stack_name, {"StackStatus": status}, why=why)


def _jobs(queues: tuple[Queue, ...], facts: Facts) -> Iterator[Answer]:
    """Yield what is with the job that is asked about, else with those that wait or failed."""
    if facts.asked is not None:
        if queues:
            yield from _asked(facts.asked, queues, facts)
        return
    for queue in queues:
        if queue.front is not None:
            yield from waiting_answers(queue, queue.front, facts)
    if facts.job is not None:
        yield from failed_answers(facts.job, facts)


def _asked(job_id: str, queues: Iterable[Queue], facts: Facts) -> Iterator[Answer]:
    job = facts.job
    if job is None:
        if facts.asked_read:
            yield answer("job-unknown", job_id)
        return
    name = job["jobQueue"].rpartition("/")[2]
    queue = next((one for one in queues if one.name == name), None)
    if queue is None:
        yield answer("job-elsewhere", job_id, queue=name)
        return
    array = facts.array
    if array is not None:
        yield _of_array(array, job)
        if job is array:
            return
    status = job["status"]
    if status == "FAILED":
        yield from failed_answers(job, facts)
    elif status == "RUNNABLE":
        yield from waiting_answers(queue, job, facts)
    elif status == "PENDING":
        others = [one["jobId"] for one in job.get("dependsOn", ())]
        yield answer(
            "job-pending",
            job["jobId"],
            {"dependsOn": others},
            others=listed(others) or "see the job",
        )
    else:
        yield answer("job-goes-on", job["jobId"], status=status)


def _of_array(array: Read, job: Read) -> Answer:
    """Return how the jobs of an array are, and which of them is looked at."""
    properties = array["arrayProperties"]
    summary = properties.get("statusSummary", {})
    counted = ", ".join(f"{name} {count}" for name, count in summary.items() if count)
    which = "no job of it waits or failed" if job is array else f"{job['jobId']} is looked at"
    return answer(
        "job-array",
        array["jobId"],
        {"status": array["status"], "statusSummary": counted or None},
        size=properties["size"],
        which=which,
    )


def id_of(account: Account, text: str) -> str:
    """Return the id of a job that is named by its id or ARN; `id:3` is one of an array.

    Args:
        account: Where it must be.
        text: What somebody typed or copied.

    Raises:
        ConfigError: It is no job's, or one of another account or region.
    """
    wanted = text.strip()
    if not wanted.startswith("arn:"):
        if wanted:
            return wanted
        raise _no_job(text)
    # The index of one of an array stands in its resource.
    _, _, service, region, owner, resource = (*wanted.split(":", 5), *[""] * 5)[:6]
    if service != "batch" or not resource.startswith("job/"):
        raise _no_job(text)
    if (region, owner) != (account.region, account.account):
        raise refusal(
            "job-id",
            "",
            f"the job is in {region} of the account {owner}",
            value=wanted,
            allowed=f"a job in {account.region} of the account {account.account}",
            fix="give the file of that environment, with credentials of its account",
        )
    return resource.removeprefix("job/")


def _no_job(text: str) -> ConfigError:
    return refusal(
        "job-id",
        "",
        "this names no job of AWS Batch",
        value=text,
        allowed="a job's id, its ARN, or ID:INDEX for one of an array",
        fix="take the id that AWS Batch, Nextflow's log or Platform shows",
    )
