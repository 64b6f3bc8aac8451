# SPDX-License-Identifier: Apache-2.0
"""The native engine says what CDK's own says, in the same report, and refuses what it refuses."""

from __future__ import annotations

import json
import re
import sys
import tarfile
import tomllib
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from seqera_batch import native_validation, stack
from seqera_batch.catalog import limits
from seqera_batch.config.check import ForgeConfig
from seqera_batch.native_validation import NativeValidation, is_available
from seqera_batch.plan import ForgePlan
from seqera_batch.whole import Whole
from tests.stacks.conftest import EXAMPLES, compute_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parents[2]
ROLE = "arn:aws:iam::123456789012:role/service"
SUBNET = "subnet-0123456789abcdef0"


BROKEN: Mapping[str, dict[str, dict[str, Any]]] = {
    "Enum": {"Env": compute_environment(AllocationStrategy="CHEAPEST")},
    "EnumAgain": {"Env": compute_environment(AllocationStrategy="CHEAPEST")},
    "Unknown": {"Env": compute_environment(MaxCpus=4)},
    "Kind": {"Env": compute_environment(MaxvCpus="many")},
    "Limit": {
        "Queue": {
            "Type": "AWS::Batch::JobQueue",
            "Properties": {
                "Priority": 1,
                "ComputeEnvironmentOrder": [{"Order": 1, "ComputeEnvironment": "there"}],
                "JobStateTimeLimitActions": [
                    {"Action": "CANCEL", "MaxTimeSeconds": 10, "Reason": "r", "State": "RUNNABLE"}
                ],
            },
        }
    },
    "Missing": {"Queue": {"Type": "AWS::Batch::JobQueue", "Properties": {"State": "ENABLED"}}},
    "Reference": {"Env": compute_environment(InstanceRole={"Ref": "Nowhere"})},
    "Attribute": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Env": compute_environment(InstanceRole={"Fn::GetAtt": ["Bucket", "NoSuchThing"]}),
    },
    "Circle": {
        "One": {"Type": "AWS::S3::Bucket", "DependsOn": ["Two"]},
        "Two": {"Type": "AWS::S3::Bucket", "DependsOn": ["One"]},
    },
    "NoType": {"Thing": {"Type": "AWS::Batch::NoSuchThing", "Properties": {}}},
    "Name": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "Upper_Case"}}},
    "Group": {
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "d",
                "SecurityGroupIngress": [{"IpProtocol": "tcp", "CidrIp": "10.0.0.0/99"}],
            },
        }
    },
    "Runtime": {
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python2.7",
                "Handler": "index.handler",
                "Role": ROLE,
                "Code": {"ZipFile": "pass"},
            },
        }
    },
    # CDK's own rule, and one that it leaves out for this service.
    "Games": {
        "Fleet": {
            "Type": "AWS::GameLift::Fleet",
            "Properties": {
                "Name": "fleet",
                "EC2InboundPermissions": [
                    {"FromPort": 9, "ToPort": 1, "IpRange": "10.0.0.0/8", "Protocol": "TCP"}
                ],
            },
        },
        "Launch": {
            "Type": "AWS::AutoScaling::LaunchConfiguration",
            "Properties": {"ImageId": "ami-0123456789abcdef0", "InstanceType": "m5.large"},
        },
    },
}
"""Templates broken on purpose, each in another way; two in the same, which are one violation."""
ACCEPTED = "EnumAgain"
"""The stack that accepts what is found in it."""


@dataclass(frozen=True)
class Judged:
    """What CDK has reported of an app, and what it has said when it refused it."""

    report: dict[str, Any]
    refusal: str

    @property
    def findings(self) -> set[tuple[str, str, str]]:
        """Rule, severity and resource of each finding."""
        return {
            (violation["ruleName"], violation["severity"], construct["constructPath"])
            for plugin in self.report["pluginReports"]
            for violation in plugin["violations"]
            for construct in violation["violatingConstructs"]
        }


def _judged(
    folder: Path, plugin: cdk.IPolicyValidationPlugin, build: Callable[[cdk.App], object]
) -> Judged:
    app = stack.new_app(outdir=str(folder), validate=False)
    cdk.Validations.of(app).add_plugins(plugin)
    build(app)
    refusal = ""
    try:
        app.synth()
    except RuntimeError as error:
        # Absolute, or from here, whichever is shorter.
        refusal = re.sub(r"\S*/validation-report\.json", "REPORT", str(error))
    return Judged(json.loads((folder / "validation-report.json").read_text("utf-8")), refusal)


