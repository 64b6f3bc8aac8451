# SPDX-License-Identifier: Apache-2.0
"""What lives in the cloud comes as constructs, and then is not created."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_fsx as fsx
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from seqera_batch import BatchForge, ConfigError, ForgeConfig
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.stack import SeqeraBatchStack

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Configure, ReadAssembly, Template

EXISTING = {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]}
ISOLATED = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
FUSION = {"wave_enabled": True, "fusion2_enabled": True}


def _role(stack: cdk.Stack, name: str) -> iam.Role:
    return iam.Role(stack, name, assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))


def _subnets(template: Template, kind: str) -> set[str]:
    """Return the logical ids of the subnets of a VPC construct that are public or private."""
    return {
        key
        for key in template.ids("AWS::EC2::Subnet")
        for tag in template.data["Resources"][key]["Properties"]["Tags"]
        if tag == {"Key": "aws-cdk:subnet-type", "Value": kind}
    }


def _used_subnets(template: Template) -> set[str]:
    return {
        subnet["Ref"]
        for environment in template.environments.values()
        for subnet in environment["ComputeResources"]["Subnets"]
    }


def test_vpc_private_subnets(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """In a VPC with private subnets that have a way out, nodes start there."""
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
    BatchForge(stack, "Forge", config=configure(), vpc=vpc)
    found = synthesized()
    assert _used_subnets(found) == _subnets(found, "Private")
    assert len(found.ids("AWS::EC2::VPC")) == 1
    [key] = found.ids("AWS::EC2::VPC")
    assert found.one("AWS::EC2::SecurityGroup")["VpcId"] == {"Ref": key}


def test_vpc_public_subnets(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """In a VPC without private subnets nodes start in the public ones."""
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    BatchForge(stack, "Forge", config=configure(), vpc=vpc)
    found = synthesized()
    assert _used_subnets(found) == _subnets(found, "Public")


def test_vpc_chosen_subnets(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """Nodes start in the subnets that are chosen."""
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
    chosen = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    BatchForge(stack, "Forge", config=configure(), vpc=vpc, vpc_subnets=chosen)
    found = synthesized()
    assert _used_subnets(found) == _subnets(found, "Public")


def test_vpc_routes_outlive_environments(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """No environment starts before the routes of a VPC in the same stack are there."""
    fargate = configure({"fargate_head_enabled": True}, **FUSION)
    BatchForge(stack, "Forge", config=fargate, vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    found = synthesized()
    for queue in ("head", "work"):
        behind = found.types_behind(found.environment_id(queue))
        assert {"AWS::EC2::Route", "AWS::EC2::NatGateway"} <= behind


def test_vpc_with_file_system(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """A created file system is mounted from a VPC that is brought along."""
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    BatchForge(stack, "Forge", config=configure({"efs_create": True}), vpc=vpc)
    found = synthesized()
    assert len(found.ids("AWS::EFS::MountTarget")) == 2
    [rule] = found.all("AWS::EC2::SecurityGroupIngress")
    assert (rule["FromPort"], rule["ToPort"]) == (2049, 2049)


def test_vpc_with_existing_file_system(
    stack: cdk.Stack, synthesized: Callable[[], Template]
) -> None:
    """An existing file system is mounted from a VPC and groups that are brought along."""
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    # As a file the configuration would have to name the network; here the app does.
    config = ForgeConfig(
        name="demo",
        region="eu-west-1",
        work_dir="s3://work/dir",
        forge=ForgeSettings(max_cpus=64, efs_id="fs-0123456789abcdef0"),
    )
    BatchForge(stack, "Forge", config=config, vpc=vpc, security_groups=[group])
    found = synthesized()
    assert not found.ids("AWS::EFS::FileSystem")
    assert "fs-0123456789abcdef0" in json.dumps(found.all("AWS::EC2::LaunchTemplate"))


def test_security_groups(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """Security groups that are brought along are the nodes', and none is created."""
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    BatchForge(stack, "Forge", config=configure(), vpc=vpc, security_groups=[group])
    found = synthesized()
    [key] = found.ids("AWS::EC2::SecurityGroup")
    for environment in found.environments.values():
        used = environment["ComputeResources"]["SecurityGroupIds"]
        assert used == [{"Fn::GetAtt": [key, "GroupId"]}]


