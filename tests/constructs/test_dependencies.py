# SPDX-License-Identifier: Apache-2.0
"""The order of creation and, turned round, of deletion: what environments need outlives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Template


def test_roles_outlive_environments(template: Template) -> None:
    """Role and profile go after the environment, which else stays INVALID for ever."""
    for queue in template.on_ec2:
        behind = template.types_behind(template.environment_id(queue))
        assert {
            "AWS::IAM::Role",
            "AWS::IAM::InstanceProfile",
            "AWS::EC2::LaunchTemplate",
        } <= behind


def test_instance_role_is_said_explicitly(template: Template) -> None:
    """The dependency on the instance role is written, not only implied through the profile."""
    resources = template.data["Resources"]
    for queue in template.on_ec2:
        needs = resources[template.environment_id(queue)]["DependsOn"]
        names = {resources[key]["Properties"].get("RoleName") for key in needs}
        assert any(name and name.endswith("-InstanceRole") for name in names)


def test_policies_outlive_environments(template: Template) -> None:
    """Permissions are inline in their roles, so that none goes before its role does."""
    assert not template.ids("AWS::IAM::Policy")
    assert not template.ids("AWS::IAM::ManagedPolicy")


def test_fleet_role_outlives_environment(templates: dict[str, Template]) -> None:
    """The Spot fleet role goes after the environment that starts instances with it."""
    template = templates["best-fit"]
    [fleet] = [
        key
        for key in template.ids("AWS::IAM::Role")
        if template.data["Resources"][key]["Properties"]["RoleName"].endswith("-FleetRole")
    ]
    assert fleet in template.behind(template.environment_id("work"))


def test_queues_go_before_environments(template: Template) -> None:
    """A queue refers to its environment, so CloudFormation deletes the queue first."""
    for key in template.ids("AWS::Batch::JobQueue"):
        assert "AWS::Batch::ComputeEnvironment" in template.types_behind(key)


def test_environments_need_no_queue(template: Template) -> None:
    """No environment waits for a queue, which would be a circle."""
    for key in template.ids("AWS::Batch::ComputeEnvironment"):
        assert "AWS::Batch::JobQueue" not in template.types_behind(key)


def test_nodes_have_a_way_out(templates: dict[str, Template]) -> None:
    """No environment starts before its created network reaches the internet, Fargate included."""
    for name in ("created-network", "graviton"):
        template = templates[name]
        for queue in template.queues:
            behind = template.types_behind(template.environment_id(queue))
            assert {
                "AWS::EC2::InternetGateway",
                "AWS::EC2::Route",
                "AWS::EC2::SubnetRouteTableAssociation",
                "AWS::EC2::VPCGatewayAttachment",
            } <= behind


def test_file_systems_are_there_before_nodes(templates: dict[str, Template]) -> None:
    """No node starts before what it mounts can be reached."""
    template = templates["both-created"]
    for queue in template.on_ec2:
        behind = template.types_behind(template.environment_id(queue))
        assert {"AWS::EFS::MountTarget", "AWS::FSx::FileSystem"} <= behind


def test_log_group_is_there_before_nodes(template: Template) -> None:
    """The nodes' log group, into which they may write but which they may not create, is there."""
    for queue in template.on_ec2:
        behind = template.types_behind(template.environment_id(queue))
        assert "AWS::Logs::LogGroup" in behind


def test_rules_of_the_group_are_there_before_nodes(templates: dict[str, Template]) -> None:
    """No node mounts a file system before its group lets the traffic in."""
    template = templates["both-created"]
    for queue in template.on_ec2:
        behind = template.types_behind(template.environment_id(queue))
        assert "AWS::EC2::SecurityGroupIngress" in behind


def test_rules_of_the_group_are_there_before_fsx(templates: dict[str, Template]) -> None:
    """FSx, which looks whether its group lets Lustre in, is created after the group's rules."""
    for name in ("fsx", "both-created"):
        template = templates[name]
        [key] = template.ids("AWS::FSx::FileSystem")
        rules = set(template.data["Resources"][key]["DependsOn"])
        assert set(template.ids("AWS::EC2::SecurityGroupIngress")) <= rules
