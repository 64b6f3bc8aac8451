# SPDX-License-Identifier: Apache-2.0
"""The difference for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.judge.difference.model import Difference
from seqera_batch.judge.difference.telling import SIGNS, entries, verdict


def text(difference: Difference) -> str:
    """Return the difference in lines."""
    return "".join(f"{line}\n" for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    yield f"{difference.new.plan.name}: {verdict(difference)}"
    if difference.fields:
        yield ""
        yield "Changed fields"
        yield from (f"  {field}" for field in difference.fields)
    found = tuple(entries(difference))
    if found:
        yield ""
        yield "Permissions and protections (+ wider, - narrower, ? not proved narrower, = the same)"
        for one in found:
            yield f"  {SIGNS[one.change]} {one.where}: {one.fate}"
            yield from (f"      {line}" for line in one.lines)
    if difference.resources:
        yield ""
        yield "Resources"
        width = max(len(one.id) for one in difference.resources)
        for resource in difference.resources:
            yield f"  {resource.id:{width}}  {resource.type}: {resource.outcome}"
    if difference.findings:
        yield ""
        yield "New open findings"
        for finding in difference.findings:
            yield f"  {finding.severity}: {finding.id}: {finding.message}"
    if difference.settled:
        yield ""
        yield "No longer open"
        yield from (f"  {name}" for name in difference.settled)
    if difference.acknowledged:
        yield ""
        yield "Acknowledged by this change"
        yield from (f"  {name}: {reason}" for name, reason in difference.acknowledged.items())
