# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about who launches pipelines."""

from typing import Any

FUSION = {"wave_enabled": True, "fusion2_enabled": True}
FARGATE = {**FUSION, "forge.fargate_head_enabled": True}
GRAVITON = {**FARGATE, "forge.arm64_enabled": True}
NEXTFLOW = {"aws.used_by": ["nextflow"]}
DEFINITION = "aws.head_job_definition"
IMAGE = {"image": "quay.io/seqeralabs/nf-launcher:j17-25.10.2"}
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf"  # noqa: S105 - an ARN
EFS = {"forge.efs_create": True, "forge.efs_mount": "/mnt/efs", "work_dir": "/mnt/efs/work"}

ROWS: dict[str, dict[str, Any]] = {
    "manual-graviton": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {},
            {**GRAVITON, **NEXTFLOW},
            {**GRAVITON, "aws.used_by": ["forge"]},
            {**GRAVITON, "aws.used_by": ["platform", "enterprise"]},
        ],
        "breaks": [
            {
                "with": GRAVITON,
                "paths": ["forge.arm64_enabled"],
                "says": "excludes Graviton from Manual environments",
                "fixes": "aws.used_by",
            },
            {
                "with": {**GRAVITON, "aws.used_by": ["platform", "nextflow"]},
                "paths": ["forge.arm64_enabled"],
                "says": "excludes Graviton",
            },
        ],
    },
    "manual-fargate-head": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, {**FARGATE, "aws.used_by": ["enterprise"]}, {**FARGATE, **NEXTFLOW}],
        "breaks": [
            {
                "with": FARGATE,
                "paths": ["forge.fargate_head_enabled"],
                "says": "excludes a head job on Fargate from Manual environments",
                "fixes": "forge.fargate_head_enabled: false",
            },
        ],
    },
    "nextflow-work-dir": {
        "own": "error",
        "exported": "error",
        "keeps": [NEXTFLOW, EFS],
        "breaks": [
            {
                "with": {**EFS, "aws.used_by": ["platform", "nextflow"]},
                "paths": ["work_dir"],
                "says": "Nextflow refuses a work directory outside S3",
                "fixes": "aws.used_by",
            },
        ],
    },
    "nextflow-fusion-token": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            FUSION,
            NEXTFLOW,
            {
                **FUSION,
                **NEXTFLOW,
                DEFINITION: {**IMAGE, "secrets": {"TOWER_ACCESS_TOKEN": SECRET}},
            },
            {**FUSION, **NEXTFLOW, "nextflow_config": "tower.accessToken = secrets.TOWER"},
        ],
        "breaks": [
            {
                "with": {**FUSION, **NEXTFLOW},
                "paths": ["fusion2_enabled"],
                "says": "needs a token",
                "fixes": "export TOWER_ACCESS_TOKEN",
            },
        ],
    },
}
