# SPDX-License-Identifier: Apache-2.0
"""A whole document as the checks see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from seqera_batch.catalog.authorization import Action
from seqera_batch.catalog.authorization.patterns import overlap
from seqera_batch.judge.findings.grant import Grant
from seqera_batch.records import dataclass


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

    def allowing(self, action: str) -> tuple[Grant, ...]:
        """Return the statements that allow an action on anything.

        Args:
            action: As policies write it, without wildcards.
        """
        if action not in self._allowing:
            name = action.lower()
            exact, patterns = self._actions
            places = exact.get(name, set()) | {
                place for pattern, place in patterns if overlap(pattern, name)
            }
            self._allowing[action] = tuple(self.permissions[place] for place in sorted(places))
        return self._allowing[action]

    def resources_of(self, action: Action) -> tuple[str, ...]:
        """Return everything on which the document allows an action."""
        return tuple(
            resource for grant in self.allowing(action.full_name) for resource in grant.resources
        )

    @cached_property
    def _allowing(self) -> dict[str, tuple[Grant, ...]]:
        """What `allowing` has said: the checks ask for the same actions."""
        return {}

    @cached_property
    def _actions(self) -> tuple[Mapping[str, set[int]], Sequence[tuple[str, int]]]:
        """The actions that are named, and the patterns, with the places of their statements."""
        exact: dict[str, set[int]] = {}
        patterns = []
        for place, grant in enumerate(self.permissions):
            for name in map(str.lower, grant.actions):
                if "*" in name or "?" in name:
                    patterns.append((name, place))
                else:
                    exact.setdefault(name, set()).add(place)
        return exact, patterns
