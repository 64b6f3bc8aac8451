# SPDX-License-Identifier: Apache-2.0
"""Tables in Markdown, in which no value can break out of its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seqera_batch.policies.review import Finding


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


def findings_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield what the review found, but for what the statements explain themselves."""
    told = [finding for finding in findings if not finding.by_itself]
    by_itself = len(findings) - len(told)
    beside = f"; {by_itself} wide, as their statements explain" if by_itself else ""
    yield f"Findings: {len(told) or 'none'}{beside}."
    if told:
        yield ""
        yield from table(
            ("finding", "severity", "what", "fix", "acknowledged"),
            (
                (
                    code(one.id),
                    str(one.severity),
                    f"{one.message} ([source]({one.source}))",
                    one.fix,
                    one.explained or "no",
                )
                for one in told
            ),
        )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
