# SPDX-License-Identifier: Apache-2.0
"""`aws.iam.generated_names`: roles that nobody outside AWS is told of have no names of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.judge.effects import effects
from seqera_batch.plan.documents import identities, reading
from seqera_batch.plan.together import quota_problems
from seqera_batch.policies.document import Scope
from seqera_batch.template.deployer import deployers
from seqera_batch.template.environment import environment

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resources
    from seqera_batch.policies.document import PolicyDocument

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
NAMED = {"HeadJobRole", "ComputeJobRole", "ExecutionRole"}
UNNAMED = {
    "FleetRole",
    "FlowLogRole",
    "InstanceRole",
    "QueueCheckRole",
    "RegistrationRole",
}
JOB_ROLES: dict[str, Any] = {
    f"{kind}_role": f"arn:aws:iam::111122223333:role/shared-{kind}"
    for kind in ("head_job", "compute_job", "execution")
}
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf"  # noqa: S105 - its ARN


def _config(*, generated: bool = True, **more: object) -> ForgeConfig:
    return ForgeConfig.from_dict(
        {
            "name": "demo",
            "region": "eu-west-1",
            "work_dir": "s3://example-work/runs",
            "credentials_id": "1a2b3c4d5e6f7g8h9i0j1k",
            "forge": {"type": "SPOT", "max_cpus": 64, "alloc_strategy": "BEST_FIT"},
            "aws": {
                "iam": {"path": "/lab/", **({"generated_names": True} if generated else {})},
                "network": {"create": {"mode": "private", "flow_logs": True}},
                "operations": {"queue_check": {}},
                "platform_registration": {"token_secret": SECRET},
            },
            **more,
        }
    )


def _made(config: ForgeConfig) -> Resources:
    return environment(ForgePlan.of(config), HERE)


def _on(document: PolicyDocument, action: str) -> set[str]:
    return {
        resource
        for one in document.statements
        if action in one.actions
        for resource in one.resources
    }


def test_who_has_a_name() -> None:
    """Roles of jobs have one, which Platform and Nextflow are told; the profile and others not."""
    made = _made(_config())
    roles = {id_: one for id_, one in made.items() if one.type == "AWS::IAM::Role"}
    assert roles.keys() == NAMED | UNNAMED
    assert {id_ for id_, one in roles.items() if "RoleName" in one.to_dict()["Properties"]} == NAMED
    assert made["InstanceProfile"].to_dict()["Properties"] == {
        "Path": "/lab/",
        "Roles": [{"Ref": "InstanceRole"}],
    }
    # Names of a region's own stay, which agents and functions are told.
    assert made["NodeLogGroup"].properties["LogGroupName"].endswith("/nodes")
    assert made["QueueCheckFunction"].properties["FunctionName"] == "TowerForge-demo-QueueCheck"


def test_without_it_nothing_is_otherwise() -> None:
    """A file that does not ask for it, or says no, makes what it made."""
    plain = _config(generated=False)
    said = _config(generated=False, aws={**_aws(plain), "iam": {**_iam(plain), "path": "/lab/"}})
    assert _made(plain) == _made(said)
    assert {one.properties.get("RoleName") for one in _made(plain).values()} >= {
        f"TowerForge-demo-{kind}" for kind in ("InstanceRole", "FleetRole", "FlowLogRole")
    }


def _aws(config: ForgeConfig) -> dict[str, Any]:
    return config.aws.model_dump(exclude_unset=True)


def _iam(config: ForgeConfig) -> dict[str, Any]:
    return {**_aws(config)["iam"], "generated_names": False}


def test_documents_refer_to_it() -> None:
    """Who passes the role of nodes names it by reference, printed as CloudFormation writes it."""
    config = _config()
    found = {one.name: one.in_words() for one in identities(ForgePlan.of(config), HERE)}
    assert found["InstanceRole"].arn.endswith(":role/lab/${InstanceRole}")
    assert _on(found["FleetRole"].permissions, "iam:PassRole") == {found["InstanceRole"].arn}


def test_policies_outside_the_stack_know_how_it_begins() -> None:
    """Who deploys and who looks knows the start of the stack's name, and the id; no other role."""
    config = _config()
    plan = ForgePlan.of(config)
    pattern = "arn:aws:iam::111122223333:role/lab/TowerForge-demo*{}*"
    deploying = deployers(plan, HERE)[0].permissions
    assert _on(deploying, "iam:CreateRole") == {
        *(f"arn:aws:iam::111122223333:role/lab/TowerForge-demo-{kind}" for kind in NAMED),
        *map(pattern.format, UNNAMED),
    }
    assert _on(deploying, "iam:CreateInstanceProfile") >= {
        "arn:aws:iam::111122223333:instance-profile/lab/TowerForge-demo*InstanceProfile*"
    }
    assert _on(deploying, "iam:PassRole") == set(map(pattern.format, UNNAMED))
    looking = {one.name: one.permissions for one in reading(plan, HERE)}
    assert _on(looking["Doctor"], "iam:SimulatePrincipalPolicy") == {pattern.format("InstanceRole")}
    assert pattern.format("FleetRole") in _on(looking["Doctor"], "iam:GetRole")
    for name in ("Check", "Leftovers"):
        asked = {one for one in _on(looking[name], "iam:GetRole") if "service-role" not in one}
        assert {one.rpartition("-")[2] for one in asked} == NAMED


def test_a_long_stack_name_is_cut() -> None:
    """CloudFormation cuts the stack's name to fit IAM's limit, so no more of it is counted on."""
    config = _config(name="a-name-of-thirty-characters-ab")
    deploying = deployers(ForgePlan.of(config), HERE)[0].permissions
    assert "arn:aws:iam::111122223333:role/lab/TowerForge-a-name-of*InstanceRole*" in _on(
        deploying, "iam:CreateRole"
    )


def test_effects_of_switching() -> None:
    """Roles and profile are replaced, nodes follow; queues and roles of jobs stay."""
    on_progressive = {"forge": {"type": "SPOT", "max_cpus": 64}}
    for first in (True, False):
        old, new = (_config(generated=one, **on_progressive) for one in (first, not first))
        changed = {one.id: one.outcome for one in effects(old, new).comparison.resources}
        replaced = {id_ for id_, outcome in changed.items() if outcome.name == "REPLACED"}
        assert replaced == {*UNNAMED - {"FleetRole"}, "InstanceProfile", "FlowLog"}
        assert changed["WorkComputeEnvironment"].name == "ROLLING"
        assert (
            not {id_ for id_ in changed if "Queue" in id_}
            - {"QueueCheckRole"}
            - {"QueueCheckFunction"}
        )


def test_one_name_in_two_regions() -> None:
    """Nothing collides in IAM where the roles of jobs exist; where they are made, it is told."""
    for roles, rule in ((JOB_ROLES, "stack-name-once"), ({}, "environment-name-once")):
        plans = [
            ForgePlan.of(_config(region=region, aws={"iam": {"generated_names": True}}, **roles))
            for region in ("eu-west-1", "us-east-1")
        ]
        assert [one.rule for one in quota_problems(plans)] == [rule]
