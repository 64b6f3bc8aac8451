# SPDX-License-Identifier: Apache-2.0
"""Requests checked against AWS's API models; CloudFormation's spelling turned into theirs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader  # type: ignore[import-untyped]
from botocore.model import ServiceModel  # type: ignore[import-untyped]
from botocore.validate import ParamValidator  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator

MAPS = frozenset({"tags", "Tags", "parameters", "Parameters"})
"""Members whose keys are the user's own."""


@cache
def service(name: str) -> Any:
    """Return botocore's model of a service."""
    return ServiceModel(Loader().load_service_model(name, "service-2"))


def problems(name: str, operation: str, request: dict[str, Any]) -> list[str]:
    """Return what is wrong with a request: shapes, required members, enumerations."""
    shape = service(name).operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        return [str(report.generate_report())]
    return list(_outside_enumerations(request, shape, ""))


def _outside_enumerations(value: Any, shape: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for key, item in value.items():
            yield from _outside_enumerations(item, shape.members[key], f"{path}.{key}".lstrip("."))
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from _outside_enumerations(item, shape.member, f"{path}[{index}]")
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is not one of {', '.join(shape.enum)}"


def to_api(value: Any, key: str = "") -> Any:
    """Return CloudFormation's properties with the API's lower first letters."""
    if isinstance(value, list):
        return [to_api(item) for item in value]
    if isinstance(value, dict) and key not in MAPS:
        return {name[:1].lower() + name[1:]: to_api(item, name) for name, item in value.items()}
    return value
