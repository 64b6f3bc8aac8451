# SPDX-License-Identifier: Apache-2.0
"""Each answer of `leftovers`, each with the command that would remove it."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgePlan
from seqera_batch.account.leftovers import leftovers
from seqera_batch.account.reading import Account
from tests.account.conftest import (
    ACCOUNT,
    GROUP,
    LONG_AGO,
    NOW,
    REGION,
    WORK,
    Double,
    config,
    failure,
    ids,
    instance,
    queue,
)
from tests.docs.stand_ins import aws

if TYPE_CHECKING:
    from seqera_batch.account.answer import Answer

LABEL = [{"Key": "seqera-batch:environment", "Value": "TowerForge-lab"}]
KEPT = {"forge": {"efs_create": True}, "aws": {"work_bucket": {}}}
INTERFACE = {"NetworkInterfaceId": "eni-1", "Status": "available"}
VOLUME = {"VolumeId": "vol-1", "State": "available", "Size": 100}
EFS = {
    "OwnerId": ACCOUNT,
    "CreationToken": "t",
    "FileSystemId": "fs-1",
    "CreationTime": LONG_AGO,
    "LifeCycleState": "available",
    "NumberOfMountTargets": 0,
    "SizeInBytes": {"Value": 6144},
    "PerformanceMode": "generalPurpose",
    "Tags": LABEL,
}


def look(**said: Any) -> list[Answer]:
    """Return the answers; every command in them is one that AWS's CLI takes."""
    account = Account(REGION, account=ACCOUNT)
    answers = list(leftovers(account, ForgePlan.of(config(**said))))
    assert account.unread == []
    for answer in answers:
        _, *commands = answer.fix.split("`aws ")
        for command in commands:
            aws(_with_values(shlex.split(command.partition("`")[0])))
    return answers


def _with_values(words: list[str]) -> list[str]:
    # The stand-in takes what s3api does for operations of s3.
    return (
        ["s3", "rb"] if words[:2] == ["s3", "rb"] else [words[0].replace("s3api", "s3"), *words[1:]]
    )


@pytest.fixture
def gone(double: Double) -> Double:
    """Return an account from which the stack has gone, and all that it made."""
    double.having(
        cloudformation_DescribeStacks=failure("ValidationError"),
        batch_DescribeJobQueues__jobQueues=[],
        s3_HeadBucket=failure("404"),
        ec2_DescribeSubnets__Subnets=[],
    )
    return double


def test_nothing(gone: Double) -> None:
    """Where all has gone there is nothing to tell."""
    assert look(**KEPT) == []


