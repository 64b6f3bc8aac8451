# SPDX-License-Identifier: Apache-2.0
"""Why jobs wait, environments are INVALID, nodes come and go, and head jobs fail at their start."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from seqera_batch.account.answer import Answer
from seqera_batch.account.facts import JOIN_MINUTES, LAST_LINES, Reader, moment
from seqera_batch.account.leaves import BLOCKED, INVALID, LEAVES, SCALING, STOPPED, first, said
from seqera_batch.account.network import subnets_of
from seqera_batch.node import NODE_FAILED
from seqera_batch.problems import Severity
from seqera_batch.words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seqera_batch.account.facts import Environment, Facts, Node, Queue
    from seqera_batch.account.reading import Account, Read
    from seqera_batch.plan import ForgePlan

SHOWN_LINES = 5
"""Lines of a log that an answer shows as evidence."""
_ENDED_BY_SIGNAL = {130: "job-ended-by-user", 137: "job-killed", 143: "job-ended-by-user"}
"""By exit code; who sends 137's SIGKILL, the kernel or somebody, the code does not tell."""
_STEP = re.compile(r"in the step '([^']*)'")
_STACKS = {
    "DELETE_FAILED": "stack-half-deleted",
    "ROLLBACK_COMPLETE": "stack-rolled-back",
    "ROLLBACK_FAILED": "stack-half-created",
    "CREATE_FAILED": "stack-half-created",
    "UPDATE_FAILED": "stack-half-updated",
    "UPDATE_ROLLBACK_FAILED": "stack-stuck",
}
"""Answers by the states of a stack in which it does not go on by itself."""
_MIB = "MEMORY"


def doctor(account: Account, plan: ForgePlan, *, job: str | None = None) -> tuple[Answer, ...]:
    """Return what is wrong with an environment that is deployed.

    Args:
        account: Where it is.
        plan: What it is.
        job: Id of the job that is asked about; else those at the front of the queues, and the head
            job that failed last.
    """
    facts = Reader(account, plan).facts(job)
    answers = tuple(judge(facts, plan))
    silent = [answer.about for answer in answers if answer.leaf.id == "node-reaches-nothing"]
    if not silent:
        return answers
    # Only now is it worth the many calls that a network takes.
    nodes = {
        node.id: node.instance.get("SubnetId")
        for queue in facts.queues or ()
        for environment in queue.environments
        for node in environment.nodes
    }
    subnets = tuple(sorted({str(nodes[name]) for name in silent if nodes.get(name)}))
    return (*answers, *subnets_of(account, plan, subnets))


def judge(facts: Facts, plan: ForgePlan) -> Iterator[Answer]:
    """Yield the answers, what is most outside first: stack, queues, environments, jobs, nodes.

    Args:
        facts: What was read.
        plan: What the environment is.
    """
    yield from stack_answers(facts.stack, plan, read=facts.stack_read)
    queues = facts.queues or ()
    for queue in queues:
        yield from _queue(queue)
    environments = {one.name: one for queue in queues for one in queue.environments}
    for environment in environments.values():
        yield from _environment(environment)
    yield from _jobs(queues, facts)
    yield from _failures(facts, plan)
    failed = {name for name, _ in facts.failures}
    for environment in environments.values():
        for node in environment.nodes:
            if node.id not in failed:
                yield from _node(node, facts)
        yield from _reclaimed(environment)


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
        yield Answer(leaf=LEAVES["stack-missing"], about=plan.stack_name)
        return
    status = str(stack["StackStatus"])
    why = stack.get("StackStatusReason", status)
    leaf = "stack-busy" if status.endswith("_IN_PROGRESS") else _STACKS.get(status)
    if leaf is not None:
        yield Answer(
            leaf=LEAVES[leaf],
            about=plan.stack_name,
            evidence={"StackStatus": status},
            words={"why": why},
        )


def _jobs(queues: tuple[Queue, ...], facts: Facts) -> Iterator[Answer]:
    """Yield what is with the job that is asked about, else with those that wait or failed."""
    if facts.asked is not None:
        if queues:
            yield from _asked(facts.asked, queues, facts)
        return
    for queue in queues:
        if queue.front is not None:
            yield from _waiting(queue, queue.front, facts)
    if facts.job is not None:
        yield from _failed(facts.job, facts)


