# SPDX-License-Identifier: Apache-2.0
"""Job queues of AWS Batch."""

from __future__ import annotations

from collections.abc import Mapping

from seqera_batch.catalog.ids import SCHEDULING_POLICY, id_of
from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.cloudformation.resource import Resource, Resources
from seqera_batch.kinds import batch
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.queues import FairShare, JobQueue


def queues(plan: ForgePlan) -> dict[str, Resources]:
    """Return the job queues, by key."""
    return {
        queue.key: {id_of(queue.key, "JobQueue"): job_queue(queue, plan.labels.resources)}
        for queue in plan.compute.queues
    }


def scheduling(plan: ForgePlan) -> Resources:
    """Return how queues for tasks share their capacity; nothing where they do not."""
    shared = plan.compute.fair_share
    return {} if shared is None else {SCHEDULING_POLICY: scheduling_policy(plan, shared)}


def scheduling_policy(plan: ForgePlan, shared: FairShare) -> Resource:
    """Return a scheduling policy; queues refer to it, so CloudFormation deletes it last."""
    return Resource.of(
        batch.SCHEDULING_POLICY,
        Name=shared.name,
        FairsharePolicy={
            "ShareDecaySeconds": shared.decay_seconds,
            "ComputeReservation": shared.reservation,
            "ShareDistribution": [
                {"ShareIdentifier": name, "WeightFactor": weight}
                for name, weight in shared.weights.items()
            ],
        },
        Tags=dict(plan.labels.resources),
    )


def job_queue(queue: JobQueue, tags: Mapping[str, str]) -> Resource:
    """Return a queue; it refers to its environments, so CloudFormation deletes it first."""
    return Resource.of(
        batch.JOB_QUEUE,
        JobQueueName=queue.name,
        Priority=queue.priority,
        State="DISABLED" if queue.disabled else "ENABLED",
        ComputeEnvironmentOrder=[
            {"ComputeEnvironment": ref(id_of(key, "ComputeEnvironment")), "Order": order}
            for order, key in enumerate(queue.environments, start=1)
        ],
        SchedulingPolicyArn=queue.scheduling_policy,
        JobStateTimeLimitActions=[
            {
                "Action": limit.action,
                "MaxTimeSeconds": limit.max_time_seconds,
                "Reason": limit.reason,
                "State": limit.state,
            }
            for limit in queue.job_state_limits
        ],
        Tags=dict(tags),
    )
