# SPDX-License-Identifier: Apache-2.0
"""The rule `Ec2AndFargateInOneQueue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import listed, provisioning, rule, target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "Ec2AndFargateInOneQueue",
    fix="make a queue for each",
    sources=(sources.AWS_BATCH_FARGATE,),
)
def ec2_and_fargate_in_one_queue(stack: Stack) -> Iterator[Finding]:
    """A queue's environments are all on EC2 or all on Fargate.

    AWS Batch refuses a queue that mixes them: a job definition is for one or the other.
    """
    kinds = {one.logical_id: provisioning(one) for one in stack.environments}
    for queue in stack.all("AWS::Batch::JobQueue"):
        path = "ComputeEnvironmentOrder"
        behind = [
            kinds.get(target(one.get("ComputeEnvironment")) or "")
            for one in listed(queue.get(path))
            if isinstance(one, dict)
        ]
        found = {kind.startswith("FARGATE") for kind in behind if kind is not None}
        if len(found) > 1:
            yield queue.says(path, "environments on EC2 and on Fargate are mixed")
