# SPDX-License-Identifier: Apache-2.0
"""What commands that read environment files share: arguments, loading, and saying problems."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.cli.terminal import fitted, painted
from seqera_batch.config.check import Checked, load
from seqera_batch.problems import ConfigError, Problem, Severity, errors

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from seqera_batch.config.check import ForgeConfig


LONG_LISTS = 1_000
"""Characters of names, and of what stands around each, up to which every policy fits into IAM."""
AROUND_A_NAME = 60
"""What a statement of its own adds to a short name, roughly and on the safe side."""


def add_file_arguments(parser: argparse.ArgumentParser, *, formats: bool = True) -> None:
    """Add FILE…, --name and --format."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="environment file (YAML, TOML, JSON), or a JSON exported from Seqera Platform",
    )
    parser.add_argument(
        "--name",
        help="name of the environment, where one file is given; exports carry none",
    )
    if formats:
        parser.add_argument(
            "--format",
            choices=("text", "json"),
            default="text",
            help="text for people (default), or JSON with stable keys",
        )


def load_all(options: argparse.Namespace) -> list[Checked]:
    """Read and check every file; one that cannot be read is a problem like others.

    Raises:
        ConfigError: --name is given for several files.
    """
    files: Sequence[str] = options.files
    if options.name is not None and len(files) > 1:
        raise ConfigError(
            [
                Problem(
                    rule="name-for-one",
                    severity=Severity.ERROR,
                    path="--name",
                    message="one name cannot be the name of several environments",
                    value=options.name,
                    allowed="one file with --name",
                    fix="write a name into each file",
                )
            ]
        )
    return [_load(file, options.name) for file in files]


def load_one(file: str, name: str | None) -> Checked:
    """Read and check a file, and where it gives cause to, the documents that it makes.

    Raises:
        ConfigError: It cannot even be read as data.
    """
    checked = load(file, name=name)
    return replace(checked, problems=(*checked.problems, *_document_problems(checked)))


def say(problems: Iterable[Problem], origin: str | None) -> None:
    """Write problems to standard error; acknowledged warnings are left out."""
    for problem in problems:
        if problem.acknowledged is None:
            severity = str(problem.severity)
            text = problem.text(origin)
            if (shown := painted(severity, severity, sys.stderr)) != severity:
                text = text.replace(f"{severity}[", f"{shown}[", 1)
            sys.stderr.write("\n".join(fitted(text.splitlines(), sys.stderr)) + "\n")


def usable(checked: Sequence[Checked]) -> bool:
    """Say everything about the files, and return whether all can be used."""
    for one in checked:
        say(one.problems, one.origin)
    return not any(one.config is None or errors(one.problems) for one in checked)


def write_new(files: Mapping[Path, str], *, force: bool) -> None:
    """Write files, all or none of those that exist: a refusal comes before the first byte.

    Raises:
        ConfigError: A file exists and `force` is not given, or one cannot be written.
    """
    existing = [file for file in files if file.is_dir() or (file.exists() and not force)]
    if existing:
        raise ConfigError(
            [
                _output_problem(file, "this is a folder", "name a file in it")
                if file.is_dir()
                else _output_problem(
                    file, "the file exists, and is left as it is", "--force replaces it"
                )
                for file in existing
            ]
        )
    for file, text in files.items():
        try:
            with file.open("w" if force else "x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            raise ConfigError([_unwritable(file, error)]) from None


def write_over(file: str, text: str) -> None:
    """Write a file that is made again each time, in place of what is there.

    Raises:
        ConfigError: It cannot be written.
    """
    try:
        Path(file).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError([_unwritable(file, error)]) from None


def write(options: argparse.Namespace, text: str) -> None:
    """Write the whole text into the output that the options name, else to standard output.

    Raises:
        ConfigError: The file cannot be written.
    """
    if options.output is not None:
        write_over(options.output, text)
    elif options.format == "text":
        sys.stdout.write("".join(f"{line}\n" for line in fitted(text.splitlines())))
    else:
        sys.stdout.write(text)


def _unwritable(file: str | Path, error: OSError) -> Problem:
    """Return what is wrong with an output that the system refuses."""
    if isinstance(error, IsADirectoryError):
        return _output_problem(file, "this is a folder", "name a file in it")
    if not Path(file).parent.is_dir():
        return _output_problem(
            file, "the folder that it is in does not exist", "make the folder, or choose another"
        )
    return _output_problem(
        file, f"the file cannot be written: {error.strerror}", "choose another path"
    )


def _output_problem(file: str | Path, message: str, fix: str) -> Problem:
    return Problem(
        rule="output-file",
        severity=Severity.ERROR,
        path="FILE",
        message=message,
        value=str(file),
        fix=fix,
    )


def _load(file: str, name: str | None) -> Checked:
    try:
        return load_one(file, name)
    except ConfigError as error:
        return Checked(file, None, error.problems)


def _document_problems(checked: Checked) -> tuple[Problem, ...]:
    """Return what only the documents tell, made where a file gives cause to: it takes a plan."""
    config = checked.config
    if config is None or errors(checked.problems) or not _needs_documents(config):
        return ()
    from seqera_batch.judge.documents import document_problems  # noqa: PLC0415
    from seqera_batch.plan import ForgePlan  # noqa: PLC0415 - few files need it

    return document_problems(config, ForgePlan.of(config))


def _needs_documents(config: ForgeConfig) -> bool:
    """Whether findings are acknowledged, or so much is named that a policy may be too long."""
    if any(":" in name for name in config.aws.acknowledgements):
        return True
    access = config.aws.platform_access
    named = [
        *(config.forge.allow_buckets if config.forge else ()),
        *config.aws.read_only_buckets,
        *config.aws.bucket_kms_keys,
        *config.aws.ecr_repositories,
        *config.aws.job_definitions,
    ]
    if access is not None:
        named += (*access.data_buckets, *access.job_definitions)
        named += access.role.principals if access.role else ()
        named += access.workload_identity.workspaces if access.workload_identity else ()
        named += [part for pair in access.job_tags.items() for part in pair]
    return sum(len(name) + AROUND_A_NAME for name in named) > LONG_LISTS
