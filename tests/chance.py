# SPDX-License-Identifier: Apache-2.0
"""How tests try cases made by chance: a few that are always the same, many new ones at night."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from tests.night import AT_NIGHT

_SHARED = settings(
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)

if not AT_NIGHT:
    # Hypothesis draws numbers and texts of our own modules too, of those that happen to be
    # loaded: what is drawn would depend on which tests ran before.
    patch.object(providers, "is_local_module_file", return_value=False).start()


def cases(usual: int = 60, nightly: int = 5_000) -> settings:
    """Return settings for a number of cases; the usual ones are the same in every run.

    Args:
        usual: With every run of the tests.
        nightly: With `make nightly`.
    """
    if AT_NIGHT:
        return settings(_SHARED, max_examples=nightly)
    return settings(_SHARED, max_examples=usual, derandomize=True)
