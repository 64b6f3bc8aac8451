# SPDX-License-Identifier: Apache-2.0
"""Two policies compared by what they allow: what one gains over the other, and what it loses.

Everything said to be inside is proved: what cannot be, counts as outside. So a policy called
narrower allows nothing more, and one called wider may in truth allow the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from seqera_batch.judge.containment.requests import Clause, Requests, clauses, covered
from seqera_batch.records import dataclass

__all__ = ["ClauseChange", "Shift", "change", "compare"]


class Shift(StrEnum):
    """What becomes of what is allowed."""

    SAME = "same"
    NARROWED = "narrowed"
    """Nothing more is allowed, and something less."""
    WIDENED = "widened"
    """Nothing less is allowed, and something more."""
    UNCLEAR = "not proved narrower"
    """Neither holds, or neither can be proved; counts as widened."""

    @property
    def widens(self) -> bool:
        """Whether something more may be allowed."""
        return self in {Shift.WIDENED, Shift.UNCLEAR}

    @staticmethod
    def of(*, more: bool, less: bool) -> Shift:
        """Return what comes of allowing more than before, less, both or neither."""
        if more:
            return Shift.UNCLEAR if less else Shift.WIDENED
        return Shift.NARROWED if less else Shift.SAME

    @staticmethod
    def worst(changes: Iterable[Shift]) -> Shift:
        """Return of several changes the one that a reader has to know of first."""
        kinds = set(changes)
        order = (Shift.WIDENED, Shift.UNCLEAR, Shift.NARROWED)
        return next((one for one in order if one in kinds), Shift.SAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseChange:
    """A statement that changes what is allowed.

    Args:
        sid: Its Sid.
        allows: Whether it allows; else it denies.
        in_old: Whether the old document has a statement of this Sid and effect.
        in_new: Whether the new one has.
        gained: Requests of the new statement that no old statement is proved to cover.
        lost: Requests of the old statement that no new statement is proved to cover.
    """

    sid: str
    allows: bool
    in_old: bool
    in_new: bool
    gained: tuple[Requests, ...]
    lost: tuple[Requests, ...]

    @property
    def change(self) -> Shift:
        """What the statement does to what is allowed: a denial the opposite of what it gains."""
        more, less = (self.gained, self.lost) if self.allows else (self.lost, self.gained)
        return Shift.of(more=bool(more), less=bool(less))


def compare(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> tuple[ClauseChange, ...]:
    """Return the statements that change what is allowed, those of the new document first.

    A statement that moves, is renamed, split or joined is none of them.

    Args:
        old: A policy's JSON; None where there was none.
        new: Likewise.
    """
    before, after = ((clauses(one) if one is not None else ()) for one in (old, new))
    found = []
    for allows in (True, False):
        earlier, later = _of(before, allows=allows), _of(after, allows=allows)
        gained, lost = _uncovered(later, earlier), _uncovered(earlier, later)
        found += [
            ClauseChange(
                sid=sid,
                allows=allows,
                in_old=sid in earlier,
                in_new=sid in later,
                gained=gained.get(sid, ()),
                lost=lost.get(sid, ()),
            )
            for sid in dict.fromkeys((*later, *earlier))
            if sid in gained or sid in lost
        ]
    return tuple(found)


def change(found: Iterable[ClauseChange]) -> Shift:
    """Return what statements together do to what is allowed."""
    kinds = {one.change for one in found}
    more = any(one.widens for one in kinds)
    return Shift.of(more=more, less=bool(kinds & {Shift.NARROWED, Shift.UNCLEAR}))


def _of(found: Iterable[Clause], *, allows: bool) -> dict[str, tuple[Requests, ...]]:
    by_sid: dict[str, tuple[Requests, ...]] = {}
    for rule in found:
        if rule.allows is allows:
            by_sid[rule.sid] = (*by_sid.get(rule.sid, ()), *rule.requests)
    return by_sid


def _uncovered(
    narrow: Mapping[str, tuple[Requests, ...]], wide: Mapping[str, tuple[Requests, ...]]
) -> dict[str, tuple[Requests, ...]]:
    everything = [one for requests in wide.values() for one in requests]
    found = {
        sid: tuple(one for one in requests if not covered(one, everything))
        for sid, requests in narrow.items()
    }
    return {sid: requests for sid, requests in found.items() if requests}
