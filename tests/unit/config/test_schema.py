# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema: it knows every field, explains it, and fits the examples."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.config.check import ForgeConfig, load
from seqera_batch.config.loading import read
from seqera_batch.config.schema import DIALECT, json_schema
from seqera_batch.config.settings import Effect, Section
from seqera_batch.config.shape import section_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/*.*"))
OWN_EXAMPLES = [path for path in EXAMPLES if "exported" not in path.name]

Schema = dict[str, Any]


def models(model: type[BaseModel] = ForgeConfig) -> Iterator[type[BaseModel]]:
    """Yield the file's sections, the whole first."""
    yield model
    for field in model.model_fields:
        section = section_of(model, field)
        if section is not None:
            yield from models(section)


FIELDS = [(model, field) for model in dict.fromkeys(models()) for field in model.model_fields]
"""Every field there is, with its section."""

IDS = [f"{model.__name__}.{field}" for model, field in FIELDS]


@pytest.fixture(scope="module")
def schema() -> Schema:
    """The schema as `seqera-batch schema` prints it."""
    written: Schema = json.loads(json.dumps(json_schema()))
    return written


def misfits(value: object, rule: Schema, root: Schema, path: str = "$") -> list[str]:
    """Tell where a value does not fit, by the few keywords that our schema uses."""
    unknown = rule.keys() - {
        *("$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default"),
        *("description", "enum", "items", "maxLength", "maximum", "minItems", "minLength"),
        *("minimum", "pattern", "properties", "required", "title", "type"),
        *("x-effect-of-change", "x-if-omitted", "x-only-in-mode", "x-source"),
    }
    assert not unknown, f"{path}: the schema uses {unknown}, which this test does not know"
    if "$ref" in rule:
        return misfits(value, root["$defs"][rule["$ref"].rpartition("/")[2]], root, path)
    if "anyOf" in rule:
        tried = [misfits(value, option, root, path) for option in rule["anyOf"]]
        return [] if [] in tried else [problem for option in tried for problem in option]
    found = _plain_misfits(value, rule, path)
    if isinstance(value, dict) and not found:
        found += [
            f"{path}: {key} is missing" for key in rule.get("required", ()) if key not in value
        ]
        for key, item in value.items():
            inner = rule.get("properties", {}).get(key, rule.get("additionalProperties", {}))
            if inner is False:
                found.append(f"{path}: {key} is unknown")
            else:
                found += misfits(item, inner, root, f"{path}.{key}")
    if isinstance(value, list) and not found:
        for item in value:
            found += misfits(item, rule.get("items", {}), root, f"{path}[]")
    return found


def _plain_misfits(value: object, rule: Schema, path: str) -> list[str]:
    types = {
        "object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
        "null": type(None),
    }  # fmt: skip
    wanted = types.get(rule.get("type", ""), object)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return [f"{path}: {value!r} is no {rule['type']}"]
    size = len(value) if isinstance(value, str | list) else 0
    number = value if isinstance(value, int) else 0
    fits = {
        "const": value == rule.get("const", value),
        "enum": value in rule.get("enum", [value]),
        "pattern": not isinstance(value, str) or bool(re.search(rule.get("pattern", ""), value)),
        "length": size >= max(rule.get("minLength", 0), rule.get("minItems", 0)),
        "maxLength": size <= rule.get("maxLength", size),
        "range": rule.get("minimum", number) <= number <= rule.get("maximum", number),
    }
    return [f"{path}: {value!r} breaks {keyword}" for keyword, fit in fits.items() if not fit]


def test_the_schema_names_its_dialect_and_the_file(schema: Schema) -> None:
    """Editors recognize what it is."""
    assert schema["$schema"] == DIALECT
    assert schema["title"] == "seqera-batch environment file"
    assert schema["type"] == "object"


def test_the_schema_is_always_the_same() -> None:
    """Two calls give the same text, so that a copy in a repository does not change."""
    assert json.dumps(json_schema()) == json.dumps(json_schema())


def test_the_schema_requires_what_the_file_requires(schema: Schema) -> None:
    """The fields without a default, and no others."""
    assert schema["required"] == ["name", "region", "work_dir"]
    assert schema["$defs"]["ForgeSettings"]["required"] == ["max_cpus"]
    assert schema["$defs"]["ExistingNetwork"]["required"] == ["subnets"]
    assert schema["$defs"]["EnvironmentVariable"]["required"] == ["name"]


def test_the_schema_refuses_unknown_fields_in_every_section(schema: Schema) -> None:
    """A misspelt field is underlined while it is typed."""
    sections = [schema, *schema["$defs"].values()]

    assert [section["title"] for section in sections if section["additionalProperties"]] == []


def test_no_two_sections_have_one_name() -> None:
    """The schema calls a section by the name of its class."""
    names = [model.__name__ for model in dict.fromkeys(models())]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=IDS)
def test_every_field_is_in_the_schema(model: type[BaseModel], field: str, schema: Schema) -> None:
    """With its description, the effect of changing it, and what leaving it out means."""
    section = schema if model is ForgeConfig else schema["$defs"][model.__name__]
    written = section["properties"][field]

    assert written["description"].endswith(".")
    assert written["x-effect-of-change"] in set(Effect)
    assert bool(written.get("x-if-omitted")) is (
        not model.model_fields[field].is_required() and written["description"][:6] != "Always"
    )
    if "x-source" in written:
        assert written["x-source"].startswith("https://")


def test_fields_of_platform_name_their_source() -> None:
    """What Platform's API has can be looked up in Seqera's pages."""
    without = []
    for model, field in FIELDS:
        extra = model.model_fields[field].json_schema_extra
        assert isinstance(extra, dict)
        of_platform = model.__module__.rpartition(".")[2] in {"environment", "forge"}
        if of_platform and field != "aws" and not str(extra.get("x-source")).startswith("https://"):
            without.append(f"{model.__name__}.{field}")
    assert without == []


@pytest.mark.parametrize("model", list(dict.fromkeys(models())), ids=lambda model: model.__name__)
def test_every_section_is_documented_and_immutable(model: type[BaseModel]) -> None:
    """A section has a docstring of its own, and nothing in it can be changed."""
    assert model.__doc__
    assert issubclass(model, Section)
    assert model.model_config["frozen"]
    assert model.model_config["extra"] == "forbid"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_valid(example: Path) -> None:
    """What a user would copy works as it is, and its warnings are acknowledged."""
    checked = load(example)
    config = checked.usable()

    if not config.exported:
        assert [problem.rule for problem in checked.problems if problem.acknowledged is None] == []


@pytest.mark.parametrize("example", OWN_EXAMPLES, ids=lambda path: path.name)
def test_the_schema_accepts_every_example(example: Path, schema: Schema) -> None:
    """An editor finds nothing wrong in a file that is right."""
    assert misfits(read(example), schema, schema) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": None},
        {"name": "not a name"},
        {"region": 7},
        {"zzz": 1},
        {"work_dir": "relative"},
        {"wave_enabled": "yes"},
        {"forge": {"max_cpus": 0}},
        {"forge": {"max_cpus": 4, "type": "spot"}},
        {"forge": {"max_cpus": 4, "subnets": "subnet-0123456789abcdef0"}},
        {"forge": {"max_cpus": 4, "zzz": 1}},
        {"aws": {"network": {"existing": {"subnets": []}}}},
        {"labels": {"a": 1}},
        {"labels": [{"value": "nameless"}]},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_check_refuses(changes: dict[str, Any], schema: Schema) -> None:
    """The schema and the check agree on wrong fields."""
    right = {"name": "demo", "region": "eu-west-1", "work_dir": "s3://example-work"}
    document = {key: value for key, value in {**right, **changes}.items() if value is not None}

    assert misfits({**right, "forge": {"max_cpus": 4}}, schema, schema) == []
    assert misfits(document, schema, schema) != []


def test_the_schema_takes_labels_in_both_forms(schema: Schema) -> None:
    """An export's list is as good as a mapping."""
    labels = schema["properties"]["labels"]

    assert misfits({"team": "a"}, labels, schema) == []
    assert misfits([{"name": "team", "value": "a"}], labels, schema) == []
    assert labels["description"]
