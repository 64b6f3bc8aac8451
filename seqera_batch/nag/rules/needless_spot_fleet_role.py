# SPDX-License-Identifier: Apache-2.0
"""The rule `NeedlessSpotFleetRole`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import is_call, provisioning, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "NeedlessSpotFleetRole",
    fix="leave SpotIamFleetRole out",
    sources=(sources.AWS_BATCH_API_COMPUTE, sources.AWS_BATCH_ALLOCATION),
)
def needless_spot_fleet_role(stack: Stack) -> Iterator[Finding]:
    """A Spot fleet role is given only where AWS Batch uses it.

    Only Spot with BEST_FIT makes Spot fleets. Elsewhere the role is a right that nobody
    needs, and it cannot be changed without replacing the environment.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.SpotIamFleetRole"
        strategy = environment.get("ComputeResources.AllocationStrategy")
        needed = provisioning(environment) == "SPOT" and strategy in (None, "BEST_FIT")
        if environment.get(path) is not None and not needed and not is_call(strategy):
            yield environment.says(path, f"with {strategy or 'On-Demand'} no Spot fleet is made")
