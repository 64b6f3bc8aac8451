# SPDX-License-Identifier: Apache-2.0
"""Whatever valid file there is: it is reviewed whole, and its picture is legible."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.judge.containment import Shift
from seqera_batch.judge.difference import as_json as difference_json
from seqera_batch.judge.difference import markdown as difference_markdown
from seqera_batch.judge.difference import sarif as difference_sarif
from seqera_batch.judge.difference import text as difference_text
from seqera_batch.judge.difference.model import difference
from seqera_batch.judge.report import as_json, markdown, page, sarif, text
from seqera_batch.judge.report.model import Review
from seqera_batch.judge.report.picture import picture
from seqera_batch.judge.report.purposes import PURPOSES
from seqera_batch.plan import ForgePlan
from tests.chance import cases
from tests.fuzz.files import valid
from tests.unit.judge.report.judges import lines_too_close, overlaps, read, words_outside

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig


@cases(usual=6, nightly=1_000)
@given(config=valid())
def test_every_valid_file_is_reviewed(config: ForgeConfig) -> None:
    """No valid file ends in an exception or in a page that the HTML standard calls wrong."""
    review = Review.of(ForgePlan.of(config))
    tree = read(page.text([review]))
    names = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(set(names)) == len(names)
    assert json.loads(as_json.text([review]))["reviews"][0]["settled"] == review.is_settled
    assert review.summary in text.text([review])
    assert all(f"`{one.identity.name}`" in markdown.text([review]) for one in review.identities)
    [run] = json.loads(sarif.text([review]))["runs"]
    assert len(run["results"]) == len(review.findings) + len(review.problems)
    titles = {title for title, _ in PURPOSES}
    for one in (*review.identities, *review.resources, *review.deployers):
        assert {purpose.title for purpose in one.purposes} <= titles


@cases(usual=20, nightly=10_000)
@given(config=valid())
def test_every_picture_is_legible(config: ForgeConfig) -> None:
    """In no picture a word leaves its box, or a box lies on another; neither wide nor narrow."""
    plan = ForgePlan.of(config)
    for narrow in (False, True):
        root = ET.fromstring(picture(plan, narrow=narrow))  # noqa: S314 - our own
        found = (*words_outside(root), *lines_too_close(root), *overlaps(root))
        assert found == ()


@cases(usual=6, nightly=1_000)
@given(pair=st.tuples(valid(), valid()))
def test_any_two_files_are_compared(pair: tuple[ForgeConfig, ForgeConfig]) -> None:
    """What changes between any two valid files is told; what narrows one way widens the other."""
    old, new = (Review.of(ForgePlan.of(config)) for config in pair)
    there, back = difference(old, new), difference(new, old)
    assert (there.change is Shift.NARROWED) <= back.change.widens
    assert (there.change is Shift.SAME) is (back.change is Shift.SAME)
    for writer in (difference_text, difference_markdown, difference_json, difference_sarif):
        assert writer.text(there)
    same = difference(new, new)
    assert (same.change, same.fields, same.identities, same.protections) == (
        Shift.SAME,
        (),
        (),
        (),
    )
