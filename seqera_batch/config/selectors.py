# SPDX-License-Identifier: Apache-2.0
"""What chooses a further queue for a task: labels and names of processes, or a retry."""

from __future__ import annotations

from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.queues import EveryQueue, TaskQueue


def labels_of(config: EnvironmentFile, queue: TaskQueue) -> tuple[str, ...]:
    """Return the labels that choose a queue: its own name, unless it is told or a fallback."""
    if queue.process_labels is not None:
        return queue.process_labels
    return () if queue.process_names or queue.name in fallbacks(config) else (queue.name,)


def fallbacks(config: EnvironmentFile) -> set[str]:
    """Return the short names of the queues in which tasks of others are run again."""
    said: tuple[EveryQueue, ...] = (config.aws.compute, *config.aws.queues)
    return {one.fallback_queue for one in said if one.fallback_queue is not None}
