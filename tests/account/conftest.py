# SPDX-License-Identifier: Apache-2.0
"""A double of AWS behind boto3: recorded answers, each held against the API's own model.

moto always has environments VALID and knows neither queue snapshots nor failed scaling activities,
so that every answer that matters is written down here; where moto is to be trusted,
`test_against_moto.py` asks it the same.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore import hooks  # type: ignore[import-untyped]
from botocore.client import BaseClient  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from botocore.handlers import json_decode_policies  # type: ignore[import-untyped]
from botocore.validate import validate_parameters  # type: ignore[import-untyped]

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.account.reading import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seqera_batch.account.answer import Answer

    Reply = Any

ACCOUNT = "111122223333"
REGION = "eu-west-1"
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=2)


def milliseconds(minutes: int) -> int:
    """Return a time of AWS Batch, minutes before now."""
    return int((NOW - timedelta(minutes=minutes)).timestamp() * 1000)


def arn(service: str, resource: str) -> str:
    """Return the ARN of a resource of the account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def failure(code: str, message: str = "it is so") -> ClientError:
    """Return an error of AWS's."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


DENIED = failure("AccessDeniedException", "User: … is not authorized to perform …")


@dataclass
class Double:
    """Answers of an account.

    Attributes:
        replies: By service and operation, as boto3's clients name them: an answer, an error, or a
            function of what is asked. What is not here answers with nothing in it.
        asked: The calls that were made, as IAM names services.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def call(self, client: BaseClient, operation: str, parameters: dict[str, Any]) -> Reply:
        """Answer one call, as botocore would: both sides are held against the service's model."""
        service = client.meta.service_model.service_name
        self.asked.append(f"{service}:{operation}")
        model = client.meta.service_model.operation_model(operation)
        # Raises where a required argument is missing or one does not exist.
        client._convert_to_request_dict(  # noqa: SLF001 - what a real call does first
            parameters, model, f"https://{service}.{REGION}.amazonaws.com"
        )
        reply = self.replies.get(f"{service}:{operation}", {})
        if callable(reply):
            reply = reply(parameters)
        if isinstance(reply, Exception):
            raise reply
        # Raises where an answer has what AWS never answers, or lacks what it always does.
        if reply and model.output_shape is not None and "ResponseMetadata" not in reply:
            validate_parameters(reply, model.output_shape)
        reply = deepcopy(reply)
        # IAM's documents come as text, and botocore reads them.
        json_decode_policies(parsed=reply, model=model)
        return reply

    def answerer(self) -> Callable[..., Reply]:
        """Return what stands in for the method of all clients that makes a call."""

        def answer(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Reply:
            return self.call(client, operation, parameters)

        return answer

    def having(self, **lists: Reply) -> None:
        """Put lists into answers; `batch_ListJobs__jobSummaryList=[…]`."""
        for name, value in lists.items():
            call, _, key = name.partition("__")
            self.replies[call.replace("_", ":", 1)] = {key: value} if key else value


HEAD, WORK = "TowerForge-lab-head", "TowerForge-lab-work"


def compute(name: str, **changed: Any) -> dict[str, Any]:
    """Return a compute environment that is well, as AWS Batch describes it."""
    resources = {
        "type": "SPOT",
        "allocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED",
        "minvCpus": 0,
        "maxvCpus": 64,
        "desiredvCpus": 0,
        "instanceTypes": ["m6i"],
        "subnets": ["subnet-1"],
        "instanceRole": f"arn:aws:iam::{ACCOUNT}:instance-profile/TowerForge-lab-Profile",
        **changed.pop("computeResources", {}),
    }
    return {
        "computeEnvironmentName": name,
        "computeEnvironmentArn": arn("batch", f"compute-environment/{name}"),
        "ecsClusterArn": arn("ecs", f"cluster/AWSBatch-{name}-1"),
        "state": "ENABLED",
        "status": "VALID",
        "statusReason": "ComputeEnvironment Healthy",
        "computeResources": resources,
        **changed,
    }


def queue(name: str, environment: str, **changed: Any) -> dict[str, Any]:
    """Return a job queue that is well."""
    return {
        "jobQueueName": name,
        "jobQueueArn": arn("batch", f"job-queue/{name}"),
        "state": "ENABLED",
        "status": "VALID",
        "priority": 1,
        "computeEnvironmentOrder": [
            {"order": 1, "computeEnvironment": arn("batch", f"compute-environment/{environment}")}
        ],
        **changed,
    }


def job(name: str = "j-1", *, in_queue: str = WORK, **changed: Any) -> dict[str, Any]:
    """Return a job that waits for half an hour."""
    asks = changed.pop("asks", {"VCPU": 2, "MEMORY": 4096})
    return {
        "jobId": name,
        "jobArn": arn("batch", f"job/{name}"),
        "jobName": f"nf-{name}",
        "jobQueue": arn("batch", f"job-queue/{in_queue}"),
        "jobDefinition": arn("batch", "job-definition/nf-align:1"),
        "status": "RUNNABLE",
        "createdAt": milliseconds(30),
        "startedAt": 0,
        "container": {
            "resourceRequirements": [
                {"type": kind, "value": str(value)} for kind, value in asks.items()
            ]
        },
        **changed,
    }


def only(key: str, name: str, items: list[dict[str, Any]]) -> Callable[[dict[str, Any]], Reply]:
    """Return a function that answers with the items that are asked for by name.

    Args:
        key: Of the list, in question and answer.
        name: What an item is called in the question: keys of the item.
        items: All there are.
    """

    def reply(asked: dict[str, Any]) -> Reply:
        wanted = asked.get(key)
        return {
            key: [
                one
                for one in items
                if wanted is None or {one[each] for each in name.split()} & set(wanted)
            ]
        }

    return reply


def type_of(name: str, vcpus: int, mib: int, gpus: int = 0) -> dict[str, Any]:
    """Return an instance type as EC2 describes it."""
    described: dict[str, Any] = {
        "InstanceType": name,
        "VCpuInfo": {"DefaultVCpus": vcpus},
        "MemoryInfo": {"SizeInMiB": mib},
    }
    if gpus:
        described["GpuInfo"] = {"Gpus": [{"Name": "T4", "Count": gpus}]}
    return described


def instance(name: str = "i-1", *, minutes: int = 60, **changed: Any) -> dict[str, Any]:
    """Return a node of the environment for tasks."""
    return {
        "InstanceId": name,
        "State": {"Name": "running"},
        "LaunchTime": NOW - timedelta(minutes=minutes),
        "SubnetId": "subnet-1",
        "Tags": [{"Key": "aws:autoscaling:groupName", "Value": GROUP}, *LABEL],
        **changed,
    }


LABEL = [{"Key": "seqera-batch:environment", "Value": "TowerForge-lab"}]
GROUP = "AWSBatch-work-asg-1"
SCALING_GROUP = {
    "AutoScalingGroupName": GROUP,
    "MinSize": 0,
    "MaxSize": 10,
    "DesiredCapacity": 1,
    "DefaultCooldown": 0,
    "AvailabilityZones": ["eu-west-1a"],
    "HealthCheckType": "EC2",
    "CreatedTime": LONG_AGO,
}


def registered(name: str = "i-1", **changed: Any) -> dict[str, Any]:
    """Return a node as ECS describes it, with all its room taken."""
    return {
        "ec2InstanceId": name,
        "status": "ACTIVE",
        "agentConnected": True,
        "attributes": [{"name": "com.amazonaws.ecs.capability.logging-driver.awslogs"}],
        "remainingResources": [{"name": "CPU", "integerValue": 0}],
        **changed,
    }


def config(**changed: Any) -> ForgeConfig:
    """Return the file of the environment."""
    forge = changed.pop("forge", {})
    data: dict[str, Any] = {
        "name": "lab",
        "region": REGION,
        "work_dir": "s3://lab-work/dir",
        "forge": None if forge is None else {"type": "SPOT", "max_cpus": 64, **forge},
        "aws": {"account": ACCOUNT, **changed.pop("aws", {})},
        **changed,
    }
    return ForgeConfig.from_dict(data)


@cache
def _client(service: str) -> BaseClient:
    """Return a client for all tests: to make one takes longer than all that is asked of it."""
    return boto3.client(service, region_name=REGION)


@pytest.fixture(scope="session", autouse=True)
def quick_sessions() -> Iterator[None]:
    """Let botocore look once at what each of its sessions registers: half of these tests' time."""
    aliased = hooks.EventAliaser(hooks.HierarchicalEmitter())._alias_event_name  # noqa: SLF001
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hooks, "accepts_kwargs", cache(hooks.accepts_kwargs))
        patched.setattr(hooks.EventAliaser, "_alias_event_name", staticmethod(aliased))
        yield


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Double:
    """Return an account in which all is well, and nothing waits."""
    found = Double()
    monkeypatch.setattr(BaseClient, "_make_api_call", found.answerer())
    monkeypatch.setattr(Account, "now", NOW)
    monkeypatch.setattr(Account, "_client", lambda _, service: _client(service))
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    well(found)
    return found


