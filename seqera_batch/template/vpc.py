# SPDX-License-Identifier: Apache-2.0
"""A VPC of our own: public, private behind NAT gateways, or isolated behind endpoints."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from seqera_batch.catalog.endpoints import service_name
from seqera_batch.catalog.ids import FLOW_LOG_GROUP
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import ec2
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.logs import LogGroup
from seqera_batch.plan.network import Network, Zone
from seqera_batch.template.logs import log_group

ANYWHERE_IPV4 = "0.0.0.0/0"
VPC = "Vpc"
ROUTE_TO_INTERNET = "RouteToInternet"
ENDPOINT_SECURITY_GROUP = "EndpointSecurityGroup"
HTTPS = 443


def subnet_ids(network: Network) -> tuple[str, ...]:
    """Return the ids of the resources that are the nodes' subnets."""
    kind = "Private" if network.private_cidrs else "Public"
    return tuple(f"{kind}Subnet{zone.number}" for zone in network.zones)


def ways_out(network: Network) -> tuple[str, ...]:
    """Return the resources without which nodes in a created VPC reach nothing."""
    associations = tuple(f"{subnet}Routes" for subnet in subnet_ids(network))
    if network.mode == "public":
        return (ROUTE_TO_INTERNET, *associations)
    routes = tuple(f"RouteToNat{zone.number}" for zone in network.zones)
    endpoints = tuple(endpoint.resource for endpoint in network.endpoints)
    return (*(routes if network.nat_gateways else ()), *endpoints, *associations)


def vpc(plan: ForgePlan, network: Network, nodes: str) -> Resources:
    """Return the VPC with its subnets, ways out and flow logs.

    Args:
        plan: What was decided.
        network: The network of it.
        nodes: Id of the nodes' security group, which the interface endpoints let in.
    """
    tags, name = plan.labels.resources, plan.environment_id
    tables = [f"PrivateRoutes{zone.number}" for zone in network.zones if network.private_cidrs]
    found: Resources = {
        VPC: Resource.of(
            ec2.VPC,
            CidrBlock=network.cidr,
            # File systems are mounted by name, and endpoints found by theirs.
            EnableDnsHostnames=True,
            EnableDnsSupport=True,
            Tags=tag_list({"Name": name, **tags}),
        )
    }
    if network.public_cidrs:
        found |= _public(network, tags, name)
        tables = ["PublicRoutes", *tables]
    if network.private_cidrs:
        found |= _private(network, tags, name)
    found["S3Endpoint"] = Resource.of(
        ec2.VPC_ENDPOINT,
        VpcId=ref(VPC),
        ServiceName=service_name("s3", plan.region),
        VpcEndpointType="Gateway",
        RouteTableIds=[ref(table) for table in tables],
    )
    if network.endpoints:
        found |= _endpoints(plan, network, nodes)
    if plan.logs.flow is not None:
        found |= _flow_logs(plan, plan.logs.flow)
    if network.kept_on_delete:
        # The file system that stays has its network interfaces in the nodes' first subnet; one
        # from before another mode was chosen, in the first subnet of the other kind.
        first = network.zones[0].number
        for held in found.keys() & {VPC, f"PublicSubnet{first}", f"PrivateSubnet{first}"}:
            found[held] = replace(found[held], keep_on_delete=True)
    return found


def _public(network: Network, tags: dict[str, str], name: str) -> Resources:
    """Return public subnets with an internet gateway, which costs nothing while idle."""
    found: Resources = {
        "InternetGateway": Resource.of(ec2.INTERNET_GATEWAY, Tags=tag_list({"Name": name, **tags})),
        "InternetGatewayAttachment": Resource.of(
            ec2.VPC_GATEWAY_ATTACHMENT, VpcId=ref(VPC), InternetGatewayId=ref("InternetGateway")
        ),
        "PublicRoutes": _table(f"{name}-public", tags),
        ROUTE_TO_INTERNET: Resource.of(
            ec2.ROUTE,
            RouteTableId=ref("PublicRoutes"),
            DestinationCidrBlock=ANYWHERE_IPV4,
            GatewayId=ref("InternetGateway"),
            depends_on=("InternetGatewayAttachment",),
        ),
    }
    for zone, cidr in zip(network.zones, network.public_cidrs, strict=True):
        found |= _subnet("Public", zone, cidr, "PublicRoutes", tags, name)
    return found


