# SPDX-License-Identifier: Apache-2.0
"""Refuses what an app would make twice under one name, wherever in it: AWS refuses it later."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from seqera_batch.problems import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs import Construct, IConstruct

    from seqera_batch.plan import ForgePlan

Name = tuple[str, str | None, str]
"""Where a name is taken: the account, or a stage whose account is open; the region, if names are
its own; the name.
"""

_TAKEN: WeakKeyDictionary[IConstruct, dict[Name, tuple[Construct, str]]] = WeakKeyDictionary()
"""By app: the parent and the id of what took a name."""


def refuse_second(
    scope: Construct, construct_id: str, *, plan: ForgePlan, account: str | None
) -> None:
    """Take the names of an environment that is about to be made, for its account and region.

    Where stacks leave their account open, stages may be meant for one each, and are told apart;
    whoever gives all of them one account gets AWS's own answer.

    Args:
        scope: Its parent.
        construct_id: Its id below the parent.
        plan: The environment.
        account: Account of the stack; None where that is open.

    Raises:
        ConfigError: Another construct of the app makes something of the same name there.
    """
    taken = _TAKEN.setdefault(scope.node.root, {})
    path = f"{scope.node.path}/{construct_id}"
    stage = cdk.Stage.of(scope)
    account = account or plan.account
    where = account or f"{plan.partition}, stage {'' if stage is None else stage.node.path}"
    for what, region, name in _names(plan):
        key = (where, region, name)
        parent, other = taken.get(key, (scope, construct_id))
        # One that was refused itself has taken nothing.
        if (parent, other) != (scope, construct_id) and parent.node.try_find_child(other):
            raise refusal(
                "environment-name-once",
                "name",
                f"{parent.node.path}/{other} makes {what} of the same name in "
                + (f"account {account}" if account else "the same account"),
                value=name,
                allowed="a name for each environment of an account, in all regions together",
                fix="change name, or aws.prefix, in one of the two",
                origin=path,
            )
    taken.update({(where, region, name): (scope, construct_id) for _, region, name in _names(plan)})


def _names(plan: ForgePlan) -> Iterator[tuple[str, str | None, str]]:
    """Yield what is made under a fixed name, the region that the name is taken in, and the name."""
    for role in plan.roles.roles:
        if role.created and role.name is not None:
            yield "a role", None, role.name
    for queue in plan.compute.queues:
        yield "a queue", plan.region, queue.name
