# SPDX-License-Identifier: Apache-2.0
"""Nextflow's configuration as text: blocks, and strings in which nothing is evaluated."""

from __future__ import annotations

from collections.abc import Iterable

_INDENT = "    "


def block(name: str, lines: Iterable[str]) -> list[str]:
    """Return the lines of a block."""
    return [f"{name} {{", *(f"{_INDENT}{line}" for line in lines), "}"]


def quoted(text: str) -> str:
    """Return a Groovy string in single quotes: nothing in it is evaluated."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + escaped.replace("\n", "\\n").replace("\r", "\\r") + "'"
