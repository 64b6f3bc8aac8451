# SPDX-License-Identifier: Apache-2.0
"""The rule `MutableTags`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import Level, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "MutableTags",
    level=Level.WARNING,
    fix="leave the environment's own tags out; ComputeResources.Tags are those of the instances",
    sources=(sources.CFN_COMPUTE_ENVIRONMENT,),
)
def mutable_tags(stack: Stack) -> Iterator[Finding]:
    """A compute environment carries no tags of its own.

    CloudFormation replaces an environment when one of its tags changes, even with
    ReplaceComputeEnvironment: false, and ends the jobs in it. Tags of the stack or app reach
    it as well.
    """
    for environment in stack.environments:
        if environment.get("Tags"):
            yield environment.says("Tags", "a change of a tag replaces the environment")
