# SPDX-License-Identifier: Apache-2.0
"""Decides job queues: their names, their environments in order, and when they cancel jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.catalog.ids import SCHEDULING_POLICY
from seqera_batch.catalog.names import environment_id
from seqera_batch.cloudformation.intrinsics import get_att
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.fleets import fleets
from seqera_batch.config.queue_names import created_queues, main_queue
from seqera_batch.config.queues import EveryQueue
from seqera_batch.config.selectors import labels_of
from seqera_batch.plan.decision import Decisions
from seqera_batch.plan.environments import ComputeEnvironment
from seqera_batch.problems import Problem
from seqera_batch.records import dataclass
from seqera_batch.words import counted, told, untold


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStateLimit:
    """When AWS Batch cancels a job that waits in RUNNABLE; seconds."""

    reason: str
    max_time_seconds: int
    state: str = "RUNNABLE"
    action: str = "CANCEL"

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"{self.reason} after {self.max_time_seconds} s"


def _in_order(keys: tuple[str, ...]) -> str:
    """Return what a queue runs on; for several, when AWS Batch goes on to the next."""
    first, *others = keys
    if not others:
        return f"on {first}"
    return (
        f"on {first}, then {', '.join(others)}: the next one only where those before it are "
        "INVALID or have no instance that fits, which a reclaimed Spot instance is not"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FairShare:
    """A scheduling policy: how queues for tasks share their capacity.

    Args:
        name: Its name.
        decay_seconds: For how long it counts what an identifier has used.
        reservation: Percent that is held back for identifiers without jobs.
        weights: By identifier, or how several start and `*`; the lower, the more.
    """

    name: str
    decay_seconds: int
    reservation: int
    weights: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Where Nextflow runs a task again.

    Args:
        queue: Name of the queue.
        after: Attempts before it.
    """

    queue: str
    after: int

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"after {counted(self.after, 'attempt')} Nextflow runs tasks in {self.queue}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQueue:
    """An AWS Batch job queue.

    Args:
        key: Short name; its resource is named by it.
        name: Its name, by which Platform and Nextflow know it.
        purpose: Whose jobs it takes, a few words.
        priority: Before other queues on the same environment, 0 to 1000.
        environments: Keys of its compute environments, one to three, the first one first.
        job_state_limits: When it cancels jobs that wait.
        disabled: Whether it takes no jobs for now.
        process_labels: Labels of Nextflow processes that run in it.
        process_names: Names of Nextflow processes that run in it.
        fallback: Where Nextflow runs a task again that has failed in it.
        scheduling_policy: ARN of the policy by which it shares its capacity, from its creation to
            its end; None for first in, first out.
    """

    key: str = field(metadata=untold("names the queue"))
    name: str = field(metadata=untold("names the queue"))
    purpose: str = field(metadata=told("{}"))
    environments: tuple[str, ...] = field(metadata=told(_in_order))
    priority: int = field(default=defaults.QUEUE_PRIORITY, metadata=told("priority {}"))
    job_state_limits: tuple[JobStateLimit, ...] = field(metadata=told("cancels {}"))
    disabled: bool = field(default=False, metadata=told("takes no jobs for now"))
    process_labels: tuple[str, ...] = field(
        default=(), metadata=told("takes processes with the label {}")
    )
    process_names: tuple[str, ...] = field(default=(), metadata=told("takes the processes {}"))
    fallback: Fallback | None = field(default=None, metadata=told("{}"))
    scheduling_policy: str | None = field(
        default=None,
        metadata=told(lambda _: "shares capacity among identifiers, for as long as it exists"),
    )


PURPOSES = {
    "head": "head jobs: Nextflow itself",
    "work": "tasks of pipelines",
    "all": "head jobs and tasks",
    "dragen": "DRAGEN tasks",
}
"""Whose jobs a queue takes, by its key."""
FURTHER = "tasks that pipelines send there"
"""Whose jobs every other queue takes."""


