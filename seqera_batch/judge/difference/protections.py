# SPDX-License-Identifier: Apache-2.0
"""Properties of resources that matter to security, compared: what opens, what closes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from seqera_batch.cloudformation.resource import KEPT
from seqera_batch.judge.containment import ClauseChange, Shift, change, compare
from seqera_batch.judge.difference.parts import changed, parts
from seqera_batch.judge.difference.traffic import traffic
from seqera_batch.kinds import ec2, kind_of
from seqera_batch.kinds.kind import NOTHING
from seqera_batch.records import dataclass

Json = Mapping[str, Any]
Template = Mapping[str, Json]

SWITCHES: dict[str, object] = {
    "Encrypted": True,
    "StorageEncrypted": True,
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
    "HttpTokens": "required",
    "EnableKeyRotation": True,
    "SqsManagedSseEnabled": True,
}
"""Properties that protect with this value, and with no other."""

PRESENT = frozenset(
    {
        "BucketEncryption",
        "LoggingConfiguration",
        "ObjectLockConfiguration",
        "VersioningConfiguration",
        "KmsKeyId",
        "KMSMasterKeyID",
        "KmsMasterKeyId",
        "RetentionInDays",
    }
)
"""Properties that protect by being there."""

KEYS = frozenset({"KmsKeyId", "KMSMasterKeyID", "KmsMasterKeyId"})
"""Of those, the ones for which another value is another protection."""

OPENINGS = frozenset(
    {"Privileged", "MapPublicIpOnLaunch", "AssociatePublicIpAddress", "AssignPublicIp"}
)
"""Properties that open when they are true, or `ENABLED` where that is the word."""
_SHUT = frozenset({"nothing", "false", "DISABLED"})
"""Values of these that do not open; of a parameter's value nothing is known."""

SETS = frozenset({"SecurityGroupIds", "SecurityGroups", "DataRepositoryPath"})
"""Values, or lists of them, each of which allows something."""

POLICIES = frozenset({"PolicyDocument", "KeyPolicy", "FileSystemPolicy", "ResourcePolicy"})
_EVERYTHING = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
_IAM = "AWS::IAM::"
"""Of these types policies are compared as identities' are, statement by statement."""
_STAYS = frozenset({KEPT, "Retain"})
"""Deletion policies under which a resource outlives its stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Something in a resource that opens or closes.

    Args:
        id: The resource, below `BatchForge`.
        type: CloudFormation's type.
        property: Dotted name; empty where the resource as a whole is meant.
        what: What happens, lower case, no full stop.
        change: Whether it opens, closes, or is not clear.
    """

    id: str
    type: str
    property: str
    what: str
    change: Shift


def protections(old: Template, new: Template) -> tuple[Protection, ...]:
    """Return what changes in resources that matters to their security, by id.

    Args:
        old: Resources as CloudFormation reads them, by id.
        new: Likewise.
    """
    found = [*_traffic(old, new), *_places(old, new), *_kept(old, new), *_resources(old, new)]
    return tuple(sorted(found, key=lambda one: (one.id, one.property, one.what)))


def _traffic(old: Template, new: Template) -> Iterator[Protection]:
    before, after = traffic(old), traffic(new)
    for these, others, said, shift in (
        (after, before, "lets", Shift.WIDENED),
        (before, after, "no longer lets", Shift.NARROWED),
    ):
        for one in these:
            if not any(other.covers(one) for other in others):
                yield Protection(
                    id=one.resource,
                    type=ec2.SECURITY_GROUP.type,
                    property=one.property,
                    what=f"{said} {one.text()}",
                    change=shift,
                )


def _places(old: Template, new: Template) -> Iterator[Protection]:
    """Yield compute environments whose nodes start where they may get public addresses."""
    for name in sorted(old.keys() & new.keys()):
        before, after = _subnets(name, old), _subnets(name, new)
        gained = {subnet: public for subnet, public in after.items() if subnet not in before}
        if True in gained.values() and True not in before.values():
            verdict = Shift.UNCLEAR if None in before.values() else Shift.WIDENED
            what = f"nodes get public addresses, in {_those(gained, public=True)}"
        elif None in gained.values():
            verdict = Shift.UNCLEAR
            what = f"nodes start in {_those(gained, public=None)}, whose routes are not seen here"
        elif True in before.values() and True not in after.values():
            verdict = Shift.NARROWED
            what = "nodes no longer get public addresses"
        else:
            continue
        yield Protection(
            id=name,
            type=new[name]["Type"],
            property="ComputeResources.Subnets",
            what=what,
            change=verdict,
        )


