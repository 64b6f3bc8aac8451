# SPDX-License-Identifier: Apache-2.0
"""A whole document as the checks see it, and what they find: a `Finding` each, with a stable id."""

from __future__ import annotations

from functools import cached_property

from seqera_batch.catalog.authorization import Action
from seqera_batch.judge.findings.grant import Grant
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


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A document under review.

    Args:
        name: What findings call it.
        grants: Its statements.
        size: Characters without white space.
    """

    name: str
    grants: tuple[Grant, ...]
    size: int

    @cached_property
    def permissions(self) -> tuple[Grant, ...]:
        """The statements that allow somebody to do something to resources."""
        return tuple(grant for grant in self.grants if grant.allows and not grant.principals)

    @cached_property
    def trusts(self) -> tuple[Grant, ...]:
        """The statements that let somebody take a role."""
        return tuple(grant for grant in self.grants if grant.allows and grant.principals)

    def allowing(self, action: str) -> tuple[Grant, ...]:
        """Return the statements that allow an action on anything.

        Args:
            action: As policies write it, without wildcards.
        """
        return tuple(grant for grant in self.permissions if grant.has(action))

    def resources_of(self, action: Action) -> tuple[str, ...]:
        """Return everything on which the document allows an action."""
        return tuple(
            resource for grant in self.allowing(action.full_name) for resource in grant.resources
        )

    def finding(  # noqa: PLR0913 - keywords, most of them left out
        self,
        grant: Grant | None,
        *,
        kind: str,
        message: str,
        fix: str,
        source: str,
        severity: Severity = Severity.ERROR,
        actions: tuple[str, ...] | None = None,
        by_reason: bool = False,
    ) -> Finding:
        """Return a finding about a statement, else about the document as a whole.

        It is about all actions of the statement, unless some are given. With `by_reason` the
        reason that the statement gives, if it gives one, explains it.
        """
        if actions is None:
            actions = () if grant is None else grant.actions
        reason = (grant.reason or "").strip() if grant is not None and by_reason else ""
        return Finding(
            document=self.name,
            sid=None if grant is None else grant.sid,
            kind=kind,
            severity=severity,
            message=message,
            fix=fix,
            source=source,
            actions=actions,
            explained=reason or None,
            by_itself=bool(reason),
        )