def _queue(queue: Queue) -> Iterator[Answer]:
    detail = queue.detail
    if detail is None:
        yield Answer(leaf=LEAVES["queue-missing"], about=queue.name)
        return
    seen = {name: detail.get(name) for name in ("state", "status", "statusReason")}
    if detail["state"] != "ENABLED":
        yield Answer(leaf=LEAVES["queue-disabled"], about=queue.name, evidence=seen)
    if detail.get("status") == "INVALID":
        yield Answer(leaf=LEAVES["queue-invalid"], about=queue.name, evidence=seen)


def _environment(environment: Environment) -> Iterator[Answer]:
    detail = environment.detail
    reason = str(detail.get("statusReason", ""))
    seen = {"state": detail.get("state"), "status": detail.get("status"), "statusReason": reason}
    if detail.get("state") == "DISABLED":
        yield Answer(leaf=LEAVES["environment-disabled"], about=environment.name, evidence=seen)
    if detail.get("status") == "INVALID":
        leaf = first(INVALID, reason) or "invalid-otherwise"
        resources = environment.resources
        named = {
            "serviceRole": detail.get("serviceRole"),
            "instanceRole": resources.get("instanceRole"),
            "spotIamFleetRole": resources.get("spotIamFleetRole"),
        }
        seen |= {name: value for name, value in named.items() if value}
        yield Answer(leaf=LEAVES[leaf], about=environment.name, evidence=seen)
    elif detail.get("status") in {"CREATING", "UPDATING", "DELETING"}:
        yield Answer(leaf=LEAVES["environment-updating"], about=environment.name, evidence=seen)
    done = [one for one in environment.activities if one["StatusCode"] in {"Failed", "Successful"}]
    if done and done[0]["StatusCode"] == "Failed":
        message = str(done[0].get("StatusMessage", ""))
        yield Answer(
            leaf=LEAVES[first(SCALING, message) or "scaling-otherwise"],
            about=environment.name,
            evidence={"StatusMessage": message, "StartTime": done[0]["StartTime"]},
        )


def _asked(job_id: str, queues: Iterable[Queue], facts: Facts) -> Iterator[Answer]:
    job = facts.job
    if job is None:
        if facts.asked_read:
            yield Answer(leaf=LEAVES["job-unknown"], about=job_id)
        return
    name = job["jobQueue"].rpartition("/")[2]
    queue = next((one for one in queues if one.name == name), None)
    if queue is None:
        yield Answer(leaf=LEAVES["job-elsewhere"], about=job_id, words={"queue": name})
        return
    status = job["status"]
    if status == "FAILED":
        yield from _failed(job, facts)
    elif status == "RUNNABLE":
        yield from _waiting(queue, job, facts)
    elif status == "PENDING":
        others = [one["jobId"] for one in job.get("dependsOn", ())]
        yield Answer(
            leaf=LEAVES["job-pending"],
            about=job_id,
            evidence={"dependsOn": others},
            words={"others": listed(others) or "see the job"},
        )
    else:
        yield Answer(leaf=LEAVES["job-goes-on"], about=job_id, words={"status": status})


