# SPDX-License-Identifier: Apache-2.0
"""The architecture picture: what will exist, where, and who may pass which role, as SVG."""

from __future__ import annotations

from seqera_batch.judge.report.picture.layout import draw
from seqera_batch.judge.report.picture.narrow import draw_narrow
from seqera_batch.judge.report.picture.parts import parts_of
from seqera_batch.judge.report.picture.svg import styles, svg
from seqera_batch.plan import ForgePlan

__all__ = ["picture", "styles"]


def picture(
    plan: ForgePlan, *, name: str = "architecture", alone: bool = True, narrow: bool = False
) -> str:
    """Return the picture of an environment as an `svg` element.

    Args:
        plan: The environment.
        name: Start of the ids in it: unique on a page.
        alone: Whether it is a file of its own; on a page, the page has `styles()`.
        narrow: Whether everything stands in one column, for a phone.
    """
    parts = parts_of(plan, plan.scope())
    drawing = draw_narrow(parts) if narrow else draw(parts)
    return svg(drawing, title=parts.title, description=parts.told(), name=name, alone=alone)
