# SPDX-License-Identifier: Apache-2.0
"""Every identity that is printed is in the template, word for word, in every partition of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from seqera_batch import ForgeConfig, ForgePlan, SeqeraBatchStack
from seqera_batch.plan.documents import PLATFORM, identities
from seqera_batch.policies.document import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from seqera_batch.plan.documents import Identity
    from tests.conftest import ReadAssembly, Template

ACCOUNT = "111122223333"
REGIONS = {"aws": "us-west-2", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-east-1"}


def _files(partition: str) -> dict[str, dict[str, Any]]:
    def arn(rest: str) -> str:
        return f"arn:{partition}:iam::{ACCOUNT}:{rest}"

    secret = (
        f"arn:{partition}:secretsmanager:{REGIONS[partition]}:{ACCOUNT}:secret:seqera/token-AbCdEf"
    )
    return {
        "best-fit": {
            "forge": {"type": "SPOT", "max_cpus": 8, "alloc_strategy": "BEST_FIT"},
            "secrets_kms_key_id": "01234567-89ab-cdef-0123-456789abcdef",
            "aws": {
                "iam": {"permissions_boundary": arn("policy/boundary"), "path": "/lab/"},
                "ecr_repositories": ["rnaseq"],
                "platform_access": {
                    "role": {"principals": [arn("user/ada")]},
                    "lineage": True,
                    "pipeline_secrets": True,
                    "data_buckets": ["s3://example-data/in"],
                },
                "network": {"create": {"mode": "private", "flow_logs": True}},
            },
        },
        "forge": {
            "forge": {"type": "EC2", "max_cpus": 8, "efs_create": True, "fsx_size": 1200},
            "aws": {
                "iam": {"permissions_boundary": arn("policy/boundary")},
                "platform_access": {"mode": "forge", "user": {}, "job_tags": {"team": "a"}},
            },
        },
        "workload": {
            "forge": {"type": "SPOT", "max_cpus": 8},
            "credentials_id": "4a5b6c",
            "aws": {
                "platform_access": {
                    "workload_identity": {
                        "url": "https://seqera.example.org/api",
                        "workspaces": ["org:1:wsp:2"],
                    }
                },
                "platform_registration": {"token_secret": secret, "workspace_id": 1234},
            },
        },
    }


@pytest.fixture(scope="module")
def made(read_assembly: ReadAssembly) -> dict[tuple[str, str], tuple[ForgePlan, Template]]:
    """Return plan and template of each file in each partition."""
    app = cdk.App(analytics_reporting=False)
    plans = {}
    for partition, region in REGIONS.items():
        for name, data in _files(partition).items():
            config = ForgeConfig.from_dict(
                {"name": name, "region": region, "work_dir": "s3://example-work/runs", **data}
            )
            SeqeraBatchStack(app, f"{partition}-{name}", config=config)
            plans[partition, name] = ForgePlan.of(config)
    templates = read_assembly(app)
    return {key: (plan, templates["-".join(key)]) for key, plan in plans.items()}


@pytest.mark.parametrize("name", _files("aws"))
@pytest.mark.parametrize("partition", REGIONS)
def test_reviewed_is_deployed(
    partition: str,
    name: str,
    made: dict[tuple[str, str], tuple[ForgePlan, Template]],
    plain: Callable[..., Any],
) -> None:
    """Trust and permissions of each created identity are those of the template, and no others."""
    plan, template = made[partition, name]
    where = Scope(partition=partition, region=REGIONS[partition], account=ACCOUNT)
    known = {"AWS::AccountId": ACCOUNT, "AWS::Partition": partition}
    known |= dict.fromkeys(template.ids("AWS::EFS::FileSystem"), "@{Efs}")
    roles = {role["RoleName"]: plain(role, known) for role in template.all("AWS::IAM::Role")}
    managed = [
        statement
        for policy in template.all("AWS::IAM::ManagedPolicy")
        for statement in plain(policy["PolicyDocument"], known)["Statement"]
    ]
    created = [one for one in identities(plan, where) if one.created]
    for identity in created:
        permissions = identity.permissions.to_dict()["Statement"]
        if identity.name == PLATFORM:
            assert managed == permissions
        if identity.trust is None:
            continue
        role = roles.pop(_name(identity))
        assert role["AssumeRolePolicyDocument"] == identity.trust.to_dict()
        if identity.name != PLATFORM:
            assert [
                statement
                for policy in role["Policies"]
                for statement in policy["PolicyDocument"]["Statement"]
            ] == permissions
        assert role.get("PermissionsBoundary") == plan.roles.permissions_boundary
        assert role["Path"] == plan.roles.path
    assert roles == {}
    for kind in ("Policy", "RolePolicy", "UserPolicy", "Group"):
        assert not template.ids(f"AWS::IAM::{kind}")


def _name(identity: Identity) -> str:
    return identity.arn.rpartition("/")[2]


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::IAM::OIDCProvider",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
    ],
)
def test_tags(kind: str, made: dict[tuple[str, str], tuple[ForgePlan, Template]]) -> None:
    """Whatever can carry tags carries those of the environment, the function's things too."""
    found = [
        (resource["Tags"], plan)
        for plan, template in made.values()
        for resource in template.all(kind)
    ]
    assert found
    for tags, plan in found:
        given = {tag["Key"]: tag["Value"] for tag in tags}
        assert plan.labels.resources.items() <= given.items()
