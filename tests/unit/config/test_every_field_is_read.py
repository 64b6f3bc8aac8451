# SPDX-License-Identifier: Apache-2.0
"""A field that files may have is one that something here reads."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.unit.config.test_schema import FIELDS

SOURCE = Path(__file__).parents[3] / "seqera_batch"
BY_PATH = {f"{kind}_mount" for kind in ("efs", "fsx")}
"""Fields that `config.file_systems` reads by their path."""


def test_every_field_is_read() -> None:
    """No field is declared, explained and then forgotten: each is read by its name somewhere."""
    read = set(BY_PATH)
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Attribute):
                read.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                read.add(node.value)
    assert [f"{model.__name__}.{field}" for model, field in FIELDS if field not in read] == []
