# SPDX-License-Identifier: Apache-2.0
"""What an environment is, in a sentence or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.model import ComputeEnvironment, Network

KINDS = {"SPOT": "Spot instances", "EC2": "On-Demand instances", "FARGATE": "Fargate"}
"""What jobs run on, by the type of a compute environment."""

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
    if plan.mode == "manual":
        return (
            f"{start}, on queues that exist ({plan.head_queue} for head jobs, "
            f"{plan.compute_queue} for tasks): only roles are created, and files are kept in "
            f"{plan.work_dir}."
        )
    by_key = {one.key: one for one in plan.compute_environments}
    tasks = by_key.get("work") or by_key["all"]
    parts = [f"tasks on {_nodes(tasks)}"]
    if "head" in by_key:
        kind = KINDS[by_key["head"].type]
        parts.append(f"head jobs on {kind}")
    if "dragen" in by_key:
        parts.append("DRAGEN on FPGA instances")
    return (
        f"{start}: {', '.join(parts)}, {_place(plan.network)}; files are kept in {plan.work_dir}."
    )


def _nodes(environment: ComputeEnvironment) -> str:
    least = f"{environment.min_vcpus} to " if environment.min_vcpus else "up to "
    return f"{least}{environment.max_vcpus} vCPUs of {KINDS[environment.type]}"


def _place(network: Network | None) -> str:
    return "" if network is None else _NETWORKS[network.mode]
