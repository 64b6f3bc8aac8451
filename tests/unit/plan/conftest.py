# SPDX-License-Identifier: Apache-2.0
"""Plans of small configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.plan import ForgePlan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Configure

    MakePlan = Callable[..., ForgePlan]


@pytest.fixture(scope="session")
def plan(configure: Configure) -> MakePlan:
    """Return a function that plans the smallest configuration, changed by its arguments."""

    def make(*sections: Any, **fields: Any) -> ForgePlan:  # noqa: ANN401 - parts of the file
        return ForgePlan.of(configure(*sections, **fields))

    return make
