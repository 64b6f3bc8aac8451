# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about the head job's definition."""

from typing import Any

IMAGE = "quay.io/seqeralabs/nf-launcher:j17-25.10.2"
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:tower-AbCdEf"
ASKED = {"aws.head_job_definition": {"image": IMAGE}}
FARGATE = {
    "wave_enabled": True,
    "fusion2_enabled": True,
    "forge.fargate_head_enabled": True,
    **ASKED,
}
SECRETS = {"aws.head_job_definition": {"image": IMAGE, "secrets": {"TOKEN": ARN}}}

ROWS: dict[str, dict[str, Any]] = {
    "head-job-definition-image": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, ASKED, {"aws.head_job_definition": {"image": "a@sha256:" + "0" * 64}}],
        "breaks": [
            {
                "with": {"aws.head_job_definition": {"image": "seqeralabs/nf-launcher:latest"}},
                "paths": ["aws.head_job_definition.image"],
                "says": "another image tomorrow",
                "allows": "a digest",
            },
        ],
    },
    "head-job-definition-size": {
        "own": "error",
        "exported": "error",
        "keeps": [
            ASKED,
            {**ASKED, "head_job_cpus": 3, "head_job_memory_mb": 1000},
            FARGATE,
            {**FARGATE, "head_job_cpus": 16, "head_job_memory_mb": 40960},
        ],
        "breaks": [
            {
                "with": {**FARGATE, "head_job_cpus": 3},
                "paths": ["aws.head_job_definition"],
                "says": "no task of the head job's size",
                "allows": "2 vCPUs with 4096 to 16384 MiB in steps of 1024",
            },
            {
                "with": {**FARGATE, "head_job_memory_mb": 1000},
                "paths": ["aws.head_job_definition"],
                "says": "no task",
            },
            {
                "with": {**FARGATE, "head_job_cpus": 8, "head_job_memory_mb": 17408},
                "paths": ["aws.head_job_definition"],
                "says": "no task",
            },
        ],
    },
    "head-job-definition-variables": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"environment": [{"name": "NEXTFLOW_CONFIG", "value": "a"}]},
            SECRETS,
            {**SECRETS, "environment": [{"name": "OTHER", "value": "a"}]},
            {
                **SECRETS,
                "environment": [{"name": "TOKEN", "value": "", "head": False, "compute": True}],
            },
        ],
        "breaks": [
            {
                "with": {**SECRETS, "environment": [{"name": "TOKEN", "value": ""}]},
                "paths": ["aws.head_job_definition.secrets"],
                "says": "is in environment too",
            },
            {
                "with": {**ASKED, "environment": [{"name": "NEXTFLOW_CONFIG", "value": "a"}]},
                "paths": ["environment"],
                "says": "is reserved",
            },
            {
                "with": {
                    "aws.head_job_definition": {"image": IMAGE, "secrets": {"AWS_BATCH_A": ARN}}
                },
                "paths": ["aws.head_job_definition.secrets"],
                "says": "is reserved",
            },
        ],
    },
}
