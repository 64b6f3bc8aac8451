# SPDX-License-Identifier: Apache-2.0
"""The cards of the picture: of each resource a few words, those that a reviewer asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from seqera_batch.judge.findings.finding import listed
from seqera_batch.judge.report.summary import KINDS
from seqera_batch.plan.costs import counted
from seqera_batch.plan.documents import PLATFORM
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.document import Principal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.documents import Identity
    from seqera_batch.plan.model import ComputeEnvironment, JobQueue, LaunchTemplate, Network
    from seqera_batch.plan.storage import FileSystem

Tone = Literal["outside", "jobs", "compute", "network", "data", "identity"]

SHOWN = 6
"""How many of a kind are drawn or named one by one; the page lists all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A box with a few words.

    Args:
        key: What arrows name it by.
        kind: What it is, in AWS's words.
        title: Its name.
        lines: What matters about it.
        beside: More of it, set in a second column.
        tone: What it belongs to.
        created: Whether the stack makes it; what exists or is only told is drawn dashed.
    """

    key: str
    kind: str
    title: str
    lines: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    tone: Tone
    created: bool = True


_JOBS = {
    "head": "head jobs: Nextflow itself",
    "work": "tasks of pipelines",
    "all": "head jobs and tasks",
    "dragen": "DRAGEN tasks",
}

_NODES = {"work": "Nodes", "head": "Nodes for head jobs", "dragen": "Nodes for DRAGEN"}
"""The first one is everybody's, but for those that have their own."""


def platform(plan: ForgePlan) -> Card:
    """Return the card of Platform itself."""
    doing = "launches in queues that exist" if plan.mode == "manual" else "submits head jobs"
    lines = [doing, "shows logs and files of runs"]
    if plan.platform.mode == "forge":
        lines.append("makes AWS Batch resources")
    return Card(
        key="platform",
        kind="Outside of the account",
        title="Seqera Platform",
        lines=tuple(lines),
        tone="outside",
        created=False,
    )


def queue(one: JobQueue) -> Card:
    """Return the card of a queue that is made."""
    lines = [_JOBS[one.key]]
    if one.job_state_limits:
        lines.append(f"cancels stuck jobs after {one.job_state_limits[0].max_time_seconds} s")
    return Card(
        key=f"queue-{one.key}", kind="Job queue", title=one.name, lines=tuple(lines), tone="jobs"
    )


def existing_queues(plan: ForgePlan) -> Iterator[Card]:
    """Yield the cards of Manual mode's queues."""
    existing = {"head": plan.head_queue, "work": plan.compute_queue}
    if plan.dragen_queue is not None:
        existing["dragen"] = plan.dragen_queue
    for key, name in existing.items():
        yield Card(
            key=f"queue-{key}",
            kind="Job queue, exists",
            title=name,
            lines=(_JOBS[key],),
            tone="jobs",
            created=False,
        )


def environment(one: ComputeEnvironment) -> Card:
    """Return the card of a compute environment."""
    lines = [f"{one.min_vcpus or 0} to {one.max_vcpus} vCPUs"]
    if one.instance_types:
        lines.append(listed(list(one.instance_types), SHOWN))
    if one.images:
        lines.append(", ".join(image.image_id or image.image_type for image in one.images))
    if one.allocation_strategy is not None:
        lines.append(one.allocation_strategy)
    if one.bid_percentage is not None:
        lines.append(f"up to {one.bid_percentage}% of the On-Demand price")
    return Card(
        key=f"environment-{one.key}",
        kind="Compute environment",
        title=KINDS[one.type],
        lines=tuple(lines),
        tone="compute",
    )


def template(one: LaunchTemplate) -> Card:
    """Return the card of a launch template."""
    disk, node = one.disk, one.node
    lines = [f"{disk.size_gb} GB {disk.volume_type} disk, encrypted", "IMDSv2 only"]
    if node.fusion_scratch:
        lines.append("NVMe disks for Fusion")
    if node.aws_cli is not None:
        lines.append("installs the AWS CLI" if node.aws_cli.install else "own AMI has the AWS CLI")
    lines += [f"mounts {mount.mount_path}" for mount in node.mounts]
    return Card(
        key=f"template-{one.key}",
        kind="Launch template",
        title=_NODES[one.key],
        lines=tuple(lines),
        tone="compute",
    )


def network_title(place: Network) -> str:
    """Return what the frame of the VPC is called."""
    if place.created:
        return f"VPC {place.cidr}"
    return f"VPC {place.vpc_id}, exists" if place.vpc_id else "VPC of the subnets, exists"


