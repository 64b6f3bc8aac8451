# SPDX-License-Identifier: Apache-2.0
"""Findings that somebody has accepted: one by one, by id, each with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from seqera_batch.judge.findings.policy import Finding
from seqera_batch.problems import Problem
from seqera_batch.words import did_you_mean


def acknowledge(
    findings: Iterable[Finding], acknowledgements: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Return the findings, those with the reason that somebody accepted them for."""
    return tuple(
        replace(finding, explained=acknowledgements[finding.id])
        if finding.explained is None and finding.id in acknowledgements
        else finding
        for finding in findings
    )


def unmatched(
    findings: Iterable[Finding], acknowledgements: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield acknowledgements that accept nothing: they would hide the next finding of that id.

    Args:
        findings: What the review found, before anything was acknowledged.
        acknowledgements: Id to reason; those of rules, which have no colon, are left aside.
    """
    explained = {finding.id: finding.explained for finding in findings}
    open_ones = [name for name, reason in explained.items() if reason is None]
    for name in filter(is_of_finding, acknowledgements):
        if name in open_ones:
            continue
        by_itself = explained.get(name)
        yield Problem(
            "acknowledgement",
            f"aws.acknowledgements.{name}",
            (
                "no finding has this id"
                if by_itself is None
                else f"the statement explains this itself: {by_itself}"
            ),
            value=name,
            allowed="the id of a finding that `seqera-batch policies` shows without a reason",
            fix=did_you_mean(name, open_ones) if by_itself is None else "remove it",
        )


def as_problem(finding: Finding) -> Problem:
    """Return a finding as commands tell what is wrong, with the way to acknowledge it."""
    return Problem(
        finding.kind,
        finding.id,
        finding.message,
        severity=finding.severity,
        fix=f"{finding.fix}; or acknowledge it in aws.acknowledgements, by this id",
        source=finding.source,
    )


def is_of_finding(name: str) -> bool:
    """Whether an acknowledgement is of a finding about a policy, and not of a rule's warning."""
    return ":" in name
