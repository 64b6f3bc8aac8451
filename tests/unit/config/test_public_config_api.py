# SPDX-License-Identifier: Apache-2.0
"""What a Python program sees of the configuration: it reads, it never changes anything."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import seqera_batch
from seqera_batch import (
    AwsSettings,
    Checked,
    ConfigError,
    CreatedNetwork,
    ForgeConfig,
    ForgeSettings,
    NetworkSettings,
    Problem,
    Severity,
    check,
    load,
)
from seqera_batch.problems import errors

Document = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


@pytest.fixture
def config(document: Document) -> ForgeConfig:
    """The smallest configuration."""
    return ForgeConfig.from_dict(document())


def test_a_file_and_its_data_give_the_same_configuration(
    document: Document, written: Write
) -> None:
    """`from_file` and `from_dict` are one way in."""
    data = document({"forge.instance_types": ["m6i"]})

    assert ForgeConfig.from_file(written(data, "demo.json")) == ForgeConfig.from_dict(data)


def test_a_path_may_be_text(document: Document, written: Write) -> None:
    """A string and a Path name the same file."""
    file = written(document(), "demo.json")

    assert ForgeConfig.from_file(str(file)) == ForgeConfig.from_file(file)


def test_the_name_may_be_given_beside_the_data(document: Document, written: Write) -> None:
    """`name` wins over the file's own."""
    data = document()

    assert ForgeConfig.from_dict(data, name="other").name == "other"
    assert ForgeConfig.from_file(written(data, "demo.json"), name="other").name == "other"


def test_the_input_is_never_changed(document: Document) -> None:
    """Data that was passed in can be used again."""
    data = document(
        {
            "workDir": "s3://example-work",
            "work_dir": None,
            "labels": [{"name": "team", "value": "a"}],
            "headQueue": "TowerForge-1",
            "forge.ebsAutoScale": True,
            "forge.fusionEnabled": True,
            "forge.securityGroups": ["sg-0123456789abcdef0"],
            "forge.zzz": None,
        }
    )
    before = copy.deepcopy(data)
    check(data, name="other")

    assert data == before


@pytest.mark.parametrize(
    ("section", "field"),
    [
        (lambda config: config, "name"),
        (lambda config: config, "unheard_of"),
        (lambda config: config.forge, "max_cpus"),
        (lambda config: config.aws, "prefix"),
        (lambda config: config.aws.head, "max_cpus"),
    ],
)
def test_a_configuration_cannot_be_changed(
    section: Callable[[ForgeConfig], Any], field: str, config: ForgeConfig
) -> None:
    """Every section is frozen, and no attribute can be added."""
    with pytest.raises((ValidationError, ValueError)):
        setattr(section(config), field, "changed")
    with pytest.raises((ValidationError, AttributeError)):
        delattr(section(config), field)


def test_configurations_share_nothing(document: Document) -> None:
    """Two environments in one app do not see each other's labels."""
    one, other = ForgeConfig.from_dict(document()), ForgeConfig.from_dict(document())

    assert one == other
    assert one.labels is not other.labels
    assert one.aws.tags is not other.aws.tags


def test_lists_become_tuples(document: Document) -> None:
    """What a file lists cannot be appended to."""
    config = ForgeConfig.from_dict(document({"forge.instance_types": ["m6i"], "volumes": ["/a"]}))

    assert config.forge is not None
    assert config.forge.instance_types == ("m6i",)
    assert config.volumes == ("/a",)


def test_wrong_data_raises_every_problem(document: Document, written: Write) -> None:
    """One exception carries all of them, for files with their path."""
    data = document({"region": "nowhere", "forge.min_cpus": 65})
    file = written(data, "demo.json")
    with pytest.raises(ConfigError) as from_dict:
        ForgeConfig.from_dict(data)
    with pytest.raises(ConfigError) as from_file:
        ForgeConfig.from_file(file)

    assert from_dict.value.problems == from_file.value.problems
    assert {problem.rule for problem in from_dict.value.problems} == {
        "field-value",
        "min-cpus-within-max",
    }
    assert from_dict.value.origin is None
    assert str(from_file.value).startswith(f"{file}:{from_file.value.problems[0].line}: error[")


