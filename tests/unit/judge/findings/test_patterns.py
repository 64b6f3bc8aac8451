# SPDX-License-Identifier: Apache-2.0
"""Patterns of ARNs: what matches both of two, and what is within another."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.catalog.authorization.patterns import covers, filled, overlap, pattern_of
from tests.chance import cases

TEXTS = st.text("ab", max_size=5)
PATTERNS = st.text("ab*?", max_size=5)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("*", "arn:aws:s3:::work", True),
        ("arn:aws:s3:::*", "arn:*:s3:::*/*", True),
        ("arn:aws:batch:eu-west-1:${AWS::AccountId}:job/*", "arn:*:batch:*:*:job/*", True),
        ("arn:aws:batch:<REGION>:<ACCOUNT_ID>:job/*", "arn:*:batch:*:*:job-queue/*", False),
        ("arn:aws:iam::111122223333:role/a-*", "arn:*:iam::*:instance-profile/*", False),
        # A pattern that spans the parts of an ARN.
        ("arn:aws:s3*", "arn:*:s3:::*", True),
    ],
)
def test_overlap(one: str, other: str, expected: object) -> None:
    """Two patterns overlap if some ARN matches both, placeholders being any text."""
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


@cases()
@given(TEXTS, PATTERNS, PATTERNS)
def test_a_text_that_matches_both_shows_that_they_overlap(text: str, one: str, other: str) -> None:
    """No overlap is overlooked."""
    if re.match(pattern_of(one), text) and re.match(pattern_of(other), text):
        assert overlap(one, other)


@cases()
@given(TEXTS, PATTERNS)
def test_a_text_is_its_own_pattern(text: str, pattern: str) -> None:
    """Against a text, overlapping is matching."""
    assert overlap(text, pattern) == (re.match(pattern_of(pattern), text) is not None)


@cases()
@given(TEXTS, PATTERNS, PATTERNS)
def test_what_is_covered_matches_the_wider_one(text: str, wide: str, narrow: str) -> None:
    """Whatever matches a covered pattern matches the one that covers it."""
    if covers(wide, narrow) and re.match(pattern_of(narrow), text):
        assert re.match(pattern_of(wide), text)


def test_filled() -> None:
    """What is filled in later is not open."""
    assert filled("arn:aws:iam::${AWS::AccountId}:role/<NAME>-*") == "arn:aws:iam::x:role/x-*"