def test_work_bucket(
    stack: cdk.Stack,
    synthesized: Callable[[], Template],
    configure: Configure,
    plain: Callable[..., Any],
) -> None:
    """Policies name the bucket construct and the key that encrypts it."""
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Bucket", encryption_key=key)
    BatchForge(stack, "Forge", config=configure(), work_bucket=bucket)
    found = synthesized()
    [name] = found.ids("AWS::S3::Bucket")
    [encrypting] = found.ids("AWS::KMS::Key")
    for kind in ("HeadJobRole", "ComputeJobRole"):
        document = plain(found.roles[kind]["Policies"][0]["PolicyDocument"])
        statements = {one["Sid"]: one for one in document["Statement"]}
        assert statements["UseObjects"]["Resource"] == (f"arn:aws:s3:::${{{name}}}/*")
        assert statements["UseBucketKeys"]["Resource"] == f"${{{encrypting}.Arn}}"
    assert "s3:::work" not in json.dumps(plain(found.data))


def test_work_folder(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """A folder that is passed is the work directory's, in the real bucket, everywhere."""
    bucket = s3.Bucket(stack, "Bucket")
    config = configure({}, {"head_job_definition": {"image": "example.org/head:1"}})
    forge = BatchForge(stack, "Forge", config=config, work_bucket=bucket, work_folder="runs/rnaseq")
    assert forge.plan.storage.work_dir.folder == "runs/rnaseq"
    [definition] = synthesized().all("AWS::Batch::JobDefinition")
    assert "/runs/rnaseq" in json.dumps(definition)
    assert "work/dir" not in json.dumps(definition)


@pytest.mark.parametrize("folder", ["", "/runs", "runs/", "../other", "s3://work/dir", "a b"])
def test_no_work_folder(stack: cdk.Stack, configure: Configure, folder: str) -> None:
    """What is no folder is refused, as is a folder without its bucket."""
    bucket = s3.Bucket(stack, "Bucket")
    with pytest.raises(ConfigError, match="this is no folder of a bucket"):
        BatchForge(stack, "One", config=configure(), work_bucket=bucket, work_folder=folder)
    with pytest.raises(ConfigError, match="without the bucket"):
        BatchForge(stack, "Two", config=configure(), work_folder="runs")
    value = cdk.CfnParameter(stack, "Folder").value_as_string
    with pytest.raises(ConfigError, match="known only at deployment"):
        BatchForge(stack, "Three", config=configure(), work_bucket=bucket, work_folder=value)


def test_work_bucket_by_name(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """A bucket that is looked up by the name in the file is taken."""
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "work")
    BatchForge(stack, "Forge", config=configure(), work_bucket=bucket)
    assert ":s3:::work/*" in json.dumps(synthesized().data)


def test_other_work_bucket_refused(stack: cdk.Stack, configure: Configure) -> None:
    """A bucket of another name than the work directory's is refused."""
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "other")
    with pytest.raises(ConfigError, match="s3://work/dir is not in the bucket"):
        BatchForge(stack, "Forge", config=configure(), work_bucket=bucket)


def test_a_bucket_of_the_app_has_the_name_in_the_file(
    stack: cdk.Stack, configure: Configure
) -> None:
    """A bucket that the app makes under another name is refused; one without a name is taken."""
    other = s3.Bucket(stack, "Other", bucket_name="other")
    with pytest.raises(ConfigError, match="set work_dir to s3://other/work"):
        BatchForge(stack, "Wrong", config=configure(), work_bucket=other)
    named = s3.Bucket(stack, "Named", bucket_name="work")
    forge = BatchForge(stack, "Forge", config=configure(), work_bucket=named)
    assert forge.work_bucket is named


