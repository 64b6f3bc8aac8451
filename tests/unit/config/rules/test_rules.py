# SPDX-License-Identifier: Apache-2.0
"""Every rule that looks at several fields: what keeps it, what breaks it, and what it then says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from seqera_batch.config.check import Checked, ForgeConfig, check
from seqera_batch.config.rules import RULES
from seqera_batch.config.rules.rule import Rule, rule
from seqera_batch.config.shape import section_of
from seqera_batch.problems import Severity

Check = Callable[..., Checked]
Row = tuple[str, dict[str, Any]]
Tables = dict[str, dict[str, dict[str, Any]]]

ABOUT_ONE_FIELD = {"field-value", "required-field", "unknown-field", "duplicate-key"}

# These findings say what is odd about a value; every other value would do.
WITHOUT_ALLOWED = {
    "fargate-head-ignores-image",
    "fsx-mount-name",
    "gpu-custom-image",
    "gpu-types-without-gpu",
    "head-job-fits",
    "instance-type-new",
    "instance-types-once",
    "network-ids-once",
    "optimal-alias",
    "snapshots-in-manual-mode",
    "work-dir-without-studios",
}


def test_every_rule_has_its_rows_in_the_table_named_after_its_module(tables: Tables) -> None:
    """A rule that is added, renamed or moved without its rows is noticed."""
    modules: dict[str, list[str]] = {}
    for known in RULES.values():
        modules.setdefault(known.check.__module__.rpartition(".")[2], []).append(known.id)

    assert {module: list(rows) for module, rows in tables.items()} == modules


def test_every_rule_has_rows_that_keep_and_rows_that_break_it(tables: Tables) -> None:
    """No rule goes untried in either way."""
    rows = {rule_id: row for table in tables.values() for rule_id, row in table.items()}
    untried = {rule_id for rule_id, row in rows.items() if not (row["keeps"] and row["breaks"])}

    # No file breaks these; tests/unit/plan/test_given.py does.
    assert untried == {rule_id for rule_id, known in RULES.items() if known.app_only}


def test_a_kept_rule_says_nothing(kept: Row, checked: Check) -> None:
    """The rule finds nothing where its condition holds."""
    rule_id, changes = kept
    said = {problem.rule for problem in checked(changes).problems}

    assert rule_id not in said
    assert not said & ABOUT_ONE_FIELD


def test_a_broken_rule_says_what_where_and_how_to_mend_it(
    broken: Row, checked: Check, tables: Tables
) -> None:
    """The finding has path, severity, message, what is allowed, the fix and the source."""
    rule_id, row = broken
    problems = checked(row["with"]).problems
    found = [problem for problem in problems if problem.rule == rule_id]
    severity = next(rows[rule_id]["own"] for rows in tables.values() if rule_id in rows)

    assert [problem.path for problem in found] == row["paths"]
    assert row["says"] in found[0].message
    assert row.get("got", found[0].value) == found[0].value
    assert RULES[rule_id].severity == severity
    for problem in found:
        assert problem.severity == severity
        assert problem.fix
        assert bool(problem.allowed) is (rule_id not in WITHOUT_ALLOWED)
        assert problem.source == RULES[rule_id].source
        assert row.get("fixes", "") in problem.fix
        assert row.get("allows", "") in (problem.allowed or "")
    assert not {problem.rule for problem in problems} & ABOUT_ONE_FIELD


def test_a_broken_rule_has_its_severity_in_exports(
    broken: Row, checked: Check, tables: Tables
) -> None:
    """In an export some errors are warnings, and what is replaced is no error at all."""
    rule_id, row = broken
    usual = next(rows[rule_id]["exported"] for rows in tables.values() if rule_id in rows)
    expected = row.get("exported", usual)
    result = checked(row["with"], exported=True)
    found = {str(problem.severity) for problem in result.problems if problem.rule == rule_id}

    if expected == "replaced":
        assert found <= {"warning"}
        assert result.problems
    else:
        assert RULES[rule_id].in_exports == expected
        assert found == {expected}


NAMES = (
    "AWS|AMI|Amazon|CloudWatch|DRAGEN|Docker|EBS|EFS|FSx|Fargate|Fusion|GPUs|Graviton|Nextflow"
    "|On-Demand|Platform|Seqera|Studios"
)


def test_findings_read_alike_and_name_fields_that_exist(broken: Row, checked: Check) -> None:
    """Messages start lower case unless they name something; every path can be looked up."""
    rule_id, row = broken
    for problem in checked(row["with"]).problems:
        if problem.rule == rule_id:
            assert re.fullmatch(rf"([a-z]|{NAMES})(.|\n)*[^.]", problem.message)
            for path in (problem.path, *problem.about):
                assert field_exists(path), path


def of_all(holds: Callable[[Rule], object]) -> list[str]:
    """Return the rules of which something does not hold."""
    return [one.id for one in RULES.values() if not holds(one)]


def test_the_condition_of_a_rule_is_one_sentence() -> None:
    """The docstring states what is good, in one line that ends with a full stop."""
    assert of_all(lambda one: re.fullmatch(r"[A-Z]((?!\. ).)*\.", one.good)) == []


def test_a_rule_names_its_source() -> None:
    """Every rule can be looked up where it was taken from."""
    assert of_all(lambda one: re.fullmatch(r"https://[\w.-]+/\S+", one.source)) == []


def test_ids_are_short_words_and_the_function_is_named_after_them() -> None:
    """From an id in a message a reader finds the function."""
    assert of_all(lambda one: re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", one.id)) == []
    assert of_all(lambda one: one.check.__name__ == one.id.replace("-", "_")) == []


def test_an_export_is_never_judged_more_strictly() -> None:
    """What is only warned of in our own files is no dead end in an export."""
    order = [Severity.NOTICE, Severity.WARNING, Severity.ERROR]

    assert of_all(lambda one: order.index(one.in_exports) <= order.index(one.severity)) == []


def test_two_rules_cannot_share_an_id() -> None:
    """A second rule under an id is refused instead of replacing the first."""
    taken = next(iter(RULES.values()))

    with pytest.raises(ValueError, match=f"two rules have the id {taken.id}"):
        rule(taken.id, source=taken.source)(taken.check)
    assert RULES[taken.id] is taken


def test_the_smallest_file_breaks_no_rule(document: Callable[..., dict[str, Any]]) -> None:
    """What the rows are changes of has no problem of its own."""
    assert check(document()).problems == ()


def field_exists(path: str) -> bool:
    """Tell whether a path leads to a field; what follows a mapping of names is a name."""
    model: Any = ForgeConfig
    for part in re.sub(r"\[\d+\]", "", path).split("."):
        if model is None or part not in model.model_fields:
            return False
        if part in {"labels", "tags", "secrets", "bucket_owners"}:
            return True
        model = section_of(model, part)
    return True
