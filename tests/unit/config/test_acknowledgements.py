# SPDX-License-Identifier: Apache-2.0
"""Accepting a warning: by its id, with a reason, and nothing but warnings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from seqera_batch.config.check import Checked
from seqera_batch.config.platform_export import REPLACEMENTS
from seqera_batch.config.rules import RULES
from seqera_batch.problems import Problem, Severity, errors

Check = Callable[..., Checked]
Row = tuple[str, dict[str, Any]]

SMALL_DISK = {"forge.ebs_boot_size": 40}
WHY = "the tasks are small"


def acknowledging(**reasons: str) -> dict[str, dict[str, str]]:
    """Accept warnings, their ids written with underscores."""
    return {"aws.acknowledgements": {rule.replace("_", "-"): why for rule, why in reasons.items()}}


def only(checked: Checked, rule: str) -> Problem:
    """Give the one problem of a rule."""
    (problem,) = (problem for problem in checked.problems if problem.rule == rule)
    return problem


def test_an_accepted_warning_carries_its_reason(checked: Check) -> None:
    """The warning stays in the report with what was written about it."""
    result = checked({**SMALL_DISK, **acknowledging(small_boot_disk=WHY)})
    (problem,) = result.problems

    assert (problem.rule, problem.severity, problem.acknowledged) == (
        "small-boot-disk",
        Severity.WARNING,
        WHY,
    )
    assert f"acknowledged: {WHY}" in problem.text()
    assert problem.as_dict()["acknowledged"] == WHY


def test_other_warnings_stay_open(checked: Check) -> None:
    """A reason counts for the warning it names."""
    result = checked({**SMALL_DISK, "forge.min_cpus": 4, **acknowledging(small_boot_disk=WHY)})

    assert only(result, "min-cpus-cost").acknowledged is None


def test_every_finding_of_a_rule_is_accepted(checked: Check) -> None:
    """One reason counts for all places at which the rule warns."""
    result = checked(
        {"forge.instance_types": ["t3", "t3a", "m6i"], **acknowledging(instance_type_batch=WHY)}
    )

    assert [problem.acknowledged for problem in result.problems] == [WHY, WHY]


def test_every_warning_can_be_accepted(broken: Row, checked: Check) -> None:
    """Whatever warns in a file of our own or in an export takes a reason."""
    rule, row = broken
    for exported in (False, True):
        found = {
            problem.rule
            for problem in checked(row["with"], exported=exported).problems
            if problem.severity is Severity.WARNING
        }
        changes = {**row["with"], "aws.acknowledgements": dict.fromkeys(found, WHY)}
        result = checked(changes, exported=exported)

        assert "acknowledgement" not in {problem.rule for problem in result.problems}, rule
        assert {
            problem.acknowledged
            for problem in result.problems
            if problem.severity is Severity.WARNING
        } <= {WHY}


def test_news_of_a_later_platform_can_be_accepted(checked: Check) -> None:
    """An export's unknown field is a warning, and so it takes a reason."""
    result = checked({"quantumEnabled": True, **acknowledging(unknown_field=WHY)}, exported=True)

    assert only(result, "unknown-field").acknowledged == WHY


def test_errors_cannot_be_accepted(checked: Check) -> None:
    """The error stays, and the reason for it is an error as well."""
    result = checked({"forge.min_cpus": 65, **acknowledging(min_cpus_within_max=WHY)})

    assert only(result, "min-cpus-within-max").acknowledged is None
    refused = only(result, "acknowledgement")
    assert refused.severity is Severity.ERROR
    assert refused.path == "aws.acknowledgements.min-cpus-within-max"
    assert "errors cannot be acknowledged" in str(refused.allowed)


def test_a_warning_is_accepted_in_one_place(checked: Check) -> None:
    """Behind the id, a path says for which place the reason counts."""
    types = {"forge.instance_types": ["t3", "t3a", "m6i"]}
    here = {"aws.acknowledgements": {"instance-type-batch@forge.instance_types[1]": WHY}}

    assert [one.acknowledged for one in checked({**types, **here}).problems] == [None, WHY]


SECRETS = {"description": "password = 'hunter2'", "post_run_script": "password = 'hunter3'"}


def test_an_error_that_may_be_meant_is_accepted_place_by_place(checked: Check) -> None:
    """What only looks like a secret can be accepted where it stands, and nowhere else."""
    result = checked({**SECRETS, "aws.acknowledgements": {"secret-in-text@description": WHY}})
    told = {one.path: (str(one.severity), one.acknowledged) for one in result.problems}

    assert told == {"description": ("warning", WHY), "post_run_script": ("error", None)}
    assert [one.path for one in errors(result.problems)] == ["post_run_script"]


