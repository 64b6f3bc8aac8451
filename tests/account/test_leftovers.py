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
from seqera_batch.account.removal import (
    FIRST,
    LABELLED,
    NAMED,
    NOT_TOLD,
    OF_STACK,
    REMOVALS,
    TAGGED,
    WITH_OTHERS,
)
from seqera_batch.kinds import KINDS
from tests.account.conftest import (
    ACCOUNT,
    GROUP,
    LABEL,
    LONG_AGO,
    NOW,
    REGION,
    SCALING_GROUP,
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

UUID = "01234567-89ab-cdef-0123-456789abcdef"
OF_BATCH = {**SCALING_GROUP, "AutoScalingGroupName": f"AWSBatch-old-asg-{UUID}"}
ROLE = {
    "Path": "/",
    "RoleName": "TowerForge-lab-HeadJobRole",
    "RoleId": "AROAEXAMPLEEXAMPLE",
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/TowerForge-lab-HeadJobRole",
    "CreateDate": LONG_AGO,
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
        iam_GetRole=failure("NoSuchEntity"),
        ec2_DescribeSubnets__Subnets=[],
        ec2_DescribeRouteTables__RouteTables=[],
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
    "internet gateway": (
        {
            "ec2_DescribeInternetGateways__InternetGateways": [
                {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1"}]}
            ]
        },
        "left-over",
        "the internet gateway igw-1",
    ),
    "NAT gateway": (
        {
            "ec2_DescribeNatGateways__NatGateways": [
                {"NatGatewayId": "nat-1", "State": "available", "VpcId": "vpc-1"},
                {"NatGatewayId": "nat-2", "State": "deleted", "VpcId": "vpc-1"},
            ]
        },
        "left-over",
        "the NAT gateway nat-1 is left over: the stack has gone; charged by the hour",
    ),
    "address": (
        {
            "ec2_DescribeAddresses__Addresses": [
                {"AllocationId": "eipalloc-1", "PublicIp": "192.0.2.1"}
            ]
        },
        "left-over",
        "the elastic IP address eipalloc-1 is left over: the stack has gone; its NAT gateway goes",
    ),
    "flow log": (
        {"ec2_DescribeFlowLogs__FlowLogs": [{"FlowLogId": "fl-1"}]},
        "left-over",
        "the flow log fl-1",
    ),
    "route table": (
        {"ec2_DescribeRouteTables__RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1"}]},
        "left-over",
        "the route table rtb-1",
    ),
    **{
        arn: (
            {
                "resourcegroupstaggingapi_GetResources__ResourceTagMappingList": [
                    {"ResourceARN": f"arn:aws:{arn}"}
                ]
            },
            "left-over",
            says,
        )
        for arn, says in {
            f"sns:{REGION}:{ACCOUNT}:t": f"the topic arn:aws:sns:{REGION}:{ACCOUNT}:t is",
            f"sqs:{REGION}:{ACCOUNT}:q": (
                f"the queue of events https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/q is"
            ),
            f"events:{REGION}:{ACCOUNT}:rule/r": "the event rule r is",
            f"cloudwatch:{REGION}:{ACCOUNT}:alarm:a": "the alarm a is",
            f"lambda:{REGION}:{ACCOUNT}:function:f": "the function arn:aws:lambda",
            f"secretsmanager:{REGION}:{ACCOUNT}:secret:s-1": "the secret arn:aws:secretsmanager",
            f"batch:{REGION}:{ACCOUNT}:scheduling-policy/p": "the scheduling policy arn:aws:batch",
            f"batch:{REGION}:{ACCOUNT}:job-definition/d:1": "the job definition arn:aws:batch",
        }.items()
    },
    "role": (
        {
            "iam_GetRole": lambda asked: (
                {"Role": ROLE}
                if asked["RoleName"].endswith("HeadJobRole")
                else failure("NoSuchEntity")
            )
        },
        "left-over",
        "the role TowerForge-lab-HeadJobRole is left over: the stack has gone; its policies go",
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
        "the EFS file system fs-1 was kept",
    ),
    "bucket": (
        {"s3_HeadBucket": {"BucketRegion": REGION}},
        "left-on-purpose",
        "the bucket lab-work was kept",
    ),
    "group of AWS Batch": (
        {"autoscaling_DescribeAutoScalingGroups__AutoScalingGroups": [OF_BATCH]},
        "left-by-batch",
        f"the Auto Scaling group AWSBatch-old-asg-{UUID} is AWS Batch's own",
    ),
    "cluster of AWS Batch": (
        {
            "ecs_ListClusters__clusterArns": [
                f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{name}_Batch_{UUID}"
                for name in ("old", "work")
            ]
        },
        "left-by-batch",
        f"the ECS cluster old_Batch_{UUID} is AWS Batch's own, of a compute environment old",
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
    assert "aws " in answer.fix or leaf == "left-by-batch"


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


def test_on_its_way(gone: Double) -> None:
    """What is being deleted is not left over."""
    gone.having(
        efs_DescribeFileSystems__FileSystems=[{**EFS, "LifeCycleState": "deleting"}],
        ec2_DescribeNatGateways__NatGateways=[{"NatGatewayId": "nat-1", "State": "deleting"}],
    )
    assert look(**KEPT) == []


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


def test_endpoints_are_found_by_their_vpc(gone: Double) -> None:
    """Endpoints have no label of their own."""
    vpc = {"Name": "vpc-id", "Values": ["vpc-1"]}

    def endpoints(asked: dict[str, Any]) -> Any:
        assert asked["Filters"] == [vpc]
        return {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcId": "vpc-1"}]}

    gone.having(ec2_DescribeVpcs__Vpcs=[{"VpcId": "vpc-1"}], ec2_DescribeVpcEndpoints=endpoints)
    assert [one.about for one in look()] == ["vpce-1", "vpc-1"]


def resource(type_: str, name: str, status: str, reason: str | None = None) -> dict[str, Any]:
    """Return a resource of a stack as CloudFormation lists it."""
    said = {} if reason is None else {"ResourceStatusReason": reason}
    return {
        "LogicalResourceId": "It",
        "PhysicalResourceId": name,
        "ResourceType": type_,
        "LastUpdatedTimestamp": LONG_AGO,
        "ResourceStatus": status,
        **said,
    }


def half(double: Double, *resources: dict[str, Any]) -> None:
    """Let a stack be deleted in part."""
    one = {"StackName": "s", "CreationTime": LONG_AGO, "StackStatus": "DELETE_FAILED"}
    double.having(
        cloudformation_DescribeStacks__Stacks=[one],
        cloudformation_ListStackResources__StackResourceSummaries=list(resources),
        ec2_DescribeSubnets__Subnets=[],
        ec2_DescribeRouteTables__RouteTables=[],
        s3_HeadBucket=failure("404"),
    )


def test_half_deleted(double: Double) -> None:
    """A stack that was deleted in part is told first, then all that is there of it."""
    half(
        double,
        resource("AWS::EC2::SecurityGroup", "sg-1", "DELETE_FAILED", "has a dependent object"),
        resource("AWS::EC2::Subnet", "subnet-1", "DELETE_COMPLETE"),
        resource("AWS::EC2::Route", "r", "CREATE_COMPLETE"),
        resource("AWS::EC2::EIP", "192.0.2.1", "CREATE_COMPLETE"),
        resource("AWS::Batch::ComputeEnvironment", "ce", "DELETE_FAILED", "CE is INVALID"),
        resource("AWS::S3::Bucket", "kept", "DELETE_SKIPPED"),
        resource("AWS::KMS::Key", "k", "DELETE_SKIPPED"),
        resource("AWS::CDK::Metadata", "m", "CREATE_COMPLETE"),
        resource("AWS::Somebodys::Thing", "x", "CREATE_COMPLETE"),
    )
    double.having(
        ec2_DescribeVpcs__Vpcs=[{"VpcId": "vpc-1"}],
        ec2_DescribeSecurityGroups__SecurityGroups=[{"GroupId": "sg-1", "VpcId": "vpc-1"}],
        ec2_DescribeAddresses__Addresses=[{"AllocationId": "eipalloc-1"}],
    )
    answers = look()
    assert [(one.leaf.id, one.about) for one in answers] == [
        ("stack-half-deleted", "TowerForge-lab"),
        ("left-over", "eipalloc-1"),
        ("left-over", "sg-1"),
        ("left-over", "vpc-1"),
        ("left-over", "ce"),
        ("left-on-purpose", "kept"),
        ("left-over", "x"),
    ]
    _, _, group, vpc, environment, *_ = answers
    assert "it goes as the stack is deleted again, once nothing holds it" in vpc.says
    assert group.says == "the security group sg-1 is left over: has a dependent object"
    assert environment.fix.count("`aws batch") == 2


def test_a_gateway_of_no_vpc(gone: Double) -> None:
    """What nothing is attached to is not detached."""
    gone.having(
        ec2_DescribeInternetGateways__InternetGateways=[
            {"InternetGatewayId": "igw-1", "Attachments": []}
        ]
    )
    [answer] = look()
    assert answer.fix.startswith("`aws ec2 delete-internet-gateway --internet-gateway-id igw-1")


def test_each_kind_is_looked_for() -> None:
    """Whatever the library can make stands in one table, with how it is removed."""
    tables = (LABELLED.keys(), TAGGED.keys(), NAMED, OF_STACK, WITH_OTHERS, NOT_TOLD.keys())
    every = [type_ for table in tables for type_ in table]
    assert sorted(every) == sorted(KINDS)
    assert REMOVALS.keys() == {*LABELLED, *TAGGED, *NAMED, *OF_STACK}
    assert FIRST.keys() <= REMOVALS.keys()


@pytest.mark.parametrize("type_", REMOVALS)
def test_each_kind_that_is_there_in_part(type_: str, double: Double) -> None:
    """Each can be left by a stack, and its commands are those that AWS's CLI takes."""
    half(double, resource(type_, "it", "DELETE_FAILED", "why"))
    answers = look()
    # An address is found by its label only.
    expected = [] if type_ == "AWS::EC2::EIP" else ["it"]
    assert [one.about for one in answers[1:]] == expected


def test_nothing_is_removed(gone: Double) -> None:
    """No call changes anything: all of them describe, list, get or look at the head."""
    for lists, _, _ in SCENARIOS.values():
        gone.having(**lists)
    look(**KEPT)
    for call in gone.asked:
        assert call.partition(":")[2].startswith(("Describe", "List", "Get", "Head")), call
