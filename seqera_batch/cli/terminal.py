# SPDX-License-Identifier: Apache-2.0
"""What a terminal gets beyond plain text: colour, lines that fit, progress. Pipes get none."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ESCAPES = {"error": "\x1b[1;31m", "warning": "\x1b[33m", "notice": "\x1b[36m", "bold": "\x1b[1m"}
_PLAIN = "\x1b[0m"
_HANGING = 4
"""Columns by which the rest of a wrapped line is indented more than its start."""
_NARROWEST = 40
"""Columns below which wrapping would hide more than it shows."""


def painted(text: str, style: str, stream: TextIO) -> str:
    """Return the text in the colour of a style, where the stream shows colours.

    `NO_COLOR` switches colours off everywhere, `FORCE_COLOR` on (https://no-color.org,
    https://force-color.org).
    """
    return f"{_ESCAPES[style]}{text}{_PLAIN}" if _shows_colours(stream) else text


def fitted(lines: Iterable[str], stream: TextIO | None = None) -> Iterator[str]:
    """Yield lines that fit the terminal, the rest of a long one indented below it.

    Elsewhere than in a terminal, lines stay whole: `grep` and other programs read them.
    """
    stream = stream or sys.stdout
    width = shutil.get_terminal_size().columns if stream.isatty() else 0
    for line in lines:
        if width < _NARROWEST or len(line) <= width:
            yield line
            continue
        indent = " " * (len(line) - len(line.lstrip()) + _HANGING)
        # ARNs and addresses stay whole, so that they can be copied.
        yield from textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )


@contextmanager
def progress(says: str) -> Iterator[None]:
    """Say what takes over a second, in a terminal and for as long as it takes."""
    with steps() as tell:
        tell(says)
        yield


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Give a function that says what is being done, in a terminal, in place of what was before."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return

    over = ""

    def tell(says: str) -> None:
        nonlocal over
        sys.stderr.write(f"{over}{says} …")
        sys.stderr.flush()
        over = "\r\x1b[K"

    try:
        yield tell
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _shows_colours(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
