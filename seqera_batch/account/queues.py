# SPDX-License-Identifier: Apache-2.0
"""What is wrong with queues and compute environments themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.account.answer import Answer
from seqera_batch.account.leaves import LEAVES
from seqera_batch.account.texts import INVALID, first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.account.facts import Environment, Queue


def queue_answers(queue: Queue) -> Iterator[Answer]:
    """Yield what is wrong with a queue."""
    detail = queue.detail
    if detail is None:
        yield Answer(leaf=LEAVES["queue-missing"], about=queue.name)
        return
    seen = {name: detail.get(name) for name in ("state", "status", "statusReason")}
    if detail["state"] != "ENABLED":
        yield Answer(leaf=LEAVES["queue-disabled"], about=queue.name, evidence=seen)
    if detail.get("status") == "INVALID":
        yield Answer(leaf=LEAVES["queue-invalid"], about=queue.name, evidence=seen)


def environment_answers(environment: Environment) -> Iterator[Answer]:
    """Yield what is wrong with a compute environment."""
    detail = environment.detail
    reason = str(detail.get("statusReason", ""))
    seen = {"state": detail.get("state"), "status": detail.get("status"), "statusReason": reason}
    if detail.get("state") == "DISABLED":
        yield Answer(leaf=LEAVES["environment-disabled"], about=environment.name, evidence=seen)
    if detail.get("status") == "INVALID":
        leaf = first(INVALID, reason) or "invalid-otherwise"
        resources = environment.resources
        named = {
            "serviceRole": detail.get("serviceRole"),
            "instanceRole": resources.get("instanceRole"),
            "spotIamFleetRole": resources.get("spotIamFleetRole"),
        }
        seen |= {name: value for name, value in named.items() if value}
        yield Answer(leaf=LEAVES[leaf], about=environment.name, evidence=seen)
    elif detail.get("status") in {"CREATING", "UPDATING", "DELETING"}:
        yield Answer(leaf=LEAVES["environment-updating"], about=environment.name, evidence=seen)
