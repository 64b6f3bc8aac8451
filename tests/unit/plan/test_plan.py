# SPDX-License-Identifier: Apache-2.0
"""The plan as a whole: decisions with reasons, costs, quotas, assumptions, JSON."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.plan import ForgePlan, quota_problems
from seqera_batch.problems import ConfigError, Severity

if TYPE_CHECKING:
    from tests.unit.plan.conftest import MakePlan

EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/*.*"))
FUSION = {"wave_enabled": True, "fusion2_enabled": True}
SUBNETS = {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]}

# What a file leaves open in Forge mode, with a value that settles it.
DEFAULTS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("forge.alloc_strategy", {"alloc_strategy": "SPOT_CAPACITY_OPTIMIZED"}, {}),
    ("forge.instance_types", {"instance_types": ["m6i", "c6i", "r6i"]}, {}),
    ("forge.ebs_boot_size", {"ebs_boot_size": 60}, {}),
    ("aws.head.max_cpus", {}, {"head": {"max_cpus": 8}}),
    ("aws.head.instance_types", {}, {"head": {"instance_types": ["m6i"]}}),
    ("aws.network", SUBNETS, {}),
    ("security groups", {**SUBNETS, "security_groups": ["sg-0123456789abcdef0"]}, {}),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_json(example: Path) -> None:
    """Every plan is JSON with the same keys, whatever the file."""
    data = ForgePlan.of(ForgeConfig.from_file(example)).to_dict()
    assert json.loads(json.dumps(data)).keys() == ForgePlan.__dataclass_fields__.keys() - {"config"}


def test_json_of_parts(plan: MakePlan) -> None:
    """Everything in a plan becomes plain data, with the words of the model, and nothing besides."""
    found = plan({"efs_create": True})
    data = json.loads(json.dumps(found.to_dict()))
    [efs] = data["storage"]["file_systems"]
    # What is so of every file system of a kind is not of the plan.
    assert efs.keys() == {one.name for one in fields(found.storage.file_systems[0])}
    assert data["compute"]["environments"][0]["key"] == "head"
    assert data["compute"]["node_templates"][0]["setup"]["mounts"][0]["mount_path"] == "/mnt/efs"
    assert data["roles"]["roles"][0]["kind"] == "HeadJobRole"
    assert data["network"]["mode"] == "public"


def test_frozen(plan: MakePlan) -> None:
    """A plan cannot be changed, so that what was reviewed stays."""
    found = plan()
    with pytest.raises(FrozenInstanceError):
        found.name = "other"  # type: ignore[misc]


def test_same_every_time(plan: MakePlan) -> None:
    """The same file gives the same plan."""
    assert plan() == plan()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_decisions_have_reasons(example: Path) -> None:
    """Every decision has a value and a reason, and is told once."""
    decisions = ForgePlan.of(ForgeConfig.from_file(example)).decisions
    for decision in decisions:
        assert decision.value not in (None, "", ())
        assert len(decision.reason) > 10
        assert decision.source is None or decision.source.startswith("https://")
    fields = [decision.field for decision in decisions]
    assert len(set(fields)) == len(fields)


@pytest.mark.parametrize(("field", "forge", "aws"), DEFAULTS, ids=[one[0] for one in DEFAULTS])
def test_defaults_are_decisions(
    plan: MakePlan, field: str, forge: dict[str, Any], aws: dict[str, Any]
) -> None:
    """A value that the file leaves open is told as a decision; one that it gives is not."""
    assert field in {decision.field for decision in plan().decisions}
    assert field not in {decision.field for decision in plan(forge, aws).decisions}


def test_values_of_decisions(plan: MakePlan) -> None:
    """Decisions tell the very values that the plan has."""
    found = plan()
    decided = {decision.field: decision.value for decision in found.decisions}
    head, work = found.compute.environments
    assert decided["forge.alloc_strategy"] == work.allocation_strategy
    assert decided["forge.instance_types"] == work.instance_types
    assert decided["aws.head.instance_types"] == head.instance_types
    assert decided["aws.head.max_cpus"] == head.max_vcpus
    assert decided["forge.ebs_boot_size"] == found.compute.node_templates[0].disk.size_gb
    assert decided["queue names"] == tuple(queue.name for queue in found.compute.queues)
    assert decided["aws.image_type"] == tuple(image.image_type for image in work.images)


def test_manual_mode_decides_nothing(plan: MakePlan) -> None:
    """In Manual mode nothing is left open."""
    assert plan(manual=True).decisions == ()


@pytest.mark.parametrize(
    ("forge", "costs"),
    [
        ({}, []),
        ({"type": "EC2"}, []),
        ({"min_cpus": 4}, ["4 vCPUs of SPOT instances"]),
        ({"type": "EC2", "min_cpus": 4}, ["4 vCPUs of EC2 instances"]),
        ({"efs_create": True}, ["EFS storage"]),
        ({"fsx_size": 2400}, ["FSx for Lustre, 2400 GB"]),
        (
            {
                **SUBNETS,
                "efs_id": "fs-0123456789abcdef0",
                "security_groups": ["sg-0123456789abcdef0"],
            },
            [],
        ),
    ],
)
def test_idle_costs(plan: MakePlan, forge: dict[str, Any], costs: list[str]) -> None:
    """What costs money while idle is told with a way to avoid it; the default costs nothing."""
    found = plan(forge).costs.idle
    assert [cost.what for cost in found] == costs
    assert all(cost.why and cost.avoid for cost in found)


def test_quotas(plan: MakePlan) -> None:
    """A plan tells how much of AWS's fixed quotas it takes."""
    dragen = {"dragen_enabled": True, "dragen_ami_id": "ami-0123456789abcdef0"}
    for forge, used in (({}, 2), ({"type": "EC2"}, 1), (dragen, 3)):
        assert [(use.quota, use.used, use.limit) for use in plan(forge).costs.quotas] == [
            ("job queues", used, 50),
            ("compute environments", used, 50),
        ]


