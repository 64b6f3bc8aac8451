# SPDX-License-Identifier: Apache-2.0
"""What security groups let through, whether their rules stand in the group or beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from seqera_batch.kinds import ec2
from seqera_batch.records import dataclass

_BESIDE = {
    ec2.SECURITY_GROUP_INGRESS.type: "SecurityGroupIngress",
    ec2.SECURITY_GROUP_EGRESS.type: "SecurityGroupEgress",
}
_ADDRESSES = ("CidrIp", "CidrIpv6")
_PEERS = (
    *_ADDRESSES,
    "SourceSecurityGroupId",
    "DestinationSecurityGroupId",
    "SourceSecurityGroupName",
    "SourcePrefixListId",
    "DestinationPrefixListId",
)
_ALL = "-1"
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_EVERYTHING_OUT = [
    {"IpProtocol": _ALL, "CidrIp": "0.0.0.0/0"},
    {"IpProtocol": _ALL, "CidrIpv6": "::/0"},
]
"""EC2 lets everything out of a group that says nothing of it."""
_NOWHERE = "255.255.255.255/32"
"""Written in a rule to let nothing out, since a group without one lets everything out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Traffic that one rule of a security group lets through.

    Args:
        resource: Id of the resource that has the rule.
        group: Security group.
        property: `SecurityGroupIngress` or `SecurityGroupEgress`.
        protocol: Name, number, or `-1` for all.
        ports: First and last; None for all.
        peer: Addresses, group or prefix list at the other end.
    """

    resource: str
    group: str
    property: str
    protocol: str
    ports: tuple[int, int] | None
    peer: str

    def covers(self, other: Traffic) -> bool:
        """Return whether everything that the other rule lets through, this one does too."""
        return (
            (self.group, self.property) == (other.group, other.property)
            and self.protocol in {_ALL, other.protocol}
            and (self.protocol == _ALL or self._covers_ports(other.ports))
            and _peer_within(other.peer, self.peer)
        )

    def _covers_ports(self, ports: tuple[int, int] | None) -> bool:
        if self.ports is None or self.ports in {ports, (-1, -1)}:
            return True
        if ports is None or self.protocol.startswith("icmp"):
            # Of ICMP the two are type and code, not a range.
            return False
        return self.ports[0] <= ports[0] and ports[1] <= self.ports[1]

    def text(self) -> str:
        """Return it as a person reads it: `in: tcp 443 from 10.0.0.0/8`."""
        inward = self.property == "SecurityGroupIngress"
        way, link = ("in", "from") if inward else ("out", "to")
        protocol = "all traffic" if self.protocol == _ALL else self.protocol
        ports = "" if self.ports is None else f" {self.ports[0]}"
        if self.ports is not None and self.ports[0] != self.ports[1]:
            ports += f" to {self.ports[1]}"
        return f"{way}: {protocol}{ports} {link} {self.peer}"


def traffic(template: Mapping[str, Mapping[str, Any]]) -> tuple[Traffic, ...]:
    """Return what all security groups of a template let through.

    Args:
        template: Resources as CloudFormation reads them, by id.
    """
    return tuple(_traffic(template))


def _traffic(template: Mapping[str, Mapping[str, Any]]) -> Iterator[Traffic]:
    for name, resource in template.items():
        properties = resource["Properties"]
        if resource["Type"] == ec2.SECURITY_GROUP.type:
            for rule in properties.get("SecurityGroupIngress") or ():
                yield from _rules(name, name, "SecurityGroupIngress", rule)
            for rule in properties.get("SecurityGroupEgress") or _EVERYTHING_OUT:
                yield from _rules(name, name, "SecurityGroupEgress", rule)
        elif resource["Type"] in _BESIDE:
            group = _name(properties.get("GroupId") or properties.get("GroupName"))
            yield from _rules(name, group, _BESIDE[resource["Type"]], properties)


def _rules(resource: str, group: str, direction: str, rule: Mapping[str, Any]) -> Iterator[Traffic]:
    protocol = str(rule["IpProtocol"]).lower()
    first, last = rule.get("FromPort"), rule.get("ToPort")
    for peer in _PEERS:
        if rule.get(peer) is not None and rule[peer] != _NOWHERE:
            yield Traffic(
                resource=resource,
                group=group,
                property=direction,
                protocol=_PROTOCOLS.get(protocol, protocol),
                ports=None if first is None or last is None else (int(first), int(last)),
                peer=_name(rule[peer]),
            )


def _name(value: Any) -> str:  # noqa: ANN401 - a text or a function
    """Return a group's id of the template where a function refers to it, else the text."""
    match value:
        case {"Fn::GetAtt": [str(name), "GroupId"]} | {"Ref": str(name)} | str(name):
            return name
    return json.dumps(value, sort_keys=True)


def _peer_within(narrow: str, wide: str) -> bool:
    if narrow == wide:
        return True
    try:
        inner, outer = ip_network(narrow), ip_network(wide)
    except ValueError:
        return False
    return (
        inner.version == outer.version
        and int(outer.network_address) <= int(inner.network_address)
        and int(inner.broadcast_address) <= int(outer.broadcast_address)
    )
