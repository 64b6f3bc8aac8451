# SPDX-License-Identifier: Apache-2.0
"""Requests that a policy gains or loses, gathered and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from seqera_batch.judge.containment.requests import Requests
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Requests that share their conditions: each action on each resource.

    Args:
        actions: Patterns.
        resources: ARNs; empty in trust policies.
        principals: Who may take a role, as `kind name`; empty in permissions.
        conditions: As `key operator values`, all of which hold.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    conditions: tuple[str, ...]


def parts(requests: Iterable[Requests]) -> tuple[Part, ...]:
    """Return requests gathered, no more and no less of them."""
    found = [
        Part(
            actions=(one.action.text(),),
            # Trust policies name no resource.
            resources=()
            if one.principal and one.resource.text() == "*"
            else (one.resource.text(),),
            principals=() if one.principal is None else (one.principal.text().removeprefix("* "),),
            conditions=tuple(test.text for test in one.conditions),
        )
        for one in requests
    ]
    for name in ("resources", "actions", "principals"):
        found = _gathered(found, name)
    return tuple(found)


def _gathered(found: list[Part], name: Literal["actions", "resources", "principals"]) -> list[Part]:
    """Return parts that are alike but for one list as one, with the lists put together."""
    alike: dict[Part, list[str]] = {}
    for one in found:
        alike.setdefault(replace(one, **{name: ()}), []).extend(getattr(one, name))
    return [replace(one, **{name: tuple(dict.fromkeys(items))}) for one, items in alike.items()]


def changed(gained: Iterable[Part], lost: Iterable[Part], *, allows: bool) -> Iterator[str]:
    """Yield what a statement allows or denies now, and what it no longer does."""
    more, less = ("allows", "no longer allows") if allows else ("denies", "no longer denies")
    yield from (f"{more} {part_text(part)}" for part in gained)
    yield from (f"{less} {part_text(part)}" for part in lost)


def part_text(part: Part) -> str:
    """Return requests as a person reads them."""
    said = ", ".join(part.actions)
    if part.resources:
        said += f" on {', '.join(part.resources)}"
    if part.principals:
        said += f" to {', '.join(part.principals)}"
    if part.conditions:
        said += f", only if {' and '.join(part.conditions)}"
    return said
