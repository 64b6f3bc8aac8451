# SPDX-License-Identifier: Apache-2.0
"""The tests say the same each time they are run."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
USES = {"assume", "given", "reject", "strategies"}
"""What tests take of Hypothesis; how much is tried and how, `tests.chance` says alone."""
MODULES = [
    file
    for file in TESTS.rglob("*.py")
    if "node_modules" not in file.parts
    if file != TESTS / "chance.py" and "hypothesis" in file.read_text("utf-8")
]


def _names(decorators: list[ast.expr]) -> Iterator[str]:
    for decorator in decorators:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield called.id if isinstance(called, ast.Name) else ast.unparse(called)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(TESTS)))
def test_one_place_says_how_much_is_tried(file: Path) -> None:
    """Whatever draws by chance has `cases`, and settings of its own nowhere."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert not any("hypothesis" in alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and "hypothesis" in (node.module or ""):
            assert node.module == "hypothesis"
            assert {alias.name for alias in node.names} <= USES
        elif isinstance(node, ast.FunctionDef):
            names = set(_names(node.decorator_list))
            assert ("given" in names) is ("cases" in names), node.name


def _drawn() -> list[object]:
    drawn: list[object] = []

    @cases(usual=300, nightly=300)
    @given(st.integers() | st.text())
    def draw(value: object) -> None:
        drawn.append(value)

    draw()
    return drawn


def test_the_same_cases_whatever_is_loaded(tmp_path: Path) -> None:
    """A module that is loaded in between, with values to draw from, changes no case."""
    before = _drawn()
    file = tmp_path / "values.py"
    file.write_text(f"VALUES = {[*range(10_000, 11_000)]}", "utf-8")
    module = ModuleType("values")
    module.__file__ = str(file)
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "values", module)
        assert _drawn() == before
