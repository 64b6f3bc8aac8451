# SPDX-License-Identifier: Apache-2.0
"""The parts of an environment: together what is reviewed, alone usable in any stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from seqera_batch import (
    AtDeployment,
    BatchForge,
    BatchNetwork,
    ComputeEnvironment,
    ConfigError,
    EncryptionKey,
    ForgeConfig,
    ForgePlan,
    ForgeSettings,
    InstanceProfile,
    JobQueue,
    JobRoles,
    LogGroups,
    NodeRoles,
    NodeTemplate,
    PlatformAccess,
    WorkBucket,
)
from seqera_batch.cloudformation.intrinsics import ACCOUNT
from seqera_batch.template import environment, parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ReadAssembly, Template

    Synthesized = Callable[[], Template]

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.*"))
REGION = {"region": "eu-west-1"}
BATCH = "AWS::Batch::ComputeEnvironment"


def config_of(forge: dict[str, Any] | None = None, **more: Any) -> ForgeConfig:  # noqa: ANN401
    """Return a small environment, in a network of its own."""
    return ForgeConfig.from_dict(
        {
            "name": "demo",
            "work_dir": "s3://example-work/dir",
            **REGION,
            "forge": {"type": "SPOT", "max_cpus": 8, **(forge or {})},
            **more,
        }
    )


@pytest.fixture
def stack() -> cdk.Stack:
    """Return a stack of somebody's own in a region."""
    return cdk.Stack(cdk.App(analytics_reporting=False), "S", env=cdk.Environment(**REGION))


@pytest.fixture
def synthesized(stack: cdk.Stack, read_assembly: ReadAssembly) -> Synthesized:
    """Return a function that gives the template of that stack."""

    def make() -> Template:
        app = stack.node.root
        assert isinstance(app, cdk.App)
        return read_assembly(app)["S"]

    return make


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_parts_are_the_environment(path: Path) -> None:
    """The parts together are what is reviewed: every resource once, and nothing else."""
    config = ForgeConfig.from_file(path)
    plan = ForgePlan.of(config)
    where = plan.scope(ACCOUNT)
    every = parts(plan, where)
    assert every.together() == environment(plan, where)
    owners = [every.owner(name) for name in environment(plan, where)]
    assert None not in owners


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_everything_is_typed(path: Path) -> None:
    """Every resource is reached through a part, as the class that CDK has for its type."""
    config = ForgeConfig.from_file(path)
    stack = cdk.Stack(
        cdk.App(analytics_reporting=False), "S", env=cdk.Environment(region=config.region)
    )
    forge = BatchForge(stack, "Forge", config=config)
    for name, data in forge.resources.items():
        made = forge.resource(name)
        vendor, service, kind = data.type.split("::")
        if vendor == "AWS":
            assert type(made).__name__ == f"Cfn{kind}", name
            assert type(made).__module__ == f"aws_cdk.aws_{service.lower()}", name
    for environment_part in forge.compute_environments.values():
        assert isinstance(environment_part.cfn_compute_environment, batch.CfnComputeEnvironment)
    reached = [
        forge.created_key,
        forge.log_groups,
        forge.created_bucket,
        forge.job_roles,
        forge.node_roles,
        forge.instance_profile,
        forge.network,
        forge.head_job,
        forge.platform,
        forge.scheduling_policy,
        forge.operations,
        *forge.created_file_systems.values(),
        *forge.node_templates.values(),
        *forge.compute_environments.values(),
        *forge.job_queues.values(),
    ]
    assert {name for part in reached if part is not None for name in part.resources} == set(
        forge.resources
    )


@pytest.mark.parametrize("construct_id", ["forge", "1000genomes", "lab-1"])
def test_any_id_that_cdk_takes(
    construct_id: str, stack: cdk.Stack, synthesized: Synthesized
) -> None:
    """Logical ids that begin with a small letter or a digit are referred to like others."""
    below = Construct(stack, construct_id)
    BatchForge(below, "forge", config=config_of(aws={"work_bucket": {}}))
    template = synthesized()
    assert "@{" not in str(template.data)
    assert "${=" not in str(template.data)
    [vpc] = template.ids("AWS::EC2::VPC")
    assert all(one["VpcId"] == {"Ref": vpc} for one in template.all("AWS::EC2::Subnet"))


