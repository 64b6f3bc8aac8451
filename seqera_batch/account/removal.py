# SPDX-License-Identifier: Apache-2.0
"""How `leftovers` finds and removes what the library can make: each CloudFormation type, once.

A type stands in exactly one of the tables here; a test holds them against all types that there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import Final

from seqera_batch.catalog.regions import Region
from seqera_batch.kinds import KINDS
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """How EC2 is asked for things of one type by their label.

    Args:
        operation: boto3's name of the call.
        key: Where its answer has the list.
        id: What a thing's id is called there.
        filters: What the call's filters are called.
        by_vpc: Whether things are found by the VPC that has the label, since they have none.
        paged: Whether the answer comes in pages.
    """

    operation: str
    key: str
    id: str
    filters: str = "Filters"
    by_vpc: bool = False
    paged: bool = True


LABELLED: Final[Mapping[str, Labelled]] = {
    "AWS::EC2::LaunchTemplate": Labelled(
        operation="describe_launch_templates", key="LaunchTemplates", id="LaunchTemplateId"
    ),
    "AWS::EC2::FlowLog": Labelled(
        operation="describe_flow_logs", key="FlowLogs", id="FlowLogId", filters="Filter"
    ),
    "AWS::EC2::NatGateway": Labelled(
        operation="describe_nat_gateways", key="NatGateways", id="NatGatewayId", filters="Filter"
    ),
    "AWS::EC2::EIP": Labelled(
        operation="describe_addresses", key="Addresses", id="AllocationId", paged=False
    ),
    "AWS::EC2::VPCEndpoint": Labelled(
        operation="describe_vpc_endpoints", key="VpcEndpoints", id="VpcEndpointId", by_vpc=True
    ),
    "AWS::EC2::InternetGateway": Labelled(
        operation="describe_internet_gateways", key="InternetGateways", id="InternetGatewayId"
    ),
    "AWS::EC2::SecurityGroup": Labelled(
        operation="describe_security_groups", key="SecurityGroups", id="GroupId"
    ),
    "AWS::EC2::Subnet": Labelled(operation="describe_subnets", key="Subnets", id="SubnetId"),
    "AWS::EC2::RouteTable": Labelled(
        operation="describe_route_tables", key="RouteTables", id="RouteTableId"
    ),
    "AWS::EC2::VPC": Labelled(operation="describe_vpcs", key="Vpcs", id="VpcId"),
}
"""Of EC2, in the order in which they can go."""

TAGGED: Final[Mapping[str, str]] = {
    "AWS::Batch::JobDefinition": "batch:job-definition",
    "AWS::Batch::SchedulingPolicy": "batch:scheduling-policy",
    "AWS::CloudWatch::Alarm": "cloudwatch:alarm",
    "AWS::Events::Rule": "events:rule",
    "AWS::Lambda::Function": "lambda:function",
    "AWS::SNS::Topic": "sns",
    "AWS::SQS::Queue": "sqs",
    "AWS::SecretsManager::Secret": "secretsmanager:secret",
}
"""By type, how AWS's index of tags names it."""

NAMED: Final = frozenset(
    {
        "AWS::EFS::FileSystem",
        "AWS::FSx::FileSystem",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
    }
)
"""What each service is asked for, by name or label."""

OF_STACK: Final = frozenset(
    {
        "AWS::Batch::ComputeEnvironment",
        "AWS::Batch::JobQueue",
        "AWS::Budgets::Budget",
        "AWS::CloudWatch::Dashboard",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::OIDCProvider",
        "AWS::IAM::User",
    }
)
"""What has neither label nor name of ours: only a stack that is there in part tells of it. While
queues are there nothing of an environment is taken for left over."""

WITH_OTHERS: Final = frozenset(
    {
        "AWS::EC2::Route",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::EFS::MountTarget",
        "AWS::FSx::DataRepositoryAssociation",
        "AWS::IAM::AccessKey",
        "AWS::Lambda::Permission",
        "AWS::Logs::MetricFilter",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }
)
"""What goes with the thing that it is a part of."""

NOT_TOLD: Final[Mapping[str, str]] = {
    "AWS::KMS::Key": "whatever was kept could not be read without it",
    "Custom::SeqeraComputeEnvironment": "it is in Seqera Platform, not in the account",
}
"""What is never listed, and why."""

