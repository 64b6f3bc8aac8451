# SPDX-License-Identifier: Apache-2.0
"""The kinds of network that can be made, and what nodes reach in each."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog.endpoints import INTERFACE_ENDPOINTS

if TYPE_CHECKING:
    from tests.conftest import Configure, ReadAssembly, Template

OWN_CLI = {"cli_path": "/opt/cli/bin/aws", "forge": {"image_id": "ami-0123456789abcdef0"}}
NETWORKS: dict[str, dict[str, Any]] = {
    "public": {"aws": {"network": {"create": {}}}},
    "private": {"aws": {"network": {"create": {"mode": "private"}}}},
    "private-nat-each": {"aws": {"network": {"create": {"mode": "private", "nat_gateways": 3}}}},
    "isolated": {**OWN_CLI, "aws": {"network": {"create": {"mode": "isolated"}}}},
    "isolated-secrets": {
        **OWN_CLI,
        "secrets_kms_key_id": "01234567-89ab-cdef-0123-456789abcdef",
        "aws": {"network": {"create": {"mode": "isolated"}}},
    },
    "restricted": {
        "forge": {"fsx_size": 1200},
        "aws": {"network": {"create": {}, "egress": "restricted"}},
    },
    "flow-logs": {"aws": {"network": {"create": {"flow_logs": True}}}},
    "china": {
        **OWN_CLI,
        "region": "cn-north-1",
        "aws": {"network": {"create": {"mode": "isolated", "zones": 2}}},
    },
}


@pytest.fixture(scope="module")
def networks(configure: Configure, read_assembly: ReadAssembly) -> dict[str, Template]:
    """Return a template for each kind of network."""
    import aws_cdk as cdk

    from seqera_batch import BatchForge

    app = cdk.App(analytics_reporting=False)
    for name, given in NETWORKS.items():
        config = configure(**given)
        where = cdk.Environment(region=config.region)
        BatchForge(cdk.Stack(app, name, env=where), "Forge", config=config)
    return read_assembly(app)


def _subnets(template: Template) -> dict[str, dict[str, Any]]:
    """Return subnets by name: `TowerForge-demo-private-1` as `private-1`."""
    found = {}
    for subnet in template.all("AWS::EC2::Subnet"):
        [name] = [tag["Value"] for tag in subnet["Tags"] if tag["Key"] == "Name"]
        found["-".join(name.split("-")[-2:])] = subnet
    return found


def _of_nodes(template: Template) -> set[str]:
    """Return in which subnets the compute environments start nodes."""
    ids = dict(zip(template.ids("AWS::EC2::Subnet"), _subnets(template), strict=True))
    return {
        ids[subnet["Ref"]]
        for environment in template.environments.values()
        for subnet in environment["ComputeResources"]["Subnets"]
    }


def _services(template: Template, kind: str) -> set[str]:
    return {
        endpoint["ServiceName"]
        for endpoint in template.all("AWS::EC2::VPCEndpoint")
        if endpoint["VpcEndpointType"] == kind
    }


@pytest.mark.parametrize("name", NETWORKS)
def test_subnets(name: str, networks: dict[str, Template]) -> None:
    """Nodes are in a subnet of each zone; none overlaps another one; all are in the VPC."""
    template = networks[name]
    subnets = _subnets(template)
    kind = "public" if name in {"public", "restricted", "flow-logs"} else "private"
    zones = 2 if name == "china" else 3
    assert _of_nodes(template) == {f"{kind}-{number}" for number in range(1, zones + 1)}
    ranges = [IPv4Network(subnet["CidrBlock"]) for subnet in subnets.values()]
    for index, one in enumerate(ranges):
        assert one.subnet_of(IPv4Network(template.one("AWS::EC2::VPC")["CidrBlock"]))
        assert not any(one.overlaps(other) for other in ranges[:index])
    for number in range(1, zones + 1):
        zone = subnets[f"{kind}-{number}"]["AvailabilityZone"]
        assert zone == {"Fn::Select": [number - 1, {"Fn::GetAZs": ""}]}


@pytest.mark.parametrize("name", NETWORKS)
def test_addresses(name: str, networks: dict[str, Template]) -> None:
    """Only public subnets give nodes an address of their own."""
    for subnet, properties in _subnets(networks[name]).items():
        assert properties["MapPublicIpOnLaunch"] is subnet.startswith("public")


@pytest.mark.parametrize("name", NETWORKS)
def test_s3_is_reached_inside(name: str, networks: dict[str, Template]) -> None:
    """The free gateway endpoint serves every route table: no work file goes through a NAT."""
    template = networks[name]
    [endpoint] = [
        one for one in template.all("AWS::EC2::VPCEndpoint") if one["VpcEndpointType"] == "Gateway"
    ]
    tables = {table["Ref"] for table in endpoint["RouteTableIds"]}
    assert tables == set(template.ids("AWS::EC2::RouteTable"))
    assert endpoint["ServiceName"].endswith(".s3")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_subnet_has_one_table(name: str, networks: dict[str, Template]) -> None:
    """No subnet falls back to the VPC's main route table."""
    template = networks[name]
    associations = template.all("AWS::EC2::SubnetRouteTableAssociation")
    subnets = [one["SubnetId"]["Ref"] for one in associations]
    assert sorted(subnets) == sorted(template.ids("AWS::EC2::Subnet"))