def job_queues(config: ForgeConfig, decisions: Decisions) -> tuple[JobQueue, ...]:
    """Return the queues, each with its environments in order, under names that stay."""
    asked = config.aws.job_state_limits
    names = created_queues(config)
    chosen = _choices(config, names)
    behind: dict[str, list[str]] = {}
    for fleet in fleets(config):
        behind.setdefault(fleet.queue, []).append(fleet.key)
    queues = tuple(
        JobQueue(
            key=key,
            name=name,
            purpose=PURPOSES.get(key, FURTHER),
            environments=tuple(behind.get(key, (key,))),
            scheduling_policy=None
            if config.aws.fair_share is None or key == "head"
            else get_att(SCHEDULING_POLICY, "Arn"),
            **chosen.get(key, {}),
            job_state_limits=tuple(
                JobStateLimit(reason=reason, max_time_seconds=asked.max_time_seconds)
                for reason in asked.reasons
            ),
        )
        for key, name in names.items()
    )
    decisions.add(
        "queue names",
        tuple(queue.name for queue in queues),
        "Platform knows a queue by its name, so it never changes with an update",
        sources.SEQERA_AWS_BATCH,
    )
    decisions.add(
        "aws.job_state_limits",
        f"{asked.max_time_seconds} s",
        "jobs that no node type can run are cancelled instead of blocking the queue; "
        "which times Forge takes is not published",
        sources.AWS_BATCH_TIME_LIMITS,
    )
    decisions.add(
        "queue priority",
        defaults.QUEUE_PRIORITY,
        "each queue has a compute environment of its own, so priorities never meet",
    )
    return queues


def fair_share(config: ForgeConfig) -> FairShare | None:
    """Return the scheduling policy of the queues for tasks; None where they have none."""
    said = config.aws.fair_share
    if said is None:
        return None
    return FairShare(
        name=environment_id(config.aws.prefix, config.name),
        decay_seconds=said.share_decay_seconds,
        reservation=said.compute_reservation,
        weights={one.share_identifier: one.weight_factor for one in said.shares},
    )


def _choices(config: ForgeConfig, names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return what chooses each queue in Nextflow, and where tasks go after it, by its key."""
    if config.forge is None:
        return {}

    def fallback(said: EveryQueue) -> Fallback | None:
        if said.fallback_queue is None:
            return None
        # What is none of the file's is the name of a queue that exists.
        name = names.get(said.fallback_queue, said.fallback_queue)
        return Fallback(queue=name, after=said.fallback_after)

    main = config.aws.compute
    of_main = {"fallback": fallback(main), "disabled": not main.enabled}
    return {main_queue(config.forge): of_main} | {
        queue.name: {
            "disabled": not queue.enabled,
            "process_labels": labels_of(config, queue),
            "process_names": queue.process_names,
            "fallback": fallback(queue),
        }
        for queue in config.aws.queues
    }


def queue_problems(
    queues: Iterable[JobQueue], environments: Mapping[str, ComputeEnvironment]
) -> Iterator[Problem]:
    """Yield why AWS Batch would refuse a queue: by the number and the kinds of its environments."""
    for queue in queues:
        behind = [environments[key] for key in queue.environments if key in environments]
        if len(behind) != len(set(queue.environments)) or not (
            1 <= len(behind) <= limits.ENVIRONMENTS_PER_QUEUE
        ):
            yield _unfit(
                queue,
                "a queue has one to three compute environments of this file, each once",
                value=queue.environments,
                allowed=f"1 to {limits.ENVIRONMENTS_PER_QUEUE} of {', '.join(environments)}",
            )
            continue
        for what, kinds in (
            ("EC2 and Fargate", {environment.on_ec2 for environment in behind}),
            (
                "processors of two architectures",
                {environment.architecture for environment in behind} - {None},
            ),
        ):
            if len(kinds) > 1:
                yield _unfit(
                    queue,
                    f"AWS Batch takes no queue with {what}",
                    value=queue.environments,
                    allowed="environments of one kind",
                )


def _unfit(queue: JobQueue, message: str, *, value: object, allowed: str) -> Problem:
    return Problem(
        "queue-environments",
        f"queue {queue.name}",
        message,
        value=value,
        allowed=allowed,
        fix="give each queue environments that fit together, or make another queue",
        source=sources.AWS_BATCH_API_QUEUES,
    )
