# SPDX-License-Identifier: Apache-2.0
"""Where nodes start, as an app uses it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import aws_cdk as cdk

from seqera_batch.catalog import ids
from seqera_batch.constructs.part import Part

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2


class BatchNetwork(Part):
    """Where nodes start: a VPC of its own, or a security group in one that exists."""

    FIELD = "network"

    @property
    def cfn_vpc(self) -> ec2.CfnVPC | None:
        """The VPC as CloudFormation has it; None where it exists."""
        return next(iter(self.all_of(cdk.aws_ec2.CfnVPC).values()), None)

    @cached_property
    def vpc(self) -> ec2.IVpc | None:
        """The VPC, for endpoints, databases and instances of an app; None where it exists."""
        made = self.cfn_vpc
        if made is None:
            return None
        kinds = {kind: self._subnets(kind) for kind in ("Public", "Private")}
        zones = [one.attr_availability_zone for one in kinds["Private"] or kinds["Public"]]
        subnets = {kind: [one.ref for one in some] or None for kind, some in kinds.items()}
        tables = {kind: self._tables(kind, len(some)) or None for kind, some in kinds.items()}
        routed = any(route.nat_gateway_id for route in self.all_of(cdk.aws_ec2.CfnRoute).values())
        return cdk.aws_ec2.Vpc.from_vpc_attributes(
            self,
            "VpcReference",
            vpc_id=made.ref,
            vpc_cidr_block=made.attr_cidr_block,
            availability_zones=zones,
            public_subnet_ids=subnets["Public"],
            public_subnet_route_table_ids=tables["Public"],
            private_subnet_ids=subnets["Private"] if routed else None,
            private_subnet_route_table_ids=tables["Private"] if routed else None,
            isolated_subnet_ids=None if routed else subnets["Private"],
            isolated_subnet_route_table_ids=None if routed else tables["Private"],
        )

    def _subnets(self, kind: str) -> list[ec2.CfnSubnet]:
        made = self.all_of(cdk.aws_ec2.CfnSubnet)
        return [made[name] for name in sorted(made) if name.startswith(kind)]

    def _tables(self, kind: str, count: int) -> list[str]:
        """Return the route table of each subnet: one for all public ones, one a private one."""
        made = self.all_of(cdk.aws_ec2.CfnRouteTable)
        names = (
            ["PublicRoutes"] * count
            if kind == "Public"
            else [f"PrivateRoutes{number}" for number in range(1, count + 1)]
        )
        return [made[name].ref for name in names]

    @property
    def cfn_security_group(self) -> ec2.CfnSecurityGroup | None:
        """Security group of nodes and Fargate tasks; None where they are in groups that exist."""
        return self.all_of(cdk.aws_ec2.CfnSecurityGroup).get(ids.NODE_SECURITY_GROUP)
