# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a page or a picture, whatever it shows."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import html5lib

from seqera_batch.judge.report.picture.measure import text_width

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"kind": (11, False), "title": (13, True), "line": (12, False), "frame-title": (12, True)}


def _groups(root: ET.Element, kind: str) -> list[tuple[dict[str, int], list[ET.Element]]]:
    found = []
    for group in root.iter(f"{SVG}g"):
        if kind in str(group.get("class")).split() and group.find(f"{SVG}text") is not None:
            rect = group.find(f"{SVG}rect")
            assert rect is not None
            box = {name: int(rect.attrib[name]) for name in ("x", "y", "width", "height")}
            found.append((box, group.findall(f"{SVG}text")))
    return found


def words_outside(picture: ET.Element) -> Iterator[str]:
    """Yield the lines of text that leave their card or frame, by the widest of usual fonts."""
    for kind in ("card", "frame"):
        for box, lines in _groups(picture, kind):
            for line in lines:
                size, bold = SIZES[str(line.get("class"))]
                x, y = int(line.attrib["x"]), int(line.attrib["y"])
                right = x + text_width(str(line.text), size, bold=bold)
                across = box["x"] < x < right < box["x"] + box["width"]
                down = box["y"] + size <= y <= box["y"] + box["height"] - 4
                if not (across and down):
                    yield str(line.text)


def lines_too_close(picture: ET.Element) -> Iterator[str]:
    """Yield the lines of a card that run into another one of it."""
    for _, lines in _groups(picture, "card"):
        for one, other in combinations(lines, 2):
            same_column = one.get("x") == other.get("x")
            if same_column and abs(int(one.attrib["y"]) - int(other.attrib["y"])) < 15:
                yield f"{one.text} / {other.text}"


def overlaps(picture: ET.Element) -> Iterator[str]:
    """Yield the cards that lie on another one, or leave the picture."""
    cards = _groups(picture, "card")
    width, height = int(picture.attrib["width"]), int(picture.attrib["height"])
    for box, lines in cards:
        across = 0 < box["x"] < box["x"] + box["width"] < width
        if not (across and 0 < box["y"] < box["y"] + box["height"] < height):
            yield f"outside: {lines[0].text}"
    for (one, lines), (other, others) in combinations(cards, 2):
        apart = (
            one["x"] + one["width"] <= other["x"]
            or other["x"] + other["width"] <= one["x"]
            or one["y"] + one["height"] <= other["y"]
            or other["y"] + other["height"] <= one["y"]
        )
        if not apart:
            yield f"{lines[0].text} / {others[0].text}"


def read(page: str) -> ET.Element:
    """Return a page's tree.

    Raises:
        html5lib.html5parser.ParseError: The HTML standard calls something in it an error.
    """
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    tree: ET.Element = parser.parse(page)
    return tree
