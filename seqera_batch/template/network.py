# SPDX-License-Identifier: Apache-2.0
"""A VPC of our own where no subnets are given, and the nodes' security group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seqera_batch.template.intrinsics import get_att, ref
from seqera_batch.template.resource import Resource, Resources, tag_list

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.model import Network

NODE_SECURITY_GROUP = "NodeSecurityGroup"
ANYWHERE_IPV4 = "0.0.0.0/0"
ANYWHERE_IPV6 = "::/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where nodes start, and what must be there before the first and after the last of them.

    Args:
        vpc_id: The VPC, if it is known.
        subnets: Subnets of nodes, Fargate tasks and mount targets.
        security_groups: Groups of nodes and Fargate tasks.
        ways_out: Resources without which nodes reach nothing.
        ways_in: Rules that let nodes reach file systems.
        resources: What is created for it.
    """

    vpc_id: str | None
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    ways_out: tuple[str, ...] = ()
    ways_in: tuple[str, ...] = ()
    resources: Resources = field(default_factory=dict)


def place_nodes(plan: ForgePlan, network: Network) -> Place:
    """Return where nodes start and what is created for it."""
    tags = plan.labels.resources
    name = plan.environment_id
    vpc_id, subnets = network.vpc_id, network.subnets
    ways_out: tuple[str, ...] = ()
    created: Resources = {}
    if network.created:
        created = _vpc(plan, network, tags, name)
        vpc_id = ref("Vpc")
        numbers = range(1, len(network.subnet_cidrs) + 1)
        subnets = tuple(ref(f"PublicSubnet{number}") for number in numbers)
        ways_out = ("RouteToInternet", *(f"PublicSubnet{number}Routes" for number in numbers))
    groups = network.security_groups
    ways_in: Resources = {}
    if network.creates_security_group:
        created[NODE_SECURITY_GROUP] = _security_group(vpc_id, tags, name)
        ways_in = {
            f"NodeIngress{first}": _ingress(first, last) for first, last in network.ingress_ports
        }
        groups = (get_att(NODE_SECURITY_GROUP, "GroupId"),)
    return Place(
        vpc_id=vpc_id,
        subnets=subnets,
        security_groups=groups,
        ways_out=ways_out,
        ways_in=tuple(ways_in),
        resources=created | ways_in,
    )


def _security_group(vpc_id: str | None, tags: dict[str, str], name: str) -> Resource:
    return Resource(
        type="AWS::EC2::SecurityGroup",
        properties={
            "GroupDescription": f"Nodes and Fargate tasks of {name}",
            "VpcId": vpc_id,
            # Pipelines pull images and files from anywhere; nothing needs to come in.
            "SecurityGroupEgress": [
                {"IpProtocol": "-1", "CidrIp": ANYWHERE_IPV4, "Description": "all traffic out"},
                {"IpProtocol": "-1", "CidrIpv6": ANYWHERE_IPV6, "Description": "all traffic out"},
            ],
            "Tags": tag_list({"Name": f"{name}-nodes", **tags}),
        },
    )


def _ingress(first: int, last: int) -> Resource:
    group = get_att(NODE_SECURITY_GROUP, "GroupId")
    return Resource(
        type="AWS::EC2::SecurityGroupIngress",
        properties={
            "GroupId": group,
            "SourceSecurityGroupId": group,
            "IpProtocol": "tcp",
            "FromPort": first,
            "ToPort": last,
            "Description": "file systems of the same group",
        },
    )


def _vpc(plan: ForgePlan, network: Network, tags: dict[str, str], name: str) -> Resources:
    """Return public subnets with an internet gateway: no NAT gateway, so no cost while idle."""
    found: Resources = {
        "Vpc": Resource(
            type="AWS::EC2::VPC",
            properties={
                "CidrBlock": network.cidr,
                # FSx for Lustre and EFS are mounted by name.
                "EnableDnsHostnames": True,
                "EnableDnsSupport": True,
                "Tags": tag_list({"Name": name, **tags}),
            },
        ),
        "InternetGateway": Resource(
            type="AWS::EC2::InternetGateway",
            properties={"Tags": tag_list({"Name": name, **tags})},
        ),
        "InternetGatewayAttachment": Resource(
            type="AWS::EC2::VPCGatewayAttachment",
            properties={"VpcId": ref("Vpc"), "InternetGatewayId": ref("InternetGateway")},
        ),
        "PublicRoutes": Resource(
            type="AWS::EC2::RouteTable",
            properties={
                "VpcId": ref("Vpc"),
                "Tags": tag_list({"Name": f"{name}-public", **tags}),
            },
        ),
        "RouteToInternet": Resource(
            type="AWS::EC2::Route",
            properties={
                "RouteTableId": ref("PublicRoutes"),
                "DestinationCidrBlock": ANYWHERE_IPV4,
                "GatewayId": ref("InternetGateway"),
            },
            depends_on=("InternetGatewayAttachment",),
        ),
    }
    for index, cidr in enumerate(network.subnet_cidrs):
        number = index + 1
        found[f"PublicSubnet{number}"] = Resource(
            type="AWS::EC2::Subnet",
            properties={
                "VpcId": ref("Vpc"),
                "CidrBlock": cidr,
                "AvailabilityZone": _zone(index),
                "MapPublicIpOnLaunch": True,
                "Tags": tag_list({"Name": f"{name}-public-{number}", **tags}),
            },
        )
        found[f"PublicSubnet{number}Routes"] = Resource(
            type="AWS::EC2::SubnetRouteTableAssociation",
            properties={
                "SubnetId": ref(f"PublicSubnet{number}"),
                "RouteTableId": ref("PublicRoutes"),
            },
        )
    found["S3Endpoint"] = Resource(
        type="AWS::EC2::VPCEndpoint",
        properties={
            "VpcId": ref("Vpc"),
            "ServiceName": f"com.amazonaws.{plan.region}.s3",
            "VpcEndpointType": "Gateway",
            "RouteTableIds": [ref("PublicRoutes")],
        },
    )
    return found


def _zone(index: int) -> dict[str, Any]:
    """Return a zone by number, found at deployment: the same template for every account."""
    return {"Fn::Select": [index, {"Fn::GetAZs": ""}]}
