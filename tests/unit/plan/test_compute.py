# SPDX-License-Identifier: Apache-2.0
"""Which queues and environments there are, and what nodes they start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog import defaults, instances

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.environments import ComputeEnvironment
    from tests.unit.plan.conftest import MakePlan

FUSION = {"wave_enabled": True, "fusion2_enabled": True}
NVME = {**FUSION, "nvme_storage_enabled": True}
DRAGEN = {"dragen_enabled": True, "dragen_ami_id": "ami-0123456789abcdef0"}
AMI = "ami-0fedcba9876543210"


def _of(plan: ForgePlan, key: str) -> ComputeEnvironment:
    [found] = [one for one in plan.compute.environments if one.key == key]
    return found


def test_spot_has_two_environments(plan: MakePlan) -> None:
    """Spot: an On-Demand environment for the head job, a Spot one for its tasks."""
    found = plan()
    assert [(one.key, one.type) for one in found.compute.environments] == [
        ("head", "EC2"),
        ("work", "SPOT"),
    ]
    assert [queue.name for queue in found.compute.queues] == [
        "TowerForge-demo-head",
        "TowerForge-demo-work",
    ]
    assert (found.compute.head_queue, found.compute.compute_queue) == (
        "TowerForge-demo-head",
        "TowerForge-demo-work",
    )
    assert found.compute.dragen_queue is None


def test_fargate_head(plan: MakePlan) -> None:
    """A Fargate head job has an environment with nothing but a maximum."""
    head = _of(plan({"fargate_head_enabled": True}, **FUSION), "head")
    assert head.type == "FARGATE"
    assert head.max_vcpus == 64
    assert head.min_vcpus is None
    assert head.allocation_strategy is None
    assert head.instance_types == ()
    assert head.images == ()
    assert head.nodes is None
    assert head.update_policy is None


def test_fargate_head_without_template(plan: MakePlan) -> None:
    """A Fargate head job needs no launch template of its own."""
    found = plan({"fargate_head_enabled": True}, **NVME)
    assert [template.key for template in found.compute.node_templates] == ["work"]


def test_on_demand_has_one_queue(plan: MakePlan) -> None:
    """On-Demand: one environment and one queue without suffix for all jobs."""
    found = plan({"type": "EC2"})
    assert [(one.key, one.type) for one in found.compute.environments] == [("all", "EC2")]
    assert [queue.name for queue in found.compute.queues] == ["TowerForge-demo"]
    assert found.compute.head_queue == found.compute.compute_queue == "TowerForge-demo"


@pytest.mark.parametrize("kind", ["SPOT", "EC2"])
def test_dragen(plan: MakePlan, kind: str) -> None:
    """DRAGEN: one queue of On-Demand FPGA instances more, with the AMI that it comes as."""
    found = plan({"type": kind, **DRAGEN})
    dragen = _of(found, "dragen")
    assert dragen.type == "EC2"
    assert dragen.instance_types == defaults.DRAGEN_INSTANCE_TYPES
    assert [image.image_id for image in dragen.images] == ["ami-0123456789abcdef0"]
    assert found.compute.dragen_queue == "TowerForge-demo-dragen"
    assert _of(plan({**DRAGEN, "dragen_instance_type": "f1.4xlarge"}), "dragen").instance_types == (
        "f1.4xlarge",
    )


def test_manual_mode(plan: MakePlan) -> None:
    """Manual mode creates no queue, environment, template, network or file system."""
    found = plan(manual=True, dragen_queue="queue-dragen")
    assert found.mode == "manual"
    assert not any((found.compute.environments, found.compute.queues, found.compute.node_templates))
    assert found.network is None
    assert found.storage.file_systems == ()
    assert found.compute.head_queue == "queue-head"
    assert found.compute.compute_queue == "queue-work"
    assert found.compute.dragen_queue == "queue-dragen"
    assert found.costs.quotas[0].used == 0


def test_own_queue_names(plan: MakePlan) -> None:
    """Names of one's own win over the pattern, one by one."""
    names = {"queue_names": {"head": "own-head", "dragen": "own-dragen"}}
    found = plan(DRAGEN, names)
    assert [queue.name for queue in found.compute.queues] == [
        "own-head",
        "TowerForge-demo-work",
        "own-dragen",
    ]
    one = plan({"type": "EC2"}, {"queue_names": {"compute": "own"}})
    assert one.compute.head_queue == one.compute.compute_queue == "own"


