# SPDX-License-Identifier: Apache-2.0
"""The rule `LogGroupWithoutRetention`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.nag.model import Level, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "LogGroupWithoutRetention",
    level=Level.WARNING,
    fix="set RetentionInDays",
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    ),
)
def log_group_without_retention(stack: Stack) -> Iterator[Finding]:
    """Log groups of a stack with AWS Batch forget.

    A log group without retention keeps the output of every task for ever: it costs more each
    month, and may hold what should not be kept.
    """
    if stack.has("AWS::Batch::"):
        for group in stack.all("AWS::Logs::LogGroup"):
            if group.get("RetentionInDays") is None:
                yield group.says("RetentionInDays", "it is absent")
