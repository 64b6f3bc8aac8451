# SPDX-License-Identifier: Apache-2.0
"""The command line: one module a command, loaded when it is asked for."""

from seqera_batch.cli.main import main

__all__ = ["main"]
