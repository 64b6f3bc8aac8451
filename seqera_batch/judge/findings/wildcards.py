# SPDX-License-Identifier: Apache-2.0
"""Findings about what is open: `*` for actions, resources, accounts and names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from seqera_batch.catalog import authorization
from seqera_batch.catalog.authorization import Action
from seqera_batch.catalog.authorization.patterns import covers, filled, is_anywhere, is_everything
from seqera_batch.judge.findings.grant import Grant
from seqera_batch.judge.findings.ids import is_assigned
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.problems import Severity
from seqera_batch.words import listed

LEAST_PRIVILEGE = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
)


def wildcard_actions(policy: Policy) -> Iterator[Finding]:
    """Yield statements whose actions are patterns, or all but those that are named."""
    for grant in policy.permissions:
        patterns = _patterns(grant.actions)
        if not patterns:
            continue
        everything = [pattern for pattern in patterns if pattern.partition(":")[2] in {"", "*"}]
        meant = {action.full_name for pattern in patterns for action in _meant(pattern)}
        yield policy.finding(
            grant,
            kind="wildcard-action",
            severity=Severity.ERROR if everything else Severity.WARNING,
            message=f"{listed(patterns)} allow {len(meant) or 'all'} actions of today, and those "
            "that AWS will add",
            fix="name the actions that are needed",
            source=LEAST_PRIVILEGE,
            actions=patterns,
        )


def all_but(policy: Policy) -> Iterator[Finding]:
    """Yield statements that hold for all but what they name."""
    for grant in (*policy.permissions, *policy.trusts):
        if grant.excepts:
            yield policy.finding(
                grant,
                kind="all-but",
                message=f"{listed(grant.excepts)} allows everything that is not named",
                fix="name what is allowed instead",
                source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
                "reference_policies_elements_notaction.html",
                actions=(),
            )


def wildcard_resources(policy: Policy) -> Iterator[Finding]:
    """Yield statements on `*`: explained by their reason where AWS offers nothing narrower."""
    for grant in policy.permissions:
        if not any(map(is_everything, grant.resources)):
            continue
        narrower = _narrower(grant)
        if not narrower and grant.reason is None:
            continue
        yield policy.finding(
            grant,
            kind="wildcard-resource",
            severity=Severity.ERROR if _writes(narrower) else Severity.WARNING,
            message=f"{listed([action.full_name for action in narrower])} could name resources "
            "and may touch all"
            if narrower
            else "holds for all resources",
            fix=f"name ARNs, for example {narrower[0].types[0].pattern}"
            if narrower
            else "write the reason into the statement",
            source=LEAST_PRIVILEGE,
            actions=tuple(action.full_name for action in narrower),
            by_reason=not narrower,
        )


def wildcard_names(policy: Policy) -> Iterator[Finding]:
    """Yield ARNs that match every resource of a type whose names are somebody's choice."""
    for grant in policy.permissions:
        chosen, ends = _chosen_names(grant.actions)
        found = [
            (resource, action)
            for resource in grant.resources
            if resource != "*"
            for names in (_all_named(resource, ends),)
            if names
            for action, own in chosen
            if names & own
        ]
        if found:
            resources = tuple(dict.fromkeys(resource for resource, _ in found))
            yield policy.finding(
                grant,
                kind="wildcard-name",
                severity=Severity.WARNING,
                message=f"{listed(resources)} leaves the name open",
                fix="write the names, or the start that they share",
                source=LEAST_PRIVILEGE,
                actions=tuple(dict.fromkeys(action for _, action in found)),
                by_reason=True,
            )


def any_account(policy: Policy) -> Iterator[Finding]:
    """Yield ARNs of any account or region."""
    for grant in policy.permissions:
        found = [resource for resource in grant.resources if is_anywhere(resource)]
        if found:
            yield policy.finding(
                grant,
                kind="any-account",
                severity=Severity.WARNING,
                message=f"{listed(found)} leaves account or region open",
                fix="write account and region into the ARN",
                source=LEAST_PRIVILEGE,
                by_reason=True,
            )


def _meant(pattern: str) -> tuple[Action, ...]:
    return authorization.actions(pattern) if ":" in pattern else ()


def _narrower(grant: Grant) -> list[Action]:
    """Return the actions for which AWS offers something narrower than `*`."""
    found = {action.full_name: action for _, action in grant.known_actions() if action.types}
    return [found[name] for name in sorted(found)]


def _writes(actions: list[Action]) -> bool:
    return any(set(action.level.split(", ")) - {"List", "Read"} for action in actions)


@cache
def _patterns(actions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(action for action in actions if "*" in action or "?" in action)


@cache
def _chosen_names(
    patterns: tuple[str, ...],
) -> tuple[tuple[tuple[str, frozenset[str]], ...], frozenset[str]]:
    """Return actions and how the ARNs end of what they name, where somebody chose the name.

    Those of all actions come after them.
    """
    chosen = tuple(
        (
            action.full_name,
            frozenset(
                kind.pattern.split(":", 5)[-1]
                for kind in action.types
                if not is_assigned(action.service, kind.name)
            ),
        )
        for pattern in patterns
        for action in authorization.actions(pattern)
    )
    return chosen, frozenset().union(*(own for _, own in chosen))


def _all_named(resource: str, ends: frozenset[str]) -> frozenset[str]:
    """Return those ends of which an ARN matches every one."""
    name = filled(resource).split(":", 5)[-1]
    if "*" not in name and "?" not in name:
        return ends & {name}
    return frozenset(end for end in ends if covers(name, end))
