# SPDX-License-Identifier: Apache-2.0
"""How much a policy allows, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from seqera_batch.catalog import authorization
from seqera_batch.catalog.authorization.patterns import is_anywhere
from seqera_batch.judge.findings.grant import Grant, actions_of, grants, once
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
        actions=len(actions_of(found)),
        open_ended=len(
            frozenset().union(*(_narrower(one.actions) for one in found if "*" in one.resources))
        ),
        on_all=sum("*" in grant.resources for grant in found),
        anywhere=sum(is_anywhere(arn) for grant in found for arn in grant.resources),
    )


@cache
def _narrower(patterns: tuple[str, ...]) -> frozenset[str]:
    """Return the actions that could name something narrower than `*`."""
    known = (one for pattern in patterns for one in authorization.actions(pattern))
    return frozenset(one.full_name for one in known if one.types)
