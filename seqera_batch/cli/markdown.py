# SPDX-License-Identifier: Apache-2.0
"""What the review found, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seqera_batch.judge.findings import Finding
from seqera_batch.judge.report.markup import code, table


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
