# SPDX-License-Identifier: Apache-2.0
"""What ministack's own handlers leave out: boundaries of roles, endpoints, subnets that overlap."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from ministack.services import ec2, iam  # type: ignore[import-untyped]
from ministack.services.cloudformation import provisioners  # type: ignore[import-untyped]

ENDPOINT_REPLACED = ("ServiceName", "VpcEndpointType", "VpcId")
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpcendpoint.html"""


def install() -> None:
    """Close the gaps."""
    handlers = provisioners._RESOURCE_HANDLERS  # noqa: SLF001 - ministack has no other door
    provisioners._REPLACING_PROPERTIES["AWS::EC2::VPCEndpoint"] = ENDPOINT_REPLACED  # noqa: SLF001
    handlers["AWS::IAM::Role"] = _bounded(handlers["AWS::IAM::Role"])
    subnet = handlers["AWS::EC2::Subnet"]
    handlers["AWS::EC2::Subnet"] = {**subnet, "create": _apart(subnet["create"])}
    # The update of a subnet creates its successor through this name.
    provisioners._ec2_subnet_create = handlers["AWS::EC2::Subnet"]["create"]  # noqa: SLF001


def _bounded(role: dict[str, Any]) -> dict[str, Any]:
    """Let a role carry its permissions boundary."""
    create, update = role["create"], role["update"]

    def create_bounded(logical_id: str, props: dict[str, Any], stack: str) -> Any:  # noqa: ANN401
        made = create(logical_id, props, stack)
        _bound(made[0], props)
        return made

    def update_bounded(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        *rest: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        made = update(physical_id, old, new, *rest)
        _bound(made[0], new)
        return made

    return {**role, "create": create_bounded, "update": update_bounded}


def _bound(name: str, props: dict[str, Any]) -> None:
    iam._roles[name]["PermissionsBoundary"] = props.get("PermissionsBoundary")  # noqa: SLF001


def _apart(create: Any) -> Any:  # noqa: ANN401 - a function of ministack
    """Refuse a subnet that overlaps another one of its VPC.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """

    def create_apart(logical_id: str, props: dict[str, Any], stack: str) -> Any:  # noqa: ANN401
        wanted = ip_network(props["CidrBlock"])
        for other in ec2._subnets.values():  # noqa: SLF001
            if other["VpcId"] == props["VpcId"] and wanted.overlaps(ip_network(other["CidrBlock"])):
                raise ValueError(f"The CIDR '{wanted}' conflicts with another subnet")
        return create(logical_id, props, stack)

    return create_apart
