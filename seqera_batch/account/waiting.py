# SPDX-License-Identifier: Apache-2.0
"""Why a job waits in RUNNABLE."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from seqera_batch.account.answer import Answer
from seqera_batch.account.facts import JOIN_MINUTES, RECENT, Facts, Queue, moment
from seqera_batch.account.leaves import answer
from seqera_batch.account.nodes import node_answers, start_answers
from seqera_batch.account.queues import environment_answers, queue_answers
from seqera_batch.account.reading import Read
from seqera_batch.account.texts import BLOCKED
from seqera_batch.problems import Severity
from seqera_batch.words import counted, listed

_MEMORY = "MEMORY"
"""AWS's name of it, in MiB."""
_KEPT = 0.06
"""Share of a node's memory that its system and ECS's agent may keep; on most it is less. Inferred:
AWS says to look at what a node that runs has left."""


def waiting_answers(queue: Queue, job: Read, facts: Facts) -> Iterator[Answer]:
    """Yield why a job in RUNNABLE waits; of one that is asked about something always."""
    job_id, reason = job["jobId"], str(job.get("statusReason", ""))
    before = queue.waiting.index(job_id) if job_id in queue.waiting else 0
    if queue.front is not None and queue.front["jobId"] != job_id and before:
        yield answer("job-not-first", job_id, before=counted(before, "job"))
        return
    minutes = int((facts.now - moment(job["createdAt"])).total_seconds() // 60)
    answers = list(_reasons(queue, job, reason))
    yield from answers
    if answers:
        return
    evidence = {"status": "RUNNABLE", "statusReason": reason or None, "jobQueue": queue.name}
    # What was said of the queue's environments and nodes already may be the reason too.
    others = [*_of_others(queue, facts)]
    if others:
        if facts.asked is not None:
            yield answer("waits-as-said", job_id, evidence, minutes=minutes, others=listed(others))
        return
    if minutes < JOIN_MINUTES:
        leaf = "nodes-starting"
    else:
        placed = list(_room(queue, job))
        if placed:
            yield from placed
            return
        leaf = "waits-unexplained"
    yield answer(leaf, job_id, evidence, minutes=minutes)


def _of_others(queue: Queue, facts: Facts) -> Iterator[str]:
    """Yield of what it was said that may hold a queue now."""
    said = chain(
        queue_answers(queue),
        *map(environment_answers, queue.environments),
        *map(start_answers, queue.environments),
        *(node_answers(node, facts) for one in queue.environments for node in one.nodes),
    )
    names = [one.about for one in said if one.leaf.severity != Severity.NOTICE]
    # One that failed hours ago holds nobody: AWS Batch has started others since.
    names += [one.instance for one in facts.failures if one.when >= facts.now - RECENT][:1]
    yield from dict.fromkeys(names)


def _reasons(queue: Queue, job: Read, reason: str) -> Iterator[Answer]:
    job_id = job["jobId"]
    leaf = next((leaf for start, leaf in BLOCKED.items() if reason.startswith(start)), None)
    if leaf is not None:
        yield answer(leaf, job_id, {"statusReason": reason})
    asks = _asks(job)
    most = [int(one.resources["maxvCpus"]) for one in queue.environments if one.resources]
    seen = {"resourceRequirements": _written(asks)}
    if most and asks["VCPU"] > max(most):
        yield answer(
            "job-exceeds-environment",
            job_id,
            seen | {"maxvCpus": max(most)},
            vcpus=_number(asks["VCPU"]),
            most=max(most),
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
        yield answer(
            "environment-full",
            one.name,
            {"desiredvCpus": desired, "maxvCpus": most},
            desired=desired,
            most=most,
        )


def _types(
    queue: Queue, job_id: str, asks: dict[str, float], types: list[Read]
) -> Iterator[Answer]:
    if not types:
        named = [name for one in queue.environments for name in one.resources["instanceTypes"]]
        zones = sorted({zone for one in queue.environments for zone in one.zones})
        yield answer(
            "types-not-offered",
            listed(named),
            {"instanceTypes": named, "zones": zones},
            zones=", ".join(zones),
        )
        return
    with_gpu = [one for one in types if one.get("GpuInfo")]
    if asks["GPU"] and not with_gpu:
        yield answer("job-needs-gpu", job_id, {"resourceRequirements": _written(asks)})
        return
    fitting = [
        one["MemoryInfo"]["SizeInMiB"]
        for one in types
        if one["VCpuInfo"]["DefaultVCpus"] >= asks["VCPU"]
        and one["MemoryInfo"]["SizeInMiB"] > asks[_MEMORY]
        and _gpus(one) >= asks["GPU"]
    ]
    if fitting and max(fitting) * (1 - _KEPT) >= asks[_MEMORY]:
        return
    largest = max(types, key=lambda one: one["MemoryInfo"]["SizeInMiB"])
    size = (
        f"{largest['VCpuInfo']['DefaultVCpus']} vCPUs and "
        f"{largest['MemoryInfo']['SizeInMiB']} MiB ({largest['InstanceType']})"
    )
    yield answer(
        "job-hardly-fits" if fitting else "job-exceeds-nodes",
        job_id,
        {"resourceRequirements": _written(asks)},
        asks=_written(asks),
        largest=size,
    )


def _room(queue: Queue, job: Read) -> Iterator[Answer]:
    """Yield that a node has room for a job and does not get it."""
    asks = _asks(job)
    for environment in queue.environments:
        for node in environment.nodes:
            registered = node.registered or {}
            if registered.get("status", "ACTIVE") != "ACTIVE":
                continue
            resources = registered.get("remainingResources", ())
            left = {one["name"]: one.get("integerValue", 0) for one in resources}
            if left.get("CPU", 0) >= asks["VCPU"] * 1024 and left.get(_MEMORY, 0) >= asks[_MEMORY]:
                yield answer(
                    "job-not-placed",
                    job["jobId"],
                    {"remainingResources": [f"{k} {v}" for k, v in left.items()]},
                    node=node.id,
                )
                return


def _asks(job: Read) -> dict[str, float]:
    """Return what a job asks for: vCPUs, MiB, GPUs."""
    container = job.get("container", {})
    asks = {"VCPU": float(container.get("vcpus", 0)), _MEMORY: float(container.get("memory", 0))}
    asks["GPU"] = 0.0
    for one in container.get("resourceRequirements", ()):
        asks[one["type"]] = float(one["value"])
    return asks


def _written(asks: dict[str, float]) -> str:
    words = f"{_number(asks['VCPU'])} vCPUs and {_number(asks[_MEMORY])} MiB"
    return words + (f", {counted(int(asks['GPU']), 'GPU')}" if asks["GPU"] else "")


def _number(value: float) -> str:
    return f"{value:g}"


def _gpus(described: Read) -> int:
    return sum(int(one.get("Count", 0)) for one in described.get("GpuInfo", {}).get("Gpus", ()))
