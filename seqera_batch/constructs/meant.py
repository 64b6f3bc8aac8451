# SPDX-License-Identifier: Apache-2.0
"""What CDK's validator finds in our resources and is meant so, acknowledged where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from seqera_batch.catalog import limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs import Construct

    from seqera_batch.cloudformation.resource import Resource


def acknowledge_meant(scope: Construct, resources: Mapping[str, Resource]) -> None:
    """Acknowledge below a construct what is meant so in the resources that it makes."""
    for rule, reason in _meant(resources):
        cdk.Validations.of(scope).acknowledge(
            cdk.Acknowledgment(id=f"CloudFormation-Validate::{rule}", reason=reason)
        )


def _meant(resources: Mapping[str, Resource]) -> Iterator[tuple[str, str]]:
    properties = [one.properties for one in resources.values()]
    if any(isinstance(one.get("AvailabilityZone"), str) for one in properties):
        yield "W3010", "the file names the zones"
    disks = (
        mapped["Ebs"]
        for one in properties
        for mapped in one.get("LaunchTemplateData", {}).get("BlockDeviceMappings", ())
    )
    # Our own rule knows what AWS takes, and has looked at them.
    if any(disk.get("Iops", 0) > limits.GP3_IOPS_BEFORE_2025 for disk in disks):
        yield "E3671", "gp3 takes up to 80,000 IOPS since 2025, and the validator knows of 16,000"