@pytest.mark.parametrize(
    ("name", "reason", "severity", "says"),
    [
        ("secret-in-text", WHY, Severity.ERROR, "one place at a time"),
        ("secret-in-text@description", " ", Severity.ERROR, "no reason"),
        ("secret-in-text@labels.a", WHY, Severity.NOTICE, "any more"),
        ("region-real@region", WHY, Severity.ERROR, "no warning has this id"),
    ],
)
def test_places_that_are_accepted_wrongly(
    name: str, reason: str, severity: Severity, says: str, checked: Check
) -> None:
    """An error is accepted by id and path, with a reason, and only where it is."""
    result = checked({**SECRETS, "aws.acknowledgements": {name: reason}})
    problem = only(result, "acknowledgement")

    assert problem.severity is severity
    assert says in problem.message
    assert len(errors(result.problems)) >= len(SECRETS)


def test_what_is_an_error_here_and_a_warning_in_exports_stays_an_error(checked: Check) -> None:
    """A reason carried along from an export does not soften our own file."""
    changes = {
        "forge.instance_types": ["m6i", "m6i"],
        **acknowledging(instance_types_once=WHY),
    }

    assert only(checked(changes, exported=True), "instance-types-once").acknowledged == WHY
    own = checked(changes)
    assert only(own, "instance-types-once").acknowledged is None
    assert errors(own.problems)


@pytest.mark.parametrize(
    ("rule", "fix"),
    [
        ("small-bot-disk", "did you mean small-boot-disk?"),
        ("SMALL-BOOT-DISK!", "remove it"),
        ("zzz", "remove it"),
        ("field-value", "remove it"),
        ("", "remove it"),
    ],
)
def test_an_unknown_id_is_refused(rule: str, fix: str, checked: Check) -> None:
    """A misspelt id would accept nothing, so the nearest one is named."""
    (problem,) = checked({"aws.acknowledgements": {rule: WHY}}).problems

    assert (problem.rule, problem.severity) == ("acknowledgement", Severity.ERROR)
    assert fix in str(problem.fix)


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_a_reason_is_required(reason: str, checked: Check) -> None:
    """Accepting without saying why is refused."""
    result = checked({**SMALL_DISK, **acknowledging(small_boot_disk=reason)})
    problem = only(result, "acknowledgement")

    assert problem.severity is Severity.ERROR
    assert problem.message == "the acknowledgement gives no reason"
    assert problem.fix


@pytest.mark.parametrize("reason", [True, 7, ["x"], {"a": "b"}])
def test_a_reason_is_text(reason: object, checked: Check) -> None:
    """Anything else is the wrong type, and the warning stays open."""
    result = checked({**SMALL_DISK, "aws.acknowledgements": {"small-boot-disk": reason}})

    assert only(result, "field-value").path == "aws.acknowledgements.small-boot-disk"
    assert only(result, "small-boot-disk").acknowledged is None


def test_a_list_is_shown_as_a_list(checked: Check) -> None:
    """What is of the wrong kind is shown as it was written, brackets and all."""
    result = checked({"region": ["eu-west-1"], "aws.acknowledgements": [{"id": "a"}]})
    shown = {problem.path: problem.as_dict()["value"] for problem in result.problems}

    assert shown == {"region": '["eu-west-1"]', "aws.acknowledgements": '[{"id": "a"}]'}


def test_an_acknowledgement_whose_warning_has_gone_is_only_said(checked: Check) -> None:
    """Mending the cause does not break the file."""
    result = checked(acknowledging(small_boot_disk=WHY))
    (problem,) = result.problems

    assert (problem.severity, problem.path) == (
        Severity.NOTICE,
        "aws.acknowledgements.small-boot-disk",
    )
    assert result.usable() is result.config


@pytest.mark.parametrize("rule", REPLACEMENTS)
def test_replacements_in_exports_can_be_accepted(rule: str, checked: Check) -> None:
    """Their ids are known, whether or not they warn."""
    result = checked({"aws.acknowledgements": {rule: WHY}}, exported=True)

    assert errors(result.problems) == ()


def test_replacements_are_not_ids_of_other_rules_with_another_meaning() -> None:
    """Where a rule has the id of a replacement, it is about the same thing and an error."""
    shared = set(REPLACEMENTS) & RULES.keys()

    assert shared == {"amazon-linux-2", "deprecated-storage", "ebs-auto-scale", "fusion-v1"}
    assert {RULES[rule].severity for rule in shared} == {Severity.ERROR}


def test_the_configuration_tells_the_same(checked: Check) -> None:
    """Its own list of problems has the reasons too."""
    result = checked({**SMALL_DISK, **acknowledging(small_boot_disk=WHY)})

    assert result.usable().problems() == result.problems
