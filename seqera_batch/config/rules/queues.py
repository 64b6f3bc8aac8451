# SPDX-License-Identifier: Apache-2.0
"""Rules about further queues for tasks: their names, who chooses them, and on which retry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from seqera_batch.catalog import limits, sources
from seqera_batch.catalog.ids import id_of
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.fleets import Fleet, fleets, node_fleets
from seqera_batch.config.queue_names import FIELDS, created_queues, main_queue
from seqera_batch.config.queues import EveryQueue
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.config.selectors import labels_of
from seqera_batch.problems import Severity

_NAMES = "aws.queues"


@rule("queue-short-names", source=sources.AWS_BATCH_API_QUEUES)
def queue_short_names(config: EnvironmentFile) -> Breaches:
    """Each further queue has a short name of its own, and none that the environment's have."""
    taken = {id_of(key, "") for key in FIELDS}
    for fleet in node_fleets(config):
        if fleet.path == "forge":
            continue
        made = id_of(fleet.key, "")
        if made in taken:
            yield Breach(
                path=fleet.path,
                message="resources of another queue have this name",
                value=fleet.key,
                allowed=f"a name of its own, other than {', '.join(FIELDS)}",
                fix="change the short name of one of them",
                about=(_NAMES,),
            )
        taken.add(made)


@rule("queues-within-quota", source=sources.AWS_BATCH_QUOTAS)
def queues_within_quota(config: EnvironmentFile) -> Breaches:
    """One file asks for no more queues and environments than AWS has for a region."""
    queues = len(created_queues(config))
    heads = {*created_queues(config)} & {"head", "dragen"}
    environments = len(heads) + sum(1 for _ in fleets(config))
    for count, most, what in (
        (queues, limits.JOB_QUEUES_PER_REGION, "queues"),
        (environments, limits.COMPUTE_ENVIRONMENTS_PER_REGION, "compute environments"),
    ):
        if count > most:
            yield Breach(
                path=_NAMES,
                message=f"the file asks for more {what} than AWS gives an account in a region",
                value=f"{count} {what}, those for head jobs and of the main queue included",
                allowed=f"{most}; AWS does not raise it",
                fix="let several labels share a queue",
                about=("aws.compute.further_environments", "forge"),
            )
            return


@rule("environments-together", source=sources.AWS_BATCH_API_QUEUES)
def environments_together(config: EnvironmentFile) -> Breaches:
    """A queue has up to three environments of one architecture, none on Spot for a head job."""
    first: dict[str, Fleet] = {}
    for fleet in fleets(config):
        before = first.setdefault(fleet.queue, fleet)
        if fleet is before:
            continue
        if fleet.key == f"{fleet.queue}-{limits.ENVIRONMENTS_PER_QUEUE + 1}":
            yield Breach(
                path=fleet.path.rpartition("[")[0],
                message="the queue has more environments than AWS Batch takes",
                value=f"{fleet.key} and more",
                allowed=f"at most {limits.ENVIRONMENTS_PER_QUEUE - 1} behind the queue's own",
                fix="remove some, or make another of aws.queues",
            )
        if fleet.architecture != before.architecture:
            yield Breach(
                path=f"{fleet.path}.arm64_enabled",
                message="AWS Batch takes one architecture in a queue",
                allowed=f"{before.architecture}, as {before.path}",
                fix="choose the same, or make another of aws.queues",
                about=(f"{before.path}.arm64_enabled",),
            )
        if fleet.queue == "all" and fleet.said.type == "SPOT":
            yield Breach(
                path=f"{fleet.path}.type",
                message="On-Demand environments have one queue for tasks and head jobs, and on "
                "Spot a head job could be reclaimed, and the whole run with it",
                allowed="EC2 while forge.type is EC2",
                fix="make another of aws.queues, with the environment on Spot",
                about=("forge.type",),
            )


@rule("capacity-limit-alone", source=sources.AWS_BATCH_TIME_LIMITS, severity=Severity.WARNING)
def capacity_limit_alone(config: EnvironmentFile) -> Breaches:
    """A limit for lack of capacity is for queues of one environment."""
    reason = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"
    several = [one.path for one in fleets(config) if one.key == f"{one.queue}-2"]
    if reason in config.aws.job_state_limits.reasons:
        for path in several:
            yield Breach(
                path="aws.job_state_limits.reasons",
                message="AWS Batch gives this reason only if all environments of a queue lack "
                "capacity: a second one silences the first",
                value=reason,
                allowed="one environment behind each queue",
                fix=f"remove the reason, or {path.rpartition('[')[0]}",
                about=(path.rpartition("[")[0], "forge"),
            )


