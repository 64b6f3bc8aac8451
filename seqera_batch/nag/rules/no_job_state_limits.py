# SPDX-License-Identifier: Apache-2.0
"""The rule `NoJobStateLimits`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import Level, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "NoJobStateLimits",
    level=Level.WARNING,
    fix="add JobStateTimeLimitActions for the reasons that never pass",
    sources=(sources.AWS_BATCH_TIME_LIMITS,),
)
def no_job_state_limits(stack: Stack) -> Iterator[Finding]:
    """A queue cancels jobs that can never start.

    A job that asks for more than any instance has stays RUNNABLE for ever, at the head of the
    queue, and holds up the jobs behind it; the pipeline waits without a message.
    """
    for queue in stack.all("AWS::Batch::JobQueue"):
        if not queue.get("JobStateTimeLimitActions"):
            yield queue.says("JobStateTimeLimitActions", "there are none")
