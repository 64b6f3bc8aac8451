# SPDX-License-Identifier: Apache-2.0
"""What ministack's own handlers leave out: boundaries, endpoints, overlaps, keys, full buckets."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from ministack.services import ec2, iam, s3  # type: ignore[import-untyped]
from ministack.services.cloudformation import (  # type: ignore[import-untyped]
    provisioners,
    stacks,
)

from tests.lifecycle.emulator.batch_resources import half_updated

ENDPOINT_REPLACED = ("ServiceName", "VpcEndpointType", "VpcId")
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpcendpoint.html"""


def install() -> None:
    """Close the gaps."""
    handlers = provisioners._RESOURCE_HANDLERS
    provisioners._REPLACING_PROPERTIES["AWS::EC2::VPCEndpoint"] = ENDPOINT_REPLACED
    handlers["AWS::IAM::Role"] = _bounded(handlers["AWS::IAM::Role"])
    bucket = handlers["AWS::S3::Bucket"]
    handlers["AWS::S3::Bucket"] = {**bucket, "delete": _emptied(bucket["delete"])}
    subnet = handlers["AWS::EC2::Subnet"]
    handlers["AWS::EC2::Subnet"] = {**subnet, "create": _apart(subnet["create"])}
    ec2._lt_data_xml = _with_keys(ec2._lt_data_xml)
    stacks._sends_back_failed_update = _also_half_updated(stacks._sends_back_failed_update)
    # The update of a subnet creates its successor through this name.
    provisioners._ec2_subnet_create = handlers["AWS::EC2::Subnet"]["create"]


def _bounded(role: dict[str, Any]) -> dict[str, Any]:
    """Let a role carry its permissions boundary."""
    create, update = role["create"], role["update"]

    def create_bounded(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        made = create(logical_id, props, stack)
        _bound(made[0], props)
        return made

    def update_bounded(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        *rest: Any,
    ) -> Any:
        made = update(physical_id, old, new, *rest)
        _bound(made[0], new)
        return made

    return {**role, "create": create_bounded, "update": update_bounded}


def _bound(name: str, props: dict[str, Any]) -> None:
    iam._roles[name]["PermissionsBoundary"] = props.get("PermissionsBoundary")


def _also_half_updated(sends_back: Any) -> Any:
    """Let a roll-back change back an environment whose own update has failed half-way."""

    def send_back(kind: str) -> bool:
        if kind == "AWS::Batch::ComputeEnvironment" and half_updated:
            half_updated.pop()
            return True
        return bool(sends_back(kind))

    return send_back


def _apart(create: Any) -> Any:
    """Refuse a subnet that overlaps another one of its VPC.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """

    def create_apart(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        wanted = ip_network(props["CidrBlock"])
        for other in ec2._subnets.values():
            if other["VpcId"] == props["VpcId"] and wanted.overlaps(ip_network(other["CidrBlock"])):
                raise ValueError(f"The CIDR '{wanted}' conflicts with another subnet")
        return create(logical_id, props, stack)

    return create_apart


def _with_keys(describe: Any) -> Any:
    """Let a launch template tell the keys of its volumes."""

    def describe_with_keys(data: dict[str, Any]) -> str:
        first, *others = str(describe(data)).split("</ebs>")
        devices = [one["Ebs"] for one in data.get("BlockDeviceMappings", ()) if "Ebs" in one]
        for device, after in zip(devices, others, strict=True):
            key = device.get("KmsKeyId")
            first += (f"<kmsKeyId>{key}</kmsKeyId>" if key else "") + f"</ebs>{after}"
        return first

    return describe_with_keys


def _emptied(delete: Any) -> Any:
    """Refuse to delete a bucket that holds objects.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
    """

    def delete_empty(physical_id: str, props: dict[str, Any]) -> None:
        bucket = s3._buckets.get(physical_id)
        if bucket is not None and bucket["objects"]:
            raise ValueError("The bucket you tried to delete is not empty")
        delete(physical_id, props)

    return delete_empty
