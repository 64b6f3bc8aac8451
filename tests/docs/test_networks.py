# SPDX-License-Identifier: Apache-2.0
"""The table of network modes says what the plan says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.catalog.endpoints import INTERFACE_ENDPOINTS

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "networks.md").read_text("utf-8")
ROWS = {
    mode: (costs, reaches, lacks)
    for mode, costs, reaches, lacks in re.findall(
        r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \| ([^|]*)\|$", PAGE, re.MULTILINE
    )
}
ISOLATED = {"cli_path": "/opt/aws-cli/bin/aws"}
NAMES = {
    "batch": "AWS Batch",
    "ec2": "EC2",
    "ecr.api": "ECR",
    "ecr.dkr": "ECR",
    "ecs": "ECS",
    "ecs-agent": "ECS",
    "ecs-telemetry": "ECS",
    "logs": "CloudWatch Logs",
}


def _plan(mode: str) -> ForgePlan:
    forge: dict[str, Any] = {"type": "SPOT", "max_cpus": 64, "image_id": "ami-0123456789abcdef0"}
    data: dict[str, Any] = {
        "name": "demo",
        "region": "eu-west-1",
        "work_dir": "s3://work",
        "forge": forge,
    }
    if mode == "existing":
        forge |= {"vpc_id": "vpc-0aaaaaaaaaaaaaaa1", "subnets": ["subnet-0aaaaaaaaaaaaaaa1"]}
    else:
        data |= ISOLATED | {"aws": {"network": {"create": {"mode": mode}}}}
    return ForgePlan.of(ForgeConfig.from_dict(data))


def test_every_mode_has_a_row() -> None:
    """The table lists the modes that a plan can have."""
    assert ROWS.keys() == {"existing", "public", "private", "isolated"}
    for mode in ROWS:
        network = _plan(mode).network
        assert network is not None
        assert network.mode == mode


@pytest.mark.parametrize("mode", ["public", "private", "isolated"])
def test_idle_cost(mode: str) -> None:
    """What the table says of cost is what the plan says."""
    costs = [cost.what for cost in _plan(mode).costs.idle]
    said = ROWS[mode][0].strip()
    if not costs:
        assert said == "nothing"
    else:
        [what] = costs
        assert said.replace("gateway or more", "gateway") == what


def test_reach_of_an_isolated_network() -> None:
    """The services named are those with an endpoint, and S3."""
    always = {one.service for one in INTERFACE_ENDPOINTS if one.need == "always"}
    assert always == NAMES.keys()
    for name in ("Amazon S3", *NAMES.values()):
        assert name in ROWS["isolated"][1]


def test_rules_named_exist() -> None:
    """The rules that the page names are rules."""
    from seqera_batch.config.rules import RULES

    named = set(re.findall(r"\(`([a-z-]+)`\)", PAGE))
    assert named == {"isolated-wave", "isolated-aws-cli", "isolated-platform"}
    assert named <= RULES.keys()


def test_every_endpoint_has_a_row() -> None:
    """The page lists the interface endpoints, and says which are made always."""
    rows = re.findall(r"^\| `([\w.-]+)` \| ([^|]*) \| ([^|]*) \|$", PAGE, re.MULTILINE)
    assert {(service, made == "always") for service, _, made in rows} == {
        (one.service, one.need == "always") for one in INTERFACE_ENDPOINTS
    }
