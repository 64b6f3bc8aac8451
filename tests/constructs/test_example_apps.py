# SPDX-License-Identifier: Apache-2.0
"""The example apps that people copy: they synthesize, are valid, and do what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cloudformation_validate import RegoEngine  # type: ignore[import-untyped]

from seqera_batch.nag import check
from seqera_batch.runtime import use_bundled_node
from tests.stacks.test_validators import findings

ROOT = Path(__file__).resolve().parents[2]
APPS = sorted((ROOT / "examples" / "apps").glob("*/app.py"))
Templates = dict[str, dict[str, Any]]


EACH = """
import os, runpy, sys
for app, folder in zip(sys.argv[1::2], sys.argv[2::2]):
    runpy.run_path(app, run_name="__main__")
    os.rename(os.environ["CDK_OUTDIR"], folder)
    os.mkdir(os.environ["CDK_OUTDIR"])
"""
"""Runs the apps one after the other, each as a program of its own: CDK loads once for all."""


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Templates]:
    """Return the templates of each app, as the CDK CLI has them made."""
    use_bundled_node()
    found: dict[str, Templates] = {}
    engine = RegoEngine()
    made = tmp_path_factory.mktemp("apps")
    folders = {app: made / app.parent.name for app in APPS}
    (made / "cdk.out").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", EACH, *(path for pair in folders.items() for path in pair)],
        cwd=ROOT,
        # The native build of CDK's validator judges them, in a tenth of the time.
        env={**os.environ, "CDK_OUTDIR": str(made / "cdk.out"), "CDK_VALIDATION": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for app, folder in folders.items():
        # What CDK has to look up, its command line asks AWS for: such an app says so.
        asks = any('"missing"' in one.read_text("utf-8") for one in folder.rglob("manifest.json"))
        assert asks is ("This takes credentials" in app.read_text("utf-8")), app
        for file in folder.rglob("*.template.json"):
            # CDK's pipelines say twice what they wait for.
            assert {one.partition(" ")[0] for one in findings(engine, file)} <= {"W3005"}
        found[app.parent.name] = {
            file.name.removesuffix(".template.json"): json.loads(file.read_text("utf-8"))
            for file in sorted(folder.rglob("*.template.json"))
        }
    return found


def _of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == kind
    ]


def test_the_pack_has_nothing_to_say(synthesized: dict[str, Templates]) -> None:
    """No app does anything that the rule pack for AWS Batch finds."""
    assert len(synthesized) == 5
    for templates in synthesized.values():
        for template in templates.values():
            assert check(template) == []


def test_own_vpc_and_bucket(synthesized: dict[str, Templates]) -> None:
    """Nodes start in the team's VPC, roles have the boundary, analysts may submit and read."""
    lab = synthesized["own_vpc_and_bucket"]["Lab"]
    assert len(_of_type(lab, "AWS::EC2::VPC")) == 1
    assert _of_type(lab, "AWS::EC2::NatGateway") == []
    roles = [role for role in _of_type(lab, "AWS::IAM::Role") if "RoleName" in role]
    assert len(roles) == 4
    assert all(role["PermissionsBoundary"].endswith(":policy/lab-boundary") for role in roles)
    environments = _of_type(lab, "AWS::Batch::ComputeEnvironment")
    assert len(environments) == 2
    assert all("Tags" not in one for one in environments)
    queues = _of_type(lab, "AWS::Batch::JobQueue")
    assert all(queue["Tags"]["cost-center"] == "4711" for queue in queues)
    [granted] = [
        policy
        for policy in _of_type(lab, "AWS::IAM::Policy")
        if policy["Roles"] == ["lab-analysts"]
    ]
    actions = {
        action
        for statement in granted["PolicyDocument"]["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    assert {"batch:SubmitJob", "s3:GetObject*"} <= actions
    assert lab["Outputs"].keys() == {"HeadQueue", "ComputeQueue", "HeadJobRole"}


def test_several_environments(synthesized: dict[str, Templates]) -> None:
    """Three environments share network and bucket, and each has queues of its own."""
    stack = synthesized["several_environments"]["Environments"]
    assert _of_type(stack, "AWS::EC2::VPC") == []
    assert {queue["JobQueueName"] for queue in _of_type(stack, "AWS::Batch::JobQueue")} == {
        "TowerForge-cpu-head",
        "TowerForge-cpu-work",
        "TowerForge-gpu",
        "TowerForge-graviton-head",
        "TowerForge-graviton-work",
    }
    types = {
        kind
        for one in _of_type(stack, "AWS::Batch::ComputeEnvironment")
        for kind in one["ComputeResources"].get("InstanceTypes", ())
    }
    assert {"g5", "m6gd"} & types
    assert stack["Outputs"].keys() == {"CpuQueue", "GpuQueue", "GravitonQueue"}


def test_security_and_pipelines(synthesized: dict[str, Templates]) -> None:
    """Job roles and Platform's user are the security team's; pipelines' roles are nodes' alone."""
    security, pipelines = (
        synthesized["security_and_pipelines"][name] for name in ("Security", "Pipelines")
    )
    [user] = _of_type(security, "AWS::IAM::User")
    assert user["UserName"]
    policies = str(_of_type(security, "AWS::IAM::ManagedPolicy"))
    assert "TowerForge-rnaseq-head" in policies
    assert "TowerForge-exome" in policies
    made = _of_type(security, "AWS::IAM::Role") + _of_type(pipelines, "AWS::IAM::Role")
    names = [role["RoleName"] for role in made]
    assert len(names) == len(set(names)) == 2 * (3 + 1)
    roles = _of_type(pipelines, "AWS::IAM::Role")
    assert all(role["RoleName"].endswith("-InstanceRole") for role in roles)
    assert len(_of_type(pipelines, "AWS::EC2::VPC")) == 1


def test_shared_roles(synthesized: dict[str, Templates]) -> None:
    """Environments make no roles of jobs, and each gives the shared ones what it needs."""
    apps = synthesized["shared_roles"]
    for name in ("Rnaseq", "Exome", "Methylation"):
        stack = apps[name]
        assert all(
            role["RoleName"].endswith("-InstanceRole") for role in _of_type(stack, "AWS::IAM::Role")
        )
        assert len(_of_type(stack, "AWS::IAM::Policy")) == 3
    [queue] = (
        one
        for one in _of_type(apps["Rnaseq"], "AWS::Batch::JobQueue")
        if len(one["ComputeEnvironmentOrder"]) > 1
    )
    assert [one["Order"] for one in queue["ComputeEnvironmentOrder"]] == [1, 2]
    assert len(_of_type(apps["Exome"], "AWS::KMS::Key")) == 1


def test_stages_in_a_pipeline(synthesized: dict[str, Templates]) -> None:
    """Each account gets its environment, production after somebody has said yes."""
    apps = synthesized["stages_in_a_pipeline"]
    [pipeline] = _of_type(apps["Delivery"], "AWS::CodePipeline::Pipeline")
    stages = {stage["Name"]: stage["Actions"] for stage in pipeline["Stages"]}
    assert any(action["ActionTypeId"]["Category"] == "Approval" for action in stages["Production"])
    environments = [template for name, template in apps.items() if "Environment" in name]
    assert len(environments) == 2
    for template in environments:
        queues = {one["JobQueueName"] for one in _of_type(template, "AWS::Batch::JobQueue")}
        assert any(name.endswith("-on-demand") for name in queues)
        assert "vm.max_map_count" in json.dumps(template)
