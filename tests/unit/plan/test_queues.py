# SPDX-License-Identifier: Apache-2.0
"""Queues with any number of environments: what AWS Batch takes together, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.problems import ConfigError
from seqera_batch.template import environment
from seqera_batch.template.queues import job_queue

if TYPE_CHECKING:
    from seqera_batch.plan.compute import Compute
    from seqera_batch.plan.environments import ComputeEnvironment
    from tests.unit.plan.conftest import MakePlan


def _with(plan: MakePlan, *keys: str, **changes: Any) -> Compute:  # noqa: ANN401 - any field
    """Return the compute of a Spot plan, the queue of tasks on these environments."""
    compute = plan().compute
    head, work = compute.environments
    behind: tuple[ComputeEnvironment, ...] = (
        head,
        work,
        replace(work, **{"key": "more", "type": "EC2", **changes}),
        replace(work, key="last"),
        replace(work, key="fourth"),
    )
    queues = tuple(
        replace(queue, environments=keys) if queue.key == "work" else queue
        for queue in compute.queues
    )
    return replace(compute, environments=behind, queues=queues)


def test_environments_have_an_order(plan: MakePlan) -> None:
    """A queue names its environments in their order, from the first."""
    compute = _with(plan, "work", "more", "last")
    assert [item.key for item in compute.behind(compute.compute_queue)] == ["work", "more", "last"]
    [queue] = (queue for queue in compute.queues if queue.key == "work")
    assert job_queue(queue, {}).properties["ComputeEnvironmentOrder"] == [
        {"ComputeEnvironment": "@{WorkComputeEnvironment}", "Order": 1},
        {"ComputeEnvironment": "@{MoreComputeEnvironment}", "Order": 2},
        {"ComputeEnvironment": "@{LastComputeEnvironment}", "Order": 3},
    ]


@pytest.mark.parametrize(
    ("keys", "changes"),
    [
        ((), {}),
        (("work", "more", "last", "fourth"), {}),
        (("work", "work"), {}),
        (("work", "nowhere"), {}),
        (("work", "more"), {"type": "FARGATE", "instance_types": ()}),
        (("work", "more"), {"instance_types": ("m6g",)}),
    ],
)
def test_what_does_not_fit_together_is_refused(
    plan: MakePlan, keys: tuple[str, ...], changes: dict[str, Any]
) -> None:
    """None, four, one twice, an unknown one, EC2 with Fargate, x86-64 with Arm."""
    with pytest.raises(ConfigError) as refused:
        _with(plan, *keys, **changes)
    [problem] = refused.value.problems
    assert problem.rule == "queue-environments"
    assert "TowerForge-demo-work" in problem.path
    assert problem.allowed
    assert problem.fix


def test_scheduling_policy(plan: MakePlan) -> None:
    """A queue may have a policy from its creation on; today's queues are first in, first out."""
    [queue, _] = plan().compute.queues
    shared = replace(queue, scheduling_policy="@{Shares.Arn}")
    assert job_queue(shared, {}).properties["SchedulingPolicyArn"] == "@{Shares.Arn}"
    made = environment(plan(), plan().scope())["WorkJobQueue"].to_dict()
    assert "SchedulingPolicyArn" not in made["Properties"]