@pytest.mark.parametrize(
    ("forge", "strategy"),
    [
        ({}, "SPOT_PRICE_CAPACITY_OPTIMIZED"),
        ({"type": "EC2"}, "BEST_FIT_PROGRESSIVE"),
        ({"alloc_strategy": "SPOT_CAPACITY_OPTIMIZED"}, "SPOT_CAPACITY_OPTIMIZED"),
        ({"type": "EC2", "alloc_strategy": "BEST_FIT"}, "BEST_FIT"),
    ],
)
def test_strategy(plan: MakePlan, forge: dict[str, Any], strategy: str) -> None:
    """The strategy is the file's, else Seqera's default for the provisioning model."""
    assert plan(forge).compute.environments[-1].allocation_strategy == strategy


def test_fleet_role(plan: MakePlan) -> None:
    """Only Spot with BEST_FIT needs the Spot fleet role."""
    best_fit = {"alloc_strategy": "BEST_FIT"}
    assert "FleetRole" in [role.kind for role in plan(best_fit).roles]
    assert "FleetRole" not in [role.kind for role in plan({"type": "EC2", **best_fit}).roles]
    assert "FleetRole" not in [role.kind for role in plan().roles]


@pytest.mark.parametrize(
    ("forge", "fields", "types"),
    [
        ({}, {}, ("default_x86_64",)),
        ({"instance_types": ["m7i", "c7i"]}, {}, ("m7i", "c7i")),
        ({"instance_types": ["optimal"]}, {}, ("default_x86_64",)),
        ({"instance_types": ["optimal", "default_x86_64"]}, {}, ("default_x86_64",)),
        ({}, NVME, instances.NVME_FAMILIES_X86),
        ({"instance_types": ["m6id"]}, NVME, ("m6id",)),
        ({"arm64_enabled": True, "fargate_head_enabled": True}, FUSION, ("m6g", "r6g", "c6g")),
        (
            {"arm64_enabled": True, "fargate_head_enabled": True},
            NVME,
            instances.NVME_FAMILIES_ARM,
        ),
    ],
    ids=["none", "given", "old-alias", "both-aliases", "nvme", "nvme-given", "arm", "arm-nvme"],
)
def test_instance_types(
    plan: MakePlan, forge: dict[str, Any], fields: dict[str, Any], types: tuple[str, ...]
) -> None:
    """Families are the file's, else those that storage and architecture call for."""
    assert _of(plan(forge, **fields), "work").instance_types == types


def test_chosen_families_are_what_they_must_be() -> None:
    """The families picked for NVMe have NVMe disks, and one architecture each."""
    for names, architecture in (
        (instances.NVME_FAMILIES_X86, "x86_64"),
        (instances.NVME_FAMILIES_ARM, "arm64"),
    ):
        families = instances.expand(names)
        assert len(families) == len(names)
        assert all(one.nvme and one.architecture == architecture for one in families)


def test_head_types(plan: MakePlan) -> None:
    """Head jobs run on types of their own, never on the tasks' GPU or NVMe nodes."""
    gpu = plan({"gpu_enabled": True, "instance_types": ["g5"]}, **FUSION)
    assert _of(gpu, "head").instance_types == ("default_x86_64",)
    own = plan({}, {"head": {"instance_types": ["m6i.large"], "max_cpus": 16}})
    assert _of(own, "head").instance_types == ("m6i.large",)
    assert _of(own, "head").max_vcpus == 16


@pytest.mark.parametrize(
    ("forge", "aws", "images"),
    [
        ({}, {}, [("ECS_AL2023", None)]),
        ({"image_id": AMI}, {}, [("ECS_AL2023", AMI)]),
        ({"image_id": AMI}, {"image_type": "ECS_AL2"}, [("ECS_AL2", AMI)]),
        ({"gpu_enabled": True, "instance_types": ["g5"]}, {}, [("ECS_AL2023_NVIDIA", None)]),
        (
            {"gpu_enabled": True, "instance_types": ["g5", "m6i"]},
            {},
            [("ECS_AL2023_NVIDIA", None), ("ECS_AL2023", None)],
        ),
        (
            {"gpu_enabled": True, "instance_types": ["g5"], "image_id": AMI},
            {"image_type": "ECS_AL2_NVIDIA"},
            [("ECS_AL2_NVIDIA", AMI)],
        ),
    ],
    ids=["plain", "own", "own-al2", "gpu", "gpu-and-cpu", "own-gpu-al2"],
)
def test_images(
    plan: MakePlan,
    forge: dict[str, Any],
    aws: dict[str, Any],
    images: list[tuple[str, str | None]],
) -> None:
    """Images follow the types: the GPU one, the plain one, or both; an own AMI fills them all."""
    found = _of(plan(forge, aws), "work").images
    assert [(image.image_type, image.image_id) for image in found] == images


