# SPDX-License-Identifier: Apache-2.0
"""Each answer of `check`, from an account that lacks one thing, or has one in the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgePlan
from seqera_batch.account.check import check
from seqera_batch.account.reading import Account
from tests.account.conftest import (
    ACCOUNT,
    LONG_AGO,
    REGION,
    Double,
    arn,
    compute,
    config,
    failure,
    ids,
    only,
    queue,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[Double], None]

GONE = failure("NoSuchEntity")
IMAGE = "ami-0123456789abcdef0"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/lab/own"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
KEY = arn("kms", "key/01234567-89ab-cdef-0123-456789abcdef")
NETWORK = {
    "existing": {
        "vpc_id": "vpc-0123456789abcdef0",
        "subnets": ["subnet-0123456789abcdef0"],
        "security_groups": ["sg-0123456789abcdef0"],
    }
}
[SUBNET], [GROUP], VPC = (
    NETWORK["existing"]["subnets"],
    NETWORK["existing"]["security_groups"],
    NETWORK["existing"]["vpc_id"],
)


def role(service: str = "ecs-tasks.amazonaws.com") -> dict[str, Any]:
    """Return a role that a service may take."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {
        "Role": {
            "Path": "/",
            "RoleName": "own-role",
            "RoleId": "AROAEXAMPLEEXAMPLE",
            "Arn": ROLE,
            "CreateDate": LONG_AGO,
            # botocore reads the document; its model says text.
            "AssumeRolePolicyDocument": json.dumps({"Statement": [trust]}),
        }
    }


def roles(found: Callable[[str], Any]) -> Change:
    """Return a change of what roles there are; those of AWS's services are."""

    def reply(asked: dict[str, Any]) -> Any:
        name = asked["RoleName"]
        return role() if name.startswith("AWSServiceRole") else found(name)

    return having(iam_GetRole=reply)


def having(**lists: Any) -> Change:
    """Return a change that puts lists into answers."""
    return lambda double: double.having(**lists)


@pytest.fixture
def ready(double: Double) -> Double:
    """Return an account that is ready, and where nothing is deployed."""
    prepare(double)
    return double


def prepare(double: Double) -> None:
    """Make an account ready, with nothing deployed in it."""
    double.having(
        cloudformation_DescribeStacks=failure("ValidationError"),
        ssm_GetParameter__Parameter={"Name": "v", "Value": "21"},
        batch_DescribeJobQueues__jobQueues=[],
        batch_DescribeComputeEnvironments__computeEnvironments=[],
        iam_GetRole=lambda asked: (
            role() if asked["RoleName"].startswith("AWSServiceRole") else GONE
        ),
        ec2_DescribeSubnets__Subnets=[subnet()],
        ec2_DescribeRouteTables__RouteTables=[table("igw-1")],
        ec2_DescribeSecurityGroups__SecurityGroups=[group("-1")],
        ec2_DescribeInstanceTypeOfferings__InstanceTypeOfferings=[
            {"InstanceType": f"{family}.large", "Location": "eu-west-1a"}
            for family in ("m6i", "c6i", "r6i", "c7i", "m6id", "c6id", "r6id")
        ],
    )


def subnet(**changed: Any) -> dict[str, Any]:
    """Return a subnet that is well."""
    return {
        "SubnetId": SUBNET,
        "VpcId": VPC,
        "AvailabilityZone": "eu-west-1a",
        "AvailableIpAddressCount": 200,
        "MapPublicIpOnLaunch": True,
        **changed,
    }


def table(target: str | None, state: str = "active") -> dict[str, Any]:
    """Return the main route table of the VPC."""
    key = "NatGatewayId" if str(target).startswith("nat-") else "GatewayId"
    route = {"DestinationCidrBlock": "0.0.0.0/0", key: target, "State": state}
    return {
        "RouteTableId": "rtb-1",
        "VpcId": VPC,
        "Associations": [{"Main": True}],
        "Routes": [] if target is None else [route],
    }


def group(protocol: str, port: int = 0) -> dict[str, Any]:
    """Return a security group with one rule for what goes out."""
    rule = {"IpProtocol": protocol, "FromPort": port, "ToPort": port}
    return {"GroupId": GROUP, "IpPermissionsEgress": [rule]}


