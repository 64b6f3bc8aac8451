# SPDX-License-Identifier: Apache-2.0
"""Data that no environment needs and that code behind could not bear: endless, huge, or no text."""

from __future__ import annotations

from typing import Any

from seqera_batch.catalog import limits
from seqera_batch.problems import Problem

_LONGEST_NUMBER = 2**63


def outsized(data: dict[Any, Any]) -> Problem | None:
    """Return what is wrong with data that cannot be walked through or printed, without recursion.

    A few aliases of YAML stand for a billion values, or for a value that holds itself.
    """
    waiting: list[tuple[object, int]] = [(data, 0)]
    room = limits.INPUT_VALUES
    while waiting:
        value, depth = waiting.pop()
        inner: tuple[object, ...] = ()
        if isinstance(value, dict):
            inner = (*value.keys(), *value.values())
        elif isinstance(value, list | tuple):
            inner = tuple(value)
        elif isinstance(value, set | frozenset):
            return _too_much("a set has no order", allowed="a list")
        elif isinstance(value, int) and not -_LONGEST_NUMBER <= value < _LONGEST_NUMBER:
            return _too_much("a number is longer than any field takes", allowed="64 bits")
        elif isinstance(value, str) and not _is_text(value):
            return _too_much("a text holds half a character", allowed="Unicode text")
        room -= len(inner)
        if room < 0:
            return _too_much(
                "the file holds too many values",
                allowed=f"{limits.INPUT_VALUES} values, aliases counted where they are used",
            )
        if inner and depth == limits.INPUT_DEPTH:
            return _too_much("the values are nested too deeply", allowed=f"{depth} levels")
        waiting += ((item, depth + 1) for item in inner)
    return None


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _too_much(message: str, *, allowed: str) -> Problem:
    return Problem(
        "input-size",
        "",
        message,
        allowed=allowed,
        fix="give an environment file, written out plainly",
    )
