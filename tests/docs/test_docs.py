# SPDX-License-Identifier: Apache-2.0
"""What the documentation says is so: pages are current, links lead on, the site builds."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from scripts.reference_data import EFFECT_KEYS, EFFECTS_KEYS
from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.cli.main import COMMANDS, main
from seqera_batch.config.settings import Section
from seqera_batch.template import environment

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [
    page
    for page in sorted(ROOT.glob("**/*.md"))
    if not any(
        part.startswith(".") or part in {"build", "cdk.out", "node_modules"}
        for part in page.relative_to(ROOT).parts
    )
]


def test_readme_has_code() -> None:
    """The README shows the two uses from Python."""
    assert README.count("```python") == 2


def test_readme_names_every_command() -> None:
    """Somebody who reads the README learns of every command."""
    for command in COMMANDS:
        assert f"seqera-batch {command}" in README


def test_readme_names_every_kind_of_example() -> None:
    """Every file the README names exists, examples included."""
    for name in re.findall(r"(?<![\w/])(?:examples|docs)/[\w./-]+\.\w+", README):
        assert (ROOT / name).is_file(), name


@cache
def _anchors(page: Path) -> set[str]:
    """Return what links to headings of a page end in, as GitHub and the site make it."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """No link to a file of the repository, or to a heading of a page, is broken."""
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)]+)\)", page.read_text("utf-8")):
        name, _, heading = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), target
        assert not heading or file.suffix != ".md" or heading in _anchors(file), target


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


def test_folders_are_kinds_of_page() -> None:
    """The folders are the kinds of page: tutorial, how-to, reference, explanation, decisions."""
    parts = {"tutorial", "how-to", "reference", "explanation", "decisions"}
    for part in parts:
        assert (ROOT / "docs" / part / "index.md").is_file()
    assert {page.parent.name for page in (ROOT / "docs").glob("*/*.md")} == parts


def test_an_index_has_every_page_of_its_folder() -> None:
    """Whoever reads in the repository, where no menu is, gets from an index to each page."""
    for index in (ROOT / "docs").glob("*/index.md"):
        text = index.read_text("utf-8")
        for page in set(index.parent.glob("*.md")) - {index}:
            assert f"({page.name})" in text, page.relative_to(ROOT)


def test_every_public_name_has_a_place_in_the_api() -> None:
    """The page of the Python API has whatever the package exports."""
    import seqera_batch

    page = (ROOT / "docs" / "reference" / "python-api.md").read_text("utf-8")
    for name in set(seqera_batch.__all__) - {"__version__"}:
        assert f":: seqera_batch.{name}" in page, name


def test_whatever_a_plan_is_made_of_has_its_table() -> None:
    """Classes that no example's plan holds are looked up as well."""
    import seqera_batch.plan

    page = (ROOT / "docs" / "reference" / "json-output.md").read_text("utf-8")
    modules = pkgutil.walk_packages(seqera_batch.plan.__path__, "seqera_batch.plan.")
    classes = {
        kind.__name__
        for module in (*(one.name for one in modules), "seqera_batch.node.setup")
        for kind in vars(importlib.import_module(module)).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module
    }
    # The whole, what is read of it in Python only, and the base of kinds that have tables.
    classes -= {"ForgePlan", "Identity", "JobSize", "FileSystem"}
    assert {name for name in classes if f"### `{name}`" not in page} == set()


@pytest.mark.parametrize(
    "example", sorted((ROOT / "examples").glob("*.*")), ids=lambda one: one.stem
)
def test_keys_of_a_plan_are_told(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the JSON of a plan can look up what each key is."""
    page = (ROOT / "docs" / "reference" / "json-output.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert main(["plan", "--format", "json", str(example)]) == 0
    [plan] = json.loads(capsys.readouterr().out)["plans"]
    below = [
        item
        for value in plan.values()
        for item in (value if isinstance(value, list) else [value])
        if isinstance(item, dict)
    ]
    # These go by names, of identities and of resources, which other pages have.
    by_name = (plan["policies"], plan["resource_policies"], plan["resources"])
    keys = {*plan, *(key for item in below if item not in by_name for key in item)}
    assert keys <= told | {"user_data"}


def test_keys_of_effects_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The page has the keys of what a change does, and of each field that differs."""
    files = [str(ROOT / "examples" / name) for name in ("efs.yaml", "fsx.yaml")]
    assert main(["effects", "--format", "json", *files]) == 1
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [key for key, _, _ in EFFECTS_KEYS]
    assert list(found["fields"][0]) == [key for key, _, _ in EFFECT_KEYS]


def test_benchmark_baseline_runs() -> None:
    """The bare program reads an environment file, whatever its models are."""
    arguments = [sys.executable, str(ROOT / "bench" / "bare.py"), str(ROOT / "seqera.yaml")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert "work_dir" in json.loads(done.stdout)["field3"]


def test_benchmark_baseline_builds_as_many_models() -> None:
    """The bare program that the commands are compared with has about our models and fields."""
    import seqera_batch.config.environment  # noqa: F401 - defines the sections

    text = (ROOT / "bench" / "bare.py").read_text("utf-8")
    found = re.search(r"FIELDS_OF_MODELS = \(([\d,\s]+)\)", text)
    assert found is not None
    counts = [int(number) for number in re.findall(r"\d+", found[1])]
    fields = [len(section.model_fields) for section in Section.__subclasses__()]
    # About: a tenth is less than what a run of the benchmark varies by.
    assert len(counts) == pytest.approx(len(fields), rel=0.1)
    assert sum(counts) == pytest.approx(sum(fields), rel=0.1)


def test_what_is_beside_l2_is_the_same_environment() -> None:
    """The page beside CDK's constructs has what the benchmark runs, and counts what it makes."""
    page = (ROOT / "docs" / "explanation" / "beside-l2.md").read_text("utf-8")
    written = (ROOT / "bench" / "run.py").read_text("utf-8")
    found = re.search(r'ENVIRONMENT = """\\\n(.*?)"""', written, re.DOTALL)
    assert found is not None
    config = ForgeConfig.from_dict(yaml.safe_load(found[1].format(number=0, region="eu-west-1")))
    assert config.forge is not None
    for same in (config.name, config.work_dir, *config.forge.instance_types, *config.forge.subnets):
        assert f'"{same}"' in page
    plan = ForgePlan.of(config)
    assert len(environment(plan, plan.scope())) == 10
    assert "ten resources" in page
    permissions = json.loads((ROOT / "bench" / "permissions.json").read_text("utf-8"))
    assert f"{sum(map(len, permissions.values()))} statements" in page
