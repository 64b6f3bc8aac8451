# SPDX-License-Identifier: Apache-2.0
"""The rule `AllocationStrategyUnset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "AllocationStrategyUnset",
    fix="set AllocationStrategy to BEST_FIT_PROGRESSIVE, or SPOT_PRICE_CAPACITY_OPTIMIZED on Spot",
    sources=(sources.AWS_BATCH_ALLOCATION, sources.AWS_BATCH_API_COMPUTE),
)
def allocation_strategy_unset(stack: Stack) -> Iterator[Finding]:
    """The allocation strategy is written down.

    Without one AWS Batch takes BEST_FIT, with which an environment cannot be updated in
    place.
    """
    for environment in stack.ec2_environments:
        if environment.get("ComputeResources.AllocationStrategy") is None:
            yield environment.says("ComputeResources", "AllocationStrategy is absent")
