# SPDX-License-Identifier: Apache-2.0
"""Where nodes start, and their security group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from seqera_batch.catalog.ids import NODE_SECURITY_GROUP
from seqera_batch.catalog.ports import Ports
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import ec2
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.network import Network
from seqera_batch.plan.storage import FileSystem
from seqera_batch.records import dataclass
from seqera_batch.template import vpc

ANYWHERE_IPV6 = "::/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where nodes start, and what must be there before the first and after the last of them.

    Args:
        vpc_id: The VPC, if it is known.
        subnets: Subnets of nodes, Fargate tasks and mount targets.
        numbers: By which what is in each subnet is named.
        security_groups: Groups of nodes and Fargate tasks.
        file_system_groups: Groups of file systems that have their own, by kind; nodes are in each.
        ways_out: Resources without which nodes reach nothing.
        ways_in: Rules that let nodes reach file systems, at both ends.
        resources: What is created for it.
    """

    vpc_id: str | None
    subnets: tuple[str, ...]
    numbers: tuple[int, ...]
    security_groups: tuple[str, ...]
    file_system_groups: Mapping[str, str] = field(default_factory=dict)
    ways_out: tuple[str, ...] = ()
    ways_in: tuple[str, ...] = ()
    resources: Resources = field(default_factory=dict)

    def groups_of(self, system: FileSystem) -> list[str]:
        """Return the groups of a file system that is created: its own, or those of the nodes."""
        own = self.file_system_groups.get(system.kind)
        return list(self.security_groups) if own is None else [own]


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
        words = f"Nodes and Fargate tasks of {name}"
        named = {"Name": f"{name}-nodes", **tags}
        created[NODE_SECURITY_GROUP] = _security_group(network, vpc_id, words, named)
        ways_in = _rules(network, NODE_SECURITY_GROUP, "Node", network.ingress_ports)
        groups = (get_att(NODE_SECURITY_GROUP, "GroupId"),)
    for group in network.file_system_groups:
        words = f"{group.title} of {name}, and the nodes that mount it"
        named = {"Name": f"{name}-{group.kind}", **tags}
        kept = group.kept_on_delete
        created[group.id] = _security_group(network, vpc_id, words, named, kept=kept)
        start = group.kind.title()
        ways_in |= _rules(network, group.id, start, group.ingress_ports, kept=kept)
    return Place(
        vpc_id=vpc_id,
        subnets=subnets,
        numbers=tuple(zone.number for zone in network.zones) or tuple(range(1, len(subnets) + 1)),
        security_groups=groups,
        file_system_groups={
            group.kind: get_att(group.id, "GroupId") for group in network.file_system_groups
        },
        ways_out=ways_out,
        ways_in=tuple(ways_in),
        resources=created | ways_in,
    )


def _security_group(
    network: Network,
    vpc_id: str | None,
    description: str,
    tags: dict[str, str],
    *,
    kept: bool = False,
) -> Resource:
    return Resource.of(
        ec2.SECURITY_GROUP,
        GroupDescription=description,
        VpcId=vpc_id,
        # Nothing needs to come in. CloudFormation takes rules only with the VPC; a group
        # without any lets everything out, in the account's default VPC.
        SecurityGroupEgress=None if vpc_id is None else _egress(network),
        Tags=tag_list(tags),
        keep_on_delete=kept or None,
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


def _rules(
    network: Network, group: str, start: str, ports: Ports, *, kept: bool = False
) -> Resources:
    """Return what lets members of a group reach each other, resources of their own as it must be.

    Args:
        network: Where the group is.
        group: Its id.
        start: How ids of its rules start.
        ports: Ports, first and last.
        kept: Whether the rules outlive the stack, as the group does: what holds it talks by them.
    """
    itself: Any = get_att(group, "GroupId")
    ways = {"Ingress": (ec2.SECURITY_GROUP_INGRESS, "SourceSecurityGroupId")}
    if network.restricted_egress:
        ways["Egress"] = (ec2.SECURITY_GROUP_EGRESS, "DestinationSecurityGroupId")
    return {
        f"{start}{way}{first}": Resource.of(
            kind,
            GroupId=itself,
            **{other: itself},
            IpProtocol="tcp",
            FromPort=first,
            ToPort=last,
            Description="file systems of the same group",
            keep_on_delete=kept or None,
        )
        for way, (kind, other) in ways.items()
        for first, last in ports
    }
