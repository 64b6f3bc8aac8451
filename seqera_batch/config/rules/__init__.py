# SPDX-License-Identifier: Apache-2.0
"""Rules that look at several fields together; importing the package defines all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seqera_batch.config.platform_export import REPLACEMENTS
from seqera_batch.config.rules import (
    deprecated,
    disks,
    efs,
    encryption,
    environment,
    file_systems,
    fsx,
    fusion,
    head_job,
    head_job_definition,
    instances,
    manual,
    names,
    network,
    nodes,
    own_roles,
    platform_access,
    region,
    registration,
    work_bucket,
)
from seqera_batch.config.rules.rule import RULES, Breach, Rule
from seqera_batch.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seqera_batch.config.environment import EnvironmentFile

__all__ = [
    "RULES",
    "Breach",
    "Rule",
    "acknowledged",
    "broken_rules",
    "deprecated",
    "disks",
    "efs",
    "encryption",
    "environment",
    "file_systems",
    "fsx",
    "fusion",
    "head_job",
    "head_job_definition",
    "instances",
    "manual",
    "names",
    "network",
    "nodes",
    "own_roles",
    "platform_access",
    "region",
    "registration",
    "work_bucket",
]


def broken_rules(config: EnvironmentFile) -> tuple[Problem, ...]:
    """Return every problem that the rules find, in the order of the rules."""
    exported = config.exported
    return tuple(
        problem for rule in RULES.values() for problem in rule.problems(config, exported=exported)
    )


def acknowledged(
    problems: Iterable[Problem], acknowledgements: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Note on each warning the reason for which somebody accepted it.

    Errors cannot be accepted. An acknowledgement of an unknown id, of an error, or without a
    reason is a problem of its own; one whose warning has gone is only said.
    """
    noted = tuple(
        replace(problem, acknowledged=acknowledgements[problem.rule])
        if problem.severity is Severity.WARNING and acknowledgements.get(problem.rule)
        else problem
        for problem in problems
    )
    return (*noted, *_misused(noted, acknowledgements))


def _misused(
    problems: tuple[Problem, ...], acknowledgements: Mapping[str, str]
) -> Iterable[Problem]:
    warnings = {problem.rule for problem in problems if problem.severity is Severity.WARNING}
    may_warn = {
        *REPLACEMENTS,
        *(
            rule.id
            for rule in RULES.values()
            if Severity.WARNING in {rule.severity, rule.in_exports}
        ),
    }
    for rule_id, reason in acknowledgements.items():
        path = f"aws.acknowledgements.{rule_id}"
        # Findings about policies are told by a colon, and judged where the policies are known.
        of_finding = ":" in rule_id
        if rule_id not in may_warn and not of_finding:
            import difflib  # noqa: PLC0415 - only a wrong file needs it

            near = difflib.get_close_matches(rule_id, may_warn, n=1, cutoff=0.5)
            yield Problem(
                "acknowledgement",
                path,
                "no warning has this id",
                value=rule_id,
                allowed="the id in brackets of a warning; errors cannot be acknowledged",
                fix=f"did you mean {near[0]}?" if near else "remove it",
            )
        elif not reason.strip():
            yield Problem(
                "acknowledgement",
                path,
                "the acknowledgement gives no reason",
                value=reason,
                fix="write why the warning is accepted",
            )
        elif rule_id not in warnings and not of_finding:
            yield Problem(
                "acknowledgement",
                path,
                "nothing gives this warning any more",
                severity=Severity.NOTICE,
                fix="remove it",
            )
