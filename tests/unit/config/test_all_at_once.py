# SPDX-License-Identifier: Apache-2.0
"""Every problem of a file is told in one go, and none is told twice in other words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

import pytest

from seqera_batch.config.check import Checked, check
from seqera_batch.config.rules import RULES
from seqera_batch.problems import ConfigError, Severity, errors
from tests.night import AT_NIGHT, MORE_AT_NIGHT

pytestmark = MORE_AT_NIGHT

Document = Callable[..., dict[str, Any]]
Row = tuple[str, dict[str, Any]]

WRONG = 0.5
"""No field takes a fraction."""
LEAST = {"region", "work_dir", "forge.max_cpus"}
"""Fields that every file has, and of which rules speak apart."""


def findings(checked: Checked) -> set[tuple[str, str]]:
    """Give id and path of what the rules found."""
    return {(problem.rule, problem.path) for problem in checked.problems if problem.rule in RULES}


def places(section: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the dotted path of every field and section that is given."""
    for field, value in section.items():
        if value is None:
            continue
        yield path + field
        if isinstance(value, dict) and field not in {"labels", "tags"}:
            yield from places(value, f"{path}{field}.")


def spoilt(document: dict[str, Any], path: str) -> dict[str, Any]:
    """Return a document in which one field holds what no field takes."""
    first, _, rest = path.partition(".")
    value = spoilt(document[first], rest) if rest else WRONG
    return {**document, first: value}


def test_problems_of_every_kind_come_together(document: Document) -> None:
    """Spelling, types, formats, missing fields and rules are all reported by one run."""
    data = document(
        {
            "region": None,
            "name": "not a name",
            "wave_enabled": "yes",
            "fusion_snapshots": True,
            "work_directory": "s3://example-work",
            "forge.min_cpus": 100,
            "forge.instanceTypes": ["m6i", "m6i", "nosuchfamily"],
            "forge.subnet": ["subnet-0123456789abcdef0"],
            "forge.ebs_boot_size": 40,
            "labels": [{"value": "nameless"}],
            "aws.tags": {"aws:team": "a"},
            "aws.acknowledgements": {"no-such-warning": "why"},
        }
    )
    found = {(problem.rule, problem.path) for problem in check(data).problems}

    assert found == {
        ("required-field", "region"),
        ("field-value", "name"),
        ("field-value", "wave_enabled"),
        ("snapshots-need-fusion2", "fusion_snapshots"),
        ("snapshots-in-manual-mode", "fusion_snapshots"),
        ("unknown-field", "work_directory"),
        ("min-cpus-within-max", "forge.min_cpus"),
        ("instance-type-known", "forge.instance_types[2]"),
        ("instance-types-once", "forge.instance_types[1]"),
        ("unknown-field", "forge.subnet"),
        ("small-boot-disk", "forge.ebs_boot_size"),
        ("label", "labels[0]"),
        ("tag-format", "aws.tags.aws:team"),
        ("acknowledgement", "aws.acknowledgements.no-such-warning"),
    }


def test_the_error_carries_every_problem(document: Document) -> None:
    """What is raised holds warnings too, and names the file before each."""
    data = document({"region": "nowhere", "forge.min_cpus": 100, "forge.ebs_boot_size": 40})

    with pytest.raises(ConfigError) as caught:
        check(data, origin="demo.yaml").usable()
    assert [problem.rule for problem in caught.value.problems] == [
        "field-value",
        "small-boot-disk",
        "min-cpus-within-max",
    ]
    assert str(caught.value).count("demo.yaml: ") == 3


def test_the_order_of_problems_is_always_the_same(document: Document) -> None:
    """Two runs over the same file say the same things in the same order."""
    data = document({"nvme_storage_enabled": True, "forge.min_cpus": 100, "zzz": 1, "aaa": 1})

    assert check(data).problems == check(data).problems


def test_several_wrong_fields_do_not_hide_each_other(document: Document) -> None:
    """A problem for each, in lists and nested sections too."""
    data = document(
        {
            "forge.subnets": ["subnet-0123456789abcdef0", "one", "two"],
            "aws.network": {"existing": {"subnets": "three", "vpc_id": "four"}},
            "aws.head": {"max_cpus": "five"},
        }
    )

    assert [problem.path for problem in errors(check(data).problems)] == [
        "forge.subnets[1]",
        "forge.subnets[2]",
        "aws.network.existing.vpc_id",
        "aws.network.existing.subnets",
        "aws.head.max_cpus",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"aws.network": {"existing": {"subnets": "not a list"}}},
        {"aws.network": {"existing": {"vpc_id": "vpc-0123456789abcdef0"}}},
        {"environment": [{"value": "nameless"}]},
        {"forge": {"type": "SPOT", "ebs_boot_size": 40}},
        {"forge": {"max_cpus": "many", "ebs_boot_size": 40}},
        {"name": None},
        {"region": 5},
        {"work_dir": []},
    ],
    ids=str,
)
def test_rules_go_on_after_a_wrong_field(changes: dict[str, Any], document: Document) -> None:
    """Rules about other fields still speak, whichever field is wrong or missing."""
    found = check(document({"forge.ebs_boot_size": 40, **changes})).problems

    assert "small-boot-disk" in {problem.rule for problem in found}
    assert errors(found)


def test_a_wrong_section_does_not_bring_up_the_other_mode(document: Document) -> None:
    """A forge section of the wrong type is not taken for Manual mode."""
    found = check(document({"forge": "yes"})).problems

    assert [(problem.rule, problem.path) for problem in found] == [("field-value", "forge")]


def test_no_rule_speaks_about_a_field_that_is_wrong(broken: Row, document: Document) -> None:
    """A wrong value brings up its own problem, and none that a right value would not bring up."""
    _, row = broken
    data = document(row["with"])
    before = findings(check(data))
    for place in places(data):
        result = check(spoilt(data, place))

        assert place in {problem.path for problem in errors(result.problems)}
        assert findings(result) <= before, place


def test_no_rule_speaks_about_a_wrong_field_beside_right_ones(
    kept: Row, document: Document
) -> None:
    """The same where nothing else is wrong; by day what each file has is wrong at once."""
    _, changes = kept
    data = document(changes)
    before = findings(check(data))
    together = set() if AT_NIGHT else LEAST.intersection(places(data))
    for place in set(places(data)) - together:
        assert findings(check(spoilt(data, place))) <= before, place
    assert findings(check(reduce(spoilt, together, data))) <= before, together


def test_warnings_alone_stop_nothing(document: Document) -> None:
    """A configuration with warnings can be used."""
    result = check(document({"forge.ebs_boot_size": 40}))

    assert [problem.severity for problem in result.problems] == [Severity.WARNING]
    assert result.usable() is result.config


def test_text_in_the_place_of_a_number_is_shown_as_text(document: Document) -> None:
    """A quoted number is told apart from the number that it should be."""
    (problem,) = errors(check(document({"forge.max_cpus": "256"})).problems)
    assert problem.path == "forge.max_cpus"
    assert '    got:     "256"' in problem.text().splitlines()
