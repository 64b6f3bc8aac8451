# SPDX-License-Identifier: Apache-2.0
"""Decides where jobs, nodes and the network write their logs, and how long those are kept."""

from __future__ import annotations

from seqera_batch.catalog import defaults, sources
from seqera_batch.catalog.names import (
    flow_log_group,
    job_log_group,
    node_log_group,
    queue_check_log_group,
    registration_log_group,
)
from seqera_batch.config.check import ForgeConfig
from seqera_batch.plan.decision import Decisions
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup:
    """A log group of CloudWatch.

    Args:
        name: Its name.
        created: Whether the stack makes it.
        retention_days: Days for which a created one keeps what is written.
        kept_on_delete: Whether a created one outlives its stack.
    """

    name: str
    created: bool = True
    retention_days: int | None = None
    kept_on_delete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """The log groups of an environment.

    Args:
        jobs: Output of containers.
        nodes: The nodes' own logs; None where those stay on the node.
        flow: Flow logs of a created VPC.
        registration: What the function did that registers with Platform.
        queue_check: What the function saw that looks at queues.
    """

    jobs: LogGroup
    nodes: LogGroup | None = None
    flow: LogGroup | None = None
    registration: LogGroup | None = None
    queue_check: LogGroup | None = None

    @property
    def created(self) -> tuple[LogGroup, ...]:
        """Those that the stack makes."""
        every = (self.jobs, self.nodes, self.flow, self.registration, self.queue_check)
        return tuple(group for group in every if group is not None and group.created)

    @property
    def names_jobs(self) -> bool:
        """Whether jobs have to be told where their output goes: not to AWS Batch's own group."""
        return self.jobs.name != defaults.JOB_LOG_GROUP


def logs(config: ForgeConfig, *, kept: bool, decisions: Decisions) -> Logs:
    """Return where everything is written."""
    asked, prefix, name = config.aws.logs, config.aws.prefix, config.name
    create = config.aws.network.create if config.aws.network else None
    if asked.create_job_log_group and "job_retention_days" not in asked.model_fields_set:
        decisions.add(
            "aws.logs.job_retention_days",
            asked.job_retention_days,
            "longer than the files that the output is about",
            sources.AWS_LOGS_RETENTION,
        )
    return Logs(
        jobs=LogGroup(
            name=config.log_group or job_log_group(prefix, name),
            retention_days=asked.job_retention_days,
            # What pipelines said is data too; what nodes say is of no use without them.
            kept_on_delete=kept,
        )
        if asked.create_job_log_group
        else LogGroup(name=config.log_group or defaults.JOB_LOG_GROUP, created=False),
        nodes=LogGroup(name=node_log_group(prefix, name), retention_days=asked.node_retention_days)
        if config.forge is not None and asked.node_logs
        else None,
        flow=LogGroup(name=flow_log_group(prefix, name), retention_days=asked.node_retention_days)
        if config.forge is not None and create is not None and create.flow_logs
        else None,
        registration=None
        if config.aws.platform_registration is None
        else LogGroup(
            name=registration_log_group(prefix, name),
            retention_days=defaults.REGISTRATION_LOG_RETENTION_DAYS,
        ),
        queue_check=None
        if config.aws.operations is None or config.aws.operations.queue_check is None
        else LogGroup(
            name=queue_check_log_group(prefix, name),
            retention_days=defaults.QUEUE_CHECK_LOG_RETENTION_DAYS,
        ),
    )
