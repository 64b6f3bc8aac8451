# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch plan`: what will exist, what was decided, what costs money, what is assumed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.cli.files import load_all, say, usable, write_over
from seqera_batch.cli.terminal import counting, fitted
from seqera_batch.plan import ForgePlan, quota_problems
from seqera_batch.problems import ConfigError, Problem, Severity, errors

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from seqera_batch.plan.model import ComputeEnvironment, Network, WorkBucket


def run(options: argparse.Namespace) -> int:
    """Show the plans; exit code 1 if a file cannot be used."""
    _check_picture(options)
    checked = load_all(options)
    if not usable(checked):
        return 1
    plans = [ForgePlan.of(one.usable()) for one in counting(checked, "planning environment")]
    together = quota_problems(plans)
    say(together, None)
    if errors(together):
        return 1
    if options.picture is not None:
        from seqera_batch.judge.report.picture import picture  # noqa: PLC0415 - needed here only

        write_over(options.picture, picture(plans[0]))
    if options.format == "json":
        data = {"plans": [_as_dict(plan) for plan in plans]}
        sys.stdout.write(json.dumps(data, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join("\n".join(fitted(_lines(plan))) + "\n" for plan in plans))
    return 0


def _check_picture(options: argparse.Namespace) -> None:
    if options.picture is None:
        return
    problems = []
    if len(options.files) > 1:
        problems.append(
            Problem(
                rule="picture-of-one",
                severity=Severity.ERROR,
                path="--picture",
                message="a picture is of one environment",
                value=", ".join(options.files),
                allowed="one FILE with --picture",
                fix="draw the files one by one",
            )
        )
    if Path(options.picture).suffix.lower() != ".svg":
        problems.append(
            Problem(
                rule="picture-format",
                severity=Severity.ERROR,
                path="--picture",
                message="pictures are drawn as SVG, and the ending says something else",
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
    from seqera_batch.plan.documents import identities, resource_policies  # noqa: PLC0415
    from seqera_batch.policies.document import UNKNOWN_ACCOUNT, Scope  # noqa: PLC0415

    data = plan.to_dict()
    for template, rendered in zip(plan.launch_templates, data["launch_templates"], strict=True):
        rendered["user_data"] = render(template.node)
    account = plan.account or UNKNOWN_ACCOUNT
    where = Scope(partition=plan.partition, region=plan.region, account=account)
    data["policies"] = {
        identity.name: {
            "trust": identity.trust and identity.trust.to_dict(),
            "permissions": identity.permissions.to_dict(),
        }
        for identity in identities(plan, where)
        if identity.created
    }
    data["resource_policies"] = {
        one.name: one.permissions.to_dict() for one in resource_policies(plan, where)
    }
    return data


def _lines(plan: ForgePlan) -> Iterator[str]:
    yield f"{plan.name}: {plan.mode} mode, {plan.region}, names start with {plan.environment_id}"
    yield from _section("Queues", _queues(plan))
    yield from _section("Compute environments", _environments(plan))
    yield from _section("Nodes", _nodes(plan))
    yield from _section("Network", _network(plan.network) if plan.network else ())
    yield from _section("File systems", (one.describe() for one in plan.file_systems))
    yield from _section(
        "Roles",
        (
            f"{role.kind}: {role.arn or role.name}{'' if role.created else ' (exists)'}: "
            f"{role.purpose}"
            for role in plan.roles
        ),
    )
    yield from _section(
        "Buckets that jobs read and write",
        (access.uri for access in plan.buckets if not access.read_only),
    )
    yield from _section(
        "Buckets that jobs only read", (access.uri for access in plan.buckets if access.read_only)
    )
    yield from _section("Data and logs", _data(plan))
    yield from _section("Volumes in job containers", plan.volumes)
    yield from _section(
        "Tags", (f"{key} = {value}" for key, value in plan.labels.resources.items())
    )
    yield from _section(
        "Decided, because the file leaves it open",
        (f"{one.field}: {_text(one.value)}: {one.reason}" for one in plan.decisions),
    )
    yield from _section(
        "Costs money while idle",
        [f"{cost.what}: {cost.why}; to avoid it, {cost.avoid}" for cost in plan.idle_costs]
        or ["nothing"],
    )
    yield from _section(
        "Quotas of the account and region",
        (f"{use.quota}: {use.used} of {use.limit}" for use in plan.quotas),
    )
    yield from _section("Assumed, because it cannot be seen from here", plan.assumptions)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", title, *(f"  - {line}" for line in found)] if found else []


def _queues(plan: ForgePlan) -> Iterator[str]:
    if plan.mode == "manual":
        yield f"head job: {plan.head_queue} (exists)"
        yield f"compute jobs: {plan.compute_queue} (exists)"
        if plan.dragen_queue:
            yield f"DRAGEN jobs: {plan.dragen_queue} (exists)"
    for queue in plan.job_queues:
        limits = ", ".join(
            f"{limit.reason} after {limit.max_time_seconds} s" for limit in queue.job_state_limits
        )
        yield f"{queue.name}: on {queue.compute_environment}; cancels {limits or 'nothing'}"


def _environments(plan: ForgePlan) -> Iterator[str]:
    for environment in plan.compute_environments:
        yield f"{environment.key}: {_environment(environment)}"


def _environment(environment: ComputeEnvironment) -> str:
    if environment.type == "FARGATE":
        return f"Fargate, at most {environment.max_vcpus} vCPUs"
    kind = "Spot" if environment.type == "SPOT" else "On-Demand"
    parts = [
        f"{kind} EC2, {environment.min_vcpus} to {environment.max_vcpus} vCPUs",
        str(environment.allocation_strategy),
        "types " + ", ".join(environment.instance_types),
        "image " + ", ".join(image.image_id or image.image_type for image in environment.images),
    ]
    if environment.bid_percentage is not None:
        parts.append(f"up to {environment.bid_percentage}% of the On-Demand price")
    if environment.update_policy is not None:
        minutes = environment.update_policy.job_execution_timeout_minutes
        parts.append(f"updates give running jobs {minutes} minutes")
    return "; ".join(parts)


def _nodes(plan: ForgePlan) -> Iterator[str]:
    for template in plan.launch_templates:
        disk, node = template.disk, template.node
        throughput = disk.throughput_mib_per_second
        parts = [
            f"{disk.size_gb} GB encrypted {disk.volume_type}"
            + (f" at {throughput} MiB/s" if throughput else "")
        ]
        if node.fusion_scratch:
            parts.append("NVMe disks formatted for Fusion")
        if node.aws_cli is not None:
            verb = "installs" if node.aws_cli.install else "must carry"
            parts.append(f"{verb} the AWS CLI at {node.aws_cli.path}")
        parts += [f"mounts {mount.mount_path}" for mount in node.mounts]
        if node.log_group:
            parts.append(f"logs to {node.log_group} for {plan.node_log_retention_days} days")
        if node.ecs_config:
            parts.append("own lines for the ECS agent")
        yield f"{template.key}: {'; '.join(parts)}"


def _data(plan: ForgePlan) -> Iterator[str]:
    if plan.work_bucket is not None:
        yield _work_bucket(plan.work_bucket)
    if plan.kms_key is not None:
        fate = "created, and kept when the stack is deleted"
        yield "a KMS key for everything that is created and holds data: " + (
            fate if plan.kms_key.arn is None else f"{plan.kms_key.arn} (exists)"
        )
    if plan.job_log_group_created:
        days = plan.job_log_retention_days
        fate = "kept" if plan.job_log_group_kept else "deleted"
        yield (
            f"log group {plan.job_log_group}, created, for jobs' output of {days} days; "
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
        yield f"a VPC of {network.cidr}, created, {network.mode}"
        if network.public_cidrs:
            yield f"public subnets {', '.join(network.public_cidrs)}, an internet gateway"
        if network.private_cidrs:
            yield f"private subnets {', '.join(network.private_cidrs)}"
        yield "an S3 gateway endpoint; NAT gateways: " + (str(network.nat_gateways or "none"))
        if network.endpoints:
            services = ", ".join(endpoint.service for endpoint in network.endpoints)
            yield f"interface endpoints of {services}"
        if network.flow_log_group:
            yield f"flow logs to {network.flow_log_group}"
    else:
        yield f"subnets {', '.join(network.subnets)}" + (
            f" of {network.vpc_id}" if network.vpc_id else ""
        )
    if network.creates_security_group:
        spans = ", ".join(
            str(first) if first == last else f"{first}-{last}"
            for first, last in network.ingress_ports
        )
        out = "HTTPS" if network.restricted_egress else "everything"
        yield f"a security group, created: {out} out, " + (
            f"TCP {spans} in from itself" if spans else "nothing in"
        )
    else:
        yield f"security groups {', '.join(network.security_groups)}"


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
