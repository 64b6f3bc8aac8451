# SPDX-License-Identifier: Apache-2.0
"""How much is tried: a little with every run of the tests, much more with `make nightly`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

NIGHTLY = "SEQERA_BATCH_NIGHTLY"
"""Set by `make nightly`: new cases each time, and many of them."""

_SHARED = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def cases(usual: int, nightly: int) -> settings:
    """Return settings for a number of cases; the usual ones are the same in every run.

    Args:
        usual: With every run of the tests.
        nightly: With `make nightly`.
    """
    if os.environ.get(NIGHTLY):
        return settings(_SHARED, max_examples=nightly)
    return settings(_SHARED, max_examples=usual, derandomize=True)
