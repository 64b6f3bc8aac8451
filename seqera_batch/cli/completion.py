# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch completion`: lets a shell complete commands, options, their values and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.cli.streams import put

if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "fish")

PROGRAM = "seqera-batch"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    parser.epilog = """examples:
  source <(seqera-batch completion bash)
  seqera-batch completion bash > ~/.local/share/bash-completion/completions/seqera-batch
  seqera-batch completion zsh > "${fpath[1]}/_seqera-batch"
  seqera-batch completion fish > ~/.config/fish/completions/seqera-batch.fish"""


def run(options: argparse.Namespace) -> int:
    """Print the script of a shell, which asks this program at each key press."""
    from argcomplete.shell_integration import shellcode  # noqa: PLC0415 - loaded when asked for

    put(shellcode([PROGRAM], shell=options.shell))
    return 0


def answer(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what may come next, and end the process."""
    import argcomplete  # noqa: PLC0415 - as above

    argcomplete.autocomplete(parser)
