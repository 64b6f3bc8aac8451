# SPDX-License-Identifier: Apache-2.0
"""Several environments in a stack and in an app, and the construct ids that users rely on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from seqera_batch import BatchForge, ConfigError
from seqera_batch.stack import SeqeraBatchStack, add_environments, new_app

if TYPE_CHECKING:
    from tests.conftest import Configure, ReadAssembly, Template

ROLES = {"HeadJobRole", "ComputeJobRole", "ExecutionRole"}
NODES = {"InstanceRole", "InstanceProfile", "NodeLogGroup", "NodeSecurityGroup"}
VPC = {
    "InternetGateway",
    "InternetGatewayAttachment",
    "PublicRoutes",
    "PublicSubnet1",
    "PublicSubnet1Routes",
    "PublicSubnet2",
    "PublicSubnet2Routes",
    "PublicSubnet3",
    "PublicSubnet3Routes",
    "RouteToInternet",
    "S3Endpoint",
    "Vpc",
}
SPOT = {
    "HeadComputeEnvironment",
    "HeadJobQueue",
    "WorkComputeEnvironment",
    "WorkJobQueue",
    "WorkLaunchTemplate",
}
IDS = {
    "spot": ROLES | NODES | SPOT,
    "created-network": ROLES | NODES | SPOT | VPC,
    "nvme": ROLES | NODES | SPOT | {"HeadLaunchTemplate"},
    "fargate-head": ROLES | NODES | SPOT,
    "on-demand": ROLES | NODES | {"ComputeEnvironment", "JobQueue", "WorkLaunchTemplate"},
    "best-fit": ROLES | NODES | SPOT | {"FleetRole"},
    "dragen": ROLES
    | NODES
    | SPOT
    | {
        "DragenComputeEnvironment",
        "DragenJobQueue",
        "DragenLaunchTemplate",
        "HeadLaunchTemplate",
    },
    "efs": ROLES
    | NODES
    | SPOT
    | VPC
    | {"Efs", "EfsMountTarget1", "EfsMountTarget2", "EfsMountTarget3", "NodeIngress2049"},
    "fsx": ROLES | NODES | SPOT | {"Fsx", "FsxSecurityGroup", "FsxIngress988", "FsxIngress1018"},
    "both-existing": (ROLES | NODES | SPOT) - {"NodeSecurityGroup"},
    "manual": ROLES,
}
OUTPUTS = {
    "ComputeJobRoleArn",
    "ComputeQueueName",
    "ExecutionRoleArn",
    "HeadJobRoleArn",
    "HeadQueueName",
}


@pytest.mark.parametrize("name", IDS)
def test_construct_ids(templates: dict[str, Template], name: str) -> None:
    """Construct ids are public contract: a renamed one replaces somebody's resource."""
    ids = {
        re.fullmatch(r"Forge(\w+)[0-9A-F]{8}", key)[1]  # type: ignore[index]
        for key in templates[name].data["Resources"]
    }
    assert ids == IDS[name]


def test_logical_ids(templates: dict[str, Template]) -> None:
    """Logical ids of what cannot be made twice do not change between releases."""
    ids = templates["spot"].data["Resources"].keys()
    assert {
        "ForgeHeadComputeEnvironment053D0F8C",
        "ForgeInstanceProfile9F96C6D4",
        "ForgeHeadJobRoleDB35D18C",
        "ForgeWorkComputeEnvironmentCB2DBAC6",
    } <= ids


def test_outputs(configure: Configure, read_assembly: ReadAssembly) -> None:
    """A stack gives what it takes to register the environment, and names the DRAGEN queue."""
    app = cdk.App(analytics_reporting=False)
    SeqeraBatchStack(app, "Plain", config=configure())
    dragen = configure(
        {"dragen_enabled": True, "dragen_ami_id": "ami-0123456789abcdef0"}, name="other"
    )
    SeqeraBatchStack(app, "Dragen", config=dragen)
    found = read_assembly(app)
    assert found["Plain"].data["Outputs"].keys() >= OUTPUTS
    queue = found["Dragen"].data["Outputs"]["DragenQueueName"]["Value"]
    assert queue == "TowerForge-other-dragen"