@pytest.mark.parametrize(("name", "count"), [("private", 1), ("private-nat-each", 3)])
def test_nat_gateways(name: str, count: int, networks: dict[str, Template]) -> None:
    """Each has an address, is in a public subnet, and serves its own zone if there are enough."""
    template = networks[name]
    gateways = template.all("AWS::EC2::NatGateway")
    assert len(gateways) == len(template.all("AWS::EC2::EIP")) == count
    ids = dict(zip(template.ids("AWS::EC2::Subnet"), _subnets(template), strict=True))
    placed = [ids[gateway["SubnetId"]["Ref"]] for gateway in gateways]
    assert placed == [f"public-{number}" for number in range(1, count + 1)]
    routes = [one for one in template.all("AWS::EC2::Route") if "NatGatewayId" in one]
    assert len(routes) == 3
    assert len({route["NatGatewayId"]["Ref"] for route in routes}) == count
    assert {route["DestinationCidrBlock"] for route in routes} == {"0.0.0.0/0"}


@pytest.mark.parametrize("name", ["public", "restricted", "flow-logs"])
def test_public_costs_nothing_idle(name: str, networks: dict[str, Template]) -> None:
    """A public network has nothing that is charged by the hour."""
    template = networks[name]
    for kind in ("AWS::EC2::NatGateway", "AWS::EC2::EIP"):
        assert not template.ids(kind)
    assert not _services(template, "Interface")


def test_isolated_has_no_way_out(networks: dict[str, Template]) -> None:
    """An isolated network has neither an internet gateway nor a NAT gateway nor a route."""
    template = networks["isolated"]
    for kind in ("InternetGateway", "VPCGatewayAttachment", "NatGateway", "EIP", "Route"):
        assert not template.ids(f"AWS::EC2::{kind}"), kind


def test_isolated_reaches_aws(networks: dict[str, Template]) -> None:
    """The services that AWS Batch on ECS needs are reached by their usual names, by nodes only."""
    template = networks["isolated"]
    expected = {
        f"com.amazonaws.eu-west-1.{one.service}"
        for one in INTERFACE_ENDPOINTS
        if one.need == "always"
    }
    assert _services(template, "Interface") == expected
    for service in ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "batch"):
        assert f"com.amazonaws.eu-west-1.{service}" in expected
    groups = template.data["Resources"]
    for endpoint in template.all("AWS::EC2::VPCEndpoint"):
        if endpoint["VpcEndpointType"] == "Gateway":
            continue
        assert endpoint["PrivateDnsEnabled"] is True
        assert len(endpoint["SubnetIds"]) == 3
        [group] = endpoint["SecurityGroupIds"]
        own = groups[group["Fn::GetAtt"][0]]["Properties"]
        [let_in] = own["SecurityGroupIngress"]
        assert (let_in["FromPort"], let_in["ToPort"]) == (443, 443)
        node = let_in["SourceSecurityGroupId"]["Fn::GetAtt"][0]
        for environment in template.environments.values():
            assert environment["ComputeResources"]["SecurityGroupIds"] == [
                {"Fn::GetAtt": [node, "GroupId"]}
            ]


