# SPDX-License-Identifier: Apache-2.0
"""Where nodes start, and their security group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seqera_batch.catalog.ids import NODE_SECURITY_GROUP
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import ec2
from seqera_batch.template import vpc

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.network import Network

ANYWHERE_IPV6 = "::/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where nodes start, and what must be there before the first and after the last of them.

    Args:
        vpc_id: The VPC, if it is known.
        subnets: Subnets of nodes, Fargate tasks and mount targets.
        security_groups: Groups of nodes and Fargate tasks.
        ways_out: Resources without which nodes reach nothing.
        ways_in: Rules that let nodes reach file systems, at both ends.
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
        created = vpc.vpc(plan, network, NODE_SECURITY_GROUP)
        vpc_id = ref(vpc.VPC)
        subnets = tuple(ref(subnet) for subnet in vpc.subnet_ids(network))
        ways_out = vpc.ways_out(network)
    groups = network.security_groups
    ways_in: Resources = {}
    if network.creates_security_group:
        created[NODE_SECURITY_GROUP] = _security_group(network, vpc_id, tags, name)
        ways_in = {
            f"NodeIngress{first}": _ingress(first, last) for first, last in network.ingress_ports
        }
        if network.restricted_egress:
            ways_in |= {
                f"NodeEgress{first}": _egress_to_itself(first, last)
                for first, last in network.ingress_ports
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


def _security_group(
    network: Network, vpc_id: str | None, tags: dict[str, str], name: str
) -> Resource:
    return Resource(
        kind=ec2.SECURITY_GROUP,
        properties={
            "GroupDescription": f"Nodes and Fargate tasks of {name}",
            "VpcId": vpc_id,
            # Nothing needs to come in. CloudFormation takes rules only with the VPC; a group
            # without any lets everything out, in the account's default VPC.
            "SecurityGroupEgress": None if vpc_id is None else _egress(network),
            "Tags": tag_list({"Name": f"{name}-nodes", **tags}),
        },
    )


def _egress(network: Network) -> list[dict[str, Any]]:
    """Return what is let out; a rule to the group itself is a resource of its own."""
    if not network.restricted_egress:
        # Pipelines pull images and files from anywhere.
        said: dict[str, Any] = {"IpProtocol": "-1", "Description": "all traffic out"}
    else:
        # S3's gateway endpoint has public addresses, and so has whatever serves images.
        said = {
            "IpProtocol": "tcp",
            "FromPort": vpc.HTTPS,
            "ToPort": vpc.HTTPS,
            "Description": "HTTPS out",
        }
    return [{**said, "CidrIp": vpc.ANYWHERE_IPV4}, {**said, "CidrIpv6": ANYWHERE_IPV6}]


def _egress_to_itself(first: int, last: int) -> Resource:
    group = get_att(NODE_SECURITY_GROUP, "GroupId")
    return Resource(
        kind=ec2.SECURITY_GROUP_EGRESS,
        properties={
            "GroupId": group,
            "DestinationSecurityGroupId": group,
            "IpProtocol": "tcp",
            "FromPort": first,
            "ToPort": last,
            "Description": "file systems of the same group",
        },
    )


def _ingress(first: int, last: int) -> Resource:
    group = get_att(NODE_SECURITY_GROUP, "GroupId")
    return Resource(
        kind=ec2.SECURITY_GROUP_INGRESS,
        properties={
            "GroupId": group,
            "SourceSecurityGroupId": group,
            "IpProtocol": "tcp",
            "FromPort": first,
            "ToPort": last,
            "Description": "file systems of the same group",
        },
    )
