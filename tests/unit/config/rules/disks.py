# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about the nodes' disks."""

from typing import Any

IMAGE, OTHER_IMAGE = "ami-0123456789abcdef0", "ami-0fedcba9876543210"
DRAGEN = {"forge.dragen_enabled": True, "forge.dragen_ami_id": IMAGE}
FUSION = {"wave_enabled": True, "fusion2_enabled": True}

ROWS: dict[str, dict[str, Any]] = {
    "small-boot-disk": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {},
            {"forge.ebs_boot_size": 50},
            {**FUSION, "forge.ebs_boot_size": 100},
            {**FUSION, "nvme_storage_enabled": True, "forge.ebs_boot_size": 50},
        ],
        "breaks": [
            {
                "with": {
                    "aws.queues": [
                        {"name": "more", "type": "SPOT", "max_cpus": 64, "ebs_boot_size": 30}
                    ]
                },
                "paths": ["aws.queues[0].ebs_boot_size"],
                "says": "tasks may run out of disk",
            },
            {
                "with": {
                    "forge.ebs_boot_size": 49,
                    "forge.instance_types": ["c6i", "m6i", "r6i"],
                    "aws.compute.overrides": [
                        {"instance_types": ["c6i"], "ebs_iops": 4000},
                        {"instance_types": ["m6i"], "ebs_boot_size": 40},
                    ],
                },
                "paths": ["forge.ebs_boot_size", "aws.compute.overrides[1].ebs_boot_size"],
                "says": "run out of disk",
            },
            {
                "with": {"forge.ebs_boot_size": 49},
                "paths": ["forge.ebs_boot_size"],
                "says": "run out of disk",
            },
            {
                "with": {**FUSION, "forge.ebs_boot_size": 99},
                "paths": ["forge.ebs_boot_size"],
                "says": "run out of disk",
            },
        ],
    },
    "root-device": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"aws.compute.root_device": "/dev/xvda"},
            {"forge.image_id": IMAGE, "aws.compute.root_device": "/dev/sda1"},
            {"aws.head": {"image_id": IMAGE, "root_device": "/dev/sda1"}},
            {
                "forge.image_id": IMAGE,
                "aws.head": {"image_id": OTHER_IMAGE, "root_device": "/dev/xvda"},
                "aws.compute.root_device": "/dev/sda1",
            },
            {**DRAGEN, "aws.dragen_root_device": "/dev/sda1"},
        ],
        "breaks": [
            {
                "with": {"aws.compute.root_device": "/dev/sda1"},
                "paths": ["aws.compute.root_device"],
                "says": "a second disk would be added",
                "allows": "/dev/xvda; another one with an AMI of your own",
            },
            {
                "with": {
                    "aws.head": {"image_id": IMAGE},
                    "aws.queues": [
                        {"name": "a", "type": "EC2", "max_cpus": 8, "root_device": "/dev/sda1"}
                    ],
                },
                "paths": ["aws.queues[0].root_device"],
                "says": "a second disk would be added",
            },
            {
                "with": {
                    "forge.image_id": IMAGE,
                    "aws.compute.root_device": "/dev/sda1",
                    "aws.head.root_device": "/dev/xvda",
                },
                "paths": ["aws.compute.root_device"],
                "says": f"{IMAGE} has one root device, and aws.head.root_device says /dev/xvda",
                "allows": "describe-images",
            },
            {
                "with": {
                    **DRAGEN,
                    "forge.image_id": IMAGE,
                    "aws.compute.root_device": "/dev/sda1",
                    "aws.dragen_root_device": "/dev/sdb",
                },
                "paths": ["aws.dragen_root_device"],
                "says": "aws.compute.root_device says /dev/sda1",
            },
        ],
    },
    "boot-disk-speed": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"aws.compute": {"ebs_iops": 6000, "ebs_throughput": 1000}},
            {"aws.compute": {"ebs_throughput": 750}},
            {"aws.head": {"ebs_volume_type": "io2", "ebs_iops": 256_000}},
            {"aws.compute.ebs_volume_type": "gp2"},
            {"aws.compute.data_disk": {"size": 4000, "ebs_iops": 30_000, "ebs_throughput": 2000}},
        ],
        "breaks": [
            {
                "with": {"aws.compute.ebs_iops": 2000},
                "paths": ["aws.compute.ebs_iops"],
                "says": "gp3 volumes have no such number of IOPS",
                "allows": "3000 to 80000 for gp3",
            },
            {
                "with": {"aws.compute": {"ebs_volume_type": "gp2", "ebs_iops": 3000}},
                "paths": ["aws.compute.ebs_iops"],
                "says": "gp2 volumes have no such number of IOPS",
                "allows": "nothing for gp2",
            },
            {
                "with": {"aws.head.ebs_volume_type": "io1"},
                "paths": ["aws.head.ebs_iops"],
                "says": "no IOPS but those that are asked for",
            },
            {
                "with": {"forge.ebs_boot_size": 50, "aws.compute.ebs_iops": 30_000},
                "paths": ["aws.compute.ebs_iops"],
                "says": "a gp3 volume of 50 GB has not so many IOPS",
                "allows": "at most 25000",
            },
            {
                "with": {
                    "aws.queues": [
                        {
                            "name": "more",
                            "type": "SPOT",
                            "max_cpus": 64,
                            "ebs_volume_type": "io2",
                            "ebs_iops": 1000,
                            "ebs_throughput": 500,
                        }
                    ]
                },
                "paths": ["aws.queues[0].ebs_throughput"],
                "says": "only gp3 volumes have a throughput",
            },
            {
                "with": {"aws.compute.data_disk": {"size": 50, "ebs_iops": 30_000}},
                "paths": ["aws.compute.data_disk.ebs_iops"],
                "says": "a gp3 volume of 50 GB has not so many IOPS",
            },
            {
                "with": {"aws.compute.ebs_throughput": 1000},
                "paths": ["aws.compute.ebs_throughput"],
                "says": "0.25 MiB/s for each of its IOPS",
                "fixes": "set aws.compute.ebs_iops: 4000",
            },
        ],
    },
}
