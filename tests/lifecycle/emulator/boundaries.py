# SPDX-License-Identifier: Apache-2.0
"""Permissions boundaries of roles, which ministack's CloudFormation leaves out."""

from __future__ import annotations

from typing import Any

from ministack.services import iam  # type: ignore[import-untyped]


def install(handlers: dict[str, Any]) -> None:
    """Let roles that a stack makes and changes carry their boundary."""
    role = handlers["AWS::IAM::Role"]
    create, update = role["create"], role["update"]

    def create_bounded(logical_id: str, props: dict[str, Any], stack: str) -> Any:  # noqa: ANN401
        made = create(logical_id, props, stack)
        _bound(made[0], props)
        return made

    def update_bounded(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        made = update(physical_id, old, new, *rest)
        _bound(made[0], new)
        return made

    handlers["AWS::IAM::Role"] = {**role, "create": create_bounded, "update": update_bounded}


def _bound(name: str, props: dict[str, Any]) -> None:
    iam._roles[name]["PermissionsBoundary"] = props.get("PermissionsBoundary")  # noqa: SLF001
