# SPDX-License-Identifier: Apache-2.0
"""Field names: Platform's camelCase becomes our snake_case, and unknown names are pointed out."""

import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.shape import section_of
from seqera_batch.problems import Problem, Severity

RENAMED = {
    # A typing error that is part of Platform's API contract, and its repaired spelling.
    "nvnme_storage_enabled": "nvme_storage_enabled",
    # What older answers of the API call the log group.
    "logs_group": "log_group",
}
"""Snake-cased names of the Platform API that differ from ours."""

ELSEWHERE = {
    "assign_public_ip": "remove it: nodes have public addresses where their subnets give them, "
    "with aws.network.create.mode: public or in subnets of yours; for a head job on Fargate there "
    "is aws.head_job_definition.assign_public_ip"
}
"""What people look for under a name that means something else here."""

EMPTY = "empty-field"
"""Id of what is said of a field without a value."""

_PROBABLY_MEANT = 0.75
_CERTAINLY_MEANT = 0.9
"""Likeness, from 0 to 1, at which an unknown name is taken for a misspelt one."""

_NO_NAME = re.compile(r"[\s.\[\]]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake_case(name: str) -> str:
    """Return our name of a field that may be written as Platform writes it."""
    snake = _HUMP.sub("_", name).lower()
    return RENAMED.get(snake, snake)


def named(key: object) -> str:
    """Return a name as paths of fields hold it: in quotes where it would look like a path."""
    text = str(key)
    return f'"{text}"' if _NO_NAME.search(text) or not text else text


def _is_list(model: type[BaseModel], field: str) -> bool:
    annotation = model.model_fields[field].annotation
    return any(get_origin(one) is tuple for one in (annotation, *get_args(annotation)))


def normalise(
    data: dict[str, Any], model: type[BaseModel], *, exported: bool, path: str = ""
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the data under our names, without the fields we do not know, and what to say of them.

    Args:
        data: A section as read.
        model: The section's class.
        exported: Whether it came from Platform: a newer Platform may know more fields than we do.
        path: Where the section stands, with a dot at the end unless empty.
    """
    known: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in data.items():
        name = snake_case(str(key))
        if name not in model.model_fields:
            problems.append(_unknown(str(key), value, model, path, exported=exported))
            continue
        if name in known:
            problems.append(_twice(str(key), value, path + name))
            continue
        if value is None and not exported:
            if not model.model_fields[name].is_required():
                problems.append(_empty(path + name))
            continue
        section = section_of(model, name)
        if section is None or (isinstance(value, dict) and _is_list(model, name)):
            known[name] = value
            continue
        known[name], found = _normalise_section(value, section, exported=exported, path=path + name)
        problems += found
    return known, problems


def _normalise_section(
    value: object, section: type[BaseModel], *, exported: bool, path: str
) -> tuple[object, list[Problem]]:
    if isinstance(value, dict):
        return normalise(value, section, exported=exported, path=f"{path}.")
    if isinstance(value, list):
        parts = [
            _normalise_section(item, section, exported=exported, path=f"{path}[{index}]")
            for index, item in enumerate(value)
        ]
        return [part for part, _ in parts], [problem for _, found in parts for problem in found]
    return value, []


def _unknown(
    key: str, value: object, model: type[BaseModel], path: str, *, exported: bool
) -> Problem:
    import difflib  # noqa: PLC0415 - only a wrong file needs it

    # A machine does not misspell: an export's unknown field is news, unless a hand edited it.
    cutoff = _CERTAINLY_MEANT if exported else _PROBABLY_MEANT
    near = difflib.get_close_matches(snake_case(key), model.model_fields, n=1, cutoff=cutoff)
    section, dot, _ = snake_case(key).partition(".")
    elsewhere = [place for place in _places(key) if place != path + snake_case(key)]
    if near:
        fix = f"did you mean {path}{near[0]}?"
    elif snake_case(key) in ELSEWHERE:
        fix = ELSEWHERE[snake_case(key)]
    elif dot and section in model.model_fields:
        fix = f"write it below {path}{section}, as a field of its own"
    elif elsewhere:
        fix = f"move it: the field is {' or '.join(elsewhere)}"
    else:
        loose = difflib.get_close_matches(snake_case(key), model.model_fields, n=1, cutoff=0.5)
        fix = f"remove it; the nearest known field is {path}{loose[0]}" if loose else "remove it"
    lenient = exported and not near
    return Problem(
        "unknown-field",
        path + named(key),
        (
            "this release does not know the field and leaves it aside"
            if lenient
            else "there is no such field"
        ),
        severity=Severity.WARNING if lenient else Severity.ERROR,
        value=value if isinstance(value, str | int | bool) else None,
        allowed=None if near or elsewhere else ", ".join(sorted(model.model_fields)),
        fix=fix,
    )


def _empty(path: str) -> Problem:
    return Problem(
        EMPTY,
        path,
        "nothing stands here, so the field is taken as left out",
        severity=Severity.NOTICE,
        fix="give it a value, or remove it",
    )


def _twice(key: str, value: object, path: str) -> Problem:
    return Problem(
        "duplicate-key",
        path,
        f"the field is given twice, the second time as {key}",
        value=value if isinstance(value, str | int | bool) else None,
        allowed="one spelling",
        fix="remove one of the two",
    )


def _places(key: str) -> Iterator[str]:
    """Yield the paths at which a field of this name exists."""

    def walk(model: type[BaseModel], path: str) -> Iterator[str]:
        for field in model.model_fields:
            if field == snake_case(key):
                yield path + field
            section = section_of(model, field)
            if section is not None:
                yield from walk(section, f"{path}{field}.")

    yield from walk(EnvironmentFile, "")
