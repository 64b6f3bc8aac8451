# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch schema`: the JSON Schema of environment files, for editors and checkers."""

from __future__ import annotations

import argparse

from pydantic_core import to_json

from seqera_batch.cli.streams import put
from seqera_batch.config.schema import json_schema


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    del options
    # As `json` writes it, which takes four times as long to indent.
    put(to_json(json_schema(), indent=2, ensure_ascii=True).decode() + "\n")
    return 0
