# SPDX-License-Identifier: Apache-2.0
"""Where everything stands in the picture: whole pixels, from the cards alone, always the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from seqera_batch.judge.report.picture.boxes import (
    COLUMN_GAP,
    FRAME_HEAD,
    FRAME_PADDING,
    GAP,
    MARGIN,
    PADDING,
    Arrow,
    Box,
    Drawing,
    Frame,
    Placed,
    frame,
    grid,
    identity_rows,
    place,
    stack,
    stretched,
)
from seqera_batch.judge.report.picture.cards import Card
from seqera_batch.judge.report.picture.parts import Parts

OUTSIDE_WIDTH = 196
QUEUE_WIDTH = 230
ENVIRONMENT_WIDTH = 252
TEMPLATE_WIDTH = 212
NETWORK_COLUMNS = 2
WIDE_COLUMNS = 3


def draw(parts: Parts) -> Drawing:
    """Return where everything stands."""
    left = MARGIN + OUTSIDE_WIDTH + 2 * COLUMN_GAP
    inner = left + FRAME_PADDING
    top = MARGIN + FRAME_HEAD
    lanes_top = top + FRAME_HEAD
    network_x = inner + QUEUE_WIDTH + COLUMN_GAP
    lanes = _lanes(parts, inner, network_x + FRAME_PADDING, lanes_top)
    lanes_bottom = max(placed.box.bottom for placed in lanes)
    frames: list[Frame] = []
    around: list[Placed] = []
    network_right = network_x + 2 * FRAME_PADDING + _lane_width()
    if parts.network_title is not None:
        around = grid(
            parts.network,
            Box(
                x=network_x + FRAME_PADDING,
                y=lanes_bottom + GAP + PADDING,
                width=_lane_width(),
                height=0,
            ),
            NETWORK_COLUMNS,
        )
        box = Box(
            x=network_x,
            y=top,
            width=network_right - network_x,
            height=max(one.box.bottom for one in around) + FRAME_PADDING - top,
        )
        frames.append(frame(box, parts.network_title, "network", created=parts.network_created))
        data = _beside(
            parts.data,
            Box(
                x=inner,
                y=lanes_bottom + GAP + PADDING,
                width=network_right - inner,
                height=box.bottom - lanes_bottom - GAP - PADDING,
            ),
        )
    else:
        # Queues that exist leave the whole right side to the data.
        data = grid(
            parts.data,
            Box(x=network_x, y=lanes_top, width=network_right - network_x, height=0),
            NETWORK_COLUMNS,
        )
    upper = max(placed.box.bottom for placed in (*lanes, *data, *around))
    upper = max([upper, *(frame.box.bottom for frame in frames)])
    people = Box(x=inner, y=upper + FRAME_PADDING + GAP, width=network_right - inner, height=0)
    identities, arrows = identity_rows(parts, people)
    people = replace(people, height=identities[-1].box.bottom + FRAME_PADDING - people.y)
    frames.append(frame(people, "Identities in IAM, and who may pass which role", "identity"))
    account = Box(
        x=left,
        y=MARGIN,
        width=network_right + FRAME_PADDING - left,
        height=people.bottom + FRAME_PADDING - MARGIN,
    )
    frames.insert(0, frame(account, parts.account, "outside"))
    platform = place(parts.platform, MARGIN, lanes_top, OUTSIDE_WIDTH)
    placed = {one.card.key: one for one in (*lanes, *identities)}
    legend_top = max(platform.box.bottom + 2 * COLUMN_GAP, people.y + FRAME_HEAD + COLUMN_GAP * 2)
    return Drawing(
        width=account.right + MARGIN,
        height=account.bottom + MARGIN,
        frames=tuple(frames),
        arrows=(*_flows(parts, placed, platform), *arrows),
        cards=(platform, *lanes, *around, *data, *identities),
        legend=Box(x=MARGIN, y=legend_top, width=OUTSIDE_WIDTH + COLUMN_GAP, height=0),
    )


def _lane_width() -> int:
    return ENVIRONMENT_WIDTH + COLUMN_GAP + TEMPLATE_WIDTH


def _beside(cards: Sequence[Card], area: Box) -> list[Placed]:
    """Return cards below the queues, as far down as the VPC goes; the others below both."""
    column = stack(cards, area.x, area.y, QUEUE_WIDTH)
    first = [one for one in column if one.box.bottom <= area.bottom] or column[:1]
    bottom = max(area.bottom, first[-1].box.bottom)
    below = replace(area, y=bottom + GAP, height=0)
    return [*first, *grid(cards[len(first) :], below, WIDE_COLUMNS)]


def _lanes(parts: Parts, queue_x: int, environment_x: int, y: int) -> list[Placed]:
    """Return queues, environments and templates: a row each, templates where first used."""
    templates = {card.key: card for card in parts.templates}
    template_x = environment_x + ENVIRONMENT_WIDTH + COLUMN_GAP
    found: list[Placed] = []
    for lane in parts.lanes:
        row = [place(lane.queue, queue_x, y, QUEUE_WIDTH)]
        if lane.environment is not None:
            row.append(place(lane.environment, environment_x, y, ENVIRONMENT_WIDTH))
        own = [templates.pop(key) for key in lane.templates if key in templates]
        row += [place(card, template_x, y, TEMPLATE_WIDTH) for card in own[:1]]
        height = max(one.box.height for one in row)
        found += [stretched(one, height) for one in row]
        y += height + GAP
        # Those of some types only stand below the one that all others start with.
        below = stack(own[1:], template_x, y, TEMPLATE_WIDTH)
        found += below
        y = below[-1].box.bottom + GAP if below else y
    return found


def _flows(parts: Parts, placed: dict[str, Placed], platform: Placed) -> list[Arrow]:
    """Return the arrows from Platform to its queue and credential, and along the lanes."""
    first = placed[parts.lanes[0].queue.key].box
    credential = placed[parts.identities[0].key].box
    y = min(platform.box.middle, first.bottom - PADDING)
    y = max(y, first.y + PADDING)
    x = platform.box.x + platform.box.width // 2
    arrival = credential.middle - 6
    arrows = [
        Arrow(points=((platform.box.right, y), (first.x, y)), kind="flow"),
        Arrow(
            points=((x, platform.box.bottom), (x, arrival), (credential.x, arrival)),
            kind="flow",
        ),
    ]
    for lane in parts.lanes:
        if lane.environment is None:
            continue
        queue, environment = placed[lane.queue.key].box, placed[lane.environment.key].box
        arrows.append(
            Arrow(
                points=((queue.right, queue.middle), (environment.x, environment.middle)),
                kind="flow",
            )
        )
        for key in lane.templates:
            template = placed[key].box
            half = environment.right + COLUMN_GAP // 2
            points = [(environment.right, environment.middle)]
            if template.y != environment.y:
                points += [(half, environment.middle), (half, template.middle)]
            points.append((template.x, template.middle))
            arrows.append(Arrow(points=tuple(points), kind="flow"))
    return arrows
