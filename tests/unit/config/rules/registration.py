# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about the registration with Platform."""

from typing import Any

SECRET = "arn:aws:secretsmanager:{}:111122223333:secret:seqera/token-AbCdEf"  # noqa: S105 - a name
HERE = {"token_secret": SECRET.format("eu-west-1")}
ID = "3gQ5jPoYFDWLyhXqzPe3Sw"

ROWS: dict[str, dict[str, Any]] = {
    "registration-credentials": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"credentials_id": ID, "aws.platform_registration": HERE},
            {
                "credentials_id": ID,
                "aws.platform_registration": {
                    **HERE,
                    "workspace_id": 123456789012345,
                    "token_field": "token",
                    "endpoint": "https://seqera.example.org/api",
                },
            },
        ],
        "breaks": [
            {
                "with": {"aws.platform_registration": HERE},
                "paths": ["credentials_id"],
                "says": "needs the id of AWS credentials",
                "allows": "letters and digits",
            },
        ],
    },
    "registration-secret-region": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {"credentials_id": ID, "aws.platform_registration": HERE}],
        "breaks": [
            {
                "with": {
                    "credentials_id": ID,
                    "aws.platform_registration": {"token_secret": SECRET.format("us-east-1")},
                },
                "paths": ["aws.platform_registration.token_secret"],
                "says": "the secret is in us-east-1, and the environment in eu-west-1",
                "allows": "a secret in eu-west-1",
            },
        ],
    },
    "registration-description": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"description": "d" * 1761},
            {
                "credentials_id": ID,
                "aws.platform_registration": HERE,
                "description": "d" * 1760,
            },
        ],
        "breaks": [
            {
                "with": {
                    "credentials_id": ID,
                    "aws.platform_registration": HERE,
                    "description": "d" * 1761,
                },
                "paths": ["description"],
                "says": "leaves no room for the line",
                "allows": "at most 1760 characters",
            },
        ],
    },
}
