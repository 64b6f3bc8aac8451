# SPDX-License-Identifier: Apache-2.0
"""Where everything stands in the picture: whole pixels, from the cards alone, always the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from seqera_batch.report.picture.measure import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seqera_batch.report.picture.cards import Card, Tone
    from seqera_batch.report.picture.parts import Parts

MARGIN = 24
GAP = 14
PADDING = 14
FRAME_PADDING = 18
FRAME_HEAD = 34
COLUMN_GAP = 36
OUTSIDE_WIDTH = 196
QUEUE_WIDTH = 230
ENVIRONMENT_WIDTH = 252
TEMPLATE_WIDTH = 212
LANE_WIDTH = 18
NETWORK_COLUMNS = 2
WIDE_COLUMNS = 3

Style = Literal["kind", "title", "line", "frame"]
SIZES: dict[Style, int] = {"kind": 11, "title": 13, "line": 12, "frame": 12}
LEADING: dict[Style, int] = {"kind": 16, "title": 18, "line": 17, "frame": 18}
BOLD: frozenset[Style] = frozenset({"title", "frame"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> int:
        """Half of its height."""
        return self.y + self.height // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A line of text, by the left end of its base line."""

    x: int
    y: int
    style: Style
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A card in its place."""

    card: Card
    box: Box
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds cards: the account, the VPC, the identities."""

    box: Box
    title: Words
    tone: Tone
    created: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A line with a head at its last point."""

    points: tuple[tuple[int, int], ...]
    kind: Literal["flow", "pass"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything in its place, in the order of drawing."""

    width: int
    height: int
    frames: tuple[Frame, ...]
    arrows: tuple[Arrow, ...]
    cards: tuple[Placed, ...]
    legend: Box


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
        around = _grid(
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
        frames.append(_frame(box, parts.network_title, "network", created=parts.network_created))
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
        data = _grid(
            parts.data,
            Box(x=network_x, y=lanes_top, width=network_right - network_x, height=0),
            NETWORK_COLUMNS,
        )
    upper = max(placed.box.bottom for placed in (*lanes, *data, *around))
    upper = max([upper, *(frame.box.bottom for frame in frames)])
    people = Box(x=inner, y=upper + FRAME_PADDING + GAP, width=network_right - inner, height=0)
    identities, arrows = _identities(parts, people)
    people = replace(people, height=identities[-1].box.bottom + FRAME_PADDING - people.y)
    frames.append(_frame(people, "Identities in IAM, and who may pass which role", "identity"))
    account = Box(
        x=left,
        y=MARGIN,
        width=network_right + FRAME_PADDING - left,
        height=people.bottom + FRAME_PADDING - MARGIN,
    )
    frames.insert(0, _frame(account, parts.account, "outside"))
    platform = _place(parts.platform, MARGIN, lanes_top, OUTSIDE_WIDTH)
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


def _frame(box: Box, title: str, tone: Tone, *, created: bool = True) -> Frame:
    [first, *_] = wrap(title, box.width - 2 * FRAME_PADDING, SIZES["frame"], bold=True)
    words = Words(x=box.x + FRAME_PADDING, y=box.y + 23, style="frame", text=first)
    return Frame(box=box, title=words, tone=tone, created=created)


def _place(card: Card, x: int, y: int, width: int) -> Placed:
    """Return a card of a width, as high as its words need; `beside` is the right half."""
    room = width - 2 * PADDING
    half = (room - GAP) // 2 if card.beside else room
    left = _words((("kind", card.kind), ("title", card.title)), x + PADDING, y, half)
    left += _words([("line", line) for line in card.lines], x + PADDING, _end(left), half)
    right = _words(
        [("line", line) for line in card.beside], x + PADDING + half + GAP, y, room - half - GAP
    )
    end = max(_end(left), _end(right) if right else 0)
    box = Box(x=x, y=y, width=width, height=end - y + 2 * PADDING - 4)
    shift = PADDING - 2
    return Placed(
        card=card,
        box=box,
        words=tuple(replace(one, y=one.y + shift) for one in (*left, *right)),
    )


def _words(texts: Sequence[tuple[Style, str]], x: int, y: int, width: int) -> list[Words]:
    """Return the lines of texts below each other, `y` being the upper edge of the first."""
    found: list[Words] = []
    for style, text in texts:
        for line in wrap(text, width, SIZES[style], bold=style in BOLD):
            # The base line is four fifths down a line's height.
            base = y + LEADING[style] * 4 // 5
            found.append(Words(x=x, y=base, style=style, text=line))
            y += LEADING[style]
    return found


def _end(words: Sequence[Words]) -> int:
    last = words[-1]
    return last.y + LEADING[last.style] - LEADING[last.style] * 4 // 5


def _stretched(placed: Placed, height: int) -> Placed:
    return replace(placed, box=replace(placed.box, height=height))


def _stack(cards: Sequence[Card], x: int, y: int, width: int) -> list[Placed]:
    found: list[Placed] = []
    for card in cards:
        placed = _place(card, x, y, width)
        found.append(placed)
        y = placed.box.bottom + GAP
    return found


def _grid(cards: Sequence[Card], area: Box, columns: int) -> list[Placed]:
    """Return cards in rows that are full, those of a row of one height."""
    found: list[Placed] = []
    y = area.y
    for start in range(0, len(cards), columns):
        ones = cards[start : start + columns]
        width = (area.width - GAP * (len(ones) - 1)) // len(ones)
        row = [
            _place(card, area.x + place * (width + GAP), y, width)
            for place, card in enumerate(ones)
        ]
        height = max(one.box.height for one in row)
        found += [_stretched(one, height) for one in row]
        y += height + GAP
    return found


def _beside(cards: Sequence[Card], area: Box) -> list[Placed]:
    """Return cards below the queues, as far down as the VPC goes; the others below both."""
    column = _stack(cards, area.x, area.y, QUEUE_WIDTH)
    first = [one for one in column if one.box.bottom <= area.bottom] or column[:1]
    bottom = max(area.bottom, first[-1].box.bottom)
    below = replace(area, y=bottom + GAP, height=0)
    return [*first, *_grid(cards[len(first) :], below, WIDE_COLUMNS)]


def _lanes(parts: Parts, queue_x: int, environment_x: int, y: int) -> list[Placed]:
    """Return queues, environments and templates: a row each, templates where first used."""
    templates = {card.key: card for card in parts.templates}
    template_x = environment_x + ENVIRONMENT_WIDTH + COLUMN_GAP
    found: list[Placed] = []
    for lane in parts.lanes:
        row = [_place(lane.queue, queue_x, y, QUEUE_WIDTH)]
        if lane.environment is not None:
            row.append(_place(lane.environment, environment_x, y, ENVIRONMENT_WIDTH))
        if lane.template in templates:
            row.append(_place(templates.pop(lane.template), template_x, y, TEMPLATE_WIDTH))
        height = max(one.box.height for one in row)
        found += [_stretched(one, height) for one in row]
        y += height + GAP
    return found


def _identities(parts: Parts, area: Box) -> tuple[list[Placed], list[Arrow]]:
    """Return a row for each identity, and at their left an arrow for each role passed."""
    room = LANE_WIDTH * (len(parts.passes) + 1)
    x = area.x + FRAME_PADDING + room
    rows = _stack(parts.identities, x, area.y + FRAME_HEAD, area.width - 2 * FRAME_PADDING - room)
    placed = {one.card.key: one.box for one in rows}
    arrows: list[Arrow] = []
    for place, (giver, takers) in enumerate(parts.passes.items()):
        lane = x - LANE_WIDTH * (place + 1) - 4
        start = placed[giver].middle + 6
        for taker in takers:
            # Arrows of different givers arrive at different heights.
            end = placed[taker].middle - 6 + 12 * place - (12 if taker == giver else 0)
            arrows.append(
                Arrow(points=((x, start), (lane, start), (lane, end), (x, end)), kind="pass")
            )
    return rows, arrows


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
        if lane.template is not None:
            template = placed[lane.template].box
            half = environment.right + COLUMN_GAP // 2
            points = [(environment.right, environment.middle)]
            if template.y != environment.y:
                points += [(half, environment.middle), (half, template.middle)]
            points.append((template.x, template.middle))
            arrows.append(Arrow(points=tuple(points), kind="flow"))
    return arrows
