# SPDX-License-Identifier: Apache-2.0
"""The process `seqera-batch`, which `python -m seqera_batch` is too: how it starts and ends."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Of Ctrl-C, of `timeout` and other programs, and of a window that is closed."""


def main() -> int:
    """Run the command line; a signal ends it with one line, and with nothing half-written.

    Returns:
        The exit code.
    """
    for name in SIGNALS:
        number = getattr(signal, name, None)
        # nohup and shells that start it in the background have them ignored.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    from seqera_batch.cli import main as run  # noqa: PLC0415 - a signal may come already

    return run()


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """End at once: an exception would have to find its way through foreign code, which says more.

    The exit code is that of shells: 130 after Ctrl-C.
    """
    del frame
    writing = sys.modules.get("seqera_batch.cli.writing")
    # While it is still being loaded, nothing can be unfinished.
    if writing is not None and hasattr(writing, "discard"):
        writing.discard()
    with suppress(OSError):
        os.write(
            2, b"\nseqera-batch: interrupted\n" if os.isatty(2) else b"seqera-batch: interrupted\n"
        )
    os._exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
