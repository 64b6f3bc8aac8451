# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch plan`: what will exist, what was decided, what costs money, what is assumed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from seqera_batch.catalog.ports import spans
from seqera_batch.cli.files import is_valid, load_all, usable
from seqera_batch.cli.streams import put
from seqera_batch.cli.terminal import counting, fitted
from seqera_batch.cli.writing import write_files
from seqera_batch.cloudformation.intrinsics import words
from seqera_batch.cloudformation.resource import Resources
from seqera_batch.plan import ForgePlan, quota_problems
from seqera_batch.plan.compute import Compute
from seqera_batch.plan.documents import PLATFORM, identities, resource_policies
from seqera_batch.plan.environments import ComputeEnvironment
from seqera_batch.plan.network import Network
from seqera_batch.plan.nodes import NodeTemplate
from seqera_batch.plan.storage.buckets import WorkBucket
from seqera_batch.problems import ConfigError, Problem
from seqera_batch.template.environment import digest, environment
from seqera_batch.words import counted, tell


def run(options: argparse.Namespace) -> int:
    """Show the plans; exit code 1 if a file cannot be used."""
    _check_picture(options)
    checked = load_all(options)
    usable_ones = [one.usable() for one in checked if is_valid(one)]
    plans = [ForgePlan.of(config) for config in counting(usable_ones, "planning environment")]
    if not usable(checked, options, quota_problems(plans)):
        return 1
    if options.picture is not None:
        from seqera_batch.judge.report.picture import picture  # noqa: PLC0415 - needed here only

        write_files(
            {Path(options.picture): picture(plans[0])},
            option="--picture",
            force=options.force,
            inputs=options.files,
            remade=True,
        )
    if options.format == "json":
        data = {"plans": [_as_dict(plan) for plan in plans]}
        put(words(json.dumps(data, indent=2)) + "\n")
    else:
        put(words("\n".join("\n".join(fitted(_lines(plan))) + "\n" for plan in plans)))
    return 0


def _check_picture(options: argparse.Namespace) -> None:
    if options.picture is None:
        return
    problems = []
    if len(options.files) > 1:
        problems.append(
            Problem(
                "picture-of-one",
                "--picture",
                "a picture is of one environment",
                value=", ".join(options.files),
                allowed="one FILE with --picture",
                fix="draw the files one by one",
            )
        )
    if Path(options.picture).suffix.lower() != ".svg":
        problems.append(
            Problem(
                "picture-format",
                "--picture",
                "pictures are drawn as SVG, and the ending says something else",
                value=options.picture,
                allowed="a name that ends in .svg",
                fix=f"for example {Path(options.picture).stem}.svg",
            )
        )
    if problems:
        raise ConfigError(problems)


def _as_dict(plan: ForgePlan) -> dict[str, object]:
    # What only this format needs, and the other starts faster without.
    from seqera_batch.node import render  # noqa: PLC0415

    data, where = plan.to_dict(), plan.scope()
    templates = zip(plan.compute.node_templates, data["compute"]["node_templates"], strict=True)
    for template, rendered in templates:
        rendered["user_data"] = render(template.setup)
    data["policies"] = {
        identity.name: {
            "trust": identity.trust and identity.trust.to_dict(),
            "permissions": identity.permissions.to_dict(),
        }
        for identity in identities(plan, where)
        if identity.created
    }
    data["resource_policies"] = {
        policy.name: policy.permissions.to_dict() for policy in resource_policies(plan, where)
    }
    data["resources"] = {name: one.kind.type for name, one in environment(plan, where).items()}
    return data


def _lines(plan: ForgePlan) -> Iterator[str]:
    yield f"{plan.name}: {plan.mode} mode, {plan.region}, names start with {plan.environment_id}"
    for title, lines in _sections(plan):
        found = list(lines)
        if found:
            yield from ("", title, *(f"  - {line}" for line in found))


def _sections(plan: ForgePlan) -> Iterator[tuple[str, Iterable[str]]]:
    storage, compute, watched = plan.storage, plan.compute, plan.operations
    yield "Queues", _queues(plan)
    yield "Compute environments", (*_each(compute.environments), *_together(compute))
    yield "Nodes", _each(compute.node_templates)
    yield "Largest jobs", _sizes(compute)
    yield (
        "Job definitions",
        (f"{one.name}: {'; '.join(tell(one))}" for one in compute.job_definitions),
    )
    yield "Network", _network(plan.network) if plan.network else ()
    yield "File systems", (system.describe() for system in storage.file_systems)
    yield "Roles", _roles(plan)
    for title, read_only in (
        ("Buckets that jobs read and write", False),
        ("Buckets that jobs only read", True),
    ):
        yield title, [one.uri for one in storage.buckets if one.read_only is read_only]
    yield "Data and logs", _data(plan)
    yield "Operations", (watched.who_is_told, *tell(watched)) if watched else ()
    yield "Volumes in job containers", compute.volumes
    yield "Tags", (f"{key} = {value}" for key, value in plan.labels.resources.items())
    yield (
        "Decided, because the file leaves it open",
        (f"{one.field}: {_text(one.value)}: {one.reason}" for one in plan.decisions),
    )
    idle = [f"{cost.what}: {cost.why}; to avoid it, {cost.avoid}" for cost in plan.costs.idle]
    yield "Costs money while idle", idle or ["nothing"]
    yield (
        "Quotas of the account and region",
        (f"{use.quota}: {use.used} of {use.limit}" for use in plan.costs.quotas),
    )
    resources = environment(plan, plan.scope())
    yield (
        f"Everything that the stack makes: {counted(len(resources), 'resource')}",
        (*_resources(resources), f"SHA-256 of all of it: {digest(resources)}") if resources else (),
    )
    yield "Assumed, because it cannot be seen from here", plan.assumptions


