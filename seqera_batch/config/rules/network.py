# SPDX-License-Identifier: Apache-2.0
"""Rules about subnets, VPCs and security groups."""

from __future__ import annotations

from seqera_batch.catalog import limits, sources
from seqera_batch.catalog.regions import ZONES, zones_of
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.places import endpoints_needed, existing_place
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity
from seqera_batch.records import dataclass
from seqera_batch.words import counted


@rule("network-once", source=sources.SEQERA_AWS_BATCH)
def network_once(config: EnvironmentFile) -> Breaches:
    """The network is described in one place, in one way."""
    network, forge = config.aws.network, config.forge
    if network is None:
        return
    if (network.existing is None) == (network.create is None):
        given = bool(forge and (forge.subnets or forge.vpc_id or forge.security_groups))
        neither = "add aws.network.create: {}, or aws.network.existing with its subnets"
        if given:
            neither = "move forge.vpc_id, subnets and security_groups to aws.network.existing"
        yield Breach(
            path="aws.network",
            message="the network must be either existing or created",
            value="both" if network.existing else "neither",
            allowed="exactly one of aws.network.existing and aws.network.create",
            fix="keep one of the two" if network.existing else neither,
        )
        if given and not network.existing:
            return
    if forge is None:
        return
    for field in ("vpc_id", "subnets", "security_groups"):
        value = getattr(forge, field)
        if value:
            yield Breach(
                path=f"forge.{field}",
                message="the network is given in aws.network as well",
                allowed="either forge.vpc_id, subnets and security_groups, or aws.network",
                fix=f"move forge.{field} to aws.network.existing, or remove aws.network",
                about=("aws.network",),
            )


@rule("vpc-needs-subnets", source=sources.SEQERA_AWS_BATCH)
def vpc_needs_subnets(config: EnvironmentFile) -> Breaches:
    """A VPC is named together with the subnets to use in it."""
    if config.forge and config.forge.vpc_id and not config.forge.subnets:
        yield Breach(
            path="forge.subnets",
            message="the VPC's subnets cannot be looked up without an AWS account",
            value=None,
            allowed="the ids of subnets in forge.vpc_id",
            fix="add forge.subnets; aws ec2 describe-subnets --filters "
            f"Name=vpc-id,Values={config.forge.vpc_id} lists them",
            about=("forge.vpc_id",),
        )


@rule("security-groups-need-subnets", source=sources.SEQERA_AWS_BATCH)
def security_groups_need_subnets(config: EnvironmentFile) -> Breaches:
    """Security groups are named together with the subnets of their VPC."""
    forge = config.forge
    if forge and forge.security_groups and not forge.subnets and not config.aws.network:
        yield Breach(
            path="forge.security_groups",
            message="a created VPC cannot use security groups of another one",
            allowed="nothing without forge.subnets",
            fix="add forge.vpc_id and forge.subnets, or remove forge.security_groups",
            about=("forge.subnets", "aws.network"),
        )


