# SPDX-License-Identifier: Apache-2.0
"""Names and values of a file can neither command a terminal nor look like other messages."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.problems import ConfigError, Problem, visible

if TYPE_CHECKING:
    from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]")
ESCAPE = "\x1b]0;title\x07\x9b31m\u202e\u2028"
FORGED = f"x{ESCAPE}\nerror[forged] region: all is lost"
GOOD: dict[str, Any] = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://example-work",
    "forge": {"max_cpus": 64, "min_cpus": 2},
}
HOSTILE: dict[str, Any] = {
    "a field": GOOD | {FORGED: 1},
    "a field in a section": GOOD | {"forge": {"max_cpus": 64, FORGED: 1}},
    "a value": GOOD | {"name": FORGED},
    "a value in a list": GOOD | {"volumes": [FORGED]},
    "a label": GOOD | {"labels": {FORGED: FORGED}},
    "an id": GOOD | {"aws": {"acknowledgements": {FORGED: FORGED}}},
    "a wrong type": GOOD | {"forge": {FORGED: FORGED}, "volumes": {FORGED: FORGED}},
    "an export": {"discriminator": "aws-batch", "workDir": "s3://example-work", FORGED: 1, **GOOD},
    "another platform": {"discriminator": FORGED, "workDir": "s3://example-work"},
}
"""What is wrong in each is the text itself."""
FREE: dict[str, Any] = GOOD | {
    "description": FORGED,
    "nextflow_config": FORGED,
    "pre_run_script": FORGED,
    "environment": [{"name": "A", "value": FORGED, "compute": True}],
    "aws": {"acknowledgements": {"min-cpus-cost": FORGED}},
}
"""What may stand in a file."""
COMMANDS = {
    "validate": ("validate", "{file}"),
    "plan": ("plan", "{file}"),
    "policies": ("policies", "{file}"),
    "review": ("review", "{file}"),
    "effects": ("effects", "good.json", "{file}"),
    "export": ("export", "{file}", "--to", "nextflow"),
    "init": ("init", "--from", "{file}"),
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(GOOD), "utf-8")
    for name, data in {**HOSTILE, "free text": FREE}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(data), "utf-8")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_refused_is_told_safely(run: Run, command: str, name: str) -> None:
    """A message shows hostile text on its own line, with every control written out."""
    result = run(*[part.format(file=f"{name}.json") for part in COMMANDS[command]])
    said = result.output + result.errors
    assert CONTROL.search(said) is None
    assert not re.search(r"^\S*error\[forged\]", said, re.MULTILINE)
    if command == "validate":
        assert "\\x1b]0;title\\x07" in said


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in {"export", "init"}])
def test_free_text_is_told_safely(run: Run, command: str) -> None:
    """What a file may hold is shown with every control written out."""
    result = run(*[part.format(file="free text.json") for part in COMMANDS[command]])
    said = result.output + result.errors
    assert CONTROL.search(said) is None
    assert not re.search(r"^\S*error\[forged\]", said, re.MULTILINE)


def test_the_name_of_a_file_is_told_safely(run: Run, tmp_path: Path) -> None:
    """A file may be called anything."""
    file = tmp_path / f"x{ESCAPE}.json"
    file.write_text(json.dumps(GOOD | {"name": 1}), "utf-8")
    for command in COMMANDS.values():
        result = run(*[part.format(file=file) for part in command])
        assert CONTROL.search(result.output + result.errors) is None


@pytest.mark.parametrize("command", ["policies", "export"])
def test_terminals_get_no_commands(tmp_path: Path, command: str) -> None:
    """What goes unchanged into a file or a pipe is made safe where a terminal would obey it."""
    call = [part.format(file="free text.json") for part in COMMANDS[command]]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "seqera_batch", *call],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65_536):
            shown += part
    except OSError:
        pass  # how Linux tells that the other end has closed
    process.wait(timeout=60)
    os.close(ours)
    said = shown.decode().replace("\r\n", "\n")
    assert "demo" in said
    assert CONTROL.search(said) is None


def test_exceptions_are_told_safely() -> None:
    """Apps print the error itself, which is made of the same messages."""
    problem = Problem("x", FORGED, FORGED, value=FORGED, fix=FORGED)
    lines = str(ConfigError(problem, origin=FORGED)).split("\n")
    assert CONTROL.search("".join(lines)) is None
    assert all(line.startswith("    ") for line in lines[1:])
    assert visible("tab\tand\nline stay, é 中 🙂 too") == "tab\tand\nline stay, é 中 🙂 too"