@pytest.mark.parametrize(
    ("environments", "severity"),
    [(19, None), (20, Severity.WARNING), (25, Severity.WARNING), (26, Severity.ERROR)],
)
def test_quotas_together(plan: MakePlan, environments: int, severity: Severity | None) -> None:
    """From 40 queues on there is a warning; more than 50 are an error."""
    problems = quota_problems(plan(name=f"e{number}") for number in range(environments))
    assert {problem.rule for problem in problems} == ({"batch-quota"} if severity else set())
    assert {problem.severity for problem in problems} == ({severity} if severity else set())
    assert [problem.value for problem in problems] == 2 * [2 * environments] * bool(severity)


def test_quotas_are_of_account_and_region(plan: MakePlan) -> None:
    """Environments of other regions and accounts take nothing of the quota."""
    regions = [plan(name=f"e{n}", region=("eu-west-1", "us-east-1")[n % 2]) for n in range(30)]
    assert quota_problems(regions) == ()
    accounts = [
        plan({}, {"account": ("111122223333", "444455556666")[n % 2]}, name=f"e{n}")
        for n in range(30)
    ]
    assert quota_problems(accounts) == ()


def test_names_together(plan: MakePlan) -> None:
    """Two environments of one name would make the same roles, in other regions too."""
    [problem] = quota_problems([plan(), plan(region="us-east-1")])
    assert problem.rule == "environment-name-once"
    assert problem.severity is Severity.ERROR
    assert problem.value == "TowerForge-demo"
    assert quota_problems([plan(), plan({}, {"prefix": "Other"})]) == ()


def test_stack_names_together(plan: MakePlan) -> None:
    """Two names that become the same stack's name are refused."""
    [problem] = quota_problems([plan(name="a_b"), plan(name="a-b")])
    assert (problem.rule, problem.value) == ("stack-name-once", "TowerForge-a-b")


