# SPDX-License-Identifier: Apache-2.0
"""Real processes: `python -m seqera_batch`, and the CDK app as the CDK CLI starts it."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from seqera_batch import stack

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
    cwd: Path, context: dict[str, Any], *before: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run app.py as the CDK CLI does, or what gets it as its argument."""
    return _process(
        *before,
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
    """`cdk synth` and `seqera-batch synth` write the same bytes, for several files too.

    The context that the CDK CLI adds of itself changes none of them. What it reads, tells and
    refuses by is there, and it need not validate again.
    """
    context = {"environment": "good.yaml, other.yaml", **OF_THE_CLI}
    done = _app(tmp_path, context, CDK_VALIDATION="true")
    assert (done.returncode, done.stderr) == (0, "")
    assert run("synth", good, other).exit_code == 0
    assert len(_templates(tmp_path / "cdk.out")) == 2
    assert _templates(tmp_path / "app.out") == _templates(tmp_path / "cdk.out")
    report = json.loads((tmp_path / "app.out" / "validation-report.json").read_text("utf-8"))
    assert report["pluginReports"] == []


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


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("print('{}', flush=True)", "cdk-start] CDK does not start: its Node.js ended before"),
        # What CDK is loaded by are half as many requests.
        (
            """
node = subprocess.Popen([REAL, *sys.argv[1:]], stdin=subprocess.PIPE)
for _ in range(10):
    node.stdin.write(sys.stdin.buffer.readline())
    node.stdin.flush()
node.kill()
""",
            "cdk-ended] CDK's Node.js was ended before it was done",
        ),
    ],
    ids=["at once", "at work"],
)
def test_node_that_is_ended(good: Path, tmp_path: Path, then: str, said: str) -> None:
    """One that answers otherwise, or is ended as it works, is one problem and no traceback."""
    real = os.environ.get("JSII_NODE", "node")
    node = tmp_path / "node"
    node.write_text(f"#!{sys.executable}\nimport subprocess, sys\nREAL = {real!r}\n{then}")
    node.chmod(0o755)
    for done in (
        _process("-m", "seqera_batch", "synth", good, cwd=tmp_path, JSII_NODE=str(node)),
        _app(tmp_path, {"environment": "good.yaml"}, JSII_NODE=str(node)),
    ):
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"error[{said}")
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "cdk.out").exists()


def test_app_reads_the_starter_file(run: Run, tmp_path: Path) -> None:
    """Without a context the app reads seqera.yaml, and writes what `synth` writes.

    It ends as a command does, which looks for no garbage before.
    """
    run("init", "seqera.yaml")
    watched = """
import gc, runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
sys.exit(gc.isenabled())
"""
    done = _app(tmp_path, {}, "-c", watched)
    assert done.returncode == 0, done.stderr
    assert run("synth", "seqera.yaml").exit_code == 0
    assert _templates(tmp_path / "app.out").keys() == {"TowerForge-starter.template.json"}
    assert _templates(tmp_path / "app.out") == _templates(tmp_path / "cdk.out")


def test_app_with_bad_file(bad: Path, tmp_path: Path) -> None:
    """A bad file ends the app with exit code 1 and its problems, without a traceback."""
    done = _app(tmp_path, {"environment": "bad.yaml"})
    assert done.returncode == 1
    assert "error[" in done.stderr
    assert "Traceback" not in done.stderr
    assert not _templates(tmp_path / "app.out")


def test_app_whose_templates_cannot_be_written(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system refuses is told as `synth` tells it, without a traceback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seqera.yaml").write_bytes(good.read_bytes())

    def full(_: object) -> None:
        raise RuntimeError("ENOSPC: no space left on device, write")

    monkeypatch.setattr(cdk.App, "synth", full)
    monkeypatch.setattr(stack, "new_app", partial(stack.new_app, outdir=str(tmp_path / "app.out")))
    with pytest.raises(SystemExit, match=r"error\[output-folder\].*no space left"):
        runpy.run_path(str(ROOT / "app.py"))["main"]()


@pytest.mark.parametrize("environment", ["missing.yaml", "good.yaml,good.yaml,", ","])
def test_app_with_other_bad_files(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    """So does one that is missing, and one that is there twice."""
    monkeypatch.chdir(tmp_path)
    # Node.js goes on with the environment variables that it began with.
    arguments: dict[str, Any] = {
        "outdir": str(tmp_path / "app.out"),
        "context": {"environment": environment},
    }
    monkeypatch.setattr(stack, "new_app", partial(stack.new_app, **arguments))
    with pytest.raises(SystemExit, match=r"error\[(missing-file|environment-name-once)"):
        runpy.run_path(str(ROOT / "app.py"))["main"]()
    assert not _templates(tmp_path / "app.out")
