# SPDX-License-Identifier: Apache-2.0
"""The construct: what it makes, what it may do, and what it does not take."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog.ids import REGISTRATION_ROLE
from seqera_batch.policies.document import Scope
from seqera_batch.policies.registration import RegistrationAccess, registration
from seqera_batch.problems import ConfigError
from tests.linting import said

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk
    from aws_cdk import aws_ec2 as ec2

    from tests.conftest import ReadAssembly, Template

CONFIG = {
    "discriminator": "aws-batch",
    "region": "eu-west-1",
    "workDir": "s3://work/dir",
    "headQueue": "TowerForge-demo-head",
    "computeQueue": "TowerForge-demo-work",
    "waveEnabled": True,
    "headJobCpus": 2,
}
PAYLOAD: dict[str, Any] = {
    "computeEnv": {"name": "demo", "platform": "aws-batch", "config": CONFIG},
    "labelIds": [1, 2],
}
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf"  # noqa: S105 - its name
KEY = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
NAME = "TowerForge-demo-Registration"
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"


def _register(stack: cdk.Stack, **changed: Any) -> Any:  # noqa: ANN401 - arguments, and the construct
    from aws_cdk import aws_secretsmanager as secretsmanager

    from seqera_batch import PlatformRegistration

    arguments = {
        "payload": PAYLOAD,
        "credentials_id": "3gQ5jPoYFDWLyhXqzPe3Sw",
        "workspace_id": 4711,
        **changed,
    }
    if "token_secret" not in arguments:
        arguments["token_secret"] = secretsmanager.Secret.from_secret_complete_arn(
            stack, "Token", SECRET
        )
    return PlatformRegistration(stack, "Registration", **arguments)


def _vpc(stack: cdk.Stack) -> ec2.IVpc:
    from aws_cdk import aws_ec2

    return aws_ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-0123456789abcdef0"],
        private_subnet_route_table_ids=["rtb-0123456789abcdef0"],
    )


def _synthesize(folder: Path, read: ReadAssembly) -> dict[str, Template]:
    import aws_cdk as cdk
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_secretsmanager as secretsmanager

    app = cdk.App(analytics_reporting=False, outdir=str(folder))
    where = cdk.Environment(region="eu-west-1", account="111122223333")
    _register(cdk.Stack(app, "plain", env=where))

    stack = cdk.Stack(app, "full", env=where)
    secret = secretsmanager.Secret.from_secret_attributes(
        stack,
        "Token",
        secret_complete_arn=SECRET,
        encryption_key=kms.Key.from_key_arn(stack, "Key", KEY),
    )
    role = iam.Role(stack, "Job", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    payload = {
        **PAYLOAD,
        "computeEnv": {
            **PAYLOAD["computeEnv"],
            "config": {**CONFIG, "headJobRole": role.role_arn},
        },
    }
    registered = _register(
        stack,
        payload=payload,
        token_secret=secret,
        vpc=_vpc(stack),
        name="other",
        token_field="token",  # noqa: S106 - a field's name
        endpoint="https://seqera.example.org/api/",
        workspace_id=None,
        permissions_boundary=BOUNDARY,
        iam_path="/lab/",
    )
    cdk.CfnOutput(stack, "Id", value=registered.compute_env_id)

    stack = cdk.Stack(app, "tokens", env=where)
    parameter = cdk.CfnParameter(stack, "Any")
    _register(
        stack,
        token_secret=secretsmanager.Secret.from_secret_name_v2(stack, "Token", "seqera/token"),
        endpoint=parameter.value_as_string,
        workspace_id=parameter.value_as_string,
        credentials_id=parameter.value_as_string,
        vpc=_vpc(stack),
        security_groups=[
            ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
        ],
    )
    return read(app)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the assembly is written."""
    return tmp_path_factory.mktemp("registration")


@pytest.fixture(scope="module")
def templates(folder: Path, read_assembly: ReadAssembly) -> dict[str, Template]:
    """Return the templates: plain, with everything, and with tokens for all that may be one."""
    return _synthesize(folder, read_assembly)


