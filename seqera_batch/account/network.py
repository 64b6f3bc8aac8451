# SPDX-License-Identifier: Apache-2.0
"""Whether nodes in subnets that exist reach what they need: routes, addresses, endpoints, names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from seqera_batch.account.answer import Answer
from seqera_batch.account.leaves import answer
from seqera_batch.account.reading import Account, Read
from seqera_batch.catalog.endpoints import INTERFACE_ENDPOINTS, service_name
from seqera_batch.plan import ForgePlan
from seqera_batch.records import dataclass

FEW_ADDRESSES = 32
"""Free addresses of a subnet below which an environment soon has no room."""
_HTTPS = 443
_ANYWHERE = "0.0.0.0/0"
_DNS = {
    "enableDnsSupport": ("EnableDnsSupport", "enable-dns-support"),
    "enableDnsHostnames": ("EnableDnsHostnames", "enable-dns-hostnames"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """Subnets with all that leads out of them; None where it could not be read.

    Args:
        asked: Ids of subnets.
        vpc_id: The VPC that they must be in, if the file says it.
        needed: Interface endpoints that stand in for the internet, by service name.
        subnets: The subnets as EC2 describes them.
        tables: Route tables of their VPCs.
        gateways: NAT gateways of their VPCs, by id.
        endpoints: Endpoints of their VPCs that are available.
        dns: By VPC, the attributes that are off.
        blocked: How the account blocks internet gateways.
        groups: Security groups that nodes have.
        asked_groups: Ids of security groups.
        endpoint_groups: Security groups that endpoints have.
        wave: Whether the file asks for Wave or Fusion, which have no endpoints.
    """

    asked: tuple[str, ...]
    vpc_id: str | None
    needed: tuple[str, ...]
    subnets: list[Read] | None
    tables: list[Read] | None = None
    gateways: Mapping[str, Read] | None = None
    endpoints: list[Read] | None = None
    dns: Mapping[str, tuple[str, ...]]
    blocked: str | None = None
    groups: list[Read] | None = None
    asked_groups: tuple[str, ...] = ()
    endpoint_groups: list[Read] | None = None
    wave: bool = False


def subnets_of(account: Account, plan: ForgePlan, subnets: tuple[str, ...]) -> tuple[Answer, ...]:
    """Return what keeps nodes in these subnets from reaching what they need."""
    return tuple(judge(read(account, plan, subnets)))


def read(account: Account, plan: ForgePlan, subnets: tuple[str, ...]) -> NetworkFacts:
    """Return the facts about subnets."""
    place = plan.network
    groups = place.security_groups if place else ()
    found = account.every(
        "ec2", "describe_subnets", Filters=[{"Name": "subnet-id", "Values": list(subnets)}]
    )
    vpcs = sorted({one["VpcId"] for one in found or ()})
    within = [{"Name": "vpc-id", "Values": vpcs}]
    account.tell("reading routes and endpoints")
    tables, gateways, endpoints, blocked = None, None, None, None
    if vpcs:
        tables = account.every("ec2", "describe_route_tables", Filters=within)
        gateways = account.every("ec2", "describe_nat_gateways", Filter=within)
        endpoints = account.every("ec2", "describe_vpc_endpoints", Filters=within)
        options = account.read("ec2", "describe_vpc_block_public_access_options")
        blocked = (
            (options or {}).get("VpcBlockPublicAccessOptions", {}).get("InternetGatewayBlockMode")
        )
    return NetworkFacts(
        asked=subnets,
        vpc_id=place.vpc_id if place else None,
        needed=tuple(
            service_name(one.service, plan.region)
            for one in INTERFACE_ENDPOINTS
            if one.need == "always"
        ),
        subnets=found,
        tables=tables,
        gateways=None if gateways is None else {one["NatGatewayId"]: one for one in gateways},
        endpoints=endpoints,
        dns={vpc: _names_off(account, vpc) for vpc in vpcs},
        blocked=blocked,
        groups=_groups_of(account, groups),
        asked_groups=groups,
        endpoint_groups=_groups_of(
            account,
            {one["GroupId"] for each in endpoints or () for one in each.get("Groups", ())},
        ),
        wave=plan.config.wave_enabled or plan.config.fusion2_enabled,
    )


def _groups_of(account: Account, groups: Collection[str]) -> list[Read] | None:
    """Return security groups; None where there are none to ask for, or they cannot be read."""
    if not groups:
        return None
    return account.every(
        "ec2", "describe_security_groups", Filters=[{"Name": "group-id", "Values": sorted(groups)}]
    )


def _names_off(account: Account, vpc: str) -> tuple[str, ...]:
    off = []
    for attribute, (key, _) in _DNS.items():
        answer = account.read(
            "ec2", "describe_vpc_attribute", has=key, Attribute=attribute, VpcId=vpc
        )
        if answer is not None and not answer[key]["Value"]:
            off.append(attribute)
    return tuple(off)


def judge(facts: NetworkFacts) -> Iterator[Answer]:
    """Yield what is wrong with the network."""
    if facts.subnets is not None:
        there = {one["SubnetId"] for one in facts.subnets}
        for name in facts.asked:
            if name not in there:
                yield answer("subnet-missing", name)
        for subnet in facts.subnets:
            yield from _subnet(subnet, facts)
    for vpc, attributes in facts.dns.items():
        for attribute in attributes:
            yield answer(
                "dns-off", vpc, {attribute: False}, attribute=attribute, option=_DNS[attribute][1]
            )
    if facts.groups is not None:
        yield from _groups(facts.groups, facts.asked_groups)


def _subnet(subnet: Read, facts: NetworkFacts) -> Iterator[Answer]:
    name, vpc = subnet["SubnetId"], subnet["VpcId"]
    if facts.vpc_id not in {None, vpc}:
        yield answer("subnet-elsewhere", name, {"VpcId": vpc}, vpc=facts.vpc_id)
    free = subnet["AvailableIpAddressCount"]
    if free < FEW_ADDRESSES:
        yield answer("subnet-nearly-full", name, {"AvailableIpAddressCount": free}, free=free)
    if facts.tables is not None:
        yield from _way(subnet, _table_of(subnet, facts.tables), facts)


def _table_of(subnet: Read, tables: Iterable[Read]) -> Read:
    """Return the route table of a subnet: its own, else its VPC's main one."""
    main: Read = {}
    for table in tables:
        for one in table.get("Associations", ()):
            if one.get("SubnetId") == subnet["SubnetId"]:
                return table
            if one.get("Main") and table.get("VpcId") == subnet["VpcId"]:
                main = table
    return main


