# SPDX-License-Identifier: Apache-2.0
"""What whoever deploys may do: every type, every documented permission, nothing of other stacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.catalog import limits
from seqera_batch.catalog.principals import BATCH, EC2, ECS_TASKS
from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.kinds import KINDS
from seqera_batch.plan.documents import PLATFORM, identities
from seqera_batch.policies.document import Scope
from seqera_batch.template.deployer import deployers
from seqera_batch.template.environment import environment

if TYPE_CHECKING:
    from seqera_batch.plan.documents import Identity
    from seqera_batch.policies.document import Statement

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(ROOT.glob("examples/*.*"))
HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"


def _config(**more: object) -> ForgeConfig:
    return ForgeConfig.from_dict(
        {
            "name": "demo",
            "region": "eu-west-1",
            "work_dir": "s3://example-work/runs",
            "forge": {"type": "SPOT", "max_cpus": 64},
            **more,
        }
    )


def _of(config: ForgeConfig) -> dict[str, Identity]:
    return {one.name: one for one in deployers(ForgePlan.of(config), HERE)}


def _statements(config: ForgeConfig) -> dict[str, Statement]:
    return {one.sid: one for one in _of(config)["Deployer"].permissions.statements}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_every_call_of_the_template_is_allowed(example: Path) -> None:
    """Whatever CloudFormation calls for a type of the template is allowed, and no service more."""
    config = ForgeConfig.from_file(example)
    plan = ForgePlan.of(config)
    types = {one.type for one in environment(plan, HERE).values()}
    document = _of(config)["Deployer"].permissions
    allowed = {action for one in document.statements for action in one.actions}
    called = {action for type_ in types for action in KINDS[type_].actions}
    needless = {
        # Nothing of the examples has managed policies, or a boundary to change.
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        *(() if plan.roles.permissions_boundary else ("iam:PutRolePermissionsBoundary",)),
        # No endpoint of the examples has a name in DNS of its own.
        "route53:AssociateVPCWithHostedZone",
        # Without a key of the user's there is none to use.
        *(action for action in called if plan.key is None and action.startswith("kms:")),
    }
    assert called - needless <= allowed
    beside = {action.partition(":")[0] for action in allowed - called}
    assert beside == {"cloudformation", "s3", "ssm"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_parts_fit_managed_policies(example: Path) -> None:
    """The document goes into managed policies, fewer than an identity may have."""
    for identity in _of(ForgeConfig.from_file(example)).values():
        parts = identity.permissions.split(limits.MANAGED_POLICY_CHARACTERS)
        assert len(parts) <= limits.MANAGED_POLICIES_PER_IDENTITY
        assert [one for part in parts for one in part.statements] == list(
            identity.permissions.statements
        )


def test_scoped_to_the_stack_and_its_names() -> None:
    """What has a name is allowed by its name; what AWS names, in this account and region."""
    found = _statements(_config())
    assert found["CloudFormationStack"].resources == (
        "arn:aws:cloudformation:eu-west-1:111122223333:stack/TowerForge-demo/*",
    )
    named = [arn for sid in ("IamRights", "IamManagement") for arn in found[sid].resources]
    assert all("/TowerForge-demo-" in arn for arn in named)
    assert (
        found["LogsManagement"]
        .resources[0]
        .endswith("log-group:/seqera-batch/TowerForge-demo/nodes")
    )
    everything = {arn for statement in found.values() for arn in statement.resources} - {"*"}
    for arn in everything:
        _, _, service, region, account, name = arn.split(":", 5)
        if service == "s3":
            assert name.startswith("cdk-hnb659fds-assets-111122223333-eu-west-1")
        else:
            assert (region, account) == ("" if service == "iam" else "eu-west-1", "111122223333")


EVERYTHING: dict[str, Any] = {
    "forge": {"type": "SPOT", "max_cpus": 64, "alloc_strategy": "BEST_FIT"},
    "credentials_id": "1a2b3c",
    "aws": {
        "network": {"create": {"flow_logs": True}},
        "head_job_definition": {"image": "nf:1"},
        "platform_registration": {
            "workspace_id": 7,
            "token_secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:t-a1b2c3",
        },
    },
}
"""All whose roles are handed to services."""


def _passed(config: ForgeConfig) -> dict[str, set[str]]:
    """Return whom the deployer hands each role to, by the role's ARN."""
    found: dict[str, set[str]] = {}
    for sid, one in _statements(config).items():
        if sid.startswith("PassRoles"):
            for arn in one.resources:
                service = one.conditions["StringEquals"]["iam:PassedToService"]
                assert isinstance(service, str)
                found.setdefault(arn, set()).add(service)
    return found


