# SPDX-License-Identifier: Apache-2.0
"""Our own documents under review: nothing unexplained, and whatever is widened is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.judge.documents import unmatched_acknowledgements
from seqera_batch.judge.findings import findings
from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.plan.documents import Identity, identities
from seqera_batch.policies.document import PolicyDocument, Scope, Statement
from seqera_batch.template.deployer import deployers

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(ROOT.glob("examples/*.*"))
FORGE: dict[str, Any] = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://example-work/runs",
    "forge": {"type": "SPOT", "max_cpus": 64},
}
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
THROUGH = "DeployerThroughBootstrap.AssumeBootstrapRoles:escalation-through-CloudFormation"
PUT = "Platform.IamRoleCreation:escalation-PutRolePolicy"


def _config(**aws: object) -> ForgeConfig:
    return ForgeConfig.from_dict({**FORGE, "aws": aws})


def _documents(config: ForgeConfig) -> tuple[Identity, ...]:
    plan = ForgePlan.of(config)
    where = Scope(partition=plan.partition, region=plan.region, account="111122223333")
    return (*identities(plan, where), *deployers(plan, where))


def _unexplained(config: ForgeConfig) -> dict[str, str]:
    return {
        one.id: str(one.severity)
        for identity in _documents(config)
        for one in findings_of(identity)
        if one.explained is None
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_examples_have_nothing_unexplained(example: Path) -> None:
    """Who works has nothing to explain; who deploys roles may change them, on their names only."""
    found = _unexplained(ForgeConfig.from_file(example))
    expected = {
        "Deployer.IamManagement:escalation-UpdateAssumeRolePolicy": "warning",
        "Deployer.IamRights:escalation-PutRolePolicy": "warning",
        THROUGH: "warning",
    }
    if example.stem == "operations":
        # It has a function, with a role.
        expected |= {
            f"Deployer.LambdaManagement:escalation-UpdateFunction{part}": "warning"
            for part in ("Code", "Configuration")
        }
    if example.stem == "on-demand":
        # It has a permissions boundary, without which nothing can be written into a role.
        del expected["Deployer.IamRights:escalation-PutRolePolicy"]
    assert found == expected


@pytest.mark.parametrize(
    "access",
    [
        {"cloud": {}},
        {"role": {"principals": ["arn:aws:iam::111122223333:user/launcher"]}},
        {"user": {"access_key": True}},
        {
            "workload_identity": {
                "url": "https://platform.example.com/api",
                "workspaces": ["org:1:wsp:2"],
            }
        },
    ],
    ids=lambda access: next(iter(access)),
)
def test_platforms_identity(access: dict[str, Any]) -> None:
    """An identity of Platform's has nothing to explain; its deployer may change it, by name."""
    found = _unexplained(_config(platform_access=access))
    assert {name.partition(".")[0] for name in found} == {"Deployer", "DeployerThroughBootstrap"}
    assert set(found.values()) == {"warning"}
    assert "Deployer.IamManagement:escalation-CreatePolicyVersion" in found
    assert ("Deployer.IamManagement:escalation-CreateAccessKey" in found) is ("user" in access)


def test_forge_mode_needs_a_boundary() -> None:
    """Where Platform makes roles, only a boundary keeps it from writing itself more rights."""
    access = {"cloud": {}, "mode": "forge"}
    assert _unexplained(_config(platform_access=access))[PUT] == "error"
    bounded = _unexplained(_config(platform_access=access, iam={"permissions_boundary": BOUNDARY}))
    assert not any("PutRolePolicy" in name for name in bounded)


def _statements() -> Iterator[tuple[str, Identity, Statement]]:
    for file in ("spot-fusion-nvme.yaml", "efs.yaml", "on-demand.yaml"):
        for identity in _documents(ForgeConfig.from_file(ROOT / "examples" / file)):
            for one in identity.permissions.statements:
                yield f"{file}-{identity.name}-{one.sid}", identity, one


@pytest.mark.parametrize(
    ("identity", "statement"),
    [
        pytest.param(identity, one, id=name)
        for name, identity, one in _statements()
        if one.resources != ("*",)
    ],
)
def test_what_is_widened_is_found(identity: Identity, statement: Statement) -> None:
    """Every statement that names resources gives a finding when it names none."""
    wide = replace(statement, resources=("*",))
    document = PolicyDocument(
        tuple(wide if one is statement else one for one in identity.permissions.statements)
    )
    found = findings(document, name=identity.name, limit=identity.room)
    assert f"{identity.name}.{statement.sid}:wildcard-resource" in {
        one.id for one in found if one.explained is None
    }


@pytest.mark.parametrize(
    ("identity", "statement"),
    [
        pytest.param(identity, one, id=name)
        for name, identity, one in _statements()
        if one.resources == ("*",)
    ],
)
def test_what_only_all_resources_match_is_found_on_an_arn(
    identity: Identity, statement: Statement
) -> None:
    """Every statement on `*` would allow nothing on an ARN, and that is found."""
    narrow = replace(statement, resources=("arn:aws:batch:eu-west-1:111122223333:nothing/x",))
    found = findings(PolicyDocument((narrow,)), name=identity.name)
    assert f"{identity.name}.{statement.sid}:action-needs-all" in {one.id for one in found}


def test_a_misspelt_action_is_found() -> None:
    """An action that AWS does not have is found wherever it stands, with the one that was meant."""
    # One statement for each first action: what is near is looked for among all of a service's.
    for identity, statement in {
        one.actions[0]: (identity, one) for _, identity, one in _statements()
    }.values():
        wrong = replace(statement, actions=(*statement.actions, f"{statement.actions[0]}Wrong"))
        found = [
            one
            for one in findings(PolicyDocument((wrong,)), name=identity.name)
            if one.kind == "unknown-action"
        ]
        assert [one.actions for one in found] == [(f"{statement.actions[0]}Wrong",)]
        assert found[0].fix.startswith("did you mean ")


def test_acknowledged_one_by_one() -> None:
    """A finding of the file's own documents can be acknowledged, the deployer's as well."""
    config = _config(
        platform_access={"cloud": {}, "mode": "forge"},
        acknowledgements={
            PUT: "the pilot runs in an account of its own",
            "Deployer.IamRights:escalation-PutRolePolicy": "the pipeline is an administrator",
        },
    )
    assert unmatched_acknowledgements(ForgePlan.of(config)) == ()


@pytest.mark.parametrize(
    ("name", "message", "fix"),
    [
        ("Platform.Nothing:wildcard-resource", "no finding has this id", "remove it"),
        (
            "Deployer.IamRights:escalation-PutRolePolicies",
            "no finding has this id",
            "did you mean Deployer.IamRights:escalation-PutRolePolicy?",
        ),
        ("*:wildcard-resource", "no finding has this id", ""),
        (
            "HeadJobRole.FollowTasks:wildcard-resource",
            "the statement explains this itself: Nextflow polls its tasks",
            "remove it",
        ),
    ],
)
def test_an_acknowledgement_of_nothing_is_refused(name: str, message: str, fix: str) -> None:
    """What accepts no finding is an error at its place in the file."""
    config = _config(acknowledgements={name: "because"})
    [problem] = unmatched_acknowledgements(ForgePlan.of(config))
    assert problem.severity == "error"
    assert problem.path == f"aws.acknowledgements.{name}"
    assert problem.message.startswith(message)
    assert fix in str(problem.fix)
