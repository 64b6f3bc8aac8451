# SPDX-License-Identifier: Apache-2.0
"""A VPC of our own where no subnets are given, and the nodes' security group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from seqera_batch.constructs.tagging import cfn_tags

if TYPE_CHECKING:
    from constructs import Construct

    from seqera_batch.plan.model import Network

ANYWHERE_IPV4 = "0.0.0.0/0"
ANYWHERE_IPV6 = "::/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where nodes start, and what must be there before the first and after the last of them."""

    vpc_id: str | None
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    ways_out: tuple[cdk.CfnResource, ...] = ()
    ways_in: tuple[cdk.CfnResource, ...] = ()


def place_nodes(scope: Construct, network: Network, tags: dict[str, str], name: str) -> Place:
    """Create what the plan asks for and return where nodes start.

    Args:
        scope: Parent of the resources.
        network: The plan's network; its ids may be tokens.
        tags: Tags of the resources.
        name: The environment's id, for descriptions.
    """
    vpc_id, subnets = network.vpc_id, network.subnets
    ways_out: tuple[cdk.CfnResource, ...] = ()
    if network.created:
        vpc_id, subnets, ways_out = _vpc(scope, network, tags, name)
    groups = network.security_groups
    ways_in: tuple[cdk.CfnResource, ...] = ()
    if network.creates_security_group:
        group, ways_in = _security_group(scope, network, vpc_id, tags, name)
        groups = (group,)
    return Place(
        vpc_id=vpc_id,
        subnets=subnets,
        security_groups=groups,
        ways_out=ways_out,
        ways_in=ways_in,
    )


def _security_group(
    scope: Construct, network: Network, vpc_id: str | None, tags: dict[str, str], name: str
) -> tuple[str, tuple[cdk.CfnResource, ...]]:
    group = ec2.CfnSecurityGroup(
        scope,
        "NodeSecurityGroup",
        group_description=f"Nodes and Fargate tasks of {name}",
        vpc_id=vpc_id,
        # Pipelines pull images and files from anywhere; nothing needs to come in.
        security_group_egress=[
            {"ipProtocol": "-1", "cidrIp": ANYWHERE_IPV4, "description": "all traffic out"},
            {"ipProtocol": "-1", "cidrIpv6": ANYWHERE_IPV6, "description": "all traffic out"},
        ],
        tags=cfn_tags({"Name": f"{name}-nodes", **tags}),
    )
    rules = tuple(
        ec2.CfnSecurityGroupIngress(
            scope,
            f"NodeIngress{first}",
            group_id=group.attr_group_id,
            source_security_group_id=group.attr_group_id,
            ip_protocol="tcp",
            from_port=first,
            to_port=last,
            description="file systems of the same group",
        )
        for first, last in network.ingress_ports
    )
    return group.attr_group_id, rules


def _vpc(
    scope: Construct, network: Network, tags: dict[str, str], name: str
) -> tuple[str, tuple[str, ...], tuple[cdk.CfnResource, ...]]:
    """Create public subnets with an internet gateway: no NAT gateway, so no cost while idle."""
    vpc = ec2.CfnVPC(
        scope,
        "Vpc",
        cidr_block=network.cidr,
        # FSx for Lustre and EFS are mounted by name.
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags=cfn_tags({"Name": name, **tags}),
    )
    gateway = ec2.CfnInternetGateway(
        scope, "InternetGateway", tags=cfn_tags({"Name": name, **tags})
    )
    attachment = ec2.CfnVPCGatewayAttachment(
        scope, "InternetGatewayAttachment", vpc_id=vpc.ref, internet_gateway_id=gateway.ref
    )
    table = ec2.CfnRouteTable(
        scope, "PublicRoutes", vpc_id=vpc.ref, tags=cfn_tags({"Name": f"{name}-public", **tags})
    )
    route = ec2.CfnRoute(
        scope,
        "RouteToInternet",
        route_table_id=table.ref,
        destination_cidr_block=ANYWHERE_IPV4,
        gateway_id=gateway.ref,
    )
    route.add_resource_dependency(attachment)
    subnets = []
    ways_out: list[cdk.CfnResource] = [route]
    for index, cidr in enumerate(network.subnet_cidrs):
        subnet = ec2.CfnSubnet(
            scope,
            f"PublicSubnet{index + 1}",
            vpc_id=vpc.ref,
            cidr_block=cidr,
            # Resolved at deployment: no look-up, and the same template for every account.
            availability_zone=cdk.Fn.select(index, cdk.Fn.get_azs()),
            map_public_ip_on_launch=True,
            tags=cfn_tags({"Name": f"{name}-public-{index + 1}", **tags}),
        )
        association = ec2.CfnSubnetRouteTableAssociation(
            scope,
            f"PublicSubnet{index + 1}Routes",
            subnet_id=subnet.ref,
            route_table_id=table.ref,
        )
        subnets.append(subnet.ref)
        ways_out.append(association)
    ec2.CfnVPCEndpoint(
        scope,
        "S3Endpoint",
        vpc_id=vpc.ref,
        service_name=f"com.amazonaws.{cdk.Stack.of(scope).region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.ref],
    )
    return vpc.ref, tuple(subnets), tuple(ways_out)