def _statements(template: Template, plain: Callable[..., Any]) -> dict[str, dict[str, Any]]:
    roles = [role for role in template.all("AWS::IAM::Role") if "Policies" in role]
    [policy] = roles[0]["Policies"]
    return {one["Sid"]: one for one in plain(policy["PolicyDocument"])["Statement"]}


def test_resources(templates: dict[str, Template]) -> None:
    """Four resources, and no fifth: no second function, no state machine, no bucket policy."""
    kinds = sorted(one["Type"] for one in templates["plain"].data["Resources"].values())
    assert kinds == [
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "Custom::SeqeraComputeEnvironment",
    ]


def test_off_by_default(read_assembly: ReadAssembly, configure: Callable[..., Any]) -> None:
    """An environment that nobody asked to register has no function and no asset."""
    import aws_cdk as cdk

    from seqera_batch import SeqeraBatchStack

    app = cdk.App(analytics_reporting=False)
    SeqeraBatchStack(app, "S", config=configure())
    template = read_assembly(app)["S"]
    assert not template.ids("AWS::Lambda::Function")
    assert not template.ids("Custom::SeqeraComputeEnvironment")


@pytest.fixture(scope="module")
def forged(read_assembly: ReadAssembly) -> Template:
    """Return a stack of an app's own, key and role too, with an environment that is registered."""
    import aws_cdk as cdk
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_secretsmanager as secretsmanager

    from seqera_batch import BatchForge, ForgeConfig

    config = ForgeConfig.from_dict(
        {
            "name": "demo",
            "region": "eu-west-1",
            "work_dir": "s3://work/dir",
            "forge": {"type": "SPOT", "max_cpus": 8},
            "credentials_id": "3gQ5jPoYFDWLyhXqzPe3Sw",
            "environment": [{"name": "A", "value": "${HOME}", "compute": True}],
            "aws": {
                "platform_registration": {
                    "token_secret": SECRET,
                    "token_field": "token",
                    "workspace_id": 4711,
                    "endpoint": "https://seqera.example.org/api/",
                },
                "iam": {"path": "/lab/", "permissions_boundary": BOUNDARY},
            },
        }
    )
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(region="eu-west-1"))
    forge = BatchForge(
        stack,
        "Forge",
        config=config,
        encryption_key=kms.Key(stack, "Key"),
        head_job_role=iam.Role(stack, "Head", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com")),
    )
    assert forge.registration is not None
    cdk.CfnOutput(stack, "Id", value=forge.registration.compute_env_id)
    forge.registration.cfn_function.add_property_override("MemorySize", 256)
    secretsmanager.Secret(stack, "More").grant_read(forge.registration.role)
    return read_assembly(app)["S"]


def test_from_a_file(forged: Template) -> None:
    """`BatchForge` registers what its file asks for, as the section and the IAM settings say."""
    made = forged.one("Custom::SeqeraComputeEnvironment")
    assert (made["WorkspaceId"], made["Endpoint"]) == ("4711", "https://seqera.example.org/api")
    [role] = [one for one in forged.all("AWS::IAM::Role") if one.get("RoleName") == NAME]
    assert (role["PermissionsBoundary"], role["Path"]) == (BOUNDARY, "/lab/")
    function = forged.one("AWS::Lambda::Function")
    assert function["FunctionName"] == NAME
    assert function["Environment"]["Variables"] == {"TOKEN_SECRET": SECRET, "TOKEN_FIELD": "token"}
    assert function["MemorySize"] == 256
    logs = {one["LogGroupName"]: one for one in forged.all("AWS::Logs::LogGroup")}
    assert "KmsKeyId" in logs["/seqera-batch/TowerForge-demo/registration"]
    [resource] = forged.ids("Custom::SeqeraComputeEnvironment")
    assert forged.data["Outputs"]["Id"]["Value"] == {"Ref": resource}


def test_grants_to_the_function_below_a_path(forged: Template) -> None:
    """What the function's role is granted more names the role, whose path is not its name."""
    [more] = [one for one in forged.all("AWS::IAM::Policy") if "More" in str(one["PolicyDocument"])]
    assert [list(role) for role in more["Roles"]] == [["Ref"]]


def test_what_a_file_registers(forged: Template, plain: Callable[..., Any]) -> None:
    """The body names queues, roles and the key as they are deployed, variables as they are said."""
    text = plain(forged.one("Custom::SeqeraComputeEnvironment")["Body"], {"AWS::AccountId": "1"})
    env = json.loads(text)["computeEnv"]
    assert (env["name"], env["credentialsId"]) == ("demo", "3gQ5jPoYFDWLyhXqzPe3Sw")
    assert env["config"]["headQueue"] == "TowerForge-demo-head"
    assert env["config"]["headJobRole"].startswith("${Head")
    role = "arn:aws:iam::1:role/lab/TowerForge-demo-ComputeJobRole"
    assert env["config"]["computeJobRole"] == role
    assert env["config"]["environment"][0]["value"] == "${HOME}"
    [key] = forged.ids("AWS::KMS::Key")
    assert env["config"]["secretsKmsKeyId"] == f"${{{key}.Arn}}"


def test_registered_last(forged: Template) -> None:
    """Platform hears of the environment once all of it is there, and forgets it before any goes."""
    [last] = forged.ids("Custom::SeqeraComputeEnvironment")
    [function] = forged.ids("AWS::Lambda::Function")
    behind: set[str] = {last}
    while (
        more := {
            near
            for one in behind
            for near in forged.data["Resources"]
            if near in json.dumps(forged.data["Resources"][one])
        }
        - behind
    ):
        behind |= more
    assert behind == forged.data["Resources"].keys()
    assert function not in forged.data["Resources"][last]["DependsOn"]


def test_of_a_stack(read_assembly: ReadAssembly, configure: Callable[..., Any]) -> None:
    """A stack of one environment tells its id in Platform as an output."""
    import aws_cdk as cdk

    from seqera_batch import SeqeraBatchStack

    app = cdk.App(analytics_reporting=False)
    asked = {"aws": {"platform_registration": {"token_secret": SECRET}}, "credentials_id": "1a"}
    SeqeraBatchStack(app, "S", config=configure(**asked))
    template = read_assembly(app)["S"]
    [resource] = template.ids("Custom::SeqeraComputeEnvironment")
    assert template.data["Outputs"]["ComputeEnvId"]["Value"] == {"Ref": resource}


def test_what_platform_would_refuse(configure: Callable[..., Any]) -> None:
    """What Platform takes in Forge mode only is refused before anything is deployed."""
    import aws_cdk as cdk

    from seqera_batch import BatchForge

    config = configure(
        aws={"platform_registration": {"token_secret": SECRET}},
        credentials_id="1a",
        forge={"type": "SPOT", "max_cpus": 8, "fargate_head_enabled": True},
        wave_enabled=True,
        fusion2_enabled=True,
    )
    stack = cdk.Stack(env=cdk.Environment(region="eu-west-1"))
    with pytest.raises(ConfigError) as raised:
        BatchForge(stack, "Forge", config=config)
    assert [problem.rule for problem in raised.value.problems] == ["manual-fargate-head"]


def test_grants(read_assembly: ReadAssembly) -> None:
    """What the function is granted comes before the registration, and so do its connections."""
    import aws_cdk as cdk
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_iam as iam

    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(region="eu-west-1"))
    made = _register(stack, vpc=_vpc(stack))
    made.function.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])
    )
    made.function.connections.allow_to_any_ipv4(ec2.Port.tcp(8443))
    template = read_assembly(app)["S"]
    [resource] = template.ids("Custom::SeqeraComputeEnvironment")
    [policy] = template.ids("AWS::IAM::Policy")
    assert policy in template.data["Resources"][resource]["DependsOn"]
    ports = [
        one["FromPort"] for one in template.one("AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    ]
    ports += [one["FromPort"] for one in template.all("AWS::EC2::SecurityGroupEgress")]
    assert ports == [443, 8443]


def test_properties(templates: dict[str, Template], plain: Callable[..., Any]) -> None:
    """The payload travels as text, in which numbers and booleans stay what they are."""
    found = templates["plain"].one("Custom::SeqeraComputeEnvironment")
    body = json.loads(plain(found["Body"]))
    assert body == {
        **PAYLOAD,
        "computeEnv": {**PAYLOAD["computeEnv"], "credentialsId": "3gQ5jPoYFDWLyhXqzPe3Sw"},
    }
    assert found["Endpoint"] == "https://api.cloud.seqera.io"
    assert found["WorkspaceId"] == "4711"
    assert found["ServiceTimeout"] == "720"


def test_properties_with_tokens(templates: dict[str, Template], plain: Callable[..., Any]) -> None:
    """Tokens in the payload are resolved, and make what they name come first."""
    template = templates["full"]
    found = template.one("Custom::SeqeraComputeEnvironment")
    env = json.loads(plain(found["Body"]))["computeEnv"]
    assert env["name"] == "other"
    assert env["config"]["headJobRole"].startswith("${Job")
    assert found["Endpoint"] == "https://seqera.example.org/api"
    assert found["WorkspaceId"] == ""
    [resource] = template.ids("Custom::SeqeraComputeEnvironment")
    assert template.data["Outputs"]["Id"]["Value"] == {"Ref": resource}
    tokens = templates["tokens"].one("Custom::SeqeraComputeEnvironment")
    assert tokens["Endpoint"] == tokens["WorkspaceId"] == {"Ref": "Any"}


def test_function(templates: dict[str, Template]) -> None:
    """The function has time to wait, and knows the secret by its name alone."""
    found = templates["plain"].one("AWS::Lambda::Function")
    assert found["Handler"] == "registration.handler.on_event"
    assert found["Runtime"] == "python3.14"
    assert found["Timeout"] == 600
    assert found["Environment"] == {"Variables": {"TOKEN_SECRET": SECRET}}
    assert "VpcConfig" not in found
    assert templates["full"].one("AWS::Lambda::Function")["Environment"]["Variables"] == {
        "TOKEN_SECRET": SECRET,
        "TOKEN_FIELD": "token",
    }


def test_role(templates: dict[str, Template], plain: Callable[..., Any]) -> None:
    """The role reads one secret and writes one log, and has no managed policy."""
    role = templates["plain"].one("AWS::IAM::Role")
    assert "ManagedPolicyArns" not in role
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": "lambda.amazonaws.com"
    }
    statements = _statements(templates["plain"], plain)
    assert statements.keys() == {"ReadPlatformToken", "WriteOwnLog"}
    assert statements["ReadPlatformToken"]["Action"] == "secretsmanager:GetSecretValue"
    assert statements["ReadPlatformToken"]["Resource"] == SECRET
    [log] = templates["plain"].ids("AWS::Logs::LogGroup")
    assert statements["WriteOwnLog"]["Resource"] == f"${{{log}.Arn}}"


def test_role_with_everything(templates: dict[str, Template], plain: Callable[..., Any]) -> None:
    """A key of one's own and a VPC add what they need; boundary and path are the role's."""
    [_, role] = sorted(templates["full"].all("AWS::IAM::Role"), key=lambda one: "Path" in one)
    assert (role["PermissionsBoundary"], role["Path"]) == (BOUNDARY, "/lab/")
    statements = {one["Sid"]: one for one in role["Policies"][0]["PolicyDocument"]["Statement"]}
    assert statements["DecryptPlatformToken"]["Resource"] == KEY
    assert statements["DecryptPlatformToken"]["Condition"] == {
        "StringLike": {"kms:EncryptionContext:SecretARN": SECRET}
    }
    assert {"CreateNetworkInterfaces", "ManageNetworkInterfaces", "DescribeNetwork"} < {*statements}


def test_secret_by_name(templates: dict[str, Template], plain: Callable[..., Any]) -> None:
    """A secret that is known by name is allowed with the six characters that AWS adds."""
    resource = _statements(templates["tokens"], plain)["ReadPlatformToken"]["Resource"]
    assert resource.endswith(":111122223333:secret:seqera/token-??????")


def test_network(templates: dict[str, Template]) -> None:
    """In a VPC the function lets out HTTPS only and nothing in; given groups are used instead."""
    group = templates["full"].one("AWS::EC2::SecurityGroup")
    [rule] = group["SecurityGroupEgress"]
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")
    assert "SecurityGroupIngress" not in group
    tokens = templates["tokens"].one("AWS::Lambda::Function")
    assert tokens["VpcConfig"]["SecurityGroupIds"] == ["sg-0123456789abcdef0"]
    assert not templates["tokens"].ids("AWS::EC2::SecurityGroup")


def test_log(templates: dict[str, Template]) -> None:
    """The log is kept for a while and goes with the stack."""
    [key] = templates["plain"].ids("AWS::Logs::LogGroup")
    log = templates["plain"].data["Resources"][key]
    assert log["Properties"]["RetentionInDays"] == 30
    assert log["DeletionPolicy"] == "Delete"
    function = templates["plain"].one("AWS::Lambda::Function")
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": key}}


def test_asset(folder: Path, templates: dict[str, Template]) -> None:
    """The function's code is these files and no others, the same for every stack."""
    [asset] = [path for path in folder.iterdir() if path.name.startswith("asset.")]
    files = sorted(str(path.relative_to(asset)) for path in asset.rglob("*") if path.is_file())
    source = Path(sys.modules["seqera_batch.registration"].__file__ or "").parent
    assert files == [f"registration/{path.name}" for path in sorted(source.glob("*.py"))]
    keys = {str(one.one("AWS::Lambda::Function")["Code"]["S3Key"]) for one in templates.values()}
    assert keys == {f"{asset.name.removeprefix('asset.')}.zip"}


def test_code_runs_alone(folder: Path, templates: dict[str, Template], tmp_path: Path) -> None:
    """The code loads as Lambda loads it: from the archive, without library and packages."""
    [asset] = [path for path in folder.iterdir() if path.name.startswith("asset.")]
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for path in asset.rglob("*.py"):
            opened.write(path, path.relative_to(asset))
    code = f"import sys; sys.path.insert(0, {str(archive)!r}); import registration.handler as h"
    code += "; print(h.__file__, h.on_event.__name__)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [f"{archive}/registration/handler.py", "on_event"]


@pytest.mark.parametrize("name", ["plain", "full", "tokens"])
def test_cfn_lint(folder: Path, templates: dict[str, Template], name: str) -> None:
    """cfn-lint finds nothing, but that CDK writes Fn::Join where Fn::Sub would do."""
    text = (folder / f"{name}.template.json").read_text("utf-8")
    assert said(text, "eu-west-1", "I1022") == []


def _nagged(folder: Path) -> cdk.App:
    import aws_cdk as cdk
    from cdk_nag import AwsSolutionsChecks

    app = cdk.App(analytics_reporting=False, outdir=str(folder))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def test_nag(tmp_path: Path) -> None:
    """cdk-nag's AwsSolutions finds nothing, and nothing has to be acknowledged for that."""
    import aws_cdk as cdk

    app = _nagged(tmp_path)
    _register(cdk.Stack(app, "S"))
    app.synth()


def test_nag_in_vpc(tmp_path: Path) -> None:
    """In a VPC it finds the wildcards of network interfaces, whose reasons the policy has."""
    import aws_cdk as cdk

    app = _nagged(tmp_path / "found")
    stack = cdk.Stack(app, "S")
    _register(stack, vpc=_vpc(stack))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    app = _nagged(tmp_path / "accepted")
    stack = cdk.Stack(app, "S")
    role = (
        _register(stack, vpc=_vpc(stack)).node.find_child("Default").get_resource(REGISTRATION_ROLE)
    )
    # As cdk-nag writes tokens.
    where = Scope(partition="<AWS::Partition>", region="<AWS::Region>", account="<AWS::AccountId>")
    access = RegistrationAccess(token_secret=SECRET, log_streams="log", in_vpc=True)
    for statement in registration(where, access).statements:
        for resource in statement.resources:
            if "*" in resource:
                found = f"AwsSolutions-IAM5[Resource::{resource}]"
                accepted = cdk.Acknowledgment(id=found, reason=statement.reason)
                cdk.Validations.of(role).acknowledge(accepted)
    app.synth()


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"workspace_id": "my-org/ws"}, "workspace_id"),
        ({"credentials_id": "my credentials"}, "credentials_id"),
        ({"endpoint": "http://seqera.example.org/api"}, "endpoint"),
        ({"endpoint": "seqera.example.org"}, "endpoint"),
        ({"endpoint": "https://user:pass@seqera.example.org"}, "endpoint"),
        ({"endpoint": "https://seqera.example.org/api?x=1"}, "endpoint"),
        ({"name": "my environment"}, "payload.computeEnv.name"),
        ({"name": "n" * 101}, "payload.computeEnv.name"),
    ],
)
def test_wrong_values(changed: dict[str, Any], path: str) -> None:
    """A value of the wrong form is told before anything is deployed."""
    import aws_cdk as cdk

    with pytest.raises(ConfigError) as raised:
        _register(cdk.Stack(), **changed)
    [problem] = raised.value.problems
    assert problem.path == path
    assert problem.allowed


