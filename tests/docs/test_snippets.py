# SPDX-License-Identifier: Apache-2.0
"""Every snippet of the documentation does what its page says: nothing in a fence goes untested."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from seqera_batch import check
from seqera_batch.account.leaves import LEAVES
from seqera_batch.cli.main import COMMANDS
from seqera_batch.config.platform_export import REPLACEMENTS
from seqera_batch.config.rules import RULES
from seqera_batch.handoff.target import ALLOWABLE
from seqera_batch.runtime import use_bundled_node
from tests.account.conftest import Double, double, job, only, well
from tests.docs.reader import Reader
from tests.docs.snippets import ALL, PAGES, ROOT, Snippet, given, snippets
from tests.docs.stand_ins import WHY

if TYPE_CHECKING:
    from collections.abc import Callable

READERS: dict[str, Callable[[str], Any]] = {"toml": tomllib.loads, "yaml": yaml.safe_load}
RUN, DATA, OUTPUT = {"console"}, {"json", *READERS}, {"groovy", "text"}
LANGUAGES = {"python"} | RUN | DATA | OUTPUT
"""What a block can be: each has a test below."""

ANY = "…"
"""In quoted output: whatever stands there, or lines left out."""

ANNOUNCED = {"review"} - COMMANDS.keys()
"""Commands that the pages tell of already."""

BASE: dict[str, Any] = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://example-work",
}
"""What a fragment of an environment file is put into; `forge` too, unless it is Manual mode."""


def _of(*languages: str) -> list[Snippet]:
    return [one for one in ALL if one.language in languages and one.not_run is None]


def _name(one: Snippet | Path) -> str:
    return one.name if isinstance(one, Snippet) else str(one.relative_to(ROOT))


def test_no_snippet_goes_untested() -> None:
    """Every block is of a kind that a test covers; what is not run says why."""
    for one in ALL:
        language = one.language or "an indented block"
        assert one.language in LANGUAGES, f"{one.name}: no test covers {language}"
        assert one.not_run is None or len(one.not_run.split()) > 1, f"{one.name}: say why"


EACH = """
import json, sys, traceback
told = {}
for name, text in json.load(sys.stdin):
    try:
        exec(compile(text, name, "exec"), {"__name__": "__main__"})
    except BaseException:
        told[name] = traceback.format_exc()
sys.__stdout__.write("\\n" + json.dumps(told))
"""
"""Runs snippets one after the other, each as a program of its own: CDK loads once for all."""


@pytest.fixture(scope="session")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what the Python of all pages ended in, by the name of the snippet."""
    use_bundled_node()
    done = subprocess.run(
        [sys.executable, "-c", EACH],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(tmp_path_factory.mktemp("python"))},
        input=json.dumps([(one.name, one.text) for one in _of("python")]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("one", _of("python"), ids=_name)
def test_python_runs(one: Snippet, failures: dict[str, str]) -> None:
    """The Python of every page runs as it stands, from the root of a checkout."""
    assert one.name not in failures, failures[one.name]


def _data(one: Snippet) -> dict[str, Any]:
    found = READERS[one.language](one.text)
    assert isinstance(found, dict), one.name
    return found


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    """Return a fragment as a whole environment: what it leaves out is taken from the base."""
    manual = "head_queue" in data
    forge = {} if manual else {"forge": {"max_cpus": 64, **(data.get("forge") or {})}}
    return {**BASE, **data, **forge}


@pytest.mark.parametrize("one", _of(*DATA), ids=_name)
def test_environments_are_valid(one: Snippet) -> None:
    """Every environment, whole or a fragment, is one that `validate` takes without an error."""
    if one.language == "json":
        # An answer or a policy: a reader can paste it.
        json.loads(one.text)
        return
    data = _data(one)
    if "jobs" in data:
        # A workflow of GitHub Actions: what it calls are commands that exist.
        assert _commands(one.text) <= COMMANDS.keys() | ANNOUNCED
        return
    check(_filled(data), origin=one.name).usable()


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of stand-ins for what cannot be run here."""
    folder = tmp_path_factory.mktemp("programs")
    script = Path(__file__).with_name("stand_ins.py")
    for program in WHY:
        file = folder / program
        file.write_text(
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "{script}" {program} "$@"\n'
        )
        file.chmod(0o755)
    return folder


__all__ = ["double"]


def _account(double: Double) -> None:
    """Let the starter file's environment be deployed, with a job in it that is too large."""
    well(double, "TowerForge-starter")
    large = job(in_queue="TowerForge-starter-work", asks={"VCPU": 96, "MEMORY": 4096})
    front = {"jobs": [{"jobArn": large["jobArn"], "earliestTimeAtPosition": 1}]}

    def queue_front(asked: dict[str, Any]) -> dict[str, Any]:
        return {"frontOfQueue": front} if asked["jobQueue"].endswith("-work") else {}

    double.having(
        batch_GetJobQueueSnapshot=queue_front, batch_DescribeJobs=only("jobs", "jobId", [large])
    )


def _begin(page: Path, folder: Path) -> None:
    for name in given(page):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / source.name)
    (folder / ".venv").symlink_to(sys.prefix)


SESSIONS = [page for page in PAGES if any(one.language in RUN for one in snippets(page))]


@pytest.mark.parametrize("page", SESSIONS, ids=_name)
def test_commands_run(
    page: Path,
    tmp_path: Path,
    programs: Path,
    double: Double,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The commands of a page run one after the other, and print what the page says they print."""
    _account(double)
    _begin(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDK_OUTDIR", raising=False)
    reader = Reader(folder=tmp_path, programs=programs)
    printed = ""
    for one in snippets(page):
        if one.not_run is not None or _commands(one.text) & ANNOUNCED:
            continue
        if one.file is not None:
            Path(one.file).write_text(one.text, encoding="utf-8")
        elif one.language in RUN:
            code, printed = reader.types(one.text)
            assert code == one.exit_code, f"{one.name}\n{one.text}\n{printed}"
        elif one.language in OUTPUT:
            for line in filter(None, map(str.strip, one.text.splitlines())):
                pattern = ".*".join(map(re.escape, line.split(ANY)))
                assert re.search(pattern, printed), f"{one.name}: {line!r} not in\n{printed}"


def test_quoted_output_follows_a_command() -> None:
    """Output is quoted only where the tests can compare it."""
    for page in PAGES:
        seen = False
        for one in snippets(page):
            seen |= one.language in RUN and one.not_run is None
            assert one.language not in OUTPUT or one.not_run or one.file or seen, one.name


def test_rules_that_pages_name_exist() -> None:
    """A rule's id in brackets is one that a reader can meet."""
    known = {*RULES, *REPLACEMENTS, *ALLOWABLE, *LEAVES}
    for page in PAGES:
        lists = re.findall(r"\((`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*)\)", page.read_text("utf-8"))
        named = {word for one in lists for word in re.findall(r"`([a-z0-9]+-[a-z0-9-]+)`", one)}
        assert named <= known, f"{page.name}: {named - known}"


def test_every_command_is_shown() -> None:
    """Each command is run on some page."""
    words = {word for one in _of(*RUN) for word in _commands(one.text)}
    assert COMMANDS.keys() <= words


def _commands(text: str) -> set[str]:
    return set(re.findall(r"seqera-batch (\w+)", text))


def test_stand_ins_are_used() -> None:
    """No program stands in that no page calls."""
    called = {
        word
        for one in _of(*RUN)
        for line in one.text.splitlines()
        for word in shlex.split(line, comments=True)[:1]
    }
    assert WHY.keys() <= called
