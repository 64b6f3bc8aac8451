# SPDX-License-Identifier: Apache-2.0
"""Network interfaces: what has one in a subnet holds the subnet, its VPC and its own groups.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html,
https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html; for who has some:
https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html,
https://docs.aws.amazon.com/efs/latest/ug/how-it-works.html,
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html,
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.services import ec2, efs  # type: ignore[import-untyped]
from ministack.services.cloudformation import provisioners  # type: ignore[import-untyped]

from tests.lifecycle.emulator import fsx
from tests.lifecycle.emulator.world import batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAT_GATEWAYS: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class Interface:
    """A network interface, by what it belongs to."""

    owner: str
    subnet: str
    groups: tuple[str, ...]


def interfaces() -> Iterator[Interface]:
    """Yield those of the account and region of the request that is being served."""
    for made, props in fsx.file_systems().items():
        yield from _in(made, props["SubnetIds"], props.get("SecurityGroupIds", ()))
    for made, target in efs._mount_targets.items():
        yield from _in(made, [target["SubnetId"]], target.get("SecurityGroups", ()))
    for made, endpoint in ec2._vpc_endpoints.items():
        # One to a gateway is a route.
        if endpoint["VpcEndpointType"] == "Interface":
            yield from _in(made, endpoint["SubnetIds"], endpoint.get("SecurityGroupIds", ()))
    for made, props in _NAT_GATEWAYS.items():
        yield from _in(made, [props["SubnetId"]], ())
    for job, node in batch().nodes.items():
        yield from _in(f"the node of {job}", [node.subnet], node.groups)


def _in(owner: str, subnets: Any, groups: Any) -> Iterator[Interface]:
    for subnet in subnets:
        yield Interface(owner, subnet, tuple(groups))


def keep_nat_gateway(made: str, props: dict[str, Any] | None) -> None:
    """Remember a NAT gateway, or forget it."""
    _NAT_GATEWAYS.pop(made, None)
    if props is not None:
        _NAT_GATEWAYS[made] = props


def install() -> None:
    """Let subnets and groups that an interface holds stay, asked by a stack or by the API."""
    handlers = provisioners._RESOURCE_HANDLERS
    for kind, own, action, parameter, holds in (
        ("Subnet", "_ec2_subnet_delete", "DeleteSubnet", "SubnetId", _holds_subnet),
        ("SecurityGroup", "_ec2_sg_delete", "DeleteSecurityGroup", "GroupId", _holds_group),
    ):
        delete = _unless_held(handlers[f"AWS::EC2::{kind}"]["delete"], holds)
        handlers[f"AWS::EC2::{kind}"] = {**handlers[f"AWS::EC2::{kind}"], "delete": delete}
        # What an update replaces is deleted through this name.
        setattr(provisioners, own, delete)
        ec2._ACTION_MAP[action] = _refused_if_held(ec2._ACTION_MAP[action], parameter, holds)


def _holds_subnet(subnet: str) -> list[str]:
    return [one.owner for one in interfaces() if one.subnet == subnet]


def _holds_group(group: str) -> list[str]:
    referring = [
        made
        for made, other in ec2._security_groups.items()
        if made != group and group in str(other.get("IpPermissions", ()))
    ]
    return [one.owner for one in interfaces() if group in one.groups] + referring


def _violation(made: str, holders: list[str]) -> str:
    return f"resource {made} has a dependent object (held by {', '.join(holders)})"


def _unless_held(delete: Any, holds: Callable[[str], list[str]]) -> Any:
    def delete_unless_held(physical_id: str, props: dict[str, Any]) -> None:
        if holders := holds(physical_id):
            raise ValueError(f"DependencyViolation: {_violation(physical_id, holders)}")
        delete(physical_id, props)

    return delete_unless_held


def _refused_if_held(operation: Any, parameter: str, holds: Callable[[str], list[str]]) -> Any:
    def refuse_if_held(request: dict[str, Any]) -> Any:
        made = ec2._p(request, parameter)
        if holders := holds(made):
            return ec2._error("DependencyViolation", _violation(made, holders), 400)
        return operation(request)

    return refuse_if_held
