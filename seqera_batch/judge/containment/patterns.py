# SPDX-License-Identifier: Apache-2.0
"""Whether one pattern of IAM matches everything that another does.

Unlike `review.patterns`, which asks what a pattern may come to, this proves: a policy variable
stands for a text that nobody knows, so it is inside `*` and inside itself, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby

_PARTS = re.compile(r"[$@]\{[^}]*\}|.", re.DOTALL)
_ARN_FIELDS = 6
_ANY, _ONE = "*", "?"
_UNKNOWN = ("${", "@{")
"""How a text starts that is unknown here: CloudFormation's word for it, or a plan's mark."""

_LITERAL = "\0"
"""Before a `*` or `?` that is meant as it is written."""


@cache
def within(narrow: str, wide: str, *, literal: bool = False) -> bool:
    """Return whether every text that matches the first pattern matches the second.

    Args:
        narrow: Pattern in which `*` is any text, `?` any character, `${…}` a text unknown here.
        wide: Likewise.
        literal: Whether the first is a text, in which `*` and `?` are themselves.
    """
    return _matches(_literal(narrow) if literal else _pattern(narrow), _pattern(wide))


@cache
def arn_within(narrow: str, wide: str, *, literal: bool = False) -> bool:
    """Return whether every ARN that matches the first pattern matches the second.

    Two ARNs are compared field by field: IAM does so in conditions, and what is inside by field is
    inside as a whole. IAM takes fields that are left out at the end as `*`.
    """
    if not narrow.startswith("arn:") or not wide.startswith("arn:"):
        return within(narrow if literal else _whole(narrow), wide, literal=literal)
    pairs = zip(_fields(narrow), _fields(wide), strict=True)
    return all(within(ours, theirs, literal=literal) for ours, theirs in pairs)


@cache
def apart(one: str, other: str) -> bool:
    """Return whether no text can match both patterns; False also where that is not known."""
    return not _meet(_pattern(_whole(one)), _pattern(_whole(other)))


def _whole(arn: str) -> str:
    """Return a pattern with the fields of an ARN that it leaves out; other texts as they are."""
    return ":".join(_fields(arn))


def _fields(arn: str) -> list[str]:
    if not arn.startswith("arn:"):
        return [arn]
    fields = [""]
    for part in _PARTS.findall(arn):
        # A variable is one part, colons and all: `${AWS::AccountId}`.
        if part == ":" and len(fields) < _ARN_FIELDS:
            fields.append("")
        else:
            fields[-1] += part
    return fields + [_ANY] * (_ARN_FIELDS - len(fields))


def _literal(text: str) -> tuple[str, ...]:
    return tuple(_LITERAL + part if part in {_ANY, _ONE} else part for part in _PARTS.findall(text))


def _pattern(text: str) -> tuple[str, ...]:
    return tuple(_in_order(_PARTS.findall(text)))


def _in_order(parts: list[str]) -> Iterator[str]:
    """Yield the parts, wildcards in a row in one order: `*?` and `?*` match the same."""
    for wild, run in groupby(parts, key=lambda part: part in {_ANY, _ONE}):
        if not wild:
            yield from run
            continue
        found = list(run)
        yield from (part for part in found if part == _ONE)
        if _ANY in found:
            yield _ANY


def _matches(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Return whether the wide pattern takes the narrow one, its wildcards as characters.

    Row by row over the parts of the wide pattern; a row says which starts of the narrow one are
    taken.
    """
    row = [True] + [False] * len(narrow)
    for part in wide:
        if part == _ANY:
            first = row.index(True) if True in row else len(row)
            row = [place >= first for place in range(len(row))]
            continue
        row = [False] + [row[place] and _takes(part, letter) for place, letter in enumerate(narrow)]
    return row[-1]


def _takes(part: str, letter: str) -> bool:
    if part == _ONE:
        # What is longer than a character or may be is not taken.
        return letter != _ANY and not letter.startswith(_UNKNOWN)
    return part == letter or _LITERAL + part == letter


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether some text may match both patterns."""
    row = [True] + [False] * len(other)
    for place, letter in enumerate(other):
        row[place + 1] = row[place] and _is_open(letter)
    for ours in one:
        before, row[0] = row[0], row[0] and _is_open(ours)
        for place, theirs in enumerate(other, start=1):
            above = row[place]
            if _is_open(ours) or _is_open(theirs):
                row[place] = above or row[place - 1] or before
            else:
                row[place] = before and (ours == theirs or _ONE in {ours, theirs})
            before = above
    return row[-1]


def _is_open(part: str) -> bool:
    """Return whether a part may be a text of any length."""
    return part == _ANY or part.startswith(_UNKNOWN)