def _broken(app: cdk.App) -> None:
    for name, template in BROKEN.items():
        account = "123456789012" if name == "Runtime" else None
        scope = cdk.Stack(app, name, env=cdk.Environment(account=account, region="eu-west-1"))
        for logical_id, resource in template.items():
            # The generic class, because the typed ones would refuse some of these before.
            made = cdk.CfnResource(
                scope, logical_id, type=resource["Type"], properties=resource.get("Properties")
            )
            for other in resource.get("DependsOn", ()):
                made.add_override("DependsOn", [other])
    cdk.CfnParameter(cdk.Stack(app, "Parameter"), "Size", allowed_values=["small"], default="large")
    cdk.Validations.of(app.node.find_child(ACCEPTED)).acknowledge(
        cdk.Acknowledgment(id="CloudFormation-Validate::W3030", reason="new")
    )


@pytest.fixture(scope="module")
def plugins() -> tuple[cdk.IPolicyValidationPlugin, cdk.IPolicyValidationPlugin]:
    """Return the native engine's plugin and CDK's own, whose engine takes a second to start."""
    return NativeValidation(), cdk.CloudFormationValidatePlugin()


@pytest.fixture(scope="module")
def broken(
    plugins: Sequence[cdk.IPolicyValidationPlugin], tmp_path_factory: pytest.TempPathFactory
) -> list[Judged]:
    """Return what each says of the broken templates."""
    return [_judged(tmp_path_factory.mktemp("broken"), plugin, _broken) for plugin in plugins]


@pytest.mark.parametrize("one_in", [4, pytest.param(1, marks=pytest.mark.nightly)], ids=str)
def test_engines_agree_on_examples(
    plugins: Sequence[cdk.IPolicyValidationPlugin], tmp_path: Path, one_in: int
) -> None:
    """Of examples both find nothing, and write the same report.

    CDK's own engine takes most of the time, so every fourth one has to do by day.
    """
    configs = [ForgeConfig.from_file(file) for file in list(EXAMPLES.values())[::one_in]]
    native, own = (
        _judged(tmp_path / str(place), plugin, lambda app: stack.add_environments(app, configs))
        for place, plugin in enumerate(plugins)
    )
    assert native == own
    assert (native.findings, native.refusal) == (set(), "")


@pytest.mark.parametrize("at_once", [False, True])
def test_what_the_engine_does_not_know_is_acknowledged(tmp_path: Path, *, at_once: bool) -> None:
    """Disks that are quicker than it knows are meant so, however their stack is written."""
    config = ForgeConfig.from_dict(
        {
            "name": "quick",
            "region": "eu-west-1",
            "work_dir": "s3://work/dir",
            "forge": {
                "max_cpus": 64,
                "vpc_id": "vpc-0123456789abcdef0",
                "subnets": [SUBNET],
                "ebs_boot_size": 500,
            },
            "aws": {"compute": {"ebs_iops": limits.GP3_IOPS_BEFORE_2025 + 1}},
        }
    )
    whole = Whole.of(ForgePlan.of(config))
    assert whole
    judged = _judged(
        tmp_path,
        NativeValidation(),
        lambda app: (
            stack.add_whole(app, whole) if at_once else stack.add_environments(app, [config])
        ),
    )
    assert judged.refusal == ""


def test_engines_agree_on_broken_templates(broken: list[Judged]) -> None:
    """Of broken templates both say the same, word by word, and refuse them in the same words."""
    native, own = broken
    assert native.findings == own.findings
    assert native == own
    assert {path.partition("/")[0] for *_, path in native.findings} == {
        *BROKEN,
        "Parameter",
    } - {ACCEPTED}
    assert {severity for _, severity, _ in native.findings} == {"error", "warning"}
    assert "CDK-GameLift-001" in {rule for rule, *_ in native.findings}
    assert "ValidationFailed" in native.refusal


def test_acknowledgements(broken: list[Judged]) -> None:
    """What is acknowledged on a construct is left out there, told as such, and nowhere else."""
    for judged in broken:
        [plugin] = judged.report["pluginReports"]
        [suppressed] = plugin["suppressedViolations"]
        [construct] = suppressed["violatingConstructs"]
        assert (suppressed["reason"], construct["constructPath"]) == ("new", f"{ACCEPTED}/Env")
        assert ("W3030", "warning", "Enum/Env") in judged.findings


def _embedded() -> dict[str, str]:
    """Return the files of aws-cdk-lib that say how it validates, by the end of their path."""
    wanted = {
        "node_modules/@aws/cloudformation-validate/package.json",
        "core/lib/validation/cloudformation-validate-plugin.js",
    }
    read = {}
    [archive] = (resources.files("aws_cdk") / "_jsii").glob("*.tgz")  # type: ignore[attr-defined]
    with tarfile.open(archive, "r|gz") as files:
        for file in files:
            name = file.name.removeprefix("package/")
            if name in wanted:
                content = files.extractfile(file)
                assert content is not None
                read[name] = content.read().decode("utf-8")
    assert wanted <= read.keys()
    return read


