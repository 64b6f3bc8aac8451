# SPDX-License-Identifier: Apache-2.0
"""The difference as a comment on a pull request: verdict first, details to unfold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from seqera_batch.judge.difference.identities import Fate, IdentityChange, StatementChange
from seqera_batch.judge.difference.model import Difference
from seqera_batch.judge.difference.telling import ORDER, SERIOUS, SHIFTS, Entry, entries, verdict
from seqera_batch.judge.report.markup import GENERATOR, code, details, fenced, plain, table
from seqera_batch.words import counted


def text(difference: Difference) -> str:
    """Return the difference as GitHub's Markdown."""
    return "".join(f"{line}\n" for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    yield GENERATOR
    yield f"### {plain(difference.new.plan.name)}: what this change allows"
    yield ""
    yield f"**{verdict(difference)}**"
    if difference.fields:
        yield ""
        yield f"Changed fields: {', '.join(map(code, difference.fields))}."
    found = sorted(entries(difference), key=lambda one: ORDER.index(one.change))
    if found:
        yield ""
        yield from table(("", "where", "", "what"), map(_row, found))
    for identity in difference.identities:
        yield from _identity(identity)
    if difference.resources:
        yield ""
        rows = (
            (code(one.id), code(one.type), str(one.outcome), ", ".join(map(code, one.properties)))
            for one in difference.resources
        )
        head = ("resource", "type", "what happens", "properties")
        changed = f"{counted(len(difference.resources), 'resource')} changed"
        yield from details(changed, table(head, rows))
    yield from _findings(difference)


def _findings(difference: Difference) -> Iterator[str]:
    if difference.findings:
        yield ""
        yield "New open findings:"
        yield ""
        yield from table(
            ("finding", "severity", "what", "fix"),
            (
                (
                    code(one.id),
                    str(one.severity),
                    f"{plain(one.message)} ([source]({one.source}))",
                    plain(one.fix),
                )
                for one in difference.findings
            ),
        )
    if difference.settled:
        yield ""
        yield f"No longer open: {', '.join(map(code, difference.settled))}."
    if difference.acknowledged:
        yield ""
        yield "Acknowledged by this change:"
        yield ""
        yield from (
            f"- {code(name)}: {plain(reason)}" for name, reason in difference.acknowledged.items()
        )


def _row(one: Entry) -> tuple[str, ...]:
    shift = SHIFTS[one.change]
    return (
        f"**{shift}**" if one.change in SERIOUS else shift,
        code(one.where),
        str(one.fate),
        "<br>".join(plain(line) for line in one.lines),
    )


def _identity(identity: IdentityChange) -> Iterator[str]:
    statements = [
        one for one in (*identity.trust, *identity.permissions) if one.fate is not Fate.REASON
    ]
    if statements and identity.fate is not Fate.REMOVED:
        yield ""
        yield from details(
            f"Statements of {plain(identity.name)}", fenced("\n".join(_diff(statements)), "diff")
        )


def _diff(statements: list[StatementChange]) -> Iterator[str]:
    for one in statements:
        before, after = _json(one.old), _json(one.new)
        length = max(len(before), len(after))
        # The whole statement: a reader need not look elsewhere for what stays.
        yield from list(unified_diff(before, after, lineterm="", n=length))[3:]


def _json(statement: dict[str, Any] | None) -> list[str]:
    return [] if statement is None else json.dumps(statement, indent=2).splitlines()
