# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about the nodes' disks."""

from typing import Any

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
}
