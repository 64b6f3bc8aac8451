# SPDX-License-Identifier: Apache-2.0
"""The `aws.operations` section: who is told of what goes wrong after the deployment, and when."""

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.formats import Amount, EmailAddress, Flag, Number, TopicArn
from seqera_batch.config.settings import Effect, Mode, Section, setting


class TaskFailureSettings(Section, effect=Effect.IN_PLACE):
    """When tasks fail too often, counted by AWS Batch itself: one message, never one a task."""

    percent: Number = setting(
        default=defaults.TASK_FAILURE_PERCENT, source=sources.AWS_BATCH_METRICS, ge=1, le=99
    )
    """Share of the tasks which end in a quarter of an hour that may fail, in percent; cancelled
    ones do not count.
    """
    at_least: Amount = setting(default=defaults.COUNTED_FROM, ge=1)
    """Tasks that must have ended before their share means anything."""


class QueueCheckSettings(Section, effect=Effect.IN_PLACE):
    """A small function that looks at queues and environments: no event tells of what it sees."""

    every_minutes: Number = setting(default=defaults.QUEUE_CHECK_MINUTES, ge=5, le=60)
    """Minutes between two looks."""
    waiting_minutes: Number | None = setting(
        default=None,
        omitted=f"{defaults.WAITING_MINUTES}, or {defaults.WAITING_MINUTES_SPOT} where tasks run "
        "on Spot instances, for which to wait is normal",
        source=sources.AWS_BATCH_SNAPSHOT,
        ge=5,
        le=10_080,
    )
    """Minutes after which a job at the front of a queue has waited too long; a queue that is long,
    but moves on, is in order.
    """


class NodeFailureSettings(Section):
    """When nodes fail at their start: each failed node says so in its log, once."""

    at_least: Amount = setting(default=defaults.NODE_FAILURES, effect=Effect.IN_PLACE, ge=1)
    """Nodes that fail within half an hour before somebody is told; one may be bad luck."""


class SpotReclaimSettings(Section, effect=Effect.IN_PLACE):
    """When AWS takes back Spot instances more often than pipelines can bear."""

    percent: Number = setting(default=defaults.SPOT_RECLAIM_PERCENT, ge=1, le=99)
    """Share of the tasks started within an hour whose node may go, in percent."""
    at_least: Amount = setting(default=defaults.COUNTED_FROM, ge=1)
    """Tasks that must have started before their share means anything."""


class BudgetSettings(Section, source=sources.AWS_BUDGETS):
    """A budget of what carries the environment's tag; its numbers are hours old."""

    amount: Amount = setting(effect=Effect.IN_PLACE, ge=1)
    """What a month may cost, in US dollars; in China in yuan."""
    percent: Number = setting(
        default=defaults.BUDGET_PERCENT, effect=Effect.NEW_BUDGET, ge=1, le=1000
    )
    """Share of it, in percent, at which somebody is told; and again when AWS forecasts that the
    month will cost all of it.
    """


class OperationsSettings(Section, effect=Effect.IN_PLACE):
    """What to watch, each part off unless asked for, and who is told by one topic."""

    topic: TopicArn | None = setting(
        default=None,
        omitted="one is created",
        effect=Effect.NEW_TOPIC,
        source=sources.AWS_EVENTS_RESOURCE_POLICIES,
    )
    """ARN of a topic of Amazon SNS that exists. `seqera-batch policies --for topic` prints what its
    policy must say.
    """
    emails: tuple[EmailAddress, ...] = setting(
        default=(), omitted="nobody subscribes by itself", source=sources.AWS_SNS_EMAIL
    )
    """Addresses that subscribe to the created topic; each must confirm a message of AWS's."""
    head_job_failures: Flag = setting(default=False, source=sources.AWS_BATCH_EVENTS)
    """Tell of each head job that fails or is cancelled: a pipeline run that has ended without
    result.
    """
    blocked_queues: Flag = setting(default=False, source=sources.AWS_BATCH_BLOCKED)
    """Tell when AWS Batch says that the job at the front of a queue cannot start; missing capacity,
    which is normal on Spot, is left to `queue_check`.
    """
    task_failures: TaskFailureSettings | None = setting(
        default=None, omitted="nobody is told", source=sources.AWS_BATCH_METRICS
    )
    """Tell when too many tasks fail; `{}` takes the defaults."""
    queue_check: QueueCheckSettings | None = setting(
        default=None, omitted="nobody looks", source=sources.AWS_BATCH_SNAPSHOT
    )
    """Look every few minutes, by a function, whether queues and compute environments are INVALID or
    DISABLED and for how long the front of a queue stands; `{}` takes the defaults.
    """
    node_failures: NodeFailureSettings | None = setting(
        default=None, omitted="nobody is told", only=Mode.FORGE
    )
    """Tell when nodes fail at their start; `{}` takes the defaults."""
    spot_reclaims: SpotReclaimSettings | None = setting(
        default=None, omitted="nobody is told", only=Mode.FORGE, source=sources.AWS_BATCH_EVENTS
    )
    """Tell when AWS takes back too many Spot instances; `{}` takes the defaults."""
    dashboard: Flag = setting(default=False, source=sources.AWS_DASHBOARDS)
    """A dashboard of CloudWatch that fits one screen."""
    budget: BudgetSettings | None = setting(
        default=None, omitted="no budget", only=Mode.FORGE, source=sources.AWS_BUDGETS
    )
    """Tell what the environment's nodes cost, by its tag, which the account that pays has to
    activate first.
    """

    @property
    def told_within(self) -> tuple[str, ...]:
        """Names of the parts that tell a topic of the environment's own account only.

        EventBridge reaches another account's topic by a role, and AWS Budgets none at all; alarms
        need its policy, as they do here.
        """
        within = ("head_job_failures", "blocked_queues", "budget")
        return tuple(name for name in within if name in self.parts)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts that are asked for."""
        return tuple(name for name in PARTS if getattr(self, name) not in {None, False})


PARTS = tuple(name for name in OperationsSettings.model_fields if name not in {"topic", "emails"})
"""What can be watched: all fields but who is told."""
