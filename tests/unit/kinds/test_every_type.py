# SPDX-License-Identifier: Apache-2.0
"""Every type that is made has a whole record, and a type without one ends no command."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.judge.difference.protections import protections
from seqera_batch.judge.effects import Outcome, compare
from seqera_batch.kinds import KINDS, Kind, iam, kind_of
from seqera_batch.nag import acknowledged
from seqera_batch.policies.document import Scope
from seqera_batch.template.deployer import deployers
from tests.unit.kinds.conftest import REGISTERED, made, resources_of

SOURCE = Path(__file__).parents[3] / "seqera_batch"
HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
LARGE: dict[str, Any] = {
    **REGISTERED,
    "name": "demo",
    "work_dir": "s3://demo-work/work",
    "forge": {
        "type": "SPOT",
        "alloc_strategy": "BEST_FIT",
        "max_cpus": 64,
        "efs_create": True,
        "fsx_size": 1200,
    },
    "aws": {
        **REGISTERED["aws"],
        "work_bucket": {},
        "kms_key": {"create": True},
        "logs": {"create_job_log_group": True},
        "head_job_definition": {"image": "nf:1"},
        "fsx": {"data_repository": "s3://demo-raw/reads"},
        "network": {"create": {"mode": "private", "flow_logs": True}, "egress": "restricted"},
        "platform_access": {"user": {"access_key": True}},
        "fair_share": {},
        "share": {"share_identifier": "TeamA"},
        "operations": {
            "head_job_failures": True,
            "task_failures": {},
            "queue_check": {},
            "node_failures": {},
            "spot_reclaims": {},
            "dashboard": True,
            "budget": {"amount": 100},
        },
    },
}
OTHER: dict[str, Any] = {
    "name": "other",
    "region": "eu-west-1",
    "work_dir": "s3://demo-work/work",
    "forge": {"type": "SPOT", "max_cpus": 32, "ebs_boot_size": 100},
    "aws": {
        "platform_access": {
            "workload_identity": {
                "url": "https://platform.example.com/api",
                "workspaces": ["org:1:wsp:2"],
            }
        }
    },
}
"""Together they make every type: one has what the other has not, or has it otherwise."""


def _required() -> list[str]:
    parameters = inspect.signature(Kind).parameters.values()
    return [one.name for one in parameters if one.default is inspect.Parameter.empty]


def test_every_type_has_a_record() -> None:
    """No template function names or makes a type of which nothing is known."""
    files = [*SOURCE.glob("template/**/*.py"), *SOURCE.glob("plan/storage/*.py")]
    text = "".join(file.read_text("utf-8") for file in files)
    types = {one.type for one in made()} | set(re.findall(r'type="(AWS::\w+::\w+)"', text))
    missing = "\n".join(
        f"{type_} has no record in seqera_batch/kinds/: say its {', '.join(_required())}"
        for type_ in sorted(types - KINDS.keys())
    )
    assert not missing, missing


def test_no_record_is_left_over() -> None:
    """Each record is of a type that some environment makes."""
    assert KINDS.keys() <= {one.type for one in made()}


@pytest.mark.parametrize("field", _required())
def test_a_record_without_a_word_about_something_is_none(field: str) -> None:
    """A record that leaves out what no schema tells cannot be written, and the field is named."""
    whole = {one.name: getattr(iam.ROLE, one.name) for one in fields(Kind)}
    del whole[field]
    with pytest.raises(TypeError, match=field):
        Kind(**whole)


def test_records_are_told_apart_by_their_words() -> None:
    """No two types have the same title, and a type that nothing here makes has no record."""
    assert len({kind.title for kind in KINDS.values()}) == len(KINDS)
    assert kind_of("AWS::SNS::Subscription") is None


def test_the_two_files_make_everything() -> None:
    """The files of the next test have a resource of each type between them."""
    types = {one.type for data in (LARGE, OTHER) for one in resources_of(_config(data)).values()}
    assert types == KINDS.keys()


def _config(data: dict[str, Any]) -> ForgeConfig:
    return ForgeConfig.from_dict(data)


@pytest.mark.parametrize("type_", KINDS)
def test_an_unknown_type_ends_nothing(type_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one of the records all that reads them goes on, and is cautious."""
    monkeypatch.delitem(KINDS, type_)
    configs = [_config(data) for data in (LARGE, OTHER)]
    before, after = map(resources_of, configs)
    for config, resources in zip(configs, (before, after), strict=True):
        plan = ForgePlan.of(config)
        assert deployers(plan, HERE)
        assert list(acknowledged(plan, HERE, resources))
    template = [{key: one.to_dict() for key, one in these.items()} for these in (before, after)]
    assert protections(*template)
    outcomes = {
        one.outcome
        for comparison in (compare(before, after), compare(after, before))
        for one in comparison.resources
        if one.type == type_
    }
    # Nobody knows what replaces it, so anything might.
    assert not outcomes & {Outcome.IN_PLACE, Outcome.ROLLING}