def test_several_in_one_stack(configure: Configure, read_assembly: ReadAssembly) -> None:
    """Environments of different names live in one stack without sharing an id or a name."""
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "S")
    for name in ("one", "two", "three"):
        BatchForge(stack, name.title(), config=configure({"efs_create": True}, name=name))
    template = read_assembly(app)["S"]
    assert len(template.ids("AWS::Batch::JobQueue")) == 6
    for kind, field in (
        ("AWS::Batch::JobQueue", "JobQueueName"),
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
        ("AWS::Logs::LogGroup", "LogGroupName"),
    ):
        names = [resource[field] for resource in template.all(kind)]
        assert len(set(names)) == len(names)


def test_several_in_one_app(configure: Configure, read_assembly: ReadAssembly) -> None:
    """Each environment of an app is a stack, named after prefix and environment."""
    app = new_app()
    stacks = add_environments(app, [configure(name="one"), configure(name="two")])
    assert [stack.stack_name for stack in stacks] == ["TowerForge-one", "TowerForge-two"]
    assert read_assembly(app).keys() == {"TowerForge-one", "TowerForge-two"}


def test_same_environment_twice_refused(configure: Configure) -> None:
    """Two environments of one name are refused before anything is built."""
    with pytest.raises(ConfigError, match="environment-name-once"):
        add_environments(new_app(), [configure(), configure(region="us-east-1")])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "a_b"}, {"name": "a-b"}),
        (
            {"name": "x", "aws": {"account": "111122223333"}},
            {"name": "x", "aws": {"account": "444455556666"}},
        ),
    ],
    ids=["spelling", "accounts"],
)
def test_stack_names_never_clash(
    configure: Configure, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Environments that would share a stack's name are refused as a problem of the files."""
    with pytest.raises(ConfigError, match="stack-name-once"):
        add_environments(new_app(), [configure(**first), configure(**second)])


def test_queue_names_never_clash(configure: Configure) -> None:
    """Environments that would share a queue are refused as a problem of the files."""
    own = {"queue_names": {"compute": "shared"}}
    with pytest.raises(ConfigError, match="queue-name-once"):
        add_environments(new_app(), [configure(aws=own, name=name) for name in ("a", "b")])


def test_underscores_in_stack_names(configure: Configure) -> None:
    """A name with underscores becomes a stack name that CloudFormation takes."""
    [stack] = add_environments(new_app(), [configure(name="my_env")])
    assert stack.stack_name == "TowerForge-my-env"


def test_stack_settings(configure: Configure) -> None:
    """A stack has the region and account of its file, and says what it is."""
    config = configure(aws={"account": "111122223333"})
    stack = SeqeraBatchStack(new_app(), "S", config=config)
    assert (stack.account, stack.region) == ("111122223333", "eu-west-1")
    assert stack.template_options.description == "Nextflow on AWS Batch: demo (seqera-batch)"


def test_stack_takes_what_cdk_takes(configure: Configure) -> None:
    """Arguments of `cdk.Stack` are passed on, and win over ours."""
    stack = SeqeraBatchStack(
        new_app(),
        "S",
        config=configure(),
        stack_name="own-name",
        description="own words",
        termination_protection=True,
    )
    assert stack.stack_name == "own-name"
    assert stack.template_options.description == "own words"
    assert stack.termination_protection is True


def test_app_tags_are_no_stack_tags(configure: Configure) -> None:
    """Tags on an app of ours do not become stack tags, which would reach environments."""
    app = new_app()
    SeqeraBatchStack(app, "S", config=configure())
    cdk.Tags.of(app).add("owner", "lab")
    artifact = app.synth().get_stack_by_name("S")
    assert artifact.tags == {}


@pytest.mark.parametrize("construct", [BatchForge, SeqeraBatchStack])
def test_a_config_of_another_class_is_refused(construct: type[Any]) -> None:
    """A path, or what a YAML reader has made of a file, is told how it becomes a config."""
    scope = cdk.Stack(cdk.App(), "Stack") if construct is BatchForge else cdk.App()
    with pytest.raises(ConfigError, match=r"argument-class.*config(.|\n)*ForgeConfig\.from_file"):
        construct(scope, "Forge", config="seqera.yaml")
