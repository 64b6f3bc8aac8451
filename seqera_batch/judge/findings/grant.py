# SPDX-License-Identifier: Apache-2.0
"""One statement as the review reads it: ours with its reason, or any policy's as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache, lru_cache
from typing import Any

from seqera_batch.catalog import authorization
from seqera_batch.catalog.authorization import Action, ResourceType
from seqera_batch.catalog.authorization.patterns import overlap
from seqera_batch.policies.document import PolicyDocument, Statement, each_condition
from seqera_batch.records import dataclass

once = lru_cache(maxsize=1024)
"""Keeps what a function has said last: many statements come again with the next environment, and
a program that reviews for days holds no more of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grant:
    """A statement, every list a tuple; one object for all statements of ours that are equal.

    Args:
        sid: Its Sid, or `Statement2` by its place where it has none.
        allows: Whether it allows; else it denies.
        actions: Patterns of actions.
        resources: Patterns of ARNs; empty in trust policies.
        excepts: Names of the parts by which it holds for all but what it names.
        conditions: Operator to key to values.
        principals: Kind (`AWS`, `Service`, `Federated`) to names, in trust policies.
        reason: Why it is there; None in JSON, which has no place for reasons.
    """

    sid: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    excepts: tuple[str, ...] = ()
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    principals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str | None = None

    def known_actions(self) -> tuple[tuple[str, Action], ...]:
        """Return what the patterns stand for, as far as the data knows."""
        return _known(self.actions)

    def action_names(self) -> frozenset[str]:
        """Return the names of what the patterns stand for, as far as the data knows."""
        return _names(self.actions)

    def has(self, action: str) -> bool:
        """Whether an action is among its own: as policies write it, without wildcards."""
        return _has(self.actions, action)

    def named_types(self) -> frozenset[ResourceType]:
        """Return the types that its actions may name, and of which one of its resources may be."""
        return authorization.named_types(self.actions, self.resources)

    def services(self) -> frozenset[str]:
        """Return the prefixes of the services whose actions the statement names."""
        return _services(self.actions)

    def values(self, key: str, operators: Iterable[str]) -> tuple[str, ...] | None:
        """Return what a condition asks a key to be; None where none of the operators does.

        Args:
            key: Condition key; IAM does not look at case.
            operators: Those that refuse a request in which the key is missing.
        """
        wanted = {operator.lower() for operator in operators}
        for name, operator, values in each_condition(self.conditions):
            if operator.lower() in wanted and name.lower() == key.lower():
                return values
        return None

    def held_by(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield key and values of the conditions that refuse a request without the key."""
        for key, operator, values in each_condition(self.conditions):
            if not operator.lower().endswith("ifexists") and "not" not in operator.lower():
                yield key, values


@cache
def _known(patterns: tuple[str, ...]) -> tuple[tuple[str, Action], ...]:
    return tuple(
        (pattern, action) for pattern in patterns for action in authorization.actions(pattern)
    )


@cache
def _names(patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(action.full_name for _, action in _known(patterns))


@cache
def _has(patterns: tuple[str, ...], action: str) -> bool:
    return any(overlap(pattern.lower(), action.lower()) for pattern in patterns)


@cache
def _services(patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(pattern.partition(":")[0].lower() for pattern in patterns)


def actions_of(found: Iterable[Grant]) -> frozenset[str]:
    """Return the actions of statements together, patterns as what they stand for."""
    return frozenset().union(*(grant.action_names() for grant in found))


def grants(policy: PolicyDocument | Mapping[str, Any] | Sequence[Any]) -> tuple[Grant, ...]:
    """Return the statements of a document: ours, a policy's JSON, or a bare list of statements.

    Raises:
        ValueError: It is no policy: a statement has no effect or no action.
    """
    if isinstance(policy, PolicyDocument):
        return tuple(map(_of_ours, policy.statements))
    statements = policy.get("Statement", policy) if isinstance(policy, dict) else policy
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list | tuple):
        raise ValueError(f"a policy has statements, got {statements!r:.40}")  # noqa: TRY004 - of its value
    return tuple(
        _of_json(statement, None, place) for place, statement in enumerate(statements, start=1)
    )


@once
def _of_ours(statement: Statement) -> Grant:
    """Return a statement as it is reviewed: once, in however many environments it is."""
    return _of_json(statement.to_dict(), statement, place=0)


def _of_json(data: Mapping[str, Any], ours: Statement | None, place: int) -> Grant:
    if not isinstance(data, dict):
        raise ValueError(f"statement {place} is none, got {data!r:.40}")  # noqa: TRY004 - of its value
    if data.get("Effect") not in ("Allow", "Deny"):
        raise ValueError(f"statement {place} says neither Allow nor Deny")
    excepts = tuple(part for part in ("NotAction", "NotResource", "NotPrincipal") if part in data)
    if "Action" not in data and "NotAction" not in data:
        raise ValueError(f"statement {place} names no action")
    principal = data.get("Principal", {})
    return Grant(
        sid=data.get("Sid") or f"Statement{place}",
        allows=data["Effect"] == "Allow",
        # All but some is judged as all: the worst that it may come to.
        actions=("*",) if "NotAction" in data else _many(data["Action"]),
        resources=("*",) if "NotResource" in data else _many(data.get("Resource", ())),
        excepts=excepts,
        conditions={
            operator: {key: _many(value) for key, value in keys.items()}
            for operator, keys in data.get("Condition", {}).items()
        },
        principals={kind: _many(names) for kind, names in principal.items()}
        if isinstance(principal, dict)
        else {"*": _many(principal)},
        reason=None if ours is None else ours.reason,
    )


def _many(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    return (str(value).lower() if isinstance(value, bool) else str(value),)
