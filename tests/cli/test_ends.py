# SPDX-License-Identifier: Apache-2.0
"""How processes end: full disks, closed pipes, Ctrl-C at any moment, places that are missing."""

from __future__ import annotations

import itertools
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch.runtime import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _pytest.mark import ParameterSet

    from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "seqera_batch")
NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ONE_LINE = "seqera-batch: interrupted\n"
INTERRUPTED = 130
WRITERS = (
    ("init", "out.yaml", "--force"),
    ("review", "good.yaml", "-o", "out.html"),
    ("plan", "good.yaml", "--picture", "out.svg"),
    ("export", "good.yaml", "--to", "seqerakit", "-o", "out.yaml", "--force"),
)
PRINTERS = (
    ("validate", "good.yaml"),
    ("plan", "good.yaml"),
    ("policies", "good.yaml"),
    ("review", "good.yaml"),
    ("effects", "good.yaml", "good.yaml"),
    ("export", "good.yaml", "--to", "nextflow"),
    ("schema",),
    ("completion", "bash"),
    ("init",),
    ("--version",),
    ("plan", "--help"),
)
BY_DAY = {("validate", "good.yaml"), ("review", "good.yaml"), PRINTERS[5], *PRINTERS[-2:]}
"""Of what is printed: little, much, by a command with a verdict of its own, and by none."""
EACH_PRINTER = pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(one, id=" ".join(one), marks=() if one in BY_DAY else pytest.mark.nightly)
        for one in PRINTERS
    ],
)


