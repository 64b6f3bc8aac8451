# SPDX-License-Identifier: Apache-2.0
"""What a plan says of itself: values that the file left open, costs, quotas."""

from __future__ import annotations

from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A value that the file left open, and why it is this one."""

    field: str
    value: object
    reason: str
    source: str | None = None


class Decisions(list[Decision]):
    """What a plan has decided so far, to which each section adds."""

    def add(self, field: str, value: object, reason: str, source: str | None = None) -> None:
        """Add a value that the file left open."""
        self.append(Decision(field=field, value=value, reason=reason, source=source))


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleCost:
    """Something that costs money while no job runs."""

    what: str
    why: str
    avoid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """How much of a fixed AWS quota of account and region is taken."""

    quota: str
    used: int
    limit: int
