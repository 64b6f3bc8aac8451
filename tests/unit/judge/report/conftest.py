# SPDX-License-Identifier: Apache-2.0
"""Reviews of the examples, and of a file that asks for everything with names that fight back."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from seqera_batch.config.check import ForgeConfig
from seqera_batch.judge.report.model import Review
from seqera_batch.plan import ForgePlan

EXAMPLES = sorted((Path(__file__).parents[4] / "examples").glob("*.*"))
assert EXAMPLES

SCRIPT = "<script>document.title='run'</script>"
IMAGE = '"><img src=x onerror="document.title=\'run\'">'

EVERYTHING = {
    "name": "environment_named_with_care_no_spaces_",
    "region": "ap-southeast-2",
    "work_dir": "s3://a-bucket-name-that-has-as-many-characters-as-aws-allows-63-abcd/folder",
    "description": f"{SCRIPT} & `code` & \u202egnisrever\u202c",
    "pre_run_script": f"echo '{IMAGE}'",
    "environment": [{"name": "NXF_OPTS", "value": f"</code>{SCRIPT}"}],
    "cli_path": "/opt/aws-cli/bin/aws",
    "secrets_kms_key_id": "arn:aws:kms:ap-southeast-2:111122223333:key/"
    "11111111-2222-3333-4444-555555555555",
    "forge": {
        "type": "SPOT",
        "max_cpus": 1000,
        "min_cpus": 4,
        "alloc_strategy": "BEST_FIT",
        "instance_types": ["c6id", "m6id", "r6id", "m5dn.24xlarge", "c5d", "m5d", "r5d", "c7i"],
        "image_id": "ami-0123456789abcdef0",
        "efs_create": True,
        "efs_mount": "/mnt/a/mount/path/that/goes/on-and-on-and-on-and-on/for/a/while/efs",
        "allow_buckets": [f"s3://bucket-number-{number}/folder" for number in range(9)],
    },
    "aws": {
        "account": "111122223333",
        "compute": {
            "overrides": [
                {"instance_types": ["c7i.48xlarge", "m5dn.24xlarge"], "ebs_boot_size": 2000},
                {"instance_types": ["r5d"], "image_id": "ami-0fedcba9876543210"},
            ]
        },
        "iam": {"permissions_boundary": "arn:aws:iam::111122223333:policy/lab/boundary"},
        "platform_access": {
            "cloud": {"external_id": "an-external-id"},
            "mode": "forge",
            "pipeline_secrets": True,
        },
        "work_bucket": {},
        "kms_key": {"create": True},
        "network": {"create": {"mode": "isolated", "flow_logs": True}, "egress": "restricted"},
        "acknowledgements": {
            "min-cpus-cost": f"two nodes stay warm {SCRIPT}",
            "best-fit-blocks-updates": f"asked for {IMAGE}",
        },
    },
}
"""What is drawn at all, with names as long as they may be and text that tries to be markup."""


@cache
def review_of(file: Path) -> Review:
    """Return the review of a file, under the name that users see."""
    config = ForgeConfig.from_file(file)
    return Review.of(ForgePlan.of(config), origin=f"examples/{file.name}", file_digest="0" * 64)


@cache
def review_everything() -> Review:
    """Return the review of `EVERYTHING`."""
    config = ForgeConfig.from_dict(EVERYTHING)
    return Review.of(ForgePlan.of(config), origin=f"{SCRIPT}.yaml")


@pytest.fixture(params=EXAMPLES, ids=lambda file: file.stem)
def example(request: pytest.FixtureRequest) -> Review:
    """Return the review of each example in turn."""
    return review_of(request.param)


@pytest.fixture
def everything() -> Review:
    """Return the review of a file that asks for everything."""
    return review_everything()