def network(place: Network) -> Iterator[Card]:
    """Yield the cards of what is in the VPC, besides nodes and file systems."""
    if not place.created:
        yield Card(
            key="subnets",
            kind="Subnets, exist",
            title=listed(list(place.subnets), SHOWN),
            tone="network",
            created=False,
        )
    for key, kind, ranges in (
        ("public", "Public subnets", place.public_cidrs),
        ("private", "Private subnets", place.private_cidrs),
    ):
        if ranges:
            nodes = key == "private" or not place.private_cidrs
            yield Card(
                key=f"subnets-{key}",
                kind=kind,
                title=listed(list(ranges), SHOWN),
                lines=("nodes start here",) if nodes else ("NAT gateways only",),
                tone="network",
            )
    if place.creates_security_group:
        spans = ", ".join(
            str(first) if first == last else f"{first}-{last}"
            for first, last in place.ingress_ports
        )
        yield Card(
            key="security-group",
            kind="Security group",
            title=f"In: TCP {spans} from itself" if spans else "In: nothing",
            lines=("out: HTTPS only" if place.restricted_egress else "out: everything",),
            tone="network",
        )
    else:
        yield Card(
            key="security-group",
            kind="Security groups, exist",
            title=listed(list(place.security_groups), SHOWN),
            tone="network",
            created=False,
        )
    if place.created:
        ways = []
        services = [endpoint.service for endpoint in place.endpoints]
        if place.mode != "isolated":
            ways.append("internet gateway")
        if place.nat_gateways:
            ways.append(counted(place.nat_gateways, "NAT gateway"))
        yield Card(
            key="ways-out",
            kind="Ways out",
            title=", ".join(["S3 gateway endpoint", *ways]),
            lines=(f"interface endpoints: {listed(services, SHOWN)}",) if services else (),
            tone="network",
        )


def file_system(system: FileSystem) -> Card:
    """Return the card of a file system."""
    fate = "kept with its data" if system.kept_on_delete else "deleted with its data"
    return Card(
        key=system.kind,
        kind=f"{system.title} file system",
        title=system.mount_path,
        lines=(
            (*system.details(), f"{fate} when the stack is deleted")
            if system.created
            else (f"{system.named()}, exists",)
        ),
        tone="data",
        created=system.created,
    )


def data(plan: ForgePlan) -> Iterator[Card]:
    """Yield the cards of buckets, logs, secrets and keys."""
    work = BucketAccess.of(plan.work_dir).bucket if plan.work_dir.startswith("s3://") else None
    for access in plan.buckets[:SHOWN]:
        yield Card(
            key=f"bucket-{access.bucket}-{access.folder}",
            kind="S3 bucket",
            title=access.uri.removeprefix("s3://"),
            lines=(_use(access, work),),
            tone="data",
            created=plan.work_bucket is not None and access.bucket == plan.work_bucket.name,
        )
    if len(plan.buckets) > SHOWN:
        yield Card(
            key="buckets",
            kind="S3 buckets",
            title=f"{len(plan.buckets) - SHOWN} more",
            lines=("see the permissions of the jobs' roles",),
            tone="data",
            created=False,
        )
    yield Card(
        key="job-logs",
        kind="Log group",
        title=plan.job_log_group,
        lines=("output of jobs",),
        tone="data",
        created=plan.job_log_group_created,
    )
    flow_logs = None if plan.network is None else plan.network.flow_log_group
    for key, name, line in (
        ("node-logs", plan.node_log_group, "the nodes' own logs"),
        ("flow-logs", flow_logs, "the VPC's flow logs"),
    ):
        if name is not None:
            yield Card(key=key, kind="Log group", title=name, lines=(line,), tone="data")
    if plan.platform.access_key_secret is not None:
        yield Card(
            key="access-key",
            kind="Secret",
            title=plan.platform.access_key_secret,
            lines=("access key of Platform's user",),
            tone="data",
        )
    own = plan.kms_key
    if own is not None and own.created:
        yield Card(
            key="key",
            kind="KMS key",
            title="of everything that holds data",
            lines=("kept when the stack is deleted",),
            tone="data",
        )
    existing = (None if own is None else own.arn, *plan.bucket_keys, plan.secrets_kms_key_id)
    for arn in dict.fromkeys(existing):
        if arn is not None:
            yield Card(
                key=f"key-{arn}",
                kind="KMS key",
                title=arn.rpartition("/")[2],
                tone="data",
                created=False,
            )


def _use(access: BucketAccess, work: str | None) -> str:
    if access.bucket == work:
        return "work directory"
    return "jobs only read" if access.read_only else "jobs read and write"


def identities(plan: ForgePlan, found: Sequence[Identity]) -> Iterator[Card]:
    """Yield the cards of Platform's identity, of the roles, and of whoever else is told."""
    documents = {one.name: one for one in found}
    yield _identity(
        documents.pop(PLATFORM),
        kind="Platform's credential",
        title=plan.platform.name if plan.platform.kind else "not made: permissions only told",
    )
    for role in plan.roles:
        if role.created:
            yield _identity(documents.pop(role.kind), kind=role.kind, title=role.name or "")
        else:
            yield Card(
                key=role.kind,
                kind=role.kind,
                title=(role.arn or "").partition(":role/")[2],
                beside=("exists: what it may do is not known here",),
                tone="identity",
                created=False,
            )
    for one in documents.values():
        name = one.arn.rpartition("/")[2]
        yield _identity(one, kind=one.name, title=name or "whoever it is")


def _identity(identity: Identity, *, kind: str, title: str) -> Card:
    wide = [one.sid for one in identity.permissions.statements if "*" in one.resources]
    return Card(
        key=identity.name,
        kind=kind,
        title=title,
        # No counts: they would change with every permission, and tell a reviewer nothing.
        beside=(
            _taken_by(identity),
            f"on *: {listed(wide, SHOWN)}" if wide else "nothing on *",
        ),
        tone="identity",
        created=identity.created,
    )


def _taken_by(one: Identity) -> str:
    if one.trust is None:
        return "a user with a key" if one.created else "for an identity of your own"
    names = [
        name
        for statement in one.trust.statements
        for name in (
            statement.principal.names
            if isinstance(statement.principal, Principal)
            else (statement.principal or "",)
        )
    ]
    return f"assumed by {listed(list(dict.fromkeys(names)), 2)}"
