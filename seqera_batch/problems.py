# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an environment file, as data: one `Problem` each, all of them together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import KW_ONLY, field
from enum import StrEnum

from seqera_batch.records import dataclass

UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, or turning text around
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # no characters at all
    "|[\U0001fffe\U0001ffff]"
)
"""What a reader would not see, or what would command a terminal."""


def visible(text: str) -> str:
    """Return text with unprintable characters as Python writes them: no terminal obeys those."""
    return UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    """Nothing is planned or synthesized until it is gone."""

    WARNING = "warning"
    """Deprecated, costly, or limited by Platform; may be acknowledged by id with a reason."""

    NOTICE = "notice"
    """Something in the input was taken differently or left aside, and is only said."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, or worth saying, of an environment file or of what else somebody gave.

    Args:
        rule: Stable id; part of the public contract, used to acknowledge warnings.
        path: Where in the file, in the file's own field names (`forge.instance_types[1]`).
        message: What is wrong, lower case, no full stop.
        severity: How much it matters; an error unless said otherwise.
        value: The value got; None where there is none to show.
        allowed: What would be accepted.
        fix: What to change.
        source: Where the rule is documented.
        line: The line of the field, or of the section that lacks it; None where there is none.
        about: Paths of the other fields that it depends on.
        acknowledged: The reason somebody wrote for accepting a warning.
    """

    rule: str
    path: str
    message: str
    _: KW_ONLY
    severity: Severity = Severity.ERROR
    value: object = None
    allowed: str | None = None
    fix: str | None = None
    source: str | None = None
    line: int | None = field(default=None, compare=False)
    about: tuple[str, ...] = ()
    acknowledged: str | None = None

    def text(self, origin: str | None = None) -> str:
        """Return the problem as a person reads it, details indented below the first line.

        Whatever a file has for names and values, it stays within its own line.
        """
        line = "" if self.line is None else f":{self.line}"
        where = f"{origin}{line}: " if origin else ""
        path = f"{_on_one_line(self.path)}: " if self.path else ""
        lines = [f"{_on_one_line(where)}{self.severity}[{self.rule}] {path}{self.message}"]
        if self.value is not None:
            lines.append(f"    got:     {_shown(self.value)}")
        if self.allowed:
            lines.append(f"    allowed: {self.allowed}")
        if self.fix:
            lines.append(f"    fix:     {self.fix}")
        if self.acknowledged:
            lines.append(f"    acknowledged: {self.acknowledged}")
        return "\n".join(visible(line).replace("\n", "\n    ") for line in lines)

    def as_dict(self) -> dict[str, object]:
        """Return the problem as JSON-ready data; the keys are stable."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "path": self.path,
            "line": self.line,
            "message": self.message,
            "value": None if self.value is None else _shown(self.value),
            "allowed": self.allowed,
            "fix": self.fix,
            "source": self.source,
            "about": list(self.about),
            "acknowledged": self.acknowledged,
        }


class ConfigError(ValueError):
    """What somebody gave cannot be used; carries every problem found, not the first one."""

    def __init__(self, problems: Problem | Iterable[Problem], origin: str | None = None) -> None:
        """Keep the problems and build one message of them.

        Args:
            problems: One, or several; at least one of them an error, warnings may come along.
            origin: The file they were found in.
        """
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.origin = origin
        super().__init__("\n".join(problem.text(origin) for problem in self.problems))


def refusal(  # noqa: PLR0913 - the parts of one message, all by name but the three that each has
    rule: str,
    path: str,
    message: str,
    *,
    value: object = None,
    allowed: str | None = None,
    fix: str | None = None,
    line: int | None = None,
    origin: str | None = None,
) -> ConfigError:
    """Return the error to raise where one thing stops the work; see `Problem` for its parts."""
    problem = Problem(rule, path, message, value=value, allowed=allowed, fix=fix, line=line)
    return ConfigError(problem, origin)


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return those that stop the work."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


_SHOWN_CHARACTERS = 120
"""Longest value repeated in a message: enough to recognize it, not a page."""


def word_of(value: object) -> str:
    """Return the word for what a value is, as files of ours have it."""
    return _WORDS.get(type(value), "a value")


_WORDS = {
    bool: "true or false",
    dict: "a mapping",
    float: "a number",
    int: "a number",
    list: "a list",
    str: "a text",
    type(None): "nothing",
}


def _on_one_line(text: str) -> str:
    return text.replace("\n", "\\n")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, tuple | list):
        text = ", ".join(str(item) for item in value) or "(empty)"
    else:
        text = str(value) if str(value) else "(empty)"
    text = _on_one_line(text)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
