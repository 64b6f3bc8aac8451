# SPDX-License-Identifier: Apache-2.0
"""A rule: one small pure function with a stable id, whose docstring states the good condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.problems import Problem, Severity
from seqera_batch.records import dataclass

IN_THE_FILE: Final = object()
"""Stands for the value that the file has at the path of a breach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One way in which a configuration breaks a rule; see `Problem` for the fields.

    The value is told as the file has it, unless the rule says otherwise, as of a secret: None.
    """

    path: str
    message: str
    fix: str
    value: object = IN_THE_FILE
    allowed: str | None = None
    about: tuple[str, ...] = ()


Breaches = Iterator[Breach]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A cross-field rule of the environment file.

    Args:
        id: Stable; part of the public contract.
        severity: In a file of ours.
        in_exports: In an export from Platform, where an existing choice should not be a dead end.
        source: The page that states the rule.
        settled_by_app: Whether what an app brings along can make a file keep it.
        app_only: Whether nothing but what an app brings along can break it.
        by_place: Whether an error may be accepted, by id and path: `secret-in-text@labels.a`.
        check: Yields what breaks it.
    """

    id: str
    severity: Severity
    in_exports: Severity
    source: str
    settled_by_app: bool
    app_only: bool
    by_place: bool
    check: Callable[[EnvironmentFile], Breaches]

    @property
    def good(self) -> str:
        """The condition that holds when the rule is kept."""
        return (self.check.__doc__ or "").strip()

    def problems(self, config: EnvironmentFile, *, exported: bool) -> Iterator[Problem]:
        """Yield a problem for each breach, as severe as it is where the file comes from."""
        severity = self.in_exports if exported else self.severity
        for breach in self.check(config):
            yield Problem(
                self.id,
                breach.path,
                breach.message,
                severity=severity,
                value=_in_file(config, breach.path)
                if breach.value is IN_THE_FILE
                else breach.value,
                allowed=breach.allowed,
                fix=breach.fix,
                source=self.source,
                about=(*breach.about, *_around(breach)),
            )


def _in_file(config: EnvironmentFile, path: str) -> object:
    """Return what the file has at a path; of a mapping's entries, and where there is none, None."""
    found: Any = config
    for part, number in re.findall(r"(\w+)|\[(\d+)\]", path):
        found = found[int(number)] if number else getattr(found, part, None)
    return found


_OF_FORGE_MODE = ("aws.compute", "aws.head", "aws.queues")
"""Sections that describe what is behind created queues."""


def _around(breach: Breach) -> tuple[str, ...]:
    """Return what a breach depends on by its place: without `forge` no queue is created."""
    return ("forge",) if breach.path.startswith(_OF_FORGE_MODE) else ()


RULES: dict[str, Rule] = {}
"""All rules by id, in the order in which the modules of this package define them."""


def rule(  # noqa: PLR0913 - keywords, most of them left out
    rule_id: str,
    *,
    source: str,
    severity: Severity = Severity.ERROR,
    in_exports: Severity | None = None,
    settled_by_app: bool = False,
    app_only: bool = False,
    by_place: bool = False,
) -> Callable[[Callable[[EnvironmentFile], Breaches]], Callable[[EnvironmentFile], Breaches]]:
    """Register a function as a rule under a stable id."""

    def register(
        check: Callable[[EnvironmentFile], Breaches],
    ) -> Callable[[EnvironmentFile], Breaches]:
        if rule_id in RULES:
            message = f"two rules have the id {rule_id}"
            raise ValueError(message)
        RULES[rule_id] = Rule(
            id=rule_id,
            severity=severity,
            in_exports=severity if in_exports is None else in_exports,
            source=source,
            settled_by_app=settled_by_app,
            app_only=app_only,
            by_place=by_place,
            check=check,
        )
        return check

    return register
