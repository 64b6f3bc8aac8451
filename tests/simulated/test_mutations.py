# SPDX-License-Identifier: Apache-2.0
"""The tables notice every change: no statement, action, ARN or condition is there for nothing."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seqera_batch.judge.findings import findings
from tests.simulated.every import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.simulated.conftest import Ask, Document

HELD_ELSEWHERE = frozenset({"deployer"})
"""Holds more than a table can say: tests/unit/policies/test_deployer.py has AWS's lists for it."""

SURPLUS = {
    ("quick-start", "Ec2MetadataDescribe ec2:DescribeSubnets"): "menus and mount targets need it",
    ("quick-start", "EfsNetworkListing ec2:DescribeSubnets"): "each section stands by itself",
    (
        "quick-start",
        "CloudWatchLogsAccess arn:aws:logs:eu-west-1:111122223333:log-group:*:*",
    ): "a pattern for every group is one for every stream",
    (
        "doctor",
        (
            "ReadNodeLogs "
            "arn:aws:logs:eu-west-1:111122223333:log-group:/seqera-batch/TowerForge-spot/nodes:*"
        ),
    ): "AWS authorizes groups with and without `:*`, the simulator without",
    **{
        (
            document,
            (
                "FetchOptimizedAmiMetadata "
                "arn:aws:ssm:eu-west-1::parameter/aws/service/ecs/optimized-ami/*"
            ),
        ): "the simulator knows parameters by the account only, AWS's own have none"
        for document in ("platform-forge", "quick-start")
    },
}
"""What could go as far as the tables know, each with the reason why it stays."""

OPEN_ANYWAY = {
    ("quick-start", "S3AllObjects arn:aws:s3:::*/*"): "it reaches every object either way",
}
"""What a table cannot tell from `*`, each with the reason; the review finds it all the same."""

TABLE = {table.document: table for table in TABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A document with one change.

    Args:
        document: Name of the document.
        what: What was changed, starting with the Sid.
        policy: The changed document.
        actions: Actions that the change can be about.
    """

    document: str
    what: str
    policy: Document
    actions: frozenset[str]


def test_no_statement_can_go(documents: dict[str, Document], ask: Ask) -> None:
    """Without any one statement something is refused that must work."""
    mutations = _mutations(documents, _without_statements, leave_out=frozenset())
    assert sorted(_unnoticed(mutations, ask, allowed=True)) == []


def test_no_action_and_no_resource_can_go(documents: dict[str, Document], ask: Ask) -> None:
    """Nor can any one action or ARN, but for a few that stay for a reason."""
    mutations = [
        one
        for mutate in (_without_actions, _without_resources)
        for one in _mutations(documents, mutate, leave_out=HELD_ELSEWHERE)
    ]
    assert _unnoticed(mutations, ask, allowed=True) == SURPLUS.keys()


def test_no_condition_can_go(documents: dict[str, Document], ask: Ask) -> None:
    """Without any one condition something is allowed that must not be."""
    mutations = _mutations(documents, _without_conditions, leave_out=frozenset())
    assert sorted(_unnoticed(mutations, ask, allowed=False)) == []


def test_no_resource_can_be_wider(documents: dict[str, Document], ask: Ask) -> None:
    """With `*` for any one ARN something is allowed that must not be."""
    mutations = _mutations(documents, _wider, leave_out=frozenset())
    assert _unnoticed(mutations, ask, allowed=False) == OPEN_ANYWAY.keys()


def test_the_review_finds_what_is_wider(documents: dict[str, Document]) -> None:
    """The review says something, too, of every ARN that has become `*`."""
    before = {name: _open(document) for name, document in documents.items()}
    for one in _mutations(documents, _wider, leave_out=frozenset()):
        assert _open(one.policy) - before[one.document], f"{one.document} {one.what}"


def _open(document: Mapping[str, Any]) -> set[str]:
    return {one.id for one in findings(document, limit=100_000)}


def _mutations(
    documents: dict[str, Document],
    mutate: Callable[[dict[str, Any]], Iterator[tuple[str, dict[str, Any] | None]]],
    *,
    leave_out: frozenset[str],
) -> list[Mutation]:
    """Return each document with each change of one statement; None takes the statement away."""
    found = []
    for name, document in documents.items():
        if name in leave_out:
            continue
        for place, statement in enumerate(document["Statement"]):
            if not TABLE[name].is_about(statement["Sid"]):
                continue
            rest = [one for other, one in enumerate(document["Statement"]) if other != place]
            found += [
                Mutation(
                    document=name,
                    what=f"{statement['Sid']}{what}",
                    policy={**document, "Statement": rest + ([changed] if changed else [])},
                    actions=frozenset(_listed(statement["Action"])),
                )
                for what, changed in mutate(statement)
            ]
    assert found
    return found


def _unnoticed(mutations: list[Mutation], ask: Ask, *, allowed: bool) -> set[tuple[str, str]]:
    """Return the mutations with which every answer is still as the table has it.

    Args:
        mutations: What to ask about, all at once.
        ask: Asks the simulator.
        allowed: Whether to ask what must be allowed, or what must be denied.
    """
    rows = {name: one.allowed if allowed else one.refused for name, one in TABLE.items()}
    questions = [
        (str(place), row)
        for place, one in enumerate(mutations)
        for row in rows[one.document]
        if row.action in one.actions
    ]
    policies = {str(place): one.policy for place, one in enumerate(mutations)}
    answers = ask(policies, questions, enough=not allowed)
    noticed = {
        place
        for (place, _), answer in zip(questions, answers, strict=True)
        if answer is not allowed
    }
    return {
        (one.document, one.what) for place, one in enumerate(mutations) if str(place) not in noticed
    }


def _without_statements(
    statement: dict[str, Any],
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    del statement
    yield "", None


def _without_actions(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    yield from _without_each(statement, "Action")


def _without_resources(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    yield from _without_each(statement, "Resource")


def _without_each(
    statement: dict[str, Any], key: str
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    values = _listed(statement[key])
    if len(values) == 1:
        return  # The same as without the statement.
    for value in values:
        yield f" {value}", {**statement, key: [one for one in values if one != value]}


def _without_conditions(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for operator, keys in statement.get("Condition", {}).items():
        for key in keys:
            changed = deepcopy(statement)
            del changed["Condition"][operator][key]
            if not changed["Condition"][operator]:
                del changed["Condition"][operator]
            yield f" {key}", changed


def _wider(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for resource in _listed(statement["Resource"]):
        if resource != "*":
            others = [one for one in _listed(statement["Resource"]) if one != resource]
            yield f" {resource}", {**statement, "Resource": [*others, "*"]}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
