# SPDX-License-Identifier: Apache-2.0
"""How much a policy allows, in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from seqera_batch.catalog import authorization
from seqera_batch.catalog.authorization import Action
from seqera_batch.catalog.authorization.patterns import is_anywhere
from seqera_batch.judge.findings.grant import Grant, grants, once
from seqera_batch.policies.document import PolicyDocument
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much a policy allows.

    Args:
        statements: Statements, those that deny included; the rest counts what is allowed.
        actions: Actions of AWS that it allows on anything, patterns counted in full.
        open_ended: Actions that it allows on `*` although AWS offers something narrower.
        on_all: Statements that allow on `*`.
        anywhere: ARNs of any account or region.
    """

    statements: int
    actions: int
    open_ended: int
    on_all: int
    anywhere: int


def count(policy: PolicyDocument | Mapping[str, object]) -> Count:
    """Count what a policy allows."""
    return _count(grants(policy))


@once
def _count(every: tuple[Grant, ...]) -> Count:
    found = [grant for grant in every if grant.allows]
    return Count(
        statements=len(every),
        actions=_actions(tuple(grant.actions for grant in found)),
        open_ended=_narrower(tuple(grant.actions for grant in found if "*" in grant.resources)),
        on_all=sum("*" in grant.resources for grant in found),
        anywhere=sum(is_anywhere(arn) for grant in found for arn in grant.resources),
    )


@cache
def _actions(statements: tuple[tuple[str, ...], ...]) -> int:
    return len({one.full_name for one in _known(statements)})


@cache
def _narrower(statements: tuple[tuple[str, ...], ...]) -> int:
    """Return how many of the actions could name something narrower than `*`."""
    return len({one.full_name for one in _known(statements) if one.types})


def _known(statements: Iterable[Iterable[str]]) -> Iterator[Action]:
    return (one for each in statements for name in each for one in authorization.actions(name))