@pytest.mark.parametrize(
    ("forge", "fields", "size", "throughput"),
    [
        ({}, {}, 50, None),
        ({}, NVME, 50, None),
        ({}, FUSION, 100, 325),
        ({"ebs_boot_size": 300}, {}, 300, None),
        ({"ebs_boot_size": 300}, FUSION, 300, 325),
        ({"ebs_boot_size": 300}, NVME, 300, None),
    ],
    ids=["plain", "nvme", "fusion", "given", "given-fusion", "given-nvme"],
)
def test_boot_disk(
    plan: MakePlan,
    forge: dict[str, Any],
    fields: dict[str, Any],
    size: int,
    throughput: int | None,
) -> None:
    """The disk is Seqera's: larger and faster where Fusion caches on it; a given size wins."""
    for template in plan(forge, **fields).compute.node_templates:
        assert template.disk.size_gb == size
        assert template.disk.throughput_mib_per_second == throughput
        assert template.disk.volume_type == "gp3"
        assert template.disk.encrypted


@pytest.mark.parametrize(
    ("forge", "fields", "keys"),
    [
        ({}, {}, ["work"]),
        ({}, NVME, ["work", "head"]),
        (DRAGEN, {}, ["work"]),
        (DRAGEN, NVME, ["work", "head", "dragen"]),
        ({"type": "EC2"}, NVME, ["work"]),
    ],
)
def test_templates(
    plan: MakePlan, forge: dict[str, Any], fields: dict[str, Any], keys: list[str]
) -> None:
    """Nodes that are set up alike share a launch template."""
    found = plan(forge, **fields)
    assert [template.key for template in found.compute.node_templates] == keys
    used = {one.nodes for one in found.compute.environments}
    assert used == set(keys)


def test_node_setup(plan: MakePlan) -> None:
    """NVMe disks are formatted for tasks only; the AWS CLI is there only without Fusion."""
    work, head = plan({}, **NVME).compute.node_templates
    assert work.setup.fusion_scratch
    assert not head.setup.fusion_scratch
    assert work.setup.aws_cli is None
    [plain] = plan().compute.node_templates
    assert plain.setup.aws_cli is not None
    assert plain.setup.aws_cli.install
    [own] = plan({"image_id": AMI}, cli_path="/opt/bin/aws").compute.node_templates
    assert own.setup.aws_cli is not None
    assert (own.setup.aws_cli.path, own.setup.aws_cli.install) == ("/opt/bin/aws", False)


def test_updates(plan: MakePlan) -> None:
    """Nodes take the newest image with an update, except where an AMI is named."""
    first = plan().compute.environments[0].update_policy
    assert first is not None
    assert (first.job_execution_timeout_minutes, first.terminate_jobs) == (1440, False)
    assert first.to_latest_image
    for found in (
        _of(plan({"image_id": AMI}), "work"),
        _of(plan({}, {"update": {"to_latest_image": False}}), "work"),
        _of(plan(DRAGEN), "dragen"),
    ):
        assert found.update_policy is not None
        assert not found.update_policy.to_latest_image


def test_job_state_limits(plan: MakePlan) -> None:
    """Every queue cancels jobs that no node can run, after the file's time."""
    for queue in plan().compute.queues:
        assert [limit.reason for limit in queue.job_state_limits] == [
            "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
            "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        ]
        assert {limit.max_time_seconds for limit in queue.job_state_limits} == {1800}
    own = {"max_time_seconds": 900, "reasons": ["CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"]}
    for queue in plan({}, {"job_state_limits": own}).compute.queues:
        [limit] = queue.job_state_limits
        assert (limit.max_time_seconds, limit.state, limit.action) == (900, "RUNNABLE", "CANCEL")
    none = plan({}, {"job_state_limits": {"reasons": []}})
    assert all(queue.job_state_limits == () for queue in none.compute.queues)


def test_spot_price(plan: MakePlan) -> None:
    """A highest Spot price is the tasks' only."""
    found = plan({"bid_percentage": 60})
    assert _of(found, "work").bid_percentage == 60
    assert _of(found, "head").bid_percentage is None
    assert _of(plan(), "work").bid_percentage is None
