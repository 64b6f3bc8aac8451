# SPDX-License-Identifier: Apache-2.0
"""The page on the hand-off: what it lists is what there is."""

from __future__ import annotations

from pathlib import Path

from seqera_batch.handoff.target import ALLOWABLE, TARGETS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "hand-off.md").read_text("utf-8")


def test_the_page_names_every_target_and_what_can_be_allowed_in_manual_mode() -> None:
    """A reader learns of all of them."""
    assert all(f"| `{target}` |" in PAGE for target in TARGETS)
    for rule in ALLOWABLE:
        assert rule in PAGE or rule == "terraform-work-dir"
