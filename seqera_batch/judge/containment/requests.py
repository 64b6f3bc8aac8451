# SPDX-License-Identifier: Apache-2.0
"""The requests that a policy is about, as products of actions, resources, principals, conditions.

A document is read from its JSON, `NotAction` and its like as they are: `review.grant` takes all
but some as all, which is the worst that it may come to and no ground for a comparison.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from seqera_batch.judge.containment.conditions import Test, alternatives, implied, tests
from seqera_batch.judge.containment.patterns import apart, arn_within, within
from seqera_batch.records import dataclass

_MOST_ALTERNATIVES = 256
"""Conditions into which one is taken apart; what is longer is not proved to be inside several."""


@dataclass(frozen=True, slots=True)
class Names:
    """One pattern, or all but what some patterns match."""

    patterns: tuple[str, ...]
    all_but: bool = False

    def text(self) -> str:
        """Return it as a person reads it."""
        return f"{'all but ' if self.all_but else ''}{', '.join(self.patterns)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Requests that one statement is about.

    Args:
        action: As it is spelled; IAM does not look at its case.
        resource: ARNs; `*` in trust policies, which name none.
        principal: `kind name`; None in permissions.
        conditions: All of which hold.
    """

    action: Names
    resource: Names
    principal: Names | None
    conditions: tuple[Test, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A statement of a document as the requests it is about.

    Args:
        sid: Its Sid, or `Statement2` by its place where it has none.
        allows: Whether it allows; else it denies.
        requests: Together they are the statement.
    """

    sid: str
    allows: bool
    requests: tuple[Requests, ...]


def clauses(policy: Mapping[str, Any]) -> tuple[Clause, ...]:
    """Return the statements of a policy's JSON."""
    statements = policy["Statement"]
    listed = [statements] if isinstance(statements, dict) else statements
    return tuple(_rule(statement, place) for place, statement in enumerate(listed, start=1))


def covered(narrow: Requests, wide: Iterable[Requests]) -> bool:
    """Return whether all of the first requests are proved to be among the others."""
    near = [
        one
        for one in wide
        if _within(_caseless(narrow.action), _caseless(one.action), within)
        and _within(narrow.resource, one.resource, arn_within)
        and _principal_within(narrow.principal, one.principal)
    ]
    return bool(near) and _condition_covered(narrow, near, [_MOST_ALTERNATIVES])


def _condition_covered(narrow: Requests, wide: list[Requests], left: list[int]) -> bool:
    if any(implied(narrow.conditions, one.conditions) for one in wide):
        return True
    parts = list(alternatives(narrow.conditions))
    left[0] -= len(parts)
    return (
        len(wide) > 1
        and bool(parts)
        and left[0] >= 0
        and all(_condition_covered(replace(narrow, conditions=one), wide, left) for one in parts)
    )


def _within(narrow: Names, wide: Names, pattern_within: Callable[[str, str], bool]) -> bool:
    if not wide.all_but:
        if narrow.all_but:
            return any(pattern_within("*", pattern) for pattern in wide.patterns)
        return all(
            any(pattern_within(one, pattern) for pattern in wide.patterns)
            for one in narrow.patterns
        )
    if narrow.all_but:
        # The more is left out, the less is left.
        return all(
            any(pattern_within(left_out, pattern) for pattern in narrow.patterns)
            for left_out in wide.patterns
        )
    return all(apart(one, left_out) for one in narrow.patterns for left_out in wide.patterns)


def _principal_within(narrow: Names | None, wide: Names | None) -> bool:
    if narrow is None or wide is None:
        return narrow is wide
    if narrow.all_but or wide.all_but:
        return narrow == wide
    if narrow == wide:
        return True
    anybody = {"* *", "AWS *"} & set(wide.patterns)
    # AWS does not say that everybody includes its services and what is federated.
    return bool(anybody) and all(one.startswith(("* ", "AWS ")) for one in narrow.patterns)


def _rule(data: Mapping[str, Any], place: int) -> Clause:
    conditions = tests(
        {
            operator: {key: _many(value) for key, value in keys.items()}
            for operator, keys in data.get("Condition", {}).items()
        }
    )
    return Clause(
        sid=data.get("Sid") or f"Statement{place}",
        allows=data["Effect"] == "Allow",
        requests=tuple(
            Requests(action=action, resource=resource, principal=principal, conditions=conditions)
            for action in _names(data, "Action")
            for resource in (_names(data, "Resource") or (Names(("*",)),))
            for principal in (_principals(data) or (None,))
        ),
    )


def _names(data: Mapping[str, Any], part: str) -> tuple[Names, ...]:
    if f"Not{part}" in data:
        return (Names(_many(data[f"Not{part}"]), all_but=True),)
    return tuple(Names((one,)) for one in _many(data.get(part, ())))


def _caseless(names: Names) -> Names:
    return replace(names, patterns=tuple(pattern.lower() for pattern in names.patterns))


def _principals(data: Mapping[str, Any]) -> tuple[Names, ...]:
    if "NotPrincipal" in data:
        return (Names(tuple(_flat(data["NotPrincipal"])), all_but=True),)
    return tuple(Names((one,)) for one in _flat(data.get("Principal", {})))


def _flat(principal: object) -> Iterator[str]:
    if not isinstance(principal, dict):
        yield f"* {principal}"
        return
    for kind, names in principal.items():
        for name in _many(names):
            # A number of an account is short for its root.
            whole = f"arn:aws:iam::{name}:root" if kind == "AWS" and name.isdigit() else name
            yield f"{kind} {whole}"


def _many(value: object) -> tuple[str, ...]:
    """Return one or several values as texts; a function of CloudFormation as its JSON."""
    if isinstance(value, list | tuple):
        return tuple(one for item in value for one in _many(item))
    if isinstance(value, bool | dict):
        return (json.dumps(value, sort_keys=True),)
    return (str(value),)
