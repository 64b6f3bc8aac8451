# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about ARNs."""

from typing import Any

HERE, THERE = "111122223333", "999988887777"
ROLE = f"arn:aws:iam::{HERE}:role/nextflow"
SECRET = "arn:aws:secretsmanager:eu-west-1:%s:secret:name-AbCdEf"  # noqa: S105 - an ARN
KEY = "arn:aws:kms:eu-west-1:%s:key/1234abcd-12ab-34cd-56ef-1234567890ab"
USER = f"arn:aws:iam::{THERE}:user/platform"


def _head_job(account: str) -> dict[str, Any]:
    return {
        "aws.account": HERE,
        "aws.head_job_definition": {
            "image": "quay.io/seqeralabs/nf-launcher:j17-25.10.2",
            "secrets": {"A": SECRET % account},
        },
    }


ROWS: dict[str, dict[str, Any]] = {
    "arn-partition": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"head_job_role": ROLE},
            {"region": "cn-north-1", "head_job_role": ROLE.replace("aws", "aws-cn")},
            # A text, and no field for an ARN.
            {"environment": [{"name": "A", "value": ROLE.replace("aws", "aws-cn")}]},
        ],
        "breaks": [
            {
                "with": {
                    "head_job_role": ROLE.replace("aws", "aws-cn"),
                    "aws.iam": {"permissions_boundary": "arn:aws-us-gov:iam::aws:policy/b"},
                },
                "paths": ["head_job_role", "aws.iam.permissions_boundary"],
                "says": "of the partition aws-cn",
                "allows": "arn:aws:",
            },
            {
                "with": {"region": "us-gov-west-1", "secrets_kms_key_id": KEY % HERE},
                "paths": ["secrets_kms_key_id"],
                "says": "shares nothing with us-gov-west-1",
            },
        ],
    },
    "iam-account": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.account": HERE, "head_job_role": ROLE, "execution_role": ROLE},
            {"head_job_role": ROLE},
            {
                "aws.account": HERE,
                "aws.iam": {"permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
            },
            {
                "aws.account": HERE,
                "aws.platform_access": {"role": {"principals": [USER]}},
            },
        ],
        "breaks": [
            {
                "with": {
                    "aws.account": THERE,
                    "head_job_role": ROLE,
                    "aws.iam": {"permissions_boundary": f"arn:aws:iam::{HERE}:policy/b"},
                },
                "paths": ["head_job_role", "aws.iam.permissions_boundary"],
                "says": f"of the account {HERE}, and aws.account of {THERE}",
                "allows": THERE,
            },
            {
                "with": {"head_job_role": ROLE, "execution_role": ROLE.replace(HERE, THERE)},
                "paths": ["execution_role"],
                "says": f"and head_job_role of {HERE}",
            },
        ],
    },
    "arn-account": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {"aws.bucket_kms_keys": [KEY % THERE], "aws.account": HERE},
            {"secrets_kms_key_id": KEY % THERE},
            _head_job(HERE),
        ],
        "breaks": [
            {
                "with": _head_job(THERE),
                "paths": ["aws.head_job_definition.secrets.A"],
                "says": f"has to let {HERE} in",
            },
            {
                "with": {"secrets_kms_key_id": KEY % THERE, "aws.account": HERE},
                "paths": ["secrets_kms_key_id"],
                "says": THERE,
            },
        ],
    },
}
