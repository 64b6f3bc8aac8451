# SPDX-License-Identifier: Apache-2.0
"""The same picture for a narrow window: everything below each other, in one column."""

from __future__ import annotations

from dataclasses import replace

from seqera_batch.judge.report.picture.boxes import (
    FRAME_HEAD,
    GAP,
    Arrow,
    Box,
    Drawing,
    Frame,
    Placed,
    frame,
    identity_rows,
    place,
    stack,
)
from seqera_batch.judge.report.picture.parts import Parts

WIDTH = 372
MARGIN = 10
PADDING = 22
"""Of the account's frame: room for an arrow at the left of the cards, and one at the right."""

STEP = 26
"""From a queue to what runs its jobs: room for an arrow."""

LEGEND_HEIGHT = 74


def draw_narrow(parts: Parts) -> Drawing:
    """Return where everything stands in one column."""
    x, width = MARGIN + PADDING, WIDTH - 2 * MARGIN - 2 * PADDING
    platform = place(parts.platform, MARGIN, MARGIN, WIDTH - 2 * MARGIN)
    top = platform.box.bottom + STEP
    lanes, flows, y = _lanes(parts, x, top + FRAME_HEAD, width)
    frames: list[Frame] = []
    around: list[Placed] = []
    if parts.network_title is not None:
        around = stack(parts.network, x, y + FRAME_HEAD, width)
        box = Box(x=x - GAP, y=y, width=width + 2 * GAP, height=around[-1].box.bottom + GAP - y)
        title = f"{parts.network_title}: nodes start here"
        frames.append(frame(box, title, "network", created=parts.network_created))
        y = box.bottom + GAP
    data = stack(parts.data, x, y, width)
    people = Box(x=x - GAP, y=data[-1].box.bottom + 2 * GAP, width=width + 2 * GAP, height=0)
    stacked = tuple(
        replace(card, lines=(*card.lines, *card.beside), beside=()) for card in parts.identities
    )
    rows, passes = identity_rows(replace(parts, identities=stacked), people)
    people = replace(people, height=rows[-1].box.bottom + GAP - people.y)
    frames.append(frame(people, "Identities, and who may pass which role", "identity"))
    account = Box(x=MARGIN, y=top, width=WIDTH - 2 * MARGIN, height=people.bottom + GAP // 2 - top)
    frames.insert(0, frame(account, parts.account.replace("AWS account", "Account", 1), "outside"))
    first, credential = lanes[0].box, rows[0].box
    edge = MARGIN + GAP // 2 - 2
    flows += [
        Arrow(points=((edge, platform.box.bottom), (edge, end), (target.x, end)), kind="flow")
        for target, end in ((first, first.middle), (credential, credential.y + GAP))
    ]
    return Drawing(
        width=WIDTH,
        height=account.bottom + LEGEND_HEIGHT + MARGIN,
        frames=tuple(frames),
        arrows=(*flows, *passes),
        cards=(platform, *lanes, *around, *data, *rows),
        legend=Box(x=MARGIN, y=account.bottom + 2 * GAP, width=width, height=LEGEND_HEIGHT),
    )


def _lanes(parts: Parts, x: int, y: int, width: int) -> tuple[list[Placed], list[Arrow], int]:
    """Return queues, environments and templates, the arrows down them, and where they end."""
    templates = {card.key: card for card in parts.templates}
    placed: dict[str, Placed] = {}
    arrows: list[Arrow] = []
    for lane in parts.lanes:
        cards = [lane.queue]
        if lane.environment is not None:
            cards.append(lane.environment)
        own = [key for key in lane.templates if key not in placed]
        cards += [templates[key] for key in own]
        for number, card in enumerate(cards):
            one = place(card, x, y, width)
            placed[card.key] = one
            # One below the other, but for the templates of some types only.
            if number and card.key not in own[1:]:
                middle = x + width // 2
                arrows.append(Arrow(points=((middle, y - STEP), (middle, y)), kind="flow"))
            y = one.box.bottom + STEP
        if lane.environment is not None:
            box = placed[lane.environment.key].box
            arrows += [_back(box, placed[key].box) for key in lane.templates if key not in own[:1]]
        y += GAP - STEP + GAP // 2
    return list(placed.values()), arrows, y


def _back(environment: Box, template: Box) -> Arrow:
    """Return the arrow to a launch template elsewhere, at the right of the cards."""
    aside = environment.right + GAP // 2 + 1
    return Arrow(
        points=(
            (environment.right, environment.middle),
            (aside, environment.middle),
            (aside, template.middle),
            (template.right, template.middle),
        ),
        kind="flow",
    )