@pytest.mark.parametrize(
    "config",
    [*map(ForgeConfig.from_file, EXAMPLES), _config(**EVERYTHING)],
    ids=[*(example.stem for example in EXAMPLES), "everything"],
)
def test_roles_are_passed_to_whom_they_trust(config: ForgeConfig) -> None:
    """Each role goes to the service of its own trust policy, and through AWS Batch at most."""
    made = {
        one.arn: one.trust.statements[0].principal
        for one in identities(ForgePlan.of(config), HERE)
        if one.trust is not None and one.name != PLATFORM
    }
    for arn, services in _passed(config).items():
        assert services - {BATCH} == {made[arn]}


def test_every_role_of_a_service_is_passed() -> None:
    """Roles go to services where the template names them; Nextflow alone hands on the jobs'."""
    passed = {arn.rpartition("-")[2] for arn in _passed(_config(**EVERYTHING))}
    assert passed == {
        "HeadJobRole", "ExecutionRole", "InstanceRole", "FleetRole", "FlowLogRole", "Registration"
    }  # fmt: skip
    nodes = {arn.rpartition("-")[2] for arn in _passed(_config())}
    assert nodes == {"InstanceRole"}


def test_roles_that_exist_are_passed_by_their_arn() -> None:
    """A role that the file names, or whose instance profile it names, is handed on as ours are."""
    own, profile = (
        f"arn:aws:iam::111122223333:{kind}/own" for kind in ("role", "instance-profile")
    )
    passed = _passed(
        _config(
            head_job_role=f"{own}-head",
            aws={
                "iam": {"instance_profile": profile, "instance_role": f"{own}-nodes"},
                "head_job_definition": {"image": "nf:1"},
            },
        )
    )
    assert passed[f"{own}-head"] == {BATCH, ECS_TASKS}
    assert passed[f"{own}-nodes"] == {BATCH, EC2}
    assert not any("*" in arn for arn in passed)


def test_a_boundary_holds_what_is_deployed() -> None:
    """With a boundary no role can be made, or written into, without it."""
    bounded = {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}
    found = _statements(_config(aws={"iam": {"permissions_boundary": BOUNDARY}}))
    assert found["IamRights"].conditions == bounded
    assert "iam:PutRolePermissionsBoundary" in found["IamRights"].actions
    free = _statements(_config())
    assert not free["IamRights"].conditions
    assert "iam:PutRolePermissionsBoundary" not in free["IamRights"].actions
    assert all(
        "Boundary" not in action or action.startswith("iam:Put")
        for one in found.values()
        for action in one.actions
    )


def test_platforms_policies_are_the_only_ones_attached() -> None:
    """Platform's role gets the template's policies, and nothing else can be attached."""
    config = _config(aws={"platform_access": {"cloud": {}}})
    attaching = _statements(config)["IamPolicies"]
    assert attaching.conditions == {
        "ArnEquals": {
            "iam:PolicyARN": ["arn:aws:iam::111122223333:policy/PlatformAccess-TowerForge-demo-1"]
        }
    }


def test_the_head_jobs_definition() -> None:
    """A job definition is registered by its name, revisions included."""
    found = _statements(_config(aws={"head_job_definition": {"image": "nf:1"}}))
    assert "batch:RegisterJobDefinition" in found["BatchManagement"].actions
    assert (
        "arn:aws:batch:eu-west-1:111122223333:job-definition/TowerForge-demo-head-job:*"
        in found["BatchManagement"].resources
    )
    assert "batch:DescribeJobDefinitions" in found["BatchListing"].actions


