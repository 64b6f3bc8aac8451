# SPDX-License-Identifier: Apache-2.0
"""Reads the arguments, runs one command, and turns what went wrong into an exit code."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from seqera_batch import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE, PROBLEMS, USAGE = 0, 1, 2
"""Exit codes: nothing wrong; the input has problems; the command was called wrongly."""

COMMANDS = {
    "init": "write a commented starter file, or one made of an export",
    "validate": "show every problem and warning of environment files",
    "plan": "show what will exist, every default decided",
    "effects": "show what deploying a changed file will do",
    "policies": "show the IAM documents: who may do what, and why",
    "synth": "write the CloudFormation templates (cdk.out)",
    "export": "write what Seqera Platform's tools or Nextflow read",
    "schema": "print the JSON Schema of environment files",
}
"""Commands in the order in which somebody meets them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code.

    Args:
        arguments: Instead of the command line's.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        # A process of our own, which ends soon: collecting garbage would only delay it.
        gc.disable()
        # pydantic would look through every installed package for plugins, which instrument models
        # of applications and have nothing to do here.
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Only the command at hand is imported: the others cost start-up time, and synth needs CDK.
    parser = _parser(next((word for word in given if word in COMMANDS), None))
    options = parser.parse_args(given)
    if options.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    from seqera_batch.problems import ConfigError  # noqa: PLC0415 - after --help and --version

    try:
        return int(options.run(options))
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return PROBLEMS
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is wrong here.
        sys.stderr.close()
        return FINE


def _parser(command: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="seqera-batch",
        description="Everything Seqera's Batch Forge makes in an AWS account, as code.",
        epilog="exit codes: 0 fine, 1 problems found, 2 called wrongly",
    )
    parser.add_argument("--version", action="version", version=f"seqera-batch {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        subparser = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == command:
            module = import_module(f"seqera_batch.cli.{name}")
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    return parser
