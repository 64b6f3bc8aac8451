# SPDX-License-Identifier: Apache-2.0
"""What a command says of an account: answers, each with evidence, fix and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from seqera_batch.problems import Severity
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One thing that an answer can be.

    Args:
        id: Stable; part of the public contract.
        severity: How much it matters.
        says: What it means; `{names}` are filled in by the answer.
        fix: What to do, filled in alike; empty where nothing need be done.
        source: Page that documents it.
    """

    id: str
    severity: Severity
    says: str
    fix: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is so with one thing of the account.

    Args:
        leaf: What it is.
        about: What it is about: a name or id, as AWS has it.
        evidence: What was seen, by the name that AWS gives it.
        words: What fills the leaf's sentences, besides `about`.
    """

    leaf: Leaf
    about: str
    evidence: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, object] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """What it means, lower case, no full stop."""
        return self.leaf.says.format(about=self.about, **self.words)

    @property
    def fix(self) -> str:
        """What to do; empty where nothing need be done."""
        return self.leaf.fix.format(about=self.about, **self.words)

    @property
    def shown(self) -> dict[str, object]:
        """The evidence as JSON has it."""
        return {name: _plain(value) for name, value in self.evidence.items()}

    def as_dict(self) -> dict[str, object]:
        """Return the answer as JSON-ready data; the keys are stable."""
        return {
            "id": self.leaf.id,
            "severity": str(self.leaf.severity),
            "about": self.about,
            "says": self.says,
            "evidence": self.shown,
            "fix": self.fix or None,
            "source": self.leaf.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What could not be looked at.

    Args:
        action: The call, as IAM names it.
        why: Why not, one line.
        denied: Whether a permission is missing, and not something else in the way.
    """

    action: str
    why: str
    denied: bool = False


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | float | None) else str(value)
