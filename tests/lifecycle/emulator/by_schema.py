# SPDX-License-Identifier: Apache-2.0
"""Handlers of any type, from its CloudFormation schema: required, create-only, read-only."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]

REGION = "us-east-1"
"""Whose schemas are read; those of the types here are the same everywhere."""

PREFIXES = {
    "AWS::EC2::EIP": "eipalloc",
    "AWS::EC2::FlowLog": "fl",
    "AWS::EC2::NatGateway": "nat",
    "AWS::EC2::SecurityGroupEgress": "sgr",
    "AWS::EC2::SecurityGroupIngress": "sgr",
    "AWS::FSx::DataRepositoryAssociation": "dra",
    "AWS::FSx::FileSystem": "fs",
}
"""How ids of a type begin."""


def schema(kind: str) -> Record:
    """Return the schema of a type."""
    found: Record = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return found


def _inside(props: Any, path: list[str]) -> Any:
    """Return a property, or one inside of another."""
    for name in path:
        props = props.get(name) if isinstance(props, dict) else None
    return props


class BySchema:
    """Keeps resources of a type as their properties, under an id of its own."""

    def __init__(
        self, kind: str, watch: Callable[[str, Record | None], None] | None = None
    ) -> None:
        """Read the type's schema.

        Args:
            kind: The type.
            watch: Is told of each id and its properties; None when it is deleted.
        """
        self.kind = kind
        self.schema = schema(kind)
        self.watch = watch or (lambda _id, _props: None)

    def create(self, logical_id: str, props: Record, _stack: str) -> tuple[str, Record]:
        """Create the resource."""
        if missing := set(self.schema.get("required", ())) - props.keys():
            raise ValueError(f"Properties validation failed: required {sorted(missing)}")
        if unknown := props.keys() - self.schema["properties"].keys():
            raise ValueError(f"Properties validation failed: extraneous {sorted(unknown)}")
        made = f"{PREFIXES.get(self.kind, logical_id.lower())}-{secrets.token_hex(8)}1"
        self.watch(made, props)
        return made, self.attributes(made)

    def update(
        self, physical_id: str, old: Record, new: Record, stack: str, logical_id: str | None = None
    ) -> tuple[str, Record]:
        """Keep the new properties; a successor where a create-only one differs."""
        only = [path.split("/")[2:] for path in self.schema.get("createOnlyProperties", ())]
        if any(_inside(old, path) != _inside(new, path) for path in only):
            return self.create(logical_id or "", new, stack)
        self.watch(physical_id, new)
        return physical_id, self.attributes(physical_id)

    def delete(self, physical_id: str, _props: Record) -> None:
        """Delete it."""
        self.watch(physical_id, None)

    def attributes(self, made: str) -> Record:
        """Return read-only properties: ids are the id, other texts end with it."""
        names = [path.split("/")[2] for path in self.schema.get("readOnlyProperties", ())]
        primary = [path.split("/")[2] for path in self.schema["primaryIdentifier"]]
        return {
            name: made if name in primary else ATTRIBUTES.get((self.kind, name), "{}").format(made)
            for name in names
        }


ATTRIBUTES = {
    ("AWS::FSx::FileSystem", "DNSName"): "{}.fsx.amazonaws.com",
    ("AWS::FSx::FileSystem", "LustreMountName"): "abcdef01",
    ("AWS::FSx::DataRepositoryAssociation", "ResourceARN"): "arn:aws:fsx:::association/{}",
    ("AWS::FSx::FileSystem", "ResourceARN"): "arn:aws:fsx:::file-system/{}",
}
