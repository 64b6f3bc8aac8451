# SPDX-License-Identifier: Apache-2.0
"""What changing each field later would do, from what the fields say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.settings import Effect, Section, says
from seqera_batch.records import dataclass

OFTEN = frozenset(
    {
        "aws.iam.permissions_boundary",
        "aws.tags",
        "environment",
        "forge.allow_buckets",
        "forge.alloc_strategy",
        "forge.ebs_boot_size",
        "forge.image_id",
        "forge.instance_types",
        "forge.max_cpus",
        "forge.min_cpus",
        "forge.subnets",
        "forge.type",
        "fusion2_enabled",
        "head_job_cpus",
        "head_job_memory_mb",
        "labels",
        "name",
        "nvme_storage_enabled",
        "region",
        "wave_enabled",
        "work_dir",
    }
)
"""Fields that people change most often: told even where the file leaves them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field, and what changing it does to an environment that is deployed.

    Args:
        field: Path in the file.
        effect: What a change does.
        value: Its value in the file, for people; None where the file leaves it out.
        says: What the field is.
    """

    field: str
    effect: Effect
    value: str | None
    says: str


def changes(config: ForgeConfig) -> tuple[FieldChange, ...]:
    """Return the fields that the file has and those of `OFTEN`, in the file's order."""
    return tuple(_fields(config, ""))


def _fields(section: Section, before: str) -> Iterator[FieldChange]:
    given = section.model_fields_set
    for name, effect in _effects(type(section)).items():
        path = f"{before}{name}"
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from _fields(value, f"{path}.")
            continue
        # An empty list says no more than none.
        shown = name in given and value not in (None, "", (), {})
        if effect is not None and (shown or path in OFTEN):
            yield FieldChange(
                field=path,
                effect=effect,
                value=_shown(value) if shown else None,
                says=says(type(section), name),
            )


@cache
def _effects(model: type[Section]) -> dict[str, Effect | None]:
    """Return what changing each field does, where that is said of the field itself."""
    said = {name: field.json_schema_extra for name, field in model.model_fields.items()}
    return {
        name: Effect(str(extra["x-effect-of-change"])) if isinstance(extra, dict) else None
        for name, extra in said.items()
    }


def _shown(value: Any) -> str:  # noqa: ANN401 - a field's value has the field's own type
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(item)}" for key, item in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(map(_shown, value))
    if isinstance(value, Section):
        return str(value.model_dump(exclude_unset=True, mode="json"))
    return str(value)


def by_effect(found: Iterable[FieldChange]) -> dict[Effect, list[FieldChange]]:
    """Return changes by what they do: first what replaces something, then Platform's."""
    groups: dict[Effect, list[FieldChange]] = {}
    for change in sorted(found, key=lambda one: _gravity(one.effect)):
        groups.setdefault(change.effect, []).append(change)
    return groups


def _gravity(effect: Effect) -> tuple[int, int]:
    place = tuple(Effect).index(effect)
    if effect.name.startswith("NEW_"):
        return 0, -place
    return (1 if effect is Effect.PLATFORM else 2), place
