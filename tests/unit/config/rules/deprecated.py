# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about what Seqera or AWS have ended."""

from typing import Any

IMAGE = "ami-0123456789abcdef0"

ROWS: dict[str, dict[str, Any]] = {
    "ebs-auto-scale": {
        "own": "error",
        "exported": "replaced",
        "keeps": [
            {},
            {"forge.ebs_auto_scale": False},
            {"forge": None, "head_queue": "a", "compute_queue": "b"},
        ],
        "breaks": [
            {
                "with": {"forge.ebs_auto_scale": True},
                "paths": ["forge.ebs_auto_scale"],
                "says": "EBS autoscale is deprecated",
            },
            {
                "with": {"forge.ebs_block_size": 100},
                "paths": ["forge.ebs_block_size"],
                "says": "block size belongs to EBS autoscale",
            },
            {
                "with": {"forge.ebs_auto_scale": True, "forge.ebs_block_size": 100},
                "paths": ["forge.ebs_auto_scale", "forge.ebs_block_size"],
                "says": "deprecated",
            },
        ],
    },
    "fusion-v1": {
        "own": "error",
        "exported": "replaced",
        "keeps": [{}, {"forge.fusion_enabled": False}],
        "breaks": [
            {
                "with": {"forge.fusion_enabled": True},
                "paths": ["forge.fusion_enabled"],
                "says": "Fusion v1 mounts are deprecated",
            },
        ],
    },
    "amazon-linux-2": {
        "own": "error",
        "exported": "replaced",
        "keeps": [
            {"aws.image_type": "ECS_AL2023"},
            {"aws.image_type": "ECS_AL2", "forge.image_id": IMAGE},
        ],
        "breaks": [
            {
                "with": {"aws.image_type": "ECS_AL2"},
                "paths": ["aws.image_type"],
                "says": "Amazon Linux 2 images",
            },
            {
                "with": {
                    "aws.image_type": "ECS_AL2_NVIDIA",
                    "forge.gpu_enabled": True,
                    "forge.instance_types": ["g5"],
                },
                "paths": ["aws.image_type"],
                "says": "starts no new environments",
            },
        ],
    },
    "amazon-linux-2-image": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {},
            {"forge.image_id": IMAGE},
            {"aws.image_type": "ECS_AL2023", "forge.image_id": IMAGE},
        ],
        "breaks": [
            {
                "with": {"aws.image_type": "ECS_AL2", "forge.image_id": IMAGE},
                "paths": ["aws.image_type"],
                "says": "no security updates since 30 June 2026",
                "allows": "ECS_AL2023",
            },
        ],
    },
    "deprecated-storage": {
        "own": "error",
        "exported": "replaced",
        "keeps": [{}, {"storage_type": None, "lustre_id": None}],
        "breaks": [
            {
                "with": {"storage_type": "fsx", "lustre_id": "fs-1"},
                "paths": ["storage_type", "lustre_id"],
                "says": "Platform deprecated the field",
            },
        ],
    },
}
