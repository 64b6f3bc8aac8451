# SPDX-License-Identifier: Apache-2.0
"""Scripts of one's own on nodes, written in the file or beside it."""

from pathlib import Path

from seqera_batch.catalog import limits, sources
from seqera_batch.config.formats import ScriptName, Text
from seqera_batch.config.loading import read_text
from seqera_batch.config.settings import Effect, Section, setting
from seqera_batch.problems import ConfigError, Problem


class NodeScript(Section, effect=Effect.ROLLING, source=sources.AWS_BATCH_LAUNCH_TEMPLATES):
    """A Bash script that nodes run before they take tasks."""

    name: ScriptName = setting(max_length=limits.SCRIPT_NAME_CHARACTERS)
    """What it does, in a few words; the node's log names the step so."""
    run: Text | None = setting(default=None, omitted="it is in `file`", min_length=1)
    """The script itself, run by Bash as root; a command that fails takes the node out of service.
    """
    file: Text | None = setting(default=None, omitted="it is in `run`", min_length=1)
    """A file with the script, beside the environment file or in a folder below it."""


def with_files(data: object, folder: Path) -> list[Problem]:
    """Put the text of files that node scripts name into the data, and return what is wrong.

    Args:
        data: An environment file as read; changed in place.
        folder: Where the environment file is.
    """
    found: list[Problem] = []
    aws = data.get("aws") if isinstance(data, dict) else None
    scripts = aws.get("node_scripts", aws.get("nodeScripts")) if isinstance(aws, dict) else None
    for index, script in enumerate(scripts if isinstance(scripts, list) else []):
        name = script.get("file") if isinstance(script, dict) else None
        path = f"aws.node_scripts[{index}].file"
        if not isinstance(name, str):
            continue
        if "run" in script:
            found.append(
                Problem(
                    "node-script-source",
                    path,
                    "the script is given twice",
                    value=name,
                    allowed="run with the script, or file with its name",
                    fix="remove one of the two",
                )
            )
            continue
        text = _text(folder, name, path)
        # What stands in for it keeps other rules from speaking of the same.
        script["run"] = "true" if isinstance(text, Problem) else text
        found += [text] if isinstance(text, Problem) else []
    return found


def _text(folder: Path, name: str, path: str) -> str | Problem:
    # One environment's review must not depend on, or show, what lies elsewhere on a machine.
    try:
        inside = (folder / name).resolve()
        outside = not inside.is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a path that no file can have
        inside, outside = folder, True
    if outside:
        return Problem(
            "node-script-file",
            path,
            "the script lies outside of the environment file's folder",
            value=name,
            allowed="a file beside the environment file, or in a folder below it",
            fix="copy it there",
        )
    try:
        return read_text(inside)
    except ConfigError as error:
        [problem, *_] = error.problems
        return Problem(
            "node-script-file",
            path,
            f"the script cannot be read: {problem.message}",
            value=name,
            allowed="a file of UTF-8 text",
            fix="correct the name, or write the script as run",
        )
