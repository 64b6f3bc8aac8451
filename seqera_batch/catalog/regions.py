# SPDX-License-Identifier: Apache-2.0
"""AWS partitions, told from the region's code."""

from __future__ import annotations

from typing import Literal

Partition = Literal["aws", "aws-cn", "aws-us-gov"]

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
ZONES = {"us-west-1": 2}
"""Availability zones that an account can use, where they are fewer than the usual three."""
USUAL_ZONES = 3


def zones_of(region: str) -> int:
    """Return how many availability zones a created network uses in a region."""
    return ZONES.get(region, USUAL_ZONES)


def partition_of(region: str) -> Partition:
    """Return the partition that a region belongs to."""
    if region.startswith("cn-"):
        return "aws-cn"
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws"


def dns_suffix_of(region: str) -> str:
    """Return the domain of AWS's endpoints in a region."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