def test_wrong_network() -> None:
    """Subnets without their VPC are refused, and public ones: there a function reaches nothing."""
    import aws_cdk as cdk
    from aws_cdk import aws_ec2 as ec2

    public = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    stack = cdk.Stack()
    for arguments, path in (
        ({"vpc_subnets": public}, "vpc"),
        ({"vpc_subnets": public, "vpc": ec2.Vpc(stack, "Vpc")}, "vpc_subnets"),
    ):
        with pytest.raises(ConfigError) as raised:
            _register(cdk.Stack(stack, path), **arguments)
        assert [problem.path for problem in raised.value.problems] == [path]


def test_log_retention(read_assembly: ReadAssembly) -> None:
    """The log is kept as CDK's word for it says, for ever too."""
    import aws_cdk as cdk
    from aws_cdk import aws_logs as logs

    app = cdk.App(analytics_reporting=False)
    for name, kept in (
        ("week", logs.RetentionDays.ONE_WEEK),
        ("ever", logs.RetentionDays.INFINITE),
    ):
        _register(cdk.Stack(app, name), log_retention=kept)
    found = read_assembly(app)
    groups = {name: found[name].one("AWS::Logs::LogGroup") for name in found}
    assert groups == {"week": {"RetentionInDays": 7}, "ever": {}}


