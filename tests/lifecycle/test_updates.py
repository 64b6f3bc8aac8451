# SPDX-License-Identifier: Apache-2.0
"""Every field of the environment file changed in a deployed stack, and what became of it."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig
from seqera_batch.config.settings import Effect, Section
from tests.lifecycle.judges import Answer, by_command, by_schema, by_trying
from tests.lifecycle.update_matrix import (
    KNOWN_TO_DIFFER,
    ROWS,
    WITHOUT_ROW,
    Row,
)
from tests.night import AT_NIGHT, MORE_AT_NIGHT
from tests.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lifecycle.account import Account
    from tests.lifecycle.surroundings import Surroundings

Pair = tuple[dict[str, Any], dict[str, Any]]

NEVER_REPLACING = {
    "labels",
    "aws.tags",
    "fusion2_enabled",  # the launch template
    "nvme_storage_enabled",
    "forge.max_cpus",
    "forge.min_cpus",
    "forge.instance_types",
    "forge.image_id",
    "forge.ebs_boot_size",
    "aws.head.max_cpus",
    "aws.head.instance_types",
    "aws.image_type",
}
"""Fields of labels, stack tags, launch templates, instance types, images and vCPUs."""


def _ids() -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for row in ROWS:
        seen[row.name] = number = seen.get(row.name, 0) + 1
        names.append(row.name if number == 1 else f"{row.name}-{number}")
    return names


IDS = _ids()


@pytest.fixture(scope="module")
def pairs(surroundings: Surroundings) -> dict[str, Pair]:
    """Return the template before and after each row's change."""

    def template(environment: dict[str, Any]) -> dict[str, Any]:
        resources = rendered(ForgeConfig.from_dict(environment))
        return {"Resources": surroundings.within(resources)}

    return {
        name: (template(old), template(new))
        for name, row in zip(IDS, ROWS, strict=True)
        for old, new in (row.environments,)
    }


def _types(pair: Pair) -> dict[str, str]:
    return {
        key: resource["Type"]
        for template in pair
        for key, resource in template["Resources"].items()
    }


def _try(account: Account, pair: Pair) -> Answer:
    """Deploy the change over the old stack, and clear away."""
    stack = "seqera-batch-test-update"
    made = account.create(stack, pair[0])
    try:
        assert made.status == "CREATE_COMPLETE", made.reasons
        updated = account.update(stack, pair[1])
        assert updated.status in {"UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}, updated.reasons
        return by_trying(updated)
    finally:
        gone = account.clear_away(stack)
        assert gone.status == "DELETE_COMPLETE", gone.reasons


DEPLOYED = {
    *KNOWN_TO_DIFFER,
    *dict(zip((row.effect for row in reversed(ROWS)), reversed(IDS), strict=True)).values(),
}
"""Rows that are deployed by day: the first that does the same to the same types of resource."""


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param(name, row, id=name, marks=MORE_AT_NIGHT)
        for name, row in zip(IDS, ROWS, strict=True)
    ],
)
def test_change_of_a_field(name: str, row: Row, pairs: dict[str, Pair], account: Account) -> None:
    """The emulator does what the table says; the schemas and `effects` say the same."""
    pair = pairs[name]
    types = _types(pair)
    # Another judge of the same change is another entry here.
    answers = {"schemas": by_schema(*pair)}
    if AT_NIGHT or name in DEPLOYED:
        answers["emulator"] = _try(account, pair)
    said = {judge: answer.summary(types) for judge, answer in answers.items()}
    old, new = (ForgeConfig.from_dict(one) for one in row.environments)
    said["command"] = by_command(old, new)
    expected = dict.fromkeys(said, row.effect)
    expected |= KNOWN_TO_DIFFER.get(name, {})
    assert said == expected
    deployed = answers.get("emulator")
    if name not in KNOWN_TO_DIFFER and deployed is not None and not deployed.refused:
        assert deployed.outcomes == answers["schemas"].outcomes


def test_volatile_fields_replace_nothing() -> None:
    """Labels, tags, launch template, types, image, vCPUs leave environments and queues there."""
    rows = [row for row in ROWS if row.name in NEVER_REPLACING]
    assert {row.name for row in rows} == NEVER_REPLACING
    for row in rows:
        assert row.effect != "refused"
        assert not {"!ComputeEnvironment", "!JobQueue"} & set(row.effect.split()), row.name


