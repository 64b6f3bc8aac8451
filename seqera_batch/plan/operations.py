# SPDX-License-Identifier: Apache-2.0
"""Decides what is watched after the deployment, when somebody is told, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from decimal import Decimal

from seqera_batch.catalog import defaults, prices, sources
from seqera_batch.catalog.ids import (
    FRONT_WAITS_ALARM,
    NODE_FAILURES_ALARM,
    OPERATIONS_TOPIC,
    SPOT_RECLAIMS_ALARM,
    TASK_FAILURES_ALARM,
    UNUSABLE_ALARM,
)
from seqera_batch.catalog.limits import ALARM_METRICS
from seqera_batch.catalog.names import environment_id, metric_namespace, queue_check_name
from seqera_batch.catalog.principals import BUDGETS, CLOUDWATCH, EVENTS
from seqera_batch.catalog.regions import Region
from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.definitions import name_in_aws
from seqera_batch.config.operations import (
    NodeFailureSettings,
    OperationsSettings,
    SpotReclaimSettings,
    TaskFailureSettings,
)
from seqera_batch.plan.compute import Compute
from seqera_batch.plan.decision import Decisions, IdleCost
from seqera_batch.policies.roles import NEXTFLOW_DEFINITIONS
from seqera_batch.records import dataclass
from seqera_batch.words import counted, told, untold

TASK_METRICS = 4
"""Metrics of AWS Batch by which a queue's failures are told from what was cancelled."""
CHECK_METRICS = 3
"""Metrics of the check: what is unusable, how long the front stands, vCPUs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCheck:
    """The function that looks at queues and compute environments.

    Args:
        name: Its name, and its role's.
        every_minutes: How often it looks.
        waiting_minutes: How long the front of a queue may stand.
    """

    name: str
    every_minutes: int
    waiting_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a month may cost.

    Args:
        amount: All of it.
        currency: Of the partition.
        percent: Share at which somebody is told.
    """

    amount: int
    currency: str
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What is watched.

    Args:
        topic: ARN of a topic that exists; None where it is created.
        emails: Who subscribes to a created one.
        namespace: CloudWatch's namespace of the environment's own metrics.
        task_queues: Names of the queues of tasks; not of those that only exist, whose tasks may be
            anybody's.
        spot_queues: Names of those with Spot instances behind them.
        tasks_by_definition: Starts of the names of job definitions that are tasks', where tasks and
            head jobs share a queue; empty where they do not.
        head_job_failures: Whether each head job that fails is told of.
        blocked_queues: Whether what AWS Batch says of blocked queues is told.
        task_failures: Share of tasks that may fail.
        queue_check: The function that looks.
        node_failures: Nodes that may fail at their start within half an hour.
        spot_reclaims: Share of started tasks whose node may go.
        dashboard: Whether there is one.
        budget: What a month may cost.
    """

    topic: str | None = field(metadata=untold("told by `who_is_told`"))
    emails: tuple[str, ...] = field(default=(), metadata=untold("told by `who_is_told`"))
    namespace: str = field(metadata=untold("a name inside CloudWatch"))
    task_queues: tuple[str, ...] = field(metadata=untold("told with the queues"))
    spot_queues: tuple[str, ...] = field(default=(), metadata=untold("told with the queues"))
    tasks_by_definition: tuple[str, ...] = field(
        default=(), metadata=untold("a detail of the rule about head jobs")
    )
    head_job_failures: bool = field(
        default=False, metadata=told("a message for each head job that fails or is cancelled")
    )
    blocked_queues: bool = field(
        default=False, metadata=told("a message when AWS Batch calls a queue blocked")
    )
    task_failures: TaskFailureSettings | None = field(
        default=None,
        metadata=told(
            lambda it: (
                f"an alarm when over {it.percent} % of at least {it.at_least} tasks that "
                "end in a quarter of an hour fail"
            )
        ),
    )
    queue_check: QueueCheck | None = field(
        default=None,
        metadata=told(
            lambda it: (
                f"a function that looks every {it.every_minutes} minutes, with alarms when "
                "a queue or compute environment is INVALID or DISABLED, or the front of a queue "
                f"has stood for {it.waiting_minutes} minutes"
            )
        ),
    )
    node_failures: NodeFailureSettings | None = field(
        default=None,
        metadata=told(
            lambda it: (
                f"an alarm when {it.at_least} or more nodes fail at their start in half an hour"
            )
        ),
    )
    spot_reclaims: SpotReclaimSettings | None = field(
        default=None,
        metadata=told(
            lambda it: (
                f"an alarm when Spot reclaims reach over {it.percent} % of at least "
                f"{it.at_least} tasks that start in an hour"
            )
        ),
    )
    dashboard: bool = field(default=False, metadata=told("a dashboard of one screen"))
    budget: Budget | None = field(
        default=None,
        metadata=told(
            lambda it: (
                f"a budget of {it.amount} {it.currency} a month, told of at {it.percent} % "
                "and when all of it is forecast"
            )
        ),
    )

    @property
    def creates_topic(self) -> bool:
        """Whether the topic is made."""
        return self.topic is None

    @property
    def topic_arn(self) -> str:
        """ARN of the topic; of a created one a mark."""
        return self.topic or ref(OPERATIONS_TOPIC)

    @property
    def who_is_told(self) -> str:
        """Who hears of it, in words."""
        if not self.publishers:
            return "nobody is told"
        if self.topic is not None:
            return f"told to {self.topic} (exists)"
        return "told to a topic, created, " + (
            f"to which {', '.join(self.emails)} subscribe"
            if self.emails
            else "to which nobody subscribes by itself"
        )

    @property
    def metrics_read(self) -> int:
        """How many metrics the alarms read, which is what they are charged by."""
        return sum(
            (
                TASK_METRICS * len(self.task_queues) if self.task_failures else 0,
                2 if self.queue_check else 0,
                1 if self.node_failures else 0,
                1 + len(self.spot_queues) if self.spot_reclaims else 0,
            )
        )

    @property
    def task_failure_alarms(self) -> dict[str, tuple[str, ...]]:
        """The queues that each alarm about failures of tasks reads, by the alarm's id."""
        if self.task_failures is None:
            return {}
        at_once = ALARM_METRICS // TASK_METRICS
        starts = range(0, len(self.task_queues), at_once)
        return {
            TASK_FAILURES_ALARM + (str(number) if number > 1 else ""): self.task_queues[
                start : start + at_once
            ]
            for number, start in enumerate(starts, start=1)
        }

    @property
    def alarms(self) -> tuple[str, ...]:
        """Ids of the alarms."""
        asked = {
            **self.task_failure_alarms,
            UNUSABLE_ALARM: self.queue_check,
            FRONT_WAITS_ALARM: self.queue_check,
            NODE_FAILURES_ALARM: self.node_failures,
            SPOT_RECLAIMS_ALARM: self.spot_reclaims,
        }
        return tuple(name for name, part in asked.items() if part is not None)

    @property
    def publishers(self) -> tuple[str, ...]:
        """The services that tell the topic, by their names as principals."""
        told_of = {
            EVENTS: self.head_job_failures or self.blocked_queues,
            CLOUDWATCH: self.alarms,
            BUDGETS: self.budget,
        }
        return tuple(service for service, part in told_of.items() if part)


