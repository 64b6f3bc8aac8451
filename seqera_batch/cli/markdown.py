# SPDX-License-Identifier: Apache-2.0
"""Tables in Markdown, in which no value can break out of its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def code(text: str) -> str:
    """Return text as code; a backtick in it needs a longer fence."""
    fence = "`"
    while fence in text:
        fence += "`"
    padded = f" {text} " if "`" in text else text
    return f"{fence}{padded}{fence}"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
