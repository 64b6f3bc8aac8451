# SPDX-License-Identifier: Apache-2.0
"""What an environment offers to the rest of an app: queues, grants, roles, connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from seqera_batch import BatchForge, ConfigError, QueueAccess

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Configure, ReadAssembly

ROLES = {
    "HeadJobRole": "head_job_role",
    "ComputeJobRole": "compute_job_role",
    "ExecutionRole": "execution_role",
}
HERE = "aws:batch:eu-west-1:${AWS::AccountId}"
ANYWHERE = "${AWS::Partition}:batch:${AWS::Region}:${AWS::AccountId}"
"""Queues that exist come without a file, so the stack alone says where they are."""


@pytest.fixture
def stack() -> cdk.Stack:
    """Return a stack of somebody's own."""
    return cdk.Stack(cdk.App(analytics_reporting=False), "S")


@pytest.fixture
def policies(
    stack: cdk.Stack, read_assembly: ReadAssembly, plain: Callable[..., Any]
) -> Callable[[], list[dict[str, Any]]]:
    """Return a function that gives the properties of the stack's separate policies."""

    def make() -> list[dict[str, Any]]:
        app = stack.node.root
        assert isinstance(app, cdk.App)
        found: list[dict[str, Any]] = plain(read_assembly(app)["S"].all("AWS::IAM::Policy"))
        return found

    return make


def test_from_queue_names(stack: cdk.Stack, policies: Callable[[], list[dict[str, Any]]]) -> None:
    """Queues that exist are referred to by name, and submitting to both can be granted."""
    access = BatchForge.from_queue_names(
        stack, "Forge", head_queue_name="on-demand", compute_queue_name="spot"
    )
    assert isinstance(access, QueueAccess)
    assert (access.head_queue_name, access.compute_queue_name) == ("on-demand", "spot")
    access.grant_submit_jobs(iam.User(stack, "User"))
    [policy] = policies()
    submit, end, follow = policy["PolicyDocument"]["Statement"]
    assert submit["Action"] == "batch:SubmitJob"
    assert end["Action"] == ["batch:CancelJob", "batch:TerminateJob"]
    assert set(submit["Resource"]) == {
        f"arn:{ANYWHERE}:job-definition/*",
        f"arn:{ANYWHERE}:job-queue/on-demand",
        f"arn:{ANYWHERE}:job-queue/spot",
        f"arn:{ANYWHERE}:job/*",
    }
    assert follow["Resource"] == "*"


def test_from_queue_names_creates_nothing(stack: cdk.Stack, read_assembly: ReadAssembly) -> None:
    """Referring to queues that exist adds nothing to the stack."""
    BatchForge.from_queue_names(stack, "Forge", head_queue_name="a", compute_queue_name="b")
    app = stack.node.root
    assert isinstance(app, cdk.App)
    assert "Resources" not in read_assembly(app)["S"].data


def test_grant_on_one_queue(
    stack: cdk.Stack, configure: Configure, policies: Callable[[], list[dict[str, Any]]]
) -> None:
    """On-Demand the one queue stands once in what is granted, and no role may be passed."""
    forge = BatchForge(stack, "Forge", config=configure({"type": "EC2"}))
    forge.grant_submit_jobs(iam.User(stack, "User"))
    [policy] = policies()
    [submitting, *rest] = policy["PolicyDocument"]["Statement"]
    queues = [one for one in submitting["Resource"] if "Queue" in str(one)]
    assert len(queues) == 1
    assert queues[0].startswith("${ForgeJobQueue")
    assert "iam:PassRole" not in str(rest)


def test_grants_on_several_environments(
    stack: cdk.Stack, configure: Configure, policies: Callable[[], list[dict[str, Any]]]
) -> None:
    """Somebody may be granted several environments, in one policy."""
    user = iam.User(stack, "User")
    for name in ("One", "Other"):
        BatchForge(stack, name, config=configure(name=name.lower())).grant_submit_jobs(user)
    [policy] = policies()
    statements = policy["PolicyDocument"]["Statement"]
    assert sum(one["Action"] == "batch:SubmitJob" for one in statements) == 2
    assert not any("Sid" in one for one in statements)


def test_queue_arns(stack: cdk.Stack, configure: Configure, plain: Callable[..., Any]) -> None:
    """The ARNs of the queues follow from their names."""
    forge = BatchForge(stack, "Forge", config=configure())
    assert (
        plain(stack.resolve(forge.head_queue_arn)) == f"arn:{HERE}:job-queue/TowerForge-demo-head"
    )
    assert plain(stack.resolve(forge.compute_queue_arn)) == (
        f"arn:{HERE}:job-queue/TowerForge-demo-work"
    )


