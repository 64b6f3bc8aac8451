# SPDX-License-Identifier: Apache-2.0
"""One synthesis for the whole session, with a stack for each scenario that the tests ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.config.check import ForgeConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

    from tests.conftest import ReadAssembly, Template

NETWORK = {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]}
GROUPS = {"security_groups": ["sg-0123456789abcdef0"]}
FUSION = {"wave_enabled": True, "fusion2_enabled": True}
NVME = {**FUSION, "nvme_storage_enabled": True}

SCENARIOS: dict[str, dict[str, Any]] = {
    "spot": {"forge": {**NETWORK}},
    "created-network": {"forge": {}},
    "fusion": {**FUSION, "forge": {**NETWORK}},
    "nvme": {**NVME, "forge": {**NETWORK}},
    "fargate-head": {**NVME, "forge": {**NETWORK, "fargate_head_enabled": True}},
    "graviton": {**NVME, "forge": {"arm64_enabled": True, "fargate_head_enabled": True}},
    "on-demand": {"forge": {**NETWORK, "type": "EC2", "min_cpus": 4}},
    "gpu": {"forge": {**NETWORK, "gpu_enabled": True, "instance_types": ["g5", "m6i"]}},
    "best-fit": {"forge": {**NETWORK, "alloc_strategy": "BEST_FIT", "bid_percentage": 60}},
    "own-image": {
        "forge": {**NETWORK, "image_id": "ami-0123456789abcdef0", "ec2_key_pair": "debug"},
        "aws": {"image_type": "ECS_AL2"},
    },
    "dragen": {
        **NVME,
        "forge": {**NETWORK, "dragen_enabled": True, "dragen_ami_id": "ami-0fedcba9876543210"},
    },
    "efs": {"forge": {"efs_create": True}},
    "fsx": {"forge": {**NETWORK, "fsx_size": 1200, "dispose_on_deletion": True}},
    "both-created": {
        "forge": {"efs_create": True, "fsx_size": 1200, "dispose_on_deletion": True},
        "aws": {"destroy_data": True},
    },
    "both-existing": {
        "forge": {
            **NETWORK,
            **GROUPS,
            "efs_id": "fs-0123456789abcdef0",
            "fsx_name": "fs-0fedcba9876543210.fsx.eu-west-1.amazonaws.com",
        },
        "aws": {"fsx": {"mount_name": "abcdefgh"}},
    },
    "organization": {
        **NVME,
        "labels": {"Name": "own", "team": "genomics"},
        "forge": {"type": "SPOT"},
        "aws": {
            "prefix": "Lab",
            "account": "111122223333",
            "tags": {"class": "restricted"},
            "iam": {
                "path": "/pipelines/",
                "permissions_boundary": "arn:aws:iam::111122223333:policy/lab/boundary",
            },
            "logs": {"node_retention_days": 30},
            "update": {"job_execution_timeout_minutes": 600, "terminate_jobs": True},
            "job_state_limits": {"max_time_seconds": 600},
        },
    },
    "manual": {"head_queue": "own-head", "compute_queue": "own-work"},
}


def config_of(scenario: str) -> ForgeConfig:
    """Return the configuration of a scenario, which also is its name."""
    data: dict[str, Any] = {
        "name": scenario,
        "region": "eu-west-1",
        "work_dir": "s3://work/dir",
        **SCENARIOS[scenario],
    }
    if "forge" in data:
        data["forge"] = {"max_cpus": 64, **data["forge"]}
    return ForgeConfig.from_dict(data)


@pytest.fixture(scope="session")
def templates(read_assembly: ReadAssembly) -> dict[str, Template]:
    """Return the template of each scenario."""
    import aws_cdk as cdk

    from seqera_batch import BatchForge

    app = cdk.App(analytics_reporting=False)
    for scenario in SCENARIOS:
        config = config_of(scenario)
        where = cdk.Environment(region=config.region, account=config.aws.account)
        BatchForge(cdk.Stack(app, scenario, env=where), "Forge", config=config)
    return read_assembly(app)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a scenario on each of them."""
    if "scenario" in metafunc.fixturenames:
        metafunc.parametrize("scenario", SCENARIOS)


@pytest.fixture
def template(scenario: str, templates: dict[str, Template]) -> Template:
    """Return the template of the scenario at hand."""
    return templates[scenario]


@pytest.fixture
def stack() -> cdk.Stack:
    """Return a stack of somebody's own, without an account."""
    import aws_cdk as cdk

    where = cdk.Environment(region="eu-west-1")
    return cdk.Stack(cdk.App(analytics_reporting=False), "S", env=where)


@pytest.fixture
def synthesized(stack: cdk.Stack, read_assembly: ReadAssembly) -> Callable[[], Template]:
    """Return a function that gives the template of that stack."""
    import aws_cdk as cdk

    def make() -> Template:
        app = stack.node.root
        assert isinstance(app, cdk.App)
        return read_assembly(app)["S"]

    return make
