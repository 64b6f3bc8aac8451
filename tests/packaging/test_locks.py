# SPDX-License-Identifier: Apache-2.0
"""Locks name one version and its hashes, and no place; the bill of materials lists them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.packaging.conftest import ROOT, locked

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes(lock: str) -> None:
    """An archive that was exchanged is not installed."""
    blocks = (ROOT / lock).read_text("utf-8").replace("\\\n", "").splitlines()
    pins = [line for line in blocks if line and not line.startswith((" ", "#"))]
    assert len(pins) >= len(locked(lock)) > 0
    assert [line for line in pins if "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("lock", [*LOCKS, "tests/package-lock.json"])
def test_no_place_is_named(lock: str) -> None:
    """Everybody installs from the registry that their machine is set up for."""
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in "\n".join(line for line in text.splitlines() if '"url"' not in line)


def test_locks_agree() -> None:
    """What is tested is what is installed."""
    every, runtime = locked("requirements-dev.lock"), locked("requirements.lock")
    assert runtime.items() <= every.items()


def test_bill_of_materials(tmp_path: Path) -> None:
    """It lists what requirements.lock lists, with the hashes, the same at every run."""
    file = tmp_path / "sbom.json"
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", ROOT / "requirements.lock",
         "--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "-o", file],
        check=True, capture_output=True,
    )  # fmt: skip
    bill = json.loads(file.read_text("utf-8"))
    found = {one["name"].lower(): one["version"] for one in bill["components"]}
    assert found == locked("requirements.lock")
    assert bill["metadata"]["component"]["name"] == "seqera-batch"
