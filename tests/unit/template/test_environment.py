# SPDX-License-Identifier: Apache-2.0
"""All resources together: it refers to what it has, and deploys in an order that works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.cloudformation.intrinsics import references, resolve
from seqera_batch.cloudformation.resource import Resource
from seqera_batch.kinds import batch
from seqera_batch.template import environment

EXAMPLES = {file.stem: file for file in sorted(Path(__file__).parents[3].glob("examples/*.*"))}


def test_resource() -> None:
    """What is None is left out, a dependency that a reference says already is not repeated."""
    resource = Resource(
        kind=batch.JOB_QUEUE,
        properties={"A": None, "B": "@{Known}", "C": False},
        depends_on=("Other", "Known"),
        keep_on_delete=True,
    )
    assert resource.to_dict() == {
        "Type": "AWS::Batch::JobQueue",
        "Properties": {"B": {"Ref": "Known"}, "C": False},
        "DependsOn": ["Other"],
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_closed(name: str) -> None:
    """Every reference and dependency of an example is met, and none goes round in a circle."""
    config = ForgeConfig.from_file(EXAMPLES[name])
    plan = ForgePlan.of(config)
    resources = environment(plan, plan.scope())
    behind: dict[str, set[str]] = {
        key: {*resource.depends_on, *references(resource.properties)} - {"AWS::AccountId"}
        for key, resource in resources.items()
    }
    for near in behind.values():
        assert near <= resources.keys()
    done: set[str] = set()
    while ready := {key for key, near in behind.items() if near <= done} - done:
        done |= ready
    assert done == resources.keys()


def test_account() -> None:
    """An account that is known stands in the template, and no intrinsic function with it."""
    config = ForgeConfig.from_dict(
        {
            "name": "a",
            "region": "eu-west-1",
            "work_dir": "s3://bucket/work",
            "forge": {"max_cpus": 1},
            "aws": {"account": "111122223333"},
        }
    )
    plan = ForgePlan.of(config)
    resources = environment(plan, plan.scope())
    properties: Any = resources["HeadJobRole"].properties
    assert resolve(properties) == properties
    assert "arn:aws:iam::111122223333:role/" in str(properties)
