# SPDX-License-Identifier: Apache-2.0
"""The names of the queues that an environment creates: the file's own, or the pattern's."""

from __future__ import annotations

from seqera_batch.catalog.names import DRAGEN_SUFFIX, HEAD_SUFFIX, WORK_SUFFIX, queue_name
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.forge import ForgeSettings

FIELDS = {"head": "head", "work": "compute", "all": "compute", "dragen": "dragen"}
"""Of each queue, the field of `aws.queue_names` that names it."""

_SUFFIXES = {"head": HEAD_SUFFIX, "work": WORK_SUFFIX, "all": None, "dragen": DRAGEN_SUFFIX}


def main_queue(forge: ForgeSettings) -> str:
    """Return the key of the queue of tasks that Platform knows."""
    return "work" if forge.type == "SPOT" else "all"


def created_queues(config: EnvironmentFile) -> dict[str, str]:
    """Return the name of each queue that is created, by its key.

    `head` and `work`, or `all`; `dragen`; then further ones. Empty in Manual mode, where queues
    exist.
    """
    if config.forge is None:
        return {}
    main = main_queue(config.forge)
    keys = [main] if main == "all" else ["head", main]
    keys += ["dragen"] if config.forge.dragen_enabled else []
    names = {
        key: getattr(config.aws.queue_names, FIELDS[key])
        or queue_name(config.aws.prefix, config.name, _SUFFIXES[key])
        for key in keys
    }
    for queue in config.aws.queues:
        # That a short name is taken is told by a rule of its own.
        names.setdefault(
            queue.name, queue.queue_name or queue_name(config.aws.prefix, config.name, queue.name)
        )
    return names
