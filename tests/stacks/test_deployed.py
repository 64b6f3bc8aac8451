# SPDX-License-Identifier: Apache-2.0
"""Reviewed equals deployed: roles carry the documents that the policies render, and no others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.cli import main
from seqera_batch.cloudformation.intrinsics import ref, words
from seqera_batch.plan.access import job_access
from seqera_batch.plan.documents import queue_check_documents, resource_policies
from seqera_batch.policies import flow_logs, nodes, roles, trust
from seqera_batch.policies.document import PolicyDocument, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stacks.conftest import Scenario

ACCOUNT = "123456789012"
EXAMPLES = {file.stem: file for file in Path(__file__).parents[2].glob("examples/*.*")}
NAMES = sorted(EXAMPLES)
TRUSTS = {
    "HeadJobRole": trust.trust_ecs_tasks,
    "ComputeJobRole": trust.trust_ecs_tasks,
    "ExecutionRole": trust.trust_ecs_tasks,
    "InstanceRole": trust.trust_ec2,
    "FleetRole": trust.trust_spot_fleet,
    "FlowLogRole": flow_logs.trust_flow_logs,
}
PERMITS = {
    "HeadJobRole": roles.head_job,
    "ComputeJobRole": roles.compute_job,
    "ExecutionRole": roles.execution,
    "InstanceRole": nodes.instance,
    "FleetRole": nodes.spot_fleet,
    "FlowLogRole": flow_logs.flow_logs,
}


MARKED = {"AWS::EFS::FileSystem": "Efs", "AWS::KMS::Key": "KmsKey"}
"""What roles name by an id that only AWS knows: types, and our ids."""


def _buckets(scenario: Scenario) -> dict[str, str]:
    """Return the name of the work bucket, by the id by which its own policy refers to it."""
    bucket = scenario.plan.storage.work_bucket
    ids = scenario.template.ids("AWS::S3::Bucket")
    return {} if bucket is None else dict.fromkeys(ids, bucket.name)


def check_documents(scenario: Scenario, plain: Callable[..., Any]) -> None:
    """Assert that roles and resources have the documents that are reviewed, and no others."""
    plan = scenario.plan
    account = plan.account or ACCOUNT
    where = Scope(partition=plan.partition, region=plan.region, account=account)
    known = {"AWS::AccountId": account, "AWS::Partition": plan.partition}
    for type_, id_ in MARKED.items():
        known |= dict.fromkeys(scenario.template.ids(type_), ref(id_))
    known |= _buckets(scenario)
    deployed = {role["RoleName"]: role for role in scenario.template.all("AWS::IAM::Role")}
    created = [role for role in plan.roles if role.created]
    checks = [*queue_check_documents(plan, where)]
    names = {one.arn.rpartition("/")[2] for one in checks}
    assert deployed.keys() == {role.name for role in created} | names
    for one in checks:
        found = plain(deployed[one.arn.rpartition("/")[2]], known)
        [policy] = found["Policies"]
        assert one.trust is not None
        assert found["AssumeRolePolicyDocument"] == one.trust.to_dict()
        assert policy["PolicyDocument"] == one.permissions.to_dict()
    access = job_access(plan, where)
    for role in created:
        assert role.name is not None
        found = plain(deployed[role.name], known)
        assert found["AssumeRolePolicyDocument"] == TRUSTS[role.kind](where).to_dict()
        own = plan.roles.statements.get(role.kind, ())
        reviewed = PolicyDocument((*PERMITS[role.kind](where, access).statements, *own))
        inline = found.get("Policies", [])
        if reviewed.statements:
            [policy] = inline
            assert policy["PolicyDocument"] == reviewed.to_dict()
        else:
            assert inline == []
        assert "ManagedPolicyArns" not in found
    on_resources = {one.name: one for one in resource_policies(plan, where) if one.created}
    keys = scenario.template.all("AWS::KMS::Key")
    assert [plain(one["KeyPolicy"], known) for one in keys] == [
        one.permissions.to_dict() for name, one in on_resources.items() if name == "KmsKey"
    ]
    mounted = scenario.template.all("AWS::EFS::FileSystem")
    assert [plain(one["FileSystemPolicy"], known) for one in mounted] == [
        one.permissions.to_dict() for name, one in on_resources.items() if name == "Efs"
    ]
    closed = scenario.template.all("AWS::S3::BucketPolicy")
    assert [plain(one["PolicyDocument"], known) for one in closed] == [
        one.permissions.to_dict() for name, one in on_resources.items() if name == "WorkBucket"
    ]
    told = scenario.template.all("AWS::SNS::TopicPolicy")
    told += scenario.template.all("AWS::SQS::QueuePolicy")
    assert [_by_id(plain(one["PolicyDocument"], known)) for one in told] == [
        words(on_resources[name].permissions.to_dict())
        for name in ("OperationsTopic", "SpotReclaimEvents")
        if name in on_resources
    ]
    for kind in ("Policy", "ManagedPolicy", "RolePolicy", "User", "Group"):
        assert not scenario.template.ids(f"AWS::IAM::{kind}")


def _by_id(document: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Return a document with our ids in the place of logical ones."""
    return json.loads(re.sub(r"\$\{Forge(\w+)[0-9A-F]{8}", r"${\1", json.dumps(document)))


