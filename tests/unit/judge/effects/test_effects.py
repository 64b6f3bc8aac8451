# SPDX-License-Identifier: Apache-2.0
"""What `effects` says of a change: by field, by resource, in Platform, and all in all."""

from __future__ import annotations

from typing import Any

import pytest

from seqera_batch import ForgeConfig
from seqera_batch.judge.effects import Effects, Outcome, Verdict, effects

SMALLEST: dict[str, Any] = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://work/dir",
    "wave_enabled": True,
    "fusion2_enabled": True,
    "forge": {"type": "SPOT", "max_cpus": 64},
}
EXISTING = {
    "existing": {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]}
}
ROLE = "arn:aws:iam::123456789012:role/own"


def _file(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - values of any field
    """Return the smallest file with fields changed; `__` leads into a section."""
    data = {**SMALLEST, "forge": dict(SMALLEST["forge"])}
    for path, value in changes.items():
        *sections, name = path.split("__")
        inner = data
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[name] = value
    return data


def _effects(old: dict[str, Any], new: dict[str, Any]) -> Effects:
    return effects(ForgeConfig.from_dict(old), ForgeConfig.from_dict(new))


def _fields(found: Effects) -> dict[str, Verdict]:
    return {one.path: one.verdict for one in found.fields}


def test_the_same_file_changes_nothing() -> None:
    """Nothing is changed, interrupted or told of."""
    found = _effects(_file(), _file())
    assert (found.fields, found.comparison.resources) == ((), ())
    assert (found.verdict, found.interrupts) == (Verdict.NOTHING, False)


def test_a_default_that_is_written_out_changes_nothing() -> None:
    """What matters is the value, not whether somebody wrote it."""
    assert _effects(_file(), _file(forge__min_cpus=0)).fields == ()


def test_each_field_has_its_own_effect() -> None:
    """Of several changes each is told by itself, with the resources that are its own."""
    found = _effects(
        _file(), _file(forge__max_cpus=128, forge__ebs_boot_size=200, pre_run_script="true")
    )
    assert _fields(found) == {
        "pre_run_script": Verdict.NOTHING,
        "forge.max_cpus": Verdict.IN_PLACE,
        "forge.ebs_boot_size": Verdict.ROLLING,
    }
    by_path = {one.path: one for one in found.fields}
    assert by_path["forge.max_cpus"].resources == (
        "HeadComputeEnvironment",
        "WorkComputeEnvironment",
    )
    assert (by_path["forge.max_cpus"].old, by_path["forge.max_cpus"].new) == (64, 128)
    assert "WorkLaunchTemplate" in by_path["forge.ebs_boot_size"].resources
    assert all(one.by_itself for one in found.fields)


def test_scaling_and_infrastructure_are_told_apart() -> None:
    """Other vCPUs replace no node; another launch template replaces all, as their jobs end."""
    scaled = _effects(_file(), _file(forge__max_cpus=128)).comparison.resources
    assert {one.outcome for one in scaled} == {Outcome.IN_PLACE}
    rolled = _effects(_file(), _file(forge__ebs_boot_size=200)).comparison.resources
    outcomes = {one.id: one.outcome for one in rolled}
    assert outcomes["WorkComputeEnvironment"] is Outcome.ROLLING
    assert outcomes["WorkLaunchTemplate"] is Outcome.IN_PLACE


def test_fields_that_hold_only_together() -> None:
    """A field whose change alone breaks a rule is judged with the others, and says so."""
    fargate = {"forge__fargate_head_enabled": True}
    old = _file(**fargate, forge__instance_types=["m6id"])
    new = _file(**fargate, forge__instance_types=["m6gd"], forge__arm64_enabled=True)
    found = _effects(old, new)
    assert {one.by_itself for one in found.fields} == {False}
    assert set(_fields(found).values()) == {found.verdict}


def test_queues_that_are_replaced_interrupt() -> None:
    """Another queue name replaces the queue and needs a new environment in Platform."""
    found = _effects(_file(), _file(aws__queue_names={"head": "own-head"}))
    assert found.verdict is Verdict.REPLACED
    assert found.interrupts
    assert found.platform.anew == ("headQueue",)


@pytest.mark.parametrize(
    ("changes", "resource", "word"),
    [
        ({"aws__iam": {"path": "/lab/"}}, "HeadJobRole", "keeps its name"),
        ({"forge__fargate_head_enabled": True}, "HeadComputeEnvironment", "EC2 and Fargate"),
    ],
)
def test_what_aws_refuses(changes: dict[str, Any], resource: str, word: str) -> None:
    """A refused update names the resource, the reason and a way out."""
    found = _effects(_file(), _file(**changes))
    assert (found.verdict, found.interrupts) == (Verdict.REFUSED, True)
    by_id = {one.id: one for one in found.comparison.refused}
    assert word in by_id[resource].why
    assert all(one.fix and one.source.startswith("https://") for one in by_id.values())


def test_best_fit_is_not_updated() -> None:
    """AWS Batch updates no infrastructure where the strategy is or becomes BEST_FIT."""
    on_demand = {"forge__type": "EC2"}
    strategy = {"forge__alloc_strategy": "BEST_FIT"}
    to_it = _effects(_file(**on_demand), _file(**on_demand, **strategy))
    assert "to BEST_FIT" in to_it.comparison.refused[0].why
    with_it = _effects(
        _file(**on_demand, **strategy), _file(**on_demand, **strategy, forge__ebs_boot_size=200)
    )
    assert "with BEST_FIT" in with_it.comparison.refused[0].why
    scaled = _effects(
        _file(**on_demand, **strategy), _file(**on_demand, **strategy, forge__max_cpus=99)
    )
    assert scaled.comparison.refused == ()


def test_linked_folders_never_overlap() -> None:
    """Another bucket is linked anew; a folder of the linked one is refused, with the way out."""
    raw, folder, other = (
        _file(forge__fsx_size=1200, aws__fsx__data_repository=bucket)
        for bucket in ("s3://example-raw", "s3://example-raw/reads", "s3://example-other")
    )
    [refused] = _effects(raw, folder).comparison.refused
    assert refused.type == "AWS::FSx::DataRepositoryAssociation"
    assert "deploy again" in refused.fix
    assert _effects(raw, other).verdict is Verdict.REPLACED
    assert _effects(raw, _file(forge__fsx_size=1200)).comparison.refused == ()


def test_mount_targets_are_not_moved() -> None:
    """EFS takes one a zone in one VPC: other subnets of ours are refused, another EFS is not."""
    made = {"forge__efs_create": True, "aws__network": {"create": {}}}
    private = {**made, "aws__network": {"create": {"mode": "private"}}}
    found = _effects(_file(**made), _file(**private)).comparison
    assert {one.type for one in found.refused} == {"AWS::EFS::MountTarget"}
    assert "one mount target a zone" in found.refused[0].why
    keyed = _file(**private, aws__kms_key={"create": True})
    assert _effects(_file(**made), keyed).comparison.refused == ()
    given = {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]}
    other = {**given, "subnets": ["subnet-0fedcba9876543210"]}
    moved = (
        _file(forge__efs_create=True, aws__network={"existing": one}) for one in (given, other)
    )
    # Of subnets that exist nobody knows the zone here.
    assert _effects(*moved).comparison.refused == ()


