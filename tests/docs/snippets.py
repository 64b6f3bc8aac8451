# SPDX-License-Identifier: Apache-2.0
"""Finds the snippets of the documentation: every block of code, and what is said about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]

PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]
"""Whose snippets are run."""

DIRECTIVES = {"{eval-rst}", "{include}", "{toctree}"}
"""Blocks that are for Sphinx: nothing a reader would copy."""

_COMMENT = re.compile(r"<!-- (?P<word>exit code|file|not run): (?P<value>.*?) -->")
_GIVEN = re.compile(r"^<!-- given: (.*?) -->$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One block of code.

    Args:
        page: Where it is.
        number: Its place among the page's snippets, from 1.
        language: The word behind the fence; empty for an indented block.
        text: What is in it, without the page's indentation.
        file: Name under which the commands of the page find it.
        not_run: Why no test runs it.
        exit_code: With what the last command ends.
    """

    page: Path
    number: int
    language: str
    text: str
    file: str | None
    not_run: str | None
    exit_code: int

    @property
    def name(self) -> str:
        """Where to find it, for a person."""
        return f"{self.page.relative_to(ROOT)}-{self.number}"


@cache
def snippets(page: Path) -> list[Snippet]:
    """Return the snippets of a page, in order; comments straight above them belong to them."""
    found: list[Snippet] = []
    comments = ""
    # What is in a line is nothing to us, and half of the time.
    reader = MarkdownIt().enable("table").disable("inline")
    for token in reader.parse(page.read_text("utf-8")):
        if token.type == "html_block":
            comments += token.content
            continue
        word = token.info.partition(" ")[0]
        if token.type in {"fence", "code_block"} and word not in DIRECTIVES:
            said = {one["word"]: one["value"] for one in _COMMENT.finditer(comments)}
            found.append(
                Snippet(
                    page=page,
                    number=len(found) + 1,
                    language=word,
                    text=token.content,
                    file=said.get("file"),
                    not_run=said.get("not run"),
                    exit_code=int(said.get("exit code", 0)),
                )
            )
        comments = ""
    return found


def given(page: Path) -> list[str]:
    """Return the files of the repository that the commands of a page begin with."""
    found = _GIVEN.search(page.read_text("utf-8"))
    return found[1].split(", ") if found else ["seqera.yaml", "examples"]


ALL = [snippet for page in PAGES for snippet in snippets(page)]
