# SPDX-License-Identifier: Apache-2.0
"""Log groups."""

from __future__ import annotations

from collections.abc import Mapping

from seqera_batch.catalog.ids import JOB_LOG_GROUP, NODE_LOG_GROUP
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds.logs import LOG_GROUP
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.logs import LogGroup


def logs(plan: ForgePlan) -> Resources:
    """Return the log groups of jobs' output, where it does not exist, and of nodes."""
    jobs, nodes, tags = plan.logs.jobs, plan.logs.nodes, plan.labels.resources
    made: Resources = {}
    if jobs.created:
        made[JOB_LOG_GROUP] = log_group(jobs, tags)
    if nodes is not None:
        made[NODE_LOG_GROUP] = log_group(nodes, tags)
    return made


def log_group(group: LogGroup, tags: Mapping[str, str]) -> Resource:
    """Return a log group with its retention: nodes and jobs may write, not create."""
    return Resource.of(
        LOG_GROUP,
        LogGroupName=group.name,
        RetentionInDays=group.retention_days,
        Tags=tag_list(tags),
        # Written, as for everything that holds data, so that an update cannot mean otherwise.
        keep_on_delete=group.kept_on_delete,
    )
