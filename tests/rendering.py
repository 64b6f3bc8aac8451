# SPDX-License-Identifier: Apache-2.0
"""Resources of an environment as a template has them, without CDK: milliseconds each.

`tests/stacks` and `tests/constructs` hold them equal to what CDK writes, but for the ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqera_batch.plan import ForgePlan
from seqera_batch.template import environment

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig

_CODE = {"RegistrationCode.Bucket": "example-assets", "RegistrationCode.Key": "code.zip"}


def rendered(config: ForgeConfig) -> dict[str, Any]:
    """Return what an environment creates, by id; only the place of code is not a plan's to say."""
    plan = ForgePlan.of(config)
    made = environment(plan, plan.scope())
    return {name: one.answered(_CODE.get).to_dict() for name, one in made.items()}
