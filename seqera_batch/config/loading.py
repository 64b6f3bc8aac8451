# SPDX-License-Identifier: Apache-2.0
"""From a file to plain data: YAML, TOML or JSON, with duplicate keys and bad bytes refused."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqera_batch.catalog import limits
from seqera_batch.problems import ConfigError, refusal

if TYPE_CHECKING:
    import yaml

_HARMLESS_CHARACTERS = 4096
"""A shorter text cannot be nested deeply enough to hurt: each level takes a character."""

_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)")

_OTHER_NUMBER = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")

STANDARD_INPUT = "-"
_OTHER_LANGUAGES = {
    ".tf": "for Terraform run: terraform show -json > state.json, then: "
    "seqera-batch init --from state.json",
    ".tfstate": "for Terraform run: terraform show -json > state.json, then: "
    "seqera-batch init --from state.json",
    ".sh": "what a tw command line has made is read: tw compute-envs export --name NAME > ce.json, "
    "then: seqera-batch init --from ce.json",
    ".config": "Nextflow's own configuration is a text under nextflow_config of an environment "
    "file: write one with seqera-batch init",
}
"""What to do with files of other tools, by their endings."""

SUFFIXES = (".yaml", ".yml", ".json", ".toml")


def read(path: str | Path) -> object:
    """Return a file's data as Python dictionaries, lists and scalars.

    Raises:
        ConfigError: The file is missing, too large, not UTF-8, or not valid in its format.
    """
    return read_both(path)[0]


def read_both(path: str | Path) -> tuple[object, str]:
    """Return a file's data, and its text.

    Raises:
        ConfigError: The file is missing, too large, not UTF-8, or not valid in its format.
    """
    file = Path(path)
    if is_stream(path):
        text = read_text(file)
        # JSON begins with a bracket, and all of it is YAML but for what it allows more.
        suffix = ".json" if text.lstrip().startswith(("{", "[")) else ".yaml"
        return _data(file, text, suffix), text
    if file.suffix.lower() not in SUFFIXES:
        folder = os.path.isdir(path)  # noqa: PTH112 - Path.is_dir() raises for names too long
        raise refusal(
            "format",
            "",
            "this is a folder" if folder else "the file's ending does not say its format",
            value=None if folder else file.suffix or "no ending",
            allowed=", ".join(SUFFIXES),
            fix="name the file in it"
            if folder
            else _OTHER_LANGUAGES.get(file.suffix.lower(), "give it the ending of its format"),
            origin=str(file),
        )
    text = read_text(file)
    return _data(file, text, file.suffix.lower()), text


def is_stream(path: str | Path) -> bool:
    """Return whether a path is standard input (`-`), or a pipe as shells make for `<(…)`."""
    return str(path) == STANDARD_INPUT or (
        Path(path).suffix.lower() not in SUFFIXES and _is_pipe(Path(path))
    )


def _is_pipe(file: Path) -> bool:
    try:
        return file.is_fifo()
    except (OSError, ValueError):
        return False


def _data(file: Path, text: str, suffix: str) -> object:
    if not text.strip():
        raise refusal(
            "empty-file",
            "",
            "the file is empty",
            fix="write a starter with: seqera-batch init",
            origin=str(file),
        )
    merged = re.search(r"^<{7} ", text, re.MULTILINE)
    if merged is not None:
        what = "it has the marks of a merge that is not finished (<<<<<<<)"
        raise _broken(file, suffix[1:].upper(), what, line=_line_at(text, merged.start()))
    return _PARSERS[suffix](file, text)


def read_text(file: Path) -> str:
    """Return a file's text.

    Raises:
        ConfigError: The file is missing, too large, or not UTF-8.
    """
    try:
        raw = _read(file)
    except (FileNotFoundError, ValueError):  # ValueError: a path that no file can have
        raise refusal(
            "missing-file", "", "there is no such file", fix="check the path", origin=str(file)
        ) from None
    except OSError as error:
        raise refusal(
            "unreadable-file",
            "",
            f"the file cannot be read: {error.strerror or error}",
            fix="check that it is a file and that you may read it",
            origin=str(file),
        ) from None
    if len(raw) > limits.INPUT_BYTES:
        raise refusal(
            "file-size",
            "",
            "the file is too large to be an environment file",
            value=f"{file.stat().st_size} bytes" if file.is_file() else "more than it may be",
            allowed=f"{limits.INPUT_BYTES} bytes",
            fix="give the environment file itself",
            origin=str(file),
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(
            "encoding",
            "",
            f"byte {error.start} is not UTF-8",
            line=raw.count(b"\n", 0, error.start) + 1,
            allowed="UTF-8 text",
            fix="save the file as UTF-8",
            origin=str(file),
        ) from None


def _read(file: Path) -> bytes:
    if str(file) == STANDARD_INPUT:
        if sys.stdin is None:
            raise FileNotFoundError
        return sys.stdin.buffer.read(limits.INPUT_BYTES + 1)
    with file.open("rb") as stream:
        return stream.read(limits.INPUT_BYTES + 1)


def _json(file: Path, text: str) -> object:
    import json  # noqa: PLC0415 - only the format at hand is loaded

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in pairs:
            if key in data:
                raise _duplicate_in_json(file, text, key)
            data[key] = value
        return data

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise _broken(file, "JSON", error.msg, line=error.lineno) from None
    except RecursionError:
        raise _broken(file, "JSON", "nested too deeply") from None
    except ConfigError:
        raise
    except ValueError:
        raise _broken(file, "JSON", "a number is too long") from None


def _toml(file: Path, text: str) -> object:
    import tomllib  # noqa: PLC0415 - only the format at hand is loaded

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        said = _TOML_PLACE.sub("", str(error))
        raise _broken(file, "TOML", said, line=int(place[1]) if place else None) from None
    except RecursionError:
        raise _broken(file, "TOML", "nested too deeply") from None
    except ValueError:
        raise _broken(file, "TOML", "a number is too long") from None


def _yaml(file: Path, text: str) -> object:
    import yaml  # noqa: PLC0415 - only the format at hand is loaded

    loader = _unique_key_loader(file)
    try:
        _refuse_deep_yaml(file, text)
        return yaml.load(text, Loader=loader)  # noqa: S506 - built on yaml's safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _broken(file, "YAML", _in_words(str(error.problem)), line=line) from None
    except yaml.reader.ReaderError as error:
        said, _, _ = str(error).partition("\n")
        place = _line_at(text, text.find(chr(error.character)))
        raise _broken(file, "YAML", said, line=place) from None
    except ConfigError:
        raise
    except RecursionError:
        raise _broken(file, "YAML", "nested too deeply") from None
    except ValueError:  # "\U00110000", which PyYAML without its C part reads as a character
        raise _broken(file, "YAML", "a value cannot be read") from None


_YAML_WORDS = {
    "unhashable key": "a key is a list or a mapping; put text with brackets or {{ }} in quotes",
    "another document": "it holds several documents, parted by ---; one file is one environment",
    "constructor for the tag": "a tag (!) gives a value that only another tool reads",
}
"""What PyYAML says, for people."""


def _in_words(problem: str) -> str:
    return next((words for said, words in _YAML_WORDS.items() if said in problem), problem)


_MERGE = "tag:yaml.org,2002:merge"
_NO_TEXT = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("binary", "bool", "float", "int", "null", "timestamp", "value")
}
"""What YAML makes of `null`, `yes`, `=` and 2026-01-01, which are names where they are keys."""


_PARSERS: dict[str, Callable[[Path, str], object]] = {
    ".json": _json,
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
}


def _unique_key_loader(file: Path) -> type[yaml.SafeLoader]:
    """Return PyYAML's safe loader, the C one if built, that refuses a key given twice."""
    import yaml  # noqa: PLC0415 - only the format at hand is loaded

    built_in = yaml.SafeLoader.yaml_constructors
    base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    merges = _Merges(file)

    class UniqueKeyLoader(base):  # type: ignore[misc,valid-type]
        def construct_object(self, node: yaml.Node, deep: bool = False) -> object:  # noqa: FBT001, FBT002 - PyYAML's
            try:
                return super().construct_object(node, deep)
            except ConfigError:
                raise
            except (AttributeError, IndexError, KeyError, ValueError):
                # PyYAML makes a date of 2026-02-30, and lets its own errors out (`!!bool maybe`).
                what, line = "a value cannot be read; put it in quotes", node.start_mark.line + 1
                raise _broken(file, "YAML", what, line=line) from None

        def flatten_mapping(self, node: yaml.MappingNode) -> None:
            if not merges.into(node):
                super().flatten_mapping(node)  # It says what is wrong.

    def number(loader: yaml.SafeLoader, node: yaml.Node) -> object:
        # YAML 1.1 has numbers of eight and of sixty, which nobody means who writes 064 or 1:30.
        # `!!float []` comes here too, and is refused by PyYAML's own reader.
        if isinstance(node, yaml.ScalarNode) and _OTHER_NUMBER.fullmatch(node.value):
            raise refusal(
                "number-form",
                "",
                f"YAML reads {node.value} as {built_in[node.tag](loader, node)}",
                value=node.value,
                line=node.start_mark.line + 1,
                allowed="a number without a zero before it and without colons",
                fix="leave the zero out, or put it in quotes if it is a text",
                origin=str(file),
            )
        return built_in[node.tag](loader, node)

    for tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
        UniqueKeyLoader.add_constructor(tag, number)
    return UniqueKeyLoader


