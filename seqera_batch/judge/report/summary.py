# SPDX-License-Identifier: Apache-2.0
"""What an environment is, in a sentence or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.plan.environments import RUNS_ON

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.environments import ComputeEnvironment
    from seqera_batch.plan.network import Network

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
    return f"{start}: {', '.join(parts)}, {_place(plan.network)}; {kept}"


def _nodes(environment: ComputeEnvironment) -> str:
    least = f"{environment.min_vcpus} to " if environment.min_vcpus else "up to "
    return f"{least}{environment.max_vcpus} vCPUs of {RUNS_ON[environment.type]}"


def _place(network: Network | None) -> str:
    return "" if network is None else _NETWORKS[network.mode]
