# SPDX-License-Identifier: Apache-2.0
"""The rule `BestFit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "BestFit",
    fix="use BEST_FIT_PROGRESSIVE, or SPOT_PRICE_CAPACITY_OPTIMIZED on Spot",
    sources=(sources.AWS_BATCH_ALLOCATION, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def best_fit(stack: Stack) -> Iterator[Finding]:
    """The allocation strategy is not BEST_FIT.

    An environment with BEST_FIT waits for one instance type instead of taking another that is
    available, and cannot be updated in place: a change of image, disks or types needs a new
    environment.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.AllocationStrategy"
        if environment.get(path) == "BEST_FIT":
            yield environment.says(path, "the strategy is BEST_FIT")
