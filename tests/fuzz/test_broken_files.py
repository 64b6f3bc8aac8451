# SPDX-License-Identifier: Apache-2.0
"""Files that break several rules at once are refused by each of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.config.rules import RULES
from seqera_batch.problems import Severity, errors
from tests.chance import cases
from tests.fuzz.files import (
    BREAKING,
    KEEPING,
    Break,
    Changes,
    independent,
    independent_sets,
    together,
)


def _told(changes: list[Changes]) -> set[str]:
    return {problem.rule for problem in together(*changes).problems}


@pytest.mark.parametrize(
    "every", [pytest.param(False), pytest.param(True, marks=pytest.mark.nightly)]
)
def test_two_rules_broken_at_once_are_both_told(*, every: bool) -> None:
    """Of any two breaks that have nothing to do with each other neither hides the other.

    Files have several, so that few of them have every two. By day each break is in one at least.
    """
    hidden = []
    tried: set[int] = set()
    for several in independent_sets(size=10):
        if every or not tried.issuperset(map(id, several)):
            tried.update(map(id, several))
            rules = {one.rule for one in several}
            if not rules <= _told([one.changes for one in several]):
                hidden.append(rules)
    assert hidden == []
    assert len(tried) == len(BREAKING)
    assert sum(map(len, independent().values())) > len(BREAKING) * 100


@cases(usual=100, nightly=10_000)
@given(
    breaks=st.lists(st.sampled_from(BREAKING), min_size=2, max_size=6, unique_by=id),
    kept=st.lists(st.sampled_from(KEEPING), max_size=3),
)
def test_many_rules_broken_at_once_are_all_told(breaks: list[Break], kept: list[Changes]) -> None:
    """Whatever else the file says, each rule that is broken by its own fields is named."""
    apart: list[Break] = []
    for one in breaks:
        if all(one.leaves(other) and other.leaves(one) for other in apart):
            apart.append(one)
    around = [
        row
        for row in kept
        if all(Break("", row).leaves(one) for one in apart) and "forge" not in row
    ]
    changes = [*around, *(one.changes for one in apart)]
    assert {one.rule for one in apart} <= _told(changes)
    severe = any(RULES[one.rule].severity is Severity.ERROR for one in apart)
    assert not severe or errors(together(*changes).problems)
