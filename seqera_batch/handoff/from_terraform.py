# SPDX-License-Identifier: Apache-2.0
"""Environments of the Seqera provider: Terraform's JSON configuration, and its state as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seqera_batch.catalog.platform_names import TERRAFORM_NAMES
from seqera_batch.handoff.source import Excerpt, left, the_one
from seqera_batch.handoff.terraform import TYPE, plain
from seqera_batch.problems import ConfigError, Problem, refusal

_GENERIC = "seqera_compute_env"
_TYPES = (TYPE, "seqera_aws_compute_env", _GENERIC)
"""The second is the deprecated name of the first."""
_OURS = {wanted: name for name, wanted in TERRAFORM_NAMES.items()}
_KEPT = ("name", "description", "credentials_id", "platform", "labels")
_FREE = ("credentials_id", "workspace_id", "label_ids")
"""Attributes that usually refer to other resources, and that an environment can do without."""


def from_terraform(resources: object, pick: str | None) -> Excerpt:
    """Return the environment of a `resource` object of Terraform's JSON configuration.

    Raises:
        ConfigError: There is none, or a setting refers to something that only Terraform knows.
    """
    blocks = [*_blocks(resources)]
    found = {
        f"{kind}.{name}": (kind, block)
        for kind, name, block in blocks
        if kind in _TYPES and isinstance(block, dict)
    }
    if not found:
        raise _nothing([kind for kind, _, _ in blocks])
    kind, block = the_one(found, pick, "the Seqera provider's environments")
    block, notices = _without_loose(block)
    inner = block.get("compute_env")
    if isinstance(inner, dict):
        block["compute_env"], found_inside = _without_loose(inner)
        notices += found_inside
    references = [
        Problem(
            "terraform-reference",
            path,
            "the value refers to something that only Terraform knows",
            value=text,
            allowed="a value",
            fix="import the state instead: terraform show -json > state.json",
        )
        for path, text in _references(block, "")
    ]
    if references:
        raise ConfigError(references)
    return _found(kind, plain(block), notices)


def _without_loose(block: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return a block without the references that it can do without, and what to say of them."""
    loose = [name for name in _FREE if _refers(block.get(name))]
    return (
        {name: value for name, value in block.items() if name not in loose},
        [left(name, "refers to something that only Terraform knows") for name in loose],
    )


def _blocks(resources: object) -> Iterator[tuple[str, str, object]]:
    """Yield type, name and content: Terraform takes a list wherever it takes an object."""
    for by_type in _each(resources):
        for kind, named in by_type.items():
            for by_name in _each(named):
                for name, content in by_name.items():
                    for block in _each(content):
                        yield str(kind), str(name), block


def _each(value: object) -> list[dict[Any, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def from_state(values: object, pick: str | None) -> Excerpt:
    """Return the environment of what `terraform show -json` prints.

    Raises:
        ConfigError: There is none.
    """
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    others: list[str] = []
    for resource in _resources(values.get("root_module") if isinstance(values, dict) else None):
        kind = str(resource.get("type"))
        if kind in _TYPES and isinstance(resource.get("values"), dict):
            found[str(resource.get("address", kind))] = (kind, resource["values"])
        else:
            others.append(kind)
    if not found:
        raise _nothing(others)
    kind, block = the_one(found, pick, "the Seqera provider's environments")
    return _found(kind, block, [])


def _found(kind: str, block: dict[str, Any], notices: list[Problem]) -> Excerpt:
    if kind == _GENERIC:
        inner = block.get("compute_env")
        notices += _rest(block, ("compute_env",))
        block = inner if isinstance(inner, dict) else {}
    settings = block.get("config")
    if kind == _GENERIC and isinstance(settings, dict):
        given = [name for name, value in settings.items() if value is not None]
        if given != ["aws_batch"]:
            raise refusal(
                "other-platform",
                "config",
                "this is a compute environment of another platform",
                value=", ".join(given) or "nothing",
                allowed="aws_batch",
                fix="pick an AWS Batch compute environment",
            )
        settings = settings["aws_batch"]
    if not isinstance(settings, dict):
        raise refusal(
            "field-value",
            "config",
            "the environment has no settings",
            value=type(settings).__name__,
            allowed="an object",
            fix="give the whole resource",
        )
    notices += _rest(block, ("config", *_KEPT))
    named = {_OURS.get(name, name): value for name, value in settings.items()}
    envelope = {name: block[name] for name in _KEPT if block.get(name) is not None}
    return Excerpt(data={**envelope, "config": named}, problems=tuple(notices))


def _rest(block: dict[str, Any], taken: tuple[str, ...]) -> Iterator[Problem]:
    for name, value in block.items():
        if name not in taken and value is not None:
            yield left(name, "has no counterpart here: set by Platform or by Terraform alone")


def _references(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if _refers(value):
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _references(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _references(item, f"{path}[{index}]")


def _refers(value: object) -> bool:
    """Whether a text holds a template, once the escaped marks are out of it."""
    text = str(value).replace("$${", "").replace("%%{", "")
    return "${" in text or "%{" in text


def _resources(module: object) -> Iterator[dict[str, Any]]:
    if not isinstance(module, dict):
        return
    yield from _each(module.get("resources"))
    for child in _each(module.get("child_modules")):
        yield from _resources(child)


def _nothing(others: list[str]) -> Exception:
    seqera = sorted({kind for kind in others if kind.startswith("seqera_")})
    return refusal(
        "other-platform" if seqera else "unknown-export",
        "",
        "the file holds no AWS Batch environment of the Seqera provider",
        value=", ".join(seqera) or ", ".join(sorted(set(others))) or "no resources",
        allowed=" or ".join(_TYPES),
        fix="give the file that holds the environment",
    )
