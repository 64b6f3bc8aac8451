# SPDX-License-Identifier: Apache-2.0
"""Further queues for tasks: what each has of its own, and what it shares with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog import defaults, instances, limits
from seqera_batch.judge.effects import effects
from seqera_batch.plan import quota_problems
from seqera_batch.plan.access import job_access
from seqera_batch.policies.deployer import Needs
from seqera_batch.problems import errors
from seqera_batch.template import environment
from seqera_batch.words import tell

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.environments import ComputeEnvironment
    from tests.conftest import Configure
    from tests.unit.plan.conftest import MakePlan

SPOT = {"type": "SPOT", "max_cpus": 64}
GPU = {"name": "gpu", **SPOT, "gpu_enabled": True, "instance_types": ["g5"], "ebs_boot_size": 200}
ON_DEMAND = {"name": "on-demand", "type": "EC2", "max_cpus": 32}
FUSION = {"wave_enabled": True, "fusion2_enabled": True}
NVME = {**FUSION, "nvme_storage_enabled": True}
AMI = "ami-0fedcba9876543210"
DRAGEN_AMI = "ami-0123456789abcdef0"


def _of(plan: ForgePlan, key: str) -> ComputeEnvironment:
    [found] = [one for one in plan.compute.environments if one.key == key]
    return found


def test_each_has_a_name_and_an_environment_of_its_own(plan: MakePlan) -> None:
    """The name follows the pattern, or is the file's own; the main queue stays what it is."""
    found = plan({}, {"queues": [GPU, {**ON_DEMAND, "queue_name": "priority"}]}).compute
    assert [queue.name for queue in found.queues] == [
        "TowerForge-demo-head",
        "TowerForge-demo-work",
        "TowerForge-demo-gpu",
        "priority",
    ]
    assert found.compute_queue == "TowerForge-demo-work"
    assert [queue.key for queue in found.further_queues] == ["gpu", "on-demand"]
    assert [one.key for one in found.behind("priority")] == ["on-demand"]


def test_one_queue_on_demand_has_further_ones(plan: MakePlan) -> None:
    """The queue of head jobs and tasks stays the main one where everything is On-Demand."""
    found = plan({"type": "EC2"}, {"queues": [GPU]}).compute
    assert [queue.key for queue in found.queues] == ["all", "gpu"]
    assert found.task_queues == ("TowerForge-demo", "TowerForge-demo-gpu")


def test_what_an_environment_has_of_its_own(plan: MakePlan) -> None:
    """Provisioning, types, image, disk and size are the queue's."""
    found = plan({"image_id": AMI}, {"queues": [{**GPU, "bid_percentage": 50}, ON_DEMAND]})
    gpu, behind = _of(found, "gpu"), _of(found, "on-demand")
    assert (gpu.type, gpu.max_vcpus, gpu.instance_types) == ("SPOT", 64, ("g5",))
    assert [str(image) for image in gpu.images] == [AMI]
    assert (gpu.bid_percentage, gpu.nodes) == (50, "gpu")
    assert gpu.allocation_strategy == defaults.ALLOCATION_STRATEGY_SPOT
    assert (behind.type, behind.nodes) == ("EC2", "work")
    assert behind.instance_types == defaults.WORK_INSTANCE_TYPES
    assert behind.allocation_strategy == defaults.ALLOCATION_STRATEGY_ON_DEMAND
    disks = {one.key: one.disk.size_gb for one in found.compute.node_templates}
    assert disks == {"work": 50, "gpu": 200}


@pytest.mark.parametrize(
    ("queue", "fields", "types"),
    [
        ({}, {}, defaults.WORK_INSTANCE_TYPES),
        ({}, NVME, instances.NVME_FAMILIES_X86),
        ({"arm64_enabled": True}, {}, defaults.GRAVITON_FAMILIES),
        ({"arm64_enabled": True}, NVME, instances.NVME_FAMILIES_ARM),
        ({"instance_types": ["optimal"]}, {}, ("default_x86_64",)),
    ],
)
def test_types_that_are_left_out(
    plan: MakePlan, queue: dict[str, Any], fields: dict[str, Any], types: tuple[str, ...]
) -> None:
    """They are those that the main queue would have."""
    found = plan({}, {"queues": [{"name": "a", **SPOT, **queue}]}, **fields)
    assert _of(found, "a").instance_types == types


