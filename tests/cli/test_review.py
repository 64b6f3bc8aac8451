# SPDX-License-Identifier: Apache-2.0
"""The review command: formats, outputs, exit codes, and the picture of `plan`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from seqera_batch.cli.review import ENDINGS
from seqera_batch.judge.report import WRITERS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

FILE = """\
name: {name}
region: eu-west-1
work_dir: s3://example-work/runs
forge: {{max_cpus: 64, min_cpus: {least}}}
"""


def _file(folder: Path, name: str = "demo", least: int = 0) -> str:
    file = folder / f"{name}.yaml"
    file.write_text(FILE.format(name=name, least=least), "utf-8")
    return file.name


@pytest.mark.parametrize("format_", WRITERS)
def test_formats(run: Run, tmp_path: Path, format_: str) -> None:
    """Each format goes to standard output, or whole into the file that is asked for."""
    name = _file(tmp_path)
    shown = run("review", name, "--format", format_)
    assert (shown.exit_code, shown.errors) == (0, "")
    written = run("review", name, "--format", format_, "-o", "out.any")
    assert (written.exit_code, written.output) == (0, "")
    assert (tmp_path / "out.any").read_text("utf-8") == shown.output != ""


@pytest.mark.parametrize(("ending", "format_"), ENDINGS.items())
def test_endings(run: Run, tmp_path: Path, ending: str, format_: str) -> None:
    """The name of the output says the format."""
    assert format_ in WRITERS
    name = _file(tmp_path)
    assert run("review", name, "-o", f"out{ending}").exit_code == 0
    shown = run("review", name, "--format", format_)
    assert (tmp_path / f"out{ending}").read_text("utf-8") == shown.output


def test_text_without_output(run: Run, tmp_path: Path) -> None:
    """Without an output it says in a few lines what the environment is."""
    said = run("review", _file(tmp_path))
    assert said.output.startswith("demo runs the Nextflow pipelines of Seqera Platform")


def test_unknown_ending(run: Run, tmp_path: Path) -> None:
    """An ending that says no format is refused with those that do, and nothing is written."""
    said = run("review", _file(tmp_path), "-o", "out.pdf")
    assert said.exit_code == 1
    assert "error[review-format] --output" in said.errors
    assert ".html" in said.errors
    assert not (tmp_path / "out.pdf").exists()


def test_output_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """An output that the system refuses is a problem, not a traceback."""
    said = run("review", _file(tmp_path), "-o", "missing/out.html")
    assert said.exit_code == 1
    assert "error[output-file]" in said.errors


def test_open_points_fail(run: Run, tmp_path: Path) -> None:
    """The page is written all the same, and the exit code says that something is open."""
    said = run("review", _file(tmp_path, least=4), "-o", "out.html")
    assert said.exit_code == 1
    assert "warning[min-cpus-cost]" in said.errors
    assert "1 point open" in (tmp_path / "out.html").read_text("utf-8")


def test_open_findings_are_said(run: Run, tmp_path: Path) -> None:
    """An open finding is said with its id, by which the file acknowledges it."""
    file = tmp_path / "demo.yaml"
    platform = "aws: {platform_access: {cloud: {external_id: id-of-ours}, mode: forge}}\n"
    file.write_text(FILE.format(name="demo", least=0) + platform, "utf-8")
    said = run("review", file.name)
    assert said.exit_code == 1
    name = "Platform.IamRoleCreation:escalation-PutRolePolicy"
    assert name in said.errors
    assert name in said.output


def test_bad_file(run: Run, tmp_path: Path) -> None:
    """Of a file that cannot be used nothing is written."""
    (tmp_path / "bad.yaml").write_text("name: bad\n", "utf-8")
    said = run("review", "bad.yaml", "-o", "out.html")
    assert said.exit_code == 1
    assert "region" in said.errors
    assert not (tmp_path / "out.html").exists()


def test_several_environments(run: Run, tmp_path: Path) -> None:
    """Several environments are reviewed together; one that is open opens all."""
    names = [_file(tmp_path, "one"), _file(tmp_path, "two", least=4), _file(tmp_path, "three")]
    said = run("review", *names, "--format", "json")
    assert said.exit_code == 1
    reviews = json.loads(said.output)["reviews"]
    assert [(one["name"], one["settled"]) for one in reviews] == [
        ("one", True),
        ("two", False),
        ("three", True),
    ]


def test_against_several(run: Run, tmp_path: Path) -> None:
    """An earlier version is of one file: of several it is refused."""
    names = [_file(tmp_path, "one"), _file(tmp_path, "two")]
    said = run("review", *names, "--against", names[0])
    assert said.exit_code == 1
    assert "error[review-against]" in said.errors


def test_only_the_page_needs_the_templates(tmp_path: Path) -> None:
    """Other formats and other commands start without the template engine, all without CDK."""
    program = """
import sys
from seqera_batch.cli import main
main(["plan", sys.argv[1]])
main(["review", sys.argv[1], "--format", "json"])
assert "jinja2" not in sys.modules
main(["review", sys.argv[1], "--format", "html"])
assert "jinja2" in sys.modules
assert not {"aws_cdk", "constructs", "jsii"} & set(sys.modules)
"""
    subprocess.run(
        [sys.executable, "-c", program, _file(tmp_path)],
        cwd=tmp_path,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def test_picture(run: Run, tmp_path: Path) -> None:
    """`plan --picture` writes the picture beside what the plan says."""
    name = _file(tmp_path)
    said = run("plan", name, "--picture", "demo.svg")
    assert said.exit_code == 0
    assert said.output == run("plan", name).output
    assert "Architecture of demo" in (tmp_path / "demo.svg").read_text("utf-8")


def test_picture_of_several(run: Run, tmp_path: Path) -> None:
    """A picture is of one environment: of several it is refused before anything is written."""
    said = run("plan", _file(tmp_path, "one"), _file(tmp_path, "two"), "--picture", "out.svg")
    assert said.exit_code == 1
    assert "error[picture-of-one]" in said.errors
    assert not (tmp_path / "out.svg").exists()


def test_picture_of_another_format(run: Run, tmp_path: Path) -> None:
    """No SVG is written under a name that says PNG."""
    said = run("plan", _file(tmp_path), "--picture", "out.png")
    assert said.exit_code == 1
    assert "error[picture-format]" in said.errors
    assert "out.svg" in said.errors
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("output", "why"),
    [("no/out.html", "the folder that it is in does not exist"), ("out.html", "this is a folder")],
)
def test_output_in_the_way(run: Run, tmp_path: Path, output: str, why: str) -> None:
    """An output that cannot be written says what is in the way."""
    (tmp_path / "out.html").mkdir()
    said = run("review", _file(tmp_path), "-o", output)
    assert said.exit_code == 1
    assert f"error[output-file] --output: {why}" in said.errors
