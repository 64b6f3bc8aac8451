# SPDX-License-Identifier: Apache-2.0
"""The difference as a page of its own: the verdict first, and each change beside what it does."""

from __future__ import annotations

from seqera_batch.judge.difference.model import Difference
from seqera_batch.judge.difference.telling import ORDER, SHIFTS, entries, verdict
from seqera_batch.judge.report.page import rendered


def text(difference: Difference) -> str:
    """Return the page."""
    found = sorted(entries(difference), key=lambda one: ORDER.index(one.change))
    return rendered(
        "difference.html",
        difference=difference,
        entries=found,
        shifts=SHIFTS,
        verdict=verdict(difference),
    )