def test_references_follow_an_overridden_id(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """Whoever gives a resource another logical id has it everywhere, in other parts too."""
    forge = BatchForge(stack, "Forge", config=config_of())
    forge.resource("WorkComputeEnvironment").override_logical_id("Mine")
    queues = synthesized().all("AWS::Batch::JobQueue")
    orders = [one["ComputeEnvironmentOrder"][0]["ComputeEnvironment"] for one in queues]
    assert {"Ref": "Mine"} in orders


@pytest.mark.parametrize("argument", ["of", "beside"])
def test_arguments_of_another_class(argument: str, stack: cdk.Stack) -> None:
    """Apps whose types nobody checks are told what to pass, and where."""
    forge = BatchForge(stack, "Forge", config=config_of())
    wrong: dict[str, Any] = {"of": config_of(), "beside": [], argument: [forge]}
    with pytest.raises(ConfigError, match=rf"/Roles(.|\n)*{argument}(.|\n)*(BatchForge|list)"):
        JobRoles(stack, "Roles", **wrong)


def test_a_part_has_no_logical_id(stack: cdk.Stack) -> None:
    """Who takes it for its resource is told which resources there are, instead of nothing."""
    forge = BatchForge(stack, "Forge", config=config_of())
    queue = forge.job_queues["work"]
    with pytest.raises(ConfigError, match=r"S.*/Forge/WorkQueue.*no logical id(.|\n)*WorkJobQueue"):
        queue.override_logical_id("Mine")


@pytest.mark.parametrize("alone", [True, False])
def test_resources_as_of_an_include(alone: bool, stack: cdk.Stack) -> None:  # noqa: FBT001 - pytest passes by position
    """CDK's own way to a resource of an include takes the id that all else takes, and its own."""
    forge = None if alone else BatchForge(stack, "Forge", config=config_of())
    part = LogGroups(stack, "Logs", of=config_of()) if forge is None else forge.log_groups
    assert part is not None
    made = part.resource("NodeLogGroup")
    for name in ("NodeLogGroup", "NodeLogGroup" if alone else stack.resolve(made.logical_id)):
        assert part.get_resource(name).node.path == made.node.path


def test_tags_in_a_nested_stack(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """Neither the stacks above nor the nested one hand tags of the app to environments."""
    BatchForge(cdk.NestedStack(stack, "Nested"), "Forge", config=config_of())
    app = stack.node.root
    assert isinstance(app, cdk.App)
    cdk.Tags.of(app).add("team", "lab")
    [nested] = synthesized().all("AWS::CloudFormation::Stack")
    assert "Tags" not in nested
    [made] = app.synth().stacks
    assert made.tags == {}


@pytest.mark.parametrize("deep", [False, True], ids=["in the stack", "nested and deep"])
def test_ids_are_those_without_parts(*, deep: bool, stack: cdk.Stack) -> None:
    """Logical ids are CDK's for resources right below the environment, however deep that is."""
    below = Construct(cdk.NestedStack(stack, "Nested"), "Data/Lab 1") if deep else stack
    forge = BatchForge(below, "Forge", config=config_of())
    own = stack.resolve(forge.job_queues["work"].cfn_job_queue.logical_id)
    below.node.try_remove_child("Forge")
    plain = cdk.CfnResource(Construct(below, "Forge"), "WorkJobQueue", type="AWS::SNS::Topic")
    assert own == stack.resolve(plain.logical_id)


def test_resource_that_is_not_there(stack: cdk.Stack) -> None:
    """A wrong id is answered with the right one, and a wrong class with the class."""
    forge = BatchForge(stack, "Forge", config=config_of())
    with pytest.raises(ConfigError, match="did you mean WorkLaunchTemplate"):
        forge.resource("WorkLaunchTemplat")
    with pytest.raises(ConfigError, match="is a CfnJobQueue"):
        forge.resource("WorkJobQueue", ec2.CfnVPC)


def test_consumers_wait_for_queues(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """Rules and other queues refer to the resources, so that CloudFormation orders them."""
    forge = BatchForge(stack, "Forge", config=config_of())
    forge.job_queues["work"].on_job_state("Failed", "FAILED")
    batch.JobQueue(
        stack,
        "Own",
        compute_environments=[
            batch.OrderedComputeEnvironment(
                compute_environment=forge.compute_environments["work"].compute_environment, order=1
            )
        ],
    )
    template = synthesized()
    [rule] = template.all("AWS::Events::Rule")
    [queue] = [one for one in template.ids("AWS::Batch::JobQueue") if "WorkJobQueue" in one]
    assert rule["EventPattern"]["detail"]["jobQueue"] == [{"Fn::GetAtt": [queue, "JobQueueArn"]}]
    own = [one for one in template.all("AWS::Batch::JobQueue") if "JobQueueName" not in one]
    [order] = own[0]["ComputeEnvironmentOrder"]
    assert order["ComputeEnvironment"]["Fn::GetAtt"][1] == "ComputeEnvironmentArn"


def test_what_roles_get_waits_and_lands(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """Managed policies of CDK, and AWS's own, are on the role by reference."""
    forge = BatchForge(stack, "Forge", config=config_of())
    iam.ManagedPolicy(
        stack,
        "More",
        roles=[forge.compute_job_role],
        statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::a/*"])],
    )
    assert forge.node_roles is not None
    forge.node_roles.add_managed_policy(
        "InstanceRole", iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMReadOnlyAccess")
    )
    template = synthesized()
    [policy] = template.all("AWS::IAM::ManagedPolicy")
    [role] = [one for one in template.ids("AWS::IAM::Role") if "ComputeJobRole" in one]
    assert policy["Roles"] == [{"Ref": role}]
    nodes = next(
        one for one in template.all("AWS::IAM::Role") if one["RoleName"].endswith("InstanceRole")
    )
    assert "AmazonSSMReadOnlyAccess" in str(nodes["ManagedPolicyArns"])


def test_grants_in_a_stack_of_a_known_account(read_assembly: ReadAssembly) -> None:
    """What is made is of the stack's account for CDK too: grants land with whoever gets them."""
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(account="111122223333", **REGION))
    asked = {"kms_key": {"create": True}, "work_bucket": {}, "operations": {"blocked_queues": True}}
    forge = BatchForge(stack, "Forge", config=config_of(aws=asked))
    assert forge.log_groups is not None
    assert forge.log_groups.nodes is not None
    assert forge.operations is not None
    assert forge.operations.topic is not None
    assert forge.encryption_key is not None
    assert forge.work_bucket is not None
    group = iam.Group(stack, "Group")
    forge.encryption_key.grant_decrypt(group)
    forge.work_bucket.grant_read_write(group)
    forge.log_groups.nodes.grant_read(group)
    forge.operations.topic.grant_publish(group)
    template = read_assembly(app)["S"]
    [policy] = [one for one in template.all("AWS::IAM::Policy") if "Groups" in one]
    granted = str(policy["PolicyDocument"])
    for action in ("kms:Decrypt", "s3:PutObject", "logs:FilterLogEvents", "sns:Publish"):
        assert action in granted
    assert template.all("AWS::Logs::ResourcePolicy") == []


@pytest.mark.parametrize(
    "access", [{"user": {}}, {"role": {"principals": ["arn:aws:iam::111122223333:user/platform"]}}]
)
def test_platforms_identity_below_a_path(
    access: dict[str, Any], stack: cdk.Stack, synthesized: Synthesized
) -> None:
    """What Platform's role or user is granted names it without its path."""
    asked = {"platform_access": access, "iam": {"path": "/team/x/"}}
    platform = PlatformAccess(stack, "Platform", of=config_of(aws=asked))
    identity = platform.user or platform.role
    assert identity is not None
    s3.Bucket(stack, "Reports").grant_read(identity)
    [policy] = synthesized().all("AWS::IAM::Policy")
    [[name]] = [policy[key] for key in ("Users", "Roles") if key in policy]
    assert list(name) == ["Ref"]


def test_bucket_has_one_policy(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """What an app adds to the bucket's policy is in the policy that asks for TLS."""
    forge = BatchForge(stack, "Forge", config=config_of(aws={"work_bucket": {}}))
    assert forge.created_bucket is not None
    added = forge.created_bucket.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["s3:GetObject"],
            principals=[iam.AccountPrincipal("222233334444")],
            resources=[f"{forge.created_bucket.bucket.bucket_arn}/out/*"],
        )
    )
    assert added.statement_added
    [policy] = synthesized().all("AWS::S3::BucketPolicy")
    assert len(policy["PolicyDocument"]["Statement"]) >= 2
    assert "222233334444" in str(policy)


@pytest.mark.parametrize("alone", [True, False])
def test_policies_grow_by_every_grant(alone: bool, read_assembly: ReadAssembly) -> None:  # noqa: FBT001 - pytest passes by position
    """What other accounts and services are granted is in the one policy of key, bucket and topic.

    Roles and groups of the account have it in theirs, in whatever stack; ids follow an override.
    """
    app = cdk.App(analytics_reporting=False)
    where = cdk.Environment(account="111122223333", **REGION)
    stack, other = (cdk.Stack(app, name, env=where) for name in "SO")
    operations = {"blocked_queues": True}
    asked = {"kms_key": {"create": True}, "work_bucket": {}, "operations": operations}
    config = config_of(aws=asked)
    if alone:
        made = EncryptionKey(stack, "Key", of=config)
        bucket = WorkBucket(stack, "Bucket", of=config, beside=[made]).bucket
        topic = None
    else:
        forge = BatchForge(stack, "Forge", config=config)
        assert forge.created_key is not None
        assert forge.created_bucket is not None
        assert forge.operations is not None
        made, bucket, topic = forge.created_key, forge.created_bucket.bucket, forge.operations.topic
        assert topic is not None
    reader = iam.AccountPrincipal("444455556666")
    service = iam.ServicePrincipal("delivery.logs.amazonaws.com")
    role = iam.Role(other, "Role", assumed_by=service)
    for grantee in (reader, service, role):
        assert made.key.grant_decrypt(grantee).success
        assert topic is None or topic.grant_publish(grantee).success
    bucket.grant_read(iam.AccountPrincipal("777788889999"))
    made.cfn_key.override_logical_id("Renamed")
    child = made.key.node.default_child
    assert child is not None
    assert child.node.path == made.cfn_key.node.path
    cast("cdk.Resource", made.key).apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    found = read_assembly(app)
    for kind in ("KMS::Key", *(("SNS::TopicPolicy",) if topic else ())):
        [resource] = found["S"].all(f"AWS::{kind}")
        policy = str(resource.get("KeyPolicy", resource.get("PolicyDocument")))
        assert "444455556666" in policy
        assert "delivery.logs" in policy
        assert "RoleC" not in policy
        assert "AdministerKey" in policy or "PublishByTlsOnly" in policy
    [key] = found["S"].all("AWS::KMS::Key")
    assert "777788889999" in str(key["KeyPolicy"])
    assert found["S"].data["Resources"]["Renamed"]["DeletionPolicy"] == "Delete"
    [own] = found["O"].all("AWS::IAM::Policy")
    assert "GetAttRenamedArn" in str(own)
    assert "sns:Publish" in str(own) or topic is None


@pytest.mark.parametrize("cdks_first", [True, False])
def test_cdks_own_verbs_grow_the_same_policies(
    cdks_first: bool,  # noqa: FBT001 - pytest passes by position
    stack: cdk.Stack,
    synthesized: Synthesized,
) -> None:
    """What CDK grants by level 1 constructs and mixins, and what ours grant, is in one policy.

    By turns too: CDK goes on with what it found for a level 1 construct the first time.
    """
    operations = {"blocked_queues": True}
    asked = {"kms_key": {"create": True}, "work_bucket": {}, "operations": operations}
    forge = BatchForge(stack, "Forge", config=config_of(aws=asked))
    made, key, told = forge.created_bucket, forge.created_key, forge.operations
    assert made is not None
    assert key is not None
    assert told is not None
    topic = told.resource("OperationsTopic", sns.CfnTopic)

    def cdks(who: iam.IPrincipal) -> None:
        of_key = iam.ResourceWithPolicies.of(key.cfn_key)
        assert of_key is not None
        statement = iam.PolicyStatement(actions=["kms:Decrypt"], principals=[who], resources=["*"])
        assert of_key.add_to_resource_policy(statement).statement_added
        assert sns.TopicGrants.from_topic(topic).publish(who).success
        results = "arn:aws:s3:::example-parts-work/results/*"
        statement = iam.PolicyStatement(
            actions=["s3:GetObject"], principals=[who], resources=[results]
        )
        made.cfn_bucket_policy.with_(s3.mixins.BucketPolicyStatements([statement]))

    def ours(who: iam.IPrincipal) -> None:
        key.key.grant_decrypt(who)
        assert told.topic is not None
        told.topic.grant_publish(who)
        made.bucket.grant_read(who)

    turns = (cdks, ours, cdks, ours) if cdks_first else (ours, cdks, ours, cdks)
    accounts = [str(number) * 12 for number in range(2, 6)]
    for grant, account in zip(turns, accounts, strict=True):
        grant(iam.AccountPrincipal(account))
    template = synthesized()
    for kind, words in {
        "KMS::Key": ["AdministerKey", *accounts],
        "SNS::TopicPolicy": ["PublishByTlsOnly", *accounts],
        "S3::BucketPolicy": ["DenyWithoutTls", *accounts],
    }.items():
        made_once = str(template.one(f"AWS::{kind}"))
        assert [word for word in words if word not in made_once] == []


def test_a_role_that_needs_nothing(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """A role of the app that this environment asks nothing of gets no policy, which IAM refuses."""
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    files = efs.FileSystem(stack, "Files", vpc=vpc)
    config = ForgeConfig(
        name="mounted",
        region="eu-west-1",
        work_dir="/mnt/efs/work",
        forge=ForgeSettings(max_cpus=64),
    )
    tasks = iam.Role(stack, "Tasks", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    forge = BatchForge(
        stack, "Forge", config=config, vpc=vpc, efs_file_system=files, compute_job_role=tasks
    )
    stack.node.add_dependency(forge)
    assert "ComputeJobRole" not in forge.granted_policies
    assert not any("Tasks" in str(one) for one in synthesized().all("AWS::IAM::Policy"))


@pytest.mark.parametrize("brought", ["in the file", "of the app"])
def test_bucket_with_a_key_that_exists(
    brought: str, stack: cdk.Stack, synthesized: Synthesized
) -> None:
    """Whoever is granted the created bucket may use its key, whoever made that."""
    arn = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
    in_file = brought == "in the file"
    config = config_of(aws={"work_bucket": {}, **({"kms_key": {"arn": arn}} if in_file else {})})
    key = None if in_file else kms.Key(stack, "Own")
    forge = BatchForge(stack, "Forge", config=config, encryption_key=key)
    assert forge.created_bucket is not None
    forge.created_bucket.bucket.grant_read(iam.User(stack, "Reader"))
    granted = [
        one
        for one in synthesized().all("AWS::IAM::Policy")
        if "Reader" in str(one.get("Users", ""))
    ]
    assert "kms:Decrypt" in str(granted)


def test_vpc_is_handed_out(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """The created VPC takes endpoints and instances of the app."""
    forge = BatchForge(
        stack,
        "Forge",
        config=config_of(aws={"network": {"create": {"mode": "private"}}}),
    )
    assert forge.vpc is not None
    forge.vpc.add_interface_endpoint(
        "Ssm", service=ec2.InterfaceVpcEndpointAwsService.SSM, open=False
    )
    assert len(forge.vpc.private_subnets) == len(forge.vpc.public_subnets) > 1
    endpoints = synthesized().all("AWS::EC2::VPCEndpoint")
    assert any("Interface" in str(one) for one in endpoints)


def test_roles_of_the_app_are_granted(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """Two environments on one role: each has a policy of its own there, by reference."""
    one = BatchForge(stack, "One", config=config_of(name="one"))
    own = iam.Role(
        stack, "Own", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"), path="/team/"
    )
    BatchForge(stack, "Two", config=config_of(name="two"), head_job_role=own)
    BatchForge(
        stack, "Three", config=config_of(name="three"), head_job_role=own,
        compute_job_role=one.compute_job_role,
    )  # fmt: skip
    template = synthesized()
    policies = {one["PolicyName"]: one for one in template.all("AWS::IAM::Policy")}
    assert policies.keys() == {
        "TowerForge-two-HeadJobRole",
        "TowerForge-three-HeadJobRole",
        "TowerForge-three-ComputeJobRole",
    }
    assert "TowerForge-two-work" in str(policies["TowerForge-two-HeadJobRole"])
    assert "TowerForge-three-work" in str(policies["TowerForge-three-HeadJobRole"])
    assert "@{" not in str(template.data)
    [role] = [name for name in template.ids("AWS::IAM::Role") if name.startswith("Own")]
    assert policies["TowerForge-two-HeadJobRole"]["Roles"] == [{"Ref": role}]


def test_roles_of_another_account() -> None:
    """A role of another account's stack gets nothing here, where one of its name may be."""
    app = cdk.App(analytics_reporting=False)
    theirs = cdk.Stack(app, "T", env=cdk.Environment(account="999922223333", **REGION))
    ours = cdk.Stack(app, "S", env=cdk.Environment(account="111122223333", **REGION))
    role = iam.Role(
        theirs, "R", role_name="r", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com")
    )
    forge = BatchForge(ours, "Forge", config=config_of(), head_job_role=role)
    assert any("HeadJobRole cannot be changed" in str(one.data) for one in forge.node.metadata)
    assert forge.node.try_find_child("HeadJobRolePolicy") is None


def test_a_key_for_two_environments(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """The policy of a key of the app has each Sid once; a key that must not change is told of."""
    key = kms.Key(stack, "Key")
    first = BatchForge(stack, "One", config=config_of(name="one"), encryption_key=key)
    BatchForge(stack, "Two", config=config_of({"type": "EC2"}, name="two"), encryption_key=key)
    third = BatchForge(
        stack, "Three", config=config_of(name="three"), encryption_key=kms.Key.from_key_arn(
            stack, "Theirs", "arn:aws:kms:eu-west-1:111122223333:key/0123"
        ),
    )  # fmt: skip
    [policy] = [one["KeyPolicy"] for one in synthesized().all("AWS::KMS::Key")]
    sids = [one["Sid"] for one in policy["Statement"] if "Sid" in one]
    assert len(sids) == len(set(sids)) > 3
    assert not any("cannot be changed" in str(one.data) for one in first.node.metadata)
    assert any("policy of the key" in str(one.data) for one in third.node.metadata)
    with pytest.raises(ConfigError, match="alias"):
        BatchForge(
            stack, "Four", config=config_of(name="four"), encryption_key=key.add_alias("alias/lab")
        )


def test_roles_that_must_not_change(stack: cdk.Stack) -> None:
    """A role that takes no policies is told of, with the document that its owner has to add.

    As a template has it: CDK's own words for the account of the stack say nothing to people.
    """
    role = iam.Role.from_role_arn(
        stack, "Imported", "arn:aws:iam::111122223333:role/theirs", mutable=False
    )
    forge = BatchForge(stack, "Forge", config=config_of(), head_job_role=role)
    warned = [
        str(one.data) for one in forge.node.metadata if "HeadJobRole cannot be changed" in one.data
    ]
    assert len(warned) == 1
    assert '"batch:SubmitJob"' in warned[0]
    assert '{"Ref":"AWS::AccountId"}' in warned[0]
    assert "Token[" not in warned[0]
    with pytest.raises(ConfigError, match=r"(?s)nothing can be granted.*got: +S/Imported"):
        forge.grant_submit_jobs(role)


def test_grants(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """Launching is narrower than submitting: one definition, one queue."""
    forge = BatchForge(
        stack, "Forge", config=config_of(aws={"head_job_definition": {"image": "cr.seqera.io/x:1"}})
    )
    launcher = iam.Role(stack, "Launcher", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    assert forge.grant_launch(launcher).success
    [policy] = synthesized().all("AWS::IAM::Policy")
    submit = policy["PolicyDocument"]["Statement"][0]
    assert "job-definition/*" not in str(submit)
    with pytest.raises(ConfigError, match="head_job_definition"):
        BatchForge(stack, "Other", config=config_of(name="other")).grant_launch(launcher)


def test_tags_of_an_app_never_become_the_stacks(stack: cdk.Stack) -> None:
    """Without CDK's flag `Tags.of` tags the stack too; not where environments would be replaced."""
    BatchForge(stack, "Forge", config=config_of())
    cdk.Tags.of(stack).add("cost", "1")
    cdk.Tags.of(stack).add("owner", "lab", priority=2**40)
    app = stack.node.root
    assert isinstance(app, cdk.App)
    cdk.Tags.of(app).add("team", "lab")
    [made] = app.synth().stacks
    assert made.tags == {}


def test_tags_of_the_stack_itself_are_warned_of() -> None:
    """Tags that a stack is given as such are its own, and CloudFormation hands them on."""
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(**REGION), tags={"team": "lab"})
    BatchForge(stack, "Forge", config=config_of())
    [made] = app.synth().stacks
    assert made.tags == {"team": "lab"}
    assert any("stack's tag team" in str(one.entry.data) for one in made.messages)


def test_values_of_the_deployment(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """Parameters take the place of the file's values, where the file's would stand."""
    most = cdk.CfnParameter(stack, "Most", type="Number").value_as_number
    image = cdk.CfnParameter(stack, "Image", type="AWS::SSM::Parameter::Value<String>")
    BatchForge(
        stack,
        "Forge",
        config=config_of({"image_id": "ami-0123456789abcdef0"}),
        at_deployment=AtDeployment(max_cpus=most, image_id=image.value_as_string),
    )
    [work] = [
        one["Properties"]
        for name, one in synthesized().data["Resources"].items()
        if name.startswith("ForgeWorkComputeEnvironment")
    ]
    assert work["ComputeResources"]["MaxvCpus"] == {"Ref": "Most"}
    [asked] = work["ComputeResources"]["Ec2Configuration"]
    assert asked["ImageIdOverride"] == {"Ref": "Image"}
    with pytest.raises(ConfigError, match=r"forge\.image_id"):
        BatchForge(
            stack,
            "Other",
            config=config_of(name="other"),
            at_deployment=AtDeployment(image_id=image.value_as_string),
        )


def test_parts_alone(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """A queue with its environment, node template, roles and network, part by part."""
    config = config_of(forge={"fargate_head_enabled": False})
    logs = LogGroups(stack, "Logs", of=config)
    roles = NodeRoles(stack, "Roles", of=config)
    profile = InstanceProfile(stack, "Profile", of=config, beside=[roles])
    network = BatchNetwork(stack, "Network", of=config)
    nodes = NodeTemplate(stack, "Nodes", of=config, key="work", beside=[logs])
    spot = ComputeEnvironment(
        stack, "Spot", of=config, key="work", beside=[roles, profile, network, nodes]
    )
    queue = JobQueue(stack, "Queue", of=config, key="work", beside=[spot])
    cdk.Tags.of(stack).add("team", "lab")
    template = synthesized()
    [environment] = template.all(BATCH)
    assert environment["ComputeResources"]["Tags"]["team"] == "lab"
    assert "Tags" not in environment
    assert queue.job_queue.job_queue_arn
    assert spot.compute_environment.compute_environment_arn
    assert len(template.ids("AWS::EC2::VPC")) == 1


def test_a_bucket_alone(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """The work bucket without anything else, as a bucket of CDK."""
    bucket = WorkBucket(stack, "Work", of=config_of(aws={"work_bucket": {}}))
    bucket.bucket.grant_read(iam.User(stack, "User"))
    bucket.bucket.grant_put(iam.ServicePrincipal("logging.s3.amazonaws.com"))
    bucket.bucket.grant_read(iam.AccountPrincipal("222233334444"))
    assert isinstance(bucket.cfn_bucket, s3.CfnBucket)
    template = synthesized()
    assert len(template.ids("AWS::S3::Bucket")) == 1
    [policy] = template.all("AWS::S3::BucketPolicy")
    statements = policy["PolicyDocument"]["Statement"]
    assert [one["Effect"] for one in statements].count("Deny") == 1
    assert "logging.s3.amazonaws.com" in str(statements)
    assert "222233334444" in str(statements)


def test_access_in_a_stack_of_its_own(read_assembly: ReadAssembly) -> None:
    """A security team's stack has roles and Platform's access; the pipelines' stack uses them."""
    app = cdk.App(analytics_reporting=False)
    where = cdk.Environment(account="111122223333", **REGION)
    security, pipelines = (cdk.Stack(app, name, env=where) for name in ("Security", "Pipelines"))
    config = config_of(aws={"platform_access": {"user": {}}})
    access = PlatformAccess(security, "Platform", of=config)
    roles = JobRoles(security, "Roles", of=config)
    BatchForge(
        pipelines,
        "Forge",
        config=config_of(),
        head_job_role=roles.head,
        compute_job_role=roles.compute,
        execution_role=roles.execution,
    )
    assert access.user is not None
    assert access.role is None
    made = read_assembly(app)
    assert "@{" not in str([one.data for one in made.values()])
    assert not any("JobRole" in name for name in made["Pipelines"].ids("AWS::IAM::Role"))
    names = [role["RoleName"] for one in made.values() for role in one.all("AWS::IAM::Role")]
    assert len(names) == len(set(names))
    assert made["Security"].ids("AWS::IAM::User")


def test_one_identity_for_several_environments(read_assembly: ReadAssembly) -> None:
    """One user of Platform serves several environments, in fewer words than by themselves."""
    asked = config_of(aws={"platform_access": {"user": {}}})
    others = [config_of(name=f"other{number}") for number in range(5)]
    made: dict[str, Template] = {}
    for name, also in (("Alone", []), ("Several", others)):
        app = cdk.App(analytics_reporting=False)
        where = cdk.Environment(account="111122223333", **REGION)
        PlatformAccess(cdk.Stack(app, name, env=where), "Platform", of=asked, also=also)
        made |= read_assembly(app)
    alone, several = (str(made[name].data["Resources"]) for name in ("Alone", "Several"))
    assert all(f"TowerForge-other{number}-head" in several for number in range(5))
    assert len(several) < 3 * len(alone)
    sids = [
        statement["Sid"]
        for policy in made["Several"].all("AWS::IAM::ManagedPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert len(sids) == len(set(sids))


def test_what_is_brought_from_elsewhere() -> None:
    """A network, key, topic, file system or part of another region or account is refused."""
    app = cdk.App(analytics_reporting=False)
    here = cdk.Stack(app, "S", env=cdk.Environment(account="111122223333", **REGION))
    west = cdk.Stack(app, "W", env=cdk.Environment(account="111122223333", region="us-west-2"))
    theirs = cdk.Stack(app, "T", env=cdk.Environment(account="222233334444", **REGION))
    vpc = ec2.Vpc(west, "Vpc", max_azs=2)
    brought: list[dict[str, Any]] = [
        {"vpc": vpc},
        {"vpc": ec2.Vpc(theirs, "Vpc", max_azs=2)},
        {"encryption_key": kms.Key(west, "Key")},
        {"operations_topic": sns.Topic(west, "Topic")},
        {
            "vpc": ec2.Vpc(here, "Vpc", max_azs=2),
            "efs_file_system": efs.FileSystem(west, "Files", vpc=vpc),
        },
    ]
    for arguments in brought:
        name, one = list(arguments.items())[-1]
        message = rf"(?s)^S/Forge: .*{name}: it is of another .*got: +{one.node.path}, .*eu-west-1"
        with pytest.raises(ConfigError, match=message):
            BatchForge(here, "Forge", config=config_of(), **arguments)
    config = config_of(aws={"kms_key": {"create": True}})
    key = EncryptionKey(theirs, "Key", of=config)
    with pytest.raises(ConfigError, match=r"(?s)^S/Logs: .*beside: it is of another.*T/Key"):
        LogGroups(here, "Logs", of=config, beside=[key])
    service = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
    nameless: list[dict[str, Any]] = [
        {"work_bucket": s3.Bucket(west, "Work")},
        {"work_bucket": s3.Bucket(theirs, "Work")},
        {"operations_topic": sns.Topic(theirs, "Topic")},
        {"head_job_role": iam.Role(west, "Role", assumed_by=service)},
    ]
    for arguments in nameless:
        [(name, one)] = arguments.items()
        message = rf"(?s)^S/Forge: .*{name}: .*known only at deployment.*got: +{one.node.path}\n"
        with pytest.raises(ConfigError, match=message):
            BatchForge(here, "Forge", config=config_of(), **arguments)
    named = s3.Bucket(west, "Named", bucket_name=cdk.PhysicalName.GENERATE_IF_NEEDED)
    BatchForge(here, "Named", config=config_of(name="named"), work_bucket=named)
    # A key of another account may be used.
    foreign = kms.Key.from_key_arn(here, "Foreign", "arn:aws:kms:eu-west-1:222233334444:key/a")
    BatchForge(here, "Forge", config=config_of(), encryption_key=foreign)


def test_file_of_another_account(read_assembly: ReadAssembly) -> None:
    """A file that names its account is for a stack of that account."""
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(account="111122223333", **REGION))
    with pytest.raises(ConfigError, match=r"(?s)^S/Forge: .*aws.account: .*222233334444"):
        BatchForge(stack, "Forge", config=config_of(aws={"account": "222233334444"}))
    BatchForge(stack, "Forge", config=config_of(aws={"account": "111122223333"}))
    assert read_assembly(app)["S"].all("AWS::Batch::JobQueue")


def test_file_systems_as_cdk_knows_them(stack: cdk.Stack, synthesized: Synthesized) -> None:
    """What is made goes where CDK takes a file system: access points, other constructs' rules."""
    forge = BatchForge(stack, "Forge", config=config_of({"efs_create": True}))
    made = forge.created_file_systems["efs"]
    assert made.efs_file_system is not None
    assert made.fsx_file_system is None
    mounted = forge.file_systems["efs"]
    for number, given in enumerate((made.efs_file_system, mounted), start=1):
        point = efs.AccessPoint(stack, f"Access{number}", file_system=given)
        assert point.file_system.file_system_id == given.file_system_id
    efs.CfnAccessPoint(stack, "Raw", file_system_id=mounted)
    reader = iam.User(stack, "Reader")
    mounted.grant_root_access(reader)
    mounted.grant(reader, "elasticfilesystem:DescribeMountTargets")
    waiting = cdk.CfnResource(stack, "Waiting", type="AWS::CloudFormation::WaitConditionHandle")
    waiting.node.add_dependency(mounted.mount_targets_available)
    for nobody in (iam.AccountPrincipal("222233334444"), iam.ServicePrincipal("a.amazonaws.com")):
        with pytest.raises(ConfigError, match=r"S/Forge/MountedEfs: error\[grantee\]"):
            mounted.grant_read(nobody)
    made.efs_file_system.connections.allow_default_port_from(ec2.Peer.ipv4("10.9.0.0/16"))
    template = synthesized()
    [system] = template.ids("AWS::EFS::FileSystem")
    points = template.all("AWS::EFS::AccessPoint")
    assert [one["FileSystemId"] for one in points] == [{"Ref": system}] * 3
    [handle] = template.ids("AWS::CloudFormation::WaitConditionHandle")
    targets = template.ids("AWS::EFS::MountTarget")
    assert set(template.data["Resources"][handle]["DependsOn"]) == set(targets)
    [rule] = [one for one in template.all("AWS::EC2::SecurityGroupIngress") if "CidrIp" in one]
    assert (rule["CidrIp"], rule["FromPort"]) == ("10.9.0.0/16", 2049)
    target = template.all("AWS::EFS::MountTarget")[0]
    assert rule["GroupId"] == target["SecurityGroups"][0]


def test_every_refusal_says_where(stack: cdk.Stack) -> None:
    """What an argument or the file breaks is told with the construct's path."""
    elsewhere = config_of(region="us-west-2")
    with pytest.raises(ConfigError, match=r"^S/Forge: .*work_folder"):
        BatchForge(stack, "Forge", config=config_of(), work_folder="alone")
    with pytest.raises(ConfigError, match=r"^S/Forge: .*region"):
        BatchForge(stack, "Forge", config=elsewhere)
    with pytest.raises(ConfigError, match=r"^S/Roles: .*region"):
        JobRoles(stack, "Roles", of=elsewhere)


@pytest.mark.parametrize(
    ("part", "key", "message"),
    [
        (JobQueue, "work", "(?s)refers to WorkComputeEnvironment.*allowed: ComputeEnvironment\n"),
        (ComputeEnvironment, "other", "several, or no such part"),
        (LogGroups, "work", "(?s)has one such part.*got: +work.*leave it out"),
        (WorkBucket, None, "asks for nothing that a WorkBucket makes"),
        (PlatformAccess, None, "asks for nothing that a PlatformAccess makes"),
    ],
)
def test_parts_that_cannot_be_alone(
    stack: cdk.Stack, part: type[Any], key: str | None, message: str
) -> None:
    """What is missing is said with the place and the way out, before anything is made."""
    before = len(stack.node.children)
    with pytest.raises(ConfigError, match=message):
        part(stack, "Part", of=config_of(), key=key)
    assert len(stack.node.children) == before


def test_platforms_identity_alone_serves_further_environments(stack: cdk.Stack) -> None:
    """Files of others mean nothing to a part but Platform's identity, and are no argument of it."""
    with pytest.raises(TypeError, match="also"):
        cast("Any", LogGroups)(stack, "Logs", of=config_of(), also=[config_of(name="other")])
