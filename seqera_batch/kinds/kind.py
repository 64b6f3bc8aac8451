# SPDX-License-Identifier: Apache-2.0
"""The form of a record: all that is known of one CloudFormation type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cache
from typing import Any, Literal

from seqera_batch.records import dataclass

Properties = Mapping[str, Any]

SCHEMAS = (
    "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html"
)
"""What the schemas of CloudFormation's types tell, the permissions of their handlers among it."""

NOT_SET = "our templates never set the property that needs it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakes:
    """What is at stake with a resource, in words for people.

    Args:
        jobs: Which running jobs end when it is replaced or removed.
        data: What data that takes along.
        rights: Whose rights that takes along.
        opens: What it opens by being there.
        protects: What it protects by being there.
        idle_cost: What costs money while no pipeline runs.
    """

    jobs: str | None = None
    data: str | None = None
    rights: str | None = None
    opens: str | None = None
    protects: str | None = None
    idle_cost: str | None = None

    @property
    def ending(self) -> str | None:
        """What its end means."""
        return self.jobs or self.data or self.rights


NOTHING = Stakes()


@dataclass(frozen=True, slots=True)
class Tags:
    """Where a type takes tags, and in which shape."""

    property: str
    shape: Literal["list", "mapping", "specifications"]


TAG_LIST = Tags("Tags", "list")
TAG_MAPPING = Tags("Tags", "mapping")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """All that is known of one CloudFormation type.

    What no schema tells has to be said. Where there is a default, a test holds the record against
    CloudFormation's schema of the type. Several names stand in one text, apart by spaces;
    properties inside others have dotted names.

    Args:
        type: CloudFormation's name of it.
        title: The words that people read.
        create_only: Properties that can only be set at creation, so that another value replaces
            the resource; those that our templates never write may be missing.
        rolls: Properties with which AWS Batch starts new nodes and ends the old ones.
        name: Property that names it; what keeps its name cannot be replaced. None where AWS names.
        moving: Attributes that change when it changes in place; ids, names and ARNs do not.
        stakes: What is lost with it, what it opens or protects, what it costs while idle.
        open_without_policy: Whether everything is let through where no policy is set.
        tags: Where it takes tags; None where it takes none.
        kms_key: Returns the properties, changed by a KMS key's ARN, where data is encrypted.
        arns: ARNs of it, and of what else the calls name, as `service:resource`; `{Name}` is a
            property's value, `{Stack:.20}` how a name starts that CloudFormation makes of the
            stack's: it may cut it.
        calls: What CloudFormation's handlers call, but the two below.
        passes: By property, the services that get the role in it; whom the role trusts, first.
        linked: Services whose service-linked role may have to be made, and with which properties.
        besides: Further calls, and with which properties they are made.
        omitted: Documented calls that are left out, by reason.
        source: Where the calls are documented.
    """

    type: str
    title: str
    create_only: str
    rolls: str = ""
    name: str | None = None
    moving: str = ""
    stakes: Stakes
    open_without_policy: bool = False
    tags: Tags | None = TAG_LIST
    kms_key: Callable[[Properties, str], Properties] | None = None
    arns: str
    calls: str
    passes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    linked: Mapping[str, Callable[[Properties], bool]] = field(default_factory=dict)
    besides: Mapping[str, Callable[[Properties], bool]] = field(default_factory=dict)
    omitted: Mapping[str, str] = field(default_factory=dict)
    source: str = SCHEMAS

    @property
    def actions(self) -> frozenset[str]:
        """What whoever deploys needs for it."""
        return _actions(self)

    def actions_of(self, made: Properties) -> frozenset[str]:
        """What whoever deploys needs for one with these properties."""
        return self.actions - {name for name, needed in self.besides.items() if not needed(made)}


@cache
def _actions(kind: Kind) -> frozenset[str]:
    further = {"iam:PassRole": kind.passes, "iam:CreateServiceLinkedRole": kind.linked}
    named = {action for action, why in further.items() if why}
    return actions_in(kind.calls) | named | kind.besides.keys()


@cache
def actions_named(text: str) -> tuple[str, ...]:
    """Return actions that are given in one text, where a service holds until the next is named.

    `kms:CreateGrant DescribeKey ec2:DescribeVpcs` has two actions of KMS.
    """
    found, service = [], ""
    for word in text.split():
        prefix, colon, name = word.rpartition(":")
        service = prefix if colon else service
        found.append(f"{service}:{name}")
    return tuple(found)


def actions_in(text: str) -> frozenset[str]:
    """Return the same as a set."""
    return frozenset(actions_named(text))


def always(_properties: Properties) -> bool:
    """Say that a service-linked role is needed, whatever the properties."""
    return True


def kms_key_id(_properties: Properties, key: str) -> Properties:
    """Return the KMS key where most types take it."""
    return {"KmsKeyId": key}