SCENARIOS: dict[str, tuple[dict[str, Any], str, str]] = {
    "instance": (
        {"ec2_DescribeInstances__Reservations": [{"Instances": [instance()]}]},
        "left-over",
        "the instance i-1 is left over: the stack has gone",
    ),
    "volume": ({"ec2_DescribeVolumes__Volumes": [VOLUME]}, "left-over", "the volume vol-1"),
    "interface": (
        {"ec2_DescribeNetworkInterfaces__NetworkInterfaces": [INTERFACE]},
        "left-over",
        "the network interface eni-1",
    ),
    "launch template": (
        {
            "ec2_DescribeLaunchTemplates__LaunchTemplates": [
                {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "old"}
            ]
        },
        "left-over",
        "the launch template lt-1",
    ),
    "security group": (
        {"ec2_DescribeSecurityGroups__SecurityGroups": [{"GroupId": "sg-1"}]},
        "left-over",
        "the security group sg-1",
    ),
    "subnet": (
        {"ec2_DescribeSubnets__Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}]},
        "left-over",
        "the subnet subnet-1",
    ),
    "VPC": ({"ec2_DescribeVpcs__Vpcs": [{"VpcId": "vpc-1"}]}, "left-over", "the VPC vpc-1"),
    "log group": (
        {
            "logs_DescribeLogGroups__logGroups": [
                {"logGroupName": "/seqera-batch/TowerForge-lab/nodes"}
            ]
        },
        "left-over",
        "the log group /seqera-batch/TowerForge-lab/nodes",
    ),
    "file system": (
        {"efs_DescribeFileSystems__FileSystems": [EFS]},
        "left-on-purpose",
        "the file system (efs) fs-1 was kept",
    ),
    "bucket": (
        {"s3_HeadBucket": {"BucketRegion": REGION}},
        "left-on-purpose",
        "the bucket lab-work was kept",
    ),
    "job definitions": (
        {
            "batch_DescribeJobDefinitions__jobDefinitions": [
                {
                    "jobDefinitionName": f"nf-{number}",
                    "jobDefinitionArn": f"arn{number}",
                    "revision": 1,
                    "type": "container",
                }
                for number in range(120)
            ]
        },
        "piled-up",
        "120 job definitions",
    ),
    "uploads": (
        {
            "s3_ListMultipartUploads__Uploads": [
                {"Key": "a b", "UploadId": "u", "Initiated": NOW - timedelta(days=3)},
                {"Key": "new", "UploadId": "v", "Initiated": NOW},
            ]
        },
        "uploads-unfinished",
        "1 unfinished uploads in the bucket lab-work",
    ),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_answers(name: str, gone: Double) -> None:
    """What is still there is told, with the command that would remove it."""
    lists, leaf, says = SCENARIOS[name]
    gone.having(**lists)
    [answer] = look(**KEPT)
    assert ids([answer]) == [leaf]
    assert answer.says.startswith(says)
    assert "aws " in answer.fix


def test_what_a_kept_file_system_holds(gone: Double) -> None:
    """Group, subnet and VPC of a kept FSx are kept on purpose, and told after it."""
    vpc, system = "vpc-0123456789abcdef0", "fs-0123456789abcdef0"
    lustre = {"FileSystemId": system, "VpcId": vpc, "CreationTime": NOW, "Tags": EFS["Tags"]}
    gone.having(
        fsx_DescribeFileSystems__FileSystems=[lustre],
        ec2_DescribeSecurityGroups__SecurityGroups=[{"GroupId": "sg-1", "VpcId": vpc}],
        ec2_DescribeSubnets__Subnets=[{"SubnetId": "subnet-1", "VpcId": vpc}],
        ec2_DescribeVpcs__Vpcs=[{"VpcId": vpc}, {"VpcId": "vpc-2"}],
    )
    answers = look(**KEPT)
    assert [(one.leaf.id, one.about) for one in answers] == [
        *(("left-on-purpose", name) for name in (system, "sg-1", "subnet-1", vpc)),
        ("left-over", "vpc-2"),
    ]


def test_of_others(gone: Double) -> None:
    """What has another environment's label is not told of."""
    other = [{"Key": "seqera-batch:environment", "Value": "TowerForge-other"}]
    gone.having(efs_DescribeFileSystems__FileSystems=[{**EFS, "Tags": other}])
    assert look() == []


def test_deployed(double: Double) -> None:
    """Where the stack exists, only what nothing uses is left over."""
    orphan = instance("i-2", Tags=[{"Key": "aws:autoscaling:groupName", "Value": "gone"}])
    double.having(
        ec2_DescribeInstances__Reservations=[{"Instances": [instance(), orphan]}],
        ec2_DescribeVolumes__Volumes=[VOLUME, {**VOLUME, "VolumeId": "vol-2", "State": "in-use"}],
        ec2_DescribeSecurityGroups__SecurityGroups=[{"GroupId": "sg-1"}],
    )
    assert GROUP in str(instance())
    assert [answer.about for answer in look()] == ["i-2", "vol-1"]


def test_stack_of_another_name(gone: Double) -> None:
    """While its queues are there an environment is in use, whatever its stack is called."""
    gone.having(
        batch_DescribeJobQueues__jobQueues=[queue(WORK, "work")],
        ec2_DescribeInstances__Reservations=[{"Instances": [instance()]}],
        ec2_DescribeSecurityGroups__SecurityGroups=[{"GroupId": "sg-1"}],
    )
    assert ids(look()) == ["stack-missing"]


def test_half_deleted(double: Double) -> None:
    """A stack that was deleted in part is told first."""
    one = {"StackName": "s", "CreationTime": LONG_AGO, "StackStatus": "DELETE_FAILED"}
    double.having(cloudformation_DescribeStacks__Stacks=[one])
    assert ids(look()) == ["stack-half-deleted"]


def test_nothing_is_removed(gone: Double) -> None:
    """No call changes anything: all of them describe, list, get or look at the head."""
    for lists, _, _ in SCENARIOS.values():
        gone.having(**lists)
    look(**KEPT)
    for call in gone.asked:
        assert call.partition(":")[2].startswith(("Describe", "List", "Get", "Head")), call
