# SPDX-License-Identifier: Apache-2.0
"""Decides where nodes start: subnets that exist, or a VPC of our own."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.catalog.endpoints import Endpoint
from seqera_batch.catalog.ports import Ports
from seqera_batch.catalog.regions import zones_of
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.network import CreatedNetwork
from seqera_batch.config.places import endpoints_needed, existing_place
from seqera_batch.plan.decision import Decisions
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystemGroup:
    """A security group that is made for a file system, which holds it as long as it exists.

    Nodes are in it too: no rule names their own group, which goes with the stack.

    Args:
        id: Id of the resource; part of the public contract.
        kind: Short name of the file system.
        title: What people call that.
        ingress_ports: Ports that it lets in from itself, first and last.
        kept_on_delete: Whether it outlives its stack, as the file system does.
    """

    id: str
    kind: str
    title: str
    ingress_ports: Ports
    kept_on_delete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone of a VPC that is made.

    Args:
        number: By which its subnets are named, and from which they have their addresses: the
            zone's own where the file says which it is, so that those of others never move.
        name: Name or id of the zone; None where the deployment takes one by its number.
    """

    number: int
    name: str | None = None

    @classmethod
    def of(cls, name: str) -> Zone:
        """Return the zone of a name, `eu-west-1b`, or of an id, `euw1-az2`."""
        last = name[-1]
        return cls(number=int(last) if last.isdigit() else ord(last) - ord("a") + 1, name=name)

    @property
    def by_id(self) -> bool:
        """Whether the name is an id, the same in every account."""
        return self.name is not None and self.name[-1].isdigit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Where nodes and Fargate tasks start: in private subnets if there are any.

    Args:
        mode: Subnets that exist, or the kind of VPC that is made.
        vpc_id: VPC of existing subnets, if it is known.
        subnets: Existing subnets.
        security_groups: Existing groups of the nodes.
        creates_security_group: Whether a group is made for them.
        ingress_ports: Ports that it lets in from itself, first and last.
        file_system_groups: Groups that are made for file systems, and that nodes are in too.
        restricted_egress: Whether groups let out HTTPS only, and those ports to themselves.
        cidr: Range of a VPC that is made.
        zones: Its zones, the first of which has what is in one alone.
        public_cidrs: Ranges of its public subnets, one a zone.
        private_cidrs: Ranges of its private subnets, one a zone.
        nat_gateways: How many NAT gateways it has, in the first zones.
        endpoints: Its interface endpoints.
    """

    mode: Literal["existing", "public", "private", "isolated"]
    vpc_id: str | None = None
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    creates_security_group: bool
    ingress_ports: Ports = ()
    file_system_groups: tuple[FileSystemGroup, ...] = ()
    restricted_egress: bool = False
    cidr: str | None = None
    zones: tuple[Zone, ...] = ()
    public_cidrs: tuple[str, ...] = ()
    private_cidrs: tuple[str, ...] = ()
    nat_gateways: int = 0
    endpoints: tuple[Endpoint, ...] = ()

    @property
    def created(self) -> bool:
        """Whether the VPC is our own."""
        return self.mode != "existing"

    @property
    def kept_on_delete(self) -> bool:
        """Whether a VPC of our own outlives its stack, with the subnet of a kept file system."""
        return self.created and any(group.kept_on_delete for group in self.file_system_groups)


KINDS = {
    "public": "public subnets",
    "private": "private subnets behind NAT gateways",
    "isolated": "subnets without a way to the internet",
}
"""What the nodes' subnets are, by mode."""


def network(
    config: ForgeConfig,
    ingress: Ports,
    file_system_groups: tuple[FileSystemGroup, ...],
    decisions: Decisions,
) -> Network:
    """Return where nodes start: what an app brings, the given subnets, or a VPC of our own.

    Args:
        config: The environment file, with what an app brings along.
        ingress: Ports that a created security group lets in from itself.
        file_system_groups: Groups of created file systems, unless the nodes' exist.
        decisions: What is decided so far.
    """
    asked, place = config.aws.network, existing_place(config)
    if place is None:
        decided = _created(config, asked.create if asked else None)
        _explain(decided, decisions, asked=asked is not None)
    else:
        decided = Network(
            mode="existing",
            vpc_id=place.vpc_id,
            subnets=tuple(dict.fromkeys(place.subnets)),
            security_groups=tuple(dict.fromkeys(place.security_groups)),
            creates_security_group=not place.security_groups,
        )
    if decided.creates_security_group and config.given.network is None:
        decisions.add(
            "security groups",
            "one is created",
            "it lets nothing in"
            + (
                " but the file systems' own ports from itself"
                if ingress or file_system_groups
                else ""
            )
            + "; Forge would take the VPC's default group",
            sources.SEQERA_AWS_BATCH,
        )
    return replace(
        decided,
        ingress_ports=ingress if decided.creates_security_group else (),
        file_system_groups=file_system_groups if decided.creates_security_group else (),
        restricted_egress=asked is not None and asked.egress == "restricted",
    )


def _created(config: ForgeConfig, asked: CreatedNetwork | None) -> Network:
    mode = asked.mode if asked else "public"
    cidr = asked.cidr if asked else defaults.VPC_CIDR
    named = (asked.zones if asked else None) or zones_of(config.region)
    zones = (
        tuple(Zone(number=number) for number in range(1, named + 1))
        if isinstance(named, int)
        else tuple(map(Zone.of, named))
    )
    public, private = _slots(cidr, zones)
    gateways = 0
    if mode == "private":
        gateways = (asked.nat_gateways if asked else None) or defaults.NAT_GATEWAYS
    return Network(
        mode=mode,
        creates_security_group=True,
        cidr=cidr,
        zones=zones,
        public_cidrs=() if mode == "isolated" else public,
        private_cidrs=() if mode == "public" else private,
        nat_gateways=gateways,
        endpoints=endpoints_needed(config) if mode == "isolated" else (),
    )


def _slots(cidr: str, zones: tuple[Zone, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ranges of public and of private subnets.

    A zone's range depends on nothing but the zone: a zone more, or private subnets beside public
    ones, must not move the subnets that nodes run in.
    """
    import ipaddress  # noqa: PLC0415 - not needed where subnets are given

    every = list(ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=limits.VPC_SLOT_BITS))
    half = len(every) // 2
    return (
        tuple(str(every[zone.number - 1]) for zone in zones),
        tuple(str(every[half + zone.number - 1]) for zone in zones),
    )


def _explain(decided: Network, decisions: Decisions, *, asked: bool) -> None:
    count = len(decided.private_cidrs or decided.public_cidrs)
    named = ", ".join(zone.name for zone in decided.zones if zone.name is not None)
    value = f"a VPC of {decided.cidr} with {count} {KINDS[decided.mode]}"
    value += f" in {named}" if named else ""
    reason = "the file asks for it"
    if not asked:
        reason = (
            "no subnets are given: Forge would take the account's default VPC, which "
            "cannot be seen from here and may not exist; this one costs nothing while idle"
        )
    decisions.add("aws.network", value, reason, sources.SEQERA_AWS_BATCH)
