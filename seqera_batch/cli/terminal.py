# SPDX-License-Identifier: Apache-2.0
"""What a terminal gets beyond plain text: colour, lines that fit, progress. Pipes get none."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, TypeVar

from seqera_batch.cli.streams import tell

T = TypeVar("T")

_ESCAPES = {"error": "\x1b[1;31m", "warning": "\x1b[33m", "notice": "\x1b[36m", "bold": "\x1b[1m"}
_PLAIN = "\x1b[0m"
_HANGING = 4
"""Columns by which the rest of a wrapped line is indented more than its start."""
PATIENCE = 0.5
"""Seconds that a count waits for: what is done before needs none."""
_USUAL = 80
"""Columns where no terminal tells its own."""
_NARROWEST = 40
"""Columns below which wrapping would hide more than it shows."""


def painted(text: str, style: str, stream: TextIO | None) -> str:
    """Return the text in the colour of a style, where the stream shows colours.

    `NO_COLOR` switches colours off everywhere, `FORCE_COLOR` on (https://no-color.org,
    https://force-color.org).
    """
    return f"{_ESCAPES[style]}{text}{_PLAIN}" if _shows_colours(stream) else text


def fitted(lines: Iterable[str], stream: TextIO | None = None) -> Iterator[str]:
    """Yield lines that fit the terminal, the rest of a long one indented below it.

    Elsewhere than in a terminal, lines stay whole: `grep` and other programs read them. What
    would command a terminal is written out everywhere: a pipe may end in one.
    """
    from seqera_batch.problems import visible  # noqa: PLC0415 - --help starts without

    shown = (visible(line).replace("\n", "\\n") for line in lines)
    if not _is_terminal(stream or sys.stdout):
        yield from shown
        return
    import textwrap  # noqa: PLC0415 - pipes start faster without it

    width = columns()
    for line in shown:
        if width < _NARROWEST or len(line) <= width:
            yield line
            continue
        indent = " " * (len(line) - len(line.lstrip()) + _HANGING)
        # ARNs and addresses stay whole, so that they can be copied.
        yield from textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )


def columns() -> int:
    """Return the width of the terminal, as `shutil` finds it, which takes 4 ms to load."""
    with suppress(KeyError, ValueError):
        if (asked := int(os.environ["COLUMNS"])) > 0:
            return asked
    if sys.__stdout__ is not None:
        with suppress(ValueError, OSError):
            return os.get_terminal_size(sys.__stdout__.fileno()).columns or _USUAL
    return _USUAL


@contextmanager
def progress(says: str) -> Iterator[None]:
    """Say what takes over a second, in a terminal and for as long as it takes."""
    with steps() as tell_step:
        tell_step(says)
        yield


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Give a function that says what is being done, in a terminal, in place of what was before."""
    if not _shows_progress():
        yield lambda _: None
        return
    try:
        yield lambda says: _replace_line(f"{says} …")
    finally:
        _replace_line("")


def counting(items: Collection[T], says: str) -> Iterator[T]:
    """Yield the items, and in a terminal say which of how many is next, once it takes long."""
    if not _shows_progress():
        yield from items
        return
    silent_until = time.monotonic() + PATIENCE
    try:
        for number, item in enumerate(items, start=1):
            if time.monotonic() > silent_until:
                _replace_line(f"{says} {number} of {len(items)} …")
            yield item
    finally:
        _replace_line("")


def _shows_progress() -> bool:
    return _is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"


def _replace_line(text: str) -> None:
    tell(f"\r\x1b[K{text}")


def _is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream, which is None where it is closed, is a terminal."""
    return stream is not None and stream.isatty()


def _shows_colours(stream: TextIO | None) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _is_terminal(stream) and os.environ.get("TERM") != "dumb"
