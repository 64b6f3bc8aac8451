# SPDX-License-Identifier: Apache-2.0
"""Our document for Platform beside Seqera's published one, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from seqera_batch.cli.markdown import findings_lines
from seqera_batch.judge.count import Count, count
from seqera_batch.judge.findings import findings
from seqera_batch.judge.findings.identities import Reviewed
from seqera_batch.judge.published.comparison import PublishedDifference, Side, compare
from seqera_batch.judge.published.policies import FULL, Published
from seqera_batch.judge.published.roles import BY_ROLE
from seqera_batch.judge.report.markup import code, table
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import MANAGED_ROOM, PLATFORM
from seqera_batch.policies.document import PolicyDocument
from seqera_batch.problems import Severity
from seqera_batch.words import listed

SHOWN = 8
"""Actions that a cell of the table names; JSON has all."""


def counts(policies: Mapping[str, PolicyDocument | Mapping[str, Any]]) -> Iterator[str]:
    """Yield the table of what policies allow, in numbers.

    Args:
        policies: Title to policy.
    """
    numbers = [
        (count(policy), findings(policy, limit=MANAGED_ROOM)) for policy in policies.values()
    ]
    columns = [
        {
            "statements": one.statements,
            "actions": one.actions,
            "actions on `*` that could name resources": one.open_ended,
            "statements on `*`": one.on_all,
            "ARNs of any account or region": one.anywhere,
            "findings without a reason: errors": _open(found, Severity.ERROR),
            "findings without a reason: warnings": _open(found, Severity.WARNING),
        }
        for one, found in numbers
    ]
    rows = ((title, *(str(column[title]) for column in columns)) for title in columns[0])
    yield from table(("", *policies), rows)


def beside(ours: Mapping[str, PolicyDocument]) -> Iterator[str]:
    """Yield the table of each document in numbers, Seqera's before ours.

    Args:
        ours: Identity to document.
    """
    yield from table(
        ("document", "Seqera's", "actions", "open-ended", "statements on `*`", "any account"),
        (
            (
                code(name),
                "none: tasks have the nodes' role" if theirs is None else theirs.title,
                *_pairs(None if theirs is None else count(theirs.to_dict()), count(document)),
            )
            for name, document in ours.items()
            for theirs in (_published(name),)
        ),
    )


def _published(name: str) -> Published | None:
    if name == PLATFORM:
        return FULL
    return next((one for kind, one in BY_ROLE.items() if kind == name), None)


def _pairs(theirs: Count | None, ours: Count) -> Iterator[str]:
    for name in ("actions", "open_ended", "on_all", "anywhere"):
        before = "" if theirs is None else f"{getattr(theirs, name)} → "
        yield f"{before}{getattr(ours, name)}"


def differences(found: Iterable[PublishedDifference]) -> Iterator[str]:
    """Yield the table of differences, statement by statement."""
    yield from table(
        ("Seqera's", "ours", "on", "only if", "left out", "added", "why"),
        (_row(one) for one in found),
    )


def as_lines(plan: ForgePlan, found: Sequence[Reviewed]) -> Iterator[str]:
    """Yield the page of one environment: numbers, differences, findings.

    Args:
        plan: The environment.
        found: Platform's identity, and the roles that are told in numbers beside it.
    """
    one = _platform(found)
    ours = one.identity.permissions
    yield f"# {plan.name}: what Platform may do, beside Seqera's policy"
    yield ""
    yield f"{FULL.title} of [Seqera's page]({FULL.source}), {FULL.state}."
    yield ""
    yield from counts({"Seqera's": FULL.to_dict(), "ours": ours})
    yield ""
    yield (
        "Every document in numbers, Seqera's first. Open-ended: actions on `*` that could name "
        "resources; any account: ARNs that leave account or region open."
    )
    yield ""
    yield from beside({other.identity.name: other.identity.permissions for other in found})
    yield ""
    yield from differences(compare(ours, FULL))
    yield ""
    yield from findings_lines(one.findings)


def as_json(found: Sequence[Reviewed]) -> dict[str, object]:
    """Return the same as JSON-ready data; the keys are stable."""
    one = _platform(found)
    ours, published = one.identity.permissions, FULL.to_dict()
    return {
        "published": {
            "title": FULL.title,
            "state": FULL.state,
            "source": FULL.source,
            "counts": asdict(count(published)),
            "findings": [finding.as_dict() for finding in findings(published, name=FULL.name)],
        },
        "ours": {
            "counts": asdict(count(ours)),
            "findings": [finding.as_dict() for finding in one.findings],
        },
        "documents": {
            other.identity.name: {
                "published": None if theirs is None else asdict(count(theirs.to_dict())),
                "ours": asdict(count(other.identity.permissions)),
            }
            for other in found
            for theirs in (_published(other.identity.name),)
        },
        "differences": [asdict(difference) for difference in compare(ours, FULL)],
    }


def _platform(found: Sequence[Reviewed]) -> Reviewed:
    return next(one for one in found if one.identity.name == PLATFORM)


def _open(found: Iterable[Any], severity: Severity) -> int:
    return sum(one.severity is severity and one.explained is None for one in found)


def _row(one: PublishedDifference) -> tuple[str, ...]:
    return (
        _sids(one.theirs),
        _sids(one.ours),
        _beside(one.theirs, one.ours, "resources"),
        _beside(one.theirs, one.ours, "conditions"),
        "<br>".join(_left_out(one)),
        listed([code(action) for action in one.added], SHOWN),
        one.why,
    )


def _sids(side: Side | None) -> str:
    return "none" if side is None else "<br>".join(map(code, side.sids))


def _beside(theirs: Side | None, ours: Side | None, what: str) -> str:
    """Return both sides' words, unless they are the same or one side has no statement."""
    texts = ["<br>".join(map(code, getattr(one, what))) for one in (ours, theirs) if one]
    if len(set(texts)) == 1:
        return texts[0]
    return "<br>instead of<br>".join(text or "nothing" for text in texts)


def _left_out(one: PublishedDifference) -> Iterator[str]:
    for why in dict.fromkeys(one.left_out.values()):
        actions = [code(action) for action, reason in one.left_out.items() if reason == why]
        yield listed(actions, SHOWN) + ("" if why == one.why else f": {why}")
