# SPDX-License-Identifier: Apache-2.0
"""How much a policy allows, in numbers."""

from __future__ import annotations

from collections.abc import Mapping

from seqera_batch.catalog.authorization.patterns import is_anywhere
from seqera_batch.judge.findings.grant import grants
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
    every = grants(policy)
    found = [grant for grant in every if grant.allows]
    return Count(
        statements=len(every),
        actions=len({name for grant in found for name in grant.action_names()}),
        open_ended=len(
            {
                action.full_name
                for grant in found
                if "*" in grant.resources
                for _, action in grant.known_actions()
                if action.types
            }
        ),
        on_all=sum("*" in grant.resources for grant in found),
        anywhere=sum(is_anywhere(arn) for grant in found for arn in grant.resources),
    )
