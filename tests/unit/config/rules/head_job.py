# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about the Nextflow head job and where it runs."""

from typing import Any

FUSION = {"wave_enabled": True, "fusion2_enabled": True}
FARGATE = {**FUSION, "forge.fargate_head_enabled": True}
ON_DEMAND = {"forge.type": "EC2"}
IMAGE = "ami-0123456789abcdef0"

ROWS: dict[str, dict[str, Any]] = {
    "fargate-head-needs-fusion2": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, FARGATE],
        "breaks": [
            {
                "with": {"forge.fargate_head_enabled": True},
                "paths": ["fusion2_enabled"],
                "says": "Fargate needs Fusion v2",
            },
        ],
    },
    "fargate-head-needs-spot": {
        "own": "error",
        "exported": "error",
        "keeps": [FARGATE, ON_DEMAND],
        "breaks": [
            {
                "with": {**FARGATE, **ON_DEMAND},
                "paths": ["forge.type"],
                "says": "needs the Spot provisioning model",
            },
        ],
    },
    "fargate-head-without-file-systems": {
        "own": "error",
        "exported": "error",
        "keeps": [FARGATE, {"forge.efs_create": True, "forge.fsx_size": 1200}],
        "breaks": [
            {
                "with": {**FARGATE, "forge.efs_create": True, "forge.fsx_size": 1200},
                "paths": ["forge.efs_create", "forge.fsx_size"],
                "says": "Fargate cannot mount EFS and FSx",
            },
            {
                "with": {
                    **FARGATE,
                    "forge.efs_id": "fs-0123456789abcdef0",
                    "forge.fsx_name": "fs-0123456789abcdef1.fsx.eu-west-1.amazonaws.com",
                },
                "paths": ["forge.efs_id", "forge.fsx_name"],
                "says": "Fargate cannot mount EFS and FSx",
            },
        ],
    },
    "head-job-memory-unit": {
        "own": "error",
        "exported": "warning",
        "keeps": [{}, {"head_job_memory_mb": 512}],
        "breaks": [
            {
                "with": {"head_job_memory_mb": 8},
                "paths": ["head_job_memory_mb"],
                "says": "does not start in 8 MiB",
                "fixes": "8192",
            },
            {
                "with": {"head_job_memory_mb": 511},
                "paths": ["head_job_memory_mb"],
                "says": "511 MiB",
                "fixes": "or more",
            },
        ],
    },
    "fargate-head-size": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {**FARGATE, "head_job_cpus": 16, "head_job_memory_mb": 120 * 1024},
            {"head_job_cpus": 17},
        ],
        "breaks": [
            {
                "with": {**FARGATE, "head_job_cpus": 17},
                "paths": ["head_job_cpus"],
                "says": "larger than any Fargate task",
            },
            {
                "with": {**FARGATE, "head_job_cpus": 16, "head_job_memory_mb": 120 * 1024 + 1},
                "paths": ["head_job_memory_mb"],
                "says": "larger than any Fargate task",
            },
            {
                "with": {**FARGATE, "head_job_cpus": 32, "head_job_memory_mb": 200_000},
                "paths": ["head_job_cpus", "head_job_memory_mb"],
                "says": "larger than any Fargate task",
            },
        ],
    },
    "fargate-head-shape": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            FARGATE,
            {"head_job_cpus": 3},
            {**FARGATE, "head_job_cpus": 1, "head_job_memory_mb": 2 * 1024},
            {**FARGATE, "head_job_cpus": 1, "head_job_memory_mb": 8 * 1024},
            {**FARGATE, "head_job_cpus": 2},
            {**FARGATE, "head_job_cpus": 4, "head_job_memory_mb": 30 * 1024},
            {**FARGATE, "head_job_cpus": 8, "head_job_memory_mb": 20 * 1024},
            {**FARGATE, "head_job_cpus": 16, "head_job_memory_mb": 32 * 1024},
            {**FARGATE, "head_job_cpus": 17},
        ],
        "breaks": [
            {
                "with": {**FARGATE, "head_job_cpus": 3},
                "paths": ["head_job_cpus"],
                "says": "no task of this many vCPUs",
            },
            *(
                {
                    "with": {**FARGATE, "head_job_cpus": cpus, "head_job_memory_mb": memory},
                    "paths": ["head_job_memory_mb"],
                    "says": f"no task of {cpus} vCPUs with this much memory",
                }
                for cpus, memory in (
                    (1, 2 * 1024 - 1),
                    (1, 9 * 1024),
                    (2, 5000),
                    (4, 31 * 1024),
                    (8, 18 * 1024),
                    (16, 36 * 1024),
                )
            ),
            {
                # The default memory is too small for this many vCPUs.
                "with": {**FARGATE, "head_job_cpus": 4},
                "paths": ["head_job_memory_mb"],
                "says": "no task of 4 vCPUs",
            },
        ],
    },
    "fargate-head-ignores-image": {
        "own": "warning",
        "exported": "warning",
        "keeps": [FARGATE, {"forge.image_id": IMAGE}],
        "breaks": [
            {
                "with": {**FARGATE, "forge.image_id": IMAGE},
                "paths": ["forge.image_id"],
                "says": "applies to compute jobs only",
            },
        ],
    },
    "head-job-fits": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.max_cpus": 500, "head_job_cpus": 96},
            {**ON_DEMAND, "forge.instance_types": ["m6i.xlarge"], "head_job_cpus": 4},
            {**ON_DEMAND, "head_job_cpus": 4},
            # On Spot the head job has instances of its own.
            {"forge.instance_types": ["m6i.large"], "head_job_cpus": 4},
            {**FARGATE, "head_job_cpus": 16, "head_job_memory_mb": 32 * 1024},
            # A family newer than the table may hold anything.
            {
                **ON_DEMAND,
                "forge.instance_types": ["m9i"],
                "forge.max_cpus": 5000,
                "head_job_cpus": 900,
            },
        ],
        "breaks": [
            {
                "with": {
                    **ON_DEMAND,
                    "forge.instance_types": ["m6i.xlarge", "r6i.xlarge"],
                    "head_job_cpus": 5,
                },
                "paths": ["forge.instance_types"],
                "says": "has the 5 vCPUs and 4096 MiB of the head job",
            },
            {
                "with": {
                    **ON_DEMAND,
                    "forge.instance_types": ["m6i.large"],
                    "head_job_memory_mb": 8 * 1024 + 1,
                },
                "paths": ["forge.instance_types"],
                "says": "has the 1 vCPUs and 8193 MiB of the head job",
            },
            {
                "with": {"aws.head.instance_types": ["m6i.large"], "head_job_cpus": 4},
                "paths": ["aws.head.instance_types"],
                "says": "would wait for ever",
            },
            {
                "with": {"forge.max_cpus": 5000, "head_job_cpus": 900},
                "paths": ["aws.head.instance_types"],
                "says": "has the 900 vCPUs",
            },
        ],
    },
    "head-job-within-max": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.max_cpus": 1},
            {"forge.max_cpus": 4, "head_job_cpus": 4},
            {"forge.max_cpus": 2, "aws.head.max_cpus": 4, "head_job_cpus": 4},
        ],
        "breaks": [
            {
                "with": {"forge.max_cpus": 4, "head_job_cpus": 5},
                "paths": ["head_job_cpus"],
                "says": "larger than forge.max_cpus",
            },
            {
                "with": {"aws.head.max_cpus": 4, "head_job_cpus": 5},
                "paths": ["head_job_cpus"],
                "says": "larger than aws.head.max_cpus",
            },
        ],
    },
    "head-settings-need-spot": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.head.max_cpus": 8, "aws.head.instance_types": ["m6i"]},
            {**FARGATE, "aws.head.max_cpus": 8},
        ],
        "breaks": [
            {
                "with": {
                    **ON_DEMAND,
                    "aws.head.max_cpus": 8,
                    "aws.head.instance_types": ["m6i"],
                },
                "paths": ["aws.head.instance_types", "aws.head.max_cpus"],
                "says": "have one queue",
            },
            {
                "with": {**FARGATE, "aws.head.instance_types": ["m6i"]},
                "paths": ["aws.head.instance_types"],
                "says": "Fargate has no instances that it could apply to",
            },
        ],
    },
}
