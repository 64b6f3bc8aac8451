# SPDX-License-Identifier: Apache-2.0
"""What is locked, and the wheel that users install."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
from pathlib import Path

import flit_core.buildapi  # type: ignore[import-untyped]
import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)(?: ; ([^\\]+))?", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    """Return the packages that a lock names, and their versions."""
    text = (ROOT / name).read_text("utf-8")
    return {found[1].lower(): found[2] for found in PIN.finditer(text)}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from a copy of what is versioned or new."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(
        ROOT / "seqera_batch",
        source / "seqera_batch",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    with contextlib.chdir(source), contextlib.redirect_stdout(io.StringIO()):
        built: str = flit_core.buildapi.build_wheel(os.fspath(folder))
    return folder / built
