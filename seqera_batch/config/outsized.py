# SPDX-License-Identifier: Apache-2.0
"""Data that code behind could not bear: endless, huge, no text, or taken for what it writes."""

from __future__ import annotations

from typing import Any

from seqera_batch.catalog import limits
from seqera_batch.cloudformation.intrinsics import marked
from seqera_batch.problems import Problem

_LONGEST_NUMBER = 2**63
_SHOWN_BITS = 128


def outsized(data: dict[Any, Any]) -> Problem | None:
    """Return what is wrong with data that cannot be walked through or printed, without recursion.

    A few aliases of YAML stand for a billion values, or for a value that holds itself.
    """
    waiting: list[tuple[object, int, str]] = [(data, 0, "")]
    room = limits.INPUT_VALUES
    while waiting:
        value, depth, path = waiting.pop()
        inner: list[tuple[object, str]] = []
        if isinstance(value, dict):
            inner = [(one, path) for one in value]
            inner += [(one, f"{path}.{key}".lstrip(".")) for key, one in value.items()]
        elif isinstance(value, list | tuple):
            inner = [(one, f"{path}[{index}]") for index, one in enumerate(value)]
        elif (wrong := _wrong(value, path)) is not None:
            return wrong
        room -= len(inner)
        if room < 0:
            return _too_much(
                "the file holds too many values",
                allowed=f"{limits.INPUT_VALUES} values, aliases counted where they are used",
            )
        if inner and depth == limits.INPUT_DEPTH:
            return _too_much(
                "the values are nested too deeply", allowed=f"{depth} levels", path=path
            )
        waiting += ((one, depth + 1, where) for one, where in inner)
    return None


def _wrong(value: object, path: str) -> Problem | None:
    if isinstance(value, set | frozenset):
        return _too_much("a set has no order", allowed="a list", path=path)
    if isinstance(value, int) and not -_LONGEST_NUMBER <= value < _LONGEST_NUMBER:
        said = "a number is longer than any field takes"
        shown = value if value.bit_length() <= _SHOWN_BITS else None
        return _too_much(said, allowed="64 bits", path=path, value=shown)
    if isinstance(value, str) and not _is_text(value):
        return _too_much("a text holds half a character", allowed="Unicode text", path=path)
    if isinstance(value, str) and marked(value):
        return Problem(
            "text-with-mark",
            path,
            "a text holds what would be taken for the name of a resource",
            value=value,
            allowed="any text without @{Name}",
            fix="write it apart: @{ Name}",
        )
    return None


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _too_much(message: str, *, allowed: str, path: str = "", value: object = None) -> Problem:
    return Problem(
        "input-size",
        path,
        message,
        value=value,
        allowed=allowed,
        fix="give an environment file, written out plainly",
    )