def test_settings_are_those_of_cdk() -> None:
    """Engine, rules and what is left out are those that the locked aws-cdk-lib embeds."""
    embedded = _embedded()
    engine = json.loads(embedded["node_modules/@aws/cloudformation-validate/package.json"])
    assert metadata.version("aws-cdk-lib") == native_validation.CDK_VERSION
    assert engine["version"] == native_validation.ENGINE_VERSION
    assert metadata.version("cloudformation-validate") == native_validation.ENGINE_VERSION

    plugin = embedded["core/lib/validation/cloudformation-validate-plugin.js"]
    [ignored] = re.findall(r"IGNORE_RULES=new Set\((\[[^]]*\])\)", plugin)
    assert json.loads(ignored) == list(native_validation.IGNORED)
    [settings] = re.findall(r"validateTemplate\(templateFile,(\{.*?\})\)\}", plugin)
    services = re.findall(r'\{ruleId:"(\w+)",service:"([\w:]+)"\}', settings)
    assert services == list(native_validation.IGNORED_OF_SERVICES)
    rest = re.sub(r"services:\[.*?\]", "services", settings)
    assert rest == (
        '{detailLevel:"STANDARD",pseudoParameterOverrides:{accountId,region},'
        'exclude:{ids:[...IGNORE_RULES],services},severityLevel:"WARN"}'
    )


def test_rules_of_cdk_are_about_their_types() -> None:
    """A template without a type of CDK's own rules gives them nothing to judge."""
    sources = native_validation.rules_of_cdk()
    assert "gamelift-fleet.rego" in sources
    for text in sources.values():
        _, *rules = text.split("violation contains ")
        for rule in rules:
            types = re.findall(r'"(AWS::[\w:]+)"', rule)
            assert types
            assert all(kind.startswith(native_validation.RULES_ARE_ABOUT) for kind in types)


def test_extra_is_pinned_to_the_engine() -> None:
    """`pip install seqera-batch[validator]` brings the version that is used, and no other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pin = f"cloudformation-validate=={native_validation.ENGINE_VERSION}"
    [extra] = project["project"]["optional-dependencies"]["validator"]
    assert extra.partition(" ; ")[0] == pin
    assert project["dependency-groups"]["validator"] == [pin]


@pytest.mark.parametrize("changed", ["CDK_VERSION", "ENGINE_VERSION"])
def test_other_versions_are_left_aside(monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    """With another CDK or another engine than those compared, CDK's own engine is taken."""
    monkeypatch.delenv("CDK_VALIDATION")
    assert is_available()
    monkeypatch.setattr(native_validation, changed, "0.0.1")
    assert not is_available()


def test_native_engine_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is not installed, CDK's own engine is taken."""
    monkeypatch.delenv("CDK_VALIDATION")
    monkeypatch.setitem(sys.modules, "cloudformation_validate", None)
    assert not is_available()


def test_app_is_validated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The apps of `synth` and app.py refuse what the native engine refuses, unless told not to."""
    monkeypatch.delenv("CDK_VALIDATION")
    app = stack.new_app(outdir=str(tmp_path))
    _broken(app)
    # CDK's own engine is off in the Node.js of the tests, so that it is not what refuses.
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def test_fast_disks_pass(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The engine knows gp3 of before 2025: what a rule of ours takes is no fault of a template."""
    monkeypatch.delenv("CDK_VALIDATION")
    fast = {"ebs_iops": limits.EBS_IOPS["gp3"][1], "ebs_throughput": limits.GP3_THROUGHPUT[1]}
    config = ForgeConfig.from_dict(
        {
            "name": "fast",
            "region": "eu-west-1",
            "work_dir": "s3://example-work/run",
            "forge": {"type": "SPOT", "max_cpus": 64, "ebs_boot_size": 200},
            "aws": {"compute": fast},
        }
    )
    app = stack.new_app(outdir=str(tmp_path))
    stack.add_environments(app, [config])
    app.synth()


@pytest.mark.parametrize("off", ["by argument", "by environment"])
def test_validation_is_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, off: str) -> None:
    """`--no-validation`, of CDK's command line too, leaves it out: there is no report."""
    monkeypatch.setenv("CDK_VALIDATION", "false" if off == "by environment" else "true")
    app = stack.new_app(outdir=str(tmp_path), validate=off == "by environment")
    _broken(app)
    app.synth()
    assert not (tmp_path / "validation-report.json").exists()


@pytest.mark.parametrize("available", [True, False])
def test_one_engine_validates(monkeypatch: pytest.MonkeyPatch, *, available: bool) -> None:
    """CDK's own engine runs where the native one does not, and only there."""
    monkeypatch.delenv("CDK_VALIDATION")
    monkeypatch.setattr(stack, "is_available", lambda: available)
    said: list[bool] = []
    made = cdk.App

    def app(*, builtin_cloud_formation_validation: bool, **kwargs: Any) -> cdk.App:  # noqa: ANN401
        said.append(builtin_cloud_formation_validation)
        return made(**kwargs)

    monkeypatch.setattr(cdk, "App", app)
    stack.new_app()
    assert said == [not available]
