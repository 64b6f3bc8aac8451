# SPDX-License-Identifier: Apache-2.0
"""Commands where nothing is known of a single type: none ends in a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seqera_batch.kinds import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

FILE = """\
name: demo
region: eu-west-1
work_dir: s3://example-work/runs
forge: {{type: {type}, max_cpus: 64, efs_create: true}}
aws: {{kms_key: {{create: true}}, head_job_definition: {{image: "nf:1"}}}}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return two versions of a file."""
    paths = tmp_path / "old.yaml", tmp_path / "new.yaml"
    for path, type_ in zip(paths, ("SPOT", "EC2"), strict=True):
        path.write_text(FILE.format(type=type_), "utf-8")
    return paths


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("effects", "OLD", "NEW"), "deleted; what that ends is not known here"),
        (("policies", "OLD", "--for", "deployer"), "Deployer"),
        (("review", "OLD", "NEW"), "HeadJobQueue"),
        (("review", "OLD", "-o", "page.html"), ""),
        (("plan", "OLD"), ""),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_without_any_record(
    arguments: tuple[str, ...],
    told: str,
    files: tuple[Path, Path],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is not known is said, and judged with caution."""
    monkeypatch.setattr("seqera_batch.kinds.KINDS", {})
    assert KINDS
    names = dict(zip(("OLD", "NEW"), files, strict=True))
    result = run(*(names.get(one, one) for one in arguments))
    assert result.exit_code in {0, 1}
    assert told in result.output
    if arguments[0] == "effects":
        assert result.exit_code == 1
