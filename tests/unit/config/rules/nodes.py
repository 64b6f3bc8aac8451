# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about images, user data and logs of the nodes."""

from typing import Any

GPU = {"forge.gpu_enabled": True, "forge.instance_types": ["g5"]}
LINE = "ECS_LOGLEVEL=debug"


def scripts(*texts: str) -> dict[str, Any]:
    """Add scripts."""
    return {
        "aws.node_scripts": [
            {"name": f"script {number}", "run": text} for number, text in enumerate(texts)
        ]
    }


ROWS: dict[str, dict[str, Any]] = {
    "ecs-config-size": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {"forge.ecs_config": LINE}, {"forge.ecs_config": "#" * 5 * 1024}],
        "breaks": [
            {
                "with": {"forge.ecs_config": "#" * (5 * 1024 + 1)},
                "paths": ["forge.ecs_config"],
                "says": "exceed EC2's limit of 16384 bytes",
                "allows": "at most 5120 bytes",
            },
        ],
    },
    "node-script-source": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, scripts("true"), scripts("true", "false")],
        "breaks": [
            {
                "with": {"aws.node_scripts": [{"name": "a"}]},
                "paths": ["aws.node_scripts[0]"],
                "says": "there is no script",
            },
            {
                "with": {"aws.node_scripts": [{"name": "a", "file": "a.sh"}]},
                "paths": ["aws.node_scripts[0]"],
                "says": "read only for an environment file",
            },
        ],
    },
    "node-script-once": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, scripts("true", "true")],
        "breaks": [
            {
                "with": {"aws.node_scripts": [{"name": "a", "run": "true"}] * 2},
                "paths": ["aws.node_scripts[1].name"],
                "says": "two scripts have the same name",
            },
        ],
    },
    "node-script-size": {
        "own": "error",
        "exported": "error",
        "keeps": [scripts("#" * 4900), {"forge.ecs_config": "#" * 2000, **scripts("#" * 2900)}],
        "breaks": [
            {
                "with": scripts("#" * 3000, "#" * 3000),
                "paths": ["aws.node_scripts"],
                "says": "would exceed EC2's limit of 16384 bytes",
                "allows": "at most 5120 bytes",
            },
            {
                "with": {"forge.ecs_config": "#" * 3000, **scripts("#" * 3000)},
                "paths": ["aws.node_scripts"],
                "says": "would exceed EC2's limit",
            },
        ],
    },
    "node-script-text": {
        "own": "error",
        "exported": "error",
        "keeps": [scripts("#!/bin/bash\ntrue"), scripts("#!/usr/bin/env bash\ntrue")],
        "breaks": [
            {
                "with": scripts("echo f\u00fcr"),
                "paths": ["aws.node_scripts[0]"],
                "says": "does not reach nodes unchanged",
            },
            {
                "with": scripts("true\r\nfalse"),
                "paths": ["aws.node_scripts[0]"],
                "says": "does not reach nodes unchanged",
            },
            {
                "with": scripts("true", "#!/usr/bin/env python3\nprint()"),
                "paths": ["aws.node_scripts[1]"],
                "says": "nodes run the script by Bash",
            },
        ],
    },
    "ecs-config-ascii": {
        "own": "error",
        "exported": "error",
        "keeps": [{"forge.ecs_config": LINE}],
        "breaks": [
            {
                "with": {"forge.ecs_config": f"{LINE}\n# größer"},
                "paths": ["forge.ecs_config"],
                "says": "other characters than ASCII",
            },
        ],
    },
    "ecs-config-cluster": {
        "own": "error",
        "exported": "error",
        "keeps": [{"forge.ecs_config": f"{LINE}\n# ECS_CLUSTER=commented"}],
        "breaks": [
            {
                "with": {"forge.ecs_config": f"{LINE}\n  ECS_CLUSTER=mine\n"},
                "paths": ["forge.ecs_config"],
                "says": "AWS Batch sets the cluster itself",
            },
        ],
    },
    "image-type-matches-gpu": {
        "own": "error",
        "exported": "error",
        "keeps": [
            GPU,
            {"aws.image_type": "ECS_AL2023"},
            {**GPU, "aws.image_type": "ECS_AL2023_NVIDIA"},
        ],
        "breaks": [
            {
                "with": {"aws.image_type": "ECS_AL2023_NVIDIA"},
                "paths": ["aws.image_type"],
                "says": "for environments with GPUs",
            },
            {
                "with": {**GPU, "aws.image_type": "ECS_AL2023"},
                "paths": ["aws.image_type"],
                "says": "has no NVIDIA drivers",
            },
        ],
    },
    "log-retention": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            *({"aws.logs.node_retention_days": days} for days in (1, 7, 30, 365, 3653)),
        ],
        "breaks": [
            {
                "with": {"aws.logs.node_retention_days": days},
                "paths": ["aws.logs.node_retention_days"],
                "says": "does not know this retention",
                "fixes": f"set it to {nearest}",
            }
            for days, nearest in ((0, 1), (8, 7), (31, 30), (4000, 3653))
        ]
        + [
            {
                "with": {
                    "aws.logs": {"create_job_log_group": True, "job_retention_days": 100},
                },
                "paths": ["aws.logs.job_retention_days"],
                "says": "does not know this retention",
                "fixes": "set it to 90",
            },
        ],
    },
    "job-log-group": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"log_group": "/aws/batch/job"},
            {"aws.logs.create_job_log_group": True},
            {"aws.logs.create_job_log_group": True, "log_group": "/own/jobs"},
            {"aws.logs": {"create_job_log_group": True, "job_retention_days": 30}},
        ],
        "breaks": [
            {
                "with": {"aws.logs.job_retention_days": 30},
                "paths": ["aws.logs.job_retention_days"],
                "says": "exists, and is not changed",
                "fixes": "aws.logs.create_job_log_group: true",
            },
            {
                "with": {"aws.logs.create_job_log_group": True, "log_group": "/aws/batch/job"},
                "paths": ["log_group"],
                "says": "AWS Batch makes this group itself",
                "fixes": "remove log_group",
            },
        ],
    },
}