def test_secrets_have_an_endpoint(networks: dict[str, Template]) -> None:
    """With secrets their service is reached too."""
    added = _services(networks["isolated-secrets"], "Interface") - _services(
        networks["isolated"], "Interface"
    )
    assert added == {"com.amazonaws.eu-west-1.secretsmanager"}


def test_endpoints_in_china(networks: dict[str, Template]) -> None:
    """Some of China's endpoints have a prefix of their own, and S3's has none."""
    template = networks["china"]
    services = _services(template, "Interface")
    assert "cn.com.amazonaws.cn-north-1.ecr.api" in services
    assert "com.amazonaws.cn-north-1.ecs" in services
    assert _services(template, "Gateway") == {"com.amazonaws.cn-north-1.s3"}


def test_ways_out_outlive_nodes(networks: dict[str, Template]) -> None:
    """Whatever nodes reach AWS through is there before the first and after the last of them."""
    for name in ("private", "isolated"):
        template = networks[name]
        kinds = {"private": {"AWS::EC2::Route"}, "isolated": {"AWS::EC2::VPCEndpoint"}}[name]
        for key in template.ids("AWS::Batch::ComputeEnvironment"):
            behind = template.types_behind(key)
            assert kinds | {"AWS::EC2::SubnetRouteTableAssociation"} <= behind, name


def test_restricted_egress(networks: dict[str, Template]) -> None:
    """HTTPS goes anywhere, the file system's ports to the group itself, and nothing else."""
    template = networks["restricted"]
    for group in template.all("AWS::EC2::SecurityGroup"):
        egress = group["SecurityGroupEgress"]
        assert {(one["IpProtocol"], one["FromPort"], one["ToPort"]) for one in egress} == {
            ("tcp", 443, 443)
        }
        assert {one.get("CidrIp") or one["CidrIpv6"] for one in egress} == {"0.0.0.0/0", "::/0"}
    own = template.one("AWS::FSx::FileSystem")["SecurityGroupIds"]
    inside = template.all("AWS::EC2::SecurityGroupEgress")
    assert {(one["FromPort"], one["ToPort"]) for one in inside} == {(988, 988), (1018, 1023)}
    for one in inside:
        assert [one["DestinationSecurityGroupId"]] == own
    # Both ends are open before the file system is there, and so before the first node.
    [fsx] = template.ids("AWS::FSx::FileSystem")
    assert "AWS::EC2::SecurityGroupEgress" in template.types_behind(fsx)


def test_flow_logs(networks: dict[str, Template]) -> None:
    """All traffic of the VPC goes to a group with retention, under a role for nothing else."""
    template = networks["flow-logs"]
    log = template.one("AWS::EC2::FlowLog")
    assert (log["ResourceType"], log["TrafficType"]) == ("VPC", "ALL")
    group = template.data["Resources"][log["LogGroupName"]["Ref"]]["Properties"]
    assert group["LogGroupName"].endswith("/flow-logs")
    assert group["RetentionInDays"] == 7
    role = template.data["Resources"][log["DeliverLogsPermissionArn"]["Fn::GetAtt"][0]]
    [trust] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"].keys() == {"aws:SourceAccount"}


@pytest.mark.parametrize("name", ["public", "private", "isolated"])
def test_no_flow_logs_unless_asked(name: str, networks: dict[str, Template]) -> None:
    """Flow logs cost money by the volume: nobody has them by accident."""
    assert not networks[name].ids("AWS::EC2::FlowLog")
