# SPDX-License-Identifier: Apache-2.0
"""What linters cannot know of the workflows: which job may hand what to which."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.packaging.conftest import ROOT

PIN = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40} # .+)")
RELEASE: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
)["jobs"]


def test_what_is_released_is_what_was_built() -> None:
    """Jobs that sign and publish take what the build uploaded, and not what has its name."""
    for name, job in RELEASE.items():
        for step in job.get("steps", ()):
            if step.get("uses", "").startswith("actions/download-artifact@"):
                ids = step["with"]["artifact-ids"].split(",")
                assert all(one.startswith("${{ needs.build.outputs.") for one in ids), name


def test_who_may_write_runs_no_code_of_ours() -> None:
    """Jobs with rights check nothing out and install nothing."""
    for name, job in RELEASE.items():
        if job.get("permissions", {}) != {"contents": "read"}:
            uses = [step.get("uses", "").partition("@")[0] for step in job["steps"]]
            assert "actions/checkout" not in uses, name
            assert "actions/setup-python" not in uses, name


def test_the_example_pins_what_we_pin() -> None:
    """Nobody moves the pins of what is there to be copied: where ours move, they do."""
    workflows = (ROOT / ".github" / "workflows").glob("*.yml")
    ours = dict(pin for file in workflows for pin in PIN.findall(file.read_text("utf-8")))
    example = ROOT / "examples" / "github-actions" / "review.yml"
    theirs = dict(PIN.findall(example.read_text("utf-8")))
    shared = ours.keys() & theirs.keys()
    assert shared == {"actions/checkout", "actions/setup-python"}
    assert {name: theirs[name] for name in shared} == {name: ours[name] for name in shared}
