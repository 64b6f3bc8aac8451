# SPDX-License-Identifier: Apache-2.0
"""The workflow for pull requests: its commands do what the page says, with few rights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "examples" / "github-actions" / "review.yml"
WORKFLOW: dict[Any, Any] = yaml.safe_load(FILE.read_text("utf-8"))
[JOB] = WORKFLOW["jobs"].values()
STEPS: dict[str, dict[str, Any]] = {one["name"]: one for one in JOB["steps"] if "name" in one}
OLD = "name: demo\nregion: eu-west-1\nwork_dir: s3://example-work/runs\nforge: {max_cpus: 64}\n"
WIDER = OLD.replace("64", "64, allow_buckets: [s3://reference-data]")
GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],  # noqa: S607
        cwd=folder,
        # Nothing of the person's own, such as keys that sign commits.
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        check=True,
        capture_output=True,
    )


def _request(folder: Path, old: str | None, new: str) -> None:
    """Make the repository as it is checked out: a request merged into its base."""
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    if old is not None:
        (folder / "seqera.yaml").write_text(old, "utf-8")
    (folder / "README.md").write_text("A repository.\n", "utf-8")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "base")
    _git(folder, "checkout", "--quiet", "-b", "request")
    (folder / "seqera.yaml").write_text(new, "utf-8")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "change")
    _git(folder, "checkout", "--quiet", "main")
    _git(folder, "merge", "--quiet", "--no-ff", "--message", "merge", "request")


def _run(folder: Path, step: str, *, accepted: bool = False) -> tuple[int, str]:
    """Run a step's commands as GitHub does; return the exit code and the job's summary."""
    summary = folder.parent / f"{folder.name}-summary.md"
    summary.touch()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-c", STEPS[step]["run"]],  # noqa: S607
        cwd=folder,
        env={
            **os.environ,
            **WORKFLOW["env"],
            "PATH": path,
            "RUNNER_TEMP": str(folder.parent),
            "GITHUB_STEP_SUMMARY": str(summary),
            "ACCEPTED": str(accepted).lower(),
        },
        check=False,
        capture_output=True,
    )
    return done.returncode, summary.read_text("utf-8")


REVIEW = "Review what the request changes"


@GIT
@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        (OLD, WIDER, 1, "**Widened: 6 changes may allow more than before.**"),
        (WIDER, OLD, 0, "**Narrowed: 6 changes, and nothing allows more than before.**"),
        (OLD, OLD.replace("64", "99"), 0, "**No change in permissions and protections.**"),
        # Another name makes another environment: it is compared all the same.
        (OLD, WIDER.replace("demo", "other"), 1, "may allow more than before"),
        # There was no such file: the whole of it is reviewed.
        (None, OLD, 0, "## demo: review"),
    ],
)
def test_review(tmp_path: Path, old: str | None, new: str, code: int, said: str) -> None:
    """The summary has the verdict first, code scanning gets a log, and the job follows it."""
    folder = tmp_path / "repository"
    folder.mkdir()
    _request(folder, old, new)
    assert _run(folder, "Check the file")[0] == 0
    found, summary = _run(folder, REVIEW)
    assert (found, said in "\n".join(summary.splitlines()[:4])) == (code, True)
    log = json.loads((folder / "review.sarif").read_text("utf-8"))
    [run] = log["runs"]
    rules = {result["ruleId"] for result in run["results"]}
    assert any(rule.endswith("-widened") for rule in rules) is bool(code)
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "seqera.yaml"


@GIT
def test_label(tmp_path: Path) -> None:
    """What somebody has accepted passes, and is told all the same."""
    folder = tmp_path / "repository"
    folder.mkdir()
    _request(folder, OLD, WIDER)
    code, summary = _run(folder, REVIEW, accepted=True)
    assert code == 0
    assert "Widened: 6 changes" in summary


@GIT
def test_broken_file(tmp_path: Path) -> None:
    """A file that does not hold stops the job, whatever its label."""
    folder = tmp_path / "repository"
    folder.mkdir()
    _request(folder, OLD, OLD.replace("64", "none"))
    assert _run(folder, "Check the file")[0] == 1


def test_rights() -> None:
    """The job may read the code and write to code scanning, and keeps no credentials."""
    assert WORKFLOW["permissions"] == {}
    assert JOB["permissions"] == {"contents": "read", "security-events": "write"}
    # YAML 1.1 takes `on` for a truth value.
    assert list(WORKFLOW[True]) == ["pull_request"]
    [checkout] = [one for one in JOB["steps"] if one.get("uses", "").startswith("actions/checkout")]
    assert checkout["with"]["persist-credentials"] is False


def test_nothing_of_a_request_is_run() -> None:
    """No expression stands in a command: a request's title or branch could be one."""
    assert all("${{" not in one.get("run", "") for one in JOB["steps"])


def test_the_page_shows_the_file() -> None:
    """The page has the workflow as it is, without its first comment."""
    page = (ROOT / "docs" / "how-to" / "review-pull-requests.md").read_text("utf-8")
    [shown] = [one for one in page.split("```yaml\n") if one.startswith("name: Review")]
    _, _, written = FILE.read_text("utf-8").partition("name: Review")
    assert shown.partition("```")[0] == f"name: Review{written}"