@rule("queue-reached", source=sources.NEXTFLOW_SELECTORS, severity=Severity.WARNING)
def queue_reached(config: EnvironmentFile) -> Breaches:
    """Each further queue is chosen by a label, a name, or a retry."""
    chosen = [one for one in config.aws.queues if labels_of(config, one) or one.process_names]
    # A fallback is for tasks that are sent to the queue, not for those that fell back to it.
    reached = {one.name for one in chosen}
    before: tuple[EveryQueue, ...] = (config.aws.compute, *chosen)
    reached |= {one.fallback_queue or "" for one in before}
    for index, queue in enumerate(config.aws.queues):
        if queue.name in reached:
            continue
        yield Breach(
            path=f"aws.queues[{index}].process_labels",
            message="no task goes to the queue unless a pipeline names it itself",
            value=queue.name,
            allowed="a label, a name of a process, or the queue as fallback_queue of another",
            fix="name labels or processes, or acknowledge this warning",
            about=(_NAMES, "aws.compute.fallback_queue"),
        )


@rule("selector-once", source=sources.NEXTFLOW_SELECTORS)
def selector_once(config: EnvironmentFile) -> Breaches:
    """A label, or the name of a process, chooses one queue."""
    seen: Counter[tuple[str, str]] = Counter()
    if config.forge is not None and config.forge.dragen_enabled:
        seen["process_labels", "dragen"] += 1
    for index, queue in enumerate(config.aws.queues):
        for field, chosen in (
            ("process_labels", labels_of(config, queue)),
            ("process_names", queue.process_names),
        ):
            for name in chosen:
                seen[field, name] += 1
                if seen[field, name] > 1:
                    yield Breach(
                        path=f"aws.queues[{index}].{field}",
                        message="two queues are chosen alike, of which Nextflow takes the last",
                        value=name,
                        allowed="each label or name once",
                        fix="remove it from one of the two",
                        about=(_NAMES, "forge.dragen_enabled"),
                    )


@rule("fallback-queue", source=sources.SEQERA_SPOT)
def fallback_queue(config: EnvironmentFile) -> Breaches:
    """Tasks are run again in another queue that the file has or names, on instances alike."""
    known: dict[str, Fleet] = {}
    for fleet in fleets(config):
        known.setdefault(fleet.queue, fleet)
    for key, (path, other, _) in _fallbacks(config).items():
        first = known.get(key)
        if (
            first is None
            or other is None
            or (other not in known and other in config.aws.existing_queues)
        ):
            continue
        behind = known.get(other) if other not in FIELDS else None
        names = ", ".join(name for name in known if name not in {key, *FIELDS}) or "none yet"
        if behind is None or other == key:
            message = (
                "a queue is no fallback of its own" if other == key else "there is no such queue"
            )
            fix = f"name one of {names}" if names != "none yet" else "add it to aws.queues"
            fix += ", or to aws.existing_queues if it is there" if other != key else ""
        elif behind.architecture != first.architecture:
            message = f"its instances are {behind.architecture}, others {first.architecture}"
            fix = "name a queue of the same architecture"
        elif first.said.gpu_enabled and not behind.said.gpu_enabled:
            message = "tasks that ask for a GPU find none there"
            fix = "name a queue with gpu_enabled: true"
        else:
            continue
        yield Breach(
            path=path,
            message=message,
            allowed=f"another of aws.queues, with instances alike: {names}",
            fix=fix,
            about=(
                _NAMES,
                "aws.existing_queues",
                "forge.arm64_enabled",
                "forge.gpu_enabled",
                "forge.type",
            ),
        )


@rule("fallback-takes-jobs", source=sources.AWS_BATCH_API_QUEUES, severity=Severity.WARNING)
def fallback_takes_jobs(config: EnvironmentFile) -> Breaches:
    """The queue in which tasks are run again takes jobs."""
    disabled = {queue.name: index for index, queue in enumerate(config.aws.queues)}
    disabled = {name: at for name, at in disabled.items() if not config.aws.queues[at].enabled}
    for path, other, _ in _fallbacks(config).values():
        if other in disabled:
            yield Breach(
                path=path,
                message="AWS Batch refuses jobs for a disabled queue: a run ends at the first task "
                "that is run again",
                allowed="a queue that is enabled",
                fix=f"remove it while {_NAMES}[{disabled[other]}].enabled is false",
                about=(_NAMES,),
            )


