# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation calls for one type of resource, in the words of the tables."""

from __future__ import annotations

from dataclasses import dataclass, field

SCHEMAS = (
    "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html"
)
"""What the permissions of handlers are."""

NOT_SET = "our templates never set the property that needs it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """The calls of one type.

    Args:
        actions: What is called to create, read, change and delete it.
        kinds: Types of EC2's resources that the calls name; AWS gives them ids.
        omitted: Documented permissions that are left out, each with the reason.
        source: Where the permissions are documented.
    """

    actions: frozenset[str]
    kinds: tuple[str, ...] = ()
    omitted: dict[str, str] = field(default_factory=dict)
    source: str = SCHEMAS


def of(service: str, names: str) -> frozenset[str]:
    """Return actions of a service, of which the names are given in one text."""
    return frozenset(f"{service}:{name}" for name in names.split())


def without(reason: str, *actions: frozenset[str]) -> dict[str, str]:
    """Return permissions that are left out, with the reason that they share."""
    return {action: reason for group in actions for action in group}


TAGS = of("ec2", "CreateTags DeleteTags")
PASS = frozenset({"iam:PassRole"})
LINK = frozenset({"iam:CreateServiceLinkedRole"})
