# SPDX-License-Identifier: Apache-2.0
"""Rules about what is watched after the deployment, and who is told."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.catalog.limits import ALARM_METRICS
from seqera_batch.catalog.regions import WITHOUT_BUDGETS
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.fleets import fleets
from seqera_batch.config.operations import PARTS
from seqera_batch.config.rules.rule import Breach, Breaches, rule

TELLING = tuple(part for part in PARTS if part != "dashboard")
"""Parts that tell somebody."""


@rule("operations-for-something", source=sources.AWS_BATCH_METRICS)
def operations_for_something(config: EnvironmentFile) -> Breaches:
    """Whoever is told is told of something: `aws.operations` asks for a part."""
    watched = config.aws.operations
    if watched is not None and not watched.parts:
        yield Breach(
            path="aws.operations",
            message="nothing is watched: every part is off unless asked for",
            value=None,
            allowed=f"at least one of {', '.join(TELLING)} and dashboard",
            fix="add queue_check: {} and head_job_failures: true, or remove aws.operations",
        )


@rule("operations-tells-something", source=sources.AWS_SNS_ACCESS)
def operations_tells_something(config: EnvironmentFile) -> Breaches:
    """A topic and addresses are named where something is told: a dashboard tells nobody."""
    watched = config.aws.operations
    if watched is None or watched.parts != ("dashboard",):
        return
    for field in ("topic", "emails"):
        if getattr(watched, field):
            yield Breach(
                path=f"aws.operations.{field}",
                message="a dashboard is looked at, and tells nobody",
                allowed="nothing with the dashboard alone",
                fix=f"remove it, or ask for a part that tells: {', '.join(TELLING)}",
                about=tuple(f"aws.operations.{part}" for part in PARTS),
            )


@rule("operations-topic-region", source=sources.AWS_EVENTS_RESOURCE_POLICIES)
def operations_topic_region(config: EnvironmentFile) -> Breaches:
    """The topic is in the environment's region, from where alone rules and alarms reach it."""
    watched = config.aws.operations
    topic = None if watched is None else watched.topic
    region = None if topic is None else topic.split(":")[3]
    if region not in {None, config.region}:
        yield Breach(
            path="aws.operations.topic",
            message=f"the topic is in {region}, and the environment in {config.region}",
            allowed=f"the ARN of a topic in {config.region}",
            fix=f"name a topic in {config.region}, or leave topic out to have one created",
            about=("region",),
        )


@rule("operations-topic-account", source=sources.AWS_EVENTS_ACCOUNTS)
def operations_topic_account(config: EnvironmentFile) -> Breaches:
    """Rules and budgets tell a topic of the environment's account; alarms tell others' too."""
    watched, account = config.aws.operations, config.aws.account
    if watched is None or watched.topic is None or account is None or not watched.told_within:
        return
    owner = watched.topic.split(":")[4]
    if owner != account:
        parts = ", ".join(watched.told_within)
        yield Breach(
            path="aws.operations.topic",
            message=f"the topic is of the account {owner}, and the environment of {account}: "
            f"{parts} would tell nobody",
            allowed=f"the ARN of a topic in {account} with {parts}",
            fix=f"name a topic in {account}, and let it tell the other one, or leave {parts} out: "
            "alarms reach the topic if its policy lets them",
            about=("aws.account", *(f"aws.operations.{part}" for part in watched.told_within)),
        )


@rule("operations-emails", source=sources.AWS_SNS_EMAIL)
def operations_emails(config: EnvironmentFile) -> Breaches:
    """Addresses subscribe to the topic that is created: who hears of another is its owner's."""
    watched = config.aws.operations
    if watched is not None and watched.topic is not None and watched.emails:
        yield Breach(
            path="aws.operations.emails",
            message="nobody is subscribed to a topic that exists",
            value=", ".join(watched.emails),
            allowed="nothing with aws.operations.topic",
            fix="subscribe them to the topic by hand, or leave topic out to have one created",
            about=("aws.operations.topic",),
        )


@rule("node-failures-logged", source=sources.AWS_LOGS_RETENTION)
def node_failures_logged(config: EnvironmentFile) -> Breaches:
    """Nodes that fail are counted in their log, which is shipped."""
    watched = config.aws.operations
    if (
        watched is not None
        and watched.node_failures is not None
        and config.forge is not None
        and not config.aws.logs.node_logs
    ):
        yield Breach(
            path="aws.operations.node_failures",
            message="nodes that fail are counted in the nodes' log group, and there is none",
            value=None,
            allowed="nothing with aws.logs.node_logs: false",
            fix="remove aws.logs.node_logs, or aws.operations.node_failures",
            about=("aws.logs.node_logs", "forge"),
        )


@rule("spot-reclaims-on-spot", source=sources.AWS_BATCH_EVENTS)
def spot_reclaims_on_spot(config: EnvironmentFile) -> Breaches:
    """Spot instances are counted where tasks run on them, in nine queues at most."""
    watched = config.aws.operations
    if watched is None or watched.spot_reclaims is None or config.forge is None:
        return
    queues = {fleet.queue for fleet in fleets(config) if fleet.said.type == "SPOT"}
    # One metric is that of the nodes that go.
    if len(queues) > ALARM_METRICS - 1:
        yield Breach(
            path="aws.operations.spot_reclaims",
            message=f"tasks run on Spot in {len(queues)} queues, and an alarm reads no more than "
            f"{ALARM_METRICS} metrics, of each queue one",
            value=len(queues),
            allowed=f"{ALARM_METRICS - 1} queues with Spot instances",
            fix="remove aws.operations.spot_reclaims, or queues",
            about=("forge.type", "aws.queues"),
        )
    if not queues:
        yield Breach(
            path="aws.operations.spot_reclaims",
            message="nobody takes back On-Demand instances",
            value=None,
            allowed="nothing with forge.type: EC2",
            fix="remove aws.operations.spot_reclaims, or set forge.type: SPOT",
            about=("forge.type", "forge", "aws.queues"),
        )


@rule("budget-region", source=sources.AWS_BUDGETS)
def budget_region(config: EnvironmentFile) -> Breaches:
    """A budget is asked for where CloudFormation knows budgets."""
    watched = config.aws.operations
    if watched is not None and watched.budget is not None and config.region in WITHOUT_BUDGETS:
        yield Breach(
            path="aws.operations.budget",
            message="the whole template would be refused: CloudFormation knows no budgets in "
            f"{config.region}",
            value=None,
            allowed="nothing in this region",
            fix="remove aws.operations.budget, and create the budget in the console: it counts "
            "all regions",
            about=("region",),
        )
