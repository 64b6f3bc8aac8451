# SPDX-License-Identifier: Apache-2.0
"""Each field by itself: pydantic's findings in our own words, and what is left to check on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from seqera_batch.config.formats import FORMATS, SHAPES
from seqera_batch.config.tokens import known_at_deployment, written
from seqera_batch.problems import ConfigError, Problem
from seqera_batch.words import did_you_mean

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

File = TypeVar("File", bound=BaseModel)

_PLACEHOLDERS: dict[tuple[str, ...], object] = {
    ("name",): "placeholder",
    ("region",): "us-east-1",
    ("work_dir",): "s3://placeholder",
    ("forge", "max_cpus"): 1_000_000,
    ("aws", "network", "existing", "subnets"): ("subnet-00000000",),
}
"""Stand in for required fields that are missing or wrong, so that other rules can still speak."""

_TYPES = {
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number, without quotes",
    "string_type": "text; put numbers, dates and yes/no in quotes",
    "tuple_type": "a list",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of fields",
    "list_type": "a list",
    "is_instance_of": "a list",
    "sequence_str": "a list",
}

_NO_VALUE = "nothing"


@cache
def section_of(model: type[BaseModel], field: str) -> type[BaseModel] | None:
    """Return the section a field holds, directly, optionally or as the items of a tuple."""
    return _section(model.model_fields[field].annotation)


def _section(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        section = _section(argument)
        if section is not None:
            return section
    return None


def validate(
    data: dict[str, Any], model: type[File]
) -> tuple[File | None, list[Problem], set[str]]:
    """Build the configuration from data under our own names.

    Returns:
        The configuration, or one in which wrong fields have their defaults and required ones
        placeholders (None where even that is impossible); a problem for each wrong field; and
        the paths of those fields, about which no other rule can be trusted.
    """
    found = [*known_at_deployment(data)]
    problems = [problem for _, problem in found]
    fields = {_field(location) for location, _ in found}
    config, details = _built(_without(data, fields), model)
    if details:
        # A field without a value was left out here, and only so is missing.
        new = [detail for detail in details if _field(detail["loc"]) not in fields]
        problems += [_problem(detail, data, model) for detail in new]
        fields |= {_field(detail["loc"]) for detail in new}
        config, _ = _built(_without(data, fields), model)
    return config, problems, {".".join(field) for field in fields}


def _built(data: dict[str, Any], model: type[File]) -> tuple[File | None, list[ErrorDetails]]:
    try:
        return model.__pydantic_validator__.validate_python(data), []
    except ValidationError as error:
        return None, _first_causes(error)


def _without(data: dict[str, Any], fields: set[tuple[str, ...]]) -> dict[str, Any]:
    """Return data in which wrong fields are left out, or have placeholders."""
    if not fields:
        return data
    repaired = _copied(data)
    for field in fields:
        _repair(repaired, field)
    return repaired


def _copied(data: dict[str, Any]) -> dict[str, Any]:
    """Copy the sections alone: what a program puts into them may be nothing to copy."""
    return {
        key: _copied(value) if isinstance(value, dict) else value for key, value in data.items()
    }


def validated(data: dict[str, Any], model: type[BaseModel], *, into: BaseModel) -> None:
    """Fill a section with data from a program, under our own names.

    Raises:
        ConfigError: With every wrong field, not the first.
    """
    section = model.__name__.removesuffix("Settings").lower()
    problems = [problem for _, problem in known_at_deployment(data, section)]
    if not problems:
        try:
            model.__pydantic_validator__.validate_python(data, self_instance=into)
        except ValidationError as error:
            problems = [_problem(detail, data, model) for detail in _first_causes(error)]
    if problems:
        raise ConfigError(problems, origin=model.__name__)


def _first_causes(error: ValidationError) -> list[ErrorDetails]:
    """Leave out that a list is too short where items of it are wrong: pydantic counts the rest."""
    details = error.errors(include_url=False, include_context=True)
    for detail in details:
        # Which of several shapes was taken for the one that is meant is no part of the path.
        if SHAPES[0] in detail["loc"]:
            detail["ctx"] = {**detail.get("ctx", {}), "several": True}
        detail["loc"] = tuple(part for part in detail["loc"] if part not in SHAPES)
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(
            other["loc"][: len(detail["loc"])] == detail["loc"] and other is not detail
            for other in details
        )
    ]


def _around(location: tuple[int | str, ...], model: type[BaseModel]) -> type[BaseModel]:
    for field in location[:-1]:
        if isinstance(field, str):
            model = section_of(model, field) or model
    return model


def _problem(detail: ErrorDetails, data: dict[str, Any], model: type[BaseModel]) -> Problem:
    kind = detail["type"]
    context = detail.get("ctx", {})
    value = _value(data, detail["loc"])
    path = written(detail["loc"])
    message, allowed, fix = "the value is not allowed", None, None
    if kind == "missing":
        message, value = "the field is required", None
        fix = f"add {path}"
    elif kind == "extra_forbidden":
        fields = _around(detail["loc"], model).model_fields
        message, allowed = "there is no such field", ", ".join(sorted(fields))
        fix = did_you_mean(str(detail["loc"][-1]), fields)
    elif kind in _TYPES:
        message, allowed = "the value has the wrong type", _TYPES[kind]
        allowed += ", or a list" if "several" in context else ""
        if isinstance(value, str):
            # Without them "256" would look like the number that it should be.
            value = f'"{value}"'
        elif isinstance(value, list | dict):
            # As in the file, brackets and all: they are what is wrong.
            value = _as_json(value)
    elif kind == "string_pattern_mismatch":
        form = FORMATS[str(context["pattern"])]
        allowed, fix = form.allowed, f"for example {form.example}"
    elif kind == "literal_error":
        value = _as_json(value) if isinstance(value, list | dict) else value
        allowed = str(context["expected"]).replace("'", "")
    elif kind in {"greater_than_equal", "less_than_equal"}:
        message = "the number is out of range"
        allowed = " ".join(
            f"{words} {context[name]}"
            for name, words in (("ge", "at least"), ("le", "at most"))
            if name in context
        )
    elif kind in {"string_too_short", "string_too_long", "too_short", "too_long"}:
        message = "the value is too short" if "short" in kind else "the value is too long"
        allowed = " ".join(
            f"{words} {context[name]}"
            for name, words in (("min_length", "at least"), ("max_length", "at most"))
            if name in context
        )
    else:
        message = str(detail["msg"])
    return Problem(
        {"missing": "required-field", "extra_forbidden": "unknown-field"}.get(kind, "field-value"),
        path,
        message,
        value=_NO_VALUE if value is None and kind != "missing" else value,
        allowed=allowed,
        fix=fix or (f"set {path} to {allowed}" if allowed else f"correct {path}"),
    )


def _as_json(value: list[Any] | dict[str, Any]) -> str:
    import json  # noqa: PLC0415 - only a wrong file needs it

    return json.dumps(value, ensure_ascii=False, default=str)


def _field(location: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the field that holds the wrong value: list items and mapping keys count to it."""
    parts: list[str] = []
    for part in location:
        if isinstance(part, int):
            break
        parts.append(part)
        if part in {"labels", "tags", "acknowledgements"}:
            break
    return tuple(parts)


def _value(data: object, location: tuple[int | str, ...]) -> object:
    for part in location:
        if part == "[key]":
            continue
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            data = data[part]
        elif isinstance(data, str) and part == "name":
            # A name alone stands for what has one.
            return data
        else:
            return None
    return data


def _repair(data: dict[str, Any], field: tuple[str, ...]) -> None:
    section: Any = data
    for part in field[:-1]:
        section = section.get(part)
        if not isinstance(section, dict):
            return
    section.pop(field[-1], None)
    if field in _PLACEHOLDERS:
        section[field[-1]] = _PLACEHOLDERS[field]
