# SPDX-License-Identifier: Apache-2.0
"""Which documents belong to which role: deployed, printed and reviewed from this one table."""

from __future__ import annotations

from collections.abc import Callable

from seqera_batch.catalog.names import RoleKind
from seqera_batch.policies import flow_logs, nodes, trust
from seqera_batch.policies import roles as permissions
from seqera_batch.policies.access import JobAccess
from seqera_batch.policies.document import PolicyDocument, Scope

DOCUMENTS: dict[
    RoleKind, tuple[Callable[[Scope], PolicyDocument], Callable[[Scope, JobAccess], PolicyDocument]]
] = {
    "HeadJobRole": (trust.trust_ecs_tasks, permissions.head_job),
    "ComputeJobRole": (trust.trust_ecs_tasks, permissions.compute_job),
    "ExecutionRole": (trust.trust_ecs_tasks, permissions.execution),
    "InstanceRole": (trust.trust_ec2, nodes.instance),
    "FleetRole": (trust.trust_spot_fleet, nodes.spot_fleet),
    "FlowLogRole": (flow_logs.trust_flow_logs, flow_logs.flow_logs),
}
"""Of each kind of role: who may assume it, and what it may do."""
