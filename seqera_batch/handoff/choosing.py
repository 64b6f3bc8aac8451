# SPDX-License-Identifier: Apache-2.0
"""What chooses among several queues in Nextflow's configuration: by label, by name, on a retry."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import defaults
from seqera_batch.handoff.groovy import block, quoted
from seqera_batch.node import DATA_PATH
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.definitions import JobDefinition
from seqera_batch.plan.environments import ComputeEnvironment
from seqera_batch.plan.queues import JobQueue


def for_platform(plan: ForgePlan) -> str | None:
    """Return what Platform has no field for, as a configuration; None where one queue does."""
    main = _main(plan)
    lines = [*scratch(plan), *selectors(plan)]
    if main is not None and falls_back(plan):
        lines = [*main_queue(plan), *lines]
    elif main is not None and lines:
        # Elsewhere Platform names the queue, and its limits alone are missing.
        lines = [*_limits(plan, main), *lines]
    once = f"maxSpotAttempts = {defaults.FALLBACK_SPOT_ATTEMPTS}"
    batch = [*([once] if falls_back(plan) else []), *share_of(plan)]
    if not (lines or batch):
        return None
    what = "queues and job definitions" if plan.compute.job_definitions else "queues"
    found = [f"// {what} of the environment", *(block("process", lines) if lines else [])]
    return "\n".join([*found, *(f"aws.batch.{line}" for line in batch)])


def scratch(plan: ForgePlan) -> Iterator[str]:
    """Yield the line that has tasks do their work on the data disks of nodes.

    Fusion works on the work directory itself, and is told so where it is on.
    """
    if any(one.setup.data_disk and not one.setup.fusion for one in plan.compute.node_templates):
        yield f"scratch = {quoted(DATA_PATH)}"


def share_of(plan: ForgePlan) -> Iterator[str]:
    """Yield the lines that tell whose tasks they are, where queues share their capacity."""
    share = plan.compute.share
    if share is not None:
        yield f"shareIdentifier = {quoted(share.identifier)}"
        yield f"schedulingPriority = {share.priority}"


def falls_back(plan: ForgePlan) -> bool:
    """Return whether Nextflow runs tasks again elsewhere, so that AWS Batch must not do so first.

    It would try again in the same queue, and each of its attempts would make the wait longer.
    """
    return any(queue.fallback is not None for queue in plan.compute.queues)


def main_queue(plan: ForgePlan) -> Iterator[str]:
    """Yield the lines for tasks that nothing else chooses a queue for."""
    main = _main(plan)
    if main is None:
        yield f"queue = {quoted(plan.compute.compute_queue)}"
    else:
        yield from queue_of(main)
        yield from _limits(plan, main)
    if main is not None and main.fallback is None and falls_back(plan):
        # What AWS Batch no longer tries again, for the sake of the others.
        yield from _tried_again(defaults.FALLBACK_AFTER)


def selectors(plan: ForgePlan) -> Iterator[str]:
    """Yield the blocks of the further queues, and of job definitions."""
    found: dict[str, list[str]] = {}

    def choose(one: JobQueue | JobDefinition, lines: list[str]) -> None:
        for selector, names in (("withLabel", one.process_labels), ("withName", one.process_names)):
            for name in names:
                # A selector stands once: of two alike Nextflow takes the last.
                found.setdefault(f"{selector}: {quoted(name)}", []).extend(lines)

    for queue in plan.compute.further_queues:
        behind = plan.compute.behind(queue.name)
        choose(queue, [*_architecture(plan, behind), *queue_of(queue), *_limits(plan, queue)])
    for made in plan.compute.job_definitions:
        choose(made, [f"container = {quoted(f'job-definition://{made.name}')}"])
    for selector, lines in found.items():
        yield from block(selector, lines)


def queue_of(queue: JobQueue) -> Iterator[str]:
    """Yield the lines that send tasks to a queue, and again elsewhere."""
    fallback = queue.fallback
    if fallback is None:
        yield f"queue = {quoted(queue.name)}"
        return
    # A closure is asked anew for each attempt, and without the other two lines there is no second
    # one; the last of them is once more in the fallback itself.
    yield (
        f"queue = {{ task.attempt <= {fallback.after} ? {quoted(queue.name)} : "
        f"{quoted(fallback.queue)} }}"
    )
    yield from _tried_again(fallback.after + 1)


def _limits(plan: ForgePlan, queue: JobQueue) -> Iterator[str]:
    """Yield what a task may ask for: more would never start, here or in the fallback.

    What is behind a queue that exists is not known.
    """
    cpus, memory = [], []
    for name in (queue.name, *((queue.fallback.queue,) if queue.fallback else ())):
        if name in plan.compute.existing_queues:
            continue
        sizes = [environment.largest_job for environment in plan.compute.behind(name)]
        known = [size for size in sizes if size is not None]
        if not known or len(known) < len(sizes):
            return
        cpus.append(max(size.vcpus for size in known))
        memory.append(max(size.memory_mib for size in known))
    yield f"resourceLimits = [cpus: {min(cpus)}, memory: {min(memory)}.MB]"


def _tried_again(times: int) -> Iterator[str]:
    yield "errorStrategy = 'retry'"
    yield f"maxRetries = {times}"


def _main(plan: ForgePlan) -> JobQueue | None:
    compute = plan.compute
    return next((one for one in compute.queues if one.name == compute.compute_queue), None)


def _architecture(plan: ForgePlan, behind: tuple[ComputeEnvironment, ...]) -> Iterator[str]:
    """Yield for which processors Wave builds containers, where that differs from other tasks'."""
    own = {one.architecture for one in behind}
    usual = {one.architecture for one in plan.compute.behind(plan.compute.compute_queue)}
    if own != usual:
        yield f"arch = 'linux/{'arm64' if 'arm64' in own else 'amd64'}'"