def _subnets(name: str, template: Template) -> dict[str, bool | None]:
    """Return where nodes start, and whether they get public addresses there; None if unknown."""
    found = _listed(template[name]["Properties"].get("ComputeResources", {}).get("Subnets"))
    made = {subnet: template.get(subnet) for subnet in map(_text, found)}
    return {
        subnet: None
        if one is None
        else _text(one["Properties"].get("MapPublicIpOnLaunch")) not in _SHUT
        for subnet, one in made.items()
    }


def _those(subnets: Mapping[str, bool | None], *, public: bool | None) -> str:
    return ", ".join(name for name, is_public in subnets.items() if is_public is public)


def _kept(old: Template, new: Template) -> Iterator[Protection]:
    """Yield what was kept when its stack was deleted and is not any more, and the other way."""
    for name in sorted(old.keys() & new.keys()):
        before, after = (_stays(template[name]) for template in (old, new))
        if before is not after:
            yield Protection(
                id=name,
                type=new[name]["Type"],
                property="DeletionPolicy",
                what="is kept when the stack is deleted"
                if after
                else "goes when the stack is deleted, with what it holds",
                change=Shift.NARROWED if after else Shift.WIDENED,
            )


def _stays(resource: Json) -> bool:
    return resource.get("DeletionPolicy") in _STAYS


def _resources(old: Template, new: Template) -> Iterator[Protection]:
    texts = {name: json.dumps(resource["Properties"]) for name, resource in old.items()}
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        type_ = (after or before or {})["Type"]
        if after is None and before is not None and _stays(before):
            # It leaves the stack and stays in the account as it is.
            continue
        if (before is None or after is None) and not _goes_with_its_users(name, texts, new):
            yield from _whole(name, type_, added=after is not None)
        was = {} if before is None else dict(_flat(before["Properties"], ""))
        is_now = {} if after is None else dict(_flat(after["Properties"], ""))
        told: tuple[str, ...] = ()
        if _is_on_what_comes_or_goes(name, old, new):
            # What it denies has nothing to protect before, or nothing any more.
            was, is_now = _allowing(was), _allowing(is_now)
        for path in sorted(was.keys() | is_now.keys()):
            if path.startswith(told):
                continue
            verdict = (
                _gone(path, type_, was[path])
                if after is None
                else _property(
                    path.rpartition(".")[2],
                    was.get(path),
                    is_now.get(path),
                    type_=type_,
                    created=before is None,
                )
            )
            if verdict is not None:
                told = (*told, f"{path}.")
                what = _said(path, type_, was.get(path), is_now.get(path))
                yield Protection(id=name, type=type_, property=path, what=what, change=verdict)


def _goes_with_its_users(name: str, old: Mapping[str, str], new: Template) -> bool:
    """Whether all that referred to a resource goes with it: of a log, all that wrote there."""
    users = {user for user, text in old.items() if f'"{name}"' in text}
    return bool(users) and users.isdisjoint(new)


def _is_on_what_comes_or_goes(name: str, old: Template, new: Template) -> bool:
    """Whether a resource is made, or goes, together with all those that it is on."""
    if (name in old) is (name in new):
        return False
    these, others = (new, old) if name in new else (old, new)
    text = json.dumps(these[name]["Properties"])
    about = {other for other in these if f'"{other}"' in text}
    stay = {other for other in about if other in others or _stays(these[other])}
    return bool(about) and not stay


