# SPDX-License-Identifier: Apache-2.0
"""Runs commands in this process, as a shell would, and files for them to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from seqera_batch.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., "Result"]

GOOD = """\
name: {name}
region: eu-west-1
work_dir: s3://work/dir
forge:
  max_cpus: 64
"""


@dataclass(frozen=True)
class Result:
    """What a command has given back."""

    exit_code: int
    output: str
    errors: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command in an own folder, with what it writes."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str | Path) -> Result:
        capsys.readouterr()
        try:
            exit_code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            exit_code = int(stopped.code or 0)
        written = capsys.readouterr()
        assert "Traceback" not in written.err
        return Result(exit_code, written.out, written.err)

    return command


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return a file that nothing is wrong with."""
    file = tmp_path / "good.yaml"
    file.write_text(GOOD.format(name="good"))
    return file


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Return another file that nothing is wrong with."""
    file = tmp_path / "other.yaml"
    file.write_text(GOOD.format(name="other"))
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Return a file with a field that does not exist."""
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.format(name="bad") + "  max_cpu: 64\n")
    return file


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    """Return a file with a warning."""
    file = tmp_path / "noisy.yaml"
    file.write_text(GOOD.format(name="noisy") + "  min_cpus: 2\n")
    return file
