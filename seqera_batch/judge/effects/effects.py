# SPDX-License-Identifier: Apache-2.0
"""Two environment files compared: every changed field, and what each change does."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.settings import Section
from seqera_batch.judge.effects.platform import PlatformEffect, platform_effect
from seqera_batch.judge.effects.resources import Comparison, Outcome, compare
from seqera_batch.kinds import kind_of
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import ConfigError, errors
from seqera_batch.records import dataclass
from seqera_batch.template import environment


class Verdict(StrEnum):
    """What a change amounts to, from the mildest to the gravest."""

    NOTHING = "nothing"
    IN_PLACE = "in-place"
    ROLLING = "rolling"
    REMOVED = "removed"
    REPLACED = "replaced"
    NEW_STACK = "new-stack"
    REFUSED = "refused"


_GRAVITY = list(Verdict)

_VERDICTS = {
    Outcome.CREATED: Verdict.IN_PLACE,
    Outcome.IN_PLACE: Verdict.IN_PLACE,
    Outcome.ROLLING: Verdict.ROLLING,
    Outcome.REPLACED: Verdict.REPLACED,
    Outcome.KEPT: Verdict.REMOVED,
}
"""What the outcome of a resource makes of the whole; of deleted ones it depends on the type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEffect:
    """A changed field and what its change does.

    Args:
        path: The field, as in the file.
        old: Its value before; None if it is left out.
        new: Its value after.
        declared: What the reference page says of a change of this field.
        verdict: What this change does by itself.
        resources: Ids of the resources that it touches.
        platform: What it means in Seqera Platform.
        by_itself: False where neither the old nor the new file holds with only this field
            changed, so that `resources` and `verdict` are those of all changes together.
    """

    path: str
    old: object
    new: object
    declared: str
    verdict: Verdict
    resources: tuple[str, ...]
    platform: PlatformEffect
    by_itself: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What deploying the new file over the old one does.

    Args:
        fields: Every changed field.
        comparison: Every resource that something happens to, where a stack is updated.
        platform: What changes in Seqera Platform.
        old_stack: Name of the stack as deployed by the app and the command line.
        new_stack: The same for the new file; another name is another stack beside the old one.
        elsewhere: Whether region or account change, so that nothing is updated at all.
        registers: Whether the stack itself registers the environment with Platform.
    """

    fields: tuple[FieldEffect, ...]
    comparison: Comparison
    platform: PlatformEffect
    old_stack: str
    new_stack: str
    elsewhere: bool
    registers: bool

    @property
    def verdict(self) -> Verdict:
        """The gravest thing that happens."""
        another = self.elsewhere or self.old_stack != self.new_stack
        return Verdict.NEW_STACK if another else _verdict(self.comparison)

    @property
    def interrupts(self) -> bool:
        """Whether something is refused, replaced, lost, or has to be registered anew."""
        return bool(self.platform.anew) or self.verdict not in {
            Verdict.NOTHING,
            Verdict.IN_PLACE,
            Verdict.ROLLING,
        }


def effects(old: ForgeConfig, new: ForgeConfig) -> Effects:
    """Return what deploying the new file over the old one does.

    Both files must hold by themselves.
    """
    before, after = _State(old), _State(new)
    elsewhere = _is_elsewhere(before, after)
    return Effects(
        fields=tuple(
            _field(before, after, path, values) for path, values in changed_fields(old, new)
        ),
        comparison=_UNTOUCHED if elsewhere else compare(before.resources, after.resources),
        platform=platform_effect(before.plan, after.plan, after.where),
        old_stack=before.plan.stack_name,
        new_stack=after.plan.stack_name,
        elsewhere=elsewhere,
        registers=new.aws.platform_registration is not None,
    )


_UNTOUCHED = Comparison(resources=(), refused=())


Values = tuple[Section, Section, str]
"""The two sections that hold a field, and its name in them."""


def changed_fields(old: Section, new: Section, path: str = "") -> Iterator[tuple[str, Values]]:
    """Yield the fields that differ, sections resolved where both files have them."""
    for name in type(old).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if isinstance(before, Section) and type(before) is type(after):
            yield from changed_fields(before, after, f"{path}{name}.")
        elif before != after:
            yield f"{path}{name}", (old, new, name)


class _State:
    """An environment file with what follows from it."""

    def __init__(self, config: ForgeConfig) -> None:
        self.plan = ForgePlan.of(config)
        self.where = self.plan.scope()
        self.resources = environment(self.plan, self.where)
        self.data: dict[str, Any] = config.model_dump(exclude_unset=True)


def _is_elsewhere(before: _State, after: _State) -> bool:
    return (before.plan.region, before.plan.account) != (after.plan.region, after.plan.account)


def _field(before: _State, after: _State, path: str, values: Values) -> FieldEffect:
    old, new, name = values
    extra = type(old).model_fields[name].json_schema_extra
    declared = str(extra["x-effect-of-change"]) if isinstance(extra, dict) else ""
    alone = _with(before, after, path)
    start, end = (before, alone) if alone is not None else (_with(after, before, path), after)
    by_itself = start is not None
    start = start or before
    elsewhere = _is_elsewhere(start, end)
    comparison = _UNTOUCHED if elsewhere else compare(start.resources, end.resources)
    another = elsewhere or start.plan.stack_name != end.plan.stack_name
    return FieldEffect(
        path=path,
        old=_shown(old, name),
        new=_shown(new, name),
        declared=declared,
        verdict=Verdict.NEW_STACK if another else _verdict(comparison),
        resources=tuple(one.id for one in comparison.resources),
        platform=platform_effect(start.plan, end.plan, end.where),
        by_itself=by_itself,
    )


def _with(state: _State, other: _State, path: str) -> _State | None:
    """Return the first file with one field of the second; None if that breaks a rule."""
    data = _copy(state.data)
    inner, source = data, other.data
    *sections, name = path.split(".")
    for section in sections:
        inner = inner.setdefault(section, {})
        source = source.get(section) or {}
    if name in source:
        inner[name] = source[name]
    else:
        inner.pop(name, None)
    try:
        config = ForgeConfig.model_validate(data)
        config.remember((), exported=state.plan.config.exported)
        return None if errors(config.problems()) else _State(config)
    except (ValueError, ConfigError):
        return None


def _copy(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _copy(value) if isinstance(value, dict) else value for name, value in data.items()
    }


def _verdict(comparison: Comparison) -> Verdict:
    if comparison.refused:
        return Verdict.REFUSED
    found = [
        _VERDICTS.get(one.outcome, Verdict.REMOVED if _loses(one.type) else Verdict.IN_PLACE)
        for one in comparison.resources
    ]
    return max(found, key=_GRAVITY.index, default=Verdict.NOTHING)


def _loses(type_: str) -> bool:
    """Whether running jobs or data may end with a resource of a type."""
    kind = kind_of(type_)
    return kind is None or bool(kind.stakes.jobs or kind.stakes.data)


def _shown(section: Section, name: str) -> object:
    value: object = section.model_dump(mode="json", include={name})[name]
    return value
