# SPDX-License-Identifier: Apache-2.0
"""What the tests of the hand-off share: the examples, their plans, and a deployed stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.export import export, role_arns
from seqera_batch.handoff.outputs import stack_outputs
from seqera_batch.handoff.target import Rendered, Request
from seqera_batch.plan import ForgePlan
from seqera_batch.policies.document import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(file.stem for file in EXAMPLES.glob("*.*"))
ACCOUNT = "111122223333"
ALLOWED = ("manual-fargate-head", "manual-graviton", "terraform-work-dir", "tw-cannot-express")


def load_example(name: str) -> ForgePlan:
    """Return the plan of an example."""
    [file] = EXAMPLES.glob(f"{name}.*")
    return ForgePlan.of(ForgeConfig.from_file(file))


def outputs_of(plan: ForgePlan) -> dict[str, str]:
    """Return what the deployed stack of an environment says."""
    scope = Scope(partition=plan.partition, region=plan.region, account=plan.account or ACCOUNT)
    roles = {kind: plan.roles.arn(kind, scope) for kind in role_arns(plan)}
    return {one.name: one.value for one in stack_outputs(plan, roles=roles)}


@pytest.fixture(scope="session")
def exported() -> Callable[..., Rendered]:
    """Give an export of an example, deployed, with every refusal accepted."""

    def make(name: str, target: Any, **wanted: Any) -> Rendered:  # noqa: ANN401 - literals
        plan = load_example(name)
        request = Request(target=target, allow=ALLOWED, **wanted)
        found = export(plan, request, outputs=outputs_of(plan))
        assert found.rendered is not None, found.problems
        assert found.placeholders == ()
        return found.rendered

    return make