def operations(config: ForgeConfig, compute: Compute, decisions: Decisions) -> Operations | None:
    """Return what is watched; None where the file asks for nothing."""
    asked = config.aws.operations
    if asked is None:
        return None
    prefix, name = config.aws.prefix, config.name
    # Nodes and what they cost are watched where they are made here.
    of_nodes = asked if config.forge is not None else OperationsSettings()
    tasks = tuple(name for name in compute.task_queues if name in compute.names)
    return Operations(
        topic=config.given.topic or asked.topic,
        emails=asked.emails,
        namespace=metric_namespace(environment_id(prefix, name)),
        task_queues=tasks,
        spot_queues=tuple(
            name for name in tasks if any(one.type == "SPOT" for one in compute.behind(name))
        ),
        tasks_by_definition=(
            NEXTFLOW_DEFINITIONS,
            *(f"{name_in_aws(config, one)}:" for one in config.aws.job_definitions),
        )
        if compute.head_queue in tasks
        else (),
        head_job_failures=asked.head_job_failures,
        blocked_queues=asked.blocked_queues,
        task_failures=asked.task_failures,
        queue_check=_queue_check(config, asked, decisions),
        node_failures=of_nodes.node_failures,
        spot_reclaims=of_nodes.spot_reclaims,
        dashboard=asked.dashboard,
        budget=None
        if of_nodes.budget is None
        else Budget(
            amount=of_nodes.budget.amount,
            currency="CNY" if Region.of(config.region).in_china else "USD",
            percent=of_nodes.budget.percent,
        ),
    )


def _queue_check(
    config: ForgeConfig, asked: OperationsSettings, decisions: Decisions
) -> QueueCheck | None:
    check = asked.queue_check
    if check is None:
        return None
    waiting = check.waiting_minutes
    if waiting is None:
        on_spot = config.forge is not None and config.forge.type == "SPOT"
        waiting = defaults.WAITING_MINUTES_SPOT if on_spot else defaults.WAITING_MINUTES
        decisions.add(
            "aws.operations.queue_check.waiting_minutes",
            waiting,
            "to wait for Spot capacity is normal" if on_spot else "a node is there within minutes",
            sources.AWS_BATCH_SNAPSHOT,
        )
    return QueueCheck(
        name=queue_check_name(config.aws.prefix, config.name),
        every_minutes=check.every_minutes,
        waiting_minutes=waiting,
    )


def operations_costs(watched: Operations | None) -> Iterator[IdleCost]:
    """Yield what watching costs by the month; budgets, rules and messages are free."""
    if watched is None:
        return
    if watched.alarms:
        price, read = watched.metrics_read * prices.ALARM_METRIC, watched.metrics_read
        yield IdleCost(
            what=f"{counted(len(watched.alarms), 'alarm')} on {counted(read, 'metric')}",
            why=f"{_dollars(price)} a month, {_dollars(prices.ALARM_METRIC)} for each metric that "
            "an alarm reads; an account's first 10 are free",
            avoid="leave parts of aws.operations out",
        )
    if watched.queue_check:
        price = CHECK_METRICS * prices.CUSTOM_METRIC
        yield IdleCost(
            what=f"{CHECK_METRICS} metrics of aws.operations.queue_check",
            why=f"{_dollars(price)} a month, {_dollars(prices.CUSTOM_METRIC)} for each; an "
            "account's first 10 are free, and so is the function",
            avoid="leave aws.operations.queue_check out",
        )
    if watched.dashboard:
        yield IdleCost(
            what="1 dashboard",
            why=f"{_dollars(prices.DASHBOARD)} a month; an account's first 3 are free",
            avoid="leave aws.operations.dashboard out",
        )


def _dollars(price: Decimal) -> str:
    return f"about {price:.2f} US dollars"
