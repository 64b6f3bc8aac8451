# SPDX-License-Identifier: Apache-2.0
"""Environment files made by chance: valid ones, and ones that break rules that are known.

Both are put together from the tables of the rules, so that a new rule or field is among them as
soon as it has its rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

from hypothesis import assume
from hypothesis import strategies as st

from seqera_batch.config.check import Checked, check
from seqera_batch.config.rules import RULES
from seqera_batch.problems import Severity, errors
from tests.unit.config.conftest import changed, load_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.config.check import ForgeConfig

Changes = dict[str, Any]

TABLES = [rows for table in load_tables().values() for rows in table.items()]
KEEPING: list[Changes] = [row for _, entry in TABLES for row in entry["keeps"]]
"""Changes of the smallest file that keep one rule, and mostly all of them."""

MOST_ROWS = 5
"""Rows that are put together into one file."""


@dataclass(frozen=True)
class Break:
    """Changes that break a rule."""

    rule: str
    changes: Changes

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields that the rule looks at."""
        found = set(self.changes)
        for problem in check(changed(self.changes)).problems:
            if problem.rule == self.rule:
                found |= {problem.path.partition("[")[0], *problem.about}
        return frozenset(found)

    def leaves(self, other: Break) -> bool:
        """Whether these changes touch nothing that another one's rule looks at."""
        return not any(
            f"{mine}.".startswith(f"{its}.") or f"{its}.".startswith(f"{mine}.")
            for mine in self.changes
            for its in other.fields
        )


BREAKING = [Break(rule, row["with"]) for rule, entry in TABLES for row in entry["breaks"]]
FORGIVEN: list[Changes] = [
    one.changes for one in BREAKING if RULES[one.rule].in_exports is not Severity.ERROR
]
"""Changes that an export may have, since what exists should be no dead end."""


def independent() -> dict[int, set[int]]:
    """Return for each break those that have nothing to do with it, by their places."""
    near: dict[int, set[int]] = {place: set() for place in range(len(BREAKING))}
    for one, other in combinations(near, 2):
        if BREAKING[one].leaves(BREAKING[other]) and BREAKING[other].leaves(BREAKING[one]):
            near[one].add(other)
            near[other].add(one)
    return near


def independent_sets(size: int) -> Iterator[list[Break]]:
    """Yield sets of breaks that have nothing to do with each other, until every two were in one.

    Args:
        size: Most breaks of a set.
    """
    near = independent()
    left = {one: set(others) for one, others in near.items()}
    for one in near:
        while left[one]:
            chosen, fitting, gain = [one], near[one], Counter(left[one])
            while fitting and len(chosen) < size:
                best = max(sorted(fitting), key=gain.__getitem__)
                if not gain[best]:
                    break
                chosen.append(best)
                fitting = fitting & near[best]
                gain.update(left[best])
            for first, second in permutations(chosen, 2):
                left[first].discard(second)
            yield [BREAKING[place] for place in chosen]


def together(*changes: Changes, exported: bool = False) -> Checked:
    """Check the smallest file with several changes; a later one wins."""
    document: Changes = {"discriminator": "aws-batch"} if exported else {}
    for one in changes:
        document |= one
    return check(changed(_without_lost(document)))


def _without_lost(document: Changes) -> Changes:
    """Leave out fields of sections that another row leaves out, in which they would be lost."""
    gone = {path for path, value in document.items() if value is None}
    return {
        path: value
        for path, value in sorted(document.items())
        if not any(path.startswith(f"{section}.") for section in gone)
    }


@st.composite
def valid(draw: st.DrawFn) -> ForgeConfig:
    """Give environments without errors, of several rows that keep a rule."""
    rows = draw(st.lists(st.sampled_from(KEEPING), min_size=1, max_size=MOST_ROWS))
    checked = together(*rows)
    assume(checked.config is not None and not errors(checked.problems))
    return checked.usable()


@st.composite
def exported(draw: st.DrawFn) -> ForgeConfig:
    """Give environments from exports, with what is only warned of there."""
    rows = draw(st.lists(st.sampled_from(KEEPING), max_size=2))
    rows += draw(st.lists(st.sampled_from(FORGIVEN), min_size=1, max_size=2))
    checked = together(*rows, exported=True)
    assume(checked.config is not None and not errors(checked.problems))
    return checked.usable()
