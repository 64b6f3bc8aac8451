# SPDX-License-Identifier: Apache-2.0
"""Platform's identity in the template: what is reviewed, and no key in sight."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from seqera_batch import BatchForge, SeqeraBatchStack
from seqera_batch.plan.documents import platform_documents
from seqera_batch.policies.credential import SEQERA_CLOUD_ROLE
from seqera_batch.policies.document import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Configure, ReadAssembly, Template

ACCOUNT = "111122223333"
USER = f"arn:aws:iam::{ACCOUNT}:user/ada"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
ACCESS: dict[str, dict[str, Any]] = {
    "cloud": {"cloud": {"external_id": "own-id"}, "data_buckets": ["s3://data/in", "s3://other"]},
    "pending": {"cloud": {}},
    "role": {"role": {"principals": [USER]}, "job_tags": {"team": "genomics"}},
    "user": {"user": {}, "pipeline_secrets": True, "lineage": True},
    "key": {"user": {"access_key": True}, "list_buckets": True, "describe_ec2": True},
    "oidc": {
        "workload_identity": {
            "url": "https://seqera.example.org/api",
            "workspaces": ["org:1:wsp:2", "org:1:wsp:3"],
        },
        "console_output": True,
    },
    "forge": {"mode": "forge", "cloud": {"external_id": "own-id"}, "describe_ec2": True},
}


@pytest.fixture(scope="module")
def templates(configure: Configure, read_assembly: ReadAssembly) -> dict[str, Template]:
    """Return a template for each kind of access."""
    app = cdk.App(analytics_reporting=False)
    for name, access in ACCESS.items():
        config = configure(
            name=name,
            aws={
                "platform_access": access,
                "iam": {"permissions_boundary": BOUNDARY, "path": "/p/"},
            },
        )
        BatchForge(cdk.Stack(app, name), "Forge", config=config)
    return read_assembly(app)


@pytest.mark.parametrize("name", ACCESS)
def test_reviewed_is_deployed(
    name: str,
    templates: dict[str, Template],
    configure: Configure,
    plain: Callable[..., Any],
) -> None:
    """Policies and trust of the template are those that the commands print."""
    from seqera_batch import ForgePlan

    config = configure(
        name=name,
        aws={
            "platform_access": ACCESS[name],
            "iam": {"permissions_boundary": BOUNDARY, "path": "/p/"},
        },
    )
    plan = ForgePlan.of(config)
    scope = Scope(partition="aws", region="eu-west-1", account=ACCOUNT)
    identity = platform_documents(plan, scope)
    template = templates[name]
    known = {"AWS::AccountId": ACCOUNT}
    deployed = [
        statement
        for policy in template.all("AWS::IAM::ManagedPolicy")
        for statement in plain(policy["PolicyDocument"], known)["Statement"]
    ]
    assert deployed == identity.permissions.to_dict()["Statement"]
    if identity.trust is None:
        user = template.one("AWS::IAM::User")
        assert user["UserName"] == plan.platform.identity.name
        assert user["PermissionsBoundary"] == BOUNDARY
        assert len(user["ManagedPolicyArns"]) == len(template.ids("AWS::IAM::ManagedPolicy"))
        return
    [role] = [
        role
        for role in template.all("AWS::IAM::Role")
        if role["RoleName"] == plan.platform.identity.name
    ]
    assert plain(role["AssumeRolePolicyDocument"], known) == identity.trust.to_dict()
    assert role["PermissionsBoundary"] == BOUNDARY
    assert role["Path"] == "/p/"
    assert len(role["ManagedPolicyArns"]) == len(template.ids("AWS::IAM::ManagedPolicy"))


def test_nothing_unless_asked(configure: Configure, read_assembly: ReadAssembly) -> None:
    """Without the section there is no identity for Platform."""
    app = cdk.App(analytics_reporting=False)
    BatchForge(cdk.Stack(app, "S"), "Forge", config=configure())
    template = read_assembly(app)["S"]
    for kind in ("ManagedPolicy", "User", "AccessKey", "OIDCProvider"):
        assert not template.ids(f"AWS::IAM::{kind}")


def test_before_the_external_id(templates: dict[str, Template]) -> None:
    """Until the External ID is known, nobody can take the role: not even Seqera."""
    [role] = [
        role
        for role in templates["pending"].all("AWS::IAM::Role")
        if role["RoleName"].startswith("PlatformAccess-")
    ]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Principal"] == {"AWS": SEQERA_CLOUD_ROLE}


def test_access_key_stays_hidden(configure: Configure, read_assembly: ReadAssembly) -> None:
    """The key goes from IAM into a secret; outputs name the secret only."""
    app = cdk.App(analytics_reporting=False)
    SeqeraBatchStack(app, "S", config=configure(aws={"platform_access": ACCESS["key"]}))
    template = read_assembly(app)["S"]
    [key] = template.ids("AWS::IAM::AccessKey")
    secret = template.one("AWS::SecretsManager::Secret")
    assert f"${{{key}.SecretAccessKey}}" in secret["SecretString"]["Fn::Sub"]
    outputs = json.dumps(template.data["Outputs"])
    assert key not in outputs
    assert template.data["Outputs"]["PlatformAccessKeySecret"]["Value"] == secret["Name"]


def test_provider(templates: dict[str, Template]) -> None:
    """The identity provider is there before the role that trusts it, for STS only."""
    template = templates["oidc"]
    provider = template.one("AWS::IAM::OIDCProvider")
    assert provider["Url"] == "https://seqera.example.org/api"
    assert provider["ClientIdList"] == ["sts.amazonaws.com"]
    [provider_id] = template.ids("AWS::IAM::OIDCProvider")
    [role] = [key for key in template.ids("AWS::IAM::Role") if "PlatformRole" in key]
    assert provider_id in template.behind(role)


def test_manual_makes_nothing(templates: dict[str, Template]) -> None:
    """Launch-only permissions hold no right to make anything."""
    for name in ("cloud", "role", "user", "key"):
        text = json.dumps(templates[name].all("AWS::IAM::ManagedPolicy"))
        for action in ("iam:Create", "iam:Put", "iam:Attach", "batch:Create", "ec2:Create"):
            assert action not in text


def test_forge_cannot_leave_the_boundary(templates: dict[str, Template]) -> None:
    """What gives a role permissions is allowed within the boundary only."""
    statements = {
        statement["Sid"]: statement
        for policy in templates["forge"].all("AWS::IAM::ManagedPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
    }
    for sid in ("IamRoleCreation", "IamRolePolicies"):
        assert statements[sid]["Condition"]["StringEquals"] == {"iam:PermissionsBoundary": BOUNDARY}
    assert "iam:PolicyARN" in statements["IamRolePolicies"]["Condition"]["ArnEquals"]
