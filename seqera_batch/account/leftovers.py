# SPDX-License-Identifier: Apache-2.0
"""What is there of an environment that should have gone, with the commands that would remove it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from shlex import join
from typing import Any

from seqera_batch.account.answer import Answer
from seqera_batch.account.doctor import stack_answers
from seqera_batch.account.facts import read_stack
from seqera_batch.account.leaves import answer
from seqera_batch.account.reading import ABSENT, Account, Read, by_tags
from seqera_batch.account.removal import (
    FIRST,
    LABELLED,
    NOT_TOLD,
    REMOVALS,
    TAGGED,
    WITH_OTHERS,
    Labelled,
    commands,
    name_of,
    noun,
)
from seqera_batch.kinds import KINDS
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.labels import ENVIRONMENT_TAG
from seqera_batch.records import dataclass

DEFINITIONS_OF_NEXTFLOW = "nf-"
"""How the names of job definitions begin that Nextflow registers, one a container image."""
_PILE = 100
"""Job definitions below which nobody needs to be told."""
_ENDED = {"deleted", "deleting", "shutting-down", "terminated"}
_OF_BATCH = re.compile(
    r"AWSBatch-(?P<old>.+?)(?:-asg)?-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?P<new>.+)_Batch_[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
)
"""How AWS Batch names groups and clusters, by the environment."""
_HALF = "DELETE_FAILED"
_HOLDING = {"AWS::EC2::SecurityGroup", "AWS::EC2::Subnet", "AWS::EC2::VPC"}
_SYSTEMS = {"efs": "AWS::EFS::FileSystem", "fsx": "AWS::FSx::FileSystem"}


def leftovers(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    """Yield what is left over; nothing is removed."""
    stack = read_stack(account, plan.stack_name)
    # A stack that was deleted is not found by its name any more.
    missing = stack is not None and ABSENT in stack
    gone = missing and not _in_use(account, plan)
    half = stack is not None and stack.get("StackStatus") == _HALF
    if not gone:
        yield from stack_answers(None if missing else stack, plan, read=stack is not None)
    yield from _Search(account, plan, gone=gone, half=half).answers()


def _in_use(account: Account, plan: ForgePlan) -> bool:
    """Whether its queues are there: then its stack has only another name, or that is not known."""
    if plan.mode == "manual":
        return False
    names = list(plan.compute.names)
    there = account.every("batch", "describe_job_queues", jobQueues=names)
    return there is None or bool(there)


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks by label and by name, and at what is there of a stack that was deleted in part.

    Args:
        account: Where to look.
        plan: The environment.
        gone: Whether the stack has gone, so that nothing that it made should be there.
        half: Whether it was deleted in part.
        reasons: Why CloudFormation could not delete it, by what it calls a thing.
    """

    account: Account
    plan: ForgePlan
    gone: bool = field(kw_only=True)
    half: bool = field(kw_only=True)
    reasons: dict[str, str] = field(default_factory=dict, init=False)

    def answers(self) -> Iterator[Answer]:
        """Yield what is left over."""
        yield from self._instances()
        yield from self._detached()
        if self.gone or self.half:
            yield from self._of_batch()
        if self.gone:
            yield from self._of_stack()
            yield from self._tagged()
            yield from self._roles()
        elif self.half:
            yield from self._of_half()
        yield from self._definitions()
        yield from self._uploads()

    @property
    def _why(self) -> str:
        if self.gone:
            return "the stack has gone"
        return "it goes as the stack is deleted again, once nothing holds it"

    def _labelled(self, operation: str, key: str) -> list[Read]:
        self.account.tell(f"looking for {key} by label")
        return self.account.every("ec2", operation, Filters=[self._label]) or []

    @property
    def _label(self) -> Read:
        return {"Name": f"tag:{ENVIRONMENT_TAG}", "Values": [self.plan.environment_id]}

    def _left(  # noqa: PLR0913 - what is known of a thing
        self,
        kind: str,
        name: str,
        why: str,
        command: str,
        evidence: dict[str, object] | None = None,
        *,
        meant: bool = False,
    ) -> Answer:
        return answer(
            "left-on-purpose" if meant else "left-over",
            name,
            evidence,
            kind=kind,
            why=why,
            command=command,
        )

    def _made(  # noqa: PLR0913 - what is known of a thing
        self,
        type_: str,
        name: str,
        why: str,
        evidence: dict[str, object] | None = None,
        *,
        vpc: str = "",
        meant: bool = False,
    ) -> Answer:
        """Return the answer about a thing that a stack makes."""
        costs = KINDS[type_].stakes.idle_cost if type_ in KINDS else None
        first = None if meant else FIRST.get(type_)
        words = {"vpc": vpc, "account": self.account.account}
        why = why if meant else self.reasons.get(name, why)
        return self._left(
            noun(type_),
            name,
            "; ".join(one for one in (why, first, costs) if one),
            commands(type_, name, region=self.plan.region, **words)
            if type_ in REMOVALS
            else "what made it removes it",
            evidence,
            meant=meant,
        )

    def _command(self, *words: str) -> str:
        return "`" + join(["aws", *words, "--region", self.plan.region]) + "`"

    def _instances(self) -> Iterator[Answer]:
        reservations = self._labelled("describe_instances", "Reservations")
        instances = [
            one
            for each in reservations
            for one in each["Instances"]
            if one["State"]["Name"] not in _ENDED
        ]
        groups = None if self.gone or not instances else self._groups()
        for one in instances:
            group = by_tags(one).get("aws:autoscaling:groupName")
            if groups is not None and (group is None or group in groups):
                # It is of an environment that exists; one of Spot fleet has no group.
                continue
            if not self.gone and groups is None:
                continue
            yield self._left(
                "the instance",
                one["InstanceId"],
                "the stack has gone" if self.gone else "its compute environment has gone",
                self._command("ec2", "terminate-instances", "--instance-ids", one["InstanceId"]),
                {"State": one["State"]["Name"], "LaunchTime": one["LaunchTime"]},
            )

    def _groups(self) -> set[str] | None:
        groups = self.account.every("autoscaling", "describe_auto_scaling_groups")
        return None if groups is None else {one["AutoScalingGroupName"] for one in groups}

    def _detached(self) -> Iterator[Answer]:
        for one in self._labelled("describe_volumes", "Volumes"):
            if one["State"] == "available":
                name, seen = one["VolumeId"], {"State": "available", "Size": one["Size"]}
                command = self._command("ec2", "delete-volume", "--volume-id", name)
                yield self._left("the volume", name, "no instance has it", command, seen)
        for one in self._labelled("describe_network_interfaces", "NetworkInterfaces"):
            if one["Status"] == "available":
                name, seen = one["NetworkInterfaceId"], {"Status": "available"}
                words = ("delete-network-interface", "--network-interface-id", name)
                command, why = self._command("ec2", *words), "nothing is attached to it"
                yield self._left("the network interface", name, why, command, seen)

    def _of_stack(self) -> Iterator[Answer]:
        """Yield what a stack makes, by label and by name."""
        systems = {service: self._systems(service) for service in _SYSTEMS}
        yield from self._file_systems(systems)
        # FSx keeps its network interfaces where they are; the mount targets of EFS have gone.
        yield from self._of_ec2({one["VpcId"]: one["FileSystemId"] for one in systems["fsx"]})
        yield from self._logs()
        yield from self._bucket()

    def _of_half(self) -> Iterator[Answer]:
        """Yield what is there of a stack that was deleted in part, with what AWS says of each."""
        self.account.tell(f"listing what is there of {self.plan.stack_name}")
        listed = self.account.every(
            "cloudformation", "list_stack_resources", StackName=self.plan.stack_name
        )
        there = [one for one in listed or () if one["ResourceStatus"] != "DELETE_COMPLETE"]
        self.reasons.update(
            (one["PhysicalResourceId"], one["ResourceStatusReason"])
            for one in there
            if one.get("PhysicalResourceId") and one.get("ResourceStatusReason")
        )
        told = set()
        for one in self._of_stack():
            told.add(one.about)
            yield one
        for one in there:
            type_, name = one["ResourceType"], one.get("PhysicalResourceId")
            # An address goes by its id, which its label has led to; CloudFormation has its number.
            if type_ in {*WITH_OTHERS, *NOT_TOLD, "AWS::CDK::Metadata", "AWS::EC2::EIP"}:
                continue
            if name is None or name in told:
                continue
            status = one["ResourceStatus"]
            kept = status == "DELETE_SKIPPED"
            why = "the stack kept it" if kept else self._why
            yield self._made(type_, name, why, {"ResourceStatus": status}, meant=kept)

    def _of_ec2(self, held: dict[str, str]) -> Iterator[Answer]:
        """Yield what EC2 has by label, in the order in which it can go.

        Args:
            held: By VPC, the file system that holds it.
        """
        found = {type_: self._find(one) for type_, one in LABELLED.items() if not one.by_vpc}
        vpcs = [one["VpcId"] for one in found["AWS::EC2::VPC"]]
        for type_, look in LABELLED.items():
            there = self._find(look, vpcs) if look.by_vpc else found[type_]
            for one in there:
                vpc = one.get("VpcId") or next(
                    (each["VpcId"] for each in one.get("Attachments", ())), ""
                )
                # Groups, subnets and the VPC itself are what a file system's interfaces need.
                system = held.get(vpc) if type_ in _HOLDING else None
                state = one.get("State")
                yield self._made(
                    type_,
                    one[look.id],
                    self._why
                    if system is None
                    else f"the file system {system} holds it, and goes first",
                    {"State": state} if isinstance(state, str) else {},
                    vpc=vpc,
                    meant=system is not None,
                )

    def _find(self, look: Labelled, vpcs: list[str] | None = None) -> list[Read]:
        if look.by_vpc and not vpcs:
            return []
        self.account.tell(f"looking for {look.key} by label")
        within = {"Name": "vpc-id", "Values": vpcs} if look.by_vpc else self._label
        asked: dict[str, Any] = {look.filters: [within]}
        if look.paged:
            there = self.account.every("ec2", look.operation, **asked)
        else:
            there = (self.account.read("ec2", look.operation, **asked) or {}).get(look.key)
        return [one for one in there or () if str(one.get("State")).lower() not in _ENDED]

    def _tagged(self) -> Iterator[Answer]:
        """Yield what AWS's index of tags has of services that are not asked one by one."""
        self.account.tell("looking for other things by label")
        types = {written: type_ for type_, written in TAGGED.items()}
        there = self.account.every(
            "resourcegroupstaggingapi",
            "get_resources",
            TagFilters=[{"Key": ENVIRONMENT_TAG, "Values": [self.plan.environment_id]}],
            ResourceTypeFilters=list(types),
        )
        for arn in (one["ResourceARN"] for one in there or ()):
            _, _, service, _, _, resource = arn.split(":", 5)
            kind = resource.replace("/", ":").partition(":")[0]
            type_ = types.get(service) or types.get(f"{service}:{kind}")
            if type_ is not None:
                why = f"{self._why}; AWS's index of tags is late, and it may have gone just now"
                yield self._made(type_, name_of(type_, arn), why)

    def _roles(self) -> Iterator[Answer]:
        self.account.tell("looking for roles by name")
        for role in self.plan.roles:
            if role.name is not None:
                found = self.account.read(
                    "iam", "get_role", absent=("NoSuchEntity",), RoleName=role.name
                )
                if found is not None and ABSENT not in found:
                    yield self._made("AWS::IAM::Role", role.name, self._why)

    def _logs(self) -> Iterator[Answer]:
        self.account.tell("looking for log groups by name")
        prefix = f"/seqera-batch/{self.plan.environment_id}/"
        groups = self.account.every("logs", "describe_log_groups", logGroupNamePrefix=prefix)
        kept = {one.name for one in self.plan.logs.created if one.kept_on_delete}
        for one in groups or ():
            name = one["logGroupName"]
            yield self._made(
                "AWS::Logs::LogGroup",
                name,
                "the file keeps it" if name in kept else self._why,
                {"storedBytes": one.get("storedBytes")},
                meant=name in kept,
            )

    def _systems(self, service: str) -> list[Read]:
        self.account.tell("looking for file systems by label")
        there = self.account.every(service, "describe_file_systems") or []
        return [
            one
            for one in there
            if by_tags(one).get(ENVIRONMENT_TAG) == self.plan.environment_id
            and str(one.get("LifeCycleState", one.get("Lifecycle"))).lower() not in _ENDED
        ]

    def _file_systems(self, systems: dict[str, list[Read]]) -> Iterator[Answer]:
        for service, there in systems.items():
            for one in there:
                yield self._made(
                    _SYSTEMS[service],
                    one["FileSystemId"],
                    f"it has data, and {self._why}",
                    {"CreationTime": one["CreationTime"]},
                    meant=True,
                )

    def _bucket(self) -> Iterator[Answer]:
        bucket = self.plan.storage.work_bucket
        if bucket is None:
            return
        head = self.account.read(
            "s3",
            "head_bucket",
            # One of that name may be somebody else's by now.
            absent=("404", "NoSuchBucket", "403"),
            Bucket=bucket.name,
            ExpectedBucketOwner=self.account.account,
        )
        if head is not None and ABSENT not in head:
            yield self._made(
                "AWS::S3::Bucket",
                bucket.name,
                f"it has data, and {self._why}",
                meant=bucket.kept_on_delete,
            )

    def _of_batch(self) -> Iterator[Answer]:
        """Yield groups and clusters that AWS Batch made for environments that are not there."""
        self.account.tell("looking for what AWS Batch left")
        there = self.account.every("batch", "describe_compute_environments")
        clusters = self.account.every("ecs", "list_clusters")
        if there is None:
            return
        known = {one["computeEnvironmentName"] for one in there}
        found = [("the Auto Scaling group", name) for name in sorted(self._groups() or ())]
        found += [("the ECS cluster", arn.rpartition("/")[2]) for arn in clusters or ()]
        for kind, name in found:
            made = _OF_BATCH.fullmatch(name)
            if made is not None and made["old"] not in known and made["new"] not in known:
                yield answer(
                    "left-by-batch", name, kind=kind, environment=made["old"] or made["new"]
                )

    def _definitions(self) -> Iterator[Answer]:
        self.account.tell("counting job definitions")
        every = self.account.every("batch", "describe_job_definitions", status="ACTIVE")
        names = [
            f"{one['jobDefinitionName']}:{one['revision']}"
            for one in every or ()
            if one["jobDefinitionName"].startswith(DEFINITIONS_OF_NEXTFLOW)
        ]
        if len(names) >= _PILE:
            command = self._command(
                "batch", "deregister-job-definition", "--job-definition", names[0]
            )
            yield answer(
                "piled-up",
                "job definitions",
                {"jobDefinitions": len(names)},
                count=len(names),
                command=f"nothing; each goes by {command}, and no run may still use it",
            )

    def _uploads(self) -> Iterator[Answer]:
        bucket = self.plan.storage.work_dir.bucket
        if bucket is None:
            return
        self.account.tell(f"looking for unfinished uploads in {bucket}")
        uploads = self.account.every(
            "s3", "list_multipart_uploads", absent=("NoSuchBucket",), Bucket=bucket
        )
        old = [one for one in uploads or () if (self.account.now - one["Initiated"]).days >= 1]
        if old:
            command = self._command(
                "s3api",
                "abort-multipart-upload",
                "--bucket",
                bucket,
                "--key",
                old[0]["Key"],
                "--upload-id",
                old[0]["UploadId"],
            )
            yield answer(
                "uploads-unfinished", bucket, {"Uploads": len(old)}, count=len(old), command=command
            )
