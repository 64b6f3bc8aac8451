# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch init`: a commented starter file."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.problems import ConfigError, Problem, Severity

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="where to write; standard output if left out",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that exists")
    parser.epilog = """examples:
  seqera-batch init seqera.yaml
  seqera-batch init > seqera.yaml"""


def run(options: argparse.Namespace) -> int:
    """Write the starter file; an existing one stays unless --force is given."""
    file: Path | None = options.file
    if file is None:
        sys.stdout.write(starter())
        return 0
    try:
        with file.open("w" if options.force else "x", encoding="utf-8") as stream:
            stream.write(starter())
    except FileExistsError:
        raise _refused(file, "the file exists, and is left as it is", "--force replaces it") from (
            None
        )
    except OSError as error:
        raise _refused(
            file, f"the file cannot be written: {error.strerror}", "choose another path"
        ) from None
    sys.stdout.write(
        f"{file}: change name, region and work_dir, then: seqera-batch validate {file}\n"
    )
    return 0


def starter() -> str:
    """Return the text of the starter file."""
    return resources.files("seqera_batch.cli").joinpath("starter.yaml").read_text("utf-8")


def _refused(file: Path, message: str, fix: str) -> ConfigError:
    problem = Problem(
        rule="output-file",
        severity=Severity.ERROR,
        path="FILE",
        message=message,
        value=str(file),
        fix=fix,
    )
    return ConfigError([problem])