@rule("fallback-after", source=sources.SEQERA_SPOT)
def fallback_after(config: EnvironmentFile) -> Breaches:
    """A number of attempts before the fallback goes with a fallback."""
    for path, other, said in _fallbacks(config).values():
        if other is None and said:
            field = path.removesuffix("queue") + "after"
            yield Breach(
                path=field,
                message="there is no queue in which tasks are run again",
                value=None,
                allowed=f"nothing without {path}",
                fix=f"name the queue in {path}, or remove {field}",
                about=(path,),
            )


@rule("fallback-with-snapshots", source=sources.SEQERA_FUSION_SNAPSHOTS, severity=Severity.WARNING)
def fallback_with_snapshots(config: EnvironmentFile) -> Breaches:
    """A fallback goes without Fusion Snapshots, which go on in the same queue."""
    for path, other, _ in _fallbacks(config).values():
        if other is not None and config.fusion_snapshots:
            yield Breach(
                path=path,
                message="for the fallback Nextflow tries again by itself, from the start, and AWS "
                "Batch not at all: Snapshots have no second attempt to go on with",
                allowed="one of the two",
                fix="remove it, or set fusion_snapshots: false",
                about=("fusion_snapshots",),
            )


@rule("nextflow-config-queue", source=sources.NEXTFLOW_QUEUE, severity=Severity.WARNING)
def nextflow_config_queue(config: EnvironmentFile) -> Breaches:
    """Queues that the Nextflow configuration names are ones that the head job may use."""
    if config.head_job_role is not None or "HeadJobRole" in config.given.roles:
        return
    created = created_queues(config)
    usable = {name for key, name in created.items() if key != "head"}
    usable |= {*config.aws.existing_queues}
    usable |= {name for name in (config.compute_queue, config.dragen_queue) if name is not None}
    for name in dict.fromkeys(_named_queues(config.nextflow_config or "")):
        if _here(name, config.region) in usable:
            continue
        yield Breach(
            path="nextflow_config",
            message="the head job may not submit to this queue: a run that needs it ends there",
            value=name,
            allowed=", ".join(sorted(usable)),
            fix="add it to aws.existing_queues, or to aws.queues to have it made",
            about=(
                "aws.existing_queues",
                _NAMES,
                "aws.queue_names",
                "aws.prefix",
                "name",
                "region",
                "compute_queue",
                "dragen_queue",
                "head_job_role",
                "forge",
            ),
        )


# Patterns stay text: compiling them is left to the first use.
_COMMENT = r"(?s)(?:^|(?<=\s))//[^\n]*|/\*.*?\*/"
_TEXT = r"'[^'\n]*'|\"[^\"\n]*\""
_QUEUE = rf"(?<![\w.'\"$])(?:process\s*\.\s*)?queue\s*=?\s*(\{{[^}}]*\}}|{_TEXT})"
_LITERAL = rf"(==|!=|\bin)?\s*({_TEXT})"


def _named_queues(text: str) -> Iterator[str]:
    """Yield the queues that a Nextflow configuration names as they are."""
    for found in re.finditer(_QUEUE, re.sub(_COMMENT, "", text)):
        for compared, literal in re.findall(_LITERAL, found[1]):
            name = literal[1:-1]
            if name and not compared and "$" not in name:
                yield name


def _here(queue: str, region: str) -> str:
    """Return the name in the ARN of a queue of the region; of another it stays as it is."""
    arn = re.fullmatch(rf"arn:[^:]+:batch:{region}:[0-9]{{12}}:job-queue/(.+)", queue)
    return queue if arn is None else arn[1]


def _fallbacks(config: EnvironmentFile) -> dict[str, tuple[str, str | None, bool]]:
    """Return, by key of queue, the path of its fallback, its name, and if attempts are said."""
    if config.forge is None:
        return {}
    said = {main_queue(config.forge): ("aws.compute", config.aws.compute)} | {
        queue.name: (f"aws.queues[{index}]", queue) for index, queue in enumerate(config.aws.queues)
    }
    return {
        key: (
            f"{path}.fallback_queue",
            one.fallback_queue,
            "fallback_after" in one.model_fields_set,
        )
        for key, (path, one) in said.items()
    }