@pytest.mark.parametrize(
    ("fields", "held"),
    [
        ({}, ["PublicSubnet1", "Vpc"]),
        ({"forge__efs_create": True}, ["PublicSubnet1", "Vpc"]),
        ({"aws__network": {"create": {"mode": "private"}}}, ["PrivateSubnet1", "Vpc"]),
        ({"aws__network": EXISTING}, []),
        ({"forge__dispose_on_deletion": True, "aws__destroy_data": True}, []),
    ],
    ids=str,
)
def test_what_a_kept_file_system_holds(fields: dict[str, Any], held: list[str]) -> None:
    """A network that was kept with FSx, and goes with the stack once the file asks for none."""
    found = _effects(_file(forge__fsx_size=1200, **fields), _file(**fields)).comparison
    assert sorted(one.id for one in found.held) == held
    assert all("Fsx" in one.by for one in found.held)
    other = _effects(_file(forge__fsx_size=2400, **fields), _file(**fields, forge__fsx_size=4800))
    assert other.comparison.held == ()


def test_a_network_that_leaves_with_its_file_system_is_kept() -> None:
    """Where the VPC goes in the same change, it stays in the account, and the stack can go."""
    assert _effects(_file(forge__fsx_size=1200), _file(aws__network=EXISTING)).comparison.held == ()


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        (3, ["eu-west-1a", "eu-west-1b", "eu-west-1c"], 3),
        (["eu-west-1a"], ["euw1-az1"], 1),
        (["eu-west-1a", "eu-west-1b"], ["eu-west-1b", "eu-west-1c"], 0),
        (2, 3, 0),
    ],
)
def test_a_zone_keeps_its_addresses(old: object, new: object, refused: int) -> None:
    """Another zone is another subnet; one that is named otherwise would be there twice."""
    found = _effects(
        *(_file(aws__network={"create": {"zones": zones}}) for zones in (old, new))
    ).comparison
    assert len(found.refused) == refused
    assert all("the range of the old one" in one.why for one in found.refused)