def test_an_error_is_a_value_error(tmp_path: Path) -> None:
    """Callers may catch it without knowing this library."""
    with pytest.raises(ValueError, match="there is no such file"):
        ForgeConfig.from_file(tmp_path / "missing.yaml")


def test_problems_are_those_of_the_check(document: Document) -> None:
    """The configuration repeats notices of the loader and warnings of the rules."""
    data = {"computeEnv": {"status": "AVAILABLE", "config": document({"forge.min_cpus": 4})}}
    checked = check(data)

    assert {problem.rule for problem in checked.problems} == {"left-aside", "min-cpus-cost"}
    assert checked.usable().problems() == checked.problems


def test_a_configuration_made_in_code_is_checked_too() -> None:
    """Without a loader, rules speak all the same."""
    config = ForgeConfig(name="demo", region="eu-west-1", work_dir="s3://example-work")

    assert {problem.rule for problem in config.problems()} == {"manual-needs-queues"}
    assert not config.exported


def test_a_configuration_made_in_code_has_checked_fields() -> None:
    """Every wrong value is told as for a file: field, value, what is allowed, the fix."""
    values: dict[str, Any] = {"region": "nowhere", "zzz": 1, "nextflow_confg": "x", "labels": []}
    with pytest.raises(ConfigError) as caught:
        ForgeConfig(name="demo", **values)
    found = {problem.path: problem for problem in caught.value.problems}

    assert found.keys() == {*values, "work_dir"}
    assert found["region"].text() == (
        "error[field-value] region: the value is not allowed\n"
        "    got:     nowhere\n"
        "    allowed: an AWS region code\n"
        "    fix:     for example eu-west-1"
    )
    assert found["work_dir"].rule == "required-field"
    assert found["zzz"].rule == "unknown-field"
    assert found["nextflow_confg"].fix == "did you mean nextflow_config?"
    assert caught.value.origin == "ForgeConfig"
    assert caught.value.__context__ is None


@pytest.mark.parametrize("data", [{"type": "SPOTT", "max_cpus": 4}, {}, {"max_cpus": "4"}])
@pytest.mark.parametrize("way", [lambda data: ForgeSettings(**data), ForgeSettings.model_validate])
def test_a_section_made_in_code_has_checked_fields(
    data: dict[str, Any], way: Callable[[dict[str, Any]], object]
) -> None:
    """A section by itself is told of likewise, under its own name."""
    with pytest.raises(ConfigError, match=r"^ForgeSettings: error\[") as caught:
        way(data)

    assert len(caught.value.problems) == 1


def test_sections_have_their_values() -> None:
    """What a program composes is what a file would say."""
    composed = ForgeConfig(
        name="demo",
        region="eu-west-1",
        work_dir="s3://example-work/",
        forge=ForgeSettings(max_cpus=64, instance_types=("m6i",)),
        aws=AwsSettings(network=NetworkSettings(create=CreatedNetwork(mode="private"))),
    )

    assert composed == ForgeConfig.from_dict(
        {
            "name": "demo",
            "region": "eu-west-1",
            "work_dir": "s3://example-work",
            "forge": {"max_cpus": 64, "instance_types": ["m6i"]},
            "aws": {"network": {"create": {"mode": "private"}}},
        }
    )
    assert ForgeConfig.model_validate(composed) is composed


@pytest.mark.parametrize("data", [None, [], "text", 7, ("a",), {1, 2}])
def test_a_check_of_anything_gives_an_answer(data: object) -> None:
    """What is no mapping is one problem, not an exception."""
    checked = check(data)

    assert [problem.rule for problem in checked.problems] == ["top-level"]
    with pytest.raises(ConfigError):
        checked.usable()