def test_every_node_offers_jobs_the_same(plan: MakePlan) -> None:
    """One run has one set of mounts and one AWS CLI, whatever the queue."""
    for fields in ({}, FUSION, NVME):
        found = plan(
            {"efs_create": True}, {"queues": [{**GPU, "instance_types": ["g5"]}]}, **fields
        )
        setups = [one.setup for one in found.compute.node_templates if one.key != "head"]
        assert len(setups) == 2
        assert len({(one.mounts, one.aws_cli, one.fusion_scratch) for one in setups}) == 1


def test_the_head_job_may_use_each_queue_by_name(plan: MakePlan) -> None:
    """Its role names the queues of tasks one by one, and no other."""
    found = plan({}, {"queues": [GPU], "existing_queues": ["old", "TowerForge-demo-gpu"]})
    assert job_access(found, found.scope()).queues == (
        "TowerForge-demo-work",
        "TowerForge-demo-gpu",
        "old",
    )


def test_manual_mode_names_further_queues_that_exist(plan: MakePlan) -> None:
    """They are granted, and assumed to be there."""
    found = plan(manual=True, aws={"existing_queues": ["high-memory"]})
    assert found.compute.task_queues == ("queue-work", "high-memory")
    assert any("high-memory exist" in one for one in found.assumptions)


