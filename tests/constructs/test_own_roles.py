# SPDX-License-Identifier: Apache-2.0
"""Roles of nodes that exist: then ours are not created, and what is passed is theirs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from seqera_batch import BatchForge, ForgePlan
from seqera_batch.plan.documents import identities
from seqera_batch.policies.document import Scope
from seqera_batch.template.deployer import deployers

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.policies.document import PolicyDocument
    from tests.conftest import Configure, ReadAssembly, Template

ACCOUNT = "111122223333"
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/lab/nodes"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/lab/nodes"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/lab/nodes-in-it"
FLEET = f"arn:aws:iam::{ACCOUNT}:role/aws-ec2-spot-fleet-tagging-role"
BEST_FIT = {"type": "SPOT", "alloc_strategy": "BEST_FIT"}
HERE = Scope(partition="aws", region="eu-west-1", account=ACCOUNT)


def _made(read_assembly: ReadAssembly, config: ForgeConfig) -> Template:
    app = cdk.App(analytics_reporting=False)
    BatchForge(cdk.Stack(app, "S"), "Forge", config=config)
    return read_assembly(app)["S"]


def _passed(document: PolicyDocument) -> set[str]:
    return {
        resource
        for statement in document.statements
        if "iam:PassRole" in statement.actions
        for resource in statement.resources
    }


@pytest.mark.parametrize(
    ("iam", "role"),
    [
        ({"instance_profile": PROFILE}, ROLE),
        ({"instance_profile": PROFILE, "instance_role": OTHER_ROLE}, OTHER_ROLE),
    ],
    ids=["profile", "profile-and-role"],
)
def test_nodes(
    iam: dict[str, Any], role: str, read_assembly: ReadAssembly, configure: Configure
) -> None:
    """Nodes start with the profile; role and profile of ours are not there."""
    config = configure(BEST_FIT, {"iam": iam})
    template = _made(read_assembly, config)
    assert not template.ids("AWS::IAM::InstanceProfile")
    assert "InstanceRole" not in template.roles
    assert template.on_ec2
    for environment in template.on_ec2.values():
        assert environment["ComputeResources"]["InstanceRole"] == PROFILE
    assert "ForgeInstanceRole" not in json.dumps(template.data)
    plan = ForgePlan.of(config)
    fleet = {one.name: one for one in identities(plan, HERE)}["FleetRole"]
    assert _passed(fleet.permissions) == {role}
    deployer, _ = deployers(plan, HERE)
    assert role in _passed(deployer.permissions)


def test_spot_fleet(read_assembly: ReadAssembly, configure: Configure) -> None:
    """The Spot fleet role is the one that exists, and whoever deploys passes it."""
    config = configure(BEST_FIT, {"iam": {"spot_fleet_role": FLEET}})
    template = _made(read_assembly, config)
    assert "FleetRole" not in template.roles
    work = template.environments["work"]["ComputeResources"]
    assert work["SpotIamFleetRole"] == FLEET
    plan = ForgePlan.of(config)
    assert "FleetRole" not in {one.name for one in identities(plan, HERE)}
    deployer, _ = deployers(plan, HERE)
    assert FLEET in _passed(deployer.permissions)


def test_created_unless_given(read_assembly: ReadAssembly, configure: Configure) -> None:
    """Without them both are created, and nodes and fleet get them by reference."""
    template = _made(read_assembly, configure(BEST_FIT))
    assert {"InstanceRole", "FleetRole"} <= template.roles.keys()
    work = template.environments["work"]["ComputeResources"]
    assert work["InstanceRole"]["Fn::GetAtt"][0] in template.ids("AWS::IAM::InstanceProfile")
    assert work["SpotIamFleetRole"]["Fn::GetAtt"][0] in template.ids("AWS::IAM::Role")
