# SPDX-License-Identifier: Apache-2.0
"""The head job's definition: size, place, roles, variables, and that AWS Batch takes its form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seqera_batch.catalog import limits
from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.export import role_arns
from seqera_batch.handoff.nextflow import nextflow_config
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.access import job_access
from seqera_batch.policies.by_role import DOCUMENTS
from seqera_batch.policies.document import Scope
from seqera_batch.template.head_job import head_job
from tests import linting

IMAGE = "quay.io/seqeralabs/nf-launcher:j17-25.10.2"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:lab/token-AbCdEf"  # noqa: S105
FARGATE = {"forge": {"max_cpus": 64, "fargate_head_enabled": True}}
FUSION = {"wave_enabled": True, "fusion2_enabled": True}
ASKED = {"head_job_definition": {"image": IMAGE}}


def made(**changes: Any) -> tuple[dict[str, Any], ForgePlan]:  # noqa: ANN401
    """Return the definition of an environment, with the environment's plan."""
    data = {
        "name": "demo",
        "region": "eu-west-1",
        "work_dir": "s3://example-work/run",
        "forge": {"max_cpus": 64},
        "aws": {"account": "111122223333", **ASKED},
        **changes,
    }
    config = ForgeConfig.from_dict(data)
    plan = ForgePlan.of(config)
    [definition] = head_job(plan, role_arns(plan)).values()
    return dict(definition.properties), plan


def sizes(definition: dict[str, Any]) -> dict[str, str]:
    """Return the resources that a definition asks for."""
    asked = definition["ContainerProperties"]["ResourceRequirements"]
    return {one["Type"]: one["Value"] for one in asked}


def test_none_unless_asked_for() -> None:
    """Without the section there is no definition."""
    config = ForgeConfig.from_dict(
        {
            "name": "demo",
            "region": "eu-west-1",
            "work_dir": "s3://example-work",
            "forge": {"max_cpus": 64},
        }
    )
    plan = ForgePlan.of(config)
    assert head_job(plan, role_arns(plan)) == {}


def test_on_ec2() -> None:
    """An EC2 head job has the environment's roles and size, and nothing of Fargate's."""
    found, plan = made(head_job_cpus=3, head_job_memory_mb=7000)
    container = found["ContainerProperties"]
    assert found["JobDefinitionName"] == "TowerForge-demo-head-job"
    assert len(found["JobDefinitionName"]) <= limits.BATCH_NAME_CHARACTERS
    assert (found["Type"], found["PlatformCapabilities"]) == ("container", ["EC2"])
    assert found["RetryStrategy"] == {"Attempts": 1}
    assert container["Image"] == IMAGE
    assert container["Command"] == ["true"]
    assert container["JobRoleArn"] == role_arns(plan)["HeadJobRole"]
    assert container["ExecutionRoleArn"] == role_arns(plan)["ExecutionRole"]
    assert sizes(found) == {"VCPU": "3", "MEMORY": "7000"}
    assert not {"NetworkConfiguration", "RuntimePlatform", "Volumes", "Secrets"} & set(container)
    # AWS Batch makes its own log group only while none is named.
    assert "LogConfiguration" not in container


def test_on_fargate() -> None:
    """A Fargate head job has a size that Fargate offers, and an address in public subnets."""
    found, _ = made(**FUSION, **FARGATE)
    container = found["ContainerProperties"]
    assert found["PlatformCapabilities"] == ["FARGATE"]
    assert container["NetworkConfiguration"] == {"AssignPublicIp": "ENABLED"}
    assert container["RuntimePlatform"]["CpuArchitecture"] == "X86_64"
    least, most, step = limits.FARGATE_TASK_SIZES[int(sizes(found)["VCPU"])]
    memory = int(sizes(found)["MEMORY"])
    assert least <= memory <= most
    assert (memory - least) % step == 0


