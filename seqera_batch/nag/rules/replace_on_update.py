# SPDX-License-Identifier: Apache-2.0
"""The rule `ReplaceOnUpdate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import is_call, is_false, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "ReplaceOnUpdate",
    fix="set ReplaceComputeEnvironment to false",
    sources=(sources.CFN_COMPUTE_ENVIRONMENT, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def replace_on_update(stack: Stack) -> Iterator[Finding]:
    """Updates of a compute environment happen in place.

    ReplaceComputeEnvironment is true where it is absent. Changes of disks, types, image or
    network then make a new environment, and end the jobs that run in the old one; in place,
    nodes are exchanged as their jobs end.
    """
    for environment in stack.ec2_environments:
        value = environment.get("ReplaceComputeEnvironment")
        if not is_false(value) and not is_call(value):
            found = "absent, which means true" if value is None else "true"
            yield environment.says("ReplaceComputeEnvironment", f"it is {found}")
