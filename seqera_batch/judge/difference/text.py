# SPDX-License-Identifier: Apache-2.0
"""The difference for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seqera_batch.judge.difference.model import Difference
from seqera_batch.judge.difference.telling import SIGNS, Entry, entries, verdict


def text(difference: Difference) -> str:
    """Return the difference in lines."""
    return "".join(f"{line}\n" for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    yield f"{difference.new.plan.name}: {verdict(difference)}"
    for title, lines in _sections(difference).items():
        found = list(lines)
        if found:
            yield from ("", title, *(f"  {line}" for line in found))


def _sections(difference: Difference) -> dict[str, Iterable[str]]:
    width = max((len(one.id) for one in difference.resources), default=0)
    return {
        "Changed fields": difference.fields,
        "Permissions and protections (+ wider, - narrower, ? not proved narrower, = the same)": (
            line for one in entries(difference) for line in _entry(one)
        ),
        "Resources": (
            f"{one.id:{width}}  {one.type}: {one.outcome}" for one in difference.resources
        ),
        "New open findings": (
            f"{one.severity}: {one.id}: {one.message}" for one in difference.findings
        ),
        "No longer open": difference.settled,
        "Acknowledged by this change": (
            f"{name}: {reason}" for name, reason in difference.acknowledged.items()
        ),
    }


def _entry(one: Entry) -> Iterator[str]:
    yield f"{SIGNS[one.change]} {one.where}: {one.fate}"
    yield from (f"    {line}" for line in one.lines)
