# SPDX-License-Identifier: Apache-2.0
"""What every importer gives: the settings in the shape of Platform's API, and what was left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from seqera_batch.problems import Problem, Severity, refusal
from seqera_batch.records import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """One environment out of a file.

    Args:
        data: For `config.check`: wrapped as Platform's API does it.
        problems: What was left aside on the way.
    """

    data: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def left(path: str, why: str, value: object = None) -> Problem:
    """Return the notice about something that has no counterpart here."""
    return Problem("left-aside", path, why, severity=Severity.NOTICE, value=value)


def the_one(found: Mapping[str, T], pick: str | None, what: str) -> T:
    """Return the one that is asked for, or the only one.

    Raises:
        ConfigError: There is none, or several and none is picked.
    """
    if pick is not None and pick in found:
        return found[pick]
    if len(found) == 1 and pick is None:
        return next(iter(found.values()))
    raise refusal(
        "which-environment",
        "",
        f"the file holds {len(found)} of {what}",
        value=pick or ", ".join(found) or "none",
        allowed=", ".join(found) or "one environment",
        fix="name one with --pick" if found else "give a file that holds one",
    )
