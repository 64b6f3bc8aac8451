# SPDX-License-Identifier: Apache-2.0
"""Rules about what nodes and jobs stand in: networks and logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seqera_batch.nag.model import Fault, Level, Stack, listed, rule, target


@rule(
    "LogGroupWithoutRetention",
    level=Level.WARNING,
    fix="set RetentionInDays",
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    ),
)
def log_group_without_retention(stack: Stack) -> Iterator[Fault]:
    """Log groups of a stack with AWS Batch forget.

    A log group without retention keeps the output of every task for ever: it costs more each
    month, and may hold what should not be kept.
    """
    if stack.has("AWS::Batch::"):
        for group in stack.all("AWS::Logs::LogGroup"):
            if group.get("RetentionInDays") is None:
                yield group.says("RetentionInDays", "it is absent")


@rule(
    "OpenSecurityGroup",
    fix="let in only what nodes need: NFS and Lustre from the group itself",
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html",),
)
def open_security_group(stack: Stack) -> Iterator[Fault]:
    """Nodes let nobody in from the internet.

    AWS Batch only ever calls out: nodes ask for work. An open port is of use to somebody else
    only.
    """
    for group in stack.security_groups:
        for number, one in enumerate(listed(group.get("SecurityGroupIngress"))):
            if isinstance(one, dict) and _is_open(one):
                yield group.says(f"SecurityGroupIngress[{number}]", "everybody is let in")
    groups = {group.logical_id for group in stack.security_groups}
    for entry in stack.all("AWS::EC2::SecurityGroupIngress"):
        if target(entry.get("GroupId")) in groups and _is_open(entry.properties):
            yield entry.says("", "everybody is let in")


def _is_open(entry: Mapping[str, Any]) -> bool:
    return entry.get("CidrIp") == "0.0.0.0/0" or entry.get("CidrIpv6") == "::/0"
