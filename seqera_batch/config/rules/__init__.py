# SPDX-License-Identifier: Apache-2.0
"""Rules that look at several fields together; importing the package defines all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.platform_export import REPLACEMENTS
from seqera_batch.config.rules.rule import RULES, Breach, Rule
from seqera_batch.problems import Problem, Severity
from seqera_batch.words import did_you_mean

__all__ = ["RULES", "Breach", "Rule", "acknowledged", "broken_rules"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

AT = "@"
"""Between the id and the path of what is accepted in one place."""


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

    It is accepted by its id everywhere, or by id and path (`min-cpus-cost@forge.min_cpus`) in one
    place. Errors cannot be accepted, but for rules that allow it place by place, and then are
    warnings. An acknowledgement of an unknown id, of another error, or without a reason is a
    problem of its own; one whose warning has gone is only said.
    """
    noted = tuple(_noted(problem, acknowledgements) for problem in problems)
    return (*noted, *_misused(noted, acknowledgements))


def _noted(problem: Problem, acknowledgements: Mapping[str, str]) -> Problem:
    here = acknowledgements.get(f"{problem.rule}{AT}{problem.path}")
    if problem.severity is Severity.WARNING:
        reason = here or acknowledgements.get(problem.rule)
        return replace(problem, acknowledged=reason) if reason else problem
    if problem.severity is Severity.ERROR and here and here.strip() and _by_place(problem.rule):
        return replace(problem, severity=Severity.WARNING, acknowledged=here)
    return problem


def _by_place(rule_id: str) -> bool:
    return rule_id in RULES and RULES[rule_id].by_place


def _app_only(rule_id: str) -> bool:
    """Whether a file by itself never breaks it, and may acknowledge it all the same."""
    return rule_id in RULES and RULES[rule_id].app_only


def _misused(
    problems: tuple[Problem, ...], acknowledgements: Mapping[str, str]
) -> Iterable[Problem]:
    if not acknowledgements:
        return
    warnings = {problem.rule for problem in problems if problem.severity is Severity.WARNING}
    warnings |= {f"{problem.rule}{AT}{problem.path}" for problem in problems}
    may_warn = {
        *REPLACEMENTS,
        *(
            rule.id
            for rule in RULES.values()
            if Severity.WARNING in {rule.severity, rule.in_exports}
        ),
    }
    for name, reason in acknowledgements.items():
        path = f"aws.acknowledgements.{name}"
        rule_id, at, _ = name.partition(AT)
        # Findings about policies are told by a colon, and judged where the policies are known.
        of_finding = ":" in name
        if not of_finding and _by_place(rule_id) and not at:
            yield Problem(
                "acknowledgement",
                path,
                "this is accepted for one place at a time",
                value=name,
                allowed=f"the id, {AT} and the path of a field",
                fix=f"for example {name}{AT}nextflow_config",
            )
        elif not (of_finding or rule_id in may_warn or _by_place(rule_id)):
            yield Problem(
                "acknowledgement",
                path,
                "no warning has this id",
                value=name,
                allowed="the id in brackets of a warning; errors cannot be acknowledged",
                fix=did_you_mean(rule_id, may_warn),
            )
        elif not reason.strip():
            yield Problem(
                "acknowledgement",
                path,
                "the acknowledgement gives no reason",
                value=reason,
                fix="write why the warning is accepted",
            )
        elif name not in warnings and not (of_finding or _app_only(rule_id)):
            yield Problem(
                "acknowledgement",
                path,
                "nothing gives this warning any more",
                severity=Severity.NOTICE,
                fix="remove it",
            )