def test_a_data_repository_is_linked_to_its_bucket_alone() -> None:
    """FSx may be let into that bucket, and its own role for it may be made; no other role."""
    found = _statements(
        _config(
            forge={"type": "SPOT", "max_cpus": 64, "fsx_size": 1200},
            aws={"fsx": {"data_repository": "s3://example-raw/reads"}},
        )
    )
    assert found["S3Management"].resources == ("arn:aws:s3:::example-raw",)
    assert found["S3Management"].actions == (
        "s3:GetBucketPolicy",
        "s3:ListBucket",
        "s3:PutBucketPolicy",
    )
    service = "s3.data-source.lustre.fsx.amazonaws.com"
    role = f"arn:aws:iam::111122223333:role/aws-service-role/{service}/*"
    assert found["DataRepositoryRole"].resources == (role,)
    assert role in found["ServiceLinkedRoles"].resources
    assert "arn:aws:fsx:eu-west-1:111122223333:association/*" in found["FsxMaking"].resources
    assert "fsx:CreateDataRepositoryAssociation" in found["FsxMaking"].actions


def test_nothing_of_a_bucket_without_a_data_repository() -> None:
    """FSx alone needs no bucket and no role for one."""
    found = _statements(_config(forge={"type": "SPOT", "max_cpus": 64, "fsx_size": 1200}))
    assert not {"S3Management", "DataRepositoryRole"} & found.keys()


def test_registration_adds_its_function() -> None:
    """The function that registers the environment is deployed with the stack."""
    config = _config(
        credentials_id="1a2b3c",
        aws={
            "platform_registration": {
                "workspace_id": 7,
                "token_secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:t-a1b2c3",
            }
        },
    )
    found = _statements(config)
    assert found["LambdaManagement"].resources == (
        "arn:aws:lambda:eu-west-1:111122223333:function:TowerForge-demo-Registration",
    )
    assert "lambda:InvokeFunction" in found["LambdaManagement"].actions
    passing = found["PassRolesToLambda"]
    assert passing.resources == ("arn:aws:iam::111122223333:role/TowerForge-demo-Registration",)


def test_what_is_watched_adds_what_it_takes_by_name() -> None:
    """Alarms, rules, topic and queue are named as CloudFormation names them, after the stack."""
    watched = {
        "head_job_failures": True,
        "queue_check": {},
        "spot_reclaims": {},
        "dashboard": True,
        "budget": {"amount": 100},
    }
    found = _statements(
        _config(forge={"type": "SPOT", "max_cpus": 64}, aws={"operations": watched})
    )
    for sid in ("CloudWatchManagement", "EventsManagement", "SnsManagement", "SqsManagement"):
        names = [arn.split(":", 5)[5].removeprefix("alarm:") for arn in found[sid].resources]
        assert all(
            name.removeprefix("rule/").startswith(("TowerForge-demo*", "dashboard/*Operations"))
            for name in names
        )
    account = "arn:aws:budgets::111122223333:"
    assert found["BudgetsManagement"].resources == (f"{account}budget/*OperationsBudget*",)
    # The code stands in the template: none is fetched.
    assert "s3:GetObject" not in {action for one in found.values() for action in one.actions} - {
        action for one in _statements(_config()).values() for action in one.actions
    }


def test_through_bootstrap() -> None:
    """With bootstrap roles it is enough to take two of them."""
    [statement] = _of(_config())["DeployerThroughBootstrap"].permissions.statements
    assert statement.actions == ("sts:AssumeRole",)
    assert statement.resources == tuple(
        f"arn:aws:iam::111122223333:role/cdk-hnb659fds-{role}-111122223333-eu-west-1"
        for role in ("deploy-role", "file-publishing-role")
    )


def test_what_bootstrap_roles_come_to() -> None:
    """The review says that one of them is as strong as CloudFormation's own, of any qualifier."""
    config = _config()
    for qualifier in ("hnb659fds", "lab"):
        _, through = deployers(ForgePlan.of(config), HERE, qualifier=qualifier)
        [finding] = findings_of(through)
        assert finding.id == (
            "DeployerThroughBootstrap.AssumeBootstrapRoles:escalation-through-CloudFormation"
        )
        assert f"cdk-{qualifier}-deploy-role-" in finding.message
        assert "file-publishing-role" not in finding.message
        assert finding.explained is None