def endpoints(*services: str, **more: Any) -> Change:
    """Return a change after which the VPC has no route out, and these endpoints."""
    names = [f"com.amazonaws.{REGION}.{one}" for one in services]
    said = {"VpcId": VPC, "State": "available", **more}
    made = [{"VpcEndpointId": "vpce-1", "ServiceName": one, **said} for one in names]
    return having(
        ec2_DescribeRouteTables__RouteTables=[table(None)],
        ec2_DescribeVpcEndpoints__VpcEndpoints=made,
    )


def nat_in_a_subnet_with_a_route_to(target: str | None) -> tuple[Change, ...]:
    """Return a change after which the subnet has a NAT gateway, which lies in another subnet."""
    of_nat = table(target) | {
        "RouteTableId": "rtb-2",
        "Associations": [{"SubnetId": "subnet-of-nat", "Main": False}],
    }
    gateway = {"NatGatewayId": "nat-1", "SubnetId": "subnet-of-nat", "State": "available"}
    return (
        having(
            ec2_DescribeRouteTables__RouteTables=[of_nat, table("nat-1")],
            ec2_DescribeNatGateways__NatGateways=[gateway],
        ),
    )


def image(**changed: Any) -> Change:
    """Return a change after which there is this image."""
    made = {
        "ImageId": IMAGE,
        "State": "available",
        "Architecture": "x86_64",
        "RootDeviceName": "/dev/xvda",
    } | changed
    return having(ec2_DescribeImages__Images=[made])


def encrypted(state: str = "Enabled") -> Change:
    """Return a change after which the bucket has a KMS key of somebody's."""
    by = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": by}]}
    metadata = {"KeyId": "k", "Arn": KEY, "KeyState": state, "KeyManager": "CUSTOMER"}
    return having(
        s3_GetBucketEncryption__ServerSideEncryptionConfiguration=rules,
        kms_DescribeKey__KeyMetadata=metadata,
    )


def policy(condition: dict[str, Any], **more: Any) -> Change:
    """Return a change after which the bucket's policy denies something."""
    deny = {"Sid": "OnlyFromOffice", "Effect": "Deny", "Condition": condition, **more}
    return having(s3_GetBucketPolicy__Policy=json.dumps({"Statement": deny}))


def buckets(**heads: Any) -> Change:
    """Return a change of what is said of buckets; of those of others nothing more can be asked."""

    def of_work(asked: dict[str, Any], reply: Any) -> Any:
        return reply if asked["Bucket"] == "lab-work" else failure("AccessDenied")

    return having(
        s3_HeadBucket=lambda asked: heads.get(asked["Bucket"], {"BucketRegion": REGION}),
        s3_GetBucketPolicy=lambda asked: of_work(asked, failure("NoSuchBucketPolicy")),
        s3_GetBucketEncryption=lambda asked: of_work(
            asked, failure("ServerSideEncryptionConfigurationNotFoundError")
        ),
    )


def owned(owner: str) -> Change:
    """Return a change after which the bucket is of this account."""

    def reply(asked: dict[str, Any]) -> Any:
        expected = asked.get("ExpectedBucketOwner", owner)
        return {"BucketRegion": REGION} if expected == owner else failure("403")

    return having(s3_HeadBucket=reply)


def allowed(vcpus: float) -> Change:
    """Return a change after which every quota of vCPUs is this."""
    return having(**{"service-quotas_GetServiceQuota": {"Quota": {"Value": vcpus}}})


def one(name: str, cores: int, threads: int, **changed: Any) -> dict[str, Any]:
    """Return an instance that runs."""
    cpu = {"CoreCount": cores, "ThreadsPerCore": threads}
    return {"InstanceId": "i", "InstanceType": name, "CpuOptions": cpu, **changed}


def running(*instances: dict[str, Any]) -> Change:
    """Return a change after which these instances run."""
    return having(ec2_DescribeInstances__Reservations=[{"Instances": list(instances)}])


def theirs(*, ill: bool = False, **changed: Any) -> Change:
    """Return a change after which there is a queue of others."""
    said = {"status": "INVALID", "statusReason": "CLIENT_ERROR - x"} if ill else {}
    names = "computeEnvironmentArn computeEnvironmentName"
    items, behind = [queue("theirs", "big", **changed)], [compute("big", **said)]
    return having(
        batch_DescribeJobQueues=only("jobQueues", "jobQueueName", items),
        batch_DescribeComputeEnvironments=only("computeEnvironments", names, behind),
    )


