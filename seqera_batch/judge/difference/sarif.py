# SPDX-License-Identifier: Apache-2.0
"""What a change widens as SARIF 2.1.0, for code scanning of pull requests."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.config.lines import line_of, lines
from seqera_batch.judge.containment import Shift
from seqera_batch.judge.difference.model import Difference
from seqera_batch.judge.difference.telling import entries
from seqera_batch.judge.report.sarif import Result, identity, log, of_finding


def text(difference: Difference) -> str:
    """Return what may allow more than before, and new findings, as one SARIF log."""
    return log(_results(difference))


def _results(difference: Difference) -> Iterator[Result]:
    review = difference.new
    known = lines(review.origin)
    # Code scanning shows on a pull request what stands on a line that the request changes.
    line = next((known[field] for field in difference.fields if field in known), None)
    if line is None:
        line = min((line_of(field, known) for field in difference.fields), default=1)
    for one in entries(difference):
        if one.change.widens:
            doubt = " (not proved narrower)" if one.change is Shift.UNCLEAR else ""
            yield Result(
                rule=f"{one.rule}-widened",
                level="warning",
                message=f"{one.where}: {one.fate}{doubt}: {'; '.join(one.lines)}",
                file=review.origin,
                line=line,
                identity=identity(review, one.where),
                fix="check that it is meant so, or ask for less in the file",
                in_file=False,
            )
    yield from (of_finding(finding, review, known) for finding in difference.findings)
