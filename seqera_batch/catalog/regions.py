# SPDX-License-Identifier: Apache-2.0
"""AWS's regions, and their partitions, told from the region's code."""

from __future__ import annotations

from typing import Literal

Partition = Literal["aws", "aws-cn", "aws-us-gov"]

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
ZONES = {"us-west-1": 2}
"""Availability zones that an account can use, where they are fewer than the usual three."""
USUAL_ZONES = 3


# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
REGIONS = frozenset(
    [
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    ]
)
"""Regions that AWS Batch is offered in; a newer one works as well."""


def nearest(region: str) -> str | None:
    """Return the region that a misspelt code most likely means, if one is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong file needs it

    found = get_close_matches(region, sorted(REGIONS), n=1, cutoff=0.75)
    return found[0] if found else None


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