@pytest.mark.parametrize("path", ["/", "/pipelines/", "/a/b/"])
@pytest.mark.parametrize("kind", ROLES)
def test_grants_to_created_roles(
    configure: Configure,
    read_assembly: ReadAssembly,
    plain: Callable[..., Any],
    kind: str,
    path: str,
) -> None:
    """What is granted to a created role reaches that role, and only once it is there."""
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "S")
    forge = BatchForge(stack, "Forge", config=configure(aws={"iam": {"path": path}}))
    s3.Bucket(stack, "Bucket").grant_read(getattr(forge, ROLES[kind]))
    template = read_assembly(app)["S"]
    [policy_id] = template.ids("AWS::IAM::Policy")
    [role] = plain(template.one("AWS::IAM::Policy")["Roles"])
    name = template.roles[kind]["RoleName"]
    role_ids = set(template.ids("AWS::IAM::Role"))
    assert role == name or role.strip("${}") in role_ids
    needed = template.behind(policy_id) & role_ids
    assert [template.data["Resources"][key]["Properties"]["RoleName"] for key in needed] == [name]


def test_connections(stack: cdk.Stack, configure: Configure, read_assembly: ReadAssembly) -> None:
    """Other groups are let in through the environment's connections."""
    forge = BatchForge(stack, "Forge", config=configure())
    forge.connections.allow_from(ec2.Peer.ipv4("10.1.0.0/16"), ec2.Port.tcp(22))
    app = stack.node.root
    assert isinstance(app, cdk.App)
    template = read_assembly(app)["S"]
    rule = template.one("AWS::EC2::SecurityGroupIngress")
    [group] = template.ids("AWS::EC2::SecurityGroup")
    assert rule["GroupId"] == {"Fn::GetAtt": [group, "GroupId"]}
    assert rule["FromPort"] == 22


def test_others_connect_to_it(
    stack: cdk.Stack, configure: Configure, read_assembly: ReadAssembly
) -> None:
    """Constructs of the app take the environment for what has connections, as CDK's own."""
    forge = BatchForge(stack, "Forge", config=configure())
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=["eu-west-1a"])
    database = ec2.SecurityGroup(stack, "Database", vpc=vpc)
    database.connections.allow_from(forge, ec2.Port.tcp(5432))
    app = stack.node.root
    assert isinstance(app, cdk.App)
    template = read_assembly(app)["S"]
    rule = template.one("AWS::EC2::SecurityGroupIngress")
    assert rule["FromPort"] == 5432
    assert "NodeSecurityGroup" in rule["SourceSecurityGroupId"]["Fn::GetAtt"][0]


def test_file_systems_of_the_app_let_it_in(
    stack: cdk.Stack, configure: Configure, read_assembly: ReadAssembly
) -> None:
    """A file system of the app takes the environment too, by its own port."""
    forge = BatchForge(stack, "Forge", config=configure())
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=["eu-west-1a"])
    shared = efs.FileSystem(stack, "Shared", vpc=vpc)
    shared.connections.allow_default_port_from(forge)
    app = stack.node.root
    assert isinstance(app, cdk.App)
    rule = read_assembly(app)["S"].one("AWS::EC2::SecurityGroupIngress")
    assert (rule["FromPort"], rule["ToPort"]) == (2049, 2049)
    assert "NodeSecurityGroup" in rule["SourceSecurityGroupId"]["Fn::GetAtt"][0]


def test_connections_in_manual_mode(stack: cdk.Stack, configure: Configure) -> None:
    """In Manual mode there are no nodes, so there is no group to connect to."""
    forge = BatchForge(stack, "Forge", config=configure(manual=True))
    assert forge.connections.security_groups == []


def test_unknown_role(stack: cdk.Stack, configure: Configure) -> None:
    """An environment without nodes has no instance role to ask for."""
    forge = BatchForge(stack, "Forge", config=configure(manual=True))
    with pytest.raises(ConfigError, match="HeadJobRole, ComputeJobRole, ExecutionRole"):
        forge.role_arn("InstanceRole")


def test_warnings_are_said_in_the_app(stack: cdk.Stack, configure: Configure) -> None:
    """Warnings of the file become annotations with their rule's id, acknowledged ones do not."""
    from aws_cdk import assertions

    noisy = configure({"min_cpus": 2})
    quiet = configure(
        {"min_cpus": 2}, {"acknowledgements": {"min-cpus-cost": "always busy"}}, name="quiet"
    )
    BatchForge(stack, "Noisy", config=noisy)
    BatchForge(stack, "Quiet", config=quiet)
    found = assertions.Annotations.from_stack(stack).find_warning(
        "*", assertions.Match.string_like_regexp("min-cpus-cost")
    )
    assert [entry.id for entry in found] == ["/S/Noisy"]
