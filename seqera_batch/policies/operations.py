# SPDX-License-Identifier: Apache-2.0
"""Who may tell the topic of an environment, and what the function may do that looks at queues."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.catalog.principals import BUDGETS, CLOUDWATCH, EVENTS
from seqera_batch.policies.document import Conditions, Principal, Scope, Statement, document

_LAMBDA_LOGS = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
_ANYBODY = Principal("AWS", ("*",))
_PUBLISH = ("sns:Publish",)


@document
def topic_policy(
    scope: Scope, topic: str, publishers: tuple[str, ...], alarms: tuple[str, ...]
) -> Iterator[Statement]:
    """Return the policy of the topic; whom IAM policies of the account let in is not said here.

    Args:
        scope: Partition, region and account.
        topic: ARN of the topic.
        publishers: The services that tell it, by their names as principals.
        alarms: ARNs of the alarms that do.
    """
    told = {
        EVENTS: (
            "TellOfEvents",
            {},
            (
                "rules tell of head jobs and queues; EventBridge's page rules conditions out, and "
                "with one that is not met every message would be lost in silence"
            ),
            sources.AWS_EVENTS_RESOURCE_POLICIES,
        ),
        CLOUDWATCH: (
            "TellOfAlarms",
            by_alarms(scope, alarms),
            "the environment's alarms tell when their state changes, and no others",
            sources.AWS_SNS_ACCESS,
        ),
        BUDGETS: (
            "TellOfBudget",
            by_budgets(scope),
            "the budget tells when its share is spent; the condition stops other accounts'",
            sources.AWS_BUDGETS_TOPIC,
        ),
    }
    for service, (sid, conditions, reason, source) in told.items():
        if service in publishers:
            yield Statement(
                sid=sid,
                actions=_PUBLISH,
                resources=(topic,),
                principal=service,
                conditions=conditions,
                reason=reason,
                source=source,
            )
    yield _only_encrypted("PublishByTlsOnly", _PUBLISH, topic, sources.AWS_SNS_TLS)


def by_alarms(scope: Scope, alarms: tuple[str, ...]) -> Conditions:
    """Return the conditions by which alarms are those of this account.

    Args:
        scope: Partition, region and account.
        alarms: Their ARNs, or patterns of them.
    """
    return {
        "StringEquals": {"aws:SourceAccount": scope.account},
        "ArnLike": {"aws:SourceArn": list(alarms)},
    }


def by_budgets(scope: Scope) -> Conditions:
    """Return the conditions by which budgets are those of this account."""
    return {
        "StringEquals": {"aws:SourceAccount": scope.account},
        "ArnLike": {"aws:SourceArn": scope.global_arn("budgets", "*")},
    }


@document
def events_policy(queue: str, rule: str) -> Iterator[Statement]:
    """Return the policy of the queue that counts events."""
    yield Statement(
        sid="KeepEvents",
        actions=("sqs:SendMessage",),
        resources=(queue,),
        principal=EVENTS,
        conditions={"ArnEquals": {"aws:SourceArn": rule}},
        reason="the rule puts each Spot reclaim there, where it is counted and can be read",
        source=sources.AWS_EVENTS_RESOURCE_POLICIES,
    )
    yield _only_encrypted("ReachByTlsOnly", ("sqs:*",), queue, sources.AWS_SQS_TLS)


def _only_encrypted(sid: str, actions: tuple[str, ...], resource: str, source: str) -> Statement:
    return Statement(
        sid=sid,
        effect="Deny",
        actions=actions,
        resources=(resource,),
        principal=_ANYBODY,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
        reason="nobody uses it in clear text, whatever else is allowed",
        source=source,
    )


@document
def queue_check(scope: Scope, queues: tuple[str, ...], log_streams: str) -> Iterator[Statement]:
    """Return what the function may do: look at queues, and write its log.

    Args:
        scope: Partition, region and account.
        queues: Names of the environment's queues.
        log_streams: ARN of the streams of its log group, `…:log-group:NAME:*`.
    """
    yield Statement(
        sid="LookAtQueues",
        actions=("batch:DescribeComputeEnvironments", "batch:DescribeJobQueues"),
        resources=("*",),
        conditions=scope.only_here,
        reason="whether queues and their environments are usable; AWS offers no narrower "
        "resource for these actions",
        source=sources.AWS_BATCH_AUTHORIZATION,
    )
    yield Statement(
        sid="LookAtFronts",
        actions=("batch:GetJobQueueSnapshot",),
        resources=tuple(scope.arn("batch", f"job-queue/{name}") for name in queues),
        reason="since when the job at the front of a queue has been there",
        source=sources.AWS_BATCH_SNAPSHOT,
    )
    yield Statement(
        sid="WriteOwnLog",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(log_streams,),
        reason="what it sees is written there, and CloudWatch makes metrics of the lines: "
        "so it may put none itself, which AWS lets nobody hold to a name",
        source=_LAMBDA_LOGS,
    )
