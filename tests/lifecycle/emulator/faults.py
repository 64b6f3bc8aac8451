# SPDX-License-Identifier: Apache-2.0
"""Failures on order: a file names the resource whose creation or update is to fail."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ministack.services.cloudformation import stacks  # type: ignore[import-untyped]

from tests.lifecycle.emulator.names import FAULTS

_untouched: set[tuple[str, str]] = set()


def install() -> None:
    """Fail on order, and leave out events of resources that an update does not touch."""
    provision, update, event = (
        stacks._provision_resource,
        stacks._update_resource,
        stacks._add_event,
    )

    def provision_or_fail(kind: str, logical_id: str, *rest: Any) -> Any:
        _fail_if_ordered(logical_id)
        return provision(kind, logical_id, *rest)

    def update_or_fail(
        kind: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack: str,
        logical_id: str,
        *rest: Any,
    ) -> Any:
        if old == new:
            _untouched.add((stack, logical_id))
        else:
            _untouched.discard((stack, logical_id))
            _fail_if_ordered(logical_id)
        return update(kind, physical_id, old, new, stack, logical_id, *rest)

    def event_of_changes(
        stack_id: str,
        stack: str,
        logical_id: str,
        kind: str,
        status: str,
        *rest: Any,
        **more: Any,
    ) -> None:
        # CloudFormation does not mention what an update leaves alone; ministack does.
        if status == "UPDATE_COMPLETE" and (stack, logical_id) in _untouched:
            _untouched.discard((stack, logical_id))
            _forget_start(stack_id, logical_id)
            return
        event(stack_id, stack, logical_id, kind, status, *rest, **more)

    stacks._provision_resource = provision_or_fail
    stacks._update_resource = update_or_fail
    stacks._add_event = event_of_changes


def _forget_start(stack_id: str, logical_id: str) -> None:
    from ministack.services import cloudformation  # type: ignore[import-untyped]

    events = cloudformation._stack_events[stack_id]
    for index in range(len(events) - 1, -1, -1):
        one = events[index]
        if one["LogicalResourceId"] == logical_id:
            assert one["ResourceStatus"] == "UPDATE_IN_PROGRESS"
            del events[index]
            return


def _fail_if_ordered(logical_id: str) -> None:
    file = Path(os.environ[FAULTS])
    if file.is_file():
        message = json.loads(file.read_text("utf-8")).get(logical_id)
        if message is not None:
            raise ValueError(message)
