# SPDX-License-Identifier: Apache-2.0
"""What is there of an environment that should have gone, with the commands that would remove it."""

from __future__ import annotations

from dataclasses import dataclass, field
from shlex import join
from typing import TYPE_CHECKING

from seqera_batch.account.answer import Answer
from seqera_batch.account.doctor import stack_answers
from seqera_batch.account.facts import read_stack
from seqera_batch.account.leaves import LEAVES
from seqera_batch.account.reading import ABSENT, by_tags
from seqera_batch.plan.labels import ENVIRONMENT_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.account.reading import Account, Read
    from seqera_batch.plan import ForgePlan

DEFINITIONS_OF_NEXTFLOW = "nf-"
"""How the names of job definitions begin that Nextflow registers, one a container image."""
_PILE = 100
"""Job definitions below which nobody needs to be told."""
_ENDED = {"shutting-down", "terminated"}


def leftovers(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    """Yield what is left over; nothing is removed.

    Args:
        account: Where the environment is or was.
        plan: What it is.
    """
    stack = read_stack(account, plan.stack_name)
    # A stack that was deleted is not found by its name any more.
    missing = stack is not None and ABSENT in stack
    gone = missing and not _in_use(account, plan)
    if not gone:
        yield from stack_answers(None if missing else stack, plan, read=stack is not None)
    yield from _Search(account, plan, gone=gone).answers()


def _in_use(account: Account, plan: ForgePlan) -> bool:
    """Whether its queues are there: then its stack has only another name, or that is not known."""
    if plan.mode == "manual":
        return False
    names = list(plan.compute.names)
    there = account.every("batch", "describe_job_queues", "jobQueues", jobQueues=names)
    return there is None or bool(there)


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks by label and by name.

    Args:
        account: Where to look.
        plan: The environment.
        gone: Whether the stack has gone, so that nothing that it made should be there.
    """

    account: Account
    plan: ForgePlan
    gone: bool = field(kw_only=True)

    def answers(self) -> Iterator[Answer]:
        """Yield what is left over."""
        yield from self._instances()
        yield from self._volumes()
        yield from self._interfaces()
        if self.gone:
            yield from self._of_stack()
        yield from self._definitions()
        yield from self._uploads()

    def _labelled(self, operation: str, key: str) -> list[Read]:
        self.account.tell(f"looking for {key} by label")
        label = {"Name": f"tag:{ENVIRONMENT_TAG}", "Values": [self.plan.environment_id]}
        return self.account.every("ec2", operation, key, Filters=[label]) or []

    def _left(
        self,
        kind: str,
        name: str,
        why: str,
        *command: str,
        evidence: dict[str, object] | None = None,
        meant: bool = False,
    ) -> Answer:
        return Answer(
            leaf=LEAVES["left-on-purpose" if meant else "left-over"],
            about=name,
            evidence=evidence or {},
            words={"kind": kind, "why": why, "command": f"`{self._command(*command)}`"},
        )

    def _command(self, *words: str) -> str:
        return join(["aws", *words, "--region", self.plan.region])

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
                "ec2",
                "terminate-instances",
                "--instance-ids",
                one["InstanceId"],
                evidence={"State": one["State"]["Name"], "LaunchTime": one["LaunchTime"]},
            )

    def _groups(self) -> set[str] | None:
        groups = self.account.every(
            "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"
        )
        return None if groups is None else {one["AutoScalingGroupName"] for one in groups}

    def _volumes(self) -> Iterator[Answer]:
        for one in self._labelled("describe_volumes", "Volumes"):
            if one["State"] == "available":
                yield self._left(
                    "the volume",
                    one["VolumeId"],
                    "no instance has it",
                    "ec2",
                    "delete-volume",
                    "--volume-id",
                    one["VolumeId"],
                    evidence={"State": "available", "Size": one["Size"]},
                )

    def _interfaces(self) -> Iterator[Answer]:
        for one in self._labelled("describe_network_interfaces", "NetworkInterfaces"):
            if one["Status"] == "available":
                name = one["NetworkInterfaceId"]
                yield self._left(
                    "the network interface",
                    name,
                    "nothing is attached to it",
                    "ec2",
                    "delete-network-interface",
                    "--network-interface-id",
                    name,
                    evidence={"Status": "available"},
                )

    def _of_stack(self) -> Iterator[Answer]:
        """Yield what a stack makes, after it has gone."""
        for one in self._labelled("describe_launch_templates", "LaunchTemplates"):
            name = one["LaunchTemplateId"]
            yield self._left(
                "the launch template",
                name,
                "the stack has gone",
                "ec2",
                "delete-launch-template",
                "--launch-template-id",
                name,
                evidence={"LaunchTemplateName": one["LaunchTemplateName"]},
            )
        systems = {service: self._systems(service) for service in ("efs", "fsx")}
        yield from self._file_systems(systems)
        # FSx keeps its network interfaces where they are; the mount targets of EFS have gone.
        yield from self._network({one["VpcId"]: one["FileSystemId"] for one in systems["fsx"]})
        yield from self._logs()
        yield from self._bucket()

    def _logs(self) -> Iterator[Answer]:
        self.account.tell("looking for log groups by name")
        prefix = f"/seqera-batch/{self.plan.environment_id}/"
        groups = self.account.every(
            "logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix
        )
        kept = {one.name for one in self.plan.logs.created if one.kept_on_delete}
        for one in groups or ():
            name = one["logGroupName"]
            yield self._left(
                "the log group",
                name,
                "the file keeps it" if name in kept else "the stack has gone",
                "logs",
                "delete-log-group",
                "--log-group-name",
                name,
                evidence={"storedBytes": one.get("storedBytes")},
                meant=name in kept,
            )

    def _network(self, held: dict[str, str]) -> Iterator[Answer]:
        """Yield groups, subnets and VPCs, in the order in which they can go."""
        for kind, operation, key, name, option in (
            ("security group", "describe_security_groups", "SecurityGroups", "GroupId", "group"),
            ("subnet", "describe_subnets", "Subnets", "SubnetId", "subnet"),
            ("VPC", "describe_vpcs", "Vpcs", "VpcId", "vpc"),
        ):
            for one in self._labelled(operation, key):
                system = held.get(one.get("VpcId", ""))
                yield self._left(
                    f"the {kind}",
                    one[name],
                    "the stack has gone; what is in it goes first"
                    if system is None
                    else f"the file system {system} holds it, and goes first",
                    "ec2",
                    f"delete-{kind.lower().replace(' ', '-')}",
                    f"--{option}-id",
                    one[name],
                    meant=system is not None,
                )

    def _systems(self, service: str) -> list[Read]:
        self.account.tell("looking for file systems by label")
        there = self.account.every(service, "describe_file_systems", "FileSystems") or []
        return [
            one for one in there if by_tags(one).get(ENVIRONMENT_TAG) == self.plan.environment_id
        ]

    def _file_systems(self, systems: dict[str, list[Read]]) -> Iterator[Answer]:
        for service, there in systems.items():
            for one in there:
                name = one["FileSystemId"]
                yield self._left(
                    f"the file system ({service})",
                    name,
                    "it has data, and its stack has gone",
                    service,
                    "delete-file-system",
                    "--file-system-id",
                    name,
                    evidence={"CreationTime": one["CreationTime"]},
                    meant=True,
                )

    def _bucket(self) -> Iterator[Answer]:
        bucket = self.plan.storage.work_bucket
        if bucket is None:
            return
        head = self.account.read(
            "s3", "head_bucket", absent=("404", "NoSuchBucket", "403"), Bucket=bucket.name
        )
        if head is not None and ABSENT not in head:
            yield self._left(
                "the bucket",
                bucket.name,
                "it has data, and its stack has gone",
                "s3",
                "rb",
                f"s3://{bucket.name}",
                "--force",
                meant=bucket.kept_on_delete,
            )

    def _definitions(self) -> Iterator[Answer]:
        self.account.tell("counting job definitions")
        every = self.account.every(
            "batch", "describe_job_definitions", "jobDefinitions", status="ACTIVE"
        )
        names = [
            f"{one['jobDefinitionName']}:{one['revision']}"
            for one in every or ()
            if one["jobDefinitionName"].startswith(DEFINITIONS_OF_NEXTFLOW)
        ]
        if len(names) >= _PILE:
            command = self._command(
                "batch", "deregister-job-definition", "--job-definition", names[0]
            )
            yield Answer(
                leaf=LEAVES["piled-up"],
                about="job definitions",
                evidence={"jobDefinitions": len(names)},
                words={
                    "count": len(names),
                    "command": f"nothing; each goes by `{command}`, and no run may still use it",
                },
            )

    def _uploads(self) -> Iterator[Answer]:
        bucket = self.plan.storage.work_dir.bucket
        if bucket is None:
            return
        self.account.tell(f"looking for unfinished uploads in {bucket}")
        uploads = self.account.every(
            "s3", "list_multipart_uploads", "Uploads", absent=("NoSuchBucket",), Bucket=bucket
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
            yield Answer(
                leaf=LEAVES["uploads-unfinished"],
                about=bucket,
                evidence={"Uploads": len(old)},
                words={"count": len(old), "command": f"`{command}`"},
            )