def _private(network: Network, tags: dict[str, str], name: str) -> Resources:
    """Return private subnets, each with routes of its own, and the NAT gateways for them."""
    found: Resources = {}
    gateways = [zone.number for zone in network.zones[: network.nat_gateways]]
    for index, zone in enumerate(network.zones):
        table = f"PrivateRoutes{zone.number}"
        found[table] = _table(f"{name}-private-{zone.number}", tags)
        found |= _subnet("Private", zone, network.private_cidrs[index], table, tags, name)
        if gateways:
            # Its own zone's gateway if there is one: traffic between zones is charged.
            gateway = gateways[index % len(gateways)]
            found[f"RouteToNat{zone.number}"] = Resource.of(
                ec2.ROUTE,
                RouteTableId=ref(table),
                DestinationCidrBlock=ANYWHERE_IPV4,
                NatGatewayId=ref(f"NatGateway{gateway}"),
            )
    for number in gateways:
        named = tag_list({"Name": f"{name}-nat-{number}", **tags})
        found[f"NatAddress{number}"] = Resource.of(
            ec2.EIP, Domain="vpc", Tags=named, depends_on=("InternetGatewayAttachment",)
        )
        found[f"NatGateway{number}"] = Resource.of(
            ec2.NAT_GATEWAY,
            AllocationId=get_att(f"NatAddress{number}", "AllocationId"),
            SubnetId=ref(f"PublicSubnet{number}"),
            Tags=named,
            depends_on=(ROUTE_TO_INTERNET, f"PublicSubnet{number}Routes"),
        )
    return found


def _table(named: str, tags: dict[str, str]) -> Resource:
    return Resource.of(ec2.ROUTE_TABLE, VpcId=ref(VPC), Tags=tag_list({"Name": named, **tags}))


def _subnet(  # noqa: PLR0913, PLR0917 - a subnet is that much
    kind: str, zone: Zone, cidr: str, table: str, tags: dict[str, str], name: str
) -> Resources:
    made = f"{kind}Subnet{zone.number}"
    return {
        made: Resource.of(
            ec2.SUBNET,
            VpcId=ref(VPC),
            CidrBlock=cidr,
            **_zone(zone),
            MapPublicIpOnLaunch=kind == "Public",
            Tags=tag_list({"Name": f"{name}-{kind.lower()}-{zone.number}", **tags}),
        ),
        f"{made}Routes": Resource.of(
            ec2.SUBNET_ROUTE_TABLE_ASSOCIATION, SubnetId=ref(made), RouteTableId=ref(table)
        ),
    }


def _endpoints(plan: ForgePlan, network: Network, nodes: str) -> Resources:
    tags = plan.labels.resources
    found: Resources = {
        ENDPOINT_SECURITY_GROUP: Resource.of(
            ec2.SECURITY_GROUP,
            GroupDescription=f"Interface endpoints of {plan.environment_id}",
            VpcId=ref(VPC),
            SecurityGroupIngress=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": HTTPS,
                    "ToPort": HTTPS,
                    "SourceSecurityGroupId": get_att(nodes, "GroupId"),
                    "Description": "nodes and Fargate tasks",
                }
            ],
            # Endpoints only answer. Without a rule AWS would let everything out.
            SecurityGroupEgress=[
                {
                    "IpProtocol": "icmp",
                    "FromPort": 252,
                    "ToPort": 86,
                    "CidrIp": "255.255.255.255/32",
                    "Description": "nothing",
                }
            ],
            Tags=tag_list({"Name": f"{plan.environment_id}-endpoints", **tags}),
        )
    }
    for endpoint in network.endpoints:
        found[endpoint.resource] = Resource.of(
            ec2.VPC_ENDPOINT,
            VpcId=ref(VPC),
            ServiceName=service_name(endpoint.service, plan.region),
            VpcEndpointType="Interface",
            PrivateDnsEnabled=True,
            SubnetIds=[ref(subnet) for subnet in subnet_ids(network)],
            SecurityGroupIds=[get_att(ENDPOINT_SECURITY_GROUP, "GroupId")],
        )
    return found


def _flow_logs(plan: ForgePlan, group: LogGroup) -> Resources:
    tags = plan.labels.resources
    return {
        FLOW_LOG_GROUP: log_group(group, tags),
        "FlowLog": Resource.of(
            ec2.FLOW_LOG,
            ResourceType="VPC",
            ResourceId=ref(VPC),
            TrafficType="ALL",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=ref(FLOW_LOG_GROUP),
            DeliverLogsPermissionArn=get_att("FlowLogRole", "Arn"),
            Tags=tag_list(tags),
        ),
    }


def _zone(zone: Zone) -> dict[str, Any]:
    """Return where a subnet is, by name, by id, or by number, found at deployment."""
    if zone.by_id:
        return {"AvailabilityZoneId": zone.name}
    if zone.name is not None:
        return {"AvailabilityZone": zone.name}
    return {"AvailabilityZone": {"Fn::Select": [zone.number - 1, {"Fn::GetAZs": ""}]}}
