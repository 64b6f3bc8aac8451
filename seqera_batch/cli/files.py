# SPDX-License-Identifier: Apache-2.0
"""What commands that read environment files share: arguments, loading, and saying problems."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.catalog.names import environment_id, stack_name
from seqera_batch.cli.streams import put, tell
from seqera_batch.cli.terminal import counting, fitted, painted
from seqera_batch.cli.writing import write_files
from seqera_batch.problems import ConfigError, Problem, errors, refusal

if TYPE_CHECKING:
    from seqera_batch.config.check import Checked

SHORT_FILE = 1_600
"""Characters of a whole file up to which every policy of it fits into IAM, whatever it names.

Each entry of a list or mapping counts as itself and what the longest statement puts around it.
"""
AROUND_AN_ENTRY = 60
"""A third of that: the rest is in what a policy without any entry leaves of its room."""


def load_all(options: argparse.Namespace) -> list[Checked]:
    """Read and check every file; one that cannot be read is a problem like others.

    Raises:
        ConfigError: --name is given for several files.
    """
    files: Sequence[str] = options.files
    if options.name is not None and len(files) > 1:
        raise refusal(
            "name-for-one",
            "--name",
            "one name cannot be the name of several environments",
            value=options.name,
            allowed="one file with --name",
            fix="write a name into each file",
        )
    return [load_checked(file, options.name) for file in counting(files, "reading file")]


def load_checked(file: str, name: str | None) -> Checked:
    """Read and check a file, and where it gives cause to, the documents that it makes.

    One that cannot even be read as data is a problem like others.
    """
    from seqera_batch.config import check  # noqa: PLC0415 - `init` writes without it

    try:
        checked = check.load(file, name=name)
    except ConfigError as error:
        return check.Checked(file, None, error.problems)
    found = _document_problems(checked)
    return with_problems(checked, found) if found else checked


def with_problems(checked: Checked, problems: Iterable[Problem]) -> Checked:
    """Return a checked file with more problems, and with the lines that they are about."""
    return replace(checked, problems=(*checked.problems, *checked.lines.of(problems)))


def say(problems: Iterable[Problem], origin: str | None) -> None:
    """Write problems to standard error; acknowledged warnings are left out."""
    for problem in problems:
        if problem.acknowledged is None:
            severity = str(problem.severity)
            text = "\n".join(fitted(problem.text(origin).split("\n"), sys.stderr))
            shown = painted(severity, severity, sys.stderr)
            tell(text.replace(f"{severity}[", f"{shown}[", 1) + "\n")


def usable(
    checked: Sequence[Checked], options: argparse.Namespace, together: Iterable[Problem] = ()
) -> bool:
    """Say everything about the files, and return whether all can be used.

    Where not, and JSON is asked for, the answer is JSON, too.

    Args:
        checked: The files.
        options: The command line.
        together: What is wrong with all of them together.
    """
    together = with_files(together, checked)
    fine = not errors(together) and all(is_valid(one) for one in checked)
    if not fine and getattr(options, "format", None) == "json":
        put_verdicts(checked, together)
        return False
    for one in checked:
        say(one.problems, one.origin)
    say(together, None)
    return fine


def with_files(problems: Iterable[Problem], checked: Sequence[Checked]) -> tuple[Problem, ...]:
    """Return problems of several environments with the files that share what they name."""
    named: dict[object, list[str]] = {}
    for one in checked:
        if one.config is not None:
            prefix, name = one.config.aws.prefix, one.config.name
            for shared in {environment_id(prefix, name), stack_name(prefix, name)}:
                named.setdefault(shared, []).append(str(one.origin))
    return tuple(
        replace(problem, message=f"{problem.message}: {', '.join(named[problem.value])}")
        if problem.value in named
        else problem
        for problem in problems
    )


def put_verdicts(checked: Iterable[Checked], together: Iterable[Problem], **more: object) -> None:
    """Write what is wrong, and with which file, to standard output: JSON with stable keys.

    Args:
        checked: The files.
        together: What is wrong with all of them, or with the command line.
        **more: What a command has to say besides.
    """
    import json  # noqa: PLC0415 - programs ask for it

    files = [
        {
            "file": one.origin,
            "valid": is_valid(one),
            "problems": [problem.as_dict() for problem in one.problems],
        }
        for one in checked
    ]
    data = {"files": files, "together": [problem.as_dict() for problem in together], **more}
    put(json.dumps(data, indent=2) + "\n")


def answer(error: ConfigError, options: argparse.Namespace) -> None:
    """Say why there is no result, in the form that was asked for."""
    if getattr(options, "format", None) != "json":
        say(error.problems, error.origin)
    elif error.origin is None:
        put_verdicts([], error.problems)
    else:
        from seqera_batch.config import check  # noqa: PLC0415 - as in load_checked

        put_verdicts([check.Checked(error.origin, None, error.problems)], [])


def is_valid(checked: Checked) -> bool:
    """Return whether a file can be used."""
    return checked.config is not None and not errors(checked.problems)


def write(options: argparse.Namespace, text: str) -> None:
    """Write the whole text into the output that the options name, else to standard output.

    Raises:
        ConfigError: Something is in the way of the file, or it cannot be written.
    """
    if options.output is not None:
        write_files(
            {Path(options.output): text},
            option="--output",
            force=options.force,
            inputs=options.files if options.against is None else [*options.files, options.against],
            remade=True,
        )
    elif options.format == "text":
        put("".join(f"{line}\n" for line in fitted(text.removesuffix("\n").split("\n"))))
    else:
        put(text)


def _document_problems(checked: Checked) -> tuple[Problem, ...]:
    """Return what only the documents tell; a plan takes long, so a file may be too short for it."""
    config = checked.config
    if config is None or errors(checked.problems):
        return ()
    asks_more = (
        any(":" in name for name in config.aws.acknowledgements)
        or config.aws.platform_registration is not None
    )
    if not asks_more and characters(config) <= SHORT_FILE:
        return ()
    from seqera_batch.judge.documents import document_problems  # noqa: PLC0415
    from seqera_batch.plan import ForgePlan  # noqa: PLC0415 - few files need it

    return document_problems(ForgePlan.of(config))


def characters(said: object) -> int:
    """Return how much a section says, entries with what policies put around them."""
    from pydantic import BaseModel  # noqa: PLC0415 - `init` writes without it

    match said:
        case str():
            return len(said)
        case tuple():
            return sum(AROUND_AN_ENTRY + characters(entry) for entry in said)
        case dict():
            return characters((*said, *said.values()))
        case BaseModel():
            return sum(characters(getattr(said, name)) for name in said.model_fields_set)
    return 0
