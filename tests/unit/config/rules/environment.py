# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about variables."""

from typing import Any


def _variables(values: dict[str, str]) -> dict[str, Any]:
    return {"environment": [{"name": name, "value": value} for name, value in values.items()]}


ROWS: dict[str, dict[str, Any]] = {
    "environment-secret": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            _variables({"NXF_OPTS": "-Xmx3g", "TOKENIZER": "bert", "KEYS": "4", "MONKEY": "a"}),
            _variables({"DB_PASSWORD": ""}),
            _variables({"DB_TOKEN": "${SECRET}"}),
            _variables({"DB_SECRET": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a"}),
        ],
        "breaks": [
            {
                "with": {
                    "aws.job_definitions": [
                        {"name": "a", "image": "a/b:1", "environment": {"DB_PASSWORD": "hunter2"}}
                    ]
                },
                "paths": ["aws.job_definitions[0].environment"],
                "says": "looks like a secret",
                "fixes": "aws.job_definitions[0].secrets",
            },
            {
                "with": _variables({"A": "b", "TOWER_ACCESS_TOKEN": "abc"}),
                "paths": ["environment[1]"],
                "says": "looks like a secret",
                "fixes": "pipeline secret",
            },
            {
                "with": _variables(
                    {"AWS_SECRET_ACCESS_KEY": "x", "DB_PASSWORD": "y", "my_api_key": "z"}
                ),
                "paths": ["environment[0]", "environment[1]", "environment[2]"],
                "says": "AWS_SECRET_ACCESS_KEY looks like a secret",
            },
        ],
    },
    "variable-once": {
        "own": "error",
        "exported": "error",
        "keeps": [
            _variables({"A": "1", "a": "2"}),
            {
                "environment": [
                    {"name": "A", "value": "1", "head": True, "compute": False},
                    {"name": "A", "value": "2", "head": False, "compute": True},
                ]
            },
        ],
        "breaks": [
            {
                "with": {
                    "environment": [
                        {"name": "A", "value": "1"},
                        {"name": "B", "value": "1"},
                        {"name": "A", "value": "2"},
                    ]
                },
                "paths": ["environment[2]"],
                "says": "the variable A is given twice",
            },
        ],
    },
}
