# SPDX-License-Identifier: Apache-2.0
"""Markdown in which no value can break out of its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

GENERATOR = "<!-- generator: seqera-batch -->"
"""First line of a page: unseen, and what tells a later command that the file is ours."""

_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#|~@&!]")


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


def plain(text: str) -> str:
    """Return text of somebody else's as text: no markup, no link, nobody notified."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", " ".join(text.split()))


def fenced(text: str, language: str) -> Iterator[str]:
    """Yield the lines of a block of code; backticks in it need a longer fence."""
    fence = "```"
    while fence in text:
        fence += "`"
    yield f"{fence}{language}"
    yield from text.splitlines()
    yield fence


def details(summary: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a part that a reader unfolds.

    Args:
        summary: What is always seen, as HTML.
        lines: What is seen then, as Markdown.
    """
    yield f"<details><summary>{summary}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
