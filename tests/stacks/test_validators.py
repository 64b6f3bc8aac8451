# SPDX-License-Identifier: Apache-2.0
"""What independent judges say of the templates: nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]
from cloudformation_validate import RegoEngine  # type: ignore[import-untyped]

from seqera_batch import ForgeConfig

if TYPE_CHECKING:
    from tests.stacks.conftest import Command, Scenario

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.*"))
NAMES = [file.stem for file in EXAMPLES]

ACCEPTED = {
    "E3671": "gp3 volumes have more than 16,000 IOPS since 2025; a rule of ours knows how many",
    "I1022": "user data is joined: Fn::Sub would take the shell's variables for its own",
    "I3042": "the file fixes the region, and with it the partition: the reviewed ARN is deployed",
    "W3010": "a zone stands in a template only where the file names it",
    "W9013": "an account stands in a template only where the file names it",
}
"""Rules that we do not follow, each with its reason; of cfn-lint, and of AWS's validator."""


@pytest.fixture(scope="module")
def engine() -> RegoEngine:
    """Return the engine, whose rules take a third of a second to compile."""
    return RegoEngine()


def findings(engine: RegoEngine, file: Path) -> list[str]:
    """Return what AWS's validator has to say of a template."""
    report = engine.validate_template(str(file))
    return [
        f"{one.rule_id} {one.severity.name} {one.message}"
        for one in report.diagnostics
        if one.severity.name != "INFO" and one.rule_id not in ACCEPTED
    ]


def test_cdk_validation_as_errors(by_command_line: Command) -> None:
    """CDK's own validation, which users get as errors, refuses none of the examples."""
    assert by_command_line.exit_code == 0, by_command_line.errors
    assert len(by_command_line.output.splitlines()) == len(EXAMPLES)
    assert "error" not in by_command_line.errors.lower()
    assert (by_command_line.folder / "validation-report.json").exists()


def test_cdk_preflight(tmp_path: Path) -> None:
    """cdk-preflight, which knows what AWS refuses at deployment, refuses no example."""
    from cdk_preflight import Preflight

    from seqera_batch.stack import add_environments, new_app

    app = new_app(outdir=str(tmp_path))
    add_environments(app, [ForgeConfig.from_file(file) for file in EXAMPLES])
    Preflight.apply(app)
    app.synth()


def test_cdk_preflight_can_refuse(tmp_path: Path) -> None:
    """cdk-preflight is in force: it refuses two architectures in one environment."""
    import aws_cdk as cdk
    from aws_cdk import aws_batch as batch
    from cdk_preflight import Preflight

    app = cdk.App(outdir=str(tmp_path))
    batch.CfnComputeEnvironment(
        cdk.Stack(app, "S"),
        "Mixed",
        type="MANAGED",
        compute_resources={
            "type": "EC2",
            "maxvCpus": 4,
            "subnets": ["subnet-0123456789abcdef0"],
            "instanceTypes": ["m6g", "m6i"],
        },
    )
    Preflight.apply(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


@pytest.mark.parametrize("name", NAMES)
def test_cfn_lint(examples: dict[str, Scenario], name: str) -> None:
    """cfn-lint finds nothing, down to its informational rules."""
    example = examples[name]
    found = lint(
        example.file.read_text("utf-8"),
        config=ManualArgs(
            regions=[example.config.region], include_checks=["I"], ignore_checks=list(ACCEPTED)
        ),
    )
    assert [f"{one.rule.id} {one.message}" for one in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_cloudformation_validate(
    engine: RegoEngine, examples: dict[str, Scenario], name: str
) -> None:
    """AWS's validator, with the rules that CDK leaves out, finds nothing to say of an example."""
    assert findings(engine, examples[name].file) == []


def test_cloudformation_validate_can_refuse(engine: RegoEngine, tmp_path: Path) -> None:
    """AWS's validator is in force: it names a strategy that does not exist."""
    file = tmp_path / "wrong.json"
    resource = {
        "Type": "AWS::Batch::ComputeEnvironment",
        "Properties": {
            "Type": "MANAGED",
            "ComputeResources": {
                "Type": "EC2",
                "MaxvCpus": 4,
                "Subnets": ["subnet-0123456789abcdef0"],
                "AllocationStrategy": "CHEAPEST",
            },
        },
    }
    file.write_text(json.dumps({"Resources": {"Wrong": resource}}))
    [finding] = findings(engine, file)
    assert "CHEAPEST" in finding
