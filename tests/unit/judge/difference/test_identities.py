# SPDX-License-Identifier: Apache-2.0
"""Identities of two versions: what is told of a statement, and what is no change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.config.check import ForgeConfig
from seqera_batch.judge.containment import Shift
from seqera_batch.judge.difference.identities import Fate, IdentityChange, compare_identities
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import Identity, identities
from seqera_batch.policies.document import PolicyDocument, Principal, Scope, Statement

if TYPE_CHECKING:
    from collections.abc import Callable

WHERE = Scope(partition="aws", region="us-west-2", account="111122223333")
EXAMPLE = Path(__file__).parents[4] / "examples" / "gpu.yaml"
PLAN = ForgePlan.of(ForgeConfig.from_file(EXAMPLE))
OURS = identities(PLAN, WHERE)
ROLE = "arn:aws:iam::111122223333:role/a"


def _statement(**fields: object) -> Statement:
    given: dict[str, Any] = {"sid": "One", "actions": ("s3:GetObject",), "reason": "is needed"}
    given.update(fields)
    return Statement(**given)


def _identity(*statements: Statement, **fields: object) -> Identity:
    given: dict[str, Any] = {
        "name": "HeadJobRole",
        "purpose": "is there",
        "arn": ROLE,
        "trust": None,
        "permissions": PolicyDocument(statements),
    }
    given.update(fields)
    return Identity(**given)


def _compare(old: Identity | None, new: Identity | None) -> tuple[IdentityChange, ...]:
    before, after = (() if one is None else (one,) for one in (old, new))
    return compare_identities(PLAN, before, PLAN, after)


@pytest.mark.parametrize("identity", OURS, ids=lambda one: one.name)
def test_nothing_changes(identity: Identity) -> None:
    """An identity that stays as it is, is not told."""
    assert _compare(identity, identity) == ()


@pytest.mark.parametrize("identity", OURS, ids=lambda one: one.name)
def test_names_and_order(identity: Identity) -> None:
    """Other Sids and another order of our own statements are no change."""
    renamed = PolicyDocument(
        tuple(
            replace(one, sid=f"Renamed{place}")
            for place, one in enumerate(reversed(identity.permissions.statements))
        )
    )
    assert _compare(identity, replace(identity, permissions=renamed)) == ()


@pytest.mark.parametrize("identity", OURS, ids=lambda one: one.name)
def test_each_statement_counts(identity: Identity) -> None:
    """Without any one of our statements something is no longer allowed, and is named."""
    statements = identity.permissions.statements
    for place, left_out in enumerate(statements):
        less = PolicyDocument(statements[:place] + statements[place + 1 :])
        narrower = replace(identity, permissions=less)
        [gone], [back] = _compare(identity, narrower), _compare(narrower, identity)
        assert (gone.change, back.change) == (Shift.NARROWED, Shift.WIDENED)
        [one], [other] = gone.permissions, back.permissions
        assert (one.sid, one.fate) == (left_out.sid, Fate.REMOVED)
        assert (other.sid, other.fate) == (left_out.sid, Fate.ADDED)


def test_reason_only() -> None:
    """Another reason is told, and changes nothing that is allowed."""
    old, new = (_identity(_statement(resources=("*",), reason=one)) for one in ("old", "new"))
    [found] = _compare(old, new)
    [one] = found.permissions
    assert (found.change, one.change, one.fate) == (Shift.SAME, Shift.SAME, Fate.REASON)
    assert (one.old_reason, one.new_reason) == ("old", "new")


def _trust(**fields: object) -> PolicyDocument:
    given: dict[str, Any] = {
        "actions": ("sts:AssumeRole",),
        "principal": Principal("AWS", (ROLE,)),
        "conditions": {"StringEquals": {"sts:ExternalId": "an-id"}},
    }
    given.update(fields)
    return PolicyDocument((_statement(**given),))


@pytest.mark.parametrize(
    "wider",
    [
        lambda: _trust(conditions={}),
        lambda: _trust(principal=Principal("AWS", (ROLE, f"{ROLE}b"))),
        lambda: _trust(conditions={"StringLike": {"sts:ExternalId": "an-*"}}),
        lambda: _trust(conditions={"StringEquals": {"sts:ExternalId": ["an-id", "other"]}}),
        lambda: _trust(actions=("sts:AssumeRole", "sts:TagSession")),
    ],
)
def test_trust(wider: Callable[[], PolicyDocument]) -> None:
    """Somebody more who may take a role, or a condition less, is wider."""
    old = _identity(_statement(resources=("*",)), trust=_trust())
    new = replace(old, trust=wider())
    [there], [back] = _compare(old, new), _compare(new, old)
    assert (there.change, back.change) == (Shift.WIDENED, Shift.NARROWED)
    assert (len(there.trust), there.permissions) == (1, ())


def test_denial_of_the_same_name() -> None:
    """A Sid that allowed and now denies goes as one statement and comes as another."""
    old, new = (
        _identity(_statement(resources=("*",), effect=effect)) for effect in ("Allow", "Deny")
    )
    [found] = _compare(old, new)
    assert [(one.allows, one.fate, one.change) for one in found.permissions] == [
        (True, Fate.REMOVED, Shift.NARROWED),
        (False, Fate.ADDED, Shift.NARROWED),
    ]
    [back] = _compare(new, old)
    assert {one.change for one in back.permissions} == {Shift.WIDENED}


def test_coming_and_going() -> None:
    """An identity that comes is wider, one that goes narrower, whatever it may do."""
    one = _identity(_statement(resources=("*",)))
    [there], [back] = _compare(None, one), _compare(one, None)
    assert (there.fate, there.change) == (Fate.ADDED, Shift.WIDENED)
    assert (back.fate, back.change) == (Fate.REMOVED, Shift.NARROWED)


def test_made_or_told() -> None:
    """An identity that was only told and is made now is wider."""
    made = _identity(_statement(resources=("*",)))
    told = replace(made, created=False)
    [there], [back] = _compare(told, made), _compare(made, told)
    assert (there.change, back.change) == (Shift.WIDENED, Shift.NARROWED)


def test_user_for_role() -> None:
    """A user for a role, or the other way round, is not proved narrower."""
    role = _identity(_statement(resources=("*",)), trust=_trust())
    user = replace(role, trust=None, arn="arn:aws:iam::111122223333:user/a")
    for old, new in ((role, user), (user, role)):
        [found] = _compare(old, new)
        assert found.change.widens


def test_other_name() -> None:
    """Another ARN is told, and changes nothing that is allowed."""
    old = _identity(_statement(resources=("*",)))
    [found] = _compare(old, replace(old, arn=f"{ROLE}b"))
    assert (found.change, found.notes[0].what) == (Shift.SAME, f"{ROLE}b instead of {ROLE}")
