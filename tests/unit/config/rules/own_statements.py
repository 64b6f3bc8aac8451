# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about rights that the file adds."""

from typing import Any

ROLE = "arn:aws:iam::111122223333:role/own"
PROFILE = "arn:aws:iam::111122223333:instance-profile/own"
MANUAL = {"forge": None, "head_queue": "existing-head", "compute_queue": "existing-work"}
OWN: dict[str, Any] = {
    "name": "ReadLicence",
    "roles": ["compute_job"],
    "actions": ["secretsmanager:GetSecretValue"],
    "resources": ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:licence-*"],
    "reason": "the aligner asks for its licence",
}
SHARED = {"aws.read_only_buckets": ["s3://shared-genomes/human"]}


def own(*several: dict[str, Any]) -> dict[str, Any]:
    """Add statements, each changed from the smallest one."""
    return {"aws.iam.statements": [{**OWN, **one} for one in several]}


ROWS: dict[str, dict[str, Any]] = {
    "own-statement-reason": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, own({}), own({"resources": ["*"], "reason": "AWS offers nothing narrower"})],
        "breaks": [
            {
                "with": own({"reason": " "}),
                "paths": ["aws.iam.statements[0].reason"],
                "says": "the statement gives no reason",
            },
            {
                "with": own({}, {"name": "All", "resources": ["*"], "reason": " "}),
                "paths": ["aws.iam.statements[1].reason"],
                "says": "holds for all resources, and gives no reason",
                "fixes": "name ARNs as resources",
            },
        ],
    },
    "own-statement-once": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, own({}, {"roles": ["head_job"]}), own({}, {"name": "Other"})],
        "breaks": [
            {
                "with": own({}, {"roles": ["head_job", "compute_job"]}),
                "paths": ["aws.iam.statements[1].name"],
                "says": "a role gets two statements of this name",
            },
        ],
    },
    "own-statement-role": {
        "own": "error",
        "exported": "error",
        "keeps": [
            own({"roles": ["head_job", "compute_job", "execution", "instance"]}),
            {**MANUAL, **own({})},
            {"execution_role": ROLE, **own({})},
        ],
        "breaks": [
            {
                "with": {"compute_job_role": ROLE, **own({})},
                "paths": ["aws.iam.statements[0].roles"],
                "says": "this role exists",
                "fixes": "remove compute_job_role",
            },
            {
                "with": {"aws.iam.instance_profile": PROFILE, **own({"roles": ["instance"]})},
                "paths": ["aws.iam.statements[0].roles"],
                "says": "this role exists",
            },
            {
                "with": {**MANUAL, **own({"roles": ["instance"]})},
                "paths": ["aws.iam.statements[0].roles"],
                "says": "there are no nodes",
            },
        ],
    },
    "own-statement-condition": {
        "own": "error",
        "exported": "error",
        "keeps": [
            own({"condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}}}),
            own({"condition": {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a", "b"]}}}),
            own({"condition": {"Null": {"aws:SourceArn": "false"}}}),
        ],
        "breaks": [
            {
                "with": own({"condition": {"StringIs": {"aws:ResourceAccount": "1"}}}),
                "paths": ["aws.iam.statements[0].condition"],
                "says": "there is no such operator",
            },
            {
                "with": own({"condition": {"StringEquals": {}}}),
                "paths": ["aws.iam.statements[0].condition"],
                "says": "the operator has no keys",
            },
        ],
    },
    "bucket-owner-used": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {**SHARED, "aws.bucket_owners": {"shared-genomes": "999988887777"}},
            {"aws.bucket_owners": {"example-work": "999988887777"}},
        ],
        "breaks": [
            {
                "with": {**SHARED, "aws.bucket_owners": {"shared-genome": "999988887777"}},
                "paths": ["aws.bucket_owners.shared-genome"],
                "says": "jobs do not use this bucket",
                "allows": "example-work, shared-genomes",
            },
        ],
    },
    "docker-socket": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, {"volumes": ["/scratch:/tmp", "/var/lib/docker-data"]}],
        "breaks": [
            {
                "with": {"volumes": ["/scratch", "/var/run/docker.sock:/var/run/docker.sock"]},
                "paths": ["volumes[1]"],
                "says": "who reaches Docker on a node has the node",
            },
            {"with": {"volumes": ["/:/host:ro"]}, "paths": ["volumes[0]"], "says": "has the node"},
        ],
    },
}
