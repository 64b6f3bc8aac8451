# SPDX-License-Identifier: Apache-2.0
"""Reads the arguments, runs one command, and turns what went wrong into an exit code."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from seqera_batch import own_process
from seqera_batch.cli import streams
from seqera_batch.cli.terminal import columns, painted
from seqera_batch.version import __version__

if TYPE_CHECKING:
    from seqera_batch.problems import ConfigError

PROBLEMS, USAGE = 1, 2
"""Exit codes: the input has problems; the command was called wrongly."""

COMMANDS = {
    "init": "write a commented starter file, or one made of an export",
    "validate": "show every problem and warning of environment files",
    "plan": "show what will exist, every default decided",
    "effects": "show what deploying a changed file will do",
    "policies": "show the IAM documents: who may do what, and why",
    "review": "write what a reviewer reads, or what a change allows",
    "check": "see whether an account is ready for an environment",
    "synth": "write the CloudFormation templates (cdk.out)",
    "export": "write what Seqera Platform's tools or Nextflow read",
    "doctor": "see why jobs wait, nodes come and go, environments are INVALID",
    "leftovers": "list what is still there of an environment",
    "schema": "print the JSON Schema of environment files",
    "completion": "let a shell complete commands, options and file names",
}
"""Commands in the order in which somebody meets them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code.

    Args:
        arguments: Instead of the command line's.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        own_process.be_brief()
        streams.prepare()
    asked = os.environ.get("COMP_LINE") if "_ARGCOMPLETE" in os.environ else None
    if asked is not None:
        given = asked.split()[1:]
    parser = parser_of(word for word in given[:1] if word in COMMANDS)
    if asked is not None:
        from seqera_batch.cli.completion import answer  # noqa: PLC0415 - a shell asks

        answer(parser)
    options = parser.parse_args(given)
    if options.command is None:
        streams.tell(parser.format_help())
        return USAGE
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    """Run a command, and say why there is nothing of it where there is nothing."""
    # Only the command at hand is imported: the others cost start-up time, and synth needs CDK.
    command = import_module(f"seqera_batch.cli.{options.command}")
    from seqera_batch import problems  # noqa: PLC0415 - after --help and --version

    try:
        return int(command.run(options))
    except problems.ConfigError as error:
        _answer(error, options)
    except OSError as error:
        refused = problems.refusal(
            "system",
            "",
            f"the system refuses what the command needs: {error.strerror or error}",
            value=error.filename,
        )
        _answer(refused, options)
    return PROBLEMS


def _answer(error: ConfigError, options: argparse.Namespace) -> None:
    from seqera_batch.cli.files import answer  # noqa: PLC0415 - not every command needs it

    answer(error, options)


def parser_of(commands: Iterable[str]) -> argparse.ArgumentParser:
    """Return the parser, with the arguments of the commands that are named."""
    parser = _Parser(
        prog="seqera-batch",
        description="What Seqera's Batch Forge makes in an AWS account, as code.",
        epilog="""\
start here:
  seqera-batch init seqera.yaml        write a file to change
  seqera-batch validate seqera.yaml    find what is wrong with it
  seqera-batch plan seqera.yaml        see what it makes

`seqera-batch COMMAND --help` explains a command, with examples.
exit codes: 0 fine, 1 problems found, 2 called wrongly, 130 interrupted""",
        formatter_class=_Formatter,
    )
    parser.add_argument("--version", action="version", version=f"seqera-batch {__version__}")
    found = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    named = set(commands)
    for name, summary in COMMANDS.items():
        subparser = found.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=_Formatter,
        )
        if name in named:
            getattr(import_module("seqera_batch.cli.arguments"), name)(subparser)
    return parser


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Leaves examples as they are, and room for the longest command beside its summary."""

    def __init__(self, prog: str) -> None:
        # argparse leaves as much room at the right, and lays something out for every argument.
        super().__init__(prog, max_help_position=max(map(len, COMMANDS)) + 6, width=columns() - 2)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """Leave words with hyphens whole: they are there to be typed."""
        import textwrap  # noqa: PLC0415 - for help alone

        return textwrap.wrap(text, width, break_on_hyphens=False)

    if sys.version_info < (3, 13):

        def _format_action_invocation(self, action: argparse.Action) -> str:
            """Say once what an option takes, as later Pythons do: help is the same in all."""
            if not action.option_strings or action.nargs == 0:
                return super()._format_action_invocation(action)
            taken = self._format_args(action, action.dest.upper())
            return f"{', '.join(action.option_strings)} {taken}"


class _Parser(argparse.ArgumentParser):
    """Says what was wrong with a call, the nearest right word, and where help is."""

    def error(self, message: str) -> NoReturn:
        """Write it to standard error and end with the code for wrong calls."""
        unknown = _UNKNOWN_COMMAND.search(message)
        if unknown is not None:
            message = f"there is no command {unknown[1]}{_meant(unknown[1], COMMANDS)}"
        else:
            for word in _UNKNOWN_OPTION.findall(message):
                message += _meant(word, _long_options(self))
        streams.tell(self.format_usage())
        word = painted("error", "error", sys.stderr)
        streams.tell(f"{self.prog}: {word}: {message}\n    help:    {self.prog} --help\n")
        sys.exit(USAGE)

    def _print_message(self, message: str, file: object = None) -> None:
        """Write help or the version, as results are written."""
        del file
        try:
            streams.put(message)
        except ValueError as error:  # a ConfigError, which is not loaded for this
            streams.tell(f"{error}\n")
            sys.exit(PROBLEMS)


def _long_options(parser: argparse.ArgumentParser) -> set[str]:
    """Return the options of a parser and of the commands that it knows."""
    found = {name for name in parser._option_string_actions if name.startswith("--")}  # noqa: SLF001 - argparse has no other list of them
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for inner in action.choices.values():
                found |= _long_options(inner)
    return found


_UNKNOWN_COMMAND = re.compile(r"^argument COMMAND: invalid choice: '([^']*)'")
_UNKNOWN_OPTION = re.compile(r"(?<=arguments: )--[\w-]+")
"""What argparse says of them."""


def _meant(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong call needs it

    nearest = get_close_matches(word, list(known), n=1)
    return f": did you mean {nearest[0]}?" if nearest else ""