def _way(subnet: Read, table: Read, facts: NetworkFacts) -> Iterator[Answer]:
    """Yield what is wrong with the way out of a subnet."""
    name = subnet["SubnetId"]
    route = next(
        (one for one in table.get("Routes", ()) if one.get("DestinationCidrBlock") == _ANYWHERE),
        None,
    )
    if route is None:
        yield from _without_route(subnet, table, facts)
        return
    target = next(
        (
            str(value)
            for key, value in route.items()
            if key.endswith("Id") and key != "DestinationPrefixListId"
        ),
        "nothing",
    )
    seen = {"RouteTableId": table["RouteTableId"], _ANYWHERE: target, "State": route.get("State")}
    gateway = (facts.gateways or {}).get(target)
    down = (
        facts.gateways is not None
        and target.startswith("nat-")
        and (gateway is None or gateway["State"] != "available")
    )
    if route.get("State") == "blackhole" or down:
        yield answer("route-leads-nowhere", name, seen, target=target)
    elif gateway is not None:
        yield from _gateway(subnet, gateway, facts)
    elif target.startswith("igw-"):
        if facts.blocked not in {None, "off"}:
            yield answer(
                "internet-blocked",
                name,
                {"InternetGatewayBlockMode": facts.blocked},
                mode=facts.blocked,
            )
        if not subnet.get("MapPublicIpOnLaunch"):
            seen["MapPublicIpOnLaunch"] = False
            yield answer("subnet-without-addresses", name, seen)


