# SPDX-License-Identifier: Apache-2.0
"""Job queues: names that Platform knows them by, one environment each, and job-state limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Template

KIND = "AWS::Batch::JobQueue"


@pytest.mark.parametrize(
    ("name", "queues"),
    [
        ("spot", {"TowerForge-spot-head", "TowerForge-spot-work"}),
        ("fargate-head", {"TowerForge-fargate-head-head", "TowerForge-fargate-head-work"}),
        ("on-demand", {"TowerForge-on-demand"}),
        (
            "dragen",
            {"TowerForge-dragen-head", "TowerForge-dragen-work", "TowerForge-dragen-dragen"},
        ),
        ("organization", {"Lab-organization-head", "Lab-organization-work"}),
        ("manual", set()),
    ],
)
def test_names(templates: dict[str, Template], name: str, queues: set[str]) -> None:
    """Queue names are explicit and follow Forge's pattern, without suffix On-Demand."""
    assert {queue["JobQueueName"] for queue in templates[name].all(KIND)} == queues


def test_prefix_everywhere(templates: dict[str, Template]) -> None:
    """Another prefix is in all names and policies, and nothing is left of the default one."""
    text = json.dumps(templates["organization"].data)
    assert "TowerForge" not in text
    assert "job-queue/Lab-organization-work" in text
    assert "role/pipelines/Lab-organization-ComputeJobRole" in text
    assert "log-group:/seqera-batch/Lab-organization/nodes:*" in text


def test_one_environment_each(template: Template) -> None:
    """Every queue has one environment, and no environment is without a queue."""
    behind = [template.environment_id(name) for name in template.queues]
    assert sorted(behind) == sorted(template.ids("AWS::Batch::ComputeEnvironment"))
    for queue in template.all(KIND):
        assert [one["Order"] for one in queue["ComputeEnvironmentOrder"]] == [1]


def test_job_state_limits(scenario: str, template: Template) -> None:
    """Jobs that no node type can run are cancelled; waiting for capacity is legitimate."""
    seconds = 600 if scenario == "organization" else 1800
    for queue in template.all(KIND):
        assert queue["JobStateTimeLimitActions"] == [
            {
                "Action": "CANCEL",
                "MaxTimeSeconds": seconds,
                "Reason": reason,
                "State": "RUNNABLE",
            }
            for reason in (
                "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
                "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
            )
        ]


def test_enabled_with_priority(template: Template) -> None:
    """Every queue is enabled, with a priority."""
    for queue in template.all(KIND):
        assert queue["State"] == "ENABLED"
        assert queue["Priority"] == 1


def test_tagged(templates: dict[str, Template]) -> None:
    """Queues carry labels and tags, and the tag that finds the environment again."""
    for queue in templates["organization"].all(KIND):
        assert queue["Tags"] == {
            "Name": "own",
            "class": "restricted",
            "seqera-batch:environment": "Lab-organization",
            "team": "genomics",
        }
