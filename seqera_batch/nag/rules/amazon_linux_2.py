# SPDX-License-Identifier: Apache-2.0
"""The rule `AmazonLinux2`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import listed, rule, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack

OLD = {"ECS_AL2", "ECS_AL2_NVIDIA", "EKS_AL2", "EKS_AL2_NVIDIA"}
"""Image types of Amazon Linux 2."""


@rule(
    "AmazonLinux2",
    fix="use ECS_AL2023, or ECS_AL2023_NVIDIA for GPUs",
    sources=(sources.AWS_BATCH_AMI,),
)
def amazon_linux_2(stack: Stack) -> Iterator[Finding]:
    """Nodes run Amazon Linux 2023.

    The Amazon Linux 2 images for Amazon ECS have had no updates since 30 June 2026, and AWS
    Batch refuses new environments on those that it provides.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.Ec2Configuration"
        for number, one in enumerate(listed(environment.get(path))):
            kind = text(one.get("ImageType")) if isinstance(one, dict) else None
            if kind in OLD:
                yield environment.says(f"{path}[{number}].ImageType", f"the image type is {kind}")