def test_lustre_never_shrinks() -> None:
    """A smaller FSx file system is refused, a larger one is changed in place."""
    small, large = _file(forge__fsx_size=1200), _file(forge__fsx_size=2400)
    assert _effects(large, small).verdict is Verdict.REFUSED
    assert _effects(small, large).verdict is Verdict.IN_PLACE


def test_another_name_is_another_stack() -> None:
    """The app names its stacks after the environment: the old one is not updated."""
    found = _effects(_file(), _file(name="other"))
    assert _fields(found) == {"name": Verdict.NEW_STACK}
    assert (found.verdict, found.interrupts) == (Verdict.NEW_STACK, True)
    assert found.old_stack != found.new_stack
    # In an app of one's own the stack may keep its name: this is what it would see.
    assert found.comparison.resources


def test_another_region_touches_nothing() -> None:
    """In another region nothing of the old stack is updated."""
    found = _effects(_file(), _file(region="us-east-1"))
    assert (found.verdict, found.elsewhere) == (Verdict.NEW_STACK, True)
    assert found.comparison.resources == ()
    assert "region" in found.platform.anew


def test_data_that_is_kept_or_lost() -> None:
    """A file system leaves the stack, and stays in the account unless both keys are turned."""
    kept = _effects(_file(forge__efs_create=True), _file())
    by_id = {one.id: one.outcome for one in kept.comparison.resources}
    assert by_id["Efs"] is Outcome.KEPT
    both = {"forge__dispose_on_deletion": True, "aws__destroy_data": True}
    lost = _effects(_file(forge__efs_create=True, **both), _file(**both))
    by_id = {one.id: one.outcome for one in lost.comparison.resources}
    assert by_id["Efs"] is Outcome.DELETED
    assert kept.verdict is lost.verdict is Verdict.REMOVED


@pytest.mark.parametrize(
    ("changes", "edited", "anew", "kept"),
    [
        ({"description": "new"}, ("description",), (), ()),
        ({"credentials_id": "1a2b3c"}, ("credentialsId",), (), ()),
        ({"nextflow_config": "a = 1"}, (), ("nextflowConfig",), ()),
        ({"head_job_cpus": 2, "description": "new"}, ("description",), ("headJobCpus",), ()),
        ({"labels": {"team": "a"}}, (), (), ("labels",)),
        ({"forge__max_cpus": 128}, (), (), ()),
    ],
)
def test_platform(
    changes: dict[str, Any], edited: tuple[str, ...], anew: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    """Platform edits four settings, takes others anew, and keeps labels until then."""
    found = _effects(_file(), _file(**changes))
    assert (found.platform.edited, found.platform.anew, found.platform.kept) == (edited, anew, kept)
    assert found.interrupts is bool(anew)


def test_a_brought_role_takes_the_created_one_away() -> None:
    """The created role goes, which loses neither jobs nor data by itself."""
    found = _effects(_file(), _file(head_job_role=ROLE))
    by_id = {one.id: one.outcome for one in found.comparison.resources}
    assert by_id["HeadJobRole"] is Outcome.DELETED
    assert found.verdict is Verdict.IN_PLACE
    assert found.platform.anew == ("headJobRole",)