def test_given_subnets_are_private_unless_said() -> None:
    """Where the subnets are the user's, a public address is a choice."""
    network = {"existing": {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-01234567"]}}
    for said, expected in ((None, "DISABLED"), (True, "ENABLED"), (False, "DISABLED")):
        definition = {"image": IMAGE, "assign_public_ip": said}
        found, _ = made(
            **FUSION,
            **FARGATE,
            aws={"network": network, "head_job_definition": definition},
        )
        network_of = found["ContainerProperties"]["NetworkConfiguration"]
        assert network_of == {"AssignPublicIp": expected}


def test_graviton_keeps_an_x86_head() -> None:
    """Compute jobs on Graviton do not make the head job one."""
    forge = {**FARGATE["forge"], "arm64_enabled": True}
    found, plan = made(**FUSION, forge=forge)
    platform = found["ContainerProperties"]["RuntimePlatform"]
    assert platform == {"CpuArchitecture": "X86_64", "OperatingSystemFamily": "LINUX"}
    assert "arch = 'linux/arm64'" in nextflow_config(plan, role_arns(plan))


def test_variables_secrets_and_log_group() -> None:
    """Variables of the head job are there, those of compute jobs not; secrets stay ARNs."""
    found, plan = made(
        log_group="/lab/jobs",
        environment=[
            {"name": "NXF_OPTS", "value": "-Xmx3g"},
            {"name": "TASKS", "value": "1", "head": False, "compute": True},
        ],
        aws={
            "head_job_definition": {
                "image": IMAGE,
                "secrets": {"TOWER_ACCESS_TOKEN": f"{SECRET}:key::"},
            }
        },
    )
    container = found["ContainerProperties"]
    assert container["Environment"] == [
        {"Name": "NXF_OPTS", "Value": "-Xmx3g"},
        {"Name": "NEXTFLOW_CONFIG", "Value": nextflow_config(plan, role_arns(plan))},
    ]
    assert container["Secrets"] == [{"Name": "TOWER_ACCESS_TOKEN", "ValueFrom": f"{SECRET}:key::"}]
    assert container["LogConfiguration"] == {
        "LogDriver": "awslogs",
        "Options": {
            "awslogs-group": "/lab/jobs",
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "TowerForge-demo-head-job",
        },
    }


def test_the_execution_role_reads_these_secrets_and_no_others() -> None:
    """The secret is allowed by its whole ARN; without secrets the statement is not there."""
    where = Scope(partition="aws", region="eu-west-1", account="111122223333")
    _, permits = DOCUMENTS["ExecutionRole"]
    for secrets, expected in (({}, None), ({"A": f"{SECRET}:key::", "B": SECRET}, SECRET)):
        definition = {"image": IMAGE, "secrets": secrets}
        _, plan = made(aws={"head_job_definition": definition})
        document = permits(where, job_access(plan, where)).to_dict()
        found = {one["Sid"]: one for one in document["Statement"]}
        statement = found.get("ReadHeadJobSecrets")
        assert (statement["Resource"] if statement else None) == expected
        if statement:
            assert statement["Action"] == "secretsmanager:GetSecretValue"


def test_a_work_directory_on_a_file_system_is_mounted() -> None:
    """The head job writes where the tasks do."""
    found, _ = made(
        work_dir="/mnt/efs/work",
        forge={"max_cpus": 64, "efs_create": True, "efs_mount": "/mnt/efs"},
    )
    container = found["ContainerProperties"]
    assert container["Volumes"] == [{"Name": "efs", "Host": {"SourcePath": "/mnt/efs"}}]
    assert container["MountPoints"] == [
        {"SourceVolume": "efs", "ContainerPath": "/mnt/efs", "ReadOnly": False}
    ]


@pytest.mark.parametrize("changes", [{}, {**FUSION, **FARGATE}], ids=["ec2", "fargate"])
def test_cloudformation_knows_every_property(changes: dict[str, Any]) -> None:
    """The schema of AWS::Batch::JobDefinition in cfn-lint takes the properties."""
    found, _ = made(
        **changes,
        log_group="/lab/jobs",
        aws={"head_job_definition": {"image": IMAGE, "secrets": {"A": SECRET}}},
    )
    found["ContainerProperties"]["JobRoleArn"] = "arn:aws:iam::111122223333:role/a"
    found["ContainerProperties"]["ExecutionRoleArn"] = "arn:aws:iam::111122223333:role/b"
    template = {
        "Resources": {"HeadJob": {"Type": "AWS::Batch::JobDefinition", "Properties": found}}
    }

    def wrong() -> list[str]:
        return [
            one
            for one in linting.said(json.dumps(template), "eu-west-1")
            if not one.startswith("I")
        ]

    assert wrong() == []
    # The judge would notice.
    container = found["ContainerProperties"]
    container["Imgae"] = container.pop("Image")
    assert wrong() != []
