# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about the KMS key."""

from typing import Any

HERE = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
MANUAL = {"forge": None, "head_queue": "own-head", "compute_queue": "own-work"}
ELSEWHERE = HERE.replace("eu-west-1", "us-east-1")

ROWS: dict[str, dict[str, Any]] = {
    "kms-key-once": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"aws.kms_key": {"create": True}},
            {"aws.kms_key": {"arn": HERE}},
            {"aws.kms_key": {"arn": HERE, "create": False}},
        ],
        "breaks": [
            {
                "with": {"aws.kms_key": {}},
                "paths": ["aws.kms_key"],
                "says": "either exist or be created",
                "fixes": "add one of the two",
            },
            {
                "with": {"aws.kms_key": {"arn": HERE, "create": True}},
                "paths": ["aws.kms_key"],
                "says": "either exist or be created",
                "fixes": "keep one of the two",
            },
        ],
    },
    "kms-key-for-something": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.kms_key": {"create": True}},
            {**MANUAL, "aws.kms_key": {"arn": HERE}},
            {**MANUAL, "aws.kms_key": {"create": True}, "aws.work_bucket": {}},
            {
                **MANUAL,
                "aws.kms_key": {"create": True},
                "aws.platform_access": {"user": {"access_key": True}},
            },
        ],
        "breaks": [
            {
                "with": {**MANUAL, "aws.kms_key": {"create": True}},
                "paths": ["aws.kms_key.create"],
                "says": "nothing is created that the key could encrypt",
                "fixes": "add aws.work_bucket",
            },
            {
                "with": {
                    **MANUAL,
                    "aws.kms_key": {"create": True},
                    "aws.platform_access": {"user": {}},
                },
                "paths": ["aws.kms_key.create"],
                "says": "nothing is created that the key could encrypt",
            },
        ],
    },
    "kms-key-region": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"aws.kms_key": {"create": True}},
            {"aws.kms_key": {"arn": HERE}, "secrets_kms_key_id": HERE},
            {"secrets_kms_key_id": HERE.rpartition("/")[2]},
        ],
        "breaks": [
            {
                "with": {"aws.kms_key": {"arn": ELSEWHERE}},
                "paths": ["aws.kms_key.arn"],
                "says": "the key is in us-east-1, the environment in eu-west-1",
                "fixes": "replica",
            },
            {
                "with": {"secrets_kms_key_id": ELSEWHERE},
                "paths": ["secrets_kms_key_id"],
                "says": "the key is in us-east-1",
            },
        ],
    },
    "kms-key-account": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {"aws.kms_key": {"arn": HERE}},
            {"aws.kms_key": {"arn": HERE}, "aws.account": "111122223333"},
            {"aws.kms_key": {"create": True}, "aws.account": "444455556666"},
        ],
        "breaks": [
            {
                "with": {"aws.kms_key": {"arn": HERE}, "aws.account": "444455556666"},
                "paths": ["aws.kms_key.arn"],
                "says": "create a grant for Auto Scaling",
                "allows": "a key of 444455556666",
            },
        ],
    },
}
