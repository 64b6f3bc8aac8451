# SPDX-License-Identifier: Apache-2.0
"""The table of create-only properties against CloudFormation's resource schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.judge.effects.create_only import (
    CREATE_ONLY,
    INFRASTRUCTURE,
    NAMES,
    ONLY_DOCUMENTED,
)
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment

EXAMPLES = sorted(Path(__file__).parents[4].glob("examples/*.*"))


def _schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return found


def _dotted(pointers: list[str]) -> set[str]:
    return {".".join(pointer.split("/")[2:]) for pointer in pointers}


@pytest.mark.parametrize("kind", CREATE_ONLY)
def test_rows_are_what_the_schemas_say(kind: str) -> None:
    """Each property of a row is create-only; none that our templates write is missing."""
    stated = _dotted(_schema(kind).get("createOnlyProperties", []))
    assert stated >= CREATE_ONLY[kind]
    written = {
        name
        for example in EXAMPLES
        for resource in _resources(example)
        if resource["Type"] == kind
        for name in _names(resource["Properties"])
    }
    assert not (stated - CREATE_ONLY[kind]) & written


def test_every_type_of_the_examples_has_a_row() -> None:
    """No resource is judged without knowing what replaces it."""
    types = {resource["Type"] for example in EXAMPLES for resource in _resources(example)}
    assert types <= CREATE_ONLY.keys()


def test_infrastructure_is_what_the_schema_says() -> None:
    """What replaces an environment where that is asked for is what rolls its nodes otherwise."""
    stated = _schema("AWS::Batch::ComputeEnvironment")["conditionalCreateOnlyProperties"]
    assert _dotted(stated) == INFRASTRUCTURE


def test_names_and_documented_replacements_are_properties() -> None:
    """Every property that a table names exists."""
    for kind, name in NAMES.items():
        assert name in _schema(kind)["properties"], kind
    for kind, names in ONLY_DOCUMENTED.items():
        for name in names:
            assert name.split(".")[0] in _schema(kind)["properties"], kind
        assert not names & _dotted(_schema(kind)["createOnlyProperties"]), "in the schema by now"


def _resources(example: Path) -> list[dict[str, Any]]:
    config = ForgeConfig.from_file(example)
    plan = ForgePlan.of(config)
    where = Scope(partition=plan.partition, region=plan.region, account="111122223333")
    return [one.to_dict() for one in environment(config, plan, where).values()]


def _names(properties: dict[str, Any], path: str = "") -> set[str]:
    found = set()
    for name, value in properties.items():
        found.add(f"{path}{name}")
        if isinstance(value, dict):
            found |= _names(value, f"{path}{name}.")
    return found
