# SPDX-License-Identifier: Apache-2.0
"""All parts of an environment as the resources of one template, written as CDK writes parts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seqera_batch.cloudformation.intrinsics import get_att, literal, ref
from seqera_batch.constructs.part import logical_id
from seqera_batch.template import Parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seqera_batch.cloudformation.resource import Resources


_BEFORE_NODE_ROLES = ("key", "logs", "work_bucket", "job_roles", "network", "file_systems")
"""Parts that `BatchForge` makes first; CDK writes resources in the order in which they are made."""


class Whole:
    """The resources of all parts under their logical ids, with references among them.

    Attributes:
        resources: The resources.
    """

    def __init__(self, made: Parts, *, below: Sequence[str]) -> None:
        """Give the ids.

        Args:
            made: The parts.
            below: Path in its stack of the construct of which ids are made.
        """
        self._ids = {name: logical_id(below, name) for name in made.together()}
        written = made.each(self._of_part)
        first = Parts(**{name: getattr(written, name) for name in _BEFORE_NODE_ROLES})
        self.resources: Resources = first.together() | written.together()

    def across(self, mark: str) -> str | None:
        """Return the mark of a resource by its logical id, outside of any part."""
        return self._written(mark, {})

    def _of_part(self, part: Resources) -> Resources:
        return {
            self._ids[name]: replace(
                resource.answered(lambda mark: self._written(mark, part)),
                depends_on=tuple(self._ids[one] for one in resource.depends_on),
            )
            for name, resource in part.items()
        }

    def _written(self, mark: str, part: Resources) -> str | None:
        name, _, attribute = mark.partition(".")
        if name not in self._ids:
            return None
        own = literal(self._ids[name], across=name not in part)
        return get_att(own, attribute) if attribute else ref(own)
