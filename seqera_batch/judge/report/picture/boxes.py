# SPDX-License-Identifier: Apache-2.0
"""What both layouts of the picture are made of: boxes, lines of text, rows of cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from seqera_batch.judge.report.picture.cards import Card, Tone
from seqera_batch.judge.report.picture.measure import wrap
from seqera_batch.judge.report.picture.parts import Parts
from seqera_batch.records import dataclass

MARGIN = 24
GAP = 14
PADDING = 14
FRAME_PADDING = 18
FRAME_HEAD = 34
COLUMN_GAP = 36
LANE_WIDTH = 18

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


def place(card: Card, x: int, y: int, width: int) -> Placed:
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


def stack(cards: Sequence[Card], x: int, y: int, width: int) -> list[Placed]:
    """Return cards below each other."""
    found: list[Placed] = []
    for card in cards:
        placed = place(card, x, y, width)
        found.append(placed)
        y = placed.box.bottom + GAP
    return found


def grid(cards: Sequence[Card], area: Box, columns: int) -> list[Placed]:
    """Return cards in rows that are full, those of a row of one height."""
    found: list[Placed] = []
    y = area.y
    for start in range(0, len(cards), columns):
        ones = cards[start : start + columns]
        width = (area.width - GAP * (len(ones) - 1)) // len(ones)
        row = [
            place(card, area.x + column * (width + GAP), y, width)
            for column, card in enumerate(ones)
        ]
        height = max(one.box.height for one in row)
        found += [stretched(one, height) for one in row]
        y += height + GAP
    return found


def stretched(placed: Placed, height: int) -> Placed:
    """Return a card that is as high as its neighbours."""
    return replace(placed, box=replace(placed.box, height=height))


def frame(box: Box, title: str, tone: Tone, *, created: bool = True) -> Frame:
    """Return a frame with its title, in one line."""
    [first, *_] = wrap(title, box.width - 2 * FRAME_PADDING, SIZES["frame"], bold=True)
    words = Words(x=box.x + FRAME_PADDING, y=box.y + 23, style="frame", text=first)
    return Frame(box=box, title=words, tone=tone, created=created)


def identity_rows(parts: Parts, area: Box) -> tuple[list[Placed], list[Arrow]]:
    """Return a row for each identity, and at their left an arrow for each role passed."""
    room = LANE_WIDTH * (len(parts.passes) + 1)
    x = area.x + FRAME_PADDING + room
    rows = stack(parts.identities, x, area.y + FRAME_HEAD, area.width - 2 * FRAME_PADDING - room)
    placed = {one.card.key: one.box for one in rows}
    arrows: list[Arrow] = []
    for number, (giver, takers) in enumerate(parts.passes.items()):
        lane = x - LANE_WIDTH * (number + 1) - 4
        start = placed[giver].middle + 6
        for taker in takers:
            # Arrows of different givers arrive at different heights.
            end = placed[taker].middle - 6 + 12 * number - (12 if taker == giver else 0)
            arrows.append(
                Arrow(points=((x, start), (lane, start), (lane, end), (x, end)), kind="pass")
            )
    return rows, arrows


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