def test_vpc_without_a_way_out_refused(stack: cdk.Stack, configure: Configure) -> None:
    """In a VPC with neither private nor public subnets, which ones to take has to be said."""
    isolated = ec2.SubnetConfiguration(name="i", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        availability_zones=["eu-west-1a"],
        nat_gateways=0,
        subnet_configuration=[isolated],
    )
    with pytest.raises(ConfigError, match="pass vpc_subnets="):
        BatchForge(stack, "Wrong", config=configure(), vpc=vpc)
    config = configure({"image_id": "ami-0123456789abcdef0"}, cli_path="/opt/aws-cli/bin/aws")
    forge = BatchForge(stack, "Forge", config=config, vpc=vpc, vpc_subnets=ISOLATED)
    assert forge.plan.network is not None
    assert len(forge.plan.network.subnets) == 1
    warned = {problem.rule for problem in forge.plan.problems}
    assert warned == {"isolated-platform", "isolated-endpoints"}


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_isolated_subnets_of_a_vpc(configure: Configure, region: str | None) -> None:
    """Rules about ways out hold for subnets that are brought, and see the VPC's endpoints."""
    stack = cdk.Stack(cdk.App(), "S", env=cdk.Environment(region=region))
    isolated = ec2.SubnetConfiguration(name="i", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    public = ec2.SubnetConfiguration(name="p", subnet_type=ec2.SubnetType.PUBLIC)
    zones = ["eu-west-1a", "eu-west-1b"]
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        availability_zones=zones,
        nat_gateways=0,
        subnet_configuration=[isolated, public],
    )
    with pytest.raises(ConfigError, match="isolated-wave"):
        BatchForge(stack, "Wrong", config=configure(**FUSION), vpc=vpc, vpc_subnets=ISOLATED)
    services = ec2.InterfaceVpcEndpointAwsService
    vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    vpc.add_interface_endpoint("Docker", service=services.ECR_DOCKER)
    ec2.InterfaceVpcEndpoint(stack, "Ecs", vpc=vpc, service=services.ECS)
    ec2.Vpc(stack, "Other", availability_zones=zones).add_interface_endpoint(
        "Logs", service=services.CLOUDWATCH_LOGS
    )
    config = configure({"image_id": "ami-0123456789abcdef0"}, cli_path="/opt/aws-cli/bin/aws")
    forge = BatchForge(stack, "Forge", config=config, vpc=vpc, vpc_subnets=ISOLATED)
    [told] = [one for one in forge.plan.problems if one.rule == "isolated-endpoints"]
    assert told.message.endswith("for batch, ec2, ecr.api, ecs-agent, ecs-telemetry, logs")


def test_subnets_by_their_ids(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """Subnets that were looked up by their ids alone are taken, as CDK's constructs take them."""
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=["eu-west-1a"], nat_gateways=0)
    ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    subnets = [ec2.Subnet.from_subnet_id(stack, one, one) for one in ids]
    chosen = ec2.SubnetSelection(subnets=subnets)
    BatchForge(stack, "Forge", config=configure(), vpc=vpc, vpc_subnets=chosen)
    for environment in synthesized().environments.values():
        assert environment["ComputeResources"]["Subnets"] == ids


def test_lustre_by_its_attributes(
    stack: cdk.Stack,
    synthesized: Callable[[], Template],
    configure: Configure,
    plain: Callable[..., Any],
) -> None:
    """A Lustre file system that was looked up is mounted by the name that its id gives it."""
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=["eu-west-1a"], nat_gateways=0)
    brought: Any = fsx.LustreFileSystem.from_lustre_file_system_attributes(
        stack,
        "Lustre",
        dns_name="fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com",
        file_system_id="fs-0123456789abcdef0",
        security_group=ec2.SecurityGroup.from_security_group_id(
            stack, "Group", "sg-0123456789abcdef0"
        ),
    )
    config = configure({}, {"fsx": {"mount_name": "abcdefgh"}})
    forge = BatchForge(stack, "Forge", config=config, vpc=vpc, fsx_file_system=brought)
    assert {one.rule for one in forge.plan.problems} <= {"stack-region"}
    [template, *_] = synthesized().all("AWS::EC2::LaunchTemplate")
    where = "fs-0123456789abcdef0.fsx.eu-west-1.${AWS::URLSuffix}"
    assert f"mount_lustre '{where}' '/mnt/fsx' 'abcdefgh'" in json.dumps(plain(template))


def test_a_stack_without_a_region(configure: Configure) -> None:
    """Subnets, buckets and all are taken in a stack that leaves its region open."""
    stack = cdk.Stack(cdk.App(), "S")
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    forge = BatchForge(stack, "Forge", config=configure(), vpc=vpc)
    assert forge.plan.region == "eu-west-1"


def test_work_bucket_without_s3_refused(stack: cdk.Stack, configure: Configure) -> None:
    """A bucket beside a work directory on a file system is refused."""
    config = configure({"efs_create": True}, work_dir="/mnt/efs/work")
    with pytest.raises(ConfigError, match="not in the bucket"):
        BatchForge(stack, "Forge", config=config, work_bucket=s3.Bucket(stack, "Bucket"))


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("HeadJobRole", "head_job_role"),
        ("ComputeJobRole", "compute_job_role"),
        ("ExecutionRole", "execution_role"),
    ],
)
def test_each_role(
    stack: cdk.Stack,
    synthesized: Callable[[], Template],
    configure: Configure,
    kind: str,
    argument: str,
) -> None:
    """A role that is brought along is not created, and is what the environment gives."""
    role: Any = _role(stack, "Own")
    forge = BatchForge(stack, "Forge", config=configure(), **{argument: role})
    found = synthesized()
    assert kind not in found.roles
    assert len(found.roles) == 3
    assert stack.resolve(getattr(forge, argument).role_arn) == stack.resolve(role.role_arn)


