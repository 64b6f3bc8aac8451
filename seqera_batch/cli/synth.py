# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch synth`: the CloudFormation templates, through the same code as `cdk synth`."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.catalog.names import stack_name
from seqera_batch.cli.files import load_all, usable
from seqera_batch.cli.terminal import counting, progress
from seqera_batch.problems import ConfigError, Problem, Severity
from seqera_batch.runtime import prepare

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from aws_cdk import App

    from seqera_batch.config.environment import ForgeConfig

ASSEMBLY_MARK = "cdk.out"
"""File that CDK writes into every assembly; a folder without it is not ours to replace."""


def run(options: argparse.Namespace) -> int:
    """Write the assembly, whole or not at all; exit code 1 if a file cannot be used."""
    checked = load_all(options)
    if not usable(checked):
        return 1
    output: Path = options.output
    _refuse_foreign(output)
    configs = [one.usable() for one in checked]
    # Beside the output, so that putting it in place is a rename on the same disk.
    with _folder_beside(output) as folder:
        fresh = Path(folder) / "fresh"
        stacks = _synthesize(configs, fresh, validate=not options.no_validation)
        _put_in_place(fresh, output, aside=Path(folder) / "replaced")
    for stack in stacks:
        sys.stdout.write(f"{output / stack}.template.json\n")
    return 0


def _synthesize(configs: Sequence[ForgeConfig], folder: Path, *, validate: bool) -> list[str]:
    """Write the assembly into a new folder and return the names of its stacks."""
    with progress("starting CDK"):
        prepare()
        from seqera_batch.stack import add_environments, new_app  # noqa: PLC0415 - loads CDK

        app = new_app(
            # Absolute: Node.js may have been started in another folder.
            outdir=str(folder.absolute()),
            validate=validate,
            through=partial(counting, says="validating template"),
        )
    add_environments(app, configs, through=partial(counting, says="synthesizing environment"))
    with progress("writing" + (" and validating" if validate else "") + " templates"):
        _write(app)
    return [stack_name(config.aws.prefix, config.name) for config in configs]


def _write(app: App) -> None:
    try:
        app.synth()
    except RuntimeError as error:
        raise ConfigError([_refused_by_cdk(error)]) from error


def _folder_beside(output: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent)
    except OSError as error:
        raise _cannot_write(output, error) from error


def _put_in_place(fresh: Path, output: Path, *, aside: Path) -> None:
    """Replace the output; where that fails it stays what it was."""
    try:
        if output.exists():
            output.rename(aside)
        fresh.rename(output)
    except OSError as error:
        if aside.exists():
            aside.rename(output)
        raise _cannot_write(output, error) from error


def _cannot_write(output: Path, error: OSError) -> ConfigError:
    return ConfigError(
        [
            Problem(
                rule="output-folder",
                severity=Severity.ERROR,
                path="--output",
                message=f"the folder cannot be written: {error.strerror}",
                value=str(output),
                fix="choose another folder",
            )
        ]
    )


def _refused_by_cdk(error: RuntimeError) -> Problem:
    # CDK has printed its report; the copy that it names goes with the unfinished assembly.
    said = str(error).partition("A copy of this report")[0].strip()
    return Problem(
        rule="synthesis",
        severity=Severity.ERROR,
        path="",
        message=f"CDK refuses the templates: {said}",
        fix="if no value of yours is named above, this is a defect of seqera-batch: report it",
    )


def _refuse_foreign(output: Path) -> None:
    """Keep from replacing anything that is not an assembly."""
    if not output.exists():
        return
    if output.is_dir() and (not any(output.iterdir()) or (output / ASSEMBLY_MARK).is_file()):
        return
    raise ConfigError(
        [
            Problem(
                rule="output-folder",
                severity=Severity.ERROR,
                path="--output",
                message="this is not an assembly of CDK, so it is left as it is",
                value=str(output),
                allowed="a new or empty folder, or one that CDK wrote",
                fix="choose another folder",
            )
        ]
    )