def test_a_check_tells_where_the_data_came_from(document: Document, written: Write) -> None:
    """The origin is the path as it was given."""
    file = written(document(), "demo.json")

    assert load(file).origin == str(file)
    assert check(document()).origin is None


def test_problems_and_checks_are_values(document: Document) -> None:
    """They compare by content and cannot be changed."""
    one, other = check(document({"zzz": 1})), check(document({"zzz": 1}))

    assert one.problems == other.problems
    assert isinstance(one, Checked)
    for value, field in ((one, "problems"), (one.problems[0], "message")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field, None)


def test_problems_are_json_ready_with_stable_keys(document: Document) -> None:
    """The keys are the fields of a problem, in their order."""
    (problem,) = check(document({"zzz": True})).problems

    assert list(problem.as_dict()) == [
        *("rule", "severity", "path", "line", "message", "value", "allowed", "fix", "source"),
        *("about", "acknowledged"),
    ]
    assert set(problem.as_dict()) == {field.name for field in fields(Problem)}
    assert problem.as_dict()["value"] == "true"
    assert problem.as_dict()["severity"] == "error"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, "true"),
        (0, "0"),
        ("", "(empty)"),
        ((), "(empty)"),
        (("a", "b"), "a, b"),
        ("x" * 121, "x" * 120 + "…"),
        ("a\nb", "a\\nb"),
    ],
)
def test_values_are_shown_as_a_person_writes_them(value: object, shown: str | None) -> None:
    """Nothing, empty, long and many are told apart."""
    problem = Problem("r", "a.b", "is wrong", value=value)

    assert problem.as_dict()["value"] == shown
    assert ("got:" in problem.text()) is (shown is not None)


def test_the_text_of_a_problem_leaves_out_what_there_is_not() -> None:
    """A line for each part that is given, and the file before the first."""
    problem = Problem("r", "", "is odd", severity=Severity.WARNING, fix="mend it")

    assert problem.text("demo.yaml") == "demo.yaml: warning[r] is odd\n    fix:     mend it"
    assert errors([problem]) == ()


def test_the_public_names_are_the_ones_of_the_package() -> None:
    """A program imports them from the top."""
    assert {"ForgeConfig", "ConfigError", "Problem", "Severity", "check", "load"} <= set(
        seqera_batch.__all__
    )


def test_reading_a_file_loads_no_cdk(document: Document, written: Write) -> None:
    """Configuration is pure Python: neither CDK nor Node.js is near."""
    file = written(document(), "demo.json")
    program = (
        "import sys\n"
        "from seqera_batch import ForgeConfig\n"
        f"ForgeConfig.from_file({str(file)!r}).problems()\n"
        "assert not {'aws_cdk', 'constructs', 'jsii'} & sys.modules.keys()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert run.stderr == ""
    assert run.returncode == 0


def test_a_copy_is_judged_anew() -> None:
    """Rules are asked once of a configuration, and again of whatever is changed in a copy."""
    data = {"name": "demo", "region": "eu-west-1", "work_dir": "s3://example-work"}
    config = ForgeConfig.from_dict({**data, "forge": {"type": "EC2", "max_cpus": 64}})
    assert config.problems() is config.problems()
    changed = config.model_copy(update={"work_dir": "/nowhere"})
    assert errors(changed.problems())
    assert not errors(config.problems())


def test_a_deep_copy_shares_nothing_that_can_change() -> None:
    """Sections are shared, the mappings in them are not: neither with a copy nor between files."""
    data = {"name": "demo", "region": "eu-west-1", "work_dir": "s3://example-work"}
    config, other = (ForgeConfig.from_dict({**data, "forge": {"max_cpus": 64}}) for _ in range(2))
    for copied in (copy.deepcopy(config), config.model_copy(deep=True), other):
        assert copied == config
        assert copied.model_fields_set == config.model_fields_set
        assert copied.aws.tags is not config.aws.tags
        assert copied.labels is not config.labels