def test_brought_roles_are_passed(
    stack: cdk.Stack,
    synthesized: Callable[[], Template],
    configure: Configure,
    plain: Callable[..., Any],
) -> None:
    """The head job may pass roles that are brought along, and no created ones."""
    roles = [_role(stack, name) for name in ("Compute", "Execution")]
    BatchForge(
        stack, "Forge", config=configure(), compute_job_role=roles[0], execution_role=roles[1]
    )
    found = synthesized()
    document = plain(found.roles["HeadJobRole"]["Policies"][0]["PolicyDocument"])
    [passing] = [one for one in document["Statement"] if one["Sid"] == "PassTaskRoles"]
    expected = {plain(stack.resolve(role.role_arn)) for role in roles}
    assert set(passing["Resource"]) == expected


def test_role_twice_refused(stack: cdk.Stack, configure: Configure) -> None:
    """A role that is brought along beside one that the file names is refused."""
    config = configure(head_job_role="arn:aws:iam::111122223333:role/own")
    with pytest.raises(ConfigError, match="the file names another"):
        BatchForge(stack, "Forge", config=config, head_job_role=_role(stack, "Own"))


def test_roles_of_the_file(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """Roles that the file names are used, not created."""
    arn = "arn:aws:iam::111122223333:role/lab/own"
    forge = BatchForge(stack, "Forge", config=configure(compute_job_role=arn))
    found = synthesized()
    assert "ComputeJobRole" not in found.roles
    assert forge.compute_job_role.role_arn == arn
    assert arn in json.dumps(found.roles["HeadJobRole"])


@pytest.mark.parametrize("forge", [EXISTING, {}], ids=["existing", "aws-network"])
def test_network_twice_refused(
    stack: cdk.Stack, configure: Configure, forge: dict[str, Any]
) -> None:
    """A VPC beside a network in the file is refused."""
    config = configure(forge, {} if forge else {"network": {"create": {"zones": 2}}})
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    with pytest.raises(ConfigError, match="describes a network too"):
        BatchForge(stack, "Forge", config=config, vpc=vpc)


def test_vpc_in_manual_mode_refused(stack: cdk.Stack, configure: Configure) -> None:
    """A VPC is refused in Manual mode, which starts no nodes."""
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    with pytest.raises(ConfigError, match="Manual mode"):
        BatchForge(stack, "Forge", config=configure(manual=True), vpc=vpc)


def test_parts_without_vpc_refused(stack: cdk.Stack, configure: Configure) -> None:
    """Security groups and subnets are refused without the VPC they are in."""
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
    with pytest.raises(ConfigError, match="without the VPC"):
        BatchForge(stack, "One", config=configure(), security_groups=[group])
    with pytest.raises(ConfigError, match="without the VPC"):
        BatchForge(stack, "Two", config=configure(), vpc_subnets=ec2.SubnetSelection())


def test_other_region_refused(configure: Configure) -> None:
    """A stack of another region than the file's is refused, and the message says both."""
    elsewhere = cdk.Stack(cdk.App(), "S", env=cdk.Environment(region="us-east-1"))
    with pytest.raises(ConfigError, match=r"eu-west-1.*us-east-1"):
        BatchForge(elsewhere, "Forge", config=configure())


def test_manual_mode_with_all_roles(configure: Configure, read_assembly: ReadAssembly) -> None:
    """A stack that has nothing to create is still one that CloudFormation takes."""
    names = ("head_job_role", "compute_job_role", "execution_role")
    config = configure(
        manual=True, **{name: f"arn:aws:iam::111122223333:role/{name}" for name in names}
    )
    app = cdk.App(analytics_reporting=False)
    SeqeraBatchStack(app, "S", config=config)
    template = read_assembly(app)["S"]
    kinds = [resource["Type"] for resource in template.data["Resources"].values()]
    assert kinds == ["AWS::CloudFormation::WaitConditionHandle"]
    assert template.data["Outputs"]["HeadQueueName"]["Value"] == "queue-head"
