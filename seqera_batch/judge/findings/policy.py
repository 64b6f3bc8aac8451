# SPDX-License-Identifier: Apache-2.0
"""A whole document as the checks see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from seqera_batch.catalog.authorization.patterns import overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.catalog.authorization import Action
    from seqera_batch.judge.findings.grant import Grant


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A document under review.

    Args:
        name: What findings call it.
        grants: Its statements.
        size: Characters without white space.
    """

    name: str
    grants: tuple[Grant, ...]
    size: int

    @cached_property
    def permissions(self) -> tuple[Grant, ...]:
        """The statements that allow somebody to do something to resources."""
        return tuple(grant for grant in self.grants if grant.allows and not grant.principals)

    @cached_property
    def trusts(self) -> tuple[Grant, ...]:
        """The statements that let somebody take a role."""
        return tuple(grant for grant in self.grants if grant.allows and grant.principals)

    def allowing(self, action: str) -> Iterator[Grant]:
        """Yield the statements that allow an action on anything.

        Args:
            action: As policies write it, without wildcards.
        """
        name = action.lower()
        for grant in self.permissions:
            if any(_means(pattern.lower(), name) for pattern in grant.actions):
                yield grant

    def resources_of(self, action: Action) -> tuple[str, ...]:
        """Return everything on which the document allows an action."""
        return tuple(
            resource for grant in self.allowing(action.full_name) for resource in grant.resources
        )


def _means(pattern: str, action: str) -> bool:
    return pattern == action or (("*" in pattern or "?" in pattern) and overlap(pattern, action))
