# SPDX-License-Identifier: Apache-2.0
"""A rule: one small pure function with a stable id, whose docstring states the good condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqera_batch.problems import Problem, Severity

if TYPE_CHECKING:
    from seqera_batch.config.environment import ForgeConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One way in which a configuration breaks a rule; see `Problem` for the fields."""

    path: str
    message: str
    fix: str
    value: object = None
    allowed: str | None = None
    about: tuple[str, ...] = ()


Findings = Iterator[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A cross-field rule of the environment file.

    Args:
        id: Stable; part of the public contract.
        severity: In a file of ours.
        in_exports: In an export from Platform, where an existing choice should not be a dead end.
        source: The page that states the rule.
        by_place: Whether an error may be accepted, by id and path: `secret-in-text@labels.a`.
        check: Yields what breaks it.
    """

    id: str
    severity: Severity
    in_exports: Severity
    source: str
    by_place: bool
    check: Callable[[ForgeConfig], Findings]

    @property
    def good(self) -> str:
        """The condition that holds when the rule is kept."""
        return (self.check.__doc__ or "").strip()

    def problems(self, config: ForgeConfig, *, exported: bool) -> Iterator[Problem]:
        """Yield a problem for each finding, as severe as it is where the file comes from."""
        severity = self.in_exports if exported else self.severity
        for finding in self.check(config):
            yield Problem(
                rule=self.id,
                severity=severity,
                path=finding.path,
                message=finding.message,
                value=finding.value,
                allowed=finding.allowed,
                fix=finding.fix,
                source=self.source,
                about=finding.about,
            )


RULES: dict[str, Rule] = {}
"""All rules by id, in the order in which the modules of this package define them."""


def rule(
    rule_id: str,
    *,
    source: str,
    severity: Severity = Severity.ERROR,
    in_exports: Severity | None = None,
    by_place: bool = False,
) -> Callable[[Callable[[ForgeConfig], Findings]], Callable[[ForgeConfig], Findings]]:
    """Register a function as a rule under a stable id."""

    def register(
        check: Callable[[ForgeConfig], Findings],
    ) -> Callable[[ForgeConfig], Findings]:
        if rule_id in RULES:
            message = f"two rules have the id {rule_id}"
            raise ValueError(message)
        RULES[rule_id] = Rule(
            id=rule_id,
            severity=severity,
            in_exports=severity if in_exports is None else in_exports,
            source=source,
            by_place=by_place,
            check=check,
        )
        return check

    return register