@pytest.mark.parametrize("name", NAMES)
def test_example(examples: dict[str, Scenario], plain: Callable[..., Any], name: str) -> None:
    """Each created role of an example has exactly the documents that are reviewed."""
    check_documents(examples[name], plain)


@pytest.mark.parametrize("name", NAMES)
def test_printed_is_deployed(
    examples: dict[str, Scenario],
    plain: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    """The documents that `plan --format json` prints are those of the template."""
    example = examples[name]
    assert main(["plan", "--format", "json", str(EXAMPLES[name])]) == 0
    [printed] = json.loads(capsys.readouterr().out)["plans"]
    made = example.template.data["Resources"]
    assert printed["resources"] == {
        re.sub(r"^Forge(\w+)[0-9A-F]{8}$", r"\1", name): one["Type"]
        for name, one in made.items()
        if one["Type"] != "AWS::CDK::Metadata"
    }
    known = {"AWS::Partition": example.plan.partition}
    for type_, id_ in MARKED.items():
        known |= dict.fromkeys(example.template.ids(type_), f"${{{id_}}}")
    known |= _buckets(example)
    kinds = {"QueueCheck": "QueueCheckRole"}
    roles = {kinds.get(end, end): role for end, role in example.template.roles.items()}
    assert printed["policies"].keys() == roles.keys()
    for kind, documents in printed["policies"].items():
        deployed = plain(roles[kind], known)
        inline = [policy["PolicyDocument"] for policy in deployed.get("Policies", [])]
        assert documents["trust"] == deployed["AssumeRolePolicyDocument"]
        empty = not documents["permissions"]["Statement"]
        assert inline == ([] if empty else [documents["permissions"]])
    keys = example.template.all("AWS::KMS::Key")
    closed = example.template.all("AWS::S3::BucketPolicy")
    mounted = example.template.all("AWS::EFS::FileSystem")
    on_resources = dict(
        [("KmsKey", one["KeyPolicy"]) for one in keys]
        + [("WorkBucket", one["PolicyDocument"]) for one in closed]
        + [("Efs", one["FileSystemPolicy"]) for one in mounted]
    )
    watching = {
        "OperationsTopic": example.template.all("AWS::SNS::TopicPolicy"),
        "SpotReclaimEvents": example.template.all("AWS::SQS::QueuePolicy"),
    }
    on_resources |= {name: one["PolicyDocument"] for name, all_ in watching.items() for one in all_}
    assert printed["resource_policies"] == _by_id(plain(on_resources, known))
