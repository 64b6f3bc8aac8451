# SPDX-License-Identifier: Apache-2.0
"""Environments of a seqerakit YAML: options of the command line, or a JSON file it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin

from seqera_batch.catalog.platform_names import PLATFORM, SEQERAKIT_ONLY, TW_OPTIONS
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.shape import section_of
from seqera_batch.handoff.source import Excerpt, left, the_one
from seqera_batch.problems import ConfigError, Problem, refusal

_WITHOUT_COUNTERPART = {
    "workspace": "names the workspace; give it when you export",
    "credentials": "may be a name or an id; give it when you export, or set credentials_id",
    "wait": "is how long seqerakit waits",
    "on_exists": "is what seqerakit does with an environment that exists",
    "overwrite": "is what seqerakit does with an environment that exists",
}
_TARGETS = {"head": (True, False), "compute": (False, True), "both": (True, True)}
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*\}?")


def from_seqerakit(
    entries: object, read_beside: Callable[[str], object], pick: str | None
) -> Excerpt:
    """Return the environment of a `compute-envs` block.

    Args:
        entries: The block's list.
        read_beside: Reads a file that it names: text, or data where it is JSON.
        pick: Name of the environment, where there are several.

    Raises:
        ConfigError: There is none on AWS Batch, or a value cannot be known.
    """
    entry = the_one(_named(entries), pick, "seqerakit's environments")
    kind = entry.get("type")
    if kind not in (None, PLATFORM):
        raise refusal(
            "other-platform",
            "type",
            "this is a compute environment of another platform",
            value=kind,
            allowed=PLATFORM,
            fix="pick an AWS Batch compute environment",
        )
    notices = [
        left(key, why, str(entry[key])) for key, why in _WITHOUT_COUNTERPART.items() if key in entry
    ]
    if "file-path" in entry:
        return _from_file(entry, notices, read_beside)
    return _from_options(entry, notices, read_beside)


def _named(entries: object) -> dict[str, dict[str, Any]]:
    """Return environments by name, and with their workspace those that share a name."""
    listed = (
        [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    count = Counter(str(entry.get("name")) for entry in listed)
    named: dict[str, dict[str, Any]] = {}
    for entry in listed:
        name = str(entry.get("name"))
        key = f"{entry.get('workspace')}/{name}" if count[name] > 1 else name
        if key in named:
            raise refusal(
                "duplicate-key",
                "compute-envs",
                "two environments of one name are in one workspace",
                value=key,
                allowed="each name once in a workspace",
                fix="remove one of the two",
            )
        named[key] = entry
    return named


def _from_file(
    entry: dict[str, Any], notices: list[Problem], read_beside: Callable[[str], object]
) -> Excerpt:
    data = read_beside(str(entry["file-path"]))
    if not isinstance(data, dict):
        raise refusal(
            "unknown-export",
            "file-path",
            "the file that file-path names holds no environment",
            value=str(entry["file-path"]),
            allowed="the JSON of a tw compute-envs export",
            fix="export the environment again",
        )
    known = {"name", "file-path", "type", "config-mode", "labels", *_WITHOUT_COUNTERPART}
    notices += [
        left(key, "the settings are taken from the file that file-path names", str(value))
        for key, value in entry.items()
        if key not in known
    ]
    found = {"name": entry.get("name"), **data}
    if "labels" in entry:
        # tw prefers them to those of the file.
        found["labels"] = _labels(str(entry["labels"]))
    return Excerpt(data=found, problems=tuple(notices))


def _from_options(
    entry: dict[str, Any], notices: list[Problem], read_beside: Callable[[str], object]
) -> Excerpt:
    forge = entry.get("config-mode", "forge") == "forge"
    options = TW_OPTIONS["forge" if forge else "manual"]
    data: dict[str, Any] = {"discriminator": PLATFORM}
    if forge:
        # Without the switch tw asks for it: what was got is imported, not what was written.
        data["forge"] = {"ebs_auto_scale": not entry.get("no-ebs-auto-scale", False)}
        data["forge"]["dispose_on_deletion"] = not entry.get("preserve-resources", False)
    errors: list[Problem] = []
    for key, value in entry.items():
        if key in options.fields:
            errors += _unresolved(key, value)
            _put(data, options.fields[key], _value(options.fields[key], value))
        elif key in options.files:
            _put(data, options.files[key], read_beside(str(value)))
        elif key == "env":
            data["environment"] = [_variable(part) for part in str(value).split(",")]
        elif key == "labels":
            data["labels"] = _labels(str(value))
        elif key in {"name", "description"}:
            errors += _unresolved(key, value)
            data[key] = value
        elif key not in {*SEQERAKIT_ONLY, *_WITHOUT_COUNTERPART, *options.negative}:
            notices.append(left(str(key), "tw has no such option in this mode", str(value)))
    if errors:
        raise ConfigError(errors)
    return Excerpt(data={"config": data}, problems=tuple(notices))


def _unresolved(key: str, value: object) -> list[Problem]:
    if not isinstance(value, str) or not _VARIABLE.search(value):
        return []
    return [
        Problem(
            "unresolved-variable",
            key,
            "the value is in an environment variable that seqerakit would read",
            value=value,
            allowed="a value",
            fix="write the value in place of the variable",
        )
    ]


def _put(data: dict[str, Any], field: str, value: object) -> None:
    section, _, name = field.rpartition(".")
    (data.setdefault(section, {}) if section else data)[name] = value


def _value(field: str, value: object) -> object:
    """Return an option's text as the type of its field: a list, a number, or itself."""
    section, _, name = field.rpartition(".")
    model: Any = section_of(ForgeConfig, section) if section else ForgeConfig
    kinds = set(_kinds(model.model_fields[name].annotation))
    if tuple in kinds:
        return value.split(",") if isinstance(value, str) else value
    if int in kinds and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def _kinds(annotation: object) -> Iterator[object]:
    """Yield the types that an annotation is made of."""
    yield annotation
    yield get_origin(annotation)
    for part in get_args(annotation):
        yield from _kinds(part)


def _variable(text: str) -> dict[str, Any]:
    target, found, rest = text.partition(":")
    if not found or target not in _TARGETS:
        target, rest = "head", text
    name, _, value = rest.partition("=")
    head, compute = _TARGETS[target]
    return {"name": name, "value": value, "head": head, "compute": compute}


def _labels(text: str) -> list[dict[str, Any]]:
    pairs = [part.partition("=") for part in text.split(",")]
    return [{"name": name, "value": value if mark else None} for name, mark, value in pairs]
