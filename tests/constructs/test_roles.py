# SPDX-License-Identifier: Apache-2.0
"""Roles: what an organization demands of each, and nothing that is larger than it has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Template

KIND = "AWS::IAM::Role"
BOUNDARY = "arn:aws:iam::111122223333:policy/lab/boundary"


def test_names(scenario: str, template: Template) -> None:
    """Roles are named after environment and kind, so that Platform's policy can match them."""
    prefix = "Lab" if scenario == "organization" else "TowerForge"
    for kind, role in template.roles.items():
        assert role["RoleName"] == f"{prefix}-{scenario}-{kind}"


def test_no_managed_policy(template: Template) -> None:
    """No role has an AWS managed policy: smaller inline ones serve."""
    assert not any("ManagedPolicyArns" in role for role in template.all(KIND))


def test_permissions_boundary_on_every_role(scenario: str, template: Template) -> None:
    """A permissions boundary stands on every role that is created, or on none."""
    expected = BOUNDARY if scenario == "organization" else None
    for role in template.all(KIND):
        assert role.get("PermissionsBoundary") == expected


def test_path_on_every_role(scenario: str, template: Template) -> None:
    """The IAM path stands on every role and instance profile."""
    expected = "/pipelines/" if scenario == "organization" else "/"
    for resource in (*template.all(KIND), *template.all("AWS::IAM::InstanceProfile")):
        assert resource["Path"] == expected


def test_instance_profile(template: Template) -> None:
    """One profile, named as its role, carries the instance role to the environments."""
    for environment in template.on_ec2.values():
        [key, attribute] = environment["ComputeResources"]["InstanceRole"]["Fn::GetAtt"]
        assert attribute == "Arn"
        profile = template.data["Resources"][key]
        assert profile["Type"] == "AWS::IAM::InstanceProfile"
        [role] = profile["Properties"]["Roles"]
        properties = template.data["Resources"][role["Ref"]]["Properties"]
        assert properties["RoleName"].endswith("-InstanceRole")
        assert profile["Properties"]["InstanceProfileName"] == properties["RoleName"]


def test_no_instance_role_without_nodes(templates: dict[str, Template]) -> None:
    """Without nodes there is no instance role."""
    assert "InstanceRole" not in templates["manual"].roles
    assert not templates["manual"].ids("AWS::IAM::InstanceProfile")


def test_passed_roles_exist(scenario: str, template: Template, plain: Callable[..., Any]) -> None:
    """The head job may pass just the roles of this environment, under the path they have."""
    document = plain(template.roles["HeadJobRole"]["Policies"][0]["PolicyDocument"])
    [passing] = [one for one in document["Statement"] if one["Sid"] == "PassTaskRoles"]
    account = "111122223333" if scenario == "organization" else "${AWS::AccountId}"
    assert passing["Resource"] == [
        f"arn:aws:iam::{account}:role{role['Path']}{role['RoleName']}"
        for role in (template.roles["ComputeJobRole"], template.roles["ExecutionRole"])
    ]