def _take_keys(file: Path, node: yaml.MappingNode) -> None:
    """Refuse a key given twice, and take each as the text that stands there."""
    import yaml  # noqa: PLC0415 - only the format at hand is loaded

    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value in seen:
            raise _duplicate(file, key.value, line=key.start_mark.line + 1)
        seen.add(key.value)
        if key.tag in _NO_TEXT:
            key.tag = "tag:yaml.org,2002:str"


class _Merges:
    """The merge keys (`<<`) of a file: of `<<: [*a, *b]` the earlier wins, as YAML says.

    In PyYAML 6.0.4 it is the later: what a file means would depend on who reads it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._done: set[int] = set()
        self._made = 0

    def into(self, node: yaml.MappingNode) -> bool:
        """Put what a mapping merges into it; False if that is anything but mappings."""
        if id(node) in self._done:
            return True
        _take_keys(self._file, node)
        sources = [
            source
            for key, value in node.value
            if key.tag == _MERGE
            for source in reversed(value.value if value.id == "sequence" else [value])
        ]
        if not all(source.id == "mapping" and self.into(source) for source in sources):
            return False
        own = [pair for pair in node.value if pair[0].tag != _MERGE]
        # The last of each text wins. Keys of other kinds are refused when they are read.
        node.value = list(
            {
                key.value if key.id == "scalar" else id(key): (key, value)
                for pairs in (*(source.value for source in sources), own)
                for key, value in pairs
            }.values()
        )
        self._done.add(id(node))
        self._made += sum(len(source.value) for source in sources)
        if self._made > limits.INPUT_VALUES:
            raise refusal(
                "input-size",
                "",
                "merge keys (<<) make too many values",
                allowed=f"{limits.INPUT_VALUES} values",
                fix="write the values out plainly",
                origin=str(self._file),
            )
        return True


def _refuse_deep_yaml(file: Path, text: str) -> None:
    """Stop before the C parser builds a tree deeper than its stack: that ends the process."""
    import yaml  # noqa: PLC0415 - only the format at hand is loaded

    if len(text) <= _HARMLESS_CHARACTERS:
        return
    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > limits.INPUT_DEPTH:
                raise _broken(file, "YAML", "nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _duplicate(file: Path, key: str, line: int | None = None) -> ConfigError:
    return refusal(
        "duplicate-key",
        "",
        f"the key {key} is given twice",
        line=line,
        allowed="each key once",
        fix="remove one of the two",
        origin=str(file),
    )


def _duplicate_in_json(file: Path, text: str, key: str) -> ConfigError:
    """Return the same for JSON, whose reader knows no lines; all but a little of it is YAML."""
    try:
        _yaml(file, text)
    except ConfigError as told:
        if told.problems[0].rule == "duplicate-key":
            return told
    return _duplicate(file, key)


def _broken(file: Path, language: str, what: str, *, line: int | None = None) -> ConfigError:
    return refusal(
        "syntax",
        "",
        f"the file is not valid {language}: {what}",
        line=line,
        fix=f"correct the {language}, or give the file the ending of its real format",
        origin=str(file),
    )