def test_queue_names_together(plan: MakePlan) -> None:
    """Two environments cannot both have a queue of the same own name, in one region."""
    own = {"queue_names": {"compute": "shared"}}
    [problem] = quota_problems([plan({}, own, name="a"), plan({}, own, name="b")])
    assert (problem.rule, problem.value) == ("queue-name-once", "shared")
    elsewhere = plan({}, own, name="b", region="us-east-1")
    assert quota_problems([plan({}, own, name="a"), elsewhere]) == ()


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        ({}, "the bucket work exists, in eu-west-1"),
        ({}, "AWSServiceRoleForEC2Spot"),
        (SUBNETS, "the subnets are in one VPC"),
        ({**SUBNETS, "security_groups": ["sg-0123456789abcdef0"]}, "the security groups are of"),
        (
            {"image_id": "ami-0123456789abcdef0"},
            "the root device of ami-0123456789abcdef0 is /dev/x",
        ),
        ({**SUBNETS, "efs_create": True}, "no two subnets are in the same availability zone"),
        (
            {
                **SUBNETS,
                "security_groups": ["sg-0123456789abcdef0"],
                "efs_id": "fs-0123456789abcdef0",
            },
            "fs-0123456789abcdef0 let",
        ),
    ],
)
def test_assumptions(plan: MakePlan, forge: dict[str, Any], said: str) -> None:
    """What cannot be seen without an account is said as an assumption."""
    assert any(said in line for line in plan(forge).assumptions)


@pytest.mark.parametrize(
    ("forge", "aws", "said"),
    [
        (
            {**SUBNETS, "efs_create": True},
            {"efs": {"availability_zone": "eu-west-1a"}},
            "the subnet is in eu-west-1a",
        ),
        (
            {"fsx_size": 1200},
            {"fsx": {"deployment_type": "PERSISTENT_2"}},
            "the region offers PERSISTENT_2",
        ),
        (
            {"fsx_size": 1200},
            {"fsx": {"data_repository": "s3://example-raw/reads"}},
            "the bucket example-raw exists, in the environment's region",
        ),
    ],
)
def test_assumptions_about_file_systems(
    plan: MakePlan, forge: dict[str, Any], aws: dict[str, Any], said: str
) -> None:
    """Zones, regions and linked buckets cannot be seen from here either."""
    assert any(said in line for line in plan(forge, aws).assumptions)


def test_provisioned_throughput_costs_while_idle(plan: MakePlan) -> None:
    """Throughput that is paid for in advance is told beside the storage."""
    aws = {"efs": {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 64}}
    [cost] = plan({"efs_create": True}, aws).costs.idle
    assert "64 MiB/s" in cost.what


def test_no_spot_assumption_on_demand(plan: MakePlan) -> None:
    """On-Demand needs no service-linked role of Spot."""
    assert not any("EC2Spot" in line for line in plan({"type": "EC2"}).assumptions)


def test_assumptions_in_manual_mode(plan: MakePlan) -> None:
    """In Manual mode the queues are assumed to be what Platform needs."""
    lines = plan(manual=True, log_group="/own").assumptions
    assert any("queue-head runs On-Demand" in line for line in lines)
    assert any("/own exists" in line for line in lines)


def test_warnings_come_along(plan: MakePlan) -> None:
    """Warnings of the file are in the plan, acknowledged or not."""
    aws = {"acknowledgements": {"min-cpus-cost": "always busy"}}
    [problem] = plan({"min_cpus": 2}, aws).problems
    assert (problem.rule, problem.acknowledged) == ("min-cpus-cost", "always busy")


def test_no_plan_of_a_wrong_file() -> None:
    """A configuration that breaks a rule has no plan, however it was made."""
    config = ForgeConfig(
        name="demo",
        region="eu-west-1",
        work_dir="s3://work",
        fusion2_enabled=True,
        forge=ForgeSettings(max_cpus=4),
    )
    with pytest.raises(ConfigError, match="fusion2-needs-wave"):
        ForgePlan.of(config)
