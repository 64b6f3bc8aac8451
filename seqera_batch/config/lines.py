# SPDX-License-Identifier: Apache-2.0
"""On which line of a file a field stands, for programs that show it there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.config.loading import read_text
from seqera_batch.problems import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

_TABLE = re.compile(r"\s*\[+([\w.-]+)\]+")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")


def lines(origin: str | None) -> dict[str, int]:
    """Return the line of each field by its path (`forge.max_cpus`), counted from 1.

    Nothing where there is no file, or where it cannot be read any more.

    Args:
        origin: The file; None where the configuration was made in code.
    """
    if origin is None:
        return {}
    try:
        text = read_text(Path(origin))
    except ConfigError:
        return {}
    found = _of_toml(text) if origin.lower().endswith(".toml") else _of_yaml(text)
    return dict(reversed(list(found)))


def line_of(path: str, known: dict[str, int]) -> int:
    """Return the line of a field, else that of the section around it, else the first line."""
    while path not in known:
        if not path:
            return 1
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return known[path]


def _of_yaml(text: str) -> Iterator[tuple[str, int]]:
    import yaml  # noqa: PLC0415 - only formats for programs ask for lines

    try:
        # JSON is YAML, too.
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return
    if root is not None:
        yield from _walk(root, "", set())


def _walk(node: yaml.Node, path: str, seen: set[int]) -> Iterator[tuple[str, int]]:
    import yaml  # noqa: PLC0415 - as above

    if id(node) in seen:
        # An alias; to follow each would take for ever where they are nested.
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{path}.{key.value}" if path else str(key.value)
            yield inner, key.start_mark.line + 1
            yield from _walk(value, inner, seen)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield f"{path}[{number}]", item.start_mark.line + 1
            yield from _walk(item, f"{path}[{number}]", seen)


def _of_toml(text: str) -> Iterator[tuple[str, int]]:
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = header[1]
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{key[1]}" if table else key[1], number
