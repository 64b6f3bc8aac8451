# SPDX-License-Identifier: Apache-2.0
"""The pack in somebody's CDK app: on L1 and L2 constructs, with acknowledgements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from seqera_batch.nag import AwsBatchChecks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _app(folder: Path) -> tuple[cdk.App, cdk.Stack]:
    app = cdk.App(outdir=str(folder), analytics_reporting=False)
    cdk.Validations.of(app).add_plugins(AwsBatchChecks())
    return app, cdk.Stack(app, "S", env=cdk.Environment(account="123456789012", region="eu-west-1"))


def _level_2(stack: cdk.Stack) -> None:
    """What the examples of aws_batch's own documentation make."""
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0, max_azs=2)
    environment = batch.ManagedEc2EcsComputeEnvironment(
        stack,
        "Spot",
        vpc=vpc,
        spot=True,
        use_optimal_instance_classes=True,
        compute_environment_name="spot",
    )
    queue = batch.JobQueue(stack, "Queue")
    queue.add_compute_environment(environment, 1)
    batch.EcsJobDefinition(
        stack,
        "Job",
        container=batch.EcsEc2ContainerDefinition(
            stack,
            "Container",
            image=ecs.ContainerImage.from_registry("public.ecr.aws/amazonlinux/amazonlinux"),
            memory=cdk.Size.mebibytes(2048),
            cpu=1,
            privileged=True,
        ),
    )


def _level_1(stack: cdk.Stack) -> None:
    """A launch template that a team wrote for itself."""
    template = ec2.CfnLaunchTemplate(
        stack,
        "Nodes",
        launch_template_data={"userData": cdk.Fn.base64("#!/bin/bash\nyum update -y\n")},
    )
    batch.CfnComputeEnvironment(
        stack,
        "Mixed",
        type="MANAGED",
        service_role="arn:aws:iam::123456789012:role/batch",
        compute_resources={
            "type": "EC2",
            "maxvCpus": 4,
            "subnets": ["subnet-0123456789abcdef0"],
            "instanceTypes": ["m6g", "m6i"],
            "launchTemplate": {"launchTemplateId": template.ref, "version": "$Latest"},
        },
    )


def _own_pipeline(stack: cdk.Stack) -> None:
    """A head on Fargate and work on EC2 behind one queue, a group that lets everybody in."""
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0, max_azs=2)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(22))
    work = batch.ManagedEc2EcsComputeEnvironment(
        stack,
        "Work",
        vpc=vpc,
        security_groups=[group],
        allocation_strategy=batch.AllocationStrategy.BEST_FIT,
        images=[batch.EcsMachineImage(image_type=batch.EcsMachineImageType.ECS_AL2)],
        instance_types=[ec2.InstanceType("r5.4xlarge")],
        use_optimal_instance_classes=False,
    )
    head = batch.FargateComputeEnvironment(stack, "Head", vpc=vpc)
    batch.CfnJobQueue(
        stack,
        "Queue",
        priority=1,
        compute_environment_order=[
            {"order": 1, "computeEnvironment": work.compute_environment_arn},
            {"order": 2, "computeEnvironment": head.compute_environment_arn},
        ],
    )
    cdk.Tags.of(stack).add("team", "genomics")


def _nested(stack: cdk.Stack) -> None:
    """A launch template in one nested stack, its environment in another."""
    nodes = cdk.NestedStack(stack, "Nodes")
    template = ec2.CfnLaunchTemplate(
        nodes, "Template", launch_template_data={"metadataOptions": {"httpPutResponseHopLimit": 2}}
    )
    batch.CfnComputeEnvironment(
        cdk.NestedStack(stack, "Work"),
        "Spot",
        type="MANAGED",
        replace_compute_environment=False,
        compute_resources={
            "type": "SPOT",
            "maxvCpus": 4,
            "allocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED",
            "ec2Configuration": [{"imageType": "ECS_AL2023"}],
            "subnets": ["subnet-0123456789abcdef0"],
            "instanceTypes": ["m6i"],
            "launchTemplate": {
                "launchTemplateId": template.ref,
                "version": template.attr_latest_version_number,
            },
        },
    )


APPS: dict[str, tuple[Callable[[cdk.Stack], None], set[str]]] = {
    "l2": (
        _level_2,
        {
            "AwsBatch::CustomEnvironmentName",
            "AwsBatch::Ec2ConfigurationAbsent",
            "AwsBatch::NoJobStateLimits",
            "AwsBatch::OptimalInstanceType",
            "AwsBatch::PrivilegedJobDefinition",
        },
    ),
    "l1": (
        _level_1,
        {
            "AwsBatch::AllocationStrategyUnset",
            "AwsBatch::CustomServiceRole",
            "AwsBatch::Ec2ConfigurationAbsent",
            "AwsBatch::HopLimit",
            "AwsBatch::Imdsv1",
            "AwsBatch::LaunchTemplateVersionLatest",
            "AwsBatch::MixedArchitecture",
            "AwsBatch::ReplaceOnUpdate",
            "AwsBatch::UserDataNotMultipart",
        },
    ),
    "nested": (_nested, {"AwsBatch::Imdsv1"}),
    "own": (
        _own_pipeline,
        {
            "AwsBatch::AmazonLinux2",
            "AwsBatch::BestFit",
            "AwsBatch::Ec2AndFargateInOneQueue",
            "AwsBatch::MutableTags",
            "AwsBatch::NoJobStateLimits",
            "AwsBatch::OpenSecurityGroup",
        },
    ),
}


def _report(folder: Path) -> dict[str, Any]:
    """Return our part of CDK's validation report, by rule."""
    report = json.loads((folder / "validation-report.json").read_text("utf-8"))
    [ours] = [one for one in report["pluginReports"] if one["pluginName"] == "AwsBatch"]
    return {one["ruleName"]: one for one in ours["violations"]}


@pytest.mark.parametrize("name", APPS)
def test_app(name: str, tmp_path: Path) -> None:
    """The pack finds in an app what an expert would, and synthesis fails."""
    build, expected = APPS[name]
    app, stack = _app(tmp_path)
    build(stack)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    found = _report(tmp_path)
    assert found.keys() == expected
    for violation in found.values():
        assert violation["suggestedFix"]
        [*resources] = violation["violatingConstructs"]
        assert all(one["constructPath"].startswith("S/") for one in resources)


def test_acknowledged(tmp_path: Path) -> None:
    """A finding that is acknowledged at its construct no longer fails the app."""
    app, stack = _app(tmp_path)
    job = batch.CfnJobDefinition(
        stack,
        "Job",
        type="container",
        container_properties={"image": "i", "privileged": True},
    )
    cdk.Validations.of(job).acknowledge(
        cdk.Acknowledgment(id="AwsBatch::PrivilegedJobDefinition", reason="mounts Fusion")
    )
    app.synth()


def test_nothing_to_find(tmp_path: Path) -> None:
    """An app without AWS Batch passes."""
    app, stack = _app(tmp_path)
    cdk.CfnWaitConditionHandle(stack, "Nothing")
    app.synth()
