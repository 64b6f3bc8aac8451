# SPDX-License-Identifier: Apache-2.0
"""Locks name one version and its hashes, and no place; the bill of materials lists them."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

import seqera_batch
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
    """It says of which version it is, and lists what users install."""
    # As if the environment were up to date, whatever has changed since it was made.
    recipe = ["make", "--old-file", ".venv/.dev", "sbom", f"DIST={tmp_path}"]
    subprocess.run(recipe, cwd=ROOT, check=True, capture_output=True)
    bill = json.loads((tmp_path / "seqera-batch.cdx.json").read_text("utf-8"))
    found = {one["name"].lower(): one["version"] for one in bill["components"]}
    assert found == {name: pin for lock in INSTALLED for name, pin in locked(lock).items()}
    subject = bill["metadata"]["component"]
    assert (subject["name"], subject["version"]) == ("seqera-batch", seqera_batch.__version__)
