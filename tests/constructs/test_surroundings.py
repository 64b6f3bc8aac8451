# SPDX-License-Identifier: Apache-2.0
"""What nodes stand on: network, security group, file systems, log group."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Configure, ReadAssembly, Template

NFS = (2049, 2049)
LUSTRE = {(988, 988), (1018, 1023)}


def _let_in(template: Template) -> set[tuple[int, int]]:
    return {
        (rule["FromPort"], rule["ToPort"])
        for rule in template.all("AWS::EC2::SecurityGroupIngress")
    }


def test_group_lets_nothing_in(scenario: str, template: Template) -> None:
    """A created group has no ingress but the ports of created file systems."""
    expected = {"efs": {NFS}, "fsx": LUSTRE, "both-created": {NFS, *LUSTRE}}
    for group in template.all("AWS::EC2::SecurityGroup"):
        assert "SecurityGroupIngress" not in group
    assert _let_in(template) == expected.get(scenario, set())


def test_ingress_comes_from_itself(template: Template) -> None:
    """What is let in comes by TCP from the same group."""
    for rule in template.all("AWS::EC2::SecurityGroupIngress"):
        assert rule["SourceSecurityGroupId"] == rule["GroupId"]
        assert rule["IpProtocol"] == "tcp"
        assert "CidrIp" not in rule


def test_given_network_is_used(templates: dict[str, Template]) -> None:
    """Given subnets are used as they are, with a group in their VPC."""
    template = templates["spot"]
    assert not template.ids("AWS::EC2::VPC")
    assert template.one("AWS::EC2::SecurityGroup")["VpcId"] == "vpc-0123456789abcdef0"
    for environment in template.environments.values():
        resources = environment["ComputeResources"]
        assert resources["Subnets"] == ["subnet-0123456789abcdef0"]
        [key] = template.ids("AWS::EC2::SecurityGroup")
        assert resources["SecurityGroupIds"] == [{"Fn::GetAtt": [key, "GroupId"]}]


def test_given_groups_are_used(templates: dict[str, Template]) -> None:
    """With given security groups none is created."""
    template = templates["both-existing"]
    assert not template.ids("AWS::EC2::SecurityGroup")
    for environment in template.environments.values():
        assert environment["ComputeResources"]["SecurityGroupIds"] == ["sg-0123456789abcdef0"]


def test_created_network(templates: dict[str, Template]) -> None:
    """A created VPC has three public subnets that share its range and reach the internet."""
    template = templates["created-network"]
    vpc = template.one("AWS::EC2::VPC")
    assert vpc["EnableDnsHostnames"] is True
    assert vpc["EnableDnsSupport"] is True
    subnets = template.all("AWS::EC2::Subnet")
    assert len(subnets) == 3
    ranges = [ipaddress.IPv4Network(subnet["CidrBlock"]) for subnet in subnets]
    assert all(one.subnet_of(ipaddress.IPv4Network(vpc["CidrBlock"])) for one in ranges)
    assert not any(one.overlaps(other) for one in ranges for other in ranges if one != other)
    assert all(subnet["MapPublicIpOnLaunch"] is True for subnet in subnets)
    zones = [subnet["AvailabilityZone"]["Fn::Select"][0] for subnet in subnets]
    assert zones == [0, 1, 2]
    assert len(template.all("AWS::EC2::SubnetRouteTableAssociation")) == 3
    assert template.one("AWS::EC2::Route")["DestinationCidrBlock"] == "0.0.0.0/0"


def test_created_network_costs_nothing(template: Template) -> None:
    """Nothing is created that costs money while idle: no NAT gateway, no interface endpoint."""
    kinds = {resource["Type"] for resource in template.data["Resources"].values()}
    assert not kinds & {"AWS::EC2::NatGateway", "AWS::EC2::EIP"}
    for endpoint in template.all("AWS::EC2::VPCEndpoint"):
        assert endpoint["VpcEndpointType"] == "Gateway"


@pytest.mark.parametrize("zones", [1, 6, ["eu-west-1c"], ["euw1-az3", "euw1-az1"]])
def test_zones(configure: Configure, read_assembly: ReadAssembly, zones: int | list[str]) -> None:
    """A created VPC has a subnet in as many zones as asked for, and nodes use them all."""
    import aws_cdk as cdk

    from seqera_batch import BatchForge

    app = cdk.App(analytics_reporting=False)
    config = configure(aws={"network": {"create": {"cidr": "10.9.0.0/20", "zones": zones}}})
    forge = BatchForge(cdk.Stack(app, "S"), "Forge", config=config)
    assert forge.vpc is not None
    # CDK's validator advises against names of zones, which somebody has chosen here.
    said = [str(entry.data) for entry in forge.network.node.metadata] if forge.network else []
    assert any("W3010" in one for one in said) == (zones == ["eu-west-1c"])
    count = zones if isinstance(zones, int) else len(zones)
    assert len(forge.vpc.public_subnets) == count
    template = read_assembly(app)["S"]
    subnets = {f"{subnet['CidrBlock']}" for subnet in template.all("AWS::EC2::Subnet")}
    assert len(subnets) == count
    for environment in template.environments.values():
        assert len(environment["ComputeResources"]["Subnets"]) == count


def test_efs(templates: dict[str, Template]) -> None:
    """A created EFS is encrypted, without backups as Forge's, with a target in each subnet."""
    template = templates["efs"]
    system = template.one("AWS::EFS::FileSystem")
    assert system["Encrypted"] is True
    assert system["BackupPolicy"] == {"Status": "DISABLED"}
    targets = template.all("AWS::EFS::MountTarget")
    used = template.environments["work"]["ComputeResources"]
    assert [target["SubnetId"] for target in targets] == used["Subnets"]
    assert all(target["SecurityGroups"] == used["SecurityGroupIds"] for target in targets)


