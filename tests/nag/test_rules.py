# SPDX-License-Identifier: Apache-2.0
"""Each rule says what breaks it, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.nag import RULES, Level, check
from tests.chance import cases
from tests.nag.cases import BREAKS, HOLDS, Change, template

IDS = [
    "AwsBatch::AllocationStrategyUnset",
    "AwsBatch::AmazonLinux2",
    "AwsBatch::BestFit",
    "AwsBatch::CustomEnvironmentName",
    "AwsBatch::CustomServiceRole",
    "AwsBatch::Ec2AndFargateInOneQueue",
    "AwsBatch::Ec2ConfigurationAbsent",
    "AwsBatch::Ec2FieldsOnFargate",
    "AwsBatch::HopLimit",
    "AwsBatch::Imdsv1",
    "AwsBatch::KeptVolume",
    "AwsBatch::LaunchTemplateVersionAbsent",
    "AwsBatch::LaunchTemplateVersionDefault",
    "AwsBatch::LaunchTemplateVersionLatest",
    "AwsBatch::LogGroupWithoutRetention",
    "AwsBatch::MixedArchitecture",
    "AwsBatch::MutableTags",
    "AwsBatch::NeedlessSpotFleetRole",
    "AwsBatch::NoJobStateLimits",
    "AwsBatch::OpenSecurityGroup",
    "AwsBatch::OptimalInstanceType",
    "AwsBatch::PrivilegedJobDefinition",
    "AwsBatch::ReplaceOnUpdate",
    "AwsBatch::UnencryptedVolume",
    "AwsBatch::UserDataNotMultipart",
]
"""Other people's acknowledgements name these: one that changes is a breaking change."""


def test_ids_are_stable() -> None:
    """No id changes by accident."""
    assert sorted(rule.id for rule in RULES.values()) == IDS


def test_good_stack() -> None:
    """A stack without faults, other services' resources included, breaks nothing."""
    assert check(template([])) == []


@pytest.mark.parametrize(
    ("name", "where", "changes"),
    BREAKS,
    ids=[f"{number}-{name}" for number, (name, _, _) in enumerate(BREAKS)],
)
def test_breaks(name: str, where: str, changes: list[Change]) -> None:
    """The fault breaks its rule, and no other, at the resource that has it."""
    [violation] = check(template(changes))
    assert (violation.rule, violation.logical_id) == (f"AwsBatch::{name}", where)
    assert violation.location.startswith("Properties")
    assert violation.detail


@pytest.mark.parametrize(
    ("name", "changes"), HOLDS, ids=[f"{number}-{name}" for number, (name, _) in enumerate(HOLDS)]
)
def test_holds(name: str, changes: list[Change]) -> None:
    """What looks like the fault and is none, or what only the deployment knows, is let pass."""
    broken = {violation.rule for violation in check(template(changes))}
    assert f"AwsBatch::{name}" not in broken


def test_every_rule_has_cases() -> None:
    """No rule is without a stack that breaks it."""
    assert {name for name, _, _ in BREAKS} == RULES.keys()


def test_rules_explain_themselves() -> None:
    """Each says the good condition, why, how to repair it, and where that is written."""
    for rule in RULES.values():
        title, blank, *why = rule.page.splitlines()
        assert title.endswith("."), rule.id
        assert not blank, rule.id
        assert len(" ".join(why)) > 60, rule.id
        assert rule.fix, rule.id
        assert rule.level in Level
        assert rule.sources, rule.id
        assert all(source.startswith("https://") for source in rule.sources), rule.id


def test_a_rule_is_found_by_its_name() -> None:
    """Its function is called as the rule is, in the module for its subject."""
    for rule in RULES.values():
        assert rule.check.__name__.replace("_", "") == rule.name.lower()


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"Resources": None},
        {"Resources": {"A": {"Type": "AWS::Batch::ComputeEnvironment"}}},
        {"Resources": {"A": {"Type": "AWS::Batch::JobDefinition", "Properties": None}}},
        {"Resources": {"Fn::ForEach::A": ["A", [], {}]}},
        template([("Spot", "ComputeResources", {"Fn::If": ["A", {}, {}]})]),
        template([("Spot", "ComputeResources.LaunchTemplate", {"Ref": "AWS::NoValue"})]),
        template([("Job", "EcsProperties", {"TaskProperties": {"Ref": "A"}})]),
        template([("Job", "EcsProperties", {"Ref": "AWS::NoValue"})]),
        template([("Nodes", "LaunchTemplateData", {"Ref": "AWS::NoValue"})]),
    ],
)
def test_strange_templates(strange: dict[str, object]) -> None:
    """A template that has no usual shape is judged as far as can be, without a traceback."""
    assert isinstance(check(strange), list)


CALLS = ("Ref", "Fn::If", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::FindInMap", "Fn::Base64")
WORDS = st.sampled_from(("2", "false", "AWS::NoValue", "Spot", "Spot.Arn", "$Latest", "EC2", "*"))
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-1, 9), st.floats(0, 1), WORDS, st.text())
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(CALLS), inner, min_size=1, max_size=1)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
GOOD = template([])["Resources"]


def _paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to every value inside, those of sections included."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(one for key, item in inner for one in _paths(item, (*path, key)))]


@cases()
@given(path=st.sampled_from(_paths(GOOD)), value=VALUES)
def test_any_value_in_any_place(path: tuple[str | int, ...], value: object) -> None:
    """Whatever stands where a rule looks, the pack gives a list, and no traceback."""
    changed: dict[str, Any] = {"Resources": copy.deepcopy(GOOD)}
    place: Any = changed
    *sections, last = ("Resources", *path)
    for section in sections:
        place = place[section]
    place[last] = value
    assert isinstance(check(changed), list)


@cases()
@given(VALUES)
def test_any_resources(value: object) -> None:
    """A template that is JSON and nothing more gives a list, and no traceback."""
    assert isinstance(check({"Resources": value}), list)
