# SPDX-License-Identifier: Apache-2.0
"""What no policy can be made of is refused by every command, with the field and the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

BASE: dict[str, Any] = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://example-work/runs",
    "forge": {"type": "SPOT", "max_cpus": 64},
}
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
PROFILE = "arn:aws:iam::111122223333:instance-profile/nodes"
URL = "https://example.s3.eu-west-1.amazonaws.com"

# Of each bad file: what is in it, the field that is named, what is said or allowed, the fix.
ROWS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "boundary-is-a-role": (
        {"aws": {"iam": {"permissions_boundary": "arn:aws:iam::111122223333:role/boundary"}}},
        "aws.iam.permissions_boundary",
        "the ARN of an IAM policy",
        "arn:aws:iam::111122223333:policy/boundary",
    ),
    "boundary-is-a-name": (
        {"aws": {"iam": {"permissions_boundary": "boundary"}}},
        "aws.iam.permissions_boundary",
        "the ARN of an IAM policy",
        "arn:aws:iam::111122223333:policy/boundary",
    ),
    "account-of-11-digits": (
        {"aws": {"account": "11112222333"}},
        "aws.account",
        "an account id of 12 digits",
        "111122223333",
    ),
    "allowed-bucket-is-a-url": (
        {"forge": {**BASE["forge"], "allow_buckets": [URL]}},
        "forge.allow_buckets",
        "s3://bucket or s3://bucket/folder",
        "s3://my-bucket",
    ),
    "data-bucket-is-a-url": (
        {"aws": {"platform_access": {"user": {}, "data_buckets": [URL]}}},
        "aws.platform_access.data_buckets",
        "s3://bucket or s3://bucket/folder",
        "s3://my-bucket",
    ),
    "work-directory-is-a-url": (
        {"work_dir": URL},
        "work_dir",
        "s3://bucket",
        "s3://my-bucket/work",
    ),
    "prefix-that-iam-refuses": (
        {"aws": {"prefix": "Tower Forge!"}},
        "aws.prefix",
        "1 to 32 letters, digits, - and _",
        "TowerForge",
    ),
    "path-that-iam-refuses": (
        {"aws": {"iam": {"path": "seqera"}}},
        "aws.iam.path",
        "a path that starts and ends with /",
        "/seqera/",
    ),
    "role-is-a-profile": (
        {"execution_role": PROFILE},
        "execution_role",
        "the ARN of an IAM role",
        "arn:aws:iam::111122223333:role/name",
    ),
    "profile-is-a-role": (
        {"aws": {"iam": {"instance_profile": "arn:aws:iam::111122223333:role/nodes"}}},
        "aws.iam.instance_profile",
        "the ARN of an instance profile",
        "instance-profile/name",
    ),
    "role-exists-and-profile-is-created": (
        {"aws": {"iam": {"instance_role": "arn:aws:iam::111122223333:role/nodes"}}},
        "aws.iam.instance_role",
        "with aws.iam.instance_profile",
        "name the profile as well",
    ),
    "fleet-role-without-a-fleet": (
        {"aws": {"iam": {"spot_fleet_role": "arn:aws:iam::111122223333:role/fleet"}}},
        "aws.iam.spot_fleet_role",
        "BEST_FIT",
        "remove it",
    ),
    "file-system-exists-and-is-created": (
        {"forge": {**BASE["forge"], "efs_create": True, "efs_id": "fs-0123456789abcdef0"}},
        "forge.efs_id",
        "efs_create",
        "",
    ),
    "network-exists-and-is-created": (
        {
            "aws": {
                "network": {
                    "create": {},
                    "existing": {"subnets": ["subnet-0123456789abcdef0"]},
                }
            }
        },
        "aws.network",
        "exactly one of",
        "",
    ),
    "two-identities": (
        {"aws": {"platform_access": {"user": {}, "cloud": {}}}},
        "aws.platform_access",
        "exactly one of cloud, role, user, workload_identity",
        "keep one",
    ),
    "acknowledgement-of-no-finding": (
        {"aws": {"acknowledgements": {"HeadJobRole.SubmitTask:wildcard-name": "reviewed"}}},
        "aws.acknowledgements.HeadJobRole.SubmitTask:wildcard-name",
        "the id of a finding",
        "remove it",
    ),
    "acknowledgement-of-nothing-at-all": (
        {"aws": {"acknowledgements": {"wildcards": "all reviewed"}}},
        "aws.acknowledgements.wildcards",
        "the id in brackets of a warning",
        "remove it",
    ),
    "acknowledgement-without-a-reason": (
        {
            "aws": {
                "platform_access": {"user": {}, "mode": "forge"},
                "acknowledgements": {"Platform.IamRoleCreation:escalation-PutRolePolicy": ""},
            }
        },
        "aws.acknowledgements.Platform.IamRoleCreation:escalation-PutRolePolicy",
        "",
        "",
    ),
    "more-folders-than-a-policy-holds": (
        {
            "forge": {
                **BASE["forge"],
                "allow_buckets": [f"s3://bucket-{n}/folder" for n in range(99)],
            }
        },
        "forge.allow_buckets",
        "10,240, which is what IAM takes",
        "name buckets instead of their folders",
    ),
    "more-secrets-than-a-policy-holds": (
        {
            "aws": {
                "head_job_definition": {
                    "image": "quay.io/seqeralabs/nf-launcher:j17-25.10.2",
                    "secrets": {
                        f"SECRET_{n}": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:"
                        f"pipelines/secret-{n}"
                        for n in range(130)
                    },
                },
            }
        },
        "aws.head_job_definition.secrets",
        "10,240, which is what IAM takes",
        "keep several values in one secret",
    ),
    "more-users-than-a-trust-holds": (
        {
            "aws": {
                "platform_access": {
                    "role": {
                        "principals": [f"arn:aws:iam::111122223333:user/u{n}" for n in range(99)]
                    }
                }
            }
        },
        "aws.platform_access.role.principals",
        "2,048, which is what IAM takes",
        "let several share one role of yours",
    ),
}


@pytest.mark.parametrize("command", ["validate", "plan", "policies", "synth"])
@pytest.mark.parametrize("name", ROWS)
def test_refused(name: str, command: str, run: Run, tmp_path: Path) -> None:
    """The field, what is allowed and the fix are told; nothing is printed or written."""
    changes, path, allowed, fix = ROWS[name]
    file = tmp_path / "demo.yaml"
    file.write_text(yaml.safe_dump({**BASE, **changes}), "utf-8")
    extra = ("-o", tmp_path / "out") if command == "synth" else ()
    result = run(command, *extra, file)
    assert result.exit_code == 1
    assert path in result.errors
    assert allowed in result.errors
    assert fix in result.errors
    assert "fix:" in result.errors
    assert "Traceback" not in result.errors
    assert result.output == "" or command == "validate"
    assert [one.name for one in tmp_path.iterdir()] == ["demo.yaml"]


def test_all_at_once(run: Run, tmp_path: Path) -> None:
    """One run tells everything that is wrong, in the order of the file's fields or not."""
    file = tmp_path / "demo.yaml"
    aws = {
        "account": "11112222333",
        "prefix": "Tower Forge!",
        "iam": {"permissions_boundary": "boundary", "path": "seqera"},
    }
    file.write_text(yaml.safe_dump({**BASE, "work_dir": URL, "aws": aws}), "utf-8")
    errors = run("policies", file).errors
    for path in (
        "work_dir",
        "aws.account",
        "aws.prefix",
        "aws.iam.permissions_boundary",
        "aws.iam.path",
    ):
        assert f" {path}: " in errors
