# SPDX-License-Identifier: Apache-2.0
"""What an environment is, in a sentence or two, and what stays possible in it."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.plan import ForgePlan
from seqera_batch.plan.environments import RUNS_ON, ComputeEnvironment

_NETWORKS = {
    "public": "in public subnets of a VPC of its own",
    "private": "in private subnets of a VPC of its own, behind NAT gateways",
    "isolated": "in subnets of a VPC of its own without a way to the internet",
    "existing": "in subnets that exist",
}


def summary(plan: ForgePlan) -> str:
    """Return what the environment is, as a sentence that ends in a full stop."""
    where = plan.region if plan.account is None else f"{plan.region} of account {plan.account}"
    start = f"{plan.name} runs the Nextflow pipelines of Seqera Platform on AWS Batch in {where}"
    compute, kept = plan.compute, f"files are kept in {plan.storage.work_dir}."
    if plan.mode == "manual":
        return (
            f"{start}, on queues that exist ({compute.head_queue} for head jobs, "
            f"{compute.compute_queue} for tasks): only roles are created, and {kept}"
        )
    tasks, heads = compute.behind(compute.compute_queue), compute.behind(compute.head_queue)
    parts = [f"tasks on {_nodes(environment)}" for environment in tasks]
    if heads != tasks:
        parts += [f"head jobs on {RUNS_ON[environment.type]}" for environment in heads]
    if compute.dragen_queue is not None:
        parts.append("DRAGEN on FPGA instances")
    place = "" if plan.network is None else _NETWORKS[plan.network.mode]
    return f"{start}: {', '.join(parts)}, {place}; {kept}"


def _nodes(environment: ComputeEnvironment) -> str:
    least = f"{environment.min_vcpus} to " if environment.min_vcpus else "up to "
    return f"{least}{environment.max_vcpus} vCPUs of {RUNS_ON[environment.type]}"


def residual_risks(plan: ForgePlan) -> Iterator[str]:
    """Yield what stays possible when everything is as it should be: what a signature accepts.

    The widest first; the page on security says more of each.
    """
    written = ", ".join(one.uri for one in plan.storage.buckets if not one.read_only)
    where = f", and all files in {written}" if written else ""
    yield f"Who starts a run runs any code, with the rights of head job and tasks{where}."
    yield (
        "Environments of one account and region are not apart: a run can use another's job "
        "definitions, and end its jobs."
    )
    if plan.platform.identity.access_key_secret is not None:
        yield "Platform has an access key that lasts until somebody changes it."
    if plan.compute.node_templates:
        yield "A task can ask its node for the node's credentials, and take a node's place."
    if plan.storage.file_systems:
        yield "Every job can read and write, as root, the file systems that nodes mount."
    network = plan.network
    if network is not None and network.mode != "isolated":
        out = "by HTTPS " if network.restricted_egress else ""
        yield f"Jobs can send data {out}to any address."