def _start(
    *arguments: str,
    cwd: Path,
    before: Callable[[], None] | None = None,
    stdout: int = subprocess.PIPE,
    places: dict[str, str] | None = None,
) -> subprocess.Popen[str]:
    # Output in blocks, as a pipe gets it: what Python holds back is what fails late.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}

    # What Python compiles where files cannot grow stays behind in part, for whoever comes next.
    limited = {} if before is None else {"PYTHONDONTWRITEBYTECODE": "1"}

    def begin() -> None:
        # As from a shell: what runs the tests in the background has some of them ignored.
        for number in NUMBERS:
            signal.signal(number, signal.SIG_DFL)
        if before is not None:
            before()

    return subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **limited, **(places or {})},
        preexec_fn=begin,  # noqa: PLW1509 - one thread
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def _done(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors
    return process.returncode, output or "", errors


def _wait_for_us(process: subprocess.Popen[str]) -> None:
    """Wait until Python has started and the program's own code has come to run."""
    status = Path(f"/proc/{process.pid}/status")
    for _ in range(30_000):
        if not status.exists():
            time.sleep(0.3)
            return
        [caught] = (line for line in status.read_text("utf-8").splitlines() if "SigCgt" in line)
        if int(caught.split()[1], 16) & (1 << (signal.SIGHUP - 1)):
            return
        time.sleep(0.001)


def _in(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def _no_room() -> None:
    """Let files grow to a few bytes only, which is what a full disk does."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of its own with a few kilobytes of room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root mounts a disk")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False, capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    yield folder
    subprocess.run([shutil.which("umount") or "umount", folder], check=True)


@pytest.mark.parametrize("arguments", WRITERS, ids=lambda words: words[0])
@pytest.mark.parametrize("existing", [True, False])
def test_no_room(
    arguments: tuple[str, ...], run: Run, good: Path, tmp_path: Path, *, existing: bool
) -> None:
    """Where a file cannot be written whole, the earlier one stays, and no part of the new one."""
    if existing:
        assert "error[output-file]" not in run(*arguments).errors
    before = _in(tmp_path)
    exit_code, _, errors = _done(_start(*arguments, cwd=tmp_path, before=_no_room))
    assert exit_code == 1
    assert "error[output-file]" in errors
    assert "the file cannot be written: File too large" in errors
    assert _in(tmp_path) == before


def test_full_disk(good: Path, full_disk: Path) -> None:
    """On a disk that is really full, the earlier page and the earlier assembly stay."""
    file = full_disk / "good.yaml"
    file.write_bytes(good.read_bytes())
    (full_disk / "out.html").write_text('<meta name="generator" content="seqera-batch">', "utf-8")
    (full_disk / "cdk.out").mkdir()
    (full_disk / "cdk.out" / "cdk.out").write_text("{}", "utf-8")
    before = _in(full_disk)
    for arguments, rule in (
        (("review", "good.yaml", "-o", "out.html"), "output-file"),
        (("synth", "good.yaml", "--no-validation"), "output-folder"),
    ):
        exit_code, output, errors = _done(_start(*arguments, cwd=full_disk))
        assert (exit_code, output) == (1, "")
        assert f"error[{rule}]" in errors
        assert "No space left on device" in errors
        assert _in(full_disk) == before


@EACH_PRINTER
def test_full_standard_output(arguments: tuple[str, ...], good: Path, tmp_path: Path) -> None:
    """A result that cannot be written is one clear error, also where only the end tells."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        process = _start(*arguments, cwd=tmp_path, stdout=full.fileno())
        exit_code, _, errors = _done(process)
    assert exit_code == 1
    assert (
        "error[standard-output] standard output cannot be written: No space left on device"
        in errors
    )


def _closings() -> Iterator[ParameterSet]:
    for arguments, closed in itertools.product(PRINTERS, [(1,), (2,), (0, 1, 2)]):
        # Without standard error no command has anything to say that is its own.
        at_night = arguments not in BY_DAY or (closed != (1,) and arguments[0] == "export")
        marks = (pytest.mark.nightly,) if at_night else ()
        yield pytest.param(arguments, closed, id=f"{' '.join(arguments)}-{closed}", marks=marks)


@pytest.mark.parametrize(("arguments", "closed"), list(_closings()))
def test_closed_streams(
    arguments: tuple[str, ...], closed: tuple[int, ...], good: Path, tmp_path: Path
) -> None:
    """Streams that were closed are no reason for more than one line."""

    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    exit_code, output, errors = _done(_start(*arguments, cwd=tmp_path, before=close))
    if 1 in closed:
        assert (exit_code, output) == (1, "")
        if 2 not in closed:
            assert "standard output cannot be written: it is closed" in errors
    else:
        assert output


@EACH_PRINTER
def test_readers_that_go_away(arguments: tuple[str, ...], good: Path, tmp_path: Path) -> None:
    """A reader that closes the pipe, as `head` does, is no failure."""
    reading, writing = os.pipe()
    os.close(reading)
    process = _start(*arguments, cwd=tmp_path, stdout=writing)
    os.close(writing)
    exit_code, _, errors = _done(process)
    assert "standard output" not in errors
    assert exit_code == (1 if arguments[0] == "export" else 0)


def test_a_reader_that_goes_away_changes_no_verdict(bad: Path, tmp_path: Path) -> None:
    """A file with errors has them, whether or not somebody reads to the end."""
    reading, writing = os.pipe()
    os.close(reading)
    process = _start("validate", "bad.yaml", cwd=tmp_path, stdout=writing)
    os.close(writing)
    assert _done(process)[0] == 1


@pytest.mark.parametrize("number", NUMBERS)
def test_signals(number: signal.Signals, good: Path, tmp_path: Path) -> None:
    """Ctrl-C and its like end with one line and the exit code of shells, whenever they come."""
    _interrupted(number, 4, tmp_path)


@pytest.mark.nightly
@pytest.mark.parametrize("number", NUMBERS)
def test_signals_at_many_moments(number: signal.Signals, good: Path, tmp_path: Path) -> None:
    """They do so at more of the moments that chance chooses."""
    _interrupted(number, 50, tmp_path)


def _interrupted(number: signal.Signals, times: int, folder: Path) -> None:
    chance = random.Random(number)  # noqa: S311 - a moment, no secret
    (folder / "out.html").write_text('<meta name="generator" content="seqera-batch">', "utf-8")
    before = _in(folder)
    ended = 0
    for _ in range(times):
        process = _start("review", "good.yaml", "-o", "out.html", cwd=folder)
        _wait_for_us(process)
        time.sleep(chance.random() * 0.4)
        process.send_signal(number)
        exit_code, output, errors = _done(process)
        now = _in(folder)
        if exit_code == 128 + number:
            ended += 1
            assert (output, errors) == ("", ONE_LINE)
        else:
            assert exit_code in {0, -number}
        # The earlier page, or the whole new one.
        assert now.keys() == before.keys()
        assert now["out.html"] == before["out.html"] or now["out.html"].endswith(b"</html>\n")
    assert ended


@pytest.mark.parametrize(
    "moments",
    [(0.3, 1.3), pytest.param((0.3, 0.8, 1.3, 1.8), marks=pytest.mark.nightly)],
    ids=len,
)
def test_interrupted_synth(
    moments: tuple[float, ...], run: Run, good: Path, tmp_path: Path
) -> None:
    """Ctrl-C while CDK works leaves the assembly that was there, and nothing beside it."""
    assert run("synth", "good.yaml", "--no-validation").exit_code == 0
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = _in(tmp_path / "cdk.out")
    for seconds in moments:
        process = _start("synth", "good.yaml", cwd=tmp_path, places={"TMPDIR": str(temporary)})
        _wait_for_us(process)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        exit_code, _, errors = _done(process)
        if exit_code == INTERRUPTED:
            assert errors == ONE_LINE
            assert _in(tmp_path / "cdk.out") == before
            # But for what Node.js has, which outlives the command by a moment.
            assert not [one for one in temporary.iterdir() if one.match("tmp*")]
        assert not list(tmp_path.glob(".*"))
        assert _in(tmp_path / "cdk.out").keys() == before.keys()


@pytest.mark.parametrize(
    "places",
    [
        # A place where nothing can be made, as the next is, and CDK is unpacked again.
        pytest.param({"HOME": "/proc/home"}, marks=pytest.mark.nightly),
        {"HOME": "{folder}/locked/home"},
        pytest.param({"HOME": ""}, marks=pytest.mark.nightly),
        # Python tries what TMPDIR names, and takes another whatever it is.
        pytest.param({"TMPDIR": "/missing"}, marks=pytest.mark.nightly),
        {"TMPDIR": "/dev/null"},
    ],
    ids=str,
)
def test_places_that_are_missing(places: dict[str, str], good: Path, tmp_path: Path) -> None:
    """Templates are made where the home folder cannot be, or TMPDIR names nothing."""
    (tmp_path / "locked").touch()
    places = {name: value.format(folder=tmp_path) for name, value in places.items()}
    process = _start("synth", "good.yaml", "--no-validation", cwd=tmp_path, places=places)
    exit_code, _, errors = _done(process)
    assert (exit_code, errors) == (0, "")


def test_a_home_without_a_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where HOME says nothing, nothing is made here: jsii takes the folder for temporary files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "")
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())
    monkeypatch.setenv("NODE_OPTIONS", "")
    for name in ("JSII_RUNTIME_PACKAGE_CACHE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT"):
        monkeypatch.delenv(name, raising=False)

    prepare()

    assert "JSII_RUNTIME_PACKAGE_CACHE" not in os.environ
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "--max-semi-space-size=8"),
        ("--enable-source-maps", "--enable-source-maps --max-semi-space-size=8"),
        ("--max-semi-space-size=32", "--max-semi-space-size=32"),
    ],
)
def test_node_collects_garbage_early(
    monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    """Node.js is told to save memory, once, beside what it is told already."""
    monkeypatch.setenv("NODE_OPTIONS", before)
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())
    monkeypatch.setenv("JSII_RUNTIME_PACKAGE_CACHE", "enabled")
    prepare()
    prepare()
    assert os.environ["NODE_OPTIONS"] == after


def test_no_room_for_cdk(good: Path, tmp_path: Path) -> None:
    """Where CDK cannot even be unpacked, one line says what it needs."""
    process = _start(
        "synth", "good.yaml", cwd=tmp_path, before=_no_room, places={"HOME": str(tmp_path)}
    )
    exit_code, output, errors = _done(process)
    assert (exit_code, output) == (1, "")
    assert "error[cdk-start] CDK does not start: " in errors
    assert "300 MB" in errors
    assert not (tmp_path / "cdk.out").exists()