def _resources(resources: Resources) -> Iterator[str]:
    """Yield each resource, by what it is; the ids are those of the template."""
    titles = {one.kind.title: one.kind.type for one in resources.values()}
    for title, kind in sorted(titles.items()):
        names = [name for name, one in resources.items() if one.kind.type == kind]
        yield f"{title} ({kind}), {len(names)}: {', '.join(names)}"


def _roles(plan: ForgePlan) -> Iterator[str]:
    for role in plan.roles:
        exists = "" if role.created else " (exists)"
        yield f"{role.kind}: {role.arn or role.titled}{exists}: {role.purpose}"
    kinds = {role.kind for role in plan.roles}
    for identity in identities(plan, plan.scope()):
        if identity.created and identity.name not in kinds:
            yield f"{identity.name}: {identity.titled}: {identity.purpose}"
    if plan.platform.identity.access_key_secret is not None:
        yield (
            f"an access key of {PLATFORM}'s user, which lasts until it is changed, "
            f"in the secret {plan.platform.identity.access_key_secret}"
        )
    if plan.roles.path != "/":
        yield f"names of those that are created are below {plan.roles.path}"
    if plan.roles.permissions_boundary is not None:
        yield f"those that are created are held to the boundary {plan.roles.permissions_boundary}"


def _queues(plan: ForgePlan) -> Iterator[str]:
    compute = plan.compute
    if plan.mode == "manual":
        yield f"head job: {compute.head_queue} (exists)"
        yield f"compute jobs: {compute.compute_queue} (exists)"
        if compute.dragen_queue:
            yield f"DRAGEN jobs: {compute.dragen_queue} (exists)"
    for queue in compute.queues:
        yield f"{queue.name}: {'; '.join(tell(queue))}"


def _each(parts: Iterable[ComputeEnvironment | NodeTemplate]) -> Iterator[str]:
    for part in parts:
        yield f"{part.key}: {'; '.join(tell(part))}"


def _together(compute: Compute) -> Iterator[str]:
    if len(compute.environments) > 1:
        vcpus = sum(one.max_vcpus for one in compute.environments)
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html
        yield f"together: at most {vcpus} vCPUs; AWS Batch may take one node more in each"


def _sizes(compute: Compute) -> Iterator[str]:
    for one in compute.environments:
        if one.largest_job is not None:
            yield (
                f"{one.key}: {one.largest_job}, each of the type with most of it, "
                "less what the ECS agent and the kernel keep"
            )


def _data(plan: ForgePlan) -> Iterator[str]:
    if plan.storage.work_bucket is not None:
        yield _work_bucket(plan.storage.work_bucket)
    if plan.key is not None:
        fate = "created, and kept when the stack is deleted"
        yield "a KMS key for everything that is created and holds data: " + (
            fate if plan.key.arn is None else f"{plan.key.arn} (exists)"
        )
    for group, whose in (
        (plan.logs.jobs, "jobs' output"),
        (plan.logs.nodes, "the nodes' own logs"),
        (plan.logs.flow, "the VPC's flow logs"),
        (plan.logs.registration, "the registration's log"),
        (plan.logs.queue_check, "the log of the function that looks at queues"),
    ):
        if group is not None and group.created:
            fate = "kept" if group.kept_on_delete else "deleted"
            yield (
                f"log group {group.name}, created, for {whose} of {group.retention_days} days; "
                f"{fate} when the stack is deleted"
            )


def _work_bucket(bucket: WorkBucket) -> str:
    days = bucket.expire_after_days
    parts = [
        f"bucket {bucket.name}, created",
        f"intermediate files below {bucket.folder}/ are deleted after {days} days"
        if days
        else "nothing is deleted by itself",
        *(["versions are kept"] if bucket.versioning else []),
        "kept when the stack is deleted"
        if bucket.kept_on_delete
        else "deleted with the stack, if it is empty by then",
    ]
    return "; ".join(parts)


def _network(network: Network) -> Iterator[str]:
    if network.created:
        stays = "; kept, with its first subnets, when the stack is deleted"
        yield f"a VPC of {network.cidr}, created, {network.mode}" + (
            stays if network.kept_on_delete else ""
        )
        if network.public_cidrs:
            zones = counted(len(network.public_cidrs), "zone")
            yield (
                f"public subnets in {zones}: {', '.join(network.public_cidrs)}; an internet gateway"
            )
        if network.private_cidrs:
            zones = counted(len(network.private_cidrs), "zone")
            yield f"private subnets in {zones}: {', '.join(network.private_cidrs)}"
        yield "an S3 gateway endpoint; NAT gateways: " + (str(network.nat_gateways or "none"))
        if network.endpoints:
            services = ", ".join(endpoint.service for endpoint in network.endpoints)
            yield f"interface endpoints of {services}"
    else:
        yield f"subnets {', '.join(network.subnets)}" + (
            f" of {network.vpc_id}" if network.vpc_id else ""
        )
    if network.creates_security_group:
        ports = spans(network.ingress_ports)
        out = "HTTPS" if network.restricted_egress else "everything"
        yield f"a security group, created: {out} out, " + (
            f"TCP {ports} in from itself" if ports else "nothing in"
        )
    else:
        yield f"security groups {', '.join(network.security_groups)}"
    for group in network.file_system_groups:
        fate = "kept" if group.kept_on_delete else "deleted"
        yield (
            f"a security group of {group.title} and the nodes, created: "
            f"TCP {spans(group.ingress_ports)} in from itself; {fate} when the stack is deleted"
        )


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
