# SPDX-License-Identifier: Apache-2.0
"""Identities of two versions compared: added, removed, who may take them, what they may do."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from seqera_batch.judge.containment import ClauseChange, Shift, compare
from seqera_batch.judge.difference.parts import Part, parts
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import Identity
from seqera_batch.policies.document import PolicyDocument, Statement
from seqera_batch.records import dataclass


class Fate(StrEnum):
    """What becomes of an identity or a statement."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REASON = "reason only"
    """A statement that allows what it did, for another reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that changes beside statements.

    Args:
        about: What changes.
        what: How, lower case, no full stop.
        change: What that does to what is allowed.
    """

    about: str
    what: str
    change: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementChange:
    """A statement that changes.

    Args:
        sid: Its Sid.
        allows: Whether it allows; else it denies.
        fate: Added, removed, changed, or reason only.
        change: What that does to what is allowed.
        gained: What it allows or denies that no statement did.
        lost: What it allowed or denied that no statement does.
        old: The statement as IAM reads it; None if it is added.
        new: Likewise; None if it is removed.
        old_reason: Why it was there.
        new_reason: Why it is there.
    """

    sid: str
    allows: bool
    fate: Fate
    change: Shift
    gained: tuple[Part, ...]
    lost: tuple[Part, ...]
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    old_reason: str | None
    new_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChange:
    """An identity that changes.

    Args:
        name: Kind of role, or `Platform`.
        purpose: What it is for.
        fate: Added, removed or changed.
        notes: What changes beside its statements.
        trust: Who may take it.
        permissions: What it may do.
    """

    name: str
    purpose: str
    fate: Fate
    notes: tuple[Note, ...]
    trust: tuple[StatementChange, ...]
    permissions: tuple[StatementChange, ...]

    @property
    def change(self) -> Shift:
        """What becomes of all that it allows."""
        if self.fate is Fate.ADDED:
            return Shift.WIDENED
        notes = [one.change for one in self.notes]
        if self.fate is Fate.REMOVED:
            return Shift.worst((Shift.NARROWED, *notes))
        statements = [one.change for one in (*self.trust, *self.permissions)]
        return Shift.worst((*notes, *statements))


def compare_identities(
    old_plan: ForgePlan,
    old: tuple[Identity, ...],
    new_plan: ForgePlan,
    new: tuple[Identity, ...],
) -> tuple[IdentityChange, ...]:
    """Return the identities that change.

    Args:
        old_plan: Plan of the earlier version.
        old: Its identities, for the account that both versions are compared in.
        new_plan: Plan of the later version.
        new: Its identities, likewise.
    """
    before, after = ({one.name: one for one in these} for these in (old, new))
    outside = _taken_from_outside(old_plan, new_plan)
    found = [
        _identity(before.get(name), after.get(name), outside.pop(name, None))
        for name in dict.fromkeys((*after, *before))
    ]
    found += [
        IdentityChange(
            name=name,
            purpose="a role that exists",
            fate=Fate.CHANGED,
            notes=(note,),
            trust=(),
            permissions=(),
        )
        for name, note in outside.items()
    ]
    return tuple(
        one
        for one in found
        if one.fate is not Fate.CHANGED or one.notes or one.trust or one.permissions
    )


def _taken_from_outside(old: ForgePlan, new: ForgePlan) -> dict[str, Note]:
    """Return roles that exist, where only one version takes them as they are."""
    before = {role.kind: role.arn for role in old.roles}
    taken: dict[str, Note] = {
        role.kind: Note(
            about="role",
            what=f"{role.arn}, which exists, is used; what it may do is not seen here",
            change=Shift.UNCLEAR,
        )
        for role in new.roles
        if role.arn is not None and before.get(role.kind) != role.arn
    }
    after = {role.kind for role in new.roles}
    left: dict[str, Note] = {
        kind: Note(
            about="role", what=f"{arn}, which exists, is no longer used", change=Shift.NARROWED
        )
        for kind, arn in before.items()
        if arn is not None and kind not in after
    }
    return taken | left


def _identity(old: Identity | None, new: Identity | None, outside: Note | None) -> IdentityChange:
    one = new or old
    assert one is not None  # noqa: S101 - each name is of one of the two
    notes = [] if outside is None else [outside]
    fate = Fate.CHANGED
    if old is None or new is None:
        fate = Fate.REMOVED if new is None else Fate.ADDED
        notes.append(Note(about="ARN", what=one.arn, change=Shift.SAME))
    else:
        notes += _notes(old, new)
    return IdentityChange(
        name=one.name,
        purpose=one.purpose,
        fate=fate,
        notes=tuple(notes),
        trust=_statements(None if old is None else old.trust, None if new is None else new.trust),
        permissions=_statements(
            None if old is None else old.permissions, None if new is None else new.permissions
        ),
    )


def _notes(old: Identity, new: Identity) -> Iterator[Note]:
    if old.created != new.created:
        yield Note(
            about="identity",
            what=f"is created now: {new.arn}"
            if new.created
            else f"is no longer created: {old.arn}",
            change=Shift.WIDENED if new.created else Shift.NARROWED,
        )
        return
    if not new.created:
        return
    if (old.trust is None) != (new.trust is None):
        yield Note(
            about="identity",
            what=f"{new.arn} instead of {old.arn}: "
            + ("a user instead of a role" if new.trust is None else "a role instead of a user"),
            change=Shift.UNCLEAR,
        )
    elif old.arn != new.arn:
        yield Note(about="ARN", what=f"{new.arn} instead of {old.arn}", change=Shift.SAME)


def _statements(
    old: PolicyDocument | None, new: PolicyDocument | None
) -> tuple[StatementChange, ...]:
    before, after = _by_sid(old), _by_sid(new)
    changed = compare(
        None if old is None else old.to_dict(), None if new is None else new.to_dict()
    )
    told = {one.sid for one in changed}
    otherwise = (
        ClauseChange(
            sid=sid, allows=one.effect == "Allow", in_old=True, in_new=True, gained=(), lost=()
        )
        for sid, one in after.items()
        if sid in before and sid not in told and before[sid].reason != one.reason
    )
    return tuple(
        _statement(one, before.get(one.sid), after.get(one.sid)) for one in (*changed, *otherwise)
    )


def _by_sid(document: PolicyDocument | None) -> dict[str, Statement]:
    return {} if document is None else {one.sid: one for one in document.statements}


def _statement(one: ClauseChange, old: Statement | None, new: Statement | None) -> StatementChange:
    fate = Fate.CHANGED if one.gained or one.lost else Fate.REASON
    if not one.in_old or not one.in_new:
        fate = Fate.ADDED if one.in_new else Fate.REMOVED
    # A Sid may have changed its effect: then the other document's statement is another one.
    old = old if one.in_old else None
    new = new if one.in_new else None
    return StatementChange(
        sid=one.sid,
        allows=one.allows,
        fate=fate,
        change=one.change,
        gained=parts(one.gained),
        lost=parts(one.lost),
        old=None if old is None else old.to_dict(),
        new=None if new is None else new.to_dict(),
        old_reason=None if old is None else old.reason,
        new_reason=None if new is None else new.reason,
    )