REMOVALS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::Batch::ComputeEnvironment": (
        "batch update-compute-environment --compute-environment {id} --state DISABLED",
        "batch delete-compute-environment --compute-environment {id}",
    ),
    "AWS::Batch::JobDefinition": ("batch deregister-job-definition --job-definition {id}",),
    "AWS::Batch::JobQueue": (
        "batch update-job-queue --job-queue {id} --state DISABLED",
        "batch delete-job-queue --job-queue {id}",
    ),
    "AWS::Batch::SchedulingPolicy": ("batch delete-scheduling-policy --arn {id}",),
    "AWS::Budgets::Budget": ("budgets delete-budget --account-id {account} --budget-name {id}",),
    "AWS::CloudWatch::Alarm": ("cloudwatch delete-alarms --alarm-names {id}",),
    "AWS::CloudWatch::Dashboard": ("cloudwatch delete-dashboards --dashboard-names {id}",),
    "AWS::EC2::EIP": ("ec2 release-address --allocation-id {id}",),
    "AWS::EC2::FlowLog": ("ec2 delete-flow-logs --flow-log-ids {id}",),
    "AWS::EC2::InternetGateway": (
        "ec2 detach-internet-gateway --internet-gateway-id {id} --vpc-id {vpc}",
        "ec2 delete-internet-gateway --internet-gateway-id {id}",
    ),
    "AWS::EC2::LaunchTemplate": ("ec2 delete-launch-template --launch-template-id {id}",),
    "AWS::EC2::NatGateway": ("ec2 delete-nat-gateway --nat-gateway-id {id}",),
    "AWS::EC2::RouteTable": ("ec2 delete-route-table --route-table-id {id}",),
    "AWS::EC2::SecurityGroup": ("ec2 delete-security-group --group-id {id}",),
    "AWS::EC2::Subnet": ("ec2 delete-subnet --subnet-id {id}",),
    "AWS::EC2::VPC": ("ec2 delete-vpc --vpc-id {id}",),
    "AWS::EC2::VPCEndpoint": ("ec2 delete-vpc-endpoints --vpc-endpoint-ids {id}",),
    "AWS::EFS::FileSystem": ("efs delete-file-system --file-system-id {id}",),
    "AWS::Events::Rule": (
        # By the ids that our rules give their targets.
        "events remove-targets --rule {id} --ids Events Function Topic",
        "events delete-rule --name {id}",
    ),
    "AWS::FSx::FileSystem": ("fsx delete-file-system --file-system-id {id}",),
    "AWS::IAM::InstanceProfile": ("iam delete-instance-profile --instance-profile-name {id}",),
    "AWS::IAM::ManagedPolicy": ("iam delete-policy --policy-arn {id}",),
    "AWS::IAM::OIDCProvider": (
        "iam delete-open-id-connect-provider --open-id-connect-provider-arn {id}",
    ),
    "AWS::IAM::Role": ("iam delete-role --role-name {id}",),
    "AWS::IAM::User": ("iam delete-user --user-name {id}",),
    "AWS::Lambda::Function": ("lambda delete-function --function-name {id}",),
    "AWS::Logs::LogGroup": ("logs delete-log-group --log-group-name {id}",),
    "AWS::S3::Bucket": ("s3 rb s3://{id} --force",),
    "AWS::SNS::Topic": ("sns delete-topic --topic-arn {id}",),
    "AWS::SQS::Queue": ("sqs delete-queue --queue-url {id}",),
    "AWS::SecretsManager::Secret": ("secretsmanager delete-secret --secret-id {id}",),
}
"""By type, the commands that remove one, in their order."""

FIRST: Final[Mapping[str, str]] = {
    "AWS::EC2::EIP": "its NAT gateway goes first",
    "AWS::EC2::VPC": "what is in it goes first",
    "AWS::IAM::InstanceProfile": "its role is taken out first",
    "AWS::IAM::ManagedPolicy": "whoever has it loses it first",
    "AWS::IAM::Role": "its policies go first",
    "AWS::IAM::User": "its keys and policies go first",
}
"""By type, what has to be done before."""


def noun(type_: str) -> str:
    """Return what people call a thing of a type, with its article."""
    kind = KINDS.get(type_)
    return f"the resource ({type_})" if kind is None else f"the {kind.title}"


def commands(type_: str, name: str, *, region: str, **words: str) -> str:
    """Return the commands that remove a thing, each as code.

    Args:
        type_: CloudFormation's name of its type.
        name: Its id, as the commands take it.
        region: Where it is.
        words: What else stands in a command.
    """
    quoted = {key: quote(value) for key, value in {"id": name, **words}.items()}
    # A gateway that no VPC has is not taken off one.
    wanted = (one for one in REMOVALS[type_] if words.get("vpc") or "{vpc}" not in one)
    written = (f"`aws {one.format(**quoted)} --region {region}`" for one in wanted)
    return ", then ".join(written)


def name_of(type_: str, arn: str) -> str:
    """Return by what the commands take a thing that AWS's index of tags has by its ARN."""
    _, _, _, region, account, resource = arn.split(":", 5)
    match type_:
        case "AWS::SQS::Queue":
            return f"https://sqs.{region}.{Region.of(region).dns_suffix}/{account}/{resource}"
        case "AWS::Events::Rule":
            return resource.rpartition("/")[2]
        case "AWS::CloudWatch::Alarm":
            return resource.removeprefix("alarm:")
        case _:
            return arn
