# SPDX-License-Identifier: Apache-2.0
"""One resource of a template."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from seqera_batch.cloudformation.intrinsics import answer, references, resolve
from seqera_batch.kinds import Kind
from seqera_batch.records import dataclass

KEPT = "RetainExceptOnCreate"
"""CloudFormation's word for: kept, but not when the creation of the stack itself fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A CloudFormation resource.

    Args:
        kind: The record of its type: what has none cannot be made.
        properties: As CloudFormation writes them, with the marks of `intrinsics`; entries that
            are None are left out.
        depends_on: Resources that must outlive this one without being referred to.
        keep_on_delete: Whether the resource outlives its stack; None where CloudFormation's
            default, deletion, is not worth a word.
    """

    kind: Kind
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()
    keep_on_delete: bool | None = None

    @classmethod
    def of(
        cls,
        kind: Kind,
        *,
        depends_on: tuple[str, ...] = (),
        keep_on_delete: bool | None = None,
        **properties: Any,  # noqa: ANN401 - JSON
    ) -> Resource:
        """Return a resource, its properties by CloudFormation's names."""
        return cls(
            kind=kind, properties=properties, depends_on=depends_on, keep_on_delete=keep_on_delete
        )

    @property
    def type(self) -> str:
        """CloudFormation's name of the type."""
        return self.kind.type

    def answered(self, answers: Callable[[str], str | None]) -> Resource:
        """Return the resource with what stands for its marks; see `intrinsics.answer`."""
        return replace(self, properties=answer(dict(self.properties), answers))

    @property
    def waited_for(self) -> list[str]:
        """What it waits for without referring to it."""
        if not self.depends_on:
            return []
        referred = set(references(dict(self.properties)))
        return sorted({name for name in self.depends_on if name not in referred})

    def to_dict(self) -> dict[str, Any]:
        """Return the resource as CloudFormation reads it."""
        properties = present(**self.properties)
        rendered: dict[str, Any] = {"Type": self.type, "Properties": resolve(properties)}
        if waited_for := self.waited_for:
            rendered["DependsOn"] = waited_for
        if self.keep_on_delete is not None:
            # What a creation that failed has made holds no data yet, and a bucket that stayed
            # would stand in the way of the next try by its name.
            rendered["DeletionPolicy"] = KEPT if self.keep_on_delete else "Delete"
            rendered["UpdateReplacePolicy"] = "Retain" if self.keep_on_delete else "Delete"
        return rendered


Resources = dict[str, Resource]
"""Resources by the id that they have below `BatchForge`; part of the public contract."""


def rendered(resources: Resources) -> dict[str, dict[str, Any]]:
    """Return resources as CloudFormation reads them."""
    return {name: resource.to_dict() for name, resource in resources.items()}


def as_fragment(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """Return sections of a template as the text that CDK includes.

    CDK reads it as YAML, which takes as long as the text is.
    """
    return json.dumps(sections, separators=(",", ":"))


def reached(resources: Resources, name: str) -> set[str]:
    """Return the resources that one refers to, and those that they refer to, and so on."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        new = set(references(dict(resources[ahead.pop()].properties))) & resources.keys() - found
        found |= new
        ahead += new
    return found


def present(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return properties without those that are None."""
    return {name: value for name, value in properties.items() if value is not None}


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in the shape that most resources take."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