def test_stack_tags_replace_nothing(pairs: dict[str, Pair], account: Account) -> None:
    """Tags on the stack, and a change of them, reach no environment and no queue."""
    template, _ = pairs["name"]
    account.create("seqera-batch-test-tags", template)
    try:
        for value in ("one", "two"):
            updated = account.update("seqera-batch-test-tags", template, {"owner": value})
            assert updated.status == "UPDATE_COMPLETE", updated.reasons
            for key, outcome in updated.outcomes.items():
                if template["Resources"][key]["Type"].startswith("AWS::Batch::"):
                    assert outcome == "untouched", key
    finally:
        account.delete("seqera-batch-test-tags")


REPLACING = {
    Effect.NEW_QUEUES: {"JobQueue"},
    Effect.NEW_COMPUTE_ENVIRONMENTS: {"ComputeEnvironment"},
    Effect.NEW_FILE_SYSTEM: {"FileSystem"},
    Effect.NEW_DATA_REPOSITORY: {"DataRepositoryAssociation"},
    Effect.NEW_BUDGET: {"Budget"},
    Effect.ROLES_ANEW: {"Role", "InstanceProfile"},
    Effect.NEW_IDENTITY_PROVIDER: {"OIDCProvider"},
    # Environments move to other subnets, which may be ones that exist.
    Effect.NEW_NETWORK: {""},
}
"""What a declared effect must create, replace or delete one of; the others replace nothing."""

REFUSED = {Effect.REFUSED, Effect.KIND_KEPT}
"""Effects that AWS refuses; only the first becomes possible with another name."""

MAY_BE_REFUSED = {
    Effect.ALLOCATION,
    Effect.GROWS,
    Effect.NEW_DATA_REPOSITORY,
    Effect.NEW_NETWORK,
    Effect.SHARE,
}
"""Effects that say of which values AWS refuses the change."""

MAY_REPLACE = {
    Effect.ALLOCATION: {"ComputeEnvironment"},
    Effect.QUEUES: {"JobQueue"},
    Effect.WORK_DIR: {"Bucket"},
}
"""Effects that say when they replace, and what; other changes of the field replace nothing."""

NOTHING_IN_AWS = {Effect.PLATFORM_IN_PLACE, Effect.NOTHING}


def _as_declared(effect: Effect, row: Row) -> bool:
    words = set(row.effect.split())
    gone = {word[1:] for word in words if word[0] in "!+-"}
    if row.effect == "refused":
        if effect is Effect.ROLLING:
            return row.given.get("forge.alloc_strategy") == "BEST_FIT"
        named_anew = effect is Effect.REFUSED and "name" in row.along
        return not named_anew and effect in {*REFUSED, *MAY_BE_REFUSED}
    if effect in REFUSED:
        return effect is Effect.REFUSED and "name" in row.along
    if effect in REPLACING:
        return bool((gone | {""}) & REPLACING[effect])
    if effect in NOTHING_IN_AWS:
        return not words
    # A resource may come or go with the option that needs it; none is exchanged for another.
    replaced = {word[1:] for word in words if word[0] == "!"}
    return any(replaced <= {kind, f"{kind}Policy"} for kind in MAY_REPLACE.get(effect, {""}))


def test_fields_declare_what_happens() -> None:
    """The effect in each field's metadata, which users read, is what the row shows."""
    declared = dict(_fields(ForgeConfig))
    wrong = {
        name
        for name, row in zip(IDS, ROWS, strict=True)
        if not _as_declared(declared[row.name], row)
    }
    assert wrong == set()


def _fields(model: type[Section], path: str = "") -> Iterator[tuple[str, Effect]]:
    """Yield the path and the declared effect of every field, those of sections included."""
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        assert isinstance(extra, dict)
        yield f"{path}{name}", Effect(str(extra["x-effect-of-change"]))
        for inner in _sections(field.annotation):
            yield from _fields(inner, f"{path}{name}.")


def _sections(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _sections(argument)


def test_every_field_has_a_row() -> None:
    """A new field needs a row, or a reason why it cannot change."""
    fields = dict(_fields(ForgeConfig)).keys()
    rows = {row.name for row in ROWS}
    assert rows | WITHOUT_ROW.keys() == fields
    assert not rows & WITHOUT_ROW.keys()
