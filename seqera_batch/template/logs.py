# SPDX-License-Identifier: Apache-2.0
"""Log groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog.ids import JOB_LOG_GROUP
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds.logs import LOG_GROUP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.logs import LogGroup


def logs(plan: ForgePlan) -> Resources:
    """Return the log group of jobs' output; nothing where it exists."""
    jobs = plan.logs.jobs
    return {JOB_LOG_GROUP: log_group(jobs, plan.labels.resources)} if jobs.created else {}


def log_group(group: LogGroup, tags: Mapping[str, str]) -> Resource:
    """Return a log group with its retention: nodes and jobs may write, not create."""
    return Resource(
        kind=LOG_GROUP,
        properties={
            "LogGroupName": group.name,
            "RetentionInDays": group.retention_days,
            "Tags": tag_list(tags),
        },
        # Written, as for everything that holds data, so that an update cannot mean otherwise.
        keep_on_delete=group.kept_on_delete,
    )
