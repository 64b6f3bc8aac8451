# SPDX-License-Identifier: Apache-2.0
"""Refuses what an app would make twice under one name, wherever in it: AWS refuses it later."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from seqera_batch.cloudformation.intrinsics import marked
from seqera_batch.problems import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_iam as iam
    from constructs import Construct, IConstruct

    from seqera_batch.cloudformation.resource import Resources
    from seqera_batch.plan import ForgePlan

Name = tuple[str, str | None, str, str]
"""Where a name is taken: the account, or a stage whose account is open; the region, if names are
its own; the type; the name.
"""

_TAKEN: WeakKeyDictionary[IConstruct, dict[Name, tuple[Construct, str]]] = WeakKeyDictionary()
"""By app: the parent and the id of what took a name."""


_IN_ALL_REGIONS = ("AWS::IAM::", "AWS::S3::")
"""Services whose names are taken in all regions at once."""


def refuse_second(
    scope: Construct,
    construct_id: str,
    resources: Resources,
    *,
    plan: ForgePlan,
    account: str | None,
    granted: Mapping[str, iam.IRole] = MappingProxyType({}),
    root: IConstruct | None = None,
) -> None:
    """Take the names of resources that are about to be made.

    Where stacks leave their account open, stages may be meant for one each, and are told apart;
    whoever gives all of them one account gets AWS's own answer.

    Args:
        scope: Parent of the construct that makes them.
        construct_id: Its id below the parent.
        resources: What it makes.
        plan: The environment.
        account: Account of the stack; None where that is open.
        granted: Roles of the app, by the name of the policy that each gets.
        root: The app, where it is known: Node.js need not be asked.

    Raises:
        ConfigError: Another construct of the app makes something of the same name there.
    """
    taken = _TAKEN.setdefault(root or scope.node.root, {})
    where = account = account or plan.account
    if where is None:
        stage = cdk.Stage.of(scope)
        where = f"{plan.partition}, stage {'' if stage is None else stage.node.path}"
    names: dict[Name, str] = {
        (where, region, resource.type, name): resource.kind.title
        for resource in resources.values()
        for name in (resource.properties.get(resource.kind.name or ""),)
        for region in (None if resource.type.startswith(_IN_ALL_REGIONS) else plan.region,)
        if name and not marked(name)
    }
    for name, role in granted.items():
        arn = role.role_arn
        known = role.node.path if cdk.Token.is_unresolved(arn) else arn
        names[known, None, "", name] = f"policy of {known}"
    for key, title in names.items():
        parent, other = taken.get(key, (scope, construct_id))
        # One that was refused itself has taken nothing.
        if (parent, other) != (scope, construct_id) and parent.node.try_find_child(other):
            raise refusal(
                "environment-name-once",
                "name",
                f"{parent.node.path}/{other} makes the {title} of this name too, in "
                + (f"account {account}" if account else "the same account"),
                value=key[-1],
                allowed="a name for each environment of an account, in all regions together",
                fix="change name, or aws.prefix, in one of the two"
                + ("" if key[2] else ", or set aws.iam.generated_names: true in both"),
                origin=f"{scope.node.path}/{construct_id}",
            )
    taken.update(dict.fromkeys(names, (scope, construct_id)))
