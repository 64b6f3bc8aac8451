# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch init`: a commented starter file, or one made of another tool's export."""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

from seqera_batch.cli.files import say
from seqera_batch.cli.streams import put
from seqera_batch.cli.writing import write_files
from seqera_batch.problems import ConfigError, refusal

_TERRAFORM = ".tf"
_YAML = (".yaml", ".yml")


def run(options: argparse.Namespace) -> int:
    """Write the file; an existing one stays unless --force is given."""
    if options.file is not None and options.file.suffix.lower() not in {*_YAML, ""}:
        raise refusal(
            "output-file",
            "FILE",
            "what is written is YAML, and the ending says something else",
            value=str(options.file),
            allowed=f"a name that ends in {' or '.join(_YAML)}",
            fix=f"for example {options.file.with_suffix(_YAML[0])}",
        )
    if options.source is not None:
        return _convert(options)
    for name in ("name", "pick"):
        if getattr(options, name) is not None:
            raise refusal(
                "option-needs-from",
                f"--{name}",
                "the option has no effect on the starter file",
                value=getattr(options, name),
                allowed="nothing without --from",
                fix="give --from EXPORT, or write it into the file afterwards",
            )
    file: Path | None = options.file
    if file is None:
        put(starter())
        return 0
    write_files({file: starter()}, option="FILE", force=options.force)
    put(f"{file}: change name, region and work_dir, then: seqera-batch validate {file}\n")
    return 0


def starter() -> str:
    """Return the text of the starter file."""
    return resources.files("seqera_batch.cli").joinpath("starter.yaml").read_text("utf-8")


def _convert(options: argparse.Namespace) -> int:
    from seqera_batch.config.loading import read_both  # noqa: PLC0415 - a starter needs no parser
    from seqera_batch.handoff.importing import (  # noqa: PLC0415 - as above
        NOT_COPIED,
        import_environment,
        still_open,
    )

    source: Path = options.source
    if source.suffix == _TERRAFORM:
        raise refusal(
            "format",
            "--from",
            "Terraform's own language is not read, only its JSON",
            value=str(source),
            allowed="*.tf.json, or the output of terraform show -json",
            fix="run: terraform show -json > state.json",
        )
    beside: list[Path] = []
    data, text = read_both(source)
    try:
        imported = import_environment(
            data,
            origin=source.name,
            file_name=source.name.removesuffix(source.suffix).removesuffix(_TERRAFORM),
            read_beside=lambda name: _beside(source, name, beside),
            name=options.name,
            pick=options.pick,
            text=text,
        )
    except ConfigError as error:
        # What an export names by its place in it is told of the export.
        raise ConfigError(error.problems, origin=error.origin or str(source)) from None
    say(imported.problems, str(source))
    file: Path | None = options.file
    if file is None:
        put(imported.text)
    else:
        write_files(
            {file: imported.text}, option="FILE", force=options.force, inputs=[source, *beside]
        )
        put(f"{file}: written; next: seqera-batch validate {file}\n")
    removed = any(problem.rule == NOT_COPIED for problem in imported.problems)
    if imported.open_ones:
        say([still_open(imported.open_ones, str(file or "the file"))], str(source))
    return 1 if imported.open_ones or removed else 0


def _beside(source: Path, name: str, beside: list[Path]) -> object:
    """Return what is in a file that an export names, and note it: data of a JSON file, or text."""
    from seqera_batch.config.loading import read, read_text  # noqa: PLC0415 - as above

    file = source.parent / name
    beside.append(file)
    return read(file) if file.suffix == ".json" else read_text(file)