OWN = [{"Key": "seqera-batch:environment", "Value": "TowerForge-lab"}]
SHARED = {"share": {"share_identifier": "TeamA"}, "fair_share": {}}


def told_by(*services: str, **also: str) -> dict[str, Any]:
    """Return what is said of a topic that these services may tell."""
    allow = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sns:Publish"}
    return {"Attributes": {"Policy": json.dumps({"Statement": [allow]}), **also}}


TOPIC = arn("sns", "alarms")
OTHERS_TOPIC = TOPIC.replace(ACCOUNT, "444455556666")
READ_ONLY = {"aws": {"read_only_buckets": ["s3://their-data"]}}
EXISTING = {"aws": {"network": NETWORK}}
OWN_IMAGE = {"forge": {"image_id": IMAGE}}
ALL = ["batch", "ec2", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs", "s3"]
SCENARIOS: dict[str, tuple[dict[str, Any], tuple[Change, ...], list[str]]] = {
    "ready": ({}, (), []),
    "ready, own network": (EXISTING, (), []),
    "no bootstrap": (
        {},
        (having(ssm_GetParameter=failure("ParameterNotFound")),),
        ["bootstrap-missing"],
    ),
    "no service-linked roles": (
        {},
        (having(iam_GetRole=GONE),),
        ["service-role-missing"] * 4,
    ),
    "queues used up": (
        {},
        (
            lambda double: double.having(
                batch_DescribeComputeEnvironments__computeEnvironments=[
                    {
                        "computeEnvironmentName": f"e{number}",
                        "computeEnvironmentArn": f"arn{number}",
                    }
                    for number in range(49)
                ]
            ),
        ),
        ["quota-full"],
    ),
    "few vCPUs": (
        {"forge": {"type": "EC2"}},
        (having(**{"service-quotas_GetServiceQuota": {"Quota": {"Value": 5.0}}}),),
        ["quota-vcpus"],
    ),
    "few vCPUs by default": (
        {"forge": {"type": "EC2"}},
        (
            having(
                **{
                    "service-quotas_GetServiceQuota": failure("NoSuchResourceException"),
                    "service-quotas_GetAWSDefaultServiceQuota": {"Quota": {"Value": 5.0}},
                }
            ),
        ),
        ["quota-vcpus"],
    ),
    "vCPUs in use": (
        {"forge": {"type": "EC2", "max_cpus": 90}},
        (allowed(100), running(one("m6i.xlarge", 4, 3), one("c7i.large", 1, 1))),
        ["quota-vcpus-used"],
    ),
    "vCPUs in use on Spot, of other types, and of its own": (
        {"forge": {"type": "EC2", "max_cpus": 90}},
        (
            allowed(100),
            running(
                one("m6i.8xlarge", 16, 2, InstanceLifecycle="spot"),
                one("g5.8xlarge", 16, 2),
                one("m6i.8xlarge", 16, 2, Tags=OWN),
                one("m6i.large", 1, 2),
            ),
        ),
        [],
    ),
    "two environments of one quota": (
        {
            "forge": {"type": "EC2", "max_cpus": 60},
            "aws": {"queues": [{"name": "more", "type": "EC2", "max_cpus": 60}]},
        },
        (allowed(100),),
        ["quota-vcpus"],
    ),
    **{
        f"existing queue: {name}": (
            {"aws": {"existing_queues": ["theirs"], **also}},
            (theirs(**changed),),
            expected,
        )
        for name, also, changed, expected in (
            ("well", {}, {}, []),
            ("disabled", {}, {"state": "DISABLED"}, ["queue-disabled"]),
            ("invalid", {}, {"status": "INVALID"}, ["queue-invalid"]),
            ("of Fargate", {}, {"jobQueueType": "ECS_FARGATE"}, ["queue-of-other-type"]),
            ("shares", {}, {"schedulingPolicyArn": "arn"}, ["queue-shares"]),
            ("shares too", SHARED, {"schedulingPolicyArn": "arn"}, []),
            ("shares nothing", SHARED, {}, ["queue-without-shares"]),
            ("with an environment that is ill", {}, {"ill": True}, ["invalid-otherwise"]),
        )
    },
    "existing queue of elsewhere": (
        {"aws": {"existing_queues": ["theirs"]}},
        (),
        ["queue-missing"],
    ),
    "types not offered in the zones of the file": (
        {
            "forge": {"instance_types": ["p5"]},
            "aws": {"network": {"create": {"zones": [f"{REGION}b"]}}},
        },
        (having(ec2_DescribeInstanceTypeOfferings__InstanceTypeOfferings=[]),),
        ["types-not-offered"],
    ),
    "types not offered": (
        {"forge": {"type": "EC2", "instance_types": ["m6i", "p4d"]}},
        (),
        ["types-not-offered"],
    ),
    "no image": (OWN_IMAGE, (), ["image-missing"]),
    "image of another processor": (
        {"forge": {"image_id": IMAGE, "instance_types": ["m6i", "c6i"]}},
        (image(Architecture="arm64"),),
        ["image-other-architecture"],
    ),
    "image of some types only": (
        {
            "forge": {"instance_types": ["m6i", "c6i"]},
            "aws": {
                "compute": {"overrides": [{"instance_types": ["c6i"], "image_id": IMAGE}]},
            },
        },
        (image(RootDeviceName="/dev/sda1"),),
        ["image-other-root-device"],
    ),
    "image of another root device": (
        OWN_IMAGE,
        (image(RootDeviceName="/dev/sda1"),),
        ["image-other-root-device"],
    ),
    "image whose root device is said": (
        {**OWN_IMAGE, "aws": {"compute": {"root_device": "/dev/sda1"}}},
        (image(RootDeviceName="/dev/sda1"),),
        [],
    ),
    "image of AWS Marketplace": (
        OWN_IMAGE,
        (image(ProductCodes=[{"ProductCodeId": "p", "ProductCodeType": "marketplace"}]),),
        ["image-of-marketplace"],
    ),
    "old image": (
        OWN_IMAGE,
        (image(DeprecationTime="2025-01-01T00:00:00.000Z"),),
        ["image-old"],
    ),
    "no subnet": (EXISTING, (having(ec2_DescribeSubnets__Subnets=[]),), ["subnet-missing"]),
    "subnet elsewhere": (
        EXISTING,
        (
            having(
                ec2_DescribeSubnets__Subnets=[subnet(VpcId="vpc-2")],
                ec2_DescribeRouteTables__RouteTables=[table("igw-1") | {"VpcId": "vpc-2"}],
            ),
        ),
        ["subnet-elsewhere"],
    ),
    "no way": (EXISTING, (endpoints("ecs"),), ["subnet-without-way"]),
    "endpoints only": (EXISTING, (endpoints(*ALL),), ["subnet-closed"]),
    "S3 by a gateway of this route table": (
        EXISTING,
        (endpoints(*ALL, VpcEndpointType="Gateway", RouteTableIds=["rtb-1"]),),
        ["subnet-closed"],
    ),
    "S3 by a gateway of another route table": (
        EXISTING,
        (endpoints(*ALL, VpcEndpointType="Gateway", RouteTableIds=["rtb-2"]),),
        ["subnet-without-way"],
    ),
    "a NAT gateway in a public subnet": (
        EXISTING,
        nat_in_a_subnet_with_a_route_to("igw-1"),
        [],
    ),
    "a NAT gateway behind a firewall": (
        EXISTING,
        nat_in_a_subnet_with_a_route_to("vpce-1"),
        [],
    ),
    "a NAT gateway in a private subnet": (
        EXISTING,
        nat_in_a_subnet_with_a_route_to("nat-1"),
        ["gateway-without-way"],
    ),
    "a NAT gateway in an isolated subnet": (
        EXISTING,
        nat_in_a_subnet_with_a_route_to(None),
        ["gateway-without-way"],
    ),
    "endpoints only, and Wave": (
        {**EXISTING, "wave_enabled": True},
        (endpoints(*ALL),),
        ["subnet-without-wave"],
    ),
    "endpoints that nodes do not find": (
        EXISTING,
        (endpoints(*ALL, PrivateDnsEnabled=False),),
        ["subnet-closed", *["endpoint-without-names"] * 8],
    ),
    "endpoints that let nobody in": (
        EXISTING,
        (
            endpoints("ecs", Groups=[{"GroupId": "sg-2"}]),
            having(
                ec2_DescribeSecurityGroups__SecurityGroups=[
                    group("-1"),
                    {"GroupId": "sg-2", "IpPermissions": []},
                ]
            ),
        ),
        ["subnet-without-way", "endpoint-closed"],
    ),
    "no public addresses": (
        EXISTING,
        (having(ec2_DescribeSubnets__Subnets=[subnet(MapPublicIpOnLaunch=False)]),),
        ["subnet-without-addresses"],
    ),
    "black hole": (
        EXISTING,
        (having(ec2_DescribeRouteTables__RouteTables=[table("igw-1", "blackhole")]),),
        ["route-leads-nowhere"],
    ),
    "NAT gateway gone": (
        EXISTING,
        (having(ec2_DescribeRouteTables__RouteTables=[table("nat-1")]),),
        ["route-leads-nowhere"],
    ),
    "NAT gateway": (
        EXISTING,
        (
            having(
                ec2_DescribeRouteTables__RouteTables=[table("nat-1")],
                ec2_DescribeNatGateways__NatGateways=[
                    {"NatGatewayId": "nat-1", "State": "available"}
                ],
            ),
        ),
        [],
    ),
    "few addresses": (
        EXISTING,
        (having(ec2_DescribeSubnets__Subnets=[subnet(AvailableIpAddressCount=3)]),),
        ["subnet-nearly-full"],
    ),
    "internet blocked": (
        EXISTING,
        (
            having(
                ec2_DescribeVpcBlockPublicAccessOptions__VpcBlockPublicAccessOptions={
                    "InternetGatewayBlockMode": "block-bidirectional"
                }
            ),
        ),
        ["internet-blocked"],
    ),
    "no names": (
        EXISTING,
        (
            having(
                ec2_DescribeVpcAttribute={
                    "EnableDnsSupport": {"Value": True},
                    "EnableDnsHostnames": {"Value": False},
                }
            ),
        ),
        ["dns-off"],
    ),
    "no security group": (
        EXISTING,
        (having(ec2_DescribeSecurityGroups__SecurityGroups=[]),),
        ["group-missing"],
    ),
    "closed security group": (
        EXISTING,
        (having(ec2_DescribeSecurityGroups__SecurityGroups=[group("tcp", 2049)]),),
        ["group-closed"],
    ),
    "HTTPS out": (
        EXISTING,
        (having(ec2_DescribeSecurityGroups__SecurityGroups=[group("tcp", 443)]),),
        [],
    ),
    "no bucket": ({}, (having(s3_HeadBucket=failure("404")),), ["bucket-missing"]),
    "bucket of others": ({}, (owned("444455556666"),), ["bucket-of-others"]),
    "bucket of others that is named": (
        {"aws": {"bucket_owners": {"lab-work": "444455556666"}}},
        (owned("444455556666"),),
        [],
    ),
    "bucket of others than the one that is named": (
        {"aws": {"bucket_owners": {"lab-work": "444455556666"}}},
        (owned(ACCOUNT),),
        ["bucket-of-others"],
    ),
    "bucket elsewhere": (
        {},
        (having(s3_HeadBucket={"BucketRegion": "us-east-1"}),),
        ["bucket-elsewhere"],
    ),
    "bucket to make": (
        {"aws": {"work_bucket": {}}},
        (having(s3_HeadBucket=failure("404")),),
        [],
    ),
    "bucket to make is somebody's": (
        {"aws": {"work_bucket": {}}},
        (having(s3_HeadBucket=failure("403")),),
        ["bucket-taken"],
    ),
    "bucket with a key": ({}, (encrypted(),), ["bucket-key"]),
    "bucket with a key that is named": (
        {"aws": {"bucket_kms_keys": [KEY]}},
        (encrypted(),),
        [],
    ),
    "key disabled": ({}, (encrypted("Disabled"),), ["key-disabled"]),
    "bucket refuses": (
        {},
        (policy({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),),
        ["bucket-refuses"],
    ),
    **{
        f"bucket denies {action}": ({}, (policy({}, Principal="*", Action=action),), expected)
        for action, expected in {
            "s3:*": ["bucket-refuses"],
            "s3:Put*": ["bucket-refuses"],
            "s3:DeleteBucket": [],
        }.items()
    },
    "references are nobody's to look at": (
        {"aws": {"nf_core_references": True}},
        (buckets(**{"ngi-igenomes": failure("404"), "annotation-cache": failure("403")}),),
        [],
    ),
    "bucket to read is elsewhere": (
        READ_ONLY,
        (buckets(**{"their-data": {"BucketRegion": "us-east-1"}}),),
        [],
    ),
    "bucket to read is somebody's": (
        READ_ONLY,
        (buckets(**{"their-data": failure("403")}),),
        [],
    ),
    "no bucket to read": (
        READ_ONLY,
        (buckets(**{"their-data": failure("404")}),),
        ["bucket-missing"],
    ),
    "bucket by TLS only": ({}, (policy({"Bool": {"aws:SecureTransport": "false"}}),), []),
    "no role": ({"head_job_role": ROLE}, (), ["role-missing"]),
    "role trusts others": (
        {"head_job_role": ROLE},
        (roles(lambda name: role("ec2.amazonaws.com") if name == "own" else GONE),),
        ["role-not-trusting"],
    ),
    "role trusts": (
        {"head_job_role": ROLE},
        (roles(lambda name: role() if name == "own" else GONE),),
        [],
    ),
    "no boundary": (
        {"aws": {"iam": {"permissions_boundary": BOUNDARY}}},
        (having(iam_GetPolicy=GONE),),
        ["boundary-missing"],
    ),
    "no profile": (
        {
            "aws": {
                "iam": {
                    "instance_profile": ROLE.replace(":role/", ":instance-profile/"),
                    "instance_role": ROLE,
                }
            }
        },
        (
            having(iam_GetInstanceProfile=GONE),
            roles(lambda name: role("ec2.amazonaws.com") if name == "own" else GONE),
        ),
        ["profile-missing"],
    ),
    "names are taken": (
        {},
        (
            having(
                logs_DescribeLogGroups__logGroups=[
                    {"logGroupName": "/seqera-batch/TowerForge-lab/nodes"}
                ]
            ),
            roles(lambda name: role() if name == "TowerForge-lab-HeadJobRole" else GONE),
        ),
        ["name-taken", "name-taken"],
    ),
    "names that CloudFormation makes are not taken": (
        {"aws": {"iam": {"generated_names": True}}},
        (roles(lambda name: role() if name.endswith(("InstanceRole", "None")) else GONE),),
        [],
    ),
    **{
        f"topic: {name}": (
            {"aws": {"account": None, "operations": {"topic": topic, "queue_check": {}, **also}}},
            (having(sns_GetTopicAttributes=reply),),
            expected,
        )
        for name, topic, also, reply, expected in (
            ("well", TOPIC, {}, told_by("cloudwatch.amazonaws.com"), []),
            (
                "closed",
                TOPIC,
                {"head_job_failures": True},
                told_by("cloudwatch.amazonaws.com"),
                ["topic-closed"],
            ),
            ("missing", TOPIC, {}, failure("NotFound"), ["topic-missing"]),
            (
                "with the key that AWS manages",
                TOPIC,
                {},
                told_by("cloudwatch.amazonaws.com", KmsMasterKeyId="alias/aws/sns"),
                ["topic-key"],
            ),
            ("of others", OTHERS_TOPIC, {}, {}, ["topic-of-others"]),
            (
                "of others, told by rules",
                OTHERS_TOPIC,
                {"blocked_queues": True},
                {},
                ["topic-elsewhere"],
            ),
        )
    },
    "no queues in Manual mode": (
        {"forge": None, "head_queue": "own-head", "compute_queue": "own-work"},
        (),
        ["queue-missing", "queue-missing"],
    ),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_answers(name: str, ready: Double) -> None:
    """From what is missing or in the way follows this answer, and no other."""
    said, changes, expected = SCENARIOS[name]
    for change in changes:
        change(ready)
    account = Account(REGION, account=ACCOUNT)
    assert ids(check(account, ForgePlan.of(config(**said)))) == expected
    assert account.unread == []


def test_bucket_that_may_not_be_looked_at(ready: Double) -> None:
    """Where nothing is told of a bucket, it is not said whose it is."""
    ready.having(s3_HeadBucket=failure("403"))
    account = Account(REGION, account=ACCOUNT)
    assert ids(check(account, ForgePlan.of(config()))) == []
    assert [one.action for one in account.unread] == ["s3:ListBucket"]


def test_deployed(ready: Double) -> None:
    """Where the stack exists, what it made is not in its own way."""
    one = {"StackName": "s", "CreationTime": LONG_AGO, "StackStatus": "CREATE_COMPLETE"}
    ready.having(
        cloudformation_DescribeStacks__Stacks=[one],
        iam_GetRole=role(),
        logs_DescribeLogGroups__logGroups=[{"logGroupName": "/seqera-batch/TowerForge-lab/nodes"}],
    )
    plan = ForgePlan.of(config(aws={"work_bucket": {}}))
    assert ids(check(Account(REGION, account=ACCOUNT), plan)) == []
