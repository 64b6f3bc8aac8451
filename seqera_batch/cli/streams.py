# SPDX-License-Identifier: Apache-2.0
"""Standard output and error: written at once, so that what cannot be written is said in time."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from seqera_batch.problems import ConfigError


def put(text: str) -> None:
    """Write a result to standard output.

    On a terminal, nothing in it is a command to the terminal. A reader that goes away, as `head`
    does, has what it wanted: the rest goes nowhere, and the command goes on to its verdict.

    Raises:
        ConfigError: It cannot be written, as where the disk behind it is full.
    """
    if sys.stdout is None:
        raise _unwritable("it is closed")
    try:
        sys.stdout.write(_visible(text) if sys.stdout.isatty() else text)
        sys.stdout.flush()
    except BrokenPipeError:
        _lead_nowhere(sys.stdout)
    except OSError as error:
        _lead_nowhere(sys.stdout)
        raise _unwritable(str(error.strerror)) from None


def tell(text: str) -> None:
    """Write a problem or a hint to standard error; where it cannot be written, nobody reads it."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _lead_nowhere(sys.stderr)


def prepare() -> None:
    """Keep closed streams closed, and let none fail at what its encoding has no character for."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The next file that is opened would get the number, and what is printed with it.
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is not None:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end


def _visible(text: str) -> str:
    from seqera_batch.problems import visible  # noqa: PLC0415 - --help starts without

    return visible(text)


def _lead_nowhere(stream: TextIO) -> None:
    """Throw away what the stream still holds, which Python would else try to write at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _unwritable(why: str) -> ConfigError:
    from seqera_batch.problems import refusal  # noqa: PLC0415 - --help and --version start without

    return refusal(
        "standard-output", "", f"standard output cannot be written: {why}", fix="send it elsewhere"
    )
