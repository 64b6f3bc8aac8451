# SPDX-License-Identifier: Apache-2.0
"""Whatever the input is: an answer, never an exception that is not about the file."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.config.aws import AwsSettings
from seqera_batch.config.check import Checked, ForgeConfig, check
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.config.loading import SUFFIXES, read
from seqera_batch.problems import ConfigError, errors
from tests.chance import cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Document = dict[str, Any]

OURS: Document = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://example-work",
    "labels": {"team": "a"},
    "environment": [{"name": "A", "value": "b", "head": True}],
    "volumes": ["/scratch"],
    "forge": {
        "max_cpus": 64,
        "instance_types": ["m6i", "c6i"],
        "subnets": ["subnet-0123456789abcdef0"],
        "vpc_id": "vpc-0123456789abcdef0",
        "efs_create": True,
        "efs_mount": "/mnt/efs",
    },
    "aws": {
        "tags": {"class": "b"},
        "acknowledgements": {"spot-diversity": "why"},
        "head": {"max_cpus": 4, "instance_types": ["m6i"]},
        "queue_names": {"head": "a", "compute": "b"},
    },
}
EXPORTED: Document = {
    "computeEnv": {
        "id": "5vXq",
        "name": "lab",
        "platform": "aws-batch",
        "labels": [{"id": 1, "name": "team", "value": "a"}],
        "config": {
            "discriminator": "aws-batch",
            "region": "eu-west-1",
            "workDir": "s3://example-work",
            "waveEnabled": True,
            "fusion2Enabled": True,
            "cliPath": "/home/ec2-user/miniconda/bin/aws",
            "headJobRole": "arn:aws:iam::111122223333:role/TowerForge-5vXq-FargateRole",
            "environment": [{"name": "A", "value": "b", "compute": True}],
            "forge": {
                "type": "SPOT",
                "maxCpus": 64,
                "ebsAutoScale": True,
                "ebsBlockSize": 50,
                "fusionEnabled": True,
                "securityGroups": ["sg-0123456789abcdef0"],
                "bidPercentage": 0,
            },
        },
    }
}

FIELDS = sorted(
    {
        *("computeEnv", "config", "create", "existing", "value", "name", "workDir", "maxCpus", ""),
        *ForgeConfig.model_fields,
        *ForgeSettings.model_fields,
        *AwsSettings.model_fields,
    }
)
WORDS = [
    *("", "s3://example-work", "/mnt/efs", "m6i", "m6g.large", "optimal", "f2.6xlarge", "EC2"),
    *("SPOT", "ECS_AL2", "10.0.0.0/28", "aws-batch", "k8s", "a.b[0]", "n" * 200, "\n", "*"),
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(WORDS)
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)


def answered(checked: Checked) -> None:
    """Assert that a check gives a usable configuration, or errors that can be read."""
    for problem in checked.problems:
        assert problem.text("demo.yaml").encode(errors="backslashreplace")
        assert json.dumps(problem.as_dict())
    if errors(checked.problems):
        with pytest.raises(ConfigError):
            checked.usable()
    else:
        assert isinstance(checked.usable(), ForgeConfig)
    if checked.config is not None:
        assert isinstance(checked.config.problems(), tuple)


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything inside a document."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


@st.composite
def mutations(draw: Callable[..., Any]) -> Document:
    """Take a valid document and drop, replace or insert a few values anywhere."""
    document: Document = copy.deepcopy(draw(st.sampled_from([OURS, EXPORTED])))
    for _ in range(draw(st.integers(1, 4))):
        paths = list(places(document))
        if not paths:
            break
        *parents, last = draw(st.sampled_from(paths))
        holder: Any = document
        for part in parents:
            holder = holder[part]
        how = draw(st.sampled_from(["drop", "replace", "insert"]))
        if how == "drop":
            del holder[last]
        elif how == "replace":
            holder[last] = draw(anything)
        elif isinstance(holder, dict):
            holder[draw(st.sampled_from(FIELDS))] = draw(anything)
        else:
            holder.insert(0, draw(anything))
    return document


@cases()
@given(anything)
def test_any_data_gets_an_answer(data: object) -> None:
    """Data of any shape is usable or has an error, and nothing is raised."""
    answered(check(data, file_name="demo"))


@cases()
@given(st.dictionaries(st.sampled_from(FIELDS), anything, max_size=8))
def test_any_values_of_our_fields_get_an_answer(data: Document) -> None:
    """The same where the names are right and the values are anything."""
    answered(check(data))


@cases(usual=100)
@given(mutations())
def test_any_change_of_a_valid_file_gets_an_answer(data: Document) -> None:
    """Near misses get as far as the rules, and none of them trips."""
    before = copy.deepcopy(data)
    answered(check(data, file_name="demo"))

    assert repr(data) == repr(before)


@cases(usual=25)
@given(mutations())
def test_the_same_data_gets_the_same_answer(data: Document) -> None:
    """A check keeps nothing from the one before."""
    one, other = check(copy.deepcopy(data)), check(copy.deepcopy(data))

    assert repr(one.problems) == repr(other.problems)


YAML_PIECES = [
    *("a", "b", ":", ": ", " ", "\n", "- ", "{", "}", "[", "]", ",", "<<", "&a ", "*a", "? ", "|"),
    *("!!bool ", "!!float ", "!!int ", "!!timestamp ", "!!binary ", "!!set ", "!!omap "),
    *(
        "!!pairs ",
        "!!python/object:os.system ",
        "!!merge ",
        "!!null ",
        "1",
        "0x1",
        "1:2",
        "2026-13-45",
        "=",
    ),
    *("'", '"', "\t", "---", "...", "%YAML 1.1\n", ".inf", ".nan", "~", "#", "\0", "\ufeff", "é"),
    *("name: demo\n", "region: eu-west-1\n", "work_dir: s3://abc\n", "forge: {max_cpus: 4}\n"),
    *('{"a": 1}', "null", "NaN", "\\ud800", "a = 1\n", "[a]\n", "1979-05-27T07:32:00Z", '"""'),
]

pieces = st.lists(st.sampled_from(YAML_PIECES), max_size=12).map("".join).map(str.encode)


@cases(usual=100)
@given(st.binary(max_size=40) | pieces, st.sampled_from(SUFFIXES))
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes, suffix: str) -> None:
    """A file of any content gives data, or the one error that callers know."""
    file = tmp_path / f"demo{suffix}"
    file.write_bytes(raw)
    try:
        data = read(file)
    except ConfigError:
        return
    answered(check(data, file_name="demo"))
