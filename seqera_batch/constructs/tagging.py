# SPDX-License-Identifier: Apache-2.0
"""Tags in the shape that CloudFormation wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def cfn_tags(tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return tags as a list; plain data crosses into Node.js faster than `CfnTag` objects."""
    return [{"key": key, "value": value} for key, value in tags.items()]