@rule(
    "subnets-need-vpc",
    source=sources.SEQERA_AWS_BATCH,
    in_exports=Severity.WARNING,
)
def subnets_need_vpc(config: EnvironmentFile) -> Breaches:
    """Subnets come with security groups, or with the VPC to create one in."""
    forge, network = config.forge, config.aws.network
    if forge and forge.subnets and not forge.security_groups and not forge.vpc_id:
        yield Breach(
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
        yield Breach(
            path="aws.network.existing.vpc_id",
            message="no security group is given, and without the VPC none can be created",
            allowed="the id of the subnets' VPC, or security_groups",
            fix="add aws.network.existing.vpc_id or security_groups",
            about=("aws.network.existing.security_groups",),
        )


@rule("fargate-network-size", source=sources.AWS_BATCH_FARGATE)
def fargate_network_size(config: EnvironmentFile) -> Breaches:
    """A Fargate head job has no more subnets and security groups than Fargate takes."""
    place = existing_place(config)
    if place is None or config.forge is None or not config.forge.fargate_head_enabled:
        return
    for field, given, most in (
        ("subnets", place.subnets, limits.FARGATE_SUBNETS),
        ("security_groups", place.security_groups, limits.FARGATE_SECURITY_GROUPS),
    ):
        if len(given) > most:
            yield Breach(
                path=f"{place.path}.{field}",
                message="Fargate environments of AWS Batch take fewer",
                value=f"{len(given)} ids",
                allowed=f"at most {most}",
                fix="remove some, or set forge.fargate_head_enabled: false",
                about=("forge.fargate_head_enabled", "aws.network.existing"),
            )


@rule("network-ids-once", source=sources.AWS_BATCH_API_COMPUTE, in_exports=Severity.WARNING)
def network_ids_once(config: EnvironmentFile) -> Breaches:
    """No subnet and no security group is listed twice."""
    forge, network = config.forge, config.aws.network
    existing = network.existing if network else None
    for where, section in (("forge", forge), ("aws.network.existing", existing)):
        if section is None:
            continue
        for field in ("subnets", "security_groups"):
            given = getattr(section, field)
            if len(set(given)) < len(given):
                yield Breach(
                    path=f"{where}.{field}",
                    message="an id is listed twice",
                    fix="remove the second one",
                )


@rule("cidr-size", source=sources.AWS_VPC_CIDR)
def cidr_size(config: EnvironmentFile) -> Breaches:
    """The address range of a created VPC is a real one with room for a subnet in each zone."""
    import ipaddress  # noqa: PLC0415 - 5 ms that only created networks pay

    created = config.aws.network.create if config.aws.network else None
    if created is None:
        return
    try:
        ipaddress.IPv4Network(created.cidr)
    except ValueError as error:
        yield Breach(
            path="aws.network.create.cidr",
            message=f"this is no IPv4 network: {error}",
            allowed="an address range like 10.0.0.0/16, the part after the prefix being 0",
            fix="correct it",
        )
        return
    longest = limits.VPC_PREFIX_LENGTHS[1] - limits.VPC_SLOT_BITS
    if int(created.cidr.split("/")[1]) > longest:
        yield Breach(
            path="aws.network.create.cidr",
            message=f"the range is too small: a subnet takes a {2**limits.VPC_SLOT_BITS}th of it",
            allowed=f"/{longest} or larger",
            fix="take a larger range",
        )


@rule("cidr-private", source=sources.AWS_VPC_CIDR, severity=Severity.WARNING)
def cidr_private(config: EnvironmentFile) -> Breaches:
    """The address range of a created VPC is a private one, and not that of Docker on the nodes."""
    import ipaddress  # noqa: PLC0415 - 5 ms that only created networks pay

    created = config.aws.network.create if config.aws.network else None
    if created is None:
        return
    try:
        network = ipaddress.IPv4Network(created.cidr)
    except ValueError:
        return  # cidr-size says so
    if not any(network.subnet_of(ipaddress.IPv4Network(one)) for one in limits.PRIVATE_CIDRS):
        yield Breach(
            path="aws.network.create.cidr",
            message="the range belongs to somebody on the internet, whom nodes could not reach",
            allowed=f"a range within {', '.join(limits.PRIVATE_CIDRS)}",
            fix="take a private range, or acknowledge this warning if it is yours",
        )
    elif network.overlaps(ipaddress.IPv4Network(limits.DOCKER_CIDR)):
        yield Breach(
            path="aws.network.create.cidr",
            message=f"Docker on the nodes uses {limits.DOCKER_CIDR} itself, and hides the VPC's "
            "addresses in it",
            allowed=f"a range without {limits.DOCKER_CIDR}",
            fix="take another private range",
        )


@rule("zones-exist", source=sources.AWS_ZONES)
def zones_exist(config: EnvironmentFile) -> Breaches:
    """A created network uses no more zones than the region has, each once and in one way."""
    created = config.aws.network.create if config.aws.network else None
    if created is None or created.zones is None:
        return
    most, zones = ZONES.get(config.region), created.zones
    count = zones if isinstance(zones, int) else len(zones)
    if most is not None and count > most:
        yield Breach(
            path="aws.network.create.zones",
            message=f"accounts have {most} availability zones in {config.region}",
            value=count,
            allowed=f"at most {most}",
            fix="lower it, or leave it out",
            about=("region",),
        )
    if isinstance(zones, int):
        return
    names = [zone for zone in zones if not zone[-1].isdigit()]
    for index, zone in enumerate(zones):
        where = f"aws.network.create.zones[{index}]"
        if zone in names and zone[:-1] != config.region:
            yield Breach(
                path=where,
                message=f"the zone is not in {config.region}",
                allowed=f"a zone of the region, such as {config.region}a",
                fix="correct the zone, or change region",
                about=("region",),
            )
        if zone in zones[:index]:
            yield Breach(
                path=where,
                message="the zone is listed twice",
                allowed="each zone once",
                fix="remove it",
            )
    if names and len(names) != len(zones):
        yield Breach(
            path="aws.network.create.zones",
            message="a name and an id may mean the same zone, in this account and in no other",
            allowed="names alone, or ids alone",
            fix="`aws ec2 describe-availability-zones` has both of each zone",
        )


@rule("nat-gateways-mode", source=sources.AWS_NAT)
def nat_gateways_mode(config: EnvironmentFile) -> Breaches:
    """NAT gateways are asked for in private mode only, at most one a zone."""
    created = config.aws.network.create if config.aws.network else None
    if created is None or created.nat_gateways is None:
        return
    if created.mode != "private":
        yield Breach(
            path="aws.network.create.nat_gateways",
            message=f"there are no NAT gateways in {created.mode} mode",
            allowed="nothing but in private mode",
            fix="set aws.network.create.mode: private, or remove nat_gateways",
            about=("aws.network.create.mode",),
        )
        return
    said = zones_of(config.region) if created.zones is None else created.zones
    zones = said if isinstance(said, int) else len(said)
    if created.nat_gateways > zones:
        yield Breach(
            path="aws.network.create.nat_gateways",
            message=f"a zone has one NAT gateway, and the network has {counted(zones, 'zone')}",
            allowed="1" if zones == 1 else f"1 to {zones}",
            fix="lower it, or raise aws.network.create.zones",
            about=("aws.network.create.zones", "region"),
        )


@rule("egress-own-group", source=sources.AWS_VPC_SECURITY_GROUPS)
def egress_own_group(config: EnvironmentFile) -> Breaches:
    """What is let out is decided for a security group that is created."""
    network = config.aws.network
    existing = network.existing if network else None
    if network and network.egress != "all" and existing and existing.security_groups:
        yield Breach(
            path="aws.network.egress",
            message="the security groups exist, and are not changed",
            allowed="all, where aws.network.existing.security_groups are given",
            fix="remove it, or remove aws.network.existing.security_groups to have one created",
            about=("aws.network.existing.security_groups",),
        )


@rule("isolated-wave", source=sources.SEQERA_WAVE, by_place=True)
def isolated_wave(config: EnvironmentFile) -> Breaches:
    """Wave, and Fusion with it, is not used where nothing leads to the internet."""
    isolated = _isolated(config)
    if isolated and config.wave_enabled:
        yield Breach(
            path="wave_enabled",
            message="nodes of an isolated network cannot reach Wave, which serves their images",
            allowed="false in an isolated network",
            fix=f"{isolated.way_out}, or do without Wave and Fusion; {_KNOWN_BETTER} "
            "isolated-wave@wave_enabled",
            about=("aws.network.create.mode",),
        )


@rule("isolated-aws-cli", source=sources.AWS_BATCH_ENDPOINTS, by_place=True)
def isolated_aws_cli(config: EnvironmentFile) -> Breaches:
    """Nodes of an isolated network find the AWS CLI on their image, where jobs need it."""
    forge, isolated = config.forge, _isolated(config)
    if isolated is None or forge is None or config.fusion2_enabled:
        return
    if config.cli_path is None:
        yield Breach(
            path="cli_path",
            message="nodes cannot download the AWS CLI, with which tasks copy their files",
            allowed="its place on an image of your own that has it",
            fix=f"set forge.image_id and cli_path, or {isolated.way_out}; {_KNOWN_BETTER} "
            "isolated-aws-cli@cli_path",
            about=("aws.network.create.mode", "forge", "fusion2_enabled"),
        )


@rule(
    "isolated-platform",
    source=sources.AWS_BATCH_ENDPOINTS,
    severity=Severity.WARNING,
)
def isolated_platform(config: EnvironmentFile) -> Breaches:
    """Head jobs and pipelines of an isolated network need nothing from the internet."""
    isolated = _isolated(config)
    if isolated:
        yield Breach(
            path=isolated.path,
            message="head jobs cannot reach Seqera Cloud, a Git server or public registries",
            allowed="a Platform Enterprise, a Git server and images that the VPC reaches itself, "
            "such as those in this account's Amazon ECR",
            fix=f"connect the VPC to them, or {isolated.way_out}",
        )


@rule(
    "isolated-endpoints",
    source=sources.AWS_BATCH_ENDPOINTS,
    severity=Severity.WARNING,
    app_only=True,
)
def isolated_endpoints(config: EnvironmentFile) -> Breaches:
    """An isolated network of an app has an endpoint of each service of AWS that nodes call."""
    given = config.given.network
    if given is None or given.way_out:
        return
    needed = ("s3", *(endpoint.service for endpoint in endpoints_needed(config)))
    missing = [service for service in needed if service not in given.endpoints]
    if missing:
        yield Breach(
            path="vpc",
            message="nodes reach services of AWS by endpoints alone, and none is known in the VPC "
            f"for {', '.join(missing)}",
            value=", ".join(given.endpoints) or "none",
            allowed=f"endpoints of {', '.join(needed)}",
            fix="add them to the VPC before the environment, or acknowledge this warning if they "
            "are there",
        )


_KNOWN_BETTER = "if there is a way out after all, such as a transit gateway, acknowledge"


@dataclass(frozen=True, slots=True)
class _Isolated:
    """A network without a way to the internet.

    Args:
        path: What says so: a field of the file, or the argument of an app.
        way_out: What to do to get one.
    """

    path: str
    way_out: str


def _isolated(config: EnvironmentFile) -> _Isolated | None:
    given = config.given.network
    if given is not None:
        return None if given.way_out else _Isolated("vpc_subnets", "choose subnets with a way out")
    created = config.aws.network.create if config.aws.network else None
    if created is None or created.mode != "isolated":
        return None
    return _Isolated("aws.network.create.mode", "set aws.network.create.mode: private")
