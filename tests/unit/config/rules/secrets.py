# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks the rule about secrets in texts."""

from typing import Any

GITHUB = "ghp_" + "a8Fk20sLqPzX91mNcV7bT5yU3wE6rJ4iO0d1"
PLATFORM = "eyJ0aWQi" + "OiAxMjM0fS5hYmNkZWYwMTIzNDU2Nzg5"
ECS = 'ECS_ENGINE_AUTH_DATA={"https://index.docker.io/v1/":{"username":"lab","password":"a"}}'

ROWS: dict[str, dict[str, Any]] = {
    "secret-in-text": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.node_scripts": [{"name": "a", "run": 'echo "ECS_ENGINE_AUTH_DATA=$data"'}]},
            {},
            {"nextflow_config": "tower.accessToken = secrets.TOWER_ACCESS_TOKEN"},
            {"pre_run_script": 'export TOKEN="$(aws secretsmanager get-secret-value)"'},
            {"labels": {"token": "no"}, "aws.tags": {"owner": "key-people"}},
            {"environment": [{"name": "A", "value": "arn:aws:s3:::bucket"}]},
        ],
        "breaks": [
            {
                "with": {"nextflow_config": f"// ours\ntower.accessToken = '{PLATFORM}'\n"},
                "paths": ["nextflow_config"],
                "says": "line 2 of the text looks like an access token of Seqera Platform",
                "fixes": "secret-in-text@nextflow_config",
            },
            {
                "with": {
                    "description": f"ask for {GITHUB}",
                    "pre_run_script": f"export GITHUB_TOKEN={GITHUB}",
                    "post_run_script": "curl -H 'Authorization: Bearer 0123456789abcdef' x",
                    "forge.ecs_config": ECS,
                },
                "paths": [
                    "description",
                    "pre_run_script",
                    "post_run_script",
                    "forge.ecs_config",
                ],
                "says": "this looks like a token of GitHub",
            },
            {
                "with": {
                    "labels": {"owner": GITHUB, GITHUB: "yes"},
                    "aws.tags": {"db-password": "correct horse"},
                    "environment": [{"name": "A", "value": GITHUB}],
                },
                "paths": [
                    "labels.owner",
                    "labels",
                    "environment[0].value",
                    "aws.tags.db-password",
                ],
                "says": "this looks like a token of GitHub",
            },
        ],
    },
}
