# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about Platform's identity."""

from typing import Any

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
CLOUD = {"cloud": {"external_id": ID}}
WORKLOAD = {
    "workload_identity": {
        "url": "https://seqera.example.org/api",
        "workspaces": ["org:1:wsp:2"],
    }
}
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"

ROWS: dict[str, dict[str, Any]] = {
    "platform-access-identity": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"aws.platform_access": CLOUD},
            {"aws.platform_access": {"user": {}}},
            {
                "aws.platform_access": {
                    "role": {"principals": ["arn:aws:iam::111122223333:user/ada"]}
                }
            },
            {"aws.platform_access": WORKLOAD},
        ],
        "breaks": [
            {
                "with": {"aws.platform_access": {"list_buckets": True}},
                "paths": ["aws.platform_access"],
                "says": "none is given",
                "allows": "exactly one of cloud, role, user, workload_identity",
            },
            {
                "with": {"aws.platform_access": {**CLOUD, "user": {}}},
                "paths": ["aws.platform_access"],
                "says": "2 are given",
            },
        ],
    },
    "platform-access-prefix": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.prefix": "PlatformAccess", "aws.platform_access": CLOUD},
            {
                "aws.platform_access": {"mode": "forge", **CLOUD},
                "aws.iam.permissions_boundary": BOUNDARY,
            },
        ],
        "breaks": [
            {
                "with": {
                    "aws.prefix": "PlatformAccess",
                    "aws.platform_access": {"mode": "forge", **CLOUD},
                    "aws.iam.permissions_boundary": BOUNDARY,
                },
                "paths": ["aws.prefix"],
                "says": "change its own permissions",
                "allows": "other than PlatformAccess",
            }
        ],
    },
    "platform-access-boundary": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {},
            {"aws.platform_access": CLOUD},
            {
                "aws.platform_access": {"mode": "forge", **CLOUD},
                "aws.iam.permissions_boundary": BOUNDARY,
            },
        ],
        "breaks": [
            {
                "with": {"aws.platform_access": {"mode": "forge", **CLOUD}},
                "paths": ["aws.iam.permissions_boundary"],
                "says": "any permission into the roles it makes",
                "allows": "the ARN of an IAM policy",
            }
        ],
    },
    "platform-access-external-id": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, {"aws.platform_access": CLOUD}, {"aws.platform_access": {"user": {}}}],
        "breaks": [
            {
                "with": {"aws.platform_access": {"cloud": {}}},
                "paths": ["aws.platform_access.cloud.external_id"],
                "says": "nobody can take Platform's role yet",
                "allows": "once the credential is saved",
            }
        ],
    },
    "platform-access-region": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.platform_access": CLOUD},
            {"region": "us-gov-west-1", "aws.platform_access": {"user": {}}},
        ],
        "breaks": [
            {
                "with": {"region": "cn-north-1", "aws.platform_access": CLOUD},
                "paths": ["aws.platform_access.cloud"],
                "says": "does not cross partitions",
                "allows": "role, user or workload_identity",
            }
        ],
    },
    "platform-access-forge-roles": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {"aws.platform_access": {"mode": "forge", **CLOUD}},
            {"aws.platform_access": CLOUD, "aws.iam.permissions_boundary": BOUNDARY},
            {
                "aws.platform_access": {"mode": "forge", **CLOUD},
                "aws.iam.permissions_boundary": BOUNDARY,
                "aws.iam.instance_profile": "arn:aws:iam::111122223333:instance-profile/nodes",
                **{
                    f"{name}_role": f"arn:aws:iam::111122223333:role/{name}"
                    for name in ("head_job", "compute_job", "execution")
                },
            },
        ],
        "breaks": [
            {
                "with": {
                    "aws.platform_access": {"mode": "forge", **CLOUD},
                    "aws.iam.permissions_boundary": BOUNDARY,
                },
                "paths": ["aws.iam.permissions_boundary"],
                "says": "without a boundary, and every one is then refused",
                "allows": "roles that exist",
            }
        ],
    },
    "platform-access-lineage": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.platform_access": {**CLOUD, "lineage": True}},
            {"aws.platform_access": WORKLOAD},
        ],
        "breaks": [
            {
                "with": {"aws.platform_access": {**WORKLOAD, "lineage": True}},
                "paths": ["aws.platform_access.lineage"],
                "says": "does not follow data lineage",
                "allows": "lineage with cloud",
            }
        ],
    },
}
