# SPDX-License-Identifier: Apache-2.0
"""On which line of a file a field stands, for people and for programs that show it there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.config.loading import read_text
from seqera_batch.config.spelling import named, snake_case
from seqera_batch.problems import ConfigError, Problem
from seqera_batch.records import dataclass

if TYPE_CHECKING:
    import yaml


_WRAPPED = re.compile(r"(compute_env\.|config\.)+")
"""What stands before a field in an answer of Platform's API, and not in the field's path."""
_TABLE = re.compile(r"\s*(\[+)\s*([^\]#]+?)\s*\]")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_LONG = re.compile(r'"""|\'\'\'')


@dataclass(frozen=True)
class Lines:
    """A file as it was read; its fields are looked for only if somebody asks.

    All are equal: where it stands is no part of a configuration.

    Args:
        text: What it holds.
        toml: Whether that is TOML; YAML otherwise, of which JSON is a part.
    """

    text: str = field(default="", compare=False, repr=False)
    toml: bool = field(default=False, compare=False)

    @cached_property
    def known(self) -> dict[str, int]:
        """The line of each field by its path (`forge.max_cpus`), counted from 1."""
        found: dict[str, int] = {}
        for path, line in _of_toml(self.text) if self.toml else _of_yaml(self.text):
            found.setdefault(path, line)
            found.setdefault(_WRAPPED.sub("", path, count=1), line)
        return found

    def of(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return problems with the lines of the fields that they are about."""
        if not self.text:
            return tuple(problems)
        return tuple(
            replace(problem, line=line_of(problem.path, self.known))
            if problem.line is None and problem.path and not problem.path.startswith("-")
            else problem
            for problem in problems
        )


def lines(origin: str | None) -> dict[str, int]:
    """Return the line of each field by its path (`forge.max_cpus`), counted from 1.

    Nothing where there is no file, or where it cannot be read any more.

    Args:
        origin: The file; None where the configuration was made in code.
    """
    if origin is None or not Path(origin).is_file():
        return {}
    try:
        text = read_text(Path(origin))
    except ConfigError:
        return {}
    return Lines(text, toml=origin.lower().endswith(".toml")).known


def line_of(path: str, known: dict[str, int]) -> int:
    """Return the line of a field, else that of the section around it, else the first line."""
    path = snake_case(path)
    while path not in known:
        if not path:
            return 1
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return known[path]


def _of_yaml(text: str) -> Iterator[tuple[str, int]]:
    import yaml  # noqa: PLC0415 - only problems and formats for programs ask for lines

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
            name, before = snake_case(str(key.value)), f"{path}." if path else ""
            inner = before + name
            yield inner, key.start_mark.line + 1
            yield before + named(name), key.start_mark.line + 1
            yield from _walk(value, inner, seen)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield f"{path}[{number}]", item.start_mark.line + 1
            yield from _walk(item, f"{path}[{number}]", seen)


def _of_toml(text: str) -> Iterator[tuple[str, int]]:
    table, long = "", ""
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if long:
            # Inside a text of several lines, which may look like fields.
            long = "" if long in line else long
            continue
        if header := _TABLE.match(line):
            table = _path(header[2])
            yield table, number
            if header[1] == "[[":
                place = counts.get(table, 0)
                counts[table] = place + 1
                table = f"{table}[{place}]"
                yield table, number
        elif key := _KEY.match(line):
            yield (f"{table}.{_path(key[1])}" if table else _path(key[1])), number
        quotes = _LONG.findall(line)
        if len(quotes) % 2:
            long = quotes[-1]


def _path(keys: str) -> str:
    """Return the path of a dotted key, of which parts may stand in quotes."""
    return ".".join(snake_case(part.strip("\"'")) for part in _PART.findall(keys))
