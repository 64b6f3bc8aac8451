# SPDX-License-Identifier: Apache-2.0
"""The cards of the picture: of each resource a few words, those that a reviewer asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from seqera_batch.catalog.ports import spans
from seqera_batch.catalog.s3 import SCHEME
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import PLATFORM, Identity
from seqera_batch.plan.environments import ComputeEnvironment
from seqera_batch.plan.network import Network
from seqera_batch.plan.nodes import NodeTemplate
from seqera_batch.plan.operations import Operations
from seqera_batch.plan.queues import PURPOSES, JobQueue
from seqera_batch.plan.storage import FileSystem
from seqera_batch.policies.access import BucketAccess
from seqera_batch.records import dataclass
from seqera_batch.words import counted, listed, tell

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


def platform(plan: ForgePlan) -> Card:
    """Return the card of Platform itself."""
    doing = "launches in queues that exist" if plan.mode == "manual" else "submits head jobs"
    lines = [doing, "shows logs and files of runs"]
    if plan.platform.identity.mode == "forge":
        lines.append("makes AWS Batch resources")
    return Card(
        key="platform",
        kind="Outside of the account",
        title="Seqera Platform",
        lines=tuple(lines),
        tone="outside",
        created=False,
    )


def queue(made: JobQueue, order: int = 1) -> Card:
    """Return the card of a queue that is made, beside the environment that is its `order`-th."""
    if order > 1:
        return Card(
            key=f"queue-{made.key}-{order}",
            kind="Job queue, further environment",
            title=made.name,
            lines=(f"number {order}: takes what those before it cannot",),
            tone="jobs",
        )
    lines = [made.purpose]
    if made.job_state_limits:
        lines.append(f"cancels stuck jobs after {made.job_state_limits[0].max_time_seconds} s")
    for word, names in (("label", made.process_labels), ("process", made.process_names)):
        if names:
            lines.append(f"{word} {listed(names, SHOWN)}")
    if made.fallback is not None:
        lines.append(f"failed tasks go to {made.fallback.queue}")
    if made.scheduling_policy is not None:
        lines.append("shared among identifiers")
    if made.disabled:
        lines.append("takes no jobs for now")
    return Card(
        key=f"queue-{made.key}", kind="Job queue", title=made.name, lines=tuple(lines), tone="jobs"
    )


def existing_queues(plan: ForgePlan) -> Iterator[Card]:
    """Yield the cards of Manual mode's queues."""
    compute = plan.compute
    for key, name in (
        ("head", compute.head_queue),
        ("work", compute.compute_queue),
        ("dragen", compute.dragen_queue),
    ):
        if name is not None:
            yield Card(
                key=f"queue-{key}",
                kind="Job queue, exists",
                title=name,
                lines=(PURPOSES[key],),
                tone="jobs",
                created=False,
            )


def environment(made: ComputeEnvironment) -> Card:
    """Return the card of a compute environment."""
    title, *lines = tell(replace(made, instance_types=_first(made.instance_types)))
    return Card(
        key=f"environment-{made.key}",
        kind="Compute environment",
        title=title,
        lines=tuple(lines),
        tone="compute",
    )


def _first(names: tuple[str, ...]) -> tuple[str, ...]:
    return (listed(names, SHOWN),) if names else ()


