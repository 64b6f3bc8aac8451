# SPDX-License-Identifier: Apache-2.0
"""Whether it is night: what `make nightly` tries beside what `make test` does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _pytest.mark import ParameterSet

AT_NIGHT = bool(os.environ.get("SEQERA_BATCH_NIGHTLY"))
"""Set by `make nightly`. What is marked `nightly` runs then alone; CONTRIBUTING.md says why."""
MORE_AT_NIGHT = [pytest.mark.nightly] if AT_NIGHT else []
"""Marks of what runs by day as well, with fewer cases."""

COVERING = {
    *("dragen", "efs", "exported-from-platform", "fsx", "on-demand", "operations"),
    "spot-fusion-nvme",
}
"""Examples that have every property of every type of resource that any example has."""


def unlike_others(names: Iterable[str]) -> list[ParameterSet]:
    """Return names of examples, marked for the night where others have all that they have."""
    return [
        pytest.param(name, marks=() if name in COVERING else pytest.mark.nightly) for name in names
    ]
