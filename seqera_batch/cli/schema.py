# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch schema`: the JSON Schema of environment files, for editors and checkers."""

from __future__ import annotations

import argparse
import json

from seqera_batch.cli.streams import put
from seqera_batch.config.schema import json_schema


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    del options
    put(json.dumps(json_schema(), indent=2) + "\n")
    return 0
