# SPDX-License-Identifier: Apache-2.0
"""Our document for Platform beside Seqera's published policy, statement by statement."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache

from seqera_batch.judge.findings.grant import Grant, actions_of, grants, once
from seqera_batch.judge.published.policies import Published
from seqera_batch.judge.published.sections import OURS_ALONE, SECTIONS
from seqera_batch.policies.document import PolicyDocument, each_condition
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one policy says on a subject.

    Args:
        sids: The statements.
        resources: Their ARNs.
        conditions: Their conditions, as `key operator value`.
    """

    sids: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDifference:
    """A statement of the published policy, and ours in its place.

    Args:
        theirs: The published statement; None for one that only ours has.
        ours: Ours; None where there are none.
        left_out: Actions that only the published one allows, each with the reason.
        added: Actions that only ours allow.
        why: Why they differ.
    """

    theirs: Side | None
    ours: Side | None
    left_out: Mapping[str, str]
    added: tuple[str, ...]
    why: str


def compare(ours: PolicyDocument, theirs: Published) -> tuple[PublishedDifference, ...]:
    """Return the published policy's statements with ours in their place, then those of ours alone.

    Args:
        ours: Permissions of Platform's identity.
        theirs: The published policy; each of its statements is in `sections.SECTIONS`.
    """
    left = {grant.sid: grant for grant in grants(ours)}
    sids, allowed = tuple(left), actions_of(left.values())
    launching = "batch:CreateComputeEnvironment" not in allowed
    found = []
    for grant in _published(theirs):
        section = SECTIONS[grant.sid]
        own = [left[sid] for sid in _among(sids, section.ours)]
        published = grant.action_names()
        missing = sorted(published - allowed)
        why = section.why if own else f"only with {section.asked_by}"
        if launching and section.launching is not None:
            why = section.launching
        found.append(
            PublishedDifference(
                theirs=_side((grant,)),
                ours=_side(tuple(own)) if own else None,
                left_out={action: _reason(grant.sid, action) or why for action in missing},
                added=tuple(sorted(actions_of(own) - published)),
                why=why,
            )
        )
    found += [
        PublishedDifference(
            theirs=None,
            ours=_side((grant,)),
            left_out={},
            added=tuple(sorted(grant.action_names())),
            why=OURS_ALONE.get(sid) or grant.reason or "",
        )
        for sid, grant in left.items()
        if not _is_one_of(sid, _TAKEN)
    ]
    return tuple(found)


@cache
def _published(theirs: Published) -> tuple[Grant, ...]:
    return grants(theirs.to_dict())


@cache
def _reason(sid: str, action: str) -> str | None:
    """Return why ours leave out an action of a published statement, where that has its reason."""
    reasons = SECTIONS[sid].left_out
    return next((why for one, why in reasons.items() if fnmatchcase(action, one)), None)


_TAKEN = tuple(pattern for section in SECTIONS.values() for pattern in section.ours)
"""Statements of ours that are in place of published ones."""


@cache
def _is_one_of(sid: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(sid, pattern) for pattern in patterns)


@cache
def _among(sids: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sid for sid in sids if _is_one_of(sid, patterns))


@once
def _side(found: tuple[Grant, ...]) -> Side:
    return Side(
        sids=tuple(grant.sid for grant in found),
        resources=tuple(dict.fromkeys(arn for grant in found for arn in grant.resources)),
        conditions=tuple(
            dict.fromkeys(
                f"{key} {operator} {', '.join(values)}"
                for grant in found
                for key, operator, values in each_condition(grant.conditions)
            )
        ),
    )
