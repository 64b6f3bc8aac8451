# SPDX-License-Identifier: Apache-2.0
"""What the page about the review says is what the review does."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.reference_data import REVIEW_KEYS, REVIEWED_KEYS
from seqera_batch.cli.review import ENDINGS
from seqera_batch.config.check import ForgeConfig
from seqera_batch.judge.report import WRITERS, as_json, page
from seqera_batch.judge.report.model import Review
from seqera_batch.plan import ForgePlan

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "how-to" / "review.md").read_text("utf-8")


def test_sections_are_told_in_order() -> None:
    """The table has every section of the page, under the page's own headings."""
    config = ForgeConfig.from_file(ROOT / "examples" / "gpu.yaml")
    text = page.text([Review.of(ForgePlan.of(config))])
    headings = re.findall(r"<h2 id=\"\w+\">(.*?)</h2>", text)
    told = re.findall(r"^\| ([A-Z].*?) \| [A-Z]", DOCS, re.MULTILINE)
    assert [one for one in headings if one not in {"Contents", "Signed"}] == told


def test_formats_are_told() -> None:
    """The table has every format with its endings."""
    told = {
        name: set(re.findall(r"`(\.\w+)`", endings))
        for name, endings in re.findall(r"^\| `(\w+)` \| (.*?) \|", DOCS, re.MULTILINE)
    }
    assert told == {
        name: {ending for ending, format_ in ENDINGS.items() if format_ == name} for name in WRITERS
    }


def test_keys_of_json_are_told() -> None:
    """Whoever reads the JSON can look up what each key is, and finds none that is not there."""
    config = ForgeConfig.from_file(ROOT / "examples" / "gpu.yaml")
    told = as_json.as_dict(Review.of(ForgePlan.of(config)))
    assert [key for key, _, _ in REVIEW_KEYS] == list(told)
    assert [key for key, _, _ in REVIEWED_KEYS] == list(told["identities"][0])