def template(made: NodeTemplate) -> Card:
    """Return the card of a launch template."""
    return Card(
        key=f"template-{made.key}",
        kind="Launch template",
        title=made.purpose,
        lines=(
            f"{' '.join(tell(made.disk))} disk",
            *([f"image {made.image_id}"] if made.image_id else []),
            *(["data disk " + " ".join(tell(made.data_disk))] if made.data_disk else []),
            "IMDSv2 only",
            *tell(made.setup),
        ),
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
        ports = spans(place.ingress_ports)
        yield Card(
            key="security-group",
            kind="Security group",
            title=f"In: TCP {ports} from itself" if ports else "In: nothing",
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
    for group in place.file_system_groups:
        yield Card(
            key=f"security-group-{group.kind}",
            kind=f"Security group of {group.title}",
            title=f"In: TCP {spans(group.ingress_ports)} from itself",
            lines=("nodes are in it too",),
            tone="network",
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


def _definitions(plan: ForgePlan) -> Iterator[Card]:
    for made in plan.compute.job_definitions:
        yield Card(
            key=f"definition-{made.key}",
            kind="Job definition",
            title=made.name,
            lines=tuple(tell(made)),
            tone="compute",
        )


def data(plan: ForgePlan) -> Iterator[Card]:
    """Yield the cards of buckets, logs, job definitions, what is watched, secrets and keys."""
    work, created = plan.storage.work_dir.bucket, plan.storage.work_bucket
    for access in plan.storage.buckets[:SHOWN]:
        yield Card(
            key=f"bucket-{access.bucket}-{access.folder}",
            kind="S3 bucket",
            title=access.uri.removeprefix(SCHEME),
            lines=(_use(access, work),),
            tone="data",
            created=created is not None and access.bucket == created.name,
        )
    if len(plan.storage.buckets) > SHOWN:
        yield Card(
            key="buckets",
            kind="S3 buckets",
            title=f"{len(plan.storage.buckets) - SHOWN} more",
            lines=("see the permissions of the jobs' roles",),
            tone="data",
            created=False,
        )
    yield Card(
        key="job-logs",
        kind="Log group",
        title=plan.logs.jobs.name,
        lines=("output of jobs",),
        tone="data",
        created=plan.logs.jobs.created,
    )
    for key, group, line in (
        ("node-logs", plan.logs.nodes, "the nodes' own logs"),
        ("flow-logs", plan.logs.flow, "the VPC's flow logs"),
        ("queue-check-logs", plan.logs.queue_check, "what is seen of queues"),
    ):
        if group is not None:
            yield Card(key=key, kind="Log group", title=group.name, lines=(line,), tone="data")
    yield from _definitions(plan)
    if plan.operations is not None:
        yield _watched(plan.operations)
    if plan.platform.identity.access_key_secret is not None:
        yield Card(
            key="access-key",
            kind="Secret",
            title=plan.platform.identity.access_key_secret,
            lines=("access key of Platform's user",),
            tone="data",
        )
    own = plan.key
    if own is not None and own.created:
        yield Card(
            key="key",
            kind="KMS key",
            title="of everything that holds data",
            lines=("kept when the stack is deleted",),
            tone="data",
        )
    existing = (None if own is None else own.arn, *plan.storage.bucket_keys, plan.roles.secrets_key)
    for arn in dict.fromkeys(existing):
        if arn is not None:
            yield Card(
                key=f"key-{arn}",
                kind="KMS key",
                title=arn.rpartition("/")[2],
                tone="data",
                created=False,
            )


def _watched(watched: Operations) -> Card:
    """Return the card of what is watched, and of who is told."""
    topic = "a topic" if watched.topic is None else watched.topic.rpartition(":")[2]
    lines = {
        "failed head jobs": watched.head_job_failures,
        "blocked queues": watched.blocked_queues,
        counted(len(watched.alarms), "alarm"): watched.alarms,
        "a function that looks at queues": watched.queue_check,
        "a dashboard": watched.dashboard,
        "a budget": watched.budget,
    }
    return Card(
        key="operations",
        kind="What is watched",
        title=f"told to {topic}" if watched.publishers else "told to nobody",
        lines=tuple(line for line, part in lines.items() if part),
        tone="data",
        created=watched.creates_topic,
    )


def _use(access: BucketAccess, work: str | None) -> str:
    if access.bucket == work:
        return "work directory"
    return "jobs only read" if access.read_only else "jobs read and write"


def identities(plan: ForgePlan, found: Sequence[Identity]) -> Iterator[Card]:
    """Yield the cards of Platform's identity, of the roles, and of whoever else is told."""
    documents, worker = {one.name: one for one in found}, plan.platform.identity
    yield _identity(
        documents.pop(PLATFORM),
        kind="Platform's credential",
        title=worker.name if worker.kind else "not made: permissions only told",
    )
    for role in plan.roles:
        if role.created:
            yield _identity(documents.pop(role.kind), kind=role.kind, title=role.titled)
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
    names = [name for statement in one.trust.statements for name in statement.who]
    return f"assumed by {listed(list(dict.fromkeys(names)), 2)}"
