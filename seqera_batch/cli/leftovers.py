# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch leftovers`: what is still there of an environment; nothing is removed."""

from __future__ import annotations

import argparse

from seqera_batch.cli.answers import show


def run(options: argparse.Namespace) -> int:
    """List what is left over, with the commands that would remove it."""
    from seqera_batch.account.leftovers import leftovers  # noqa: PLC0415 - --help needs no AWS

    return show(options, leftovers)
