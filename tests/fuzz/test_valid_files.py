# SPDX-License-Identifier: Apache-2.0
"""Whatever valid file there is: it is planned, rendered and explained, and AWS's schemas agree."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cloudformation_validate import RegoEngine  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.handoff.export import export
from seqera_batch.handoff.target import Request
from seqera_batch.judge.effects import effects
from seqera_batch.node import render
from seqera_batch.plan import ForgePlan
from tests.chance import cases
from tests.fuzz.files import exported, valid
from tests.rendering import rendered
from tests.stacks.test_validators import ACCEPTED

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig

SMALLEST_TEMPLATE: dict[str, Any] = {
    # A file of Manual mode may create nothing, which no template may.
    "Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}
}


@pytest.fixture(scope="module")
def engine() -> RegoEngine:
    """Return AWS's validator, whose rules take a third of a second to compile."""
    return RegoEngine()


@cases(usual=120, nightly=20_000)
@given(config=valid())
def test_every_valid_file_is_planned_and_rendered(config: ForgeConfig) -> None:
    """No valid file ends in an exception; what is rendered is JSON and stays the same."""
    plan = ForgePlan.of(config)
    assert json.dumps(plan.to_dict())
    assert all(render(template.setup) for template in plan.compute.node_templates)
    first, second = rendered(config), rendered(config)
    assert json.dumps(first) == json.dumps(second)
    for resource in first.values():
        assert set(resource.get("DependsOn", ())) <= first.keys()
    export(plan, Request(target="nextflow"))


@cases(usual=40, nightly=3_000)
@given(config=valid() | exported())
def test_templates_of_valid_files_follow_the_schemas(
    engine: RegoEngine, config: ForgeConfig
) -> None:
    """AWS's own validator has nothing to say of what a valid file, or an export, creates."""
    template = {"Resources": rendered(config) or SMALLEST_TEMPLATE}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.json"
        file.write_text(json.dumps(template), "utf-8")
        report = engine.validate_template(str(file))
    assert [
        f"{one.rule_id} {one.message}"
        for one in report.diagnostics
        if one.severity.name != "INFO" and one.rule_id not in ACCEPTED
    ] == []


@cases(usual=40, nightly=3_000)
@given(pair=st.tuples(valid(), valid()))
def test_effects_are_told_between_any_two_files(pair: tuple[ForgeConfig, ForgeConfig]) -> None:
    """Between any two valid files the effects are told, and none where nothing differs."""
    old, new = pair
    found = effects(old, new)
    assert bool(found.fields) >= bool(found.comparison.resources)
    same = effects(new, new)
    assert (same.fields, same.comparison.resources) == ((), ())
