# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about Manual mode and about mixing it with Forge mode."""

from typing import Any

MANUAL = {"forge": None, "head_queue": "existing-head", "compute_queue": "existing-work"}

ROWS: dict[str, dict[str, Any]] = {
    "manual-needs-queues": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, MANUAL, {**MANUAL, "compute_queue": "existing-head"}],
        "breaks": [
            {
                "with": {"forge": None},
                "paths": ["head_queue", "compute_queue"],
                "says": "without a forge section",
            },
            {
                "with": {**MANUAL, "compute_queue": None},
                "paths": ["compute_queue"],
                "says": "needs the name of this queue",
            },
        ],
    },
    "forge-or-queues": {
        "own": "error",
        "exported": "replaced",
        "keeps": [{}, MANUAL],
        "breaks": [
            {
                "with": {"head_queue": "a", "compute_queue": "b", "dragen_queue": "c"},
                "paths": ["head_queue", "compute_queue", "dragen_queue"],
                "says": "none can be named here",
            },
            {
                "with": {"dragen_instance_type": "f2.6xlarge"},
                "paths": ["dragen_instance_type"],
                "says": "none can be named here",
                # Forge writes queues back, but never this.
                "exported": "error",
            },
        ],
    },
    "dragen-queue-pair": {
        "own": "error",
        "exported": "error",
        "keeps": [
            MANUAL,
            {**MANUAL, "dragen_queue": "dragen"},
            {**MANUAL, "dragen_queue": "dragen", "dragen_instance_type": "f2.6xlarge"},
        ],
        "breaks": [
            {
                "with": {**MANUAL, "dragen_instance_type": "f2.6xlarge"},
                "paths": ["dragen_instance_type"],
                "says": "no effect without a queue",
            },
        ],
    },
    "manual-unused-settings": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {**MANUAL, "aws.tags": {"team": "a"}, "aws.iam.path": "/lab/"},
            {**MANUAL, "aws.prefix": "Lab", "aws.account": "111122223333"},
            {**MANUAL, "aws.logs.create_job_log_group": True},
            {"aws.head.max_cpus": 8, "aws.destroy_data": True},
            # What says the same as leaving it out changes nothing.
            {**MANUAL, "aws.destroy_data": False, "aws.head": {}},
        ],
        "breaks": [
            {
                "with": {**MANUAL, f"aws.{field}": value},
                "paths": [f"aws.{field}"],
                "says": "nothing is created that this could apply to",
            }
            for field, value in {
                "network": {"create": {"zones": 2}},
                "head": {"max_cpus": 8},
                "queue_names": {"head": "other"},
                "job_state_limits": {"max_time_seconds": 600},
                "update": {"terminate_jobs": True},
                "image_type": "ECS_AL2023",
                "efs": {"backup": True},
                "fsx": {"mount_name": "abcdefgh"},
                "aws_cli": {"version": "2.27.50"},
                "logs.node_logs": False,
                "iam.instance_profile": "arn:aws:iam::111122223333:instance-profile/lab/nodes",
                "destroy_data": True,
            }.items()
        ],
    },
    "environment-targets": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"environment": [{"name": "A", "value": "1"}]},
            {"environment": [{"name": "A", "head": False, "compute": True}]},
            {"environment": [{"name": "A", "head": True, "compute": True}]},
        ],
        "breaks": [
            {
                "with": {"environment": [{"name": "A"}, {"name": "B", "head": False}]},
                "paths": ["environment[1]"],
                "says": "the variable B goes nowhere",
            },
        ],
    },
}
