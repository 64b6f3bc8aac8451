# SPDX-License-Identifier: Apache-2.0
"""Two sets of rendered resources compared: what CloudFormation and AWS will do to each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from seqera_batch.cloudformation.resource import Resources, reached
from seqera_batch.judge.effects.refusals import Refusal, refusals
from seqera_batch.kinds import kind_of
from seqera_batch.records import dataclass

Json = dict[str, Any]


FATE = "DeletionPolicy"
"""Not a property, and changed by the deployment all the same: what becomes of it without stack."""


class Outcome(StrEnum):
    """What happens to one resource."""

    CREATED = "created"
    IN_PLACE = "in place"
    ROLLING = "rolling"
    """In place, while AWS Batch replaces nodes as their jobs end."""
    REPLACED = "replaced"
    DELETED = "deleted"
    KEPT = "kept"
    """Leaves the stack and stays in the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceEffect:
    """What happens to a resource.

    Args:
        id: Its id below `BatchForge`.
        type: CloudFormation's type.
        outcome: What happens.
        properties: Dotted names of the properties that change, sorted.
        retained: Whether what it holds stays in the account when it is replaced.
    """

    id: str
    type: str
    outcome: Outcome
    properties: tuple[str, ...] = ()
    retained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A resource that goes with its stack no more than what stays in the account lets it.

    While the stack had what stays, both were kept on deletion; CloudFormation goes by the template
    that was deployed last, in which nothing asks for that any more.

    Args:
        id: Its id below `BatchForge`.
        type: CloudFormation's type.
        by: Ids of the resources that leave the stack, stay in the account, and refer to it.
    """

    id: str
    type: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What an update of a stack does to its resources, untouched ones left out.

    Args:
        resources: By id; what would happen, if it is refused.
        refused: Why AWS refuses the whole update and leaves everything as it was.
        held: What makes the stack's deletion fail from then on.
    """

    resources: tuple[ResourceEffect, ...]
    refused: tuple[Refusal, ...]
    held: tuple[Held, ...] = ()


def compare(old: Resources, new: Resources) -> Comparison:
    """Return what deploying the new resources over the old ones does."""
    before = {name: resource.to_dict() for name, resource in old.items()}
    after = {name: resource.to_dict() for name, resource in new.items()}
    changed = _changes(before, after)
    gone = {True: Outcome.KEPT, False: Outcome.DELETED, None: Outcome.DELETED}
    found = [
        ResourceEffect(id=name, type=new[name].type, outcome=Outcome.CREATED)
        for name in after.keys() - before.keys()
    ]
    found += [
        ResourceEffect(id=name, type=old[name].type, outcome=gone[old[name].keep_on_delete])
        for name in before.keys() - after.keys()
    ]
    found += [
        ResourceEffect(
            id=name,
            type=new[name].type,
            outcome=_outcome(after[name], properties),
            properties=tuple(sorted(properties)),
            retained=bool(old[name].keep_on_delete),
        )
        for name, properties in changed.items()
        if properties
    ]
    refused = [
        refusal
        for effect in found
        if effect.id in before and effect.id in after
        for refusal in refusals(
            effect.id,
            before[effect.id],
            after[effect.id],
            frozenset(effect.properties),
            replaced=effect.outcome is Outcome.REPLACED,
        )
    ]
    return Comparison(
        resources=tuple(sorted(found, key=lambda one: one.id)),
        refused=tuple(sorted(refused, key=lambda one: one.id)),
        held=tuple(_held(old, new, {one.id: one.outcome for one in found})),
    )


def _held(old: Resources, new: Resources, outcomes: Mapping[str, Outcome]) -> Iterator[Held]:
    holders: dict[str, list[str]] = {}
    for name in sorted(old):
        # Of a replaced one the old one stays.
        leaves = outcomes.get(name) in {Outcome.KEPT, Outcome.REPLACED}
        if leaves and old[name].keep_on_delete:
            for other in reached(old, name):
                holders.setdefault(other, []).append(name)
    for name, by in sorted(holders.items()):
        goes = name in new and not new[name].keep_on_delete
        if goes and outcomes.get(name) is not Outcome.REPLACED:
            yield Held(id=name, type=new[name].type, by=tuple(by))


def _changes(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, set[str]]:
    """Return the changed properties of each resource that stays, those moved by others too."""
    common = sorted(before.keys() & after.keys())
    changed = {
        name: set(_differing(before[name]["Properties"], after[name]["Properties"], ""))
        for name in common
    }
    for name in common:
        if before[name].get(FATE) != after[name].get(FATE):
            changed[name].add(FATE)
    # A replaced resource has another id, which changes whatever refers to it, and so on.
    settled = False
    while not settled:
        settled = True
        for name in common:
            moved = set(_moved(after[name]["Properties"], "", after, changed))
            if not moved <= changed[name]:
                changed[name] |= moved
                settled = False
    return changed


def _outcome(resource: Json, changed: set[str]) -> Outcome:
    kind = kind_of(resource["Type"])
    # Of a type without a record nobody knows what replaces it: anything might.
    if kind is None or _meet(changed, kind.create_only.split()):
        return Outcome.REPLACED
    if _meet(changed, kind.rolls.split()):
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-batch-computeenvironment.html
        if resource["Properties"].get("ReplaceComputeEnvironment", True):
            return Outcome.REPLACED
        fargate = resource["Properties"]["ComputeResources"]["Type"].startswith("FARGATE")
        return Outcome.IN_PLACE if fargate else Outcome.ROLLING
    return Outcome.IN_PLACE


def _meet(changed: set[str], named: list[str]) -> bool:
    """Whether a changed property is one of those named, inside one, or holds one."""
    return any(
        f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
        for one in changed
        for other in named
    )


def _differing(old: Any, new: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and not _is_call(old) and not _is_call(new):
        for key in old.keys() | new.keys():
            yield from _differing(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    else:
        yield path


def _is_call(value: Json) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _moved(
    value: Any,  # noqa: ANN401 - any JSON
    path: str,
    resources: Mapping[str, Json],
    changed: Mapping[str, set[str]],
) -> Iterator[str]:
    """Yield the properties in which a reference will have another value."""
    if isinstance(value, list):
        for item in value:
            yield from _moved(item, path, resources, changed)
    elif isinstance(value, dict):
        names = list(_referred(value))
        if any(_has_moved(name, attribute, resources, changed) for name, attribute in names):
            yield path
        for key, item in value.items():
            inner = path if _is_call(value) else f"{path}.{key}" if path else key
            yield from _moved(item, inner, resources, changed)


def _referred(call: Json) -> Iterator[tuple[str, str | None]]:
    """Yield the resources that a function refers to, with the attribute if it names one."""
    match call:
        case {"Ref": str(name)}:
            yield name, None
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            yield name, attribute
        case {"Fn::Sub": str(text)}:
            for mark in re.findall(r"\$\{([^}!]+)\}", text):
                name, _, attribute = mark.partition(".")
                yield name, attribute or None


def _has_moved(
    name: str,
    attribute: str | None,
    resources: Mapping[str, Json],
    changed: Mapping[str, set[str]],
) -> bool:
    if not changed.get(name):
        return False
    if _outcome(resources[name], changed[name]) is Outcome.REPLACED:
        return True
    kind = kind_of(resources[name]["Type"])
    return kind is not None and attribute in kind.moving.split()
