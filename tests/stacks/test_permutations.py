# SPDX-License-Identifier: Apache-2.0
"""Permutations of the options, in a file of their own: they are synthesized once, in a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cloudformation_validate import RegoEngine  # type: ignore[import-untyped]

from seqera_batch.whole import Whole
from tests.night import MORE_AT_NIGHT
from tests.stacks.conftest import PERMUTATIONS
from tests.stacks.test_deployed import check_documents
from tests.stacks.test_validators import findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.stacks.conftest import Scenario

pytestmark = MORE_AT_NIGHT


@pytest.fixture(scope="module")
def engine() -> RegoEngine:
    """Return the engine, whose rules take a third of a second to compile."""
    return RegoEngine()


def test_cloudformation_validate(engine: RegoEngine, permutations: dict[str, Scenario]) -> None:
    """AWS's validator finds nothing to say of any permutation of the options."""
    assert len(permutations) > PERMUTATIONS
    said = {name: findings(engine, scenario.file) for name, scenario in permutations.items()}
    assert {name: some for name, some in said.items() if some} == {}


def test_permutations(permutations: dict[str, Scenario], plain: Callable[..., Any]) -> None:
    """So does each created role of every permutation of the options."""
    for scenario in permutations.values():
        check_documents(scenario, plain)


def test_plan_is_deployed(permutations: dict[str, Scenario]) -> None:
    """Queues and environments of the template are those of the plan, one for one."""
    for scenario in permutations.values():
        template, plan = scenario.template, scenario.plan
        names = [queue["JobQueueName"] for queue in template.all("AWS::Batch::JobQueue")]
        assert sorted(names) == sorted(queue.name for queue in plan.compute.queues)
        deployed = {
            queue["JobQueueName"]: [
                template.data["Resources"][one["ComputeEnvironment"]["Ref"]]["Properties"]
                for one in queue["ComputeEnvironmentOrder"]
            ]
            for queue in template.all("AWS::Batch::JobQueue")
        }
        for queue in plan.compute.queues:
            behind = plan.compute.behind(queue.name)
            for environment, made in zip(behind, deployed[queue.name], strict=True):
                resources = made["ComputeResources"]
                assert resources["Type"] == environment.type
                assert resources["MaxvCpus"] == environment.max_vcpus
                assert resources.get("AllocationStrategy") == environment.allocation_strategy
                assert tuple(resources.get("InstanceTypes", ())) == environment.instance_types


def test_one_include_writes_the_same(permutations: dict[str, Scenario], tmp_path: Path) -> None:
    """A command line includes a stack at once where CDK then writes the bytes of all its parts."""
    from seqera_batch import stack

    wholes = [whole for one in permutations.values() if (whole := Whole.of(one.plan))]
    assert len(wholes) > len(permutations) / 4
    for at_once in (False, True):
        app = stack.new_app(outdir=str(tmp_path / str(at_once)), validate=False)
        for whole in wholes:
            if at_once:
                stack.add_whole(app, whole)
            else:
                plan = whole.plan
                stack.SeqeraBatchStack(app, plan.stack_name, config=plan.config)
        app.synth()
    apart, together = (
        {file.name: file.read_text("utf-8") for file in (tmp_path / name).glob("*.template.json")}
        for name in ("False", "True")
    )
    assert together == apart
