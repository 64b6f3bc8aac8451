# SPDX-License-Identifier: Apache-2.0
"""An AWS account to deploy into, emulated or real: stacks, what they made, what is left."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3  # type: ignore[import-untyped]
import botocore.session  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from botocore.utils import parse_timestamp  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from tests.lifecycle.emulator.server import Emulator

JSON = dict[str, Any]

TOO_LONG_FOR_THE_REQUEST = 51_200
"""Bytes of a template that CloudFormation takes without a bucket."""
TEMPLATES = "seqera-batch-tests-templates"
"""Bucket for longer ones."""


class Outcome(StrEnum):
    """What an update did to a resource."""

    UNTOUCHED = "untouched"
    IN_PLACE = "in place"
    REPLACED = "replaced"
    CREATED = "created"
    DELETED = "deleted"


@dataclass(frozen=True)
class Deployment:
    """How an operation on a stack ended."""

    status: str
    reasons: tuple[str, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether it failed and everything came back."""
        return self.status in {"ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


@dataclass(frozen=True)
class Account:
    """Boto3 against one account and region, and how long its operations may take."""

    region: str
    settings: Mapping[str, Any]
    poll_seconds: float
    patience_seconds: float
    emulator: Emulator | None = None

    def client(self, service: str) -> Any:
        """Return a client, made once a service."""
        return _client(service, self.region, tuple(sorted(self.settings.items())))

    def create(self, name: str, template: JSON) -> Deployment:
        """Create a stack and wait."""
        self.client("cloudformation").create_stack(
            StackName=name, **self._template(template), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        return self._ended(name, {})

    def update(
        self, name: str, template: JSON, tags: Mapping[str, str] | None = None
    ) -> Deployment:
        """Update a stack and wait; a template without a change is no operation."""
        wait = self.start_update(name, template, tags)
        if wait is None:
            untouched = dict.fromkeys(self.resources(name), Outcome.UNTOUCHED)
            return Deployment("UPDATE_COMPLETE", (), untouched)
        return wait()

    def start_update(
        self, name: str, template: JSON, tags: Mapping[str, str] | None = None
    ) -> Callable[[], Deployment] | None:
        """Begin to update a stack; return what waits for the end, None where nothing changes."""
        before = self.resources(name)
        seen = {event["EventId"] for event in self._events(name)}
        try:
            self.client("cloudformation").update_stack(
                StackName=name,
                **self._template(template),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                **({"Tags": _tags(tags)} if tags is not None else {}),
            )
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return None
            raise
        return lambda: self._ended(name, before, seen)

    def continue_rollback(self, name: str) -> Deployment:
        """Let a roll-back that failed go on, and wait."""
        seen = {event["EventId"] for event in self._events(name)}
        self.client("cloudformation").continue_update_rollback(StackName=name)
        return self._ended(name, {}, seen)

    def delete(self, name: str) -> Deployment:
        """Delete a stack and wait."""
        stack = self.stack(name)["StackId"]
        seen = {event["EventId"] for event in self._events(stack)}
        self.client("cloudformation").delete_stack(StackName=name)
        return self._ended(stack, {}, seen)

    def clear_away(self, name: str) -> Deployment:
        """Delete a stack, and say how that ended; where it stayed, delete what held it as well."""
        stack = self.stack(name)["StackId"]
        gone = self.delete(name)
        if gone.status != "DELETE_COMPLETE":
            kept = {
                event["PhysicalResourceId"]
                for event in self._events(stack)
                if event["ResourceStatus"] == "DELETE_SKIPPED"
                and event["ResourceType"] == "AWS::FSx::FileSystem"
            }
            self.remove(kept)
            assert self.delete(name).status == "DELETE_COMPLETE"
        return gone

    def _lustre(self) -> set[str]:
        """Return the ids of every file system of FSx."""
        systems = self.client("fsx").describe_file_systems()["FileSystems"]
        return {one["FileSystemId"] for one in systems}

    def stack(self, name: str) -> JSON:
        """Return a stack as CloudFormation describes it."""
        [stack] = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        found: JSON = stack
        return found

    def exists(self, name: str) -> bool:
        """Whether a stack of the name is there."""
        try:
            return bool(self.stack(name)["StackStatus"] != "DELETE_COMPLETE")
        except ClientError:
            return False

    def resources(self, name: str) -> dict[str, str]:
        """Return physical ids by logical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages.paginate(StackName=name)
            for one in page["StackResourceSummaries"]
            if one["ResourceStatus"] != "DELETE_COMPLETE"
        }

    def kept(self, name: str, template: JSON) -> set[str]:
        """Return the ids of what a stack leaves behind, as an inventory finds them."""
        ids = self.resources(name)
        return {
            ids[key]
            for key, resource in template["Resources"].items()
            if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
            and resource["Type"] not in _PART_OF_ANOTHER
        }

    def inventory(self) -> set[str]:
        """Return the ids of everything that a stack of ours can make and the account has."""
        ec2, iam, batch = (self.client(name) for name in ("ec2", "iam", "batch"))
        found: list[str] = []
        for call, key, name in (
            (batch.describe_compute_environments, "computeEnvironments", "computeEnvironmentArn"),
            (batch.describe_job_queues, "jobQueues", "jobQueueArn"),
            (ec2.describe_vpcs, "Vpcs", "VpcId"),
            (ec2.describe_subnets, "Subnets", "SubnetId"),
            (ec2.describe_security_groups, "SecurityGroups", "GroupId"),
            (ec2.describe_internet_gateways, "InternetGateways", "InternetGatewayId"),
            (ec2.describe_route_tables, "RouteTables", "RouteTableId"),
            (ec2.describe_vpc_endpoints, "VpcEndpoints", "VpcEndpointId"),
            (ec2.describe_launch_templates, "LaunchTemplates", "LaunchTemplateId"),
            (self.client("efs").describe_file_systems, "FileSystems", "FileSystemId"),
            (self.client("fsx").describe_file_systems, "FileSystems", "FileSystemId"),
            (self.client("logs").describe_log_groups, "logGroups", "logGroupName"),
            (self.client("events").list_rules, "Rules", "Arn"),
            (self.client("sns").list_topics, "Topics", "TopicArn"),
            (self.client("lambda").list_functions, "Functions", "FunctionArn"),
            (self.client("cloudwatch").list_dashboards, "DashboardEntries", "DashboardName"),
            (self.client("s3").list_buckets, "Buckets", "Name"),
            (self._keys_in_use, "Keys", "KeyId"),
            (iam.list_instance_profiles, "InstanceProfiles", "Arn"),
            (iam.list_roles, "Roles", "Arn"),
        ):
            found += [one[name] for one in call()[key] if not _comes_with_a_vpc(one)]
        # Made by AWS for the whole account; a stack neither owns nor deletes them.
        return {one for one in found if ":role/aws-service-role/" not in one} - {TEMPLATES}

    def _keys_in_use(self) -> JSON:
        """Return the KMS keys that nobody has deleted: those that are wait for weeks."""
        kms = self.client("kms")
        keys = [
            key
            for key in kms.list_keys()["Keys"]
            if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
        ]
        return {"Keys": keys}

    def _template(self, template: JSON) -> dict[str, str]:
        """Return the template for a request: in it, or from a bucket as the CDK CLI does it."""
        body = _compact(template)
        if size(template) <= TOO_LONG_FOR_THE_REQUEST:
            return {"TemplateBody": body}
        assert self.emulator is not None, "there is no bucket for templates in a real account"
        s3 = self.client("s3")
        if TEMPLATES not in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
            s3.create_bucket(
                Bucket=TEMPLATES, CreateBucketConfiguration={"LocationConstraint": self.region}
            )
        s3.put_object(Bucket=TEMPLATES, Key="template.json", Body=body.encode())
        return {"TemplateURL": f"{self.emulator.endpoint}/{TEMPLATES}/template.json"}

    def remove(self, ids: Iterable[str]) -> None:
        """Delete what outlived its stack: file systems, buckets, keys, log groups."""
        ids = set(ids)
        lustre, ec2 = ids & self._lustre(), self.client("ec2")
        for one in lustre:
            self.client("fsx").delete_file_system(FileSystemId=one)
        # Their interfaces hold what may be next.
        end = time.monotonic() + self.patience_seconds
        while lustre & self._lustre():
            assert time.monotonic() < end, f"{lustre} are still there"
            time.sleep(self.poll_seconds)
        networks = {
            "sg-": lambda one: ec2.delete_security_group(GroupId=one),
            "subnet-": lambda one: ec2.delete_subnet(SubnetId=one),
            "vpc-": lambda one: ec2.delete_vpc(VpcId=one),
        }
        # Groups before subnets before their VPC, by luck of the alphabet.
        for one in sorted(ids - lustre):
            kind = next((kind for kind in networks if one.startswith(kind)), None)
            if kind is not None:
                networks[kind](one)
            elif one.startswith("/"):
                self.client("logs").delete_log_group(logGroupName=one)
            elif one.startswith("fs-"):
                self.client("efs").delete_file_system(FileSystemId=one)
            elif one in {bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]}:
                self.client("s3").delete_bucket(Bucket=one)
            else:
                self.client("kms").schedule_key_deletion(KeyId=one, PendingWindowInDays=7)

    def _events(self, name: str) -> list[JSON]:
        """Return a stack's events, newest first."""
        pages = self.client("cloudformation").get_paginator("describe_stack_events")
        return [event for page in pages.paginate(StackName=name) for event in page["StackEvents"]]

    def _ended(
        self, name: str, before: Mapping[str, str], seen: Collection[str] = ()
    ) -> Deployment:
        end = time.monotonic() + self.patience_seconds
        # The stack's own event is its last; its status may still be of the operation before.
        while True:
            events = [one for one in self._events(name) if one["EventId"] not in seen]
            status = events[0]["ResourceStatus"] if events else "IN_PROGRESS"
            own = events and events[0]["ResourceType"] == "AWS::CloudFormation::Stack"
            if own and not status.endswith("IN_PROGRESS"):
                break
            assert time.monotonic() < end, f"{name} has not ended: {events[:1]}"
            time.sleep(self.poll_seconds)
        reasons = tuple(
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in reversed(events)
            if event["ResourceStatus"].endswith("_FAILED")
        )
        outcomes: dict[str, Outcome] = {}
        if status == "UPDATE_COMPLETE":
            after = self.resources(name)
            touched = {event["LogicalResourceId"] for event in events}
            for key in sorted(before.keys() | after.keys()):
                if key not in after:
                    outcomes[key] = Outcome.DELETED
                elif key not in before:
                    outcomes[key] = Outcome.CREATED
                elif before[key] != after[key]:
                    outcomes[key] = Outcome.REPLACED
                else:
                    outcomes[key] = Outcome.IN_PLACE if key in touched else Outcome.UNTOUCHED
        return Deployment(status, reasons, outcomes)


_PART_OF_ANOTHER = {
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::S3::BucketPolicy",
}
"""What an inventory does not find: it goes with the group or the bucket that it is of."""


def _comes_with_a_vpc(found: JSON) -> bool:
    """Whether it is a main route table or a default group, made and deleted with its VPC."""
    main = any(one.get("Main") for one in found.get("Associations", ()))
    return main or ("VpcId" in found and found.get("GroupName") == "default")


@cache
def _client(service: str, region: str, settings: tuple[tuple[str, Any], ...]) -> Any:
    config = Config(retries={"total_max_attempts": 3}, max_pool_connections=2)
    session = _session()
    return session.client(service, region_name=region, config=config, **dict(settings))


@cache
def _session() -> Any:
    """Return a session that reads times as CloudFormation writes them: of each event several."""
    core = botocore.session.Session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_time)
    return boto3.Session(botocore_session=core)


def _time(value: Any) -> datetime:
    """Read a time; botocore's own reader takes a millisecond for it, whatever its form."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found: datetime = parse_timestamp(value)
        return found


def size(template: JSON) -> int:
    """Return the bytes of a template in a request."""
    return len(_compact(template).encode())


def _compact(template: JSON) -> str:
    return json.dumps(template, separators=(",", ":"))


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
