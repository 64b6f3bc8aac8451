# SPDX-License-Identifier: Apache-2.0
"""`doctor`, `check` and `leftovers` on the command line: text, JSON, exit codes, progress."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.account.conftest import DENIED, Double, compute, double, failure, only

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

__all__ = ["double"]

FILE = """\
name: lab
region: eu-west-1
work_dir: s3://lab-work/dir
forge:
  type: SPOT
  max_cpus: 64
"""
COMMANDS = ("doctor", "check", "leftovers")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the file of the environment of the double."""
    path = tmp_path / "lab.yaml"
    path.write_text(FILE)
    return path


def test_nothing_wrong(run: Run, file: Path, double: Double) -> None:
    """Where all is well one line says so, and the exit code is 0."""
    result = run("doctor", file)
    assert (result.exit_code, result.errors) == (0, "")
    assert result.output == "lab: account 111122223333, eu-west-1\nnothing found\n"


def test_text(run: Run, file: Path, double: Double) -> None:
    """An answer is told with what was seen, the fix and the source; the exit code is 1."""
    items = [
        compute("head", computeResources={"type": "EC2"}),
        compute("work", status="INVALID", statusReason="CLIENT_ERROR - Invalid IamInstanceProfile"),
    ]
    names = "computeEnvironmentArn computeEnvironmentName"
    double.having(batch_DescribeComputeEnvironments=only("computeEnvironments", names, items))
    result = run("doctor", file)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[2].startswith("error[invalid-instance-profile] the compute environment work is")
    assert "    seen:   statusReason = CLIENT_ERROR - Invalid IamInstanceProfile" in lines
    assert any(line.startswith("    fix:    create profile and role again") for line in lines)
    assert lines[-1] == "1 answer"


def test_a_missing_permission(run: Run, file: Path, double: Double) -> None:
    """What may not be looked at is named on standard error, and the rest is told."""
    double.having(
        logs_FilterLogEvents=DENIED, cloudformation_DescribeStacks=failure("ValidationError")
    )
    result = run("doctor", file)
    assert result.exit_code == 1
    assert "notice[stack-missing]" in result.output
    assert "warning[not-looked-at] logs:FilterLogEvents: permission is missing" in result.errors


@pytest.mark.parametrize("command", COMMANDS)
def test_json(run: Run, file: Path, double: Double, command: str) -> None:
    """JSON has stable keys, what was not looked at among them."""
    double.having(cloudformation_DescribeStacks=DENIED)
    result = run(command, file, "--format", "json")
    assert (result.exit_code, result.errors) == (1, "")
    data = json.loads(result.output)
    assert data.keys() == {"name", "account", "region", "answers", "not_looked_at"}
    assert data["not_looked_at"] == [
        {
            "action": "cloudformation:DescribeStacks",
            "why": "permission is missing",
            "denied": True,
        }
    ]
    keys = {"id", "severity", "about", "says", "evidence", "fix", "source"}
    assert all(one.keys() == keys for one in data["answers"])


@pytest.mark.parametrize("command", COMMANDS)
def test_stack_of_an_app(run: Run, file: Path, double: Double, command: str) -> None:
    """With --stack it is that stack which is read."""

    def read(asked: dict[str, str]) -> object:
        assert asked["StackName"] == "genomics"
        return failure("ValidationError")

    double.having(cloudformation_DescribeStacks=read)
    assert "AssertionError" not in run(command, file, "--stack", "genomics").errors


@pytest.mark.parametrize("command", COMMANDS)
def test_expired_credentials(run: Run, file: Path, double: Double, command: str) -> None:
    """Without good credentials there is one clear line, and exit code 1."""
    double.having(sts_GetCallerIdentity=failure("ExpiredToken"))
    result = run(command, file)
    assert (result.exit_code, result.output) == (1, "")
    assert "error[credentials] there are no credentials" in result.errors


@pytest.mark.parametrize("command", COMMANDS)
def test_bad_file(run: Run, bad: Path, double: Double, command: str) -> None:
    """A file that cannot be used is told as everywhere, before anything is asked of AWS."""
    result = run(command, bad)
    assert result.exit_code == 1
    assert "error[unknown-field] forge.max_cpu" in result.errors
    assert double.asked == []


def test_progress(run: Run, file: Path, double: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal it is said what is being read, and nothing of it stays."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    result = run("doctor", file)
    assert "reading queues and compute environments …" in result.errors
    assert result.errors.endswith("\r\x1b[K")
