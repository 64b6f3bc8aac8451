# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch completion`: lets a shell complete commands, options, their values and files."""

from __future__ import annotations

import argparse

from seqera_batch.cli.streams import put

PROGRAM = "seqera-batch"


def run(options: argparse.Namespace) -> int:
    """Print the script of a shell, which asks this program at each key press."""
    from argcomplete.shell_integration import shellcode  # noqa: PLC0415 - loaded when asked for

    put(shellcode([PROGRAM], shell=options.shell))
    return 0


def answer(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what may come next, and end the process."""
    import argcomplete  # noqa: PLC0415 - as above

    argcomplete.autocomplete(parser)
