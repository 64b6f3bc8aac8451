# SPDX-License-Identifier: Apache-2.0
"""What the review has to say about a policy: one `Finding` each, with a stable id."""

from __future__ import annotations

from seqera_batch.problems import Severity
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding about a statement, or about a whole document.

    Args:
        document: Name of what was reviewed: an identity's, or a policy's.
        sid: The statement; None where the document as a whole is meant.
        kind: What is wrong, as a stable name.
        severity: An error can never work or gives more than anybody meant to; a warning may be
            meant so, and is for a person to judge.
        message: What is wrong, lower case, no full stop.
        fix: What to change.
        source: Where AWS or the finder of the trick says so.
        actions: The actions it is about.
        explained: Why it is right so: the statement's own reason, or somebody's acknowledgement.
        by_itself: Whether it is the statement's own reason.
    """

    document: str
    sid: str | None
    kind: str
    severity: Severity
    message: str
    fix: str
    source: str
    actions: tuple[str, ...] = ()
    explained: str | None = None
    by_itself: bool = False

    @property
    def id(self) -> str:
        """Document, statement and kind, by which it is acknowledged in a file."""
        where = f"{self.document}.{self.sid}" if self.sid else self.document
        return f"{where}:{self.kind}"

    def as_dict(self) -> dict[str, object]:
        """Return the finding as JSON-ready data; the keys are stable."""
        return {
            "id": self.id,
            "severity": str(self.severity),
            "sid": self.sid,
            "message": self.message,
            "fix": self.fix,
            "source": self.source,
            "actions": list(self.actions),
            "explained": self.explained,
        }
