# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch doctor`: why jobs wait, nodes come and go, environments are INVALID."""

from __future__ import annotations

import argparse
from functools import partial

from seqera_batch.cli.answers import show


def run(options: argparse.Namespace) -> int:
    """Show what is wrong; exit code 1 if something is, or could not be looked at."""
    from seqera_batch.account.doctor import doctor  # noqa: PLC0415 - --help needs none of it

    return show(options, partial(doctor, job=options.job))
