# SPDX-License-Identifier: Apache-2.0
"""What each identity must be able to do, and must not, asked of a policy simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulated.every import TABLES

if TYPE_CHECKING:
    from tests.simulated.calls import Table
    from tests.simulated.conftest import Ask, Document

by_document = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.document)


@pytest.fixture(scope="module")
def answers(documents: dict[str, Document], ask: Ask) -> dict[tuple[str, str], list[bool]]:
    """Return the answers to all tables, asked at once: by document, and what is expected."""
    parts = {
        (table.document, kind): rows
        for table in TABLES
        for kind, rows in (("allowed", table.allowed), ("denied", table.refused))
    }
    questions = [(document, row) for (document, _), rows in parts.items() for row in rows]
    found = iter(ask(documents, questions))
    return {key: [next(found) for _ in rows] for key, rows in parts.items()}


@by_document
def test_allowed(table: Table, answers: dict[tuple[str, str], list[bool]]) -> None:
    """Everything that the identity cannot work without is allowed."""
    found = answers[table.document, "allowed"]
    refused = [row for row, allowed in zip(table.allowed, found, strict=True) if not allowed]
    assert refused == []


@by_document
def test_denied(table: Table, answers: dict[tuple[str, str], list[bool]]) -> None:
    """Everything else in reach is denied: other names, other prefixes, others' accounts."""
    found = answers[table.document, "denied"]
    allowed = [row for row, allowed in zip(table.refused, found, strict=True) if allowed]
    assert allowed == []


@pytest.mark.parametrize(
    "table",
    # tests/unit/policies/test_deployer.py holds the deployer's against AWS's own lists.
    [table for table in TABLES if table.document != "deployer"],
    ids=lambda table: table.document,
)
def test_every_action_is_asked_for(table: Table, documents: dict[str, Document]) -> None:
    """No action is in a document that no row of the table needs."""
    given = {
        action
        for statement in documents[table.document]["Statement"]
        if table.is_about(statement["Sid"])
        for action in _listed(statement["Action"])
    }
    asked = {row.action for row in table.allowed}
    assert asked == given


def test_every_document_has_a_table(documents: dict[str, Document]) -> None:
    """Every document that the environments have is asked about."""
    assert {table.document for table in TABLES} == documents.keys()


@by_document
def test_as_much_is_denied(table: Table) -> None:
    """At least as much is denied as allowed, and no question is asked twice."""
    assert len(table.refused) >= len(table.allowed)
    for rows in (table.allowed, table.refused):
        asked = {(row.action, row.resource, str(sorted(row.context.items()))) for row in rows}
        assert len(asked) == len(rows)


def test_questions() -> None:
    """There are as many questions as docs/how-to/policies.md says."""
    allowed = sum(len(table.allowed) for table in TABLES)
    assert allowed >= 800
    assert sum(len(table.refused) for table in TABLES) > 2 * allowed


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
