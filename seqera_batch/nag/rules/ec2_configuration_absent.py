# SPDX-License-Identifier: Apache-2.0
"""The rule `Ec2ConfigurationAbsent`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "Ec2ConfigurationAbsent",
    fix="name the image type in Ec2Configuration",
    sources=(sources.AWS_BATCH_AMI, sources.AWS_BATCH_API_COMPUTE),
)
def ec2_configuration_absent(stack: Stack) -> Iterator[Finding]:
    """The image type is written down.

    Without Ec2Configuration AWS Batch decides which operating system the nodes run: it has
    changed its mind before, and user data written for one system fails on another.
    """
    for environment in stack.ec2_environments:
        value = environment.get("ComputeResources.Ec2Configuration")
        if value is None or value == []:
            yield environment.says("ComputeResources", "Ec2Configuration is absent")
