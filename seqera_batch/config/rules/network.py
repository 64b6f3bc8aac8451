# SPDX-License-Identifier: Apache-2.0
"""Rules about subnets, VPCs and security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import limits, sources
from seqera_batch.catalog.regions import ZONES, zones_of
from seqera_batch.config.rules.rule import Finding, Findings, rule
from seqera_batch.problems import Severity

if TYPE_CHECKING:
    from seqera_batch.config.environment import ForgeConfig


@rule("network-once", source=sources.SEQERA_AWS_BATCH)
def network_once(config: ForgeConfig) -> Findings:
    """The network is described in one place, in one way."""
    network, forge = config.aws.network, config.forge
    if network is None:
        return
    if (network.existing is None) == (network.create is None):
        yield Finding(
            path="aws.network",
            message="the network must be either existing or created",
            value="both" if network.existing else "neither",
            allowed="exactly one of aws.network.existing and aws.network.create",
            fix="keep one of the two",
        )
    if forge is None:
        return
    for field in ("vpc_id", "subnets", "security_groups"):
        value = getattr(forge, field)
        if value:
            yield Finding(
                path=f"forge.{field}",
                message="the network is given in aws.network as well",
                value=value,
                allowed="either forge.vpc_id, subnets and security_groups, or aws.network",
                fix=f"move forge.{field} to aws.network.existing, or remove aws.network",
                about=("aws.network",),
            )


@rule("vpc-needs-subnets", source=sources.SEQERA_AWS_BATCH)
def vpc_needs_subnets(config: ForgeConfig) -> Findings:
    """A VPC is named together with the subnets to use in it."""
    if config.forge and config.forge.vpc_id and not config.forge.subnets:
        yield Finding(
            path="forge.subnets",
            message="the VPC's subnets cannot be looked up without an AWS account",
            allowed="the ids of subnets in forge.vpc_id",
            fix="add forge.subnets; aws ec2 describe-subnets --filters "
            f"Name=vpc-id,Values={config.forge.vpc_id} lists them",
            about=("forge.vpc_id",),
        )


@rule("security-groups-need-subnets", source=sources.SEQERA_AWS_BATCH)
def security_groups_need_subnets(config: ForgeConfig) -> Findings:
    """Security groups are named together with the subnets of their VPC."""
    forge = config.forge
    if forge and forge.security_groups and not forge.subnets and not config.aws.network:
        yield Finding(
            path="forge.security_groups",
            message="a created VPC cannot use security groups of another one",
            value=forge.security_groups,
            allowed="nothing without forge.subnets",
            fix="add forge.vpc_id and forge.subnets, or remove forge.security_groups",
            about=("forge.subnets", "aws.network"),
        )


@rule(
    "subnets-need-vpc",
    source=sources.SEQERA_AWS_BATCH,
    in_exports=Severity.WARNING,
)
def subnets_need_vpc(config: ForgeConfig) -> Findings:
    """Subnets come with security groups, or with the VPC to create one in."""
    forge, network = config.forge, config.aws.network
    if forge and forge.subnets and not forge.security_groups and not forge.vpc_id:
        yield Finding(
            path="forge.vpc_id",
            message=(
                "no security group is given, and without the VPC one can only be created "
                "in the account's default VPC"
            ),
            allowed="the id of the subnets' VPC, or forge.security_groups",
            fix="add forge.vpc_id or forge.security_groups",
            about=("forge.subnets", "forge.security_groups"),
        )
    existing = network.existing if network else None
    if existing and not existing.security_groups and not existing.vpc_id:
        yield Finding(
            path="aws.network.existing.vpc_id",
            message="no security group is given, and without the VPC none can be created",
            allowed="the id of the subnets' VPC, or security_groups",
            fix="add aws.network.existing.vpc_id or security_groups",
            about=("aws.network.existing.security_groups",),
        )


@rule("fargate-network-size", source=sources.AWS_BATCH_FARGATE)
def fargate_network_size(config: ForgeConfig) -> Findings:
    """A Fargate head job has no more subnets and security groups than Fargate takes."""
    forge, network = config.forge, config.aws.network
    if forge is None or not forge.fargate_head_enabled:
        return
    existing = network.existing if network else None
    where = "aws.network.existing" if existing else "forge"
    for field, most in (
        ("subnets", limits.FARGATE_SUBNETS),
        ("security_groups", limits.FARGATE_SECURITY_GROUPS),
    ):
        given = getattr(existing if existing else forge, field)
        if len(given) > most:
            yield Finding(
                path=f"{where}.{field}",
                message="Fargate environments of AWS Batch take fewer",
                value=f"{len(given)} ids",
                allowed=f"at most {most}",
                fix="remove some, or set forge.fargate_head_enabled: false",
                about=("forge.fargate_head_enabled",),
            )


@rule("network-ids-once", source=sources.AWS_BATCH_API_COMPUTE, in_exports=Severity.WARNING)
def network_ids_once(config: ForgeConfig) -> Findings:
    """No subnet and no security group is listed twice."""
    forge, network = config.forge, config.aws.network
    existing = network.existing if network else None
    for where, section in (("forge", forge), ("aws.network.existing", existing)):
        if section is None:
            continue
        for field in ("subnets", "security_groups"):
            given = getattr(section, field)
            if len(set(given)) < len(given):
                yield Finding(
                    path=f"{where}.{field}",
                    message="an id is listed twice",
                    value=given,
                    fix="remove the second one",
                )


@rule("cidr-size", source=sources.AWS_VPC_CIDR)
def cidr_size(config: ForgeConfig) -> Findings:
    """The address range of a created VPC is a real one with room for a subnet in each zone."""
    import ipaddress  # noqa: PLC0415 - 5 ms that only created networks pay

    created = config.aws.network.create if config.aws.network else None
    if created is None:
        return
    try:
        ipaddress.IPv4Network(created.cidr)
    except ValueError as error:
        yield Finding(
            path="aws.network.create.cidr",
            message=f"this is no IPv4 network: {error}",
            value=created.cidr,
            allowed="an address range like 10.0.0.0/16, the part after the prefix being 0",
            fix="correct it",
        )
        return
    zones = zones_of(config.region) if created.zones is None else created.zones
    bits = (zones - 1).bit_length()
    longest = limits.VPC_PREFIX_LENGTHS[1] - bits
    if int(created.cidr.split("/")[1]) > longest:
        yield Finding(
            path="aws.network.create.cidr",
            message=f"the range is too small for {zones} subnets",
            value=created.cidr,
            allowed=f"/{longest} or larger",
            fix="take a larger range",
            about=("aws.network.create.zones", "region"),
        )


@rule("zones-exist", source=sources.AWS_ZONES)
def zones_exist(config: ForgeConfig) -> Findings:
    """A created network uses no more availability zones than the region has."""
    created = config.aws.network.create if config.aws.network else None
    most = ZONES.get(config.region)
    if created and created.zones is not None and most is not None and created.zones > most:
        yield Finding(
            path="aws.network.create.zones",
            message=f"accounts have {most} availability zones in {config.region}",
            value=created.zones,
            allowed=f"at most {most}",
            fix="lower it, or leave it out",
            about=("region",),
        )