def test_quotas_count_each(plan: MakePlan) -> None:
    """A queue and an environment more of AWS's fixed number; too many are refused."""
    used = {use.quota: use.used for use in plan({}, {"queues": [GPU]}).costs.quotas}
    assert used == {"job queues": 3, "compute environments": 3}
    many = [{"name": f"q-{number}", **SPOT} for number in range(limits.JOB_QUEUES_PER_REGION // 2)]
    several = [plan({}, {"queues": many}, name=name) for name in ("one", "two")]
    found = errors(quota_problems(several))
    assert {problem.rule for problem in found} == {"batch-quota"}


def test_containers_for_arm_are_assumed(plan: MakePlan) -> None:
    """That the containers of tasks run on ARM64 cannot be seen from the file."""
    found = plan({}, {"queues": [{"name": "arm", **SPOT, "arm64_enabled": True}]})
    assert any("TowerForge-demo-arm are made for ARM64" in one for one in found.assumptions)


def test_what_stays_on_is_told_where_the_file_has_it(plan: MakePlan) -> None:
    """The cost names the queue's own field."""
    [cost] = plan({}, {"queues": [{**ON_DEMAND, "min_cpus": 8}]}).costs.idle
    assert cost.avoid == "set aws.queues[0].min_cpus: 0"


def test_resources(plan: MakePlan) -> None:
    """A queue, an environment, and a launch template where the disk is another one."""
    sections: tuple[Any, ...] = ({}, {"queues": [GPU, ON_DEMAND]})
    made = environment(plan(*sections), plan().scope())
    assert {"GpuJobQueue", "GpuComputeEnvironment", "GpuLaunchTemplate"} <= made.keys()
    assert {"OnDemandJobQueue", "OnDemandComputeEnvironment"} <= made.keys()
    assert "OnDemandLaunchTemplate" not in made


def test_environments_in_order(plan: MakePlan) -> None:
    """The queue's own comes first; the plan says when AWS Batch goes on to the next."""
    behind = [{**SPOT, "instance_types": ["r6i"]}, {"type": "EC2", "max_cpus": 16}]
    sections: tuple[Any, ...] = (
        {},
        {"compute": {"further_environments": behind}, "queues": [{**GPU, "name": "gpu"}]},
    )
    found = plan(*sections)
    keys = ["work", "work-2", "work-3"]
    assert [one.key for one in found.compute.behind("TowerForge-demo-work")] == keys
    [queue] = (one for one in found.compute.queues if one.key == "work")
    assert any("no instance that fits" in words for words in tell(queue))
    made = environment(found, found.scope())
    assert made["WorkJobQueue"].properties["ComputeEnvironmentOrder"] == [
        {"ComputeEnvironment": "@{WorkComputeEnvironment}", "Order": 1},
        {"ComputeEnvironment": "@{Work2ComputeEnvironment}", "Order": 2},
        {"ComputeEnvironment": "@{Work3ComputeEnvironment}", "Order": 3},
    ]
    assert found.costs.quotas[1].used == 5


def test_types_of_an_environment_that_are_otherwise(plan: MakePlan) -> None:
    """AWS Batch starts them with a template of theirs: what they leave out is the environment's."""
    said: tuple[Any, ...] = (
        {"instance_types": ["c6i", "r6i", "m6i"], "ebs_boot_size": 100, "image_id": DRAGEN_AMI},
        {
            "compute": {
                "ebs_iops": 4000,
                "root_device": "/dev/sda1",
                "overrides": [
                    {"instance_types": ["r6i.large", "r6i.xlarge"], "ebs_boot_size": 900},
                    {
                        "instance_types": ["m6i"],
                        "ebs_volume_type": "gp2",
                        "data_disk": {"size": 90},
                    },
                    {"instance_types": ["c6i"], "image_id": AMI},
                ],
            }
        },
    )
    found = plan(*said)
    assert any(
        "r6i.large, r6i.xlarge: nodes work-types-1" in one for one in tell(_of(found, "work"))
    )
    made = environment(found, found.scope())
    resources = made["WorkComputeEnvironment"].properties["ComputeResources"]
    # Without it AWS Batch would keep the image of the first template.
    assert resources["UpdateToLatestImageVersion"] is True
    used = resources["LaunchTemplate"]
    assert used["LaunchTemplateId"] == "@{WorkLaunchTemplate}"
    assert used["Overrides"][0] == {
        "TargetInstanceTypes": ["r6i.large", "r6i.xlarge"],
        "LaunchTemplateId": "@{WorkTypes1LaunchTemplate}",
        "Version": "@{WorkTypes1LaunchTemplate.LatestVersionNumber}",
    }
    data = [
        made[f"WorkTypes{number}LaunchTemplate"].properties["LaunchTemplateData"]
        for number in (1, 2, 3)
    ]
    disks = [
        [(one["DeviceName"], one["Ebs"]["VolumeSize"], one["Ebs"].get("Iops")) for one in mapped]
        for mapped in (one["BlockDeviceMappings"] for one in data)
    ]
    assert disks == [
        [("/dev/sda1", 900, 4000)],
        [("/dev/sda1", 100, None), ("/dev/sdf", 90, None)],
        # Another image has another root device.
        [("/dev/xvda", 100, 4000)],
    ]
    # An image stands where all nodes of the environment have it, and here where some do.
    assert [one.get("ImageId") for one in data] == [None, None, AMI]


def test_fair_share(plan: MakePlan) -> None:
    """One policy for all queues of tasks; head jobs stay first in, first out."""
    fair = {
        "shares": [{"share_identifier": "Team*", "weight_factor": 0.5}],
        "compute_reservation": 20,
    }
    sections: tuple[Any, ...] = (
        {},
        {"fair_share": fair, "share": {"share_identifier": "TeamA"}, "queues": [GPU]},
    )
    found = plan(*sections)
    made = environment(found, found.scope())
    assert made["SchedulingPolicy"].properties["FairsharePolicy"] == {
        "ShareDecaySeconds": 600,
        "ComputeReservation": 20,
        "ShareDistribution": [{"ShareIdentifier": "Team*", "WeightFactor": 0.5}],
    }
    policies = {
        name: one.properties["SchedulingPolicyArn"]
        for name, one in made.items()
        if name.endswith("JobQueue")
    }
    mark = "@{SchedulingPolicy.Arn}"
    assert policies == {"HeadJobQueue": None, "WorkJobQueue": mark, "GpuJobQueue": mark}
    assert job_access(found, found.scope()).share == "TeamA"


def test_fair_share_is_for_good(configure: Configure) -> None:
    """A deployed queue that would gain or lose it refuses the update; weights change in place."""
    by = {"share": {"share_identifier": "TeamA"}}
    without, fair = configure(), configure({}, {"fair_share": {}, **by})
    other = configure({}, {"fair_share": {"compute_reservation": 5}, **by})
    for old, new in ((without, fair), (fair, without)):
        found = effects(old, new)
        assert found.verdict == "refused"
        assert "scheduling policy" in found.comparison.refused[0].why
    assert effects(fair, other).verdict == "in-place"


def test_nodes_beyond_what_platform_asks(plan: MakePlan) -> None:
    """Disk, placement group and delay of main queue, further queue and head job, each its own."""
    kept = {"scale_down_minutes": 30, "placement_group": "mpi", "ebs_iops": 4000}
    sections: tuple[Any, ...] = (
        {},
        {
            "compute": {"ebs_throughput": 500},
            "head": {"ebs_boot_size": 60, "min_cpus": 2, "image_id": AMI, **kept},
            "queues": [
                {**GPU, **kept, "image_id": AMI, "root_device": "/dev/sda1", "enabled": False}
            ],
        },
    )
    found = plan(*sections)
    made = environment(found, found.scope())
    head, work, gpu = (
        made[f"{name}ComputeEnvironment"].properties["ComputeResources"]
        for name in ("Head", "Work", "Gpu")
    )
    for one in (head, gpu):
        assert one["PlacementGroup"] == "mpi"
        assert one["ScalingPolicy"] == {"MinScaleDownDelayMinutes": 30}
    assert not {"PlacementGroup", "ScalingPolicy"} & work.keys()
    assert (head["MinvCpus"], head["Ec2Configuration"][0]["ImageIdOverride"]) == (2, AMI)
    disks = {one.key: one.disk for one in found.compute.node_templates}
    assert (disks["work"].throughput_mib_per_second, disks["work"].iops) == (500, None)
    assert (disks["head"].size_gb, disks["head"].iops) == (60, 4000)
    assert (disks["gpu"].size_gb, disks["gpu"].device_name) == (200, "/dev/sda1")
    assert made["GpuJobQueue"].properties["State"] == "DISABLED"
    assert made["WorkJobQueue"].properties["State"] == "ENABLED"
    assert [cost.avoid for cost in found.costs.idle] == ["set aws.head.min_cpus: 0"]


def test_container_insights_are_of_all_environments(plan: MakePlan) -> None:
    """Fargate included; where the file says nothing, nothing is touched."""
    for said in (None, "enhanced"):
        sections: tuple[Any, ...] = (
            {"fargate_head_enabled": True},
            {"queues": [ON_DEMAND], **({"container_insights": said} if said else {})},
        )
        files = {"wave_enabled": True, "fusion2_enabled": True}
        found = plan(*sections, **files)
        made = environment(found, found.scope())
        settings = [
            one.properties.get("EcsSettings")
            for one in made.values()
            if one.type == "AWS::Batch::ComputeEnvironment"
        ]
        assert settings == [{"ContainerInsights": said} if said else None] * 3


def test_the_main_queue_goes_by_the_order_of_its_types(plan: MakePlan) -> None:
    """On On-Demand and on Spot, where Platform's form has no such strategy; the list stays."""
    types = ["r6i", "m6i", "c6i"]
    for kind, strategy in (
        ("EC2", "BEST_FIT_PROGRESSIVE_ORDERED"),
        ("SPOT", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"),
    ):
        found = plan(
            {"type": kind, "instance_types": types}, {"compute": {"alloc_strategy": strategy}}
        )
        main = found.compute.behind(found.compute.compute_queue)[0]
        assert (main.allocation_strategy, main.instance_types) == (strategy, tuple(types))
        assert [one for one in found.assumptions if f"with {strategy} in place" in one]


def test_data_disks_are_of_nodes_for_tasks(plan: MakePlan) -> None:
    """Main and further queue each have their own; head jobs and DRAGEN keep to the boot disk."""
    sections: tuple[Any, ...] = (
        {"dragen_enabled": True, "dragen_ami_id": AMI},
        {
            "compute": {"data_disk": {"size": 500, "ebs_iops": 6000}},
            "queues": [{**ON_DEMAND, "data_disk": {"size": 2000}}, GPU],
        },
    )
    found = plan(*sections)
    disks = {
        one.key: one.data_disk and one.data_disk.size_gb for one in found.compute.node_templates
    }
    assert disks == {"work": 500, "head": None, "dragen": None, "on-demand": 2000, "gpu": None}
    assert found.compute.volumes == ("/scratch/data",)
    made = environment(found, found.scope())
    root, data = made["WorkLaunchTemplate"].properties["LaunchTemplateData"]["BlockDeviceMappings"]
    assert root["DeviceName"] == "/dev/xvda"
    assert data == {
        "DeviceName": "/dev/sdf",
        "Ebs": {
            "VolumeType": "gp3",
            "VolumeSize": 500,
            "Encrypted": True,
            "DeleteOnTermination": True,
            "Iops": 6000,
        },
    }
    assert "data disk: 500 GB gp3 encrypted 6000 IOPS" in [*tell(found.compute.node_templates[0])]


def test_a_further_queue_alone_may_have_a_data_disk(plan: MakePlan) -> None:
    """What tasks see of nodes is the same in all queues of a run."""
    found = plan({}, {"queues": [{**ON_DEMAND, "data_disk": {"size": 2000}}]}).compute
    assert {one.key: one.data_disk is not None for one in found.node_templates} == {
        "work": False,
        "on-demand": True,
    }
    assert found.volumes == ("/scratch/data",)


def test_images_may_be_in_parameters(plan: MakePlan) -> None:
    """CloudFormation reads each where it stands, and whoever deploys may read these alone."""
    sections: tuple[Any, ...] = (
        {"image_id": "resolve:ssm:/images/nodes:3"},
        {
            "head": {"image_id": "resolve:ssm:/aws/service/ecs/image_id"},
            "queues": [{**GPU, "image_id": AMI}],
        },
    )
    found = plan(*sections)
    made = environment(found, found.scope())
    assert [
        made[f"{name}ComputeEnvironment"].properties["ComputeResources"]["Ec2Configuration"][0][
            "ImageIdOverride"
        ]
        for name in ("Head", "Work", "Gpu")
    ] == ["{{resolve:ssm:/aws/service/ecs/image_id}}", "{{resolve:ssm:/images/nodes:3}}", AMI]
    needs = Needs(scope=found.scope(), stack="s", tags={}, resources=made)
    account = found.scope().account
    assert needs.parameters == (
        "arn:aws:ssm:eu-west-1::parameter/aws/service/ecs/image_id",
        f"arn:aws:ssm:eu-west-1:{account}:parameter/aws/service/ecs/image_id",
        f"arn:aws:ssm:eu-west-1:{account}:parameter/images/nodes",
    )


def test_the_root_device_is_that_of_the_image(plan: MakePlan) -> None:
    """Whoever has the same AMI has its root device; DRAGEN's AMI has its own."""
    own = {"image_id": AMI, "dragen_enabled": True, "dragen_ami_id": DRAGEN_AMI}
    queue = {"name": "gpu", "type": "EC2", "max_cpus": 8}
    aws = {"head": {"root_device": "/dev/sda1"}, "queues": [queue]}

    found = plan(own, aws)

    names = {one.key: one.disk.device_name for one in found.compute.node_templates}
    assert names == {"work": "/dev/sda1", "dragen": "/dev/xvda"}
    users = {one.key: one.nodes for one in found.compute.environments}
    assert users == {"head": "work", "work": "work", "dragen": "dragen", "gpu": "work"}
    assert f"the root device of {AMI} is /dev/sda1: " in " ".join(found.assumptions)
    assert f"the root device of {DRAGEN_AMI} is /dev/xvda: " in " ".join(found.assumptions)
    # An own AMI of the head environment is another image.
    other = plan(own, {**aws, "head": {"image_id": DRAGEN_AMI, "root_device": "/dev/sdb"}})
    names = {one.key: one.disk.device_name for one in other.compute.node_templates}
    assert names == {"work": "/dev/xvda", "head": "/dev/sdb", "dragen": "/dev/sdb"}


def test_the_picture_tells_who_goes_where(plan: MakePlan) -> None:
    """Labels, names and fallback stand on the card of a queue."""
    from seqera_batch.judge.report.picture import picture

    queues = [{**GPU, "process_names": ["FOLD"], "fallback_queue": "more"}]
    queues.append({**GPU, "name": "more", "process_labels": ["long"], "enabled": False})
    text = picture(plan({}, {"queues": queues}))
    for words in ("process FOLD", "failed tasks go to TowerForge-demo-more", "label long"):
        assert words in text
    assert "takes no jobs for now" in text
