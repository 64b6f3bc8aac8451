# SPDX-License-Identifier: Apache-2.0
"""Whether nodes in subnets that exist reach what they need: routes, addresses, endpoints, names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from seqera_batch.account.answer import Answer
from seqera_batch.account.leaves import answer
from seqera_batch.account.reading import Account, Read
from seqera_batch.catalog.endpoints import INTERFACE_ENDPOINTS, service_name
from seqera_batch.plan import ForgePlan

FEW_ADDRESSES = 32
"""Free addresses of a subnet below which an environment soon has no room."""
_HTTPS = 443
_ANYWHERE = "0.0.0.0/0"
_DNS = {
    "enableDnsSupport": ("EnableDnsSupport", "enable-dns-support"),
    "enableDnsHostnames": ("EnableDnsHostnames", "enable-dns-hostnames"),
}


def subnets_of(account: Account, plan: ForgePlan, subnets: tuple[str, ...]) -> tuple[Answer, ...]:
    """Return what keeps nodes in these subnets from reaching what they need."""
    return tuple(_Network(account, plan, subnets).answers())


class _Network:
    """Subnets with all that leads out of them; None for what could not be read."""

    def __init__(self, account: Account, plan: ForgePlan, asked: tuple[str, ...]) -> None:
        """Read it.

        Args:
            account: Where the subnets are.
            plan: Of the environment whose nodes start in them.
            asked: Their ids.
        """
        self.plan, self.asked = plan, asked
        self.asked_groups = plan.network.security_groups if plan.network else ()
        always = (one.service for one in INTERFACE_ENDPOINTS if one.need == "always")
        self.needed = tuple(service_name(service, plan.region) for service in always)
        self.subnets = account.every(
            "ec2", "describe_subnets", Filters=[{"Name": "subnet-id", "Values": list(asked)}]
        )
        vpcs = sorted({one["VpcId"] for one in self.subnets or ()})
        within = [{"Name": "vpc-id", "Values": vpcs}]
        account.tell("reading routes and endpoints")
        tables, gateways, endpoints, options = None, None, None, None
        if vpcs:
            tables = account.every("ec2", "describe_route_tables", Filters=within)
            gateways = account.every("ec2", "describe_nat_gateways", Filter=within)
            endpoints = account.every("ec2", "describe_vpc_endpoints", Filters=within)
            options = account.read("ec2", "describe_vpc_block_public_access_options")
        self.tables: list[Read] | None = tables
        self.endpoints: list[Read] | None = endpoints
        self.gateways = None if gateways is None else {one["NatGatewayId"]: one for one in gateways}
        blocks = (options or {}).get("VpcBlockPublicAccessOptions", {})
        self.blocked = blocks.get("InternetGatewayBlockMode")
        self.names_off = {vpc: _names_off(account, vpc) for vpc in vpcs}
        self.groups = _groups_of(account, self.asked_groups)
        groups = {one["GroupId"] for each in endpoints or () for one in each.get("Groups", ())}
        self.endpoint_groups = _groups_of(account, groups)

    def answers(self) -> Iterator[Answer]:
        """Yield what is wrong with the network."""
        if self.subnets is not None:
            there = {one["SubnetId"] for one in self.subnets}
            for name in self.asked:
                if name not in there:
                    yield answer("subnet-missing", name)
            for subnet in self.subnets:
                yield from self._subnet(subnet)
        for vpc, attributes in self.names_off.items():
            for attribute in attributes:
                yield answer(
                    "dns-off",
                    vpc,
                    {attribute: False},
                    attribute=attribute,
                    option=_DNS[attribute][1],
                )
        if self.groups is not None:
            yield from _groups(self.groups, self.asked_groups)

    def _subnet(self, subnet: Read) -> Iterator[Answer]:
        name, vpc = subnet["SubnetId"], subnet["VpcId"]
        place = self.plan.network
        if place is not None and place.vpc_id not in {None, vpc}:
            yield answer("subnet-elsewhere", name, {"VpcId": vpc}, vpc=place.vpc_id)
        free = subnet["AvailableIpAddressCount"]
        if free < FEW_ADDRESSES:
            yield answer("subnet-nearly-full", name, {"AvailableIpAddressCount": free}, free=free)
        if self.tables is not None:
            yield from self._way(subnet, self._table_of(subnet))

    def _table_of(self, subnet: Read) -> Read:
        """Return the route table of a subnet: its own, else its VPC's main one."""
        main: Read = {}
        for table in self.tables or ():
            for one in table.get("Associations", ()):
                if one.get("SubnetId") == subnet["SubnetId"]:
                    return table
                if one.get("Main") and table.get("VpcId") == subnet["VpcId"]:
                    main = table
        return main

    def _way(self, subnet: Read, table: Read) -> Iterator[Answer]:
        """Yield what is wrong with the way out of a subnet."""
        name = subnet["SubnetId"]
        route = next(_to_anywhere(table), None)
        if route is None:
            yield from self._without_route(subnet, table)
            return
        target = next(
            (
                str(value)
                for key, value in route.items()
                if key.endswith("Id") and key != "DestinationPrefixListId"
            ),
            "nothing",
        )
        seen = {
            "RouteTableId": table["RouteTableId"],
            _ANYWHERE: target,
            "State": route.get("State"),
        }
        gateway = (self.gateways or {}).get(target)
        down = (
            self.gateways is not None
            and target.startswith("nat-")
            and (gateway is None or gateway["State"] != "available")
        )
        if route.get("State") == "blackhole" or down:
            yield answer("route-leads-nowhere", name, seen, target=target)
        elif gateway is not None:
            yield from self._gateway(subnet, gateway)
        elif target.startswith("igw-"):
            if self.blocked not in {None, "off"}:
                yield answer(
                    "internet-blocked",
                    name,
                    {"InternetGatewayBlockMode": self.blocked},
                    mode=self.blocked,
                )
            if not subnet.get("MapPublicIpOnLaunch"):
                seen["MapPublicIpOnLaunch"] = False
                yield answer("subnet-without-addresses", name, seen)

    def _gateway(self, subnet: Read, gateway: Read) -> Iterator[Answer]:
        """Yield that the NAT gateway of a subnet lies where it reaches nothing itself."""
        place = gateway.get("SubnetId")
        if place is None:
            return
        table = self._table_of({"SubnetId": place, "VpcId": subnet["VpcId"]})
        # A firewall or a transit gateway may lead on from there.
        if all("NatGatewayId" in one for one in _to_anywhere(table)):
            yield answer(
                "gateway-without-way",
                gateway["NatGatewayId"],
                {"SubnetId": place, "RouteTableId": table.get("RouteTableId")},
                subnet=subnet["SubnetId"],
                place=place,
            )

    def _without_route(self, subnet: Read, table: Read) -> Iterator[Answer]:
        if self.endpoints is None:
            return
        there = [
            one
            for one in self.endpoints
            if one["VpcId"] == subnet["VpcId"]
            and one["State"] == "available"
            # One of the kind of a gateway is a route, of the tables that it names.
            and (
                one.get("VpcEndpointType") != "Gateway"
                or table.get("RouteTableId") in one.get("RouteTableIds", ())
            )
        ]
        has = {one["ServiceName"] for one in there}
        missing = [one for one in self.needed if one not in has]
        if not any(one.endswith(".s3") for one in has):
            missing.append("s3")
        seen = {_ANYWHERE: None, "endpoints": sorted(has)}
        # Neither of them has an endpoint.
        wave = self.plan.config.wave_enabled or self.plan.config.fusion2_enabled
        closed = "subnet-without-wave" if wave else "subnet-closed"
        yield answer(
            "subnet-without-way" if missing else closed,
            subnet["SubnetId"],
            seen,
            missing=", ".join(missing),
        )
        for one in there:
            if one["ServiceName"] in self.needed:
                yield from self._endpoint(one)

    def _endpoint(self, endpoint: Read) -> Iterator[Answer]:
        """Yield why nodes do not reach an interface endpoint."""
        name, service = endpoint["VpcEndpointId"], endpoint["ServiceName"]
        if endpoint.get("PrivateDnsEnabled") is False:
            yield answer(
                "endpoint-without-names", name, {"PrivateDnsEnabled": False}, service=service
            )
        of_endpoint = {one["GroupId"] for one in endpoint.get("Groups", ())}
        groups = [one for one in self.endpoint_groups or () if one["GroupId"] in of_endpoint]
        rules = [rule for one in groups for rule in one.get("IpPermissions", ())]
        if groups and not any(_lets_https(rule) for rule in rules):
            yield answer(
                "endpoint-closed",
                name,
                {"Groups": sorted(of_endpoint), "IpPermissions": _written(rules)},
                service=service,
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


def _to_anywhere(table: Read) -> Iterator[Read]:
    return (one for one in table.get("Routes", ()) if one.get("DestinationCidrBlock") == _ANYWHERE)


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
