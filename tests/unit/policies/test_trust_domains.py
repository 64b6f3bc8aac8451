# SPDX-License-Identifier: Apache-2.0
"""What narrows an environment beside others of its account, and what says that it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.plan.documents import identities
from seqera_batch.policies.document import Scope
from seqera_batch.template.deployer import deployers
from seqera_batch.template.environment import environment

if TYPE_CHECKING:
    from seqera_batch.judge.findings import Finding
    from seqera_batch.plan.documents import Identity
    from seqera_batch.policies.document import Statement

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
USERS = {"principals": ["arn:aws:iam::111122223333:user/ada"]}


def _config(access: dict[str, Any] | None = None, **more: Any) -> ForgeConfig:  # noqa: ANN401 - fields
    aws = more.pop("aws", {}) | ({"platform_access": access} if access else {})
    return ForgeConfig.from_dict(
        {
            "name": "demo",
            "region": "eu-west-1",
            "work_dir": "s3://example-work/runs",
            "forge": {"type": "SPOT", "max_cpus": 64, "allow_buckets": ["s3://example-data/in"]},
            "aws": aws,
            **more,
        }
    )


def _identity(name: str, config: ForgeConfig) -> Identity:
    plan = ForgePlan.of(config)
    everybody = (*identities(plan, HERE), *deployers(plan, HERE))
    return next(one for one in everybody if one.name == name)


def _statements(name: str, config: ForgeConfig) -> dict[str, Statement]:
    return {one.sid: one for one in _identity(name, config).permissions.statements}


def _findings(name: str, config: ForgeConfig) -> dict[str, Finding]:
    return {one.id: one for one in findings_of(_identity(name, config))}


@pytest.mark.parametrize(
    ("identity", "finding"),
    [
        ("HeadJobRole", "SubmitTasks:shared-SubmitJob"),
        ("HeadJobRole", "RegisterTasks:shared-RegisterJobDefinition"),
        ("HeadJobRole", "EndTasks:shared-TerminateJob"),
        ("InstanceRole", "JoinCluster:shared-RegisterContainerInstance"),
        ("InstanceRole", "RunTasks:shared-Poll"),
        ("Platform", "BatchJobSubmission:shared-SubmitJob"),
        ("Platform", "BatchJobTermination:shared-CancelJob"),
        ("Platform", "S3ListWorkDirectory:lists-whole-bucket"),
        ("Deployer", "BatchManagement:shared-DeleteComputeEnvironment"),
    ],
)
def test_what_aws_does_not_narrow_is_a_finding(identity: str, finding: str) -> None:
    """What environments of an account share is found by an id of its own, with the reason."""
    found = _findings(identity, _config({"cloud": {"external_id": "own-id"}}))
    assert found[f"{identity}.{finding}"].explained


def test_tags_that_can_be_given_are_a_finding() -> None:
    """Where a label can be written on what has none, the review says so."""
    labelled = _config({"cloud": {}, "job_tags": {"team": "genomics"}})
    assert "Platform.BatchJobTermination:tag-can-be-given" in _findings("Platform", labelled)
    keyed = _config(aws={"kms_key": {"create": True}})
    assert "Deployer.KmsChanges:tag-can-be-given" in _findings("Deployer", keyed)
    # CloudFormation's own tag is written by nobody else.
    assert "Deployer.Ec2Changes:tag-can-be-given" not in _findings("Deployer", keyed)


def test_definitions_that_platform_may_run() -> None:
    """Named definitions are the only ones that Platform registers and runs."""
    names = ["launch-*", "aligner"]
    found = _statements("Platform", _config({"cloud": {}, "job_definitions": names}))
    arns = {
        HERE.arn("batch", f"job-definition/{name}") for name in ("launch-*", "aligner", "aligner:*")
    }
    assert set(found["BatchJobRegistration"].resources) == arns
    submitted = set(found["BatchJobSubmission"].resources)
    assert {arn for arn in submitted if ":job-definition/" in arn} == arns
    anything = _statements("Platform", _config({"cloud": {}}))["BatchJobSubmission"]
    assert HERE.arn("batch", "job-definition/*") in anything.resources
    assert "any definition of the account" in anything.reason


def test_external_id_of_a_role_for_users() -> None:
    """With an External ID the keys of a user alone do not take Platform's role."""
    trust = _identity("Platform", _config({"role": {**USERS, "external_id": "own-id"}})).trust
    assert trust is not None
    assert trust.statements[0].conditions == {"StringEquals": {"sts:ExternalId": "own-id"}}
    without = _identity("Platform", _config({"role": USERS})).trust
    assert without is not None
    assert not without.statements[0].conditions