def test_fsx(templates: dict[str, Template]) -> None:
    """A created FSx has the size of the file, and a version that Amazon Linux 2023 mounts."""
    template = templates["fsx"]
    system = template.one("AWS::FSx::FileSystem")
    assert system["FileSystemType"] == "LUSTRE"
    assert system["FileSystemTypeVersion"] == "2.15"
    assert system["StorageCapacity"] == 1200
    used = template.environments["work"]["ComputeResources"]
    assert system["SubnetIds"] == used["Subnets"][:1]
    assert system["SecurityGroupIds"] == used["SecurityGroupIds"][1:]


def test_data_outlives_the_stack(templates: dict[str, Template]) -> None:
    """Deleting data takes two keys: one of them alone keeps the file systems."""
    kept = {
        "efs": ("RetainExceptOnCreate", "Retain"),
        "fsx": ("RetainExceptOnCreate", "Retain"),
        "both-created": ("Delete", "Delete"),
    }
    for name, (deleted, replaced) in kept.items():
        template = templates[name]
        for kind in ("AWS::EFS::FileSystem", "AWS::FSx::FileSystem"):
            for key in template.ids(kind):
                resource = template.data["Resources"][key]
                assert resource["DeletionPolicy"] == deleted
                assert resource["UpdateReplacePolicy"] == replaced


def test_node_logs(scenario: str, template: Template) -> None:
    """The nodes' logs have a group of their own, which forgets."""
    for group in template.all("AWS::Logs::LogGroup"):
        prefix = "Lab" if scenario == "organization" else "TowerForge"
        assert group["LogGroupName"] == f"/seqera-batch/{prefix}-{scenario}/nodes"
        assert group["RetentionInDays"] == (30 if scenario == "organization" else 7)


def test_manual_mode_creates_only_roles(templates: dict[str, Template]) -> None:
    """Manual mode creates the three roles of jobs, and nothing else."""
    template = templates["manual"]
    kinds = {resource["Type"] for resource in template.data["Resources"].values()}
    assert kinds == {"AWS::IAM::Role"}
    assert template.roles.keys() == {"HeadJobRole", "ComputeJobRole", "ExecutionRole"}
