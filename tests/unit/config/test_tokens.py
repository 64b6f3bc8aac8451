# SPDX-License-Identifier: Apache-2.0
"""What only the deployment knows is answered as that, in every field."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ConfigError, ForgeConfig, ForgeSettings
from seqera_batch.config.check import check
from seqera_batch.config.shape import section_of
from seqera_batch.config.tokens import known_at_deployment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import BaseModel

    Document = Callable[..., dict[str, Any]]

TEXT = "${Token[TOKEN.12]}"
NUMBER = struct.unpack(">d", bytes.fromhex("fbff000000000003"))[0]
LIST = ["#{Token[TOKEN.7]}"]
"""As aws-cdk-lib writes them."""


class Resolvable:
    """What CDK's `IResolvable` looks like."""

    creation_stack = ()


def paths(model: type[BaseModel] = ForgeConfig, before: str = "") -> Iterator[str]:
    """Yield the path of every field that is no section."""
    for field in model.model_fields:
        section = section_of(model, field)
        if section is None or field in {"environment", "credential"}:
            yield before + field
        else:
            yield from paths(section, f"{before}{field}.")


@pytest.mark.parametrize("path", sorted({*paths()} - {"discriminator", "labels"}))
def test_every_field(document: Document, path: str) -> None:
    """In a field there is one problem of it: known only at deployment, and what to do instead.

    But for labels, whose names and values are told, and for what marks an export.
    """
    for value in (TEXT, NUMBER, LIST, Resolvable(), f"{NUMBER}"):
        told = [
            problem
            for problem in check(document({path: value})).problems
            if problem.path.startswith(path)
        ]
        assert [(one.rule, one.path) for one in told] == [("known-at-deployment", path)], value
        assert told[0].fix


@pytest.mark.parametrize(
    ("path", "value", "instead"),
    [
        ("work_dir", f"s3://{TEXT}/work", "work_bucket="),
        ("forge.max_cpus", NUMBER, "at_deployment=AtDeployment(max_cpus=…)"),
        ("forge.image_id", TEXT, "at_deployment=AtDeployment(image_id=…)"),
        ("forge.subnets", LIST, "vpc="),
        ("forge.security_groups", [TEXT], "security_groups="),
        ("aws.network.existing.vpc_id", TEXT, "vpc="),
        ("aws.kms_key.arn", TEXT, "encryption_key="),
        ("head_job_role", TEXT, "head_job_role="),
        ("forge.efs_id", TEXT, "efs_file_system="),
        ("region", TEXT, "env=Environment(region=…)"),
        ("labels", {"team": TEXT}, "when the app runs"),
        ("labels", {TEXT: "a"}, "when the app runs"),
        ("aws.head.max_cpus", NUMBER, "when the app runs"),
        ("forge.allow_buckets", ["s3://a-bucket", f"s3://{TEXT}"], "when the app runs"),
    ],
)
def test_what_to_pass(document: Document, path: str, value: object, instead: str) -> None:
    """The fix names the argument that takes it, where one does."""
    [told] = [one for one in check(document({path: value})).problems if one.path.startswith(path)]
    assert told.fix is not None
    assert instead in told.fix


def test_numbers_are_not_shown(document: Document) -> None:
    """Nobody has to recognise -1.88e+289."""
    with pytest.raises(ConfigError) as caught:
        ForgeConfig.from_dict(document({"forge.max_cpus": NUMBER}))
    assert "got:     a token of CDK for a number" in str(caught.value)
    assert "e+289" not in str(caught.value)


def test_constructors() -> None:
    """Sections that a program makes are answered likewise."""
    with pytest.raises(ConfigError, match="known only at deployment") as caught:
        ForgeSettings(max_cpus=NUMBER)
    [told] = caught.value.problems
    assert told.fix == "pass at_deployment=AtDeployment(max_cpus=…) to BatchForge"
    with pytest.raises(ConfigError, match="pass work_bucket="):
        ForgeConfig(name="demo", region="eu-west-1", work_dir=f"s3://{TEXT}")


def test_other_problems_are_told_too(document: Document) -> None:
    """A token does not hide what else is wrong."""
    found = check(document({"work_dir": TEXT, "forge.max_cpus": "64", "region": "nowhere"}))
    assert {(one.rule, one.path) for one in found.problems} == {
        ("known-at-deployment", "work_dir"),
        ("field-value", "forge.max_cpus"),
        ("field-value", "region"),
    }


@pytest.mark.parametrize(
    "text", ["${Token[0]}", "${Token[@]}", "${TOKEN.1}", "$Token[a.1]", "-1.88e+289", "Token["]
)
def test_what_is_none(text: str) -> None:
    """Variables of scripts that happen to have the name are not taken for tokens."""
    assert not [*known_at_deployment({"pre_run_script": text, "numbers": [0.5, -1e289, 7]})]
