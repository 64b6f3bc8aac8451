# SPDX-License-Identifier: Apache-2.0
"""Whether nodes start: a job runs on every queue, under the policies that the template brings."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment
from tests.lifecycle.emulator.launches import LAUNCHED, Request, allowed
from tests.lifecycle.emulator.names import ACCOUNT, REGION, RUNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lifecycle.account import Account
    from tests.lifecycle.conftest import Synthesize
    from tests.lifecycle.surroundings import Surroundings

Template = dict[str, Any]

STACK = "seqera-batch-test-launches"


def _here(config: ForgeConfig) -> ForgeConfig:
    """Return an example for the account and region that it is deployed to, its ARNs as well."""
    said = json.loads(re.sub(r"\b\d{12}\b", ACCOUNT, config.model_dump_json(exclude_unset=True)))
    aws = {**said.get("aws", {}), "account": ACCOUNT}
    return ForgeConfig.from_dict({**said, "region": REGION, "aws": aws})


EXAMPLES = {
    f"examples/{file.name}": _here(ForgeConfig.from_file(file))
    for file in sorted(Path(__file__).parents[2].glob("examples/*.*"))
}
FUSION = {"wave_enabled": True, "fusion2_enabled": True}
IMAGE = "public.ecr.aws/seqera-labs/tower/nf-launcher:j17-25.10.0"


def _config(*, top: dict[str, Any] | None = None, **aws: Any) -> Callable[..., ForgeConfig]:
    def of(**forge: Any) -> ForgeConfig:
        return ForgeConfig.from_dict(
            {
                "name": "launches",
                "region": REGION,
                "work_dir": "s3://launches-work/runs",
                **(top or {}),
                "forge": {"type": "SPOT", "max_cpus": 8, **forge},
                "aws": {"account": ACCOUNT, "destroy_data": True, **aws},
            }
        )

    return of


KEYED: dict[str, Any] = {"kms_key": {"create": True}}
HEAD: dict[str, Any] = {"head_job_definition": {"image": IMAGE}}
CASES = {
    "BEST_FIT on Spot": _config()(alloc_strategy="BEST_FIT"),
    "BEST_FIT on Spot, a key": _config(**KEYED)(alloc_strategy="BEST_FIT"),
    "BEST_FIT on Spot, a placement group": _config(
        compute={"placement_group": "mpi"}, head={"placement_group": "heads"}
    )(alloc_strategy="BEST_FIT", ec2_key_pair="debug"),
    "BEST_FIT on demand, a key": _config(**KEYED)(type="EC2", alloc_strategy="BEST_FIT"),
    "Spot, a key": _config(**KEYED)(),
    "a head job's definition": _config(**HEAD)(),
    "a head job's definition on Fargate": _config(top=FUSION, **HEAD)(fargate_head_enabled=True),
    **EXAMPLES,
}


def _rendered(config: ForgeConfig) -> dict[str, Any]:
    plan = ForgePlan.of(config)
    here = Scope(partition="aws", region=config.region, account=ACCOUNT)
    return {name: one.to_dict() for name, one in environment(plan, here).items()}


@pytest.mark.parametrize("case", CASES)
def test_roles_that_launch_may_tag(case: str) -> None:
    """Every kind that a launch template tags is one that every role which starts nodes may tag."""
    resources = _rendered(CASES[case]).values()
    kinds = {
        specification["ResourceType"]
        for one in resources
        if one["Type"] == "AWS::EC2::LaunchTemplate"
        for specification in one["Properties"]["LaunchTemplateData"]["TagSpecifications"]
    }
    for role in (one for one in resources if one["Type"] == "AWS::IAM::Role"):
        statements = [
            statement
            for policy in role["Properties"].get("Policies", ())
            for statement in policy["PolicyDocument"]["Statement"]
        ]
        if any("ec2:RunInstances" in one["Action"] for one in statements):
            for kind in kinds:
                made = f"arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/x"
                tag = Request("ec2:CreateTags", made, {"ec2:CreateAction": "RunInstances"})
                assert allowed(statements, tag), kind


@pytest.fixture(scope="module")
def templates(synthesize: Synthesize, surroundings: Surroundings) -> dict[str, Template]:
    """Return the template of each case."""
    keys = {name: f"launches-{number}" for number, name in enumerate(CASES)}
    made = synthesize({keys[name]: config for name, config in CASES.items()})
    return {name: surroundings.within(made[key]) for name, key in keys.items()}


def jobs_of(account: Account, template: Template) -> list[dict[str, Any]]:
    """Deploy a template, run a job on each of its queues, and return what became of them."""
    batch = account.client("batch")
    made = account.create(STACK, template)
    try:
        assert made.status == "CREATE_COMPLETE", made.reasons
        ids = account.resources(STACK)
        queues = {
            key: ids[key]
            for key, one in template["Resources"].items()
            if one["Type"] == "AWS::Batch::JobQueue"
        }
        definitions = [
            ids[key]
            for key, one in template["Resources"].items()
            if one["Type"] == "AWS::Batch::JobDefinition"
        ]
        submitted = [
            batch.submit_job(
                jobName="launched",
                jobQueue=queue,
                # The one definition that an environment has is its head job's.
                jobDefinition=definitions[0] if definitions and "Head" in key else "nf-any:1",
                parameters=RUNS,
            )["jobId"]
            for key, queue in queues.items()
        ]
        found: list[dict[str, Any]] = batch.describe_jobs(jobs=submitted)["jobs"]
        return found
    finally:
        kept = account.kept(STACK, template)
        gone = account.clear_away(STACK)
        account.remove(kept)
        assert gone.status == "DELETE_COMPLETE", gone.reasons


@pytest.mark.parametrize("case", CASES)
def test_a_job_runs_on_every_queue(
    case: str, templates: dict[str, Template], account: Account
) -> None:
    """Its node may be started, tagged and given its role and its volumes."""
    jobs = jobs_of(account, templates[case])
    assert {(job["status"], job["statusReason"]) for job in jobs} <= {("RUNNING", "")}
    assert jobs or case == "examples/manual.yaml"


def _without(template: Template, sid: str, narrowed: dict[str, Any]) -> Template:
    """Return a template in which a statement is narrower, or gone."""
    changed = copy.deepcopy(template)
    found = 0
    for policy in _documents(changed):
        for statement in list(policy["Statement"]):
            if statement["Sid"] == sid:
                found += 1
                policy["Statement"].remove(statement)
                if narrowed:
                    policy["Statement"].append({**statement, **narrowed})
    assert found == 1
    return changed


def _documents(value: Any) -> Any:
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        for item in value.values():
            yield from _documents(item)
    elif isinstance(value, list):
        for item in value:
            yield from _documents(item)


FLEET = "BEST_FIT on Spot"
AS_IT_WAS = {
    "Resource": [
        f"arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/*"
        for kind in ("instance", "spot-instances-request", "volume")
    ]
}
"""What the fleet role might tag until network interfaces were added: no node ever started."""

IN_NO_GROUP = {
    "Resource": [
        f"arn:aws:ec2:{REGION}:{owner}:{kind}/*"
        for kinds, owner in ((LAUNCHED[:2], ""), ((*LAUNCHED[2:], "key-pair"), ACCOUNT))
        for kind in kinds
    ]
}
"""What the fleet role might start until placement groups were added: no node in one started."""


@pytest.mark.parametrize(
    ("case", "change", "rule"),
    [
        (FLEET, ("TagFleetInstances", AS_IT_WAS), "launch-tags: ec2:CreateTags on network-int"),
        (FLEET, ("TagFleetInstances", {}), "launch-tags: ec2:CreateTags on instance"),
        (FLEET, ("StartFleetInstances", {}), "launch-role: ec2:RunInstances on subnet"),
        (FLEET, ("PassInstanceRole", {}), "launch-role: iam:PassRole on "),
        (
            f"{FLEET}, a placement group",
            ("StartFleetInstances", IN_NO_GROUP),
            "launch-role: ec2:RunInstances on placement-group",
        ),
        ("Spot, a key", ("GrantToNodes", {}), "launch-key: kms:CreateGrant by spot.amazonaws"),
        ("Spot, a key", ("StartNodes", {}), "launch-key: kms:Decrypt by autoscaling.amazonaws"),
        (f"{FLEET}, a key", ("StartNodes", {}), "launch-key: kms:Decrypt by spotfleet.amazonaws"),
    ],
)
def test_a_job_waits_where_its_node_may_not_start(
    case: str,
    change: tuple[str, dict[str, Any]],
    rule: str,
    templates: dict[str, Template],
    account: Account,
) -> None:
    """What a policy no longer allows is the reason that the model gives."""
    jobs = jobs_of(account, _without(templates[case], *change))
    waiting = [job["statusReason"] for job in jobs if job["status"] == "RUNNABLE"]
    assert any(rule in reason for reason in waiting)
