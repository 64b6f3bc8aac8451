# SPDX-License-Identifier: Apache-2.0
"""What VPC flow logs may do: write to one log group."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog.principals import FLOW_LOGS
from seqera_batch.policies.access import JobAccess
from seqera_batch.policies.document import Scope, Statement, document

_SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html"


@document
def trust_flow_logs(scope: Scope) -> Iterator[Statement]:
    """Trust of the flow log's role, for flow logs of this account and region only."""
    yield Statement(
        sid="AllowFlowLogs",
        actions=("sts:AssumeRole",),
        principal=FLOW_LOGS,
        conditions={
            "StringEquals": {"aws:SourceAccount": scope.account},
            "ArnLike": {"aws:SourceArn": scope.arn("ec2", "vpc-flow-log/*")},
        },
        reason="the VPC writes flow logs under it; the condition stops other accounts'",
        source=_SOURCE,
    )


@document
def flow_logs(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Permissions of flow logs; the stack makes the group, so they create none."""
    if access.flow_log_group is None:
        return
    group = scope.arn("logs", f"log-group:{access.flow_log_group}")
    yield Statement(
        sid="WriteFlowLogs",
        actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
        resources=(group, f"{group}:*"),
        reason="records go to the streams of this group",
        source=_SOURCE,
    )
    yield Statement(
        sid="FindFlowLogGroup",
        actions=("logs:DescribeLogGroups",),
        resources=("*",),
        conditions=scope.only_here,
        reason="AWS looks the group up by listing; AWS offers no narrower resource",
        source=_SOURCE,
    )
