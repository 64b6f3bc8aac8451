# SPDX-License-Identifier: Apache-2.0
"""A difference in words, alike for terminal, Markdown and code scanning."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.judge.containment import Shift
from seqera_batch.judge.difference.identities import Fate, IdentityChange, StatementChange
from seqera_batch.judge.difference.model import Difference
from seqera_batch.judge.difference.parts import changed
from seqera_batch.records import dataclass
from seqera_batch.words import counted

SIGNS = {Shift.SAME: "=", Shift.NARROWED: "-", Shift.WIDENED: "+", Shift.UNCLEAR: "?"}
"""Before a line, what it does to what is allowed."""

SHIFTS = {
    Shift.WIDENED: "wider",
    Shift.UNCLEAR: "not proved narrower",
    Shift.NARROWED: "narrower",
    Shift.SAME: "the same",
}
"""What a change does to what is allowed, what needs a reader first."""
ORDER = tuple(SHIFTS)
SERIOUS = ORDER[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that changes, in words.

    Args:
        rule: Stable name of the kind of change.
        where: Identity, resource, or what else it is about; with the statement or property.
        fate: What becomes of it.
        change: What that does to what is allowed.
        lines: What is more and what is less, without markup.
    """

    rule: str
    where: str
    fate: str
    change: Shift
    lines: tuple[str, ...]


def verdict(difference: Difference) -> str:
    """Return what the whole change comes to, in a sentence."""
    found = tuple(entries(difference))
    widened = sum(one.change.widens for one in found)
    unclear = sum(one.change is Shift.UNCLEAR for one in found)
    narrowed = sum(one.change is Shift.NARROWED for one in found)
    if widened:
        said = f"Widened: {counted(widened, 'change')} may allow more than before"
        if unclear:
            said += f", {unclear} of them because the opposite cannot be proved"
        return f"{said}; {narrowed} narrowed." if narrowed else f"{said}."
    if narrowed:
        return f"Narrowed: {counted(narrowed, 'change')}, and nothing allows more than before."
    if found:
        return "Nothing is allowed that was not, and nothing is refused that was not."
    return "No change in permissions and protections."


def entries(difference: Difference) -> Iterator[Entry]:
    """Yield all that changes in permissions and protections; reasons alone as well."""
    for note in difference.notes:
        rule = note.about.replace(" ", "-").lower()
        yield Entry(
            rule=rule, where=note.about, fate="changed", change=note.change, lines=(note.what,)
        )
    for identity in difference.identities:
        yield from _identity(identity)
    for one in difference.protections:
        yield Entry(
            rule="resource-protection",
            where=f"{one.id}{'.' if one.property else ''}{one.property}",
            fate="changed",
            change=one.change,
            lines=(one.what,),
        )


def _identity(identity: IdentityChange) -> Iterator[Entry]:
    gone = identity.fate is Fate.REMOVED
    if identity.fate is not Fate.CHANGED:
        yield Entry(
            rule="identity",
            where=identity.name,
            fate=identity.fate,
            change=Shift.NARROWED if gone else Shift.WIDENED,
            lines=(identity.purpose, *(note.what for note in identity.notes if gone is False)),
        )
    for note in identity.notes:
        if identity.fate is Fate.CHANGED or note.change is not Shift.SAME:
            yield Entry(
                rule="identity",
                where=f"{identity.name}: {note.about}",
                fate=Fate.CHANGED,
                change=note.change,
                lines=(note.what,),
            )
    if gone:
        # All that it might do has gone with it.
        return
    for kind, statements in (("trust", identity.trust), ("permissions", identity.permissions)):
        for one in statements:
            yield Entry(
                rule=kind,
                where=f"{identity.name}{', trust' if kind == 'trust' else ''}: {one.sid}",
                fate=one.fate,
                change=one.change,
                lines=tuple(_statement(one)),
            )


def _statement(one: StatementChange) -> Iterator[str]:
    if one.fate is Fate.REASON:
        yield f"reason: {one.new_reason}"
        yield f"instead of: {one.old_reason}"
        return
    yield from changed(one.gained, one.lost, allows=one.allows)
    if one.fate is Fate.ADDED and one.new_reason is not None:
        yield f"reason: {one.new_reason}"
