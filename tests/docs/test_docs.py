# SPDX-License-Identifier: Apache-2.0
"""What the documentation says is so: its code runs, its pages are current, its links lead on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seqera_batch.cli.main import COMMANDS
from seqera_batch.config.settings import Section
from seqera_batch.runtime import use_bundled_node

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [
    page
    for page in sorted(ROOT.glob("**/*.md"))
    if not any(
        part.startswith(".") or part in {"cdk.out", "node_modules"}
        for part in page.relative_to(ROOT).parts
    )
]
SNIPPETS = {
    f"{page.relative_to(ROOT)}-{number}": snippet
    for page in PAGES
    for number, snippet in enumerate(
        re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL), start=1
    )
}
"""All Python of all pages."""


def test_readme_has_code() -> None:
    """The README shows the two uses from Python."""
    assert README.count("```python") == 2


@pytest.mark.parametrize("name", SNIPPETS)
def test_python_runs(name: str, tmp_path: Path) -> None:
    """The Python of every page runs as it stands, from the root of a checkout."""
    use_bundled_node()
    environment = {**os.environ, "CDK_OUTDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SNIPPETS[name]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_readme_names_every_command() -> None:
    """Somebody who reads the README learns of every command."""
    for command in COMMANDS:
        assert f"seqera-batch {command}" in README


def test_readme_names_every_kind_of_example() -> None:
    """Every file the README names exists, examples included."""
    for name in re.findall(r"(?<![\w/])(?:examples|docs)/[\w./-]+\.\w+", README):
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """No link to a file of the repository is broken."""
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_reference_pages_are_current() -> None:
    """The reference says what the code does: it is written from it."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "reference.py"), "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_benchmark_baseline_builds_as_many_models() -> None:
    """The bare program that the commands are compared with has our number of models and fields."""
    import seqera_batch.config.environment  # noqa: F401 - defines the sections

    text = (ROOT / "bench" / "bare.py").read_text("utf-8")
    found = re.search(r"FIELDS_OF_MODELS = \(([\d, ]+)\)", text)
    assert found is not None
    counts = sorted(int(number) for number in found[1].split(","))
    sections = list(Section.__subclasses__())
    assert counts == sorted(len(section.model_fields) for section in sections)