def well(double: Double, environment: str = "TowerForge-lab") -> None:
    """Fill in an environment that is deployed, where all is well."""
    queues = [queue(f"{environment}-{name}", name) for name in ("head", "work")]
    environments = [
        compute("head", computeResources={"type": "EC2", "instanceTypes": ["m6i"]}),
        compute("work"),
    ]
    double.replies |= {
        "sts:GetCallerIdentity": {
            "Account": ACCOUNT,
            "UserId": "AIDA",
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/ada",
        },
        "cloudformation:DescribeStacks": {
            "Stacks": [
                {
                    "StackName": environment,
                    "CreationTime": LONG_AGO,
                    "StackStatus": "CREATE_COMPLETE",
                }
            ]
        },
        "ec2:DescribeRouteTables": {
            "RouteTables": [
                {
                    "RouteTableId": "rtb-1",
                    "VpcId": "vpc-1",
                    "Associations": [{"Main": True}],
                    "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}],
                }
            ]
        },
        "s3:HeadBucket": {"BucketRegion": REGION},
        "s3:GetBucketEncryption": failure("ServerSideEncryptionConfigurationNotFoundError"),
        "s3:GetBucketPolicy": failure("NoSuchBucketPolicy"),
        "service-quotas:GetServiceQuota": {"Quota": {"Value": 1000.0}},
        "ec2:DescribeVpcAttribute": {
            "EnableDnsSupport": {"Value": True},
            "EnableDnsHostnames": {"Value": True},
        },
        "batch:DescribeJobQueues": only("jobQueues", "jobQueueName", queues),
        "batch:DescribeComputeEnvironments": only(
            "computeEnvironments", "computeEnvironmentArn computeEnvironmentName", environments
        ),
        "autoscaling:DescribeAutoScalingGroups": {"AutoScalingGroups": [SCALING_GROUP]},
        "autoscaling:DescribeScalingActivities": {"Activities": []},
        "ec2:DescribeSubnets": {
            "Subnets": [
                {
                    "SubnetId": "subnet-1",
                    "VpcId": "vpc-1",
                    "AvailabilityZone": "eu-west-1a",
                    "AvailableIpAddressCount": 200,
                    "MapPublicIpOnLaunch": True,
                }
            ]
        },
        "ec2:DescribeInstanceTypeOfferings": {
            "InstanceTypeOfferings": [
                {"InstanceType": "m6i.large", "Location": "eu-west-1a"},
                {"InstanceType": "m6i.32xlarge", "Location": "eu-west-1a"},
            ]
        },
        "ec2:DescribeInstanceTypes": {
            "InstanceTypes": [
                type_of("m6i.large", 2, 8192),
                type_of("m6i.32xlarge", 128, 524288),
                type_of("m6i.metal", 128, 524288),
            ]
        },
    }


@pytest.fixture
def plan() -> ForgePlan:
    """Return the plan of the environment."""
    return ForgePlan.of(config())


def ids(answers: Any) -> list[str]:
    """Return the leaves of answers, in their order."""
    given: list[Answer] = list(answers)
    # Every answer can be told, whatever its words are.
    for one in given:
        assert one.says
        assert "{" not in one.says + one.fix
        assert one.leaf.source.startswith("https://")
    return [one.leaf.id for one in given]
