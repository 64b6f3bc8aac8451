# SPDX-License-Identifier: Apache-2.0
"""Scripts of nodes in files beside the environment file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seqera_batch.config.check import load

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
name: demo
region: eu-west-1
work_dir: s3://example-work/runs
forge: {max_cpus: 64}
aws:
  node_scripts:
"""


def _load(folder: Path, script: str) -> tuple[str | None, list[tuple[str, str]]]:
    file = folder / "seqera.yaml"
    file.write_text(f"{HEAD}    - {script}\n", "utf-8")
    checked = load(file)
    found = checked.config.aws.node_scripts[0].run if checked.config else None
    return found, [(problem.rule, problem.path) for problem in checked.problems]


def test_a_file_beside_is_read(tmp_path: Path) -> None:
    """Relative to the environment file, whatever the working directory."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "trust.sh").write_text("update-ca-trust\n", "utf-8")
    text, problems = _load(tmp_path, "{name: trust, file: scripts/trust.sh}")
    assert (text, problems) == ("update-ca-trust\n", [])


@pytest.mark.parametrize(
    "name", ["missing.sh", "../trust.sh", "/etc/hostname", "binary.sh", ".", "a\\0b"]
)
def test_what_cannot_be_read_is_refused_once(tmp_path: Path, name: str) -> None:
    """A missing file, one elsewhere, one that is no text, a folder: each by its path."""
    (tmp_path / "binary.sh").write_bytes(b"\x7fELF\xff\xfe")
    _, problems = _load(tmp_path, f'{{name: trust, file: "{name}"}}')
    assert problems == [("node-script-file", "aws.node_scripts[0].file")]


def test_a_script_is_given_once(tmp_path: Path) -> None:
    """Where both are given, nothing is read, and that is said."""
    text, problems = _load(tmp_path, '{name: trust, run: "true", file: missing.sh}')
    assert (text, problems) == ("true", [("node-script-source", "aws.node_scripts[0].file")])
