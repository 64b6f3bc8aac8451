# SPDX-License-Identifier: Apache-2.0
"""The review as Markdown for a pull request: what is open first, details to unfold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from seqera_batch.judge.findings import Finding
from seqera_batch.judge.report.markup import GENERATOR, code, details, plain, table
from seqera_batch.judge.report.model import Review, ReviewedIdentity
from seqera_batch.policies.document import Statement, each_condition


def text(reviews: Sequence[Review]) -> str:
    """Return the reviews as GitHub's Markdown, one after the other."""
    pages = ("".join(f"{line}\n" for line in _lines(review)) for review in reviews)
    return f"{GENERATOR}\n" + "\n".join(pages)


def _lines(review: Review) -> Iterator[str]:
    yield f"## {plain(review.plan.name)}: review"
    yield ""
    yield plain(review.summary)
    yield ""
    yield from _open(review)
    yield ""
    yield "What stays possible, and a signature accepts:"
    yield ""
    yield from (f"- {plain(risk)}" for risk in review.residual_risks)
    yield ""
    yield "What is signed:"
    yield ""
    if review.origin and review.file_digest:
        yield f"- {code(review.origin)}: SHA-256 {code(review.file_digest)}"
    yield f"- the template, as `plan` says: SHA-256 {code(review.digest)}"
    yield ""
    yield from _identities(review)
    yield ""
    theirs, ours = review.comparison.theirs.count, review.comparison.ours.count
    yield "Platform's permissions beside Seqera's published policy:"
    yield ""
    yield from table(
        ("", "Seqera's", "ours"),
        (
            ("statements", str(theirs.statements), str(ours.statements)),
            ("actions", str(theirs.actions), str(ours.actions)),
            (
                "actions on `*` that could name resources",
                str(theirs.open_ended),
                str(ours.open_ended),
            ),
            ("statements on `*`", str(theirs.on_all), str(ours.on_all)),
        ),
    )
    for one in review.identities:
        yield ""
        yield from details(f"What {plain(one.identity.name)} may do", _statements(one))
    for one in review.resources:
        yield ""
        yield from details(f"What {plain(one.identity.name)} lets in", _statements(one))
    yield ""
    yield from details("Costs, quotas, assumptions", _rest(review))


_COLUMNS = ("finding", "severity", "what", "fix")


def _findings(found: Iterable[Finding]) -> list[tuple[str, ...]]:
    return [(code(one.id), str(one.severity), plain(one.message), plain(one.fix)) for one in found]


def _open(review: Review) -> Iterator[str]:
    if review.is_settled:
        where = " in the environment" if review.open_for_deployers else ""
        yield f"**Nothing is open{where}:** every finding is explained or acknowledged."
    else:
        number = len(review.open_findings) + len(review.open_problems)
        yield f"**Open: {number}**, neither explained nor acknowledged."
        yield ""
        rows = _findings(review.open_findings)
        rows += [
            (
                code(one.rule),
                str(one.severity),
                plain(f"{one.path}: {one.message}"),
                plain(one.fix or ""),
            )
            for one in review.open_problems
        ]
        yield from table(_COLUMNS, rows)
    if review.open_for_deployers:
        yield ""
        number = len(review.open_for_deployers)
        yield (
            f"**Open for whoever deploys: {number}**, which whoever grants those rights answers."
        )
        yield ""
        yield from details(
            "For whoever deploys", table(_COLUMNS, _findings(review.open_for_deployers))
        )
    if review.acknowledgements:
        yield ""
        yield "Acknowledged:"
        yield ""
        for name, reason in review.acknowledgements.items():
            yield f"- {code(name)}: {plain(reason)}"


def _identities(review: Review) -> Iterator[str]:
    yield from table(
        ("identity", "what it is for", "statements", "actions", "on `*`"),
        (
            (
                code(one.identity.name),
                plain(one.identity.purpose)
                + ("" if one.identity.created else " (not created, permissions only told)"),
                str(one.count.statements),
                str(one.count.actions),
                str(one.count.on_all),
            )
            for one in review.identities
        ),
    )


def _statements(one: ReviewedIdentity) -> Iterator[str]:
    yield code(one.identity.arn)
    for purpose in one.purposes:
        yield ""
        yield f"**{plain(purpose.title)}**"
        yield ""
        yield from table(
            ("statement", "actions", "resources", "only if", "why"),
            (_row(statement) for statement in purpose.statements),
        )


def _row(statement: Statement) -> tuple[str, ...]:
    conditions = [
        f"{key} {operator} {', '.join(values)}"
        for key, operator, values in each_condition(statement.conditions)
    ]
    effect = "" if statement.effect == "Allow" else " (denies)"
    return (
        code(statement.sid) + effect,
        "<br>".join(map(code, sorted(statement.actions))),
        "<br>".join(map(code, statement.resources)),
        "<br>".join(map(code, conditions)),
        plain(statement.reason),
    )


def _rest(review: Review) -> Iterator[str]:
    yield "Costs money while idle:"
    yield ""
    yield from (f"- {plain(cost.what)}: {plain(cost.why)}" for cost in review.plan.costs.idle)
    if not review.plan.costs.idle:
        yield "- nothing"
    yield ""
    yield "Has to be so, and cannot be seen without an account:"
    yield ""
    yield from (f"- {plain(one)}" for one in review.plan.assumptions)
