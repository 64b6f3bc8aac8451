# SPDX-License-Identifier: Apache-2.0
"""The `aws.operations` section: who is told of what goes wrong after the deployment, and when."""

from __future__ import annotations

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.formats import Amount, EmailAddress, Flag, Number, TopicArn
from seqera_batch.config.settings import Effect, Mode, Section, setting


class TaskFailureSettings(Section):
    """When tasks fail too often, counted by AWS Batch itself: one message, never one a task."""

    percent: Number = setting(
        defaults.TASK_FAILURE_PERCENT,
        says="Share of the tasks which end in a quarter of an hour that may fail, in percent; "
        "cancelled ones do not count.",
        omitted=str(defaults.TASK_FAILURE_PERCENT),
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_METRICS,
        ge=1,
        le=99,
    )
    at_least: Amount = setting(
        defaults.COUNTED_FROM,
        says="Tasks that must have ended before their share means anything.",
        omitted=str(defaults.COUNTED_FROM),
        effect=Effect.IN_PLACE,
        ge=1,
    )


class QueueCheckSettings(Section):
    """A small function that looks at queues and environments: no event tells of what it sees."""

    every_minutes: Number = setting(
        defaults.QUEUE_CHECK_MINUTES,
        says="Minutes between two looks.",
        omitted=str(defaults.QUEUE_CHECK_MINUTES),
        effect=Effect.IN_PLACE,
        ge=5,
        le=60,
    )
    waiting_minutes: Number | None = setting(
        None,
        says="Minutes after which a job at the front of a queue has waited too long; a queue that "
        "is long, but moves on, is in order.",
        omitted=f"{defaults.WAITING_MINUTES}, or {defaults.WAITING_MINUTES_SPOT} where tasks run "
        "on Spot instances, for which to wait is normal",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_SNAPSHOT,
        ge=5,
        le=10_080,
    )


class NodeFailureSettings(Section):
    """When nodes fail at their start: each failed node says so in its log, once."""

    at_least: Amount = setting(
        defaults.NODE_FAILURES,
        says="Nodes that fail within half an hour before somebody is told; one may be bad luck.",
        omitted=str(defaults.NODE_FAILURES),
        effect=Effect.IN_PLACE,
        ge=1,
    )


class SpotReclaimSettings(Section):
    """When AWS takes back Spot instances more often than pipelines can bear."""

    percent: Number = setting(
        defaults.SPOT_RECLAIM_PERCENT,
        says="Share of the tasks started within an hour whose node may go, in percent.",
        omitted=str(defaults.SPOT_RECLAIM_PERCENT),
        effect=Effect.IN_PLACE,
        ge=1,
        le=99,
    )
    at_least: Amount = setting(
        defaults.COUNTED_FROM,
        says="Tasks that must have started before their share means anything.",
        omitted=str(defaults.COUNTED_FROM),
        effect=Effect.IN_PLACE,
        ge=1,
    )


class BudgetSettings(Section):
    """A budget of what carries the environment's tag; its numbers are hours old."""

    amount: Amount = setting(
        says="What a month may cost, in US dollars; in China in yuan.",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BUDGETS,
        ge=1,
    )
    percent: Number = setting(
        defaults.BUDGET_PERCENT,
        says="Share of it, in percent, at which somebody is told; and again when AWS forecasts "
        "that the month will cost all of it.",
        omitted=str(defaults.BUDGET_PERCENT),
        effect=Effect.NEW_BUDGET,
        source=sources.AWS_BUDGETS,
        ge=1,
        le=1000,
    )


class OperationsSettings(Section):
    """What to watch, each part off unless asked for, and who is told by one topic."""

    topic: TopicArn | None = setting(
        None,
        says="ARN of a topic of Amazon SNS that exists. `seqera-batch policies --for topic` prints "
        "what its policy must say.",
        omitted="one is created",
        effect=Effect.NEW_TOPIC,
        source=sources.AWS_EVENTS_RESOURCE_POLICIES,
    )
    emails: tuple[EmailAddress, ...] = setting(
        (),
        says="Addresses that subscribe to the created topic; each must confirm a message of AWS's.",
        omitted="nobody subscribes by itself",
        effect=Effect.IN_PLACE,
        source=sources.AWS_SNS_EMAIL,
    )
    head_job_failures: Flag = setting(
        default=False,
        says="Tell of each head job that fails or is cancelled: a pipeline run that has ended "
        "without result.",
        omitted="false",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_EVENTS,
    )
    blocked_queues: Flag = setting(
        default=False,
        says="Tell when AWS Batch says that the job at the front of a queue cannot start; missing "
        "capacity, which is normal on Spot, is left to `queue_check`.",
        omitted="false",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_BLOCKED,
    )
    task_failures: TaskFailureSettings | None = setting(
        None,
        says="Tell when too many tasks fail; `{}` takes the defaults.",
        omitted="nobody is told",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_METRICS,
    )
    queue_check: QueueCheckSettings | None = setting(
        None,
        says="Look every few minutes, by a function, whether queues and compute environments are "
        "INVALID or DISABLED and for how long the front of a queue stands; `{}` takes the "
        "defaults.",
        omitted="nobody looks",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_SNAPSHOT,
    )
    node_failures: NodeFailureSettings | None = setting(
        None,
        says="Tell when nodes fail at their start; `{}` takes the defaults.",
        omitted="nobody is told",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
    )
    spot_reclaims: SpotReclaimSettings | None = setting(
        None,
        says="Tell when AWS takes back too many Spot instances; `{}` takes the defaults.",
        omitted="nobody is told",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_EVENTS,
    )
    dashboard: Flag = setting(
        default=False,
        says="A dashboard of CloudWatch that fits one screen.",
        omitted="false",
        effect=Effect.IN_PLACE,
        source=sources.AWS_DASHBOARDS,
    )
    budget: BudgetSettings | None = setting(
        None,
        says="Tell what the environment's nodes cost, by its tag, which the account that pays has "
        "to activate first.",
        omitted="no budget",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
        source=sources.AWS_BUDGETS,
    )

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts that are asked for."""
        return tuple(
            name
            for name in type(self).model_fields
            if name not in {"topic", "emails"} and getattr(self, name) not in {None, False}
        )
