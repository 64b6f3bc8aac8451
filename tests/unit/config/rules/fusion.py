# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about Wave, Fusion v2, fast storage and Snapshots."""

from typing import Any

FUSION = {"wave_enabled": True, "fusion2_enabled": True}
MANUAL = {"forge": None, "head_queue": "existing-head", "compute_queue": "existing-work"}
IMAGE = "ami-0123456789abcdef0"
CLI = "/opt/aws-cli/bin/aws"

ROWS: dict[str, dict[str, Any]] = {
    "fusion2-needs-wave": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {"wave_enabled": True}, FUSION],
        "breaks": [
            {
                "with": {"fusion2_enabled": True},
                "paths": ["wave_enabled"],
                "says": "needs the Wave container service",
            },
            {
                "with": {**MANUAL, "fusion2_enabled": True},
                "paths": ["wave_enabled"],
                "says": "needs the Wave container service",
            },
        ],
    },
    "fusion2-needs-s3-work-dir": {
        "own": "error",
        "exported": "error",
        "keeps": [FUSION, {"work_dir": "/mnt/efs/work", "forge.efs_create": True}],
        "breaks": [
            {
                "with": {**FUSION, "work_dir": "/mnt/efs/work", "forge.efs_create": True},
                "paths": ["work_dir"],
                "says": "needs a work directory in S3",
            },
        ],
    },
    "nvme-needs-fusion2": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {**FUSION, "nvme_storage_enabled": True}],
        "breaks": [
            {
                "with": {"nvme_storage_enabled": True},
                "paths": ["nvme_storage_enabled"],
                "says": "only used by Fusion v2",
            },
        ],
    },
    "snapshots-need-fusion2": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {**FUSION, "fusion_snapshots": True}],
        "breaks": [
            {
                "with": {"fusion_snapshots": True},
                "paths": ["fusion_snapshots"],
                "says": "Snapshots need Fusion v2",
            },
        ],
    },
    "snapshots-need-spot": {
        "own": "error",
        "exported": "warning",
        "keeps": [{**FUSION, "fusion_snapshots": True}, {"forge.type": "EC2"}],
        "breaks": [
            {
                "with": {**FUSION, "fusion_snapshots": True, "forge.type": "EC2"},
                "paths": ["fusion_snapshots"],
                "says": "no use without Spot instances",
            },
        ],
    },
    "snapshots-need-al2023": {
        "own": "error",
        "exported": "warning",
        "keeps": [
            {**FUSION, "fusion_snapshots": True, "aws.image_type": "ECS_AL2023"},
            {**FUSION, "aws.image_type": "ECS_AL2", "forge.image_id": IMAGE},
        ],
        "breaks": [
            {
                "with": {
                    **FUSION,
                    "fusion_snapshots": True,
                    "aws.image_type": "ECS_AL2",
                    "forge.image_id": IMAGE,
                },
                "paths": ["aws.image_type"],
                "says": "need Amazon Linux 2023",
            },
        ],
    },
    "snapshots-in-manual-mode": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {**FUSION, "fusion_snapshots": True, "aws.used_by": ["forge"]},
            {**FUSION, "fusion_snapshots": True, "aws.used_by": ["nextflow"]},
            {**MANUAL, **FUSION},
        ],
        "breaks": [
            {
                "with": {**MANUAL, **FUSION, "fusion_snapshots": True},
                "paths": ["fusion_snapshots"],
                "says": "Batch Forge mode only",
            },
            {
                "with": {**FUSION, "fusion_snapshots": True},
                "paths": ["fusion_snapshots"],
                "says": "registered in Manual mode",
            },
        ],
    },
    "fusion-instance-size": {
        "own": "notice",
        "exported": "notice",
        "keeps": [
            {"forge.instance_types": ["m6i.large", "m5.large", "m7i.large", "c6i", "r6i"]},
            {**FUSION, "forge.instance_types": ["m6i.8xlarge", "c5.9xlarge", "r6i"]},
        ],
        "breaks": [
            {
                "with": {
                    **FUSION,
                    "forge.instance_types": ["m6id.4xlarge", "m6id.8xlarge", "c6id"],
                    "aws.queues": [
                        {
                            "name": "a",
                            "type": "EC2",
                            "max_cpus": 64,
                            "instance_types": ["r6i.large"],
                        }
                    ],
                },
                "paths": ["forge.instance_types", "aws.queues[0].instance_types"],
                "says": "advises larger types",
                "allows": "from 8xlarge, with 200 GB",
            },
        ],
    },
    "cli-path-without-fusion2": {
        "own": "error",
        "exported": "replaced",
        "keeps": [
            FUSION,
            {"cli_path": CLI, "forge.image_id": IMAGE},
            {**MANUAL, **FUSION, "cli_path": CLI},
        ],
        "breaks": [
            {
                "with": {**FUSION, "cli_path": CLI, "forge.image_id": IMAGE},
                "paths": ["cli_path"],
                "says": "Platform refuses an AWS CLI path",
            },
        ],
    },
    "cli-path-needs-image": {
        "own": "error",
        "exported": "warning",
        "keeps": [
            {"cli_path": CLI, "forge.image_id": IMAGE},
            {**MANUAL, "cli_path": CLI},
            {**FUSION, "cli_path": CLI},
        ],
        "breaks": [
            {
                "with": {"cli_path": CLI},
                "paths": ["cli_path"],
                "says": "carry no AWS CLI here",
            },
        ],
    },
}