def test_buckets_that_a_launch_lists_first() -> None:
    """A workload identity lists every bucket of jobs before a launch; other identities do not."""
    identity = {"url": "https://seqera.example.org/api", "workspaces": ["org:1:wsp:2"]}
    found = _statements("Platform", _config({"workload_identity": identity}))
    assert found["S3ProbeBuckets"].resources == (
        "arn:aws:s3:::example-data",
        "arn:aws:s3:::example-work",
    )
    assert "S3ProbeBuckets" not in _statements("Platform", _config({"cloud": {}}))


def test_nf_core_references_are_read() -> None:
    """The named choice lets head job and tasks read both buckets, and write neither."""
    config = _config(aws={"nf_core_references": True})
    for role in ("HeadJobRole", "ComputeJobRole"):
        found = _statements(role, config)
        assert found["ReadObjects"].resources == (
            "arn:aws:s3:::annotation-cache/*",
            "arn:aws:s3:::ngi-igenomes/*",
        )
        assert {"arn:aws:s3:::annotation-cache", "arn:aws:s3:::ngi-igenomes"} <= {
            *found["ListBuckets"].resources
        }
        assert not any("igenomes" in arn for arn in found["UseObjects"].resources)
    assert "ReadObjects" not in _statements("HeadJobRole", _config())


@pytest.mark.parametrize(
    ("config", "privileged"),
    [
        (_config(), False),
        (_config(wave_enabled=True, fusion2_enabled=True), True),
        (
            _config(
                forge={
                    "type": "SPOT",
                    "max_cpus": 64,
                    "dragen_enabled": True,
                    "dragen_ami_id": "ami-0123456789abcdef0",
                }
            ),
            True,
        ),
    ],
    ids=["neither", "fusion", "dragen"],
)
def test_privileged_containers(config: ForgeConfig, *, privileged: bool) -> None:
    """Only where Fusion or DRAGEN needs it may the head job register privileged containers."""
    condition = _statements("HeadJobRole", config)["RegisterTasks"].conditions
    assert condition == ({} if privileged else {"BoolIfExists": {"batch:Privileged": "false"}})


def test_what_is_not_made_has_no_arn() -> None:
    """Of an identity that nobody made there is no ARN, and nothing says that it exists."""
    told = _identity("Platform", _config())
    assert (told.created, told.arn) == (False, "")
    assert _identity("Platform", _config({"cloud": {}})).arn.endswith(
        "PlatformAccess-TowerForge-demo"
    )


def test_digest_is_of_both_documents() -> None:
    """A digest is the same for the same documents, and another once either is changed."""
    plain = _identity("Platform", _config({"cloud": {"external_id": "own-id"}}))
    assert (
        plain.digest == _identity("Platform", _config({"cloud": {"external_id": "own-id"}})).digest
    )
    changed = (
        _config({"cloud": {"external_id": "other"}}),
        _config({"cloud": {"external_id": "own-id"}, "describe_ec2": True}),
    )
    assert len({plain.digest, *(_identity("Platform", one).digest for one in changed)}) == 3


def test_each_statement_of_the_deployer_names_what_needs_it() -> None:
    """Every statement about resources names one of this stack, and none is as long as a page."""
    config = _config(aws={"network": {"create": {"mode": "private"}}})
    ids = environment(ForgePlan.of(config), HERE)
    for sid, statement in _statements("Deployer", config).items():
        if sid.startswith(("Batch", "Ec2", "Logs")):
            assert any(id_ in statement.reason for id_ in ids), sid
        assert len(statement.reason) < 700