def test_wrong_payload() -> None:
    """Everything that is wrong with a payload is told at once."""
    import aws_cdk as cdk

    env = {"platform": "aws-cloud", "description": "d" * 1990, "config": {"forge": {}}}
    with pytest.raises(ConfigError) as raised:
        _register(cdk.Stack(), payload={"computeEnv": env})
    assert [problem.path.split(".")[-1] for problem in raised.value.problems] == [
        "region", "workDir", "headQueue", "computeQueue", "platform", "forge", "name", "description"
    ]  # fmt: skip
    with pytest.raises(ConfigError) as raised:
        _register(cdk.Stack(), payload={"config": {}})
    assert len(raised.value.problems) == 6


FILE = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://work/dir",
    "description": "ours",
    "credentials_id": "3gQ5jPoYFDWLyhXqzPe3Sw",
    "wave_enabled": True,
    "environment": [{"name": "A", "value": 'say "b"'}],
    "forge": {"max_cpus": 64},
    "aws": {"kms_key": {"create": True}},
}
REGISTERED = {**FILE, "aws": {**FILE["aws"], "platform_registration": {"token_secret": SECRET}}}  # type: ignore[dict-item]


def _of_forge(scope: Any, forge: Any, **changed: Any) -> Any:  # noqa: ANN401 - constructs
    arguments = {"payload": None, "credentials_id": None, "workspace_id": None, **changed}
    return _register(scope, environment=forge, **arguments)


