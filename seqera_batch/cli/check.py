# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch check`: whether the account is ready for an environment."""

from __future__ import annotations

import argparse

from seqera_batch.cli.answers import show


def run(options: argparse.Namespace) -> int:
    """Show what is missing or in the way; exit code 1 if something is."""
    from seqera_batch.account.check import check  # noqa: PLC0415 - --help needs none of it

    return show(options, check)
