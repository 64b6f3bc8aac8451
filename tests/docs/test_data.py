# SPDX-License-Identifier: Apache-2.0
"""The pages on the work bucket and on encryption say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.catalog import defaults
from seqera_batch.catalog.work_directory import KEPT
from seqera_batch.plan.documents import resource_policies
from seqera_batch.policies.document import Scope

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
BUCKET = (DOCS / "work-bucket.md").read_text("utf-8")
ENCRYPTION = (DOCS / "encryption.md").read_text("utf-8")
SMALLEST = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://lab-work/runs",
    "forge": {"type": "SPOT", "max_cpus": 64},
}
HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
SNIPPETS = re.findall(r"```yaml\n(.*?)```", BUCKET + ENCRYPTION, re.DOTALL)


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_parts_of_files_are_valid(number: int) -> None:
    """Each piece of a file on these pages makes a valid one, put into the smallest."""
    part = yaml.safe_load(SNIPPETS[number])
    forge = {**SMALLEST["forge"], **part.pop("forge", {})}  # type: ignore[dict-item]
    config = ForgeConfig.from_dict({**SMALLEST, **part, "forge": forge})
    assert [problem.text() for problem in config.problems()] == []


def test_numbers_of_the_bucket() -> None:
    """Days and folders on the page are those of the code."""
    assert f"deleted after {defaults.EXPIRE_WORK_DAYS} days" in BUCKET
    assert f"removed after {defaults.ABORT_UPLOADS_DAYS} days" in BUCKET
    for folder in KEPT:
        assert f"`{folder}" in BUCKET


def test_every_statement_of_the_key_is_told() -> None:
    """The table names the statements of the key's policy."""
    config = ForgeConfig.from_dict({**SMALLEST, "aws": {"kms_key": {"create": True}}})
    [key] = resource_policies(ForgePlan.of(config), HERE)
    for statement in key.permissions.statements:
        assert f"`{statement.sid}`" in ENCRYPTION


def test_numbers_of_the_logs() -> None:
    """Retention on the page is that of the code."""
    assert f"`aws.logs.job_retention_days`, {defaults.JOB_LOG_RETENTION_DAYS} " in ENCRYPTION
    assert f"`aws.logs.node_retention_days`, {defaults.NODE_LOG_RETENTION_DAYS} " in ENCRYPTION