def _allowing(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties with policies that have only what they allow."""
    return {
        path: {
            **value,
            "Statement": [one for one in value["Statement"] if one["Effect"] == "Allow"],
        }
        if path in POLICIES
        else value
        for path, value in properties.items()
    }


def _whole(name: str, type_: str, *, added: bool) -> Iterator[Protection]:
    said = "added" if added else "removed"
    stakes = NOTHING if (record := kind_of(type_)) is None else record.stakes
    for what, widens in ((stakes.opens, added), (stakes.protects, not added)):
        if what is not None:
            verdict = Shift.WIDENED if widens else Shift.NARROWED
            yield Protection(
                id=name, type=type_, property="", what=f"{said}: {what}", change=verdict
            )


def _gone(path: str, type_: str, old: Any) -> Shift | None:  # noqa: ANN401 - any JSON
    """Return what the end of a resource does: what was open is closed, the rest has gone."""
    name = path.rpartition(".")[2]
    if name in POLICIES and not _is_open_without_policy(type_):
        return _property(name, old, None, type_=type_, created=False)
    opened = _property(name, None, old, type_=type_, created=True)
    return Shift.NARROWED if opened is Shift.WIDENED else None


def _property(  # noqa: PLR0911 - one line a kind of property
    name: str,
    old: Any,  # noqa: ANN401 - any JSON
    new: Any,  # noqa: ANN401 - any JSON
    *,
    type_: str,
    created: bool,
) -> Shift | None:
    """Return what a property does to security; None where nothing."""
    if old == new:
        return None
    if name in POLICIES and not type_.startswith(_IAM):
        return _policy(type_, old, new, created=created)
    if name in SWITCHES:
        good = SWITCHES[name]
        # What is new in a resource may stand open too: a volume more, which is not encrypted.
        told = created or old is None or good in (old, new)
        return _opens(new != good, created=created) if told else None
    if name in SETS or name == "Ec2KeyPair":
        return None if created else _sets(old, new)
    if name in PRESENT:
        if old is not None and new is not None:
            return Shift.UNCLEAR if name in KEYS else None
        return _opens(new is None, created=created)
    if name in OPENINGS:
        before, after = (_text(value) not in _SHUT for value in (old, new))
        return _opens(after, created=created) if before is not after else None
    if name == "HttpPutResponseHopLimit" and not created:
        return _opens((new or 1) > (old or 1), created=False)
    return None


def _opens(opens: bool, *, created: bool) -> Shift | None:  # noqa: FBT001 - the one fact
    if opens:
        return Shift.WIDENED
    return None if created else Shift.NARROWED


def _sets(old: Any, new: Any) -> Shift:  # noqa: ANN401 - any JSON
    before, after = ({_text(one) for one in _listed(value)} for value in (old, new))
    return Shift.of(more=bool(after - before), less=bool(before - after))


def _policy(type_: str, old: Any, new: Any, *, created: bool) -> Shift | None:  # noqa: ANN401 - any JSON
    if _is_open_without_policy(type_) and created:
        return None
    found = change(_policies(type_, old, new))
    return None if found is Shift.SAME else found


def _is_open_without_policy(type_: str) -> bool:
    record = kind_of(type_)
    return record is not None and record.open_without_policy


def _policies(type_: str, old: Any, new: Any) -> tuple[ClauseChange, ...]:  # noqa: ANN401 - any JSON
    without = _EVERYTHING if _is_open_without_policy(type_) else None
    return compare(old or without, new or without)


def _said(path: str, type_: str, old: Any, new: Any) -> str:  # noqa: ANN401 - any JSON
    if path.rpartition(".")[2] in POLICIES:
        return "; ".join(
            line
            for one in _policies(type_, old, new)
            for line in changed(parts(one.gained), parts(one.lost), allows=one.allows)
        )
    return f"{_text(new)} instead of {_text(old)}"


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON
    """Yield every property with its dotted name, items of lists by their place."""
    items: Iterator[tuple[object, Any]]
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    else:
        return
    for key, item in items:
        inner = f"{path}.{key}" if path else str(key)
        yield inner, item
        if str(key) not in POLICIES:
            yield from _flat(item, inner)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    if value is None:
        return "nothing"
    match value:
        case {"Fn::GetAtt": [str(resource), str(attribute)]}:
            return f"{resource}.{attribute}"
        case {"Ref": str(resource)}:
            return resource
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
