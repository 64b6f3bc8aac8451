# SPDX-License-Identifier: Apache-2.0
"""Patterns of ARNs, in which `*` stands for any text and `?` for any character."""

from __future__ import annotations

import re
from functools import cache

_UNKNOWN = re.compile(r"[$@]\{[^}]*\}|<[^>]*>")
"""What is filled in later: a policy variable, CloudFormation's parameters, a mark of a plan
(`cloudformation.intrinsics`), a page's `<REGION>`."""


@cache
def known(arn: str) -> str:
    """Return an ARN with a `*` for each part that is filled in later."""
    return _UNKNOWN.sub("*", arn)


@cache
def filled(arn: str) -> str:
    """Return an ARN with a name for each part that is filled in later: only `*` is open."""
    return _UNKNOWN.sub("x", arn)


@cache
def is_anywhere(arn: str) -> bool:
    """Whether an ARN leaves its account or region open."""
    return "*" in arn and any("*" in part for part in filled(arn).split(":", 5)[3:5])


def is_everything(arn: str) -> bool:
    """Whether an ARN is `*`, once or more often."""
    return arn != "" and not arn.strip("*")


def pattern_of(text: str) -> str:
    """Return a pattern of IAM as a regular expression for whole texts."""
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", "[^*]") + r"\Z"


@cache
def covers(wide: str, narrow: str) -> bool:
    """Whether every text that matches the second pattern matches the first."""
    wide, narrow = known(wide), known(narrow)
    if _is_simple(wide):
        return _fits(wide, narrow)
    # A `*` of the narrow one is matched only by a `*`: no other pattern takes any character.
    return re.match(pattern_of(wide), narrow, re.DOTALL) is not None


@cache
def overlap(one: str, other: str) -> bool:
    """Whether some ARN matches both patterns, compared part by part.

    Of a `*` alone that is so; a pattern that spans parts is compared as a whole.
    """
    ours, theirs = _parts(one), _parts(other)
    if len(ours) != len(theirs):
        return _overlap(known(one), known(other))
    return all(
        mine == other or _overlap(mine, other) for mine, other in zip(ours, theirs, strict=True)
    )


@cache
def _parts(arn: str) -> list[str]:
    return known(arn).split(":", 5)


@cache
def _overlap(one: str, other: str) -> bool:
    """Whether some text matches both; row by row over the places in the two patterns."""
    if one == other or "*" in {one, other}:
        return True
    if _is_simple(one) and _is_simple(other):
        return _overlap_simply(one, other)
    # Most pairs are told apart by how they start.
    for ours, theirs in zip(one, other, strict=False):
        if "*" in {ours, theirs} or "?" in {ours, theirs}:
            break
        if ours != theirs:
            return False
    row = [True]
    for letter in other:
        row.append(row[-1] and letter == "*")
    for ours in one:
        before, row[0] = row[0], row[0] and ours == "*"
        for column, theirs in enumerate(other, start=1):
            above = row[column]
            if "*" in {ours, theirs}:
                row[column] = above or row[column - 1]
            else:
                row[column] = before and (ours == theirs or "?" in {ours, theirs})
            before = above
    return row[-1]


def _is_simple(pattern: str) -> bool:
    """Whether a pattern has one `*` at most: so are nearly all, and quickly compared."""
    return "?" not in pattern and pattern.count("*") <= 1


def _overlap_simply(one: str, other: str) -> bool:
    """Whether some text matches two simple patterns: their starts agree, and their ends."""
    start, star, end = one.partition("*")
    other_start, other_star, other_end = other.partition("*")
    if not (star and other_star):
        return _fits(one, other) if star else _fits(other, one)
    starts = start.startswith(other_start) or other_start.startswith(start)
    return starts and (end.endswith(other_end) or other_end.endswith(end))


def _fits(pattern: str, text: str) -> bool:
    """Whether a text matches a simple pattern."""
    start, star, end = pattern.partition("*")
    if not star:
        return text == pattern
    return len(text) >= len(start + end) and text.startswith(start) and text.endswith(end)
