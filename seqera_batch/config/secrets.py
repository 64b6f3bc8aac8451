# SPDX-License-Identifier: Apache-2.0
"""Secrets in the texts of an environment file: where they stand, and the file without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seqera_batch.catalog.secrets import (
    BY_NAME,
    is_secret_by_name,
    is_secret_variable,
    secrets_in,
)
from seqera_batch.records import dataclass

REMOVED = "REMOVED"
"""What stands for a secret that was not copied."""

_NAMED = frozenset({"labels", "tags", "job_tags"})
"""Mappings of which the names say what the values are."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A secret in a file.

    Args:
        path: The field.
        what: What it looks like; never the secret itself.
        line: Line of the text, counted from 1; None where the text has one only.
    """

    path: str
    what: str
    line: int | None

    @property
    def said(self) -> str:
        """Where in the field it stands, and what it looks like."""
        where = "this" if self.line is None else f"line {self.line} of the text"
        return f"{where} looks like {self.what}"


def spotted(data: Mapping[str, Any]) -> Iterator[Spotted]:
    """Yield the secrets in the texts of a file, names of labels and tags included.

    Args:
        data: The file's fields, as they were set.
    """
    for path, text, name in _texts(data, ""):
        if name is not None and is_secret_by_name(name, text):
            yield Spotted(path, BY_NAME, None)
            continue
        for found in secrets_in(text):
            line = text.count("\n", 0, found.start) + 1 if "\n" in text else None
            yield Spotted(path, found.what, line)


def without_secrets(data: Any) -> Any:  # noqa: ANN401 - data of YAML, as it came
    """Return data in which a word stands for each secret."""
    if isinstance(data, dict):
        name = data.get("name")
        return {
            key: REMOVED
            if isinstance(value, str)
            and (
                is_secret_by_name(str(key), value)
                or (key == "value" and is_secret_variable(str(name), value))
            )
            else without_secrets(value)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [without_secrets(item) for item in data]
    if not isinstance(data, str):
        return data
    for found in sorted(secrets_in(data), key=lambda one: -one.start):
        data = data[: found.start] + REMOVED + data[found.end :]
    return data


def _texts(
    data: object, path: str, name: str | None = None
) -> Iterator[tuple[str, str, str | None]]:
    """Yield each text with its path, and with the name that says what it is, where one does."""
    if isinstance(data, str):
        yield path, data, name
    elif isinstance(data, dict):
        for key, value in data.items():
            inner = f"{path}.{key}" if path else str(key)
            named = path.rpartition(".")[2] in _NAMED
            if named:
                # The path of its value would repeat it.
                yield path, key, None
            yield from _texts(value, inner, key if named else None)
    elif isinstance(data, list | tuple):
        for number, item in enumerate(data):
            yield from _texts(item, f"{path}[{number}]")