def _waiting(queue: Queue, job: Read, facts: Facts) -> Iterator[Answer]:
    """Yield why a job in RUNNABLE waits; something always."""
    job_id, reason = job["jobId"], str(job.get("statusReason", ""))
    before = queue.waiting.index(job_id) if job_id in queue.waiting else 0
    if queue.front is not None and queue.front["jobId"] != job_id and before:
        yield Answer(
            leaf=LEAVES["job-not-first"], about=job_id, words={"before": counted(before, "job")}
        )
        return
    minutes = int((facts.now - moment(job["createdAt"])).total_seconds() // 60)
    answers = list(_reasons(queue, job, reason))
    yield from answers
    # What was said of the queue's environments and nodes already may be the reason too.
    others = chain(
        _queue(queue),
        *map(_environment, queue.environments),
        *(_node(node, facts) for one in queue.environments for node in one.nodes),
    )
    if answers or facts.failures or any(one.leaf.severity != Severity.NOTICE for one in others):
        return
    evidence = {"status": "RUNNABLE", "statusReason": reason or None, "jobQueue": queue.name}
    if minutes < JOIN_MINUTES:
        leaf = "nodes-starting"
    else:
        placed = list(_room(queue, job))
        if placed:
            yield from placed
            return
        leaf = "waits-unexplained"
    yield Answer(leaf=LEAVES[leaf], about=job_id, evidence=evidence, words={"minutes": minutes})


def _reasons(queue: Queue, job: Read, reason: str) -> Iterator[Answer]:
    job_id = job["jobId"]
    leaf = next((leaf for start, leaf in BLOCKED.items() if reason.startswith(start)), None)
    if leaf is not None:
        yield Answer(leaf=LEAVES[leaf], about=job_id, evidence={"statusReason": reason})
    asks = _asks(job)
    most = [int(one.resources["maxvCpus"]) for one in queue.environments if one.resources]
    seen = {"resourceRequirements": _written(asks)}
    if most and asks["VCPU"] > max(most):
        words = {"vcpus": _number(asks["VCPU"]), "most": max(most)}
        evidence = seen | {"maxvCpus": max(most)}
        yield Answer(
            leaf=LEAVES["job-exceeds-environment"], about=job_id, evidence=evidence, words=words
        )
    else:
        yield from _full(queue)
    known = [one.types for one in queue.environments if one.types is not None]
    types = [each for one in known for each in one]
    if known and len(known) == len(queue.environments):
        yield from _types(queue, job_id, asks, types)


def _full(queue: Queue) -> Iterator[Answer]:
    for one in queue.environments:
        desired, most = one.resources.get("desiredvCpus", 0), one.resources.get("maxvCpus")
        if most is None or desired < most:
            # Another one of the queue has room.
            return
    for one in queue.environments:
        desired, most = one.resources["desiredvCpus"], one.resources["maxvCpus"]
        yield Answer(
            leaf=LEAVES["environment-full"],
            about=one.name,
            evidence={"desiredvCpus": desired, "maxvCpus": most},
            words={"desired": desired, "most": most},
        )


def _types(
    queue: Queue, job_id: str, asks: dict[str, float], types: list[Read]
) -> Iterator[Answer]:
    if not types:
        named = [name for one in queue.environments for name in one.resources["instanceTypes"]]
        zones = sorted({zone for one in queue.environments for zone in one.zones})
        yield Answer(
            leaf=LEAVES["types-not-offered"],
            about=listed(named),
            evidence={"instanceTypes": named, "zones": zones},
            words={"zones": ", ".join(zones)},
        )
        return
    with_gpu = [one for one in types if one.get("GpuInfo")]
    if asks["GPU"] and not with_gpu:
        yield Answer(
            leaf=LEAVES["job-needs-gpu"],
            about=job_id,
            evidence={"resourceRequirements": _written(asks)},
        )
        return
    # All the memory is never there for a job: the system and the agent keep some.
    if any(
        one["VCpuInfo"]["DefaultVCpus"] >= asks["VCPU"]
        and one["MemoryInfo"]["SizeInMiB"] > asks[_MIB]
        and _gpus(one) >= asks["GPU"]
        for one in types
    ):
        return
    largest = max(types, key=lambda one: one["MemoryInfo"]["SizeInMiB"])
    size = (
        f"{largest['VCpuInfo']['DefaultVCpus']} vCPUs and "
        f"{largest['MemoryInfo']['SizeInMiB']} MiB ({largest['InstanceType']})"
    )
    yield Answer(
        leaf=LEAVES["job-exceeds-nodes"],
        about=job_id,
        evidence={"resourceRequirements": _written(asks)},
        words={"asks": _written(asks), "largest": size},
    )


def _room(queue: Queue, job: Read) -> Iterator[Answer]:
    """Yield that a node has room for a job and does not get it."""
    asks = _asks(job)
    for environment in queue.environments:
        for node in environment.nodes:
            resources = (node.registered or {}).get("remainingResources", ())
            left = {one["name"]: one.get("integerValue", 0) for one in resources}
            if left.get("CPU", 0) >= asks["VCPU"] * 1024 and left.get(_MIB, 0) >= asks[_MIB]:
                yield Answer(
                    leaf=LEAVES["job-not-placed"],
                    about=job["jobId"],
                    evidence={"remainingResources": [f"{k} {v}" for k, v in left.items()]},
                    words={"node": node.id},
                )
                return


def _failed(job: Read, facts: Facts) -> Iterator[Answer]:
    """Yield why a job failed, and what it left running."""
    attempts = job.get("attempts", ())
    attempt: Read = attempts[-1] if attempts else {}
    container: Read = attempt["container"] if "container" in attempt else job.get("container", {})
    reasons = {
        "statusReason": job.get("statusReason"),
        "attempt.statusReason": attempt.get("statusReason"),
        "container.reason": container.get("reason"),
    }
    seen: dict[str, object] = {name: text for name, text in reasons.items() if text}
    code = container.get("exitCode")
    seen |= {} if code is None else {"exitCode": code}
    leaf = first(STOPPED, "\n".join(map(str, reasons.values())))
    if leaf is None and (job.get("isTerminated") or job.get("isCancelled")):
        leaf = "job-ended-by-user"
    if leaf is None and code is not None:
        leaf = said(facts.log) or _ENDED_BY_SIGNAL.get(code, "run-failed")
    if facts.log:
        seen["log"] = list(facts.log[-SHOWN_LINES:])
    yield Answer(
        leaf=LEAVES[leaf or "job-failed-otherwise"],
        about=job["jobId"],
        evidence=seen,
        words={"code": code},
    )
    if facts.orphans:
        yield Answer(
            leaf=LEAVES["orphaned-tasks"],
            about=job["jobId"],
            evidence={"jobIds": list(facts.orphans[:LAST_LINES])},
            words={"count": len(facts.orphans)},
        )


def _failures(facts: Facts, plan: ForgePlan) -> Iterator[Answer]:
    """Yield in which steps nodes failed at their start, by the nodes' own logs."""
    group = plan.logs.nodes
    if group is None:
        return
    steps = Counter(_step(line) for _, line in facts.failures)
    for step, count in steps.items():
        name, line = next(pair for pair in facts.failures if _step(pair[1]) == step)
        yield Answer(
            leaf=LEAVES["node-start-failed"],
            about=name,
            evidence={"log": [line]},
            words={
                "step": step,
                "count": counted(count, "node"),
                "command": f"aws logs tail {group.name} --log-stream-name-prefix {name}",
            },
        )


def _step(line: str) -> str:
    found = _STEP.search(line)
    return found[1] if found else "that its log names"


def _node(node: Node, facts: Facts) -> Iterator[Answer]:
    minutes = node.minutes(facts.now)
    seen = {
        "State": node.instance["State"]["Name"],
        "LaunchTime": node.instance["LaunchTime"],
        "SubnetId": node.instance.get("SubnetId"),
        "PublicIpAddress": node.instance.get("PublicIpAddress"),
    }
    if node.registered is not None:
        attributes = {one["name"] for one in node.registered.get("attributes", ())}
        if not node.registered.get("agentConnected", True) and seen["State"] == "running":
            evidence = {"agentConnected": False}
            yield Answer(leaf=LEAVES["node-agent-gone"], about=node.id, evidence=evidence)
        elif attributes and "com.amazonaws.ecs.capability.logging-driver.awslogs" not in attributes:
            yield Answer(
                leaf=LEAVES["node-without-awslogs"], about=node.id, evidence={"attributes": "none"}
            )
        return
    if node.said is None:
        return
    words: dict[str, object] = {"minutes": minutes}
    failed = [line for line in node.said if NODE_FAILED in line]
    leaf = "node-not-joined"
    if failed:
        leaf = "node-start-failed"
        console = f"aws ec2 get-console-output --instance-id {node.id} --output text"
        words = {"step": _step(failed[-1]), "count": "1 node", "command": console}
        seen["log"] = failed[-1:]
    elif not node.said:
        leaf = "node-reaches-nothing"
    elif node.denied:
        leaf, words = "node-role-denied", {"denied": ", ".join(node.denied)}
    yield Answer(leaf=LEAVES[leaf], about=node.id, evidence=seen, words=words)


def _reclaimed(environment: Environment) -> Iterator[Answer]:
    reclaimed = [
        node.id
        for node in environment.nodes
        if node.instance.get("StateReason", {}).get("Code") == "Server.SpotInstanceTermination"
    ]
    if reclaimed:
        yield Answer(
            leaf=LEAVES["nodes-reclaimed"],
            about=environment.name,
            evidence={
                "StateReason.Code": "Server.SpotInstanceTermination",
                "InstanceId": reclaimed,
            },
            words={"count": len(reclaimed)},
        )


def _asks(job: Read) -> dict[str, float]:
    """Return what a job asks for: vCPUs, MiB, GPUs."""
    container = job.get("container", {})
    asks = {"VCPU": float(container.get("vcpus", 0)), _MIB: float(container.get("memory", 0))}
    asks["GPU"] = 0.0
    for one in container.get("resourceRequirements", ()):
        asks[one["type"]] = float(one["value"])
    return asks


def _written(asks: dict[str, float]) -> str:
    words = f"{_number(asks['VCPU'])} vCPUs and {_number(asks[_MIB])} MiB"
    return words + (f", {counted(int(asks['GPU']), 'GPU')}" if asks["GPU"] else "")


def _number(value: float) -> str:
    return f"{value:g}"


def _gpus(described: Read) -> int:
    return sum(int(one.get("Count", 0)) for one in described.get("GpuInfo", {}).get("Gpus", ()))
