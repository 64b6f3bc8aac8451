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

INSTALLED = ("requirements.lock", "requirements-validator.lock")
LOCKS = (*INSTALLED, "requirements-dev.lock")


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
    every = locked("requirements-dev.lock")
    assert all(locked(lock).items() <= every.items() for lock in INSTALLED)


def test_bill_of_materials(tmp_path: Path) -> None:
    """It lists what users install, with the hashes, the same at every run."""
    file = tmp_path / "sbom.json"
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", "-",
         "--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "-o", file],
        input="".join((ROOT / lock).read_text("utf-8") for lock in INSTALLED),
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    bill = json.loads(file.read_text("utf-8"))
    found = {one["name"].lower(): one["version"] for one in bill["components"]}
    assert found == {name: pin for lock in INSTALLED for name, pin in locked(lock).items()}
    assert bill["metadata"]["component"]["name"] == "seqera-batch"
