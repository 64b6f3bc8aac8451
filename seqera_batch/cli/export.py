# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch export`: an environment for Platform's tools, or for plain Nextflow."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from seqera_batch.cli.files import load_one, say, usable, write_new
from seqera_batch.config.loading import read
from seqera_batch.handoff.export import export
from seqera_batch.handoff.outputs import deployed
from seqera_batch.handoff.target import Request
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import ConfigError, Problem, Severity, errors

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from seqera_batch.handoff.target import Rendered


def run(options: argparse.Namespace) -> int:
    """Write the export; exit code 1 if there is none, or if placeholders stand in it."""
    checked = load_one(options.file, options.name)
    if not usable([checked]):
        return 1
    config = checked.usable()
    plan = ForgePlan.of(config)
    outputs = None
    if options.outputs is not None:
        outputs = deployed(read(options.outputs), plan, stack=options.stack)
    result = export(
        config,
        plan,
        Request(
            target=options.to,
            mode=options.mode,
            form=options.form,
            workspace=options.workspace,
            credentials=options.credentials,
            label_ids=tuple(options.label_ids),
            allow=tuple(options.allow),
        ),
        outputs=outputs,
    )
    say(result.problems, options.file)
    if result.rendered is None or errors(result.problems):
        return 1
    _write(result.rendered, options.output, force=options.force)
    if not result.placeholders:
        return 0
    say([_open(result.placeholders)], options.file)
    return 1


def _write(rendered: Rendered, output: Path | None, *, force: bool) -> None:
    if output is None:
        if rendered.beside:
            raise ConfigError([_needs_output(tuple(rendered.beside))])
        sys.stdout.write(rendered.text)
        say_next, name = sys.stderr.write, f"FILE{rendered.suffix}"
    else:
        files = {output: rendered.text} | {
            output.parent / name: text for name, text in rendered.beside.items()
        }
        if len(files) != 1 + len(rendered.beside):
            raise ConfigError([_needs_output(tuple(rendered.beside))])
        write_new(files, force=force)
        sys.stdout.write("".join(f"{file}: written\n" for file in files))
        say_next, name = sys.stdout.write, str(output)
    for command in rendered.commands:
        say_next(f"next: {command.replace('{file}', shlex.quote(name))}\n")


def _needs_output(beside: tuple[str, ...]) -> Problem:
    return Problem(
        rule="output-file",
        severity=Severity.ERROR,
        path="-o",
        message=f"this export is several files: the main one names {', '.join(beside)} beside it",
        allowed="a path of its own for the main file",
        fix="give -o FILE",
    )


def _open(placeholders: tuple[str, ...]) -> Problem:
    return Problem(
        rule="not-deployed",
        severity=Severity.ERROR,
        path="aws.account",
        message="the export holds placeholders, because the account is not known yet",
        value=", ".join(placeholders),
        allowed="an account, from the file or from the deployed stack",
        fix="deploy with --outputs-file cdk-outputs.json and give --outputs cdk-outputs.json, "
        "or set aws.account",
    )
