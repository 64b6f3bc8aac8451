# SPDX-License-Identifier: Apache-2.0
"""What moto is to be trusted with: EC2's filters, and which subnet has which route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3  # type: ignore[import-untyped]
import pytest
from moto import mock_aws

from seqera_batch.account.facts import offered_types
from seqera_batch.account.leftovers import leftovers
from seqera_batch.account.network import subnets_of
from seqera_batch.account.reading import ABSENT, Account
from tests.account.conftest import REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch import ForgePlan


class _Account(Account):
    """An account without the calls that moto does not have, and without stacks."""

    def read(self, service: str, operation: str, **asked: Any) -> Any:
        if operation == "describe_vpc_block_public_access_options":
            return None
        if operation == "describe_stacks":
            return {ABSENT: "ValidationError"}
        return super().read(service, operation, **asked)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Return an empty account."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "example")
    # Hundreds of images, of which none is asked for.
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield _Account(REGION)


def test_types_that_are_offered(account: Account) -> None:
    """Of the types that are named those are listed that a zone has; moto takes no `m6i.*`."""
    assert offered_types(account, ("m5.large", "nosuch.large"), (f"{REGION}a",)) == {"m5.large"}
    assert offered_types(account, ("m5.large",), ("us-east-1a",)) == set()
    assert account.unread == []


def test_route_of_a_subnet(account: Account, plan: ForgePlan) -> None:
    """A subnet goes by its own route table, and by the VPC's main one where it has none."""
    ec2 = boto3.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    closed, opened = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"]
        for number in range(2)
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=opened)
    told = {(one.leaf.id, one.about) for one in subnets_of(account, plan, (closed, opened))}
    assert ("subnet-without-way", closed) in told
    assert ("subnet-without-addresses", opened) in told


def test_what_a_stack_left(account: Account, plan: ForgePlan) -> None:
    """A network that has the label is found, each thing before what it is in; others' is not."""
    ec2 = boto3.client("ec2", REGION)

    def tagged(kind: str, value: str = "TowerForge-lab") -> list[dict[str, Any]]:
        tags = [{"Key": "seqera-batch:environment", "Value": value}]
        return [{"ResourceType": kind, "Tags": tags}]

    # moto does not look for NAT gateways by their tags, so that only one is made.
    ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc", "TowerForge-other"))
    ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip", "TowerForge-other"))
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))
    vpc = made["Vpc"]["VpcId"]
    made = ec2.create_internet_gateway(TagSpecifications=tagged("internet-gateway"))
    gateway = made["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", TagSpecifications=tagged("subnet"))
    subnet = made["Subnet"]["SubnetId"]
    made = ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))
    address = made["AllocationId"]
    made = ec2.create_nat_gateway(
        SubnetId=subnet, AllocationId=address, TagSpecifications=tagged("natgateway")
    )
    nat = made["NatGateway"]["NatGatewayId"]
    made = ec2.create_route_table(VpcId=vpc, TagSpecifications=tagged("route-table"))
    table = made["RouteTable"]["RouteTableId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway"
    )
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    told = [one for one in leftovers(account, plan) if one.leaf.id == "left-over"]
    expected = [nat, address, endpoint, gateway, subnet, table, vpc]
    assert [one.about for one in told] == expected
    assert f"--vpc-id {vpc}" in told[3].fix
    assert account.unread == []
