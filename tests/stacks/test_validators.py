# SPDX-License-Identifier: Apache-2.0
"""What independent judges say of the templates: nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cloudformation_validate import RegoEngine  # type: ignore[import-untyped]

from seqera_batch import ForgeConfig
from tests.linting import said
from tests.night import COVERING, unlike_others
from tests.stacks.conftest import compute_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Template
    from tests.stacks.conftest import Scenario

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


@pytest.mark.parametrize(
    "files",
    [
        [file for file in EXAMPLES if file.stem in COVERING],
        pytest.param(
            [file for file in EXAMPLES if file.stem not in COVERING], marks=pytest.mark.nightly
        ),
    ],
    ids=["covering", "others"],
)
def test_cdk_preflight(tmp_path: Path, files: list[Path]) -> None:
    """cdk-preflight, which knows what AWS refuses at deployment, refuses no example."""
    from cdk_preflight import Preflight

    from seqera_batch.stack import add_environments, new_app

    app = new_app(outdir=str(tmp_path))
    add_environments(app, [ForgeConfig.from_file(file) for file in files])
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


@pytest.mark.parametrize("name", unlike_others(NAMES))
def test_cfn_lint(examples: dict[str, Scenario], name: str) -> None:
    """cfn-lint finds nothing, down to its informational rules."""
    example = examples[name]
    assert said(example.file.read_text("utf-8"), example.config.region, *ACCEPTED) == []


def test_covering_examples_have_everything(examples: dict[str, Scenario]) -> None:
    """What is judged of some examples only is judged of every property of every type."""
    had = {name: set(_properties(example.template)) for name, example in examples.items()}
    assert set.union(*(had[name] for name in COVERING)) == set.union(*had.values())


def _properties(template: Template) -> Iterator[tuple[str, ...]]:
    for resource in template.data["Resources"].values():
        for path in _paths(resource.get("Properties", {})):
            yield (resource["Type"], *path)


def _paths(value: object) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (key,)
            yield from ((key, *path) for path in _paths(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner)


def test_cfn_lint_can_refuse() -> None:
    """cfn-lint is in force: after a template without a fault it names one in the next."""
    for strategy, expected in (("BEST_FIT", []), ("CHEAPEST", ["E3030"])):
        environment = compute_environment(AllocationStrategy=strategy)
        text = json.dumps({"Resources": {"Environment": environment}})
        assert [one.partition(" ")[0] for one in said(text, "eu-west-1", *ACCEPTED)] == expected


@pytest.mark.parametrize("name", NAMES)
def test_cloudformation_validate(
    engine: RegoEngine, examples: dict[str, Scenario], name: str
) -> None:
    """AWS's validator, with the rules that CDK leaves out, finds nothing to say of an example."""
    assert findings(engine, examples[name].file) == []


def test_cloudformation_validate_can_refuse(engine: RegoEngine, tmp_path: Path) -> None:
    """AWS's validator is in force: it names a strategy that does not exist."""
    file = tmp_path / "wrong.json"
    wrong = compute_environment(AllocationStrategy="CHEAPEST")
    file.write_text(json.dumps({"Resources": {"Wrong": wrong}}))
    [finding] = findings(engine, file)
    assert "CHEAPEST" in finding
