# SPDX-License-Identifier: Apache-2.0
"""AWS's regions, and their partitions, told from the region's code."""

from __future__ import annotations

from functools import cache

from seqera_batch.records import dataclass

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
ZONES = {"us-west-1": 2}
"""Availability zones that an account can use, where they are fewer than the usual three."""
USUAL_ZONES = 3


# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
REGIONS = frozenset(
    [
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2",
        "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
        "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
        "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1",
        "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1",
        "eu-west-2", "eu-west-3", "eusc-de-east-1",
        "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
        "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
    ]
)  # fmt: skip
"""Regions that AWS Batch is offered in; a newer one works as well."""


# CloudFormation's resource schemas, region by region
WITHOUT_BUDGETS = frozenset(
    [
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-3", "ap-south-2", "ap-southeast-3",
        "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
        "ca-west-1",
        "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2",
        "il-central-1", "me-central-1", "mx-central-1",
        "us-gov-east-1", "us-gov-west-1",
    ]
)  # fmt: skip
"""Regions where CloudFormation refuses a template with a budget."""


def nearest(region: str) -> str | None:
    """Return the region that a misspelt code most likely means, if one is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong file needs it

    found = get_close_matches(region, sorted(REGIONS), n=1, cutoff=0.75)
    return found[0] if found else None


def zones_of(region: str) -> int:
    """Return how many availability zones a created network uses in a region."""
    return ZONES.get(region, USUAL_ZONES)


@dataclass(frozen=True, slots=True)
class Region:
    """A region with what its code tells.

    Args:
        code: Such as `eu-west-1`.
        partition: Second part of every ARN.
        dns_suffix: Domain of AWS's endpoints.
    """

    code: str
    partition: str
    dns_suffix: str

    @staticmethod
    @cache
    def of(code: str) -> Region:
        """Return the region of a code; one that nobody knows yet is of the partition `aws`."""
        for start, (partition, dns_suffix) in _PARTITIONS.items():
            if code.startswith(start):
                return Region(code, partition, dns_suffix)
        return Region(code, "aws", _COMMERCIAL)

    @property
    def in_china(self) -> bool:
        """Whether some of AWS's names differ from those everywhere else."""
        return self.partition == "aws-cn"

    def endpoint(self, service: str) -> str:
        """Return the pattern of a service's name in this region, for `kms:ViaService`.

        The end is open for China, where names are not documented to end in `.com` or `.com.cn`.
        """
        return f"{service}.{self.code}.{self.dns_suffix.removesuffix('.cn')}*"


_COMMERCIAL = "amazonaws.com"
# The map of aws-cdk-lib (region-info/lib/aws-entities) and of botocore (partitions.json).
_PARTITIONS = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
    "us-gov-": ("aws-us-gov", _COMMERCIAL),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov"),
}
"""By how codes of regions start, partition and domain of AWS's endpoints."""

DNS_SUFFIXES = tuple(sorted({_COMMERCIAL, *(suffix for _, suffix in _PARTITIONS.values())}))
"""Every domain of AWS's endpoints."""
