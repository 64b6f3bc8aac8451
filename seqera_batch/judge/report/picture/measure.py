# SPDX-License-Identifier: Apache-2.0
"""How wide text is, so that it is broken before it leaves its box; no font is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import ceil

# Advance widths of DejaVu Sans in 1/1000 em, from the space to `~`. It is among the widest fonts
# that a browser takes for `sans-serif`, so what fits in it fits in the others.
_REGULAR = (
    *(318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337, 637, 637),
    *(637, 637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 531, 1000, 685, 687, 699),
    *(771, 632, 576, 775, 752, 295, 295, 656, 558, 863, 749, 788, 604, 788, 695, 635, 611, 732),
    *(685, 989, 686, 611, 686, 391, 337, 391, 838, 500, 500, 613, 635, 550, 635, 616, 353, 635),
    *(634, 278, 278, 580, 278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592),
    *(525, 637, 337, 637, 838),
)
_BOLD = (
    *(349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366, 696, 696),
    *(696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 581, 1000, 774, 763, 734),
    *(831, 684, 684, 821, 837, 373, 373, 775, 638, 996, 837, 851, 733, 851, 771, 721, 683, 813),
    *(774, 1104, 771, 725, 726, 458, 366, 458, 838, 500, 500, 675, 716, 593, 716, 679, 436, 716),
    *(712, 343, 343, 666, 343, 1042, 712, 688, 716, 716, 494, 596, 479, 712, 652, 924, 646, 652),
    *(583, 712, 366, 712, 838),
)
_ELSEWHERE = 1300
"""Other characters, emoji among them: an upper bound."""

_FIRST = ord(" ")
_BREAK_AFTER = re.compile(r"(?<=[-_/:,])")


def text_width(text: str, size: int, *, bold: bool = False) -> int:
    """Return an upper bound of the width of a line, in pixels.

    Args:
        text: One line.
        size: Font size in pixels.
        bold: Whether it is set bold.
    """
    table = _BOLD if bold else _REGULAR
    thousandths = 0
    for character in text:
        place = ord(character) - _FIRST
        thousandths += table[place] if 0 <= place < len(table) else _ELSEWHERE
    return ceil(thousandths * size / 1000)


@lru_cache(maxsize=4096)
def wrap(text: str, width: int, size: int, *, bold: bool = False) -> tuple[str, ...]:
    """Return text as lines that are no wider than `width` pixels.

    Lines end at spaces; within a word only if it alone is too long: after `-`, `/` and the like,
    and anywhere if there is none of them.
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        spaced = f"{line} {word}" if line else word
        if text_width(spaced, size, bold=bold) <= width:
            line = spaced
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, width, size, bold=bold)
        lines += full
    return (*lines, line) if line else tuple(lines)


def _broken(word: str, width: int, size: int, *, bold: bool) -> Iterator[str]:
    """Yield a word in pieces that fit."""
    piece = ""
    for part in _BREAK_AFTER.split(word):
        if piece and text_width(piece + part, size, bold=bold) > width:
            yield piece
            piece = ""
        for character in part:
            if piece and text_width(piece + character, size, bold=bold) > width:
                yield piece
                piece = ""
            piece += character
    yield piece
