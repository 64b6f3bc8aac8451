# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about what is watched."""

from typing import Any

TOPIC = "arn:aws:sns:eu-west-1:111122223333:genomics-alarms"
WATCHED: dict[str, Any] = {"aws.operations": {"queue_check": {}}}
SPOT_QUEUES = [{"name": f"q{number}", "type": "SPOT", "max_cpus": 8} for number in range(9)]
OTHERS_TOPIC = {"aws.account": "444455556666"}

ROWS: dict[str, dict[str, Any]] = {
    "operations-for-something": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            WATCHED,
            {"aws.operations": {"dashboard": True}},
            {"aws.operations": {"topic": TOPIC, "head_job_failures": True}},
        ],
        "breaks": [
            {
                "with": {"aws.operations": {}},
                "paths": ["aws.operations"],
                "says": "nothing is watched",
                "allows": "blocked_queues",
                "fixes": "add queue_check: {}",
            },
            {
                "with": {"aws.operations": {"topic": TOPIC, "blocked_queues": False}},
                "paths": ["aws.operations"],
                "says": "nothing is watched",
            },
        ],
    },
    "operations-tells-something": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.operations": {"dashboard": True}},
            {"aws.operations": {"dashboard": True, "topic": TOPIC, "task_failures": {}}},
        ],
        "breaks": [
            {
                "with": {"aws.operations": {"dashboard": True, "topic": TOPIC}},
                "paths": ["aws.operations.topic"],
                "says": "tells nobody",
                "fixes": "queue_check",
            },
            {
                "with": {"aws.operations": {"dashboard": True, "emails": ["a@example.org"]}},
                "paths": ["aws.operations.emails"],
                "says": "tells nobody",
            },
        ],
    },
    "operations-topic-region": {
        "own": "error",
        "exported": "error",
        "keeps": [WATCHED, {"aws.operations": {"queue_check": {}, "topic": TOPIC}}],
        "breaks": [
            {
                "with": {
                    "aws.operations": {
                        "queue_check": {},
                        "topic": TOPIC.replace("eu-west-1", "us-east-1"),
                    }
                },
                "paths": ["aws.operations.topic"],
                "says": "the topic is in us-east-1, and the environment in eu-west-1",
                "allows": "a topic in eu-west-1",
                "fixes": "leave topic out",
            },
        ],
    },
    "operations-topic-account": {
        "own": "error",
        "exported": "error",
        "keeps": [
            # Whose account it is, is only known at deployment.
            {"aws.operations": {"head_job_failures": True, "topic": TOPIC}},
            {**OTHERS_TOPIC, "aws.operations": {"queue_check": {}, "topic": TOPIC}},
            {
                "aws.account": TOPIC.split(":")[4],
                "aws.operations": {"blocked_queues": True, "topic": TOPIC},
            },
        ],
        "breaks": [
            {
                "with": {**OTHERS_TOPIC, "aws.operations": {part: value, "topic": TOPIC}},
                "paths": ["aws.operations.topic"],
                "says": f"{part} would tell nobody",
                "allows": "a topic in 444455556666",
                "fixes": "alarms reach the topic",
            }
            for part, value in {
                "head_job_failures": True,
                "blocked_queues": True,
                "budget": {"amount": 1},
            }.items()
        ],
    },
    "operations-emails": {
        "own": "error",
        "exported": "error",
        "keeps": [{"aws.operations": {"queue_check": {}, "emails": ["a@example.org"]}}],
        "breaks": [
            {
                "with": {
                    "aws.operations": {
                        "queue_check": {},
                        "topic": TOPIC,
                        "emails": ["a@example.org"],
                    }
                },
                "paths": ["aws.operations.emails"],
                "says": "nobody is subscribed to a topic that exists",
                "fixes": "by hand",
            },
        ],
    },
    "node-failures-logged": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.operations": {"node_failures": {}}},
            {**WATCHED, "aws.logs": {"node_logs": False}},
        ],
        "breaks": [
            {
                "with": {
                    "aws.operations": {"node_failures": {}},
                    "aws.logs": {"node_logs": False},
                },
                "paths": ["aws.operations.node_failures"],
                "says": "there is none",
                "fixes": "remove aws.logs.node_logs",
            },
        ],
    },
    "spot-reclaims-on-spot": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.type": "SPOT", "aws.operations": {"spot_reclaims": {}}},
            {"forge.type": "EC2", **WATCHED},
            {
                "forge.type": "EC2",
                "aws.operations": {"spot_reclaims": {}},
                "aws.queues": SPOT_QUEUES[:9],
            },
        ],
        "breaks": [
            {
                "with": {"forge.type": "EC2", "aws.operations": {"spot_reclaims": {}}},
                "paths": ["aws.operations.spot_reclaims"],
                "says": "nobody takes back On-Demand instances",
                "fixes": "forge.type: SPOT",
            },
            {
                "with": {
                    "forge.type": "SPOT",
                    "aws.operations": {"spot_reclaims": {}},
                    "aws.queues": SPOT_QUEUES[:9],
                },
                "paths": ["aws.operations.spot_reclaims"],
                "says": "in 10 queues",
                "fixes": "remove aws.operations.spot_reclaims",
            },
        ],
    },
    "budget-region": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.operations": {"budget": {"amount": 100}}},
            {"region": "eu-north-1", **WATCHED},
        ],
        "breaks": [
            {
                "with": {"region": "eu-north-1", "aws.operations": {"budget": {"amount": 100}}},
                "paths": ["aws.operations.budget"],
                "says": "CloudFormation knows no budgets in eu-north-1",
                "fixes": "in the console",
            },
        ],
    },
}
