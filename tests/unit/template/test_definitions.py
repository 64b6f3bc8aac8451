# SPDX-License-Identifier: Apache-2.0
"""Job definitions for tasks: what AWS Batch gets, what pipelines get, and that both go together."""

from __future__ import annotations

import json
from typing import Any

from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff import choosing
from seqera_batch.plan import ForgePlan
from seqera_batch.template import environment
from tests.linting import said

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:lab/key-AbCdEf"  # noqa: S105
MADE = {"name": "aligner", "image": "example.org/aligner:1"}


def plan_of(*made: Any, **changes: Any) -> ForgePlan:  # noqa: ANN401 - fields of the file
    """Return the plan of an environment with these definitions."""
    aws = {"account": "111122223333", "job_definitions": list(made), **changes.pop("aws", {})}
    data = {
        "name": "demo",
        "region": "eu-west-1",
        "work_dir": "s3://example-work/run",
        "forge": {"type": "SPOT", "max_cpus": 64},
        "aws": aws,
        **changes,
    }
    return ForgePlan.of(ForgeConfig.from_dict(data))


def properties(plan: ForgePlan) -> dict[str, Any]:
    """Return the one definition's."""
    made = environment(plan, plan.scope())
    [found] = [one for one in made.values() if one.type == "AWS::Batch::JobDefinition"]
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"One": found.to_dict()}}
    assert not [one for one in said(json.dumps(template), plan.region) if not one.startswith("I")]
    rendered: dict[str, Any] = found.to_dict()["Properties"]
    return rendered


def test_one_that_exists_is_named_alone() -> None:
    """Nothing is made of it, and pipelines may run by it."""
    plan = plan_of("aligner")
    made = environment(plan, plan.scope())
    assert "AlignerJobDefinition" not in made
    assert plan.roles.job_definitions == ("aligner",)


def test_what_all_tasks_have() -> None:
    """Roles, the AWS CLI of the nodes, their folders: as definitions that Nextflow registers."""
    plan = plan_of(MADE, volumes=["/data:/inside"], log_group="/lab/jobs")
    found = properties(plan)
    assert found["JobDefinitionName"] == "TowerForge-demo-aligner"
    assert found["RetryStrategy"] == {"Attempts": 1}
    container = found["ContainerProperties"]
    assert container["JobRoleArn"].endswith("role/TowerForge-demo-ComputeJobRole")
    assert container["ExecutionRoleArn"].endswith("role/TowerForge-demo-ExecutionRole")
    assert container["LogConfiguration"]["Options"]["awslogs-group"] == "/lab/jobs"
    cli = "/opt/seqera-batch/aws-cli/v2/current"
    sources = {one["Name"]: one["Host"]["SourcePath"] for one in container["Volumes"]}
    assert [
        (sources[one["SourceVolume"]], one["ContainerPath"], one["ReadOnly"])
        for one in container["MountPoints"]
    ] == [(cli, cli, True), ("/data", "/inside", False)]
    assert plan.roles.job_definitions == ("TowerForge-demo-aligner",)


def test_everything_that_can_be_said() -> None:
    """Each field is where AWS Batch takes it."""
    found = properties(
        plan_of(
            {
                **MADE,
                "command": ["align", "--help"],
                "cpus": 4,
                "memory_mb": 8192,
                "gpus": 1,
                "volumes": ["/scratch:/tmp"],
                "environment": {"THREADS": "4"},
                "secrets": {"LICENCE": SECRET},
                "registry_credentials": SECRET,
                "shared_memory_mb": 64,
                "devices": ["/dev/fuse"],
                "attempts": 3,
                "timeout_minutes": 2,
            }
        )
    )
    assert found["Timeout"] == {"AttemptDurationSeconds": 120}
    assert found["RetryStrategy"]["EvaluateOnExit"] == [
        {"Action": "RETRY", "OnStatusReason": "Host EC2*"},
        {"Action": "EXIT", "OnReason": "*"},
    ]
    container = found["ContainerProperties"]
    assert container["Command"] == ["align", "--help"]
    assert {one["Type"]: one["Value"] for one in container["ResourceRequirements"]} == {
        "VCPU": "4",
        "MEMORY": "8192",
        "GPU": "1",
    }
    assert container["Environment"] == [{"Name": "THREADS", "Value": "4"}]
    assert container["Secrets"] == [{"Name": "LICENCE", "ValueFrom": SECRET}]
    assert container["RepositoryCredentials"] == {"CredentialsParameter": SECRET}
    assert container["LinuxParameters"] == {
        "SharedMemorySize": 64,
        "Devices": [{"HostPath": "/dev/fuse"}],
    }
    again = {**MADE, "attempts": 2, "retried_after": "any_failure"}
    assert properties(plan_of(again))["RetryStrategy"] == {"Attempts": 2}


def test_processes_run_by_it() -> None:
    """A label that chooses a queue too has one block: of two alike Nextflow takes the last."""
    chosen = {**MADE, "process_labels": ["big"], "process_names": ["ALIGN"]}
    plan = plan_of(chosen, aws={"queues": [{"name": "big", "type": "EC2", "max_cpus": 8}]})
    container = "container = 'job-definition://TowerForge-demo-aligner'"
    text = "\n".join(line.strip() for line in choosing.selectors(plan))
    assert text.count("withLabel: 'big'") == 1
    assert f"MB]\n{container}\n}}" in text
    assert f"withName: 'ALIGN' {{\n{container}\n}}" in text


def test_without_queues_of_ours() -> None:
    """In Manual mode too, with the AWS CLI that the file names; with Fusion tasks need none."""
    queues = {"head_queue": "head", "compute_queue": "work", "forge": None}
    found = properties(plan_of(MADE, **queues, cli_path="/opt/aws/bin/aws"))
    assert [one["ContainerPath"] for one in found["ContainerProperties"]["MountPoints"]] == [
        "/opt/aws"
    ]
    fusion = {"wave_enabled": True, "fusion2_enabled": True}
    assert "MountPoints" not in properties(plan_of(MADE, **fusion))["ContainerProperties"]
