# SPDX-License-Identifier: Apache-2.0
"""Patterns inside patterns: proved, and never claimed where a text says otherwise."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.catalog.authorization.patterns import pattern_of
from seqera_batch.judge.containment.patterns import apart, arn_within, within
from tests.chance import cases

TEXTS = st.text("ab", max_size=5)
PATTERNS = st.text("ab*?", max_size=5)

INSIDE = [
    ("s3:GetObject", "s3:Get*"),
    ("s3:GetObject", "*"),
    ("s3:Get*", "s3:*"),
    ("?*", "*?"),
    ("**", "*"),
    ("a?", "a*"),
    ("", "*"),
    ("${aws:username}", "${aws:username}"),
    ("home/${aws:username}/a", "home/*"),
    ("home/${aws:username}/*", "home/${aws:username}/*"),
]
OUTSIDE = [
    ("s3:Get*", "s3:GetObject"),
    ("*", "?*"),
    ("a*", "a?"),
    ("ab", "a"),
    ("", "?"),
    # What a variable stands for is unknown: one character, or a slash.
    ("${a}", "????"),
    ("${a}", "${b}"),
    ("home/*", "home/${aws:username}"),
]


@pytest.mark.parametrize(("narrow", "wide"), INSIDE)
def test_inside(narrow: str, wide: str) -> None:
    """Whatever matches the first matches the second."""
    assert within(narrow, wide)


@pytest.mark.parametrize(("narrow", "wide"), OUTSIDE)
def test_outside(narrow: str, wide: str) -> None:
    """Something matches the first that does not match the second, or may."""
    assert not within(narrow, wide)


def test_literal() -> None:
    """A text of StringEquals is itself, not a pattern."""
    assert within("a*", "a*", literal=True)
    assert within("a*", "a?", literal=True)
    assert not within("*", "?*?", literal=True)


@pytest.mark.parametrize(
    ("narrow", "wide", "expected"),
    [
        ("arn:aws:s3:::b/x/*", "arn:aws:s3:::b/*", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/*", False),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/*", False),
        ("arn:aws:s3:::b", "*", True),
        ("*", "arn:*", False),
        # IAM takes what is left out at the end as `*`.
        ("arn:aws:sqs:eu-west-1:1:q", "arn:aws:sqs", True),
        ("arn:aws:sqs", "arn:aws:sqs:*:*:q", False),
        # A field ends at its colon, whatever its wildcard.
        ("arn:aws:sqs:eu-west-1:1:q", "arn:*:q", False),
        ("arn:aws:iam::1:role/a", "arn:aws:iam::*:role/*", True),
        ("arn:aws:iam::${AWS::AccountId}:role/a", "arn:aws:iam::*:role/*", True),
        ("arn:aws:iam::*:role/a", "arn:aws:iam::${AWS::AccountId}:role/a", False),
    ],
)
def test_arns(narrow: str, wide: str, expected: object) -> None:
    """ARNs are compared field by field."""
    assert arn_within(narrow, wide) is expected


@cases()
@given(TEXTS, PATTERNS, PATTERNS)
def test_a_text_of_the_inner_pattern_is_of_the_outer(text: str, narrow: str, wide: str) -> None:
    """What is said to be inside is, for every text."""
    if within(narrow, wide) and re.match(pattern_of(narrow), text):
        assert re.match(pattern_of(wide), text)


@cases()
@given(TEXTS, PATTERNS)
def test_a_text_is_inside_the_patterns_that_match_it(text: str, wide: str) -> None:
    """A text without wildcards is inside exactly the patterns that match it."""
    assert within(text, wide) is (re.match(pattern_of(wide), text) is not None)


@cases()
@given(PATTERNS, PATTERNS, PATTERNS)
def test_order(one: str, two: str, three: str) -> None:
    """Being inside is reflexive and transitive."""
    assert within(one, one)
    if within(one, two) and within(two, three):
        assert within(one, three)


@cases()
@given(TEXTS, PATTERNS, PATTERNS)
def test_apart(text: str, one: str, other: str) -> None:
    """No text matches two patterns that are said to be apart."""
    if apart(one, other):
        assert not (re.match(pattern_of(one), text) and re.match(pattern_of(other), text))


def test_unknown_texts_are_not_apart() -> None:
    """A variable may be what the other pattern asks for."""
    assert not apart("${a}", "x")
    assert apart("a${a}", "b${a}")