def test_of_an_environment(read_assembly: ReadAssembly, plain: Callable[..., Any]) -> None:
    """It tells Platform what the environment itself would tell, and waits for all of it."""
    import aws_cdk as cdk
    from aws_cdk import aws_s3 as s3

    from seqera_batch import BatchForge, ForgeConfig

    # One environment three times: in an app each.
    apps = {name: cdk.App(analytics_reporting=False) for name in ("own", "beside", "bucket")}
    where = cdk.Environment(region="eu-west-1", account="111122223333")
    stacks = {name: cdk.Stack(app, name, env=where) for name, app in apps.items()}
    BatchForge(stacks["own"], "Forge", config=ForgeConfig.from_dict(REGISTERED))
    for name in ("beside", "bucket"):
        bucket = s3.Bucket(stacks[name], "Work") if name == "bucket" else None
        forge = BatchForge(
            stacks[name], "Forge", config=ForgeConfig.from_dict(FILE), work_bucket=bucket
        )
        _of_forge(stacks[name], forge, **({"name": "other"} if bucket else {}))
    found = {name: read_assembly(app)[name] for name, app in apps.items()}
    kind = "Custom::SeqeraComputeEnvironment"
    [own], [beside], [of_bucket] = (
        [plain(one["Body"]) for one in found[name].all(kind)] for name in stacks
    )
    assert json.loads(beside) == json.loads(own)
    assert json.loads(own)["computeEnv"]["description"] == "ours"
    assert json.loads(of_bucket)["computeEnv"]["name"] == "other"
    work_dir = json.loads(of_bucket)["computeEnv"]["config"]["workDir"]
    assert work_dir == f"s3://${{{found['bucket'].ids('AWS::S3::Bucket')[0]}}}/dir"
    [registration] = found["beside"].ids(kind)
    behind = found["beside"].types_behind(registration)
    assert {"AWS::Batch::JobQueue", "AWS::Batch::ComputeEnvironment", "AWS::IAM::Role"} <= behind


