# SPDX-License-Identifier: Apache-2.0
"""The review in a few lines: what the environment is, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seqera_batch.judge.report.model import Review, ReviewedIdentity
from seqera_batch.words import counted


def text(reviews: Sequence[Review]) -> str:
    """Return the reviews for a terminal."""
    return "\n".join("".join(f"{line}\n" for line in _lines(review)) for review in reviews)


def _lines(review: Review) -> Iterator[str]:
    yield review.summary
    yield ""
    yield from _signed(review)
    yield ""
    yield "Identities"
    for one in review.identities:
        yield f"  - {_identity(one)}"
    if review.resources:
        yield ""
        yield "Policies on resources, where * is the resource"
    for one in review.resources:
        yield f"  - {_identity(one)}"
    yield ""
    theirs, ours = review.comparison.theirs.count, review.comparison.ours.count
    yield "Platform's permissions, and those of Seqera's published policy"
    yield f"  - {ours.actions} actions instead of {theirs.actions}"
    yield f"  - {ours.open_ended} on * that could name resources, instead of {theirs.open_ended}"
    yield ""
    yield "Costs money while idle"
    for cost in review.plan.costs.idle:
        yield f"  - {cost.what}: {cost.why}"
    if not review.plan.costs.idle:
        yield "  - nothing"
    yield ""
    yield from _open(review)


def _signed(review: Review) -> Iterator[str]:
    yield "What is signed"
    if review.origin and review.file_digest:
        yield f"  - {review.origin}: SHA-256 {review.file_digest}"
    yield f"  - the template, as plan says: SHA-256 {review.digest}"
    yield ""
    yield "What stays possible, and a signature accepts"
    for risk in review.residual_risks:
        yield f"  - {risk}"


def _open(review: Review) -> Iterator[str]:
    yield "Open findings and warnings"
    for finding in review.open_findings:
        yield f"  - {finding.severity}: {finding.id}: {finding.message}"
    for problem in review.open_problems:
        yield f"  - {problem.severity}: {problem.rule}: {problem.message}"
    if review.is_settled:
        yield "  - none in the environment" if review.open_for_deployers else "  - none"
    if review.open_for_deployers:
        yield ""
        yield "Open for whoever deploys: whoever grants those rights answers them"
    for finding in review.open_for_deployers:
        yield f"  - {finding.severity}: {finding.id}: {finding.message}"


def _identity(one: ReviewedIdentity) -> str:
    made = one.identity.arn if one.identity.created else "not created, permissions only told"
    return (
        f"{one.identity.name}: {one.identity.purpose} ({made}): "
        f"{counted(one.count.statements, 'statement')}, "
        f"{counted(one.count.actions, 'action')} allowed, "
        f"{counted(one.count.on_all, 'statement')} on *"
    )
