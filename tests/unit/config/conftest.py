# SPDX-License-Identifier: Apache-2.0
"""What the tests of environment files share: a small valid file, and the tables of the rules."""

from __future__ import annotations

import copy
import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.config.check import Checked, check

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = dict[str, dict[str, Any]]
TABLES = Path(__file__).parent / "rules"

OWN = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://example-work/nextflow",
    "forge": {"max_cpus": 64},
}
"""The least a file of our own says in Forge mode: nothing is wrong and nothing is warned of."""


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the small valid file with fields set by dotted path; None leaves a field out."""
    document: dict[str, Any] = copy.deepcopy(OWN)
    for path, value in changes.items():
        *parents, field = path.split(".")
        section = document
        for parent in parents:
            section = section.setdefault(parent, {})
        section[field] = copy.deepcopy(value)
    return document


def load_tables() -> dict[str, Rows]:
    """Return the rows of every table, by the rule module that the table is named after."""
    return {
        path.stem: runpy.run_path(str(path))["ROWS"]
        for path in sorted(TABLES.glob("*.py"))
        if not path.stem.startswith(("test_", "conftest"))
    }


@pytest.fixture(scope="session")
def tables() -> dict[str, Rows]:
    """The tables of all rules: what keeps each, and what breaks it."""
    return load_tables()


@pytest.fixture
def document() -> Callable[..., dict[str, Any]]:
    """Give the small valid file, with changes by dotted path."""

    def build(changes: dict[str, Any] | None = None) -> dict[str, Any]:
        return changed({} if changes is None else changes)

    return build


@pytest.fixture(scope="session")
def checked() -> Callable[..., Checked]:
    """Check the small valid file with changes by dotted path, each row once a session."""
    known: dict[tuple[str, bool], Checked] = {}

    def run(changes: dict[str, Any] | None = None, *, exported: bool = False) -> Checked:
        key = (repr(changes), exported)
        if key not in known:
            document = changed({} if changes is None else changes)
            document |= {"discriminator": "aws-batch"} if exported else {}
            known[key] = check(document)
        return known[key]

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a file into a directory of the test's own and return its path."""

    def write(content: str | bytes | dict[str, Any], name: str = "demo.yaml") -> Path:
        file = tmp_path / name
        if isinstance(content, dict):
            content = json.dumps(content)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that ask for `kept` or `broken` once for each such row of the tables."""
    for argument, column in (("kept", "keeps"), ("broken", "breaks")):
        if argument in metafunc.fixturenames:
            metafunc.parametrize(
                argument,
                [
                    pytest.param((rule, row), id=f"{rule}-{number}")
                    for rows in load_tables().values()
                    for rule, entry in rows.items()
                    for number, row in enumerate(entry[column])
                ],
            )
