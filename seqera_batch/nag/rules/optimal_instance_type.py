# SPDX-License-Identifier: Apache-2.0
"""The rule `OptimalInstanceType`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import Level, listed, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "OptimalInstanceType",
    level=Level.WARNING,
    fix="name families, or default_x86_64 or default_arm64",
    sources=(sources.AWS_BATCH_DEFAULT_TYPES,),
)
def optimal_instance_type(stack: Stack) -> Iterator[Finding]:
    """Instance types do not use the old alias `optimal`.

    What `optimal` stands for has changed over the years: first the m4, c4 and r4 families,
    since November 2025 the same as `default_x86_64`. A reader cannot tell what will start,
    and neither prices nor local disks are known.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.InstanceTypes"
        if "optimal" in listed(environment.get(path)):
            yield environment.says(path, "the types contain optimal")
