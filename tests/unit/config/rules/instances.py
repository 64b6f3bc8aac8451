# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about instance types, GPUs, Spot, CPUs and DRAGEN."""

from typing import Any

FUSION = {"wave_enabled": True, "fusion2_enabled": True}
NVME = {**FUSION, "nvme_storage_enabled": True}
GRAVITON = {**FUSION, "forge.arm64_enabled": True, "forge.fargate_head_enabled": True}
ON_DEMAND = {"forge.type": "EC2"}
DRAGEN = {"forge.dragen_enabled": True, "forge.dragen_ami_id": "ami-0123456789abcdef0"}
MANUAL = {"forge": None, "head_queue": "existing-head", "compute_queue": "existing-work"}
IMAGE = "ami-0123456789abcdef0"
SIZES = [f"m6i.{size}" for size in ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge")]
FAMILIES = [
    *("c5", "c5a", "c5d", "c6a", "c6i", "c6id", "c7a", "c7i", "m5", "m5a"),
    *("m5d", "m6a", "m6i", "m6id", "m7a", "m7i", "r5", "r5a", "r6a", "r6i", "r6id"),
]


def types(*names: str) -> dict[str, list[str]]:
    """List instance types of compute jobs."""
    return {"forge.instance_types": list(names)}


def queue(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Add a queue, on Spot unless told otherwise."""
    return {"aws.queues": [{"name": "more", "type": "SPOT", "max_cpus": 64, **fields}]}


ROWS: dict[str, dict[str, Any]] = {
    "instance-type-known": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            types("m6i", "c6i.4xlarge", "default_x86_64", "optimal"),
            {**GRAVITON, **types("default_arm64")},
            {"aws.head.instance_types": ["m6i"]},
        ],
        "breaks": [
            {
                "with": types("m6i", "m6di"),
                "paths": ["forge.instance_types[1]"],
                "says": "no such instance family or type",
                "fixes": "did you mean m6id?",
            },
            {
                "with": types("m6i.hugest"),
                "paths": ["forge.instance_types[0]"],
                "says": "no such instance family or type",
            },
            {
                "with": {"aws.head.instance_types": ["nosuchfamily"]},
                "paths": ["aws.head.instance_types[0]"],
                "says": "no such instance family or type",
            },
        ],
    },
    "instance-type-new": {
        "own": "warning",
        "exported": "warning",
        "keeps": [types("m6i", "optimal", "m6i.large")],
        "breaks": [
            {
                "with": types("m6i", "m9i"),
                "paths": ["forge.instance_types[1]"],
                "says": "newer than this release",
            },
        ],
    },
    "instance-type-batch": {
        "own": "warning",
        "exported": "warning",
        "keeps": [types("m6i")],
        "breaks": [
            {
                "with": types("m6i", "t3", "t3.large"),
                "paths": ["forge.instance_types[1]", "forge.instance_types[2]"],
                "says": "AWS Batch has refused",
            },
            {
                "with": {"aws.head.instance_types": ["t3.medium"]},
                "paths": ["aws.head.instance_types[0]"],
                "says": "AWS Batch has refused",
            },
        ],
    },
    "one-architecture": {
        "own": "error",
        "exported": "error",
        "keeps": [
            types("m6i", "c6a"),
            {**GRAVITON, **types("m6g", "c7gd", "default_arm64")},
            {"aws.head.instance_types": ["m6i"]},
        ],
        "breaks": [
            {
                "with": queue(instance_types=["m6i", "m6g"]),
                "paths": ["aws.queues[0].instance_types[1]"],
                "says": "AWS Batch takes one architecture only",
                "fixes": "set aws.queues[0].arm64_enabled: true",
            },
            {
                "with": types("m6i", "m6g"),
                "paths": ["forge.instance_types[1]"],
                "says": "m6g is arm64, but this environment is x86_64",
            },
            {
                "with": {**GRAVITON, **types("m6g", "m6i.large", "optimal")},
                "paths": ["forge.instance_types[1]", "forge.instance_types[2]"],
                "says": "but this environment is arm64",
            },
            {
                "with": {"aws.head.instance_types": ["m6g"]},
                "paths": ["aws.head.instance_types[0]"],
                "says": "m6g is arm64",
            },
        ],
    },
    "nvme-instance-types": {
        "own": "error",
        "exported": "error",
        "keeps": [
            NVME,
            {**NVME, **types("m6id", "i4i.large", "g5")},
            {**FUSION, **types("m6i")},
            {**NVME, "aws.head.instance_types": ["m6i"]},
        ],
        "breaks": [
            {
                "with": {**NVME, **queue(instance_types=["m6id", "m6i"])},
                "paths": ["aws.queues[0].instance_types[1]"],
                "says": "m6i has no NVMe disks",
            },
            {
                "with": {**NVME, **types("m6id", "m6i")},
                "paths": ["forge.instance_types[1]"],
                "says": "m6i has no NVMe disks",
            },
            *(
                {
                    "with": {**NVME, **types(alias)},
                    "paths": ["forge.instance_types[0]"],
                    "says": f"{alias} has no NVMe disks",
                }
                for alias in ("optimal", "default_x86_64")
            ),
            {
                "with": {**GRAVITON, **NVME, **types("m6g")},
                "paths": ["forge.instance_types[0]"],
                "says": "m6g has no NVMe disks",
            },
        ],
    },
    "optimal-alias": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, types("default_x86_64")],
        "breaks": [
            {
                "with": types("optimal"),
                "paths": ["forge.instance_types[0]"],
                "says": "the same as `default_x86_64`",
            },
            {
                "with": {"aws.head.instance_types": ["optimal"]},
                "paths": ["aws.head.instance_types[0]"],
                "says": "the same as `default_x86_64`",
            },
        ],
    },
    "graviton-needs-fargate-head": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, GRAVITON],
        "breaks": [
            {
                "with": {"forge.arm64_enabled": True},
                "paths": ["forge.fargate_head_enabled", "wave_enabled", "fusion2_enabled"],
                "says": "Graviton needs Fargate",
            },
            {
                "with": {**FUSION, "forge.arm64_enabled": True},
                "paths": ["forge.fargate_head_enabled"],
                "says": "Graviton needs Fargate",
            },
        ],
    },
    "graviton-without-gpu": {
        "own": "error",
        "exported": "error",
        "keeps": [GRAVITON, {"forge.gpu_enabled": True, **types("g5")}],
        "breaks": [
            {
                "with": queue(arm64_enabled=True, gpu_enabled=True),
                "paths": ["aws.queues[0].gpu_enabled"],
                "says": "does not combine Graviton with GPUs",
            },
            {
                "with": {**GRAVITON, "forge.gpu_enabled": True},
                "paths": ["forge.gpu_enabled"],
                "says": "does not combine Graviton with GPUs",
            },
        ],
    },
    "gpu-needs-nvidia-types": {
        "own": "error",
        "exported": "error",
        "keeps": [
            types("m6i"),
            {"forge.gpu_enabled": True, **types("m6i", "g5")},
            {"forge.gpu_enabled": True, **types("p4d.24xlarge")},
        ],
        "breaks": [
            {
                "with": queue(gpu_enabled=True),
                "paths": ["aws.queues[0].instance_types"],
                "says": "no listed type has an NVIDIA GPU",
            },
            {
                "with": {"forge.gpu_enabled": True},
                "paths": ["forge.instance_types"],
                "says": "no listed type has an NVIDIA GPU",
            },
            {
                # g4ad has GPUs, by AMD.
                "with": {"forge.gpu_enabled": True, **types("m6i", "g4ad")},
                "paths": ["forge.instance_types"],
                "says": "no listed type has an NVIDIA GPU",
            },
        ],
    },
    "gpu-types-without-gpu": {
        "own": "warning",
        "exported": "warning",
        "keeps": [types("m6i"), {"forge.gpu_enabled": True, **types("g5")}],
        "breaks": [
            {
                "with": queue(instance_types=["m6i", "g5"]),
                "paths": ["aws.queues[0].instance_types[1]"],
                "says": "image without drivers",
            },
            {
                "with": types("m6i", "g5", "g6.xlarge"),
                "paths": ["forge.instance_types[1]", "forge.instance_types[2]"],
                "says": "image without drivers",
            },
        ],
    },
    "gpu-custom-image": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {"forge.gpu_enabled": True, **types("g5")},
            {"forge.image_id": IMAGE},
        ],
        "breaks": [
            {
                "with": {
                    "forge.gpu_enabled": True,
                    **types("g5", "c6i", "m6i"),
                    "aws.compute.overrides": [
                        {"instance_types": ["c6i"], "image_id": IMAGE},
                        {"instance_types": ["g5.xlarge"], "image_id": IMAGE},
                        {"instance_types": ["g5.2xlarge"], "ebs_boot_size": 200},
                    ],
                },
                "paths": ["aws.compute.overrides[1].image_id"],
                "says": "must carry the NVIDIA drivers",
            },
            {
                "with": {
                    "forge.image_id": IMAGE,
                    **queue(gpu_enabled=True, instance_types=["g5"]),
                },
                "paths": ["forge.image_id"],
                "says": "must carry the NVIDIA drivers",
            },
            {
                "with": queue(gpu_enabled=True, instance_types=["g5"], image_id=IMAGE),
                "paths": ["aws.queues[0].image_id"],
                "says": "must carry the NVIDIA drivers",
            },
            {
                "with": {"forge.gpu_enabled": True, "forge.image_id": IMAGE, **types("g5")},
                "paths": ["forge.image_id"],
                "says": "must carry the NVIDIA drivers",
            },
        ],
    },
    "image-supports-types": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.gpu_enabled": True, **types("g4dn", "g5", "p4d")},
            {"forge.gpu_enabled": True, "forge.image_id": IMAGE, **types("p3", "g3")},
            types("p3"),
        ],
        "breaks": [
            {
                "with": queue(gpu_enabled=True, instance_types=["g5", "p3"]),
                "paths": ["aws.queues[0].instance_types[1]"],
                "says": "do not run on p3",
            },
            {
                "with": {"forge.gpu_enabled": True, **types("g5", "p3", "g3.4xlarge")},
                "paths": ["forge.instance_types[1]", "forge.instance_types[2]"],
                "says": "Amazon Linux 2023 images do not run on p3",
            },
            {
                "with": {**GRAVITON, **types("m6g", "a1")},
                "paths": ["forge.instance_types[1]"],
                "says": "do not run on a1",
            },
        ],
    },
    "image-architecture": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.image_id": IMAGE, **queue(type="EC2")},
            {"forge.image_id": IMAGE, **queue(type="EC2", arm64_enabled=True, image_id=IMAGE)},
            queue(type="EC2", arm64_enabled=True),
        ],
        "breaks": [
            {
                "with": {"forge.image_id": IMAGE, **queue(type="EC2", arm64_enabled=True)},
                "paths": ["aws.queues[0].image_id"],
                "says": "forge.image_id is for the other architecture",
                "allows": "an AMI for arm64",
            },
        ],
    },
    "spot-diversity": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, types("m6i"), types(*SIZES), {**ON_DEMAND, **types("m6i.large")}],
        "breaks": [
            {
                "with": queue(instance_types=["m6i.large"]),
                "paths": ["aws.queues[0].instance_types"],
                "says": "few Spot pools",
            },
            {
                "with": types(*SIZES[:4]),
                "paths": ["forge.instance_types"],
                "says": "few Spot pools",
            },
            {
                "with": types("m6i.large"),
                "paths": ["forge.instance_types"],
                "says": "few Spot pools",
            },
        ],
    },
    "instance-types-used": {
        "own": "warning",
        "exported": "warning",
        "keeps": [types(*FAMILIES[:20])],
        "breaks": [
            {
                "with": types(*FAMILIES[:21]),
                "paths": ["forge.instance_types"],
                "says": "leaves out the largest types",
            },
        ],
    },
    "instance-types-once": {
        "own": "error",
        "exported": "warning",
        "keeps": [types("m6i", "m6i.large")],
        "breaks": [
            {
                "with": queue(instance_types=["m6i", "m6i"]),
                "paths": ["aws.queues[0].instance_types[1]"],
                "says": "listed twice",
            },
            {
                "with": types("m6i", "c6i", "m6i", "c6i"),
                "paths": ["forge.instance_types[2]", "forge.instance_types[3]"],
                "says": "listed twice",
            },
        ],
    },
    "spot-strategy-needs-spot": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.alloc_strategy": "SPOT_CAPACITY_OPTIMIZED"},
            {**ON_DEMAND, "forge.alloc_strategy": "BEST_FIT_PROGRESSIVE"},
            ON_DEMAND,
        ],
        "breaks": [
            {
                "with": {**ON_DEMAND, "forge.alloc_strategy": strategy},
                "paths": ["forge.alloc_strategy"],
                "says": "the strategy is for Spot instances",
            }
            for strategy in ("SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED")
        ],
    },
    "ordered-strategy": {
        "own": "error",
        "exported": "error",
        "keeps": [
            queue(
                type="EC2",
                alloc_strategy="BEST_FIT_PROGRESSIVE_ORDERED",
                instance_types=["m6i", "m5"],
            ),
            queue(alloc_strategy="SPOT_CAPACITY_OPTIMIZED_PRIORITIZED", instance_types=["m6i"]),
            {
                "forge.instance_types": ["m6i", "r6i"],
                "aws.compute.alloc_strategy": "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
            },
        ],
        "breaks": [
            {
                "with": {"aws.compute.alloc_strategy": "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"},
                "paths": ["forge.instance_types"],
                "says": "goes by the order of instance types, and none is listed",
                "fixes": "leave aws.compute.alloc_strategy out",
            },
            {
                "with": {
                    "forge.instance_types": ["m6i"],
                    "aws.compute.alloc_strategy": "BEST_FIT_PROGRESSIVE_ORDERED",
                },
                "paths": ["aws.compute.alloc_strategy"],
                "says": "the strategy is for On-Demand instances",
            },
            {
                "with": queue(
                    alloc_strategy="BEST_FIT_PROGRESSIVE_ORDERED", instance_types=["m6i"]
                ),
                "paths": ["aws.queues[0].alloc_strategy"],
                "says": "the strategy is for On-Demand instances",
            },
            {
                "with": queue(alloc_strategy="SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"),
                "paths": ["aws.queues[0].instance_types"],
                "says": "goes by the order of instance types, and none is listed",
            },
        ],
    },
    "strategy-once": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {"forge.alloc_strategy": "BEST_FIT_PROGRESSIVE"}],
        "breaks": [
            {
                "with": {
                    "forge.instance_types": ["m6i"],
                    "forge.alloc_strategy": "SPOT_CAPACITY_OPTIMIZED",
                    "aws.compute.alloc_strategy": "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
                },
                "paths": ["aws.compute.alloc_strategy"],
                "says": "forge.alloc_strategy says SPOT_CAPACITY_OPTIMIZED",
            },
        ],
    },
    "best-fit-blocks-updates": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, {"forge.alloc_strategy": "BEST_FIT_PROGRESSIVE"}],
        "breaks": [
            {
                "with": queue(alloc_strategy="BEST_FIT"),
                "paths": ["aws.queues[0].alloc_strategy"],
                "says": "needs a Spot fleet role",
            },
            {
                "with": {"forge.alloc_strategy": "BEST_FIT"},
                "paths": ["forge.alloc_strategy"],
                "says": "in place and needs a Spot fleet role",
            },
            {
                "with": {**ON_DEMAND, "forge.alloc_strategy": "BEST_FIT"},
                "paths": ["forge.alloc_strategy"],
                "says": "in place: changes of types",
            },
        ],
    },
    "bid-percentage-needs-spot": {
        "own": "error",
        "exported": "replaced",
        "keeps": [{"forge.bid_percentage": 1}, {"forge.bid_percentage": 100}, ON_DEMAND],
        "breaks": [
            {
                "with": queue(type="EC2", bid_percentage=50),
                "exported": "error",
                "paths": ["aws.queues[0].bid_percentage"],
                "says": "no Spot price",
            },
            {
                "with": {**ON_DEMAND, "forge.bid_percentage": 80},
                "paths": ["forge.bid_percentage"],
                "says": "On-Demand instances have no Spot price",
            },
        ],
    },
    "min-cpus-within-max": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {"forge.min_cpus": 64}],
        "breaks": [
            {
                "with": {"aws.head": {"min_cpus": 8, "max_cpus": 4}},
                "paths": ["aws.head.min_cpus"],
                "says": "more vCPUs would stay on",
                "fixes": "raise aws.head.max_cpus",
            },
            {
                "with": {"aws.head.min_cpus": 65},
                "paths": ["aws.head.min_cpus"],
                "says": "more vCPUs would stay on",
                "fixes": "raise forge.max_cpus",
            },
            {
                "with": queue(min_cpus=65),
                "paths": ["aws.queues[0].min_cpus"],
                "says": "more vCPUs would stay on",
            },
            {
                "with": {"forge.min_cpus": 65},
                "paths": ["forge.min_cpus"],
                "says": "more vCPUs would stay on",
            },
        ],
    },
    "min-cpus-cost": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{"forge.min_cpus": 0}, {"forge.min_cpus": 65}],
        "breaks": [
            {
                "with": {"aws.head.min_cpus": 2},
                "paths": ["aws.head.min_cpus"],
                "says": "day and night",
            },
            {
                "with": queue(min_cpus=8),
                "paths": ["aws.queues[0].min_cpus"],
                "says": "day and night",
            },
            *(
                {
                    "with": {"forge.min_cpus": cpus},
                    "paths": ["forge.min_cpus"],
                    "says": "day and night",
                }
                for cpus in (1, 64)
            ),
        ],
    },
    "dragen-fields-need-dragen": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {**DRAGEN, "forge.dragen_instance_type": "f2.6xlarge"}],
        "breaks": [
            {
                "with": {
                    "forge.dragen_ami_id": IMAGE,
                    "forge.dragen_instance_type": "f2.6xlarge",
                },
                "paths": ["forge.dragen_ami_id", "forge.dragen_instance_type"],
                "says": "no effect without forge.dragen_enabled",
            },
            {
                "with": {"aws.dragen_root_device": "/dev/sda1"},
                "paths": ["aws.dragen_root_device"],
                "says": "no effect without forge.dragen_enabled",
            },
        ],
    },
    "dragen-needs-image": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, DRAGEN],
        "breaks": [
            {
                "with": {"forge.dragen_enabled": True},
                "paths": ["forge.dragen_ami_id"],
                "says": "only on Illumina's AMI",
            },
        ],
    },
    "dragen-instance-type": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {**DRAGEN, "forge.dragen_instance_type": "f1.4xlarge"},
            {**MANUAL, "dragen_queue": "dragen", "dragen_instance_type": "f2.48xlarge"},
        ],
        "breaks": [
            {
                "with": {**DRAGEN, "forge.dragen_instance_type": "m6i.large"},
                "paths": ["forge.dragen_instance_type"],
                "says": "needs an FPGA instance type",
            },
            {
                "with": {**MANUAL, "dragen_queue": "dragen", "dragen_instance_type": "g5.xlarge"},
                "paths": ["dragen_instance_type"],
                "says": "needs an FPGA instance type",
            },
        ],
    },
}
