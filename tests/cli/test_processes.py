# SPDX-License-Identifier: Apache-2.0
"""Real processes: `python -m seqera_batch`, and the CDK app as the CDK CLI starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
OF_THE_CLI = {
    "@aws-cdk/core:failSynthOnValidationErrors": False,
    "aws:cdk:bundling-stacks": ["**"],
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:version-reporting": True,
}
"""Context that the CDK CLI adds to what somebody gives with -c."""


def _process(
    *arguments: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def _app(
    cwd: Path, context: dict[str, Any], **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run app.py as the CDK CLI does."""
    return _process(
        ROOT / "app.py",
        cwd=cwd,
        **environment,
        CDK_CONTEXT_JSON=json.dumps(context),
        CDK_OUTDIR=str(cwd / "app.out"),
    )


def _templates(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.template.json")}


def test_module(tmp_path: Path, good: Path) -> None:
    """`python -m seqera_batch` is the command, with its exit code."""
    done = _process("-m", "seqera_batch", "validate", good, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{good}: valid, 0 errors, 0 warnings\n"


def test_module_with_bad_file(tmp_path: Path, bad: Path) -> None:
    """A bad file gives exit code 1 and no traceback from the process either."""
    done = _process("-m", "seqera_batch", "synth", bad, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[unknown-field]" in done.stderr
    assert "Traceback" not in done.stderr


def test_module_called_wrongly(tmp_path: Path) -> None:
    """A wrong call gives exit code 2."""
    done = _process("-m", "seqera_batch", "unknown", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no command unknown" in done.stderr


def test_app_is_synth(run: Run, good: Path, other: Path, tmp_path: Path) -> None:
    """`cdk synth` and `seqera-batch synth` write the same bytes, for several files too."""
    done = _app(tmp_path, {"environment": "good.yaml, other.yaml"})
    assert done.returncode == 0, done.stderr
    assert run("synth", good, other).exit_code == 0
    assert len(_templates(tmp_path / "cdk.out")) == 2
    assert _templates(tmp_path / "app.out") == _templates(tmp_path / "cdk.out")


def test_app_under_the_cdk_cli(run: Run, good: Path, tmp_path: Path) -> None:
    """The context that the CDK CLI adds of itself changes no byte of the templates."""
    done = _app(tmp_path, {"environment": "good.yaml", **OF_THE_CLI})
    assert done.returncode == 0, done.stderr
    assert run("synth", good).exit_code == 0
    assert _templates(tmp_path / "app.out") == _templates(tmp_path / "cdk.out")


def test_node_that_ends(good: Path, tmp_path: Path) -> None:
    """A Node.js that says nothing is named, with what may be wrong with it, by app.py too."""
    for done in (
        _process("-m", "seqera_batch", "synth", good, cwd=tmp_path, JSII_NODE="/bin/false"),
        _app(tmp_path, {"environment": "good.yaml"}, JSII_NODE="/bin/false"),
    ):
        assert (done.returncode, done.stdout) == (1, "")
        said = "error[cdk-start] CDK does not start: its Node.js ended before it answered"
        assert said in done.stderr
        assert "`/bin/false --version`" in done.stderr
        assert "Traceback" not in done.stderr


def test_app_leaves_its_report_to_the_cdk_cli(good: Path, tmp_path: Path) -> None:
    """What the CDK CLI reads, tells and refuses by is there, and it need not validate again."""
    done = _app(tmp_path, {"environment": "good.yaml", **OF_THE_CLI}, CDK_VALIDATION="true")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((tmp_path / "app.out" / "validation-report.json").read_text("utf-8"))
    assert report["pluginReports"] == []


def test_app_reads_the_starter_file(run: Run, tmp_path: Path) -> None:
    """Without a context the app reads seqera.yaml."""
    run("init", "seqera.yaml")
    done = _app(tmp_path, {})
    assert done.returncode == 0, done.stderr
    assert _templates(tmp_path / "app.out").keys() == {"TowerForge-starter.template.json"}


@pytest.mark.parametrize("environment", ["bad.yaml", "missing.yaml", "good.yaml,good.yaml"])
def test_app_with_bad_file(good: Path, bad: Path, tmp_path: Path, environment: str) -> None:
    """A bad file ends the app with exit code 1 and its problems, without a traceback."""
    done = _app(tmp_path, {"environment": environment})
    assert done.returncode == 1
    assert "error[" in done.stderr
    assert "Traceback" not in done.stderr
    assert not _templates(tmp_path / "app.out")
