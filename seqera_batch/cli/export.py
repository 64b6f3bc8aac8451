# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch export`: an environment for Platform's tools, or for plain Nextflow."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import replace
from pathlib import Path

from seqera_batch.cli.files import load_checked, put_verdicts, say, usable, with_problems
from seqera_batch.cli.streams import put, tell
from seqera_batch.cli.writing import write_files
from seqera_batch.config.loading import read
from seqera_batch.handoff.export import export
from seqera_batch.handoff.outputs import deployed
from seqera_batch.handoff.target import Rendered, Request
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import Problem, errors, refusal, visible


def run(options: argparse.Namespace) -> int:
    """Write the export; exit code 1 if there is none, or if placeholders stand in it."""
    checked = load_checked(options.file, options.name)
    if not usable([checked], options):
        return 1
    plan = ForgePlan.of(checked.usable())
    outputs = None
    if options.outputs is not None:
        outputs = deployed(read(options.outputs), plan, stack=options.stack)
    result = export(
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
    told = with_problems(replace(checked, problems=()), result.problems).problems
    as_text = options.format != "json"
    if as_text:
        say(told, options.file)
    written, commands = _write(result.rendered, options)
    open_ones = [_open(result.placeholders)] if result.placeholders else []
    if as_text:
        say(open_ones, options.file)
    else:
        put_verdicts(
            [replace(checked, problems=(*checked.problems, *told, *open_ones))],
            (),
            text=None if result.rendered is None or written else result.rendered.text,
            written=[str(file) for file in written],
            next=commands,
        )
    return 1 if errors((*told, *open_ones)) else 0


def _write(rendered: Rendered | None, options: argparse.Namespace) -> tuple[list[Path], list[str]]:
    """Write the export to its place; return the files that were written, and what to run next."""
    if rendered is None:
        return [], []
    output: Path | None = options.output
    files: dict[Path, str] = {}
    if output is not None:
        files = {output: rendered.text} | {
            output.parent / name: text for name, text in rendered.beside.items()
        }
    if len(files) != (output is not None) + len(rendered.beside):
        raise refusal(
            "output-file",
            "--output",
            f"this export is several files: the main one names {', '.join(rendered.beside)} "
            "beside it",
            allowed="a path of its own for the main file",
            fix="give -o FILE",
        )
    name = f"FILE{rendered.suffix}" if output is None else str(output)
    commands = [command.replace("{file}", shlex.quote(name)) for command in rendered.commands]
    said = "".join(f"next: {visible(command)}\n" for command in commands)
    if output is not None:
        inputs = [one for one in (options.file, options.outputs) if one is not None]
        write_files(files, option="--output", force=options.force, inputs=inputs)
        said = "".join(f"{file}: written\n" for file in files) + said
    if options.format != "json":
        if output is None:
            put(rendered.text)
        (tell if output is None else put)(said)
    return list(files), commands


def _open(placeholders: tuple[str, ...]) -> Problem:
    return Problem(
        "not-deployed",
        "aws.account",
        "the export holds placeholders, because the account is not known yet",
        value=", ".join(placeholders),
        allowed="an account, from the file or from the deployed stack",
        fix=(
            "deploy with --outputs-file cdk-outputs.json and give --outputs cdk-outputs.json, "
            "or set aws.account"
        ),
    )
