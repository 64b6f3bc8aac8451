# SPDX-License-Identifier: Apache-2.0
"""What can be said of Windows from elsewhere: names, encodings, and calls that it does not have."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.packaging.conftest import ROOT
from tests.packaging.test_setup import FIRST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOT_ON_WINDOWS = {
    "fcntl", "grp", "os.O_CLOEXEC", "os.O_DIRECTORY", "os.O_NOFOLLOW", "os.chown", "os.fork",
    "os.geteuid", "os.getgid", "os.getuid", "os.killpg", "os.mkfifo", "os.sched_getaffinity",
    "os.setsid", "os.uname", "pty", "pwd", "resource", "signal.SIGHUP", "signal.SIGKILL",
    "signal.SIGPIPE", "signal.alarm", "signal.pthread_sigmask", "termios", "tty",
}  # fmt: skip
"""Modules, and attributes of them, that Python documents as available on Unix only."""

SOURCES = sorted((ROOT / "seqera_batch").rglob("*.py"))


def _used(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def test_what_windows_lacks_is_asked_for_first() -> None:
    """Whatever only Unix has stands behind `hasattr`, or in code that Lambda alone runs."""
    for file in SOURCES:
        text = file.read_text("utf-8")
        for name in NOT_ON_WINDOWS.intersection(_used(ast.parse(text))):
            assert f"hasattr({name.partition('.')[0]}, " in text, f"{file}: {name}"


def test_names_of_files(wheel: Path) -> None:
    """Every file of the wheel has a name that Windows takes, short enough below a long folder."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert not re.search(r'[<>:"\\|?*]|[. ](/|$)', name), name
        assert not re.search(r"(^|/)(aux|con|nul|prn|com\d|lpt\d)(\.|/|$)", name, re.IGNORECASE)
        assert len(name) <= 120, name


@pytest.mark.parametrize("command", FIRST, ids=" ".join)
def test_encoding_is_always_named(command: tuple[str, ...]) -> None:
    """Files are UTF-8 whatever the machine's own encoding is."""
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning",
         "-m", "seqera_batch", *command],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert "EncodingWarning" not in done.stderr
    assert done.returncode in {0, 1}, done.stderr
