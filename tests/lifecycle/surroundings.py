# SPDX-License-Identifier: Apache-2.0
"""What an environment file takes for granted: a VPC with subnets and groups of somebody else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.lifecycle.account import Account

CIDR = "10.99.0.0/16"
_ID = re.compile(r"\b(vpc|subnet|sg)-0?([0-9a-f]+)\b")


@dataclass(frozen=True)
class Surroundings:
    """A VPC, two subnets in two zones, two groups."""

    vpc: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]

    @staticmethod
    def make(account: Account) -> Surroundings:
        """Create them."""
        ec2 = account.client("ec2")
        vpc = ec2.create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
        zones = ec2.describe_availability_zones()["AvailabilityZones"]
        subnets = tuple(
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.99.{index}.0/24", AvailabilityZone=zone["ZoneName"]
            )["Subnet"]["SubnetId"]
            for index, zone in enumerate(zones[:2])
        )
        groups = tuple(
            ec2.create_security_group(
                GroupName=f"seqera-batch-tests-{index}", Description="tests", VpcId=vpc
            )["GroupId"]
            for index in range(2)
        )
        return Surroundings(vpc, subnets, groups)

    def remove(self, account: Account) -> None:
        """Delete them."""
        ec2 = account.client("ec2")
        for group in self.groups:
            ec2.delete_security_group(GroupId=group)
        for subnet in self.subnets:
            ec2.delete_subnet(SubnetId=subnet)
        ec2.delete_vpc(VpcId=self.vpc)

    def within(self, data: Any) -> Any:
        """Return data with its ids of networks exchanged for ours, by their last digit."""
        if isinstance(data, dict):
            return {key: self.within(value) for key, value in data.items()}
        if isinstance(data, list | tuple):
            return [self.within(value) for value in data]
        return _ID.sub(self._ours, data) if isinstance(data, str) else data

    def _ours(self, found: re.Match[str]) -> str:
        kind, digits = found.groups()
        if kind == "vpc":
            return self.vpc
        ours = self.subnets if kind == "subnet" else self.groups
        return ours[(int(digits[-1], 16) - 1) % len(ours)]