def _gateway(subnet: Read, gateway: Read, facts: NetworkFacts) -> Iterator[Answer]:
    """Yield that the NAT gateway of a subnet lies where it reaches nothing itself."""
    place = gateway.get("SubnetId")
    if place is None:
        return
    table = _table_of({"SubnetId": place, "VpcId": subnet["VpcId"]}, facts.tables or ())
    ways = (one for one in table.get("Routes", ()) if one.get("DestinationCidrBlock") == _ANYWHERE)
    # A firewall or a transit gateway may lead on from there.
    if all("NatGatewayId" in one for one in ways):
        yield answer(
            "gateway-without-way",
            gateway["NatGatewayId"],
            {"SubnetId": place, "RouteTableId": table.get("RouteTableId")},
            subnet=subnet["SubnetId"],
            place=place,
        )


def _without_route(subnet: Read, table: Read, facts: NetworkFacts) -> Iterator[Answer]:
    if facts.endpoints is None:
        return
    there = [
        one
        for one in facts.endpoints
        if one["VpcId"] == subnet["VpcId"]
        and one["State"] == "available"
        # One of the kind of a gateway is a route, of the tables that it names.
        and (
            one.get("VpcEndpointType") != "Gateway"
            or table.get("RouteTableId") in one.get("RouteTableIds", ())
        )
    ]
    has = {one["ServiceName"] for one in there}
    missing = [one for one in facts.needed if one not in has]
    if not any(one.endswith(".s3") for one in has):
        missing.append("s3")
    seen = {_ANYWHERE: None, "endpoints": sorted(has)}
    closed = "subnet-without-wave" if facts.wave else "subnet-closed"
    yield answer(
        "subnet-without-way" if missing else closed,
        subnet["SubnetId"],
        seen,
        missing=", ".join(missing),
    )
    for one in there:
        if one["ServiceName"] in facts.needed:
            yield from _endpoint(one, facts)


def _endpoint(endpoint: Read, facts: NetworkFacts) -> Iterator[Answer]:
    """Yield why nodes do not reach an interface endpoint."""
    name, service = endpoint["VpcEndpointId"], endpoint["ServiceName"]
    if endpoint.get("PrivateDnsEnabled") is False:
        yield answer("endpoint-without-names", name, {"PrivateDnsEnabled": False}, service=service)
    of_endpoint = {one["GroupId"] for one in endpoint.get("Groups", ())}
    groups = [one for one in facts.endpoint_groups or () if one["GroupId"] in of_endpoint]
    rules = [rule for one in groups for rule in one.get("IpPermissions", ())]
    if groups and not any(_lets_https(rule) for rule in rules):
        yield answer(
            "endpoint-closed",
            name,
            {"Groups": sorted(of_endpoint), "IpPermissions": _written(rules)},
            service=service,
        )


def _groups(groups: list[Read], asked: Iterable[str]) -> Iterator[Answer]:
    there = {one["GroupId"] for one in groups}
    for name in asked:
        if name not in there:
            yield answer("group-missing", name)
    rules = [rule for one in groups for rule in one.get("IpPermissionsEgress", ())]
    if groups and not any(_lets_https(rule) for rule in rules):
        yield answer(
            "group-closed", ", ".join(sorted(there)), {"IpPermissionsEgress": _written(rules)}
        )


def _lets_https(rule: Read) -> bool:
    if rule["IpProtocol"] == "-1":
        return True
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    return bool(rule["IpProtocol"] == "tcp" and first <= _HTTPS <= last)


def _written(rules: list[Read]) -> str:
    """Return rules of a security group as evidence, by protocol and ports."""
    written = [
        f"{one['IpProtocol']} {one.get('FromPort', '')}-{one.get('ToPort', '')}" for one in rules
    ]
    return ", ".join(written) or "none"