def test_of_an_environment_in_another_stack(read_assembly: ReadAssembly) -> None:
    """The registration may be in a stack of its own, which is deployed after the environment's."""
    import aws_cdk as cdk

    from seqera_batch import BatchForge, ForgeConfig

    app = cdk.App(analytics_reporting=False)
    where = cdk.Environment(region="eu-west-1", account="111122223333")
    stack, other = cdk.Stack(app, "S", env=where), cdk.Stack(app, "T", env=where)
    _of_forge(other, BatchForge(stack, "Forge", config=ForgeConfig.from_dict(FILE)))
    assert len(read_assembly(app)["T"].ids("Custom::SeqeraComputeEnvironment")) == 1
    assert other.dependencies == [stack]


def test_of_an_environment_refused() -> None:
    """Nothing, both, an environment that registers itself, and one without credentials."""
    import aws_cdk as cdk

    from seqera_batch import BatchForge, ForgeConfig

    stack = cdk.Stack(cdk.App(), "S", env=cdk.Environment(region="eu-west-1"))
    itself = BatchForge(stack, "One", config=ForgeConfig.from_dict(REGISTERED))
    without = {key: value for key, value in FILE.items() if key != "credentials_id"}
    nobody = BatchForge(stack, "Two", config=ForgeConfig.from_dict(without, name="other"))
    for forge, arguments, path in (
        (None, {}, "environment"),
        (nobody, {"payload": PAYLOAD}, "environment"),
        (itself, {}, "environment"),
        (nobody, {}, "credentials_id"),
    ):
        with pytest.raises(ConfigError, match=r"^S/\w+/Registration: error") as raised:
            _of_forge(cdk.Stack(stack, f"N{len(stack.node.children)}"), forge, **arguments)
        [problem] = raised.value.problems
        assert problem.path == path
        assert problem.allowed
