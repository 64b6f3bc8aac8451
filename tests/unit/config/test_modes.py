# SPDX-License-Identifier: Apache-2.0
"""Which mode each field is for: declared with the field, and what a file with it comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.config.check import ForgeConfig, check
from seqera_batch.config.rules import RULES
from seqera_batch.config.settings import Mode
from seqera_batch.config.shape import section_of
from seqera_batch.handoff.export import export
from seqera_batch.handoff.target import Request
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import identities, resource_policies
from seqera_batch.policies.document import Scope
from seqera_batch.problems import errors
from seqera_batch.template import environment
from tests.lifecycle.update_matrix import MANUAL, ROWS, Row, environment_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

UNUSED = "manual-unused-settings"
SMALLEST = {"name": "demo", "region": "eu-west-1", "work_dir": "s3://work/dir"}


def _declared(model: type[BaseModel], path: str = "", mode: str = "") -> Iterator[tuple[str, str]]:
    """Yield each field and the one mode that it, or a section around it, is for."""
    for name, field in model.model_fields.items():
        assert isinstance(field.json_schema_extra, dict)
        only = mode or str(field.json_schema_extra.get("x-only-in-mode", ""))
        yield f"{path}{name}", only
        section = section_of(model, name)
        if section is not None:
            yield from _declared(section, f"{path}{name}.", only)


DECLARED = dict(_declared(ForgeConfig))


def _outcome(document: dict[str, Any]) -> Any:  # noqa: ANN401 - only compared
    """Return all that a file comes to: plan, documents, template, exports; None if it is wrong."""
    checked = check(document)
    config = checked.config
    if config is None or errors(checked.problems):
        return None
    plan = ForgePlan.of(config)
    where = Scope(partition=plan.partition, region=plan.region, account="111122223333")
    return (
        {name: value for name, value in plan.to_dict().items() if name != "problems"},
        [
            (one.name, one.permissions, one.trust)
            for one in (*identities(plan, where), *resource_policies(plan, where))
        ],
        environment(plan, where),
        [
            export(plan, Request(target=target, mode="manual"))
            for target in ("tw", "terraform", "nextflow")
        ],
    )


def _has_effect(old: dict[str, Any], new: dict[str, Any]) -> bool:
    before, after = _outcome(old), _outcome(new)
    return before is not None and after is not None and before != after


def _apart(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes without what is below `forge`."""
    return {path: value for path, value in changes.items() if not path.startswith("forge")}


def _without_forge(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the file before and after a row's change, in Manual mode."""
    given = {**SMALLEST, **MANUAL, **_apart(row.given)}
    return (
        environment_file({**given, row.name: row.old}),
        environment_file({**given, row.name: row.new, **_apart(row.along)}),
    )


ROWS_OF: dict[str, list[Row]] = {}
for each in ROWS:
    if not each.name.startswith("forge"):
        ROWS_OF.setdefault(each.name, []).append(each)


@pytest.mark.parametrize("field", ROWS_OF)
def test_fields_declare_the_mode_that_they_are_for(
    field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes to something with a forge section only is declared so, and nothing else is."""
    # What a field would do, not that the declaration has it refused.
    silent = replace(RULES[UNUSED], check=lambda _: iter(()))
    monkeypatch.setitem(RULES, UNUSED, silent)
    effects = set()
    if any(_has_effect(*_without_forge(row)) for row in ROWS_OF[field]):
        effects.add(Mode.MANUAL)
    if any(_has_effect(*_with_forge(row)) for row in ROWS_OF[field]):
        effects.add(Mode.FORGE)
    [only] = effects if len(effects) == 1 else [""]
    assert DECLARED[field] == only


def _with_forge(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    old, new = row.environments
    forge = {"type": "SPOT", "max_cpus": 64}
    return {"forge": forge, **old}, {"forge": forge, **new}


@pytest.mark.parametrize("field", [field for field, only in DECLARED.items() if only == "forge"])
def test_what_is_for_forge_mode_is_refused_without_it(field: str) -> None:
    """A file in Manual mode that says something of it is told so, with the path."""
    for row in ROWS_OF.get(field, ()):
        told = {
            (problem.rule, problem.path)
            for document in _without_forge(row)
            for problem in check(document).problems
        }
        outermost = next(path for path in _sections(field) if DECLARED[path] == "forge")
        assert (UNUSED, outermost) in told


def _sections(path: str) -> Iterator[str]:
    """Yield the sections around a field, and the field itself, the outermost first."""
    parts = path.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))
