# SPDX-License-Identifier: Apache-2.0
"""The rule `MixedArchitecture`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import instances, sources
from seqera_batch.nag.model import listed, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack

ALIASES = {"default_arm64": "arm64", "default_x86_64": "x86_64", "optimal": "x86_64"}
"""Names that stand for several families."""


@rule(
    "MixedArchitecture",
    fix="make an environment for each architecture",
    sources=(sources.AWS_BATCH_API_COMPUTE, sources.AWS_BATCH_DEFAULT_TYPES),
)
def mixed_architecture(stack: Stack) -> Iterator[Finding]:
    """Instance types have one architecture.

    A compute environment takes one image, so AWS Batch refuses types of x86-64 and of ARM64
    (Graviton) together; a container image for one does not start on the other.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.InstanceTypes"
        found = {_architecture(name) for name in listed(environment.get(path))} - {None}
        if len(found) > 1:
            yield environment.says(
                path, f"the types are of {' and '.join(sorted(map(str, found)))}"
            )


def _architecture(name: object) -> str | None:
    if not isinstance(name, str):
        return None
    if name in ALIASES:
        return ALIASES[name]
    family = instances.family(name)
    return None if family is None else str(family.architecture)
