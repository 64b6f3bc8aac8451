# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch doctor`: why jobs wait, nodes come and go, environments are INVALID."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from seqera_batch.cli.answers import add_account_arguments, epilog, show

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_account_arguments(parser)
    parser.add_argument(
        "--job",
        metavar="ID",
        help="why this job waits or has failed (default: the jobs at the front of the queues, and "
        "the head job that failed last)",
    )
    parser.epilog = epilog(
        "doctor",
        """\
  seqera-batch doctor seqera.yaml
  seqera-batch doctor seqera.yaml --job 7f0e6a52-2c1b-4c7e-8a55-1b9d5c3e9f10""",
    )


def run(options: argparse.Namespace) -> int:
    """Show what is wrong; exit code 1 if something is, or could not be looked at."""
    from seqera_batch.account.doctor import doctor  # noqa: PLC0415 - --help needs none of it

    return show(options, partial(doctor, job=options.job))
