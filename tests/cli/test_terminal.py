# SPDX-License-Identifier: Apache-2.0
"""What a terminal gets beyond a pipe, and what the command line says of a wrong call."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from seqera_batch.cli import terminal
from seqera_batch.cli.arguments import SHELLS
from seqera_batch.cli.main import COMMANDS

if TYPE_CHECKING:
    from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
REPLACED = "\r\x1b[K"
RED = "\x1b[1;31m"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.fixture(autouse=True)
def _neutral(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("stream", "variables", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours(
    stream: io.StringIO,
    variables: dict[str, str],
    coloured: bool,  # noqa: FBT001 - a column of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Colours are for terminals, unless the variables of the field say otherwise."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (terminal.painted("error", "error", stream) == "error") is not coloured


def test_lines_fit_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long lines are folded below their start; what can be copied stays whole."""
    monkeypatch.setenv("COLUMNS", "60")
    arn = "arn:aws:iam::111122223333:role/TowerForge-with-a-name-that-is-longer-than-the-line"
    folded = list(terminal.fitted([f"  - {'word ' * 20}", f"  {arn}"], Terminal()))
    assert all(len(line) <= 60 for line in folded[:2])
    assert folded[1].startswith("      word")
    assert arn in "\n".join(folded)
    assert list(terminal.fitted(["word " * 20], io.StringIO())) == ["word " * 20]


def test_progress_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long is said while it lasts, and gone afterwards; a log has none of it."""
    for stream, says in ((Terminal(), f"{REPLACED}working …{REPLACED}"), (io.StringIO(), "")):
        monkeypatch.setattr(sys, "stderr", stream)
        with terminal.progress("working"):
            pass
        assert stream.getvalue() == says


def test_progress_has_no_place_in_dumb_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that cannot take a line back is not written to."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "dumb")
    with terminal.progress("working"):
        assert list(terminal.counting([1, 2], "taking")) == [1, 2]
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("patience", "says"),
    [
        (0, f"{REPLACED}taking 1 of 2 …{REPLACED}taking 2 of 2 …{REPLACED}"),
        (60, REPLACED),
    ],
)
def test_counts(monkeypatch: pytest.MonkeyPatch, patience: float, says: str) -> None:
    """Which of how many is said in a terminal, once it takes long, and gone afterwards."""
    monkeypatch.setattr(terminal, "PATIENCE", patience)
    for stream, expected in ((Terminal(), says), (io.StringIO(), "")):
        monkeypatch.setattr(sys, "stderr", stream)
        assert list(terminal.counting(["a", "b"], "taking")) == ["a", "b"]
        assert stream.getvalue() == expected


STEPS = {
    ("validate",): ("reading file 2 of 2",),
    ("plan",): ("reading file 2 of 2", "planning environment 2 of 2"),
    ("policies",): ("reading file 2 of 2", "judging environment 2 of 2"),
    ("review",): ("reading file 2 of 2", "reviewing environment 2 of 2"),
    ("synth",): (
        "reading file 2 of 2",
        "starting CDK",
        "synthesizing environment 2 of 2",
        "writing and validating templates",
        "validating template 2 of 2",
    ),
    ("synth", "--no-validation"): ("starting CDK", "writing templates"),
}
"""What commands say of two files, where nothing is too quick to be told."""


@pytest.mark.parametrize("command", STEPS, ids=" ".join)
def test_what_takes_long_is_said(
    run: Run, good: Path, other: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Each step of a command that takes many files says which of them it is at."""
    monkeypatch.delenv("CDK_VALIDATION")
    monkeypatch.setattr(terminal, "PATIENCE", 0)
    said: list[str] = []
    monkeypatch.setattr(terminal, "_shows_progress", lambda: True)
    monkeypatch.setattr(terminal, "_replace_line", said.append)
    run(*command, good, other)
    steps = iter(said)
    # In this order.
    assert all(f"{step} …" in steps for step in STEPS[command]), said
    assert said[-1] == ""


def test_problems_are_coloured(run: Run, bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The severity of a problem is what has the colour."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert f"{RED}error\x1b[0m[unknown-field]" in run("validate", bad).errors
    monkeypatch.delenv("FORCE_COLOR")
    assert "\x1b" not in run("validate", bad).errors


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plam",), "there is no command plam: did you mean plan?"),
        (("xyzzy",), "there is no command xyzzy\n"),
        (("plan", "--formt", "json", "a.yaml"), "--formt: did you mean --format?"),
        (("plan",), "the following arguments are required: FILE"),
    ],
)
def test_wrong_calls(run: Run, arguments: tuple[str, ...], says: str) -> None:
    """A wrong word is met with the nearest right one, and with where help is."""
    result = run(*arguments)
    assert (result.exit_code, result.output) == (2, "")
    assert says in result.errors
    assert "--help" in result.errors


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (".", "this is a folder"),
        ("main.tf", "terraform show -json"),
        ("create.sh", "tw compute-envs export"),
        ("nextflow.config", "a text under nextflow_config"),
        ("seqera.txt", "give it the ending of its format"),
    ],
)
def test_what_is_no_file_of_ours(run: Run, file: str, says: str) -> None:
    """A folder is named as what it is, and for files of other tools the way from them is told."""
    result = run("validate", file)
    assert result.exit_code == 1
    assert says in result.errors


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("file", ["-", "/dev/stdin"])
def test_standard_input(tmp_path: Path, file: str, form: str) -> None:
    """A file may come from a pipe: YAML, or JSON where it begins with a bracket."""
    data = {
        "name": "demo",
        "region": "eu-west-1",
        "work_dir": "s3://example-work",
        "forge": {"max_cpus": 64, "min_cpus": 2},
    }
    text = json.dumps(data, indent=1) if form == "json" else yaml.safe_dump(data, sort_keys=False)
    done = subprocess.run(
        [sys.executable, "-m", "seqera_batch", "validate", file],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{file}: valid, 0 errors, 1 warning\n")
    line = 1 + text[: text.index("min_cpus")].count("\n")
    assert done.stderr.startswith(f"{file}:{line}: warning[min-cpus-cost]")


def test_empty_standard_input(tmp_path: Path) -> None:
    """Where nothing comes, that is said."""
    done = subprocess.run(
        [sys.executable, "-m", "seqera_batch", "plan", "-"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("-: error[empty-file] the file is empty")


def test_completion_scripts(run: Run) -> None:
    """Each shell gets a script that names the program."""
    for shell in SHELLS:
        result = run("completion", shell)
        assert result.exit_code == 0
        assert "seqera-batch" in result.output


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("seqera-batch pol", {"policies "}),
        ("seqera-batch ", set(COMMANDS)),
        ("seqera-batch export --to ", {"tw", "nextflow", "terraform"}),
        ("seqera-batch policies --for head", {"head-job "}),
    ],
)
def test_completion(line: str, offered: set[str], tmp_path: Path) -> None:
    """A shell that asks is offered commands and the values of options."""
    answer = tmp_path / "answer"
    done = subprocess.run(
        [sys.executable, "-m", "seqera_batch"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_IFS": "\n",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
        },
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert offered <= set(answer.read_text("utf-8").split("\n"))
