# SPDX-License-Identifier: Apache-2.0
"""The rule `Ec2FieldsOnFargate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import provisioning, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack

EC2_ONLY = (
    "AllocationStrategy",
    "BidPercentage",
    "DesiredvCpus",
    "Ec2Configuration",
    "Ec2KeyPair",
    "ImageId",
    "InstanceRole",
    "InstanceTypes",
    "LaunchTemplate",
    "MinvCpus",
    "PlacementGroup",
    "SpotIamFleetRole",
    "Tags",
)
"""What the API refuses on Fargate."""


@rule(
    "Ec2FieldsOnFargate",
    fix="leave out what is about EC2 instances",
    sources=(sources.AWS_BATCH_FARGATE, sources.AWS_BATCH_API_COMPUTE),
)
def ec2_fields_on_fargate(stack: Stack) -> Iterator[Finding]:
    """An environment on Fargate has no settings of EC2 instances.

    Fargate has no instances that could take them, and AWS Batch refuses the environment.
    """
    for environment in stack.environments:
        if not (provisioning(environment) or "").startswith("FARGATE"):
            continue
        for name in EC2_ONLY:
            if environment.get(f"ComputeResources.{name}") is not None:
                yield environment.says(f"ComputeResources.{name}", f"{name} is given")
