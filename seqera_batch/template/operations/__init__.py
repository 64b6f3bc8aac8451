# SPDX-License-Identifier: Apache-2.0
"""What is watched after the deployment, and the topic that is told."""

from __future__ import annotations

from seqera_batch.catalog.ids import OPERATIONS_TOPIC, OPERATIONS_TOPIC_POLICY
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import sns
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import resource_policies
from seqera_batch.plan.operations import Operations
from seqera_batch.policies.document import Scope
from seqera_batch.template.operations.alarms import alarms
from seqera_batch.template.operations.budget import budget
from seqera_batch.template.operations.dashboard import dashboard
from seqera_batch.template.operations.queue_check import queue_check
from seqera_batch.template.operations.rules import rules

__all__ = ["operations"]


def operations(plan: ForgePlan, where: Scope) -> Resources:
    """Return what is watched; nothing where the file asks for nothing."""
    watched = plan.operations
    if watched is None:
        return {}
    return {
        **_topic(plan, watched, where),
        **rules(plan, watched, where),
        **queue_check(plan, watched, where),
        **alarms(plan, watched),
        **budget(plan, watched),
        **dashboard(plan, watched),
    }


def _topic(plan: ForgePlan, watched: Operations, where: Scope) -> Resources:
    if not (watched.creates_topic and watched.publishers):
        return {}
    [policy] = (one for one in resource_policies(plan, where) if one.name == OPERATIONS_TOPIC)
    return {
        OPERATIONS_TOPIC: Resource.of(
            sns.TOPIC,
            # Each must be confirmed by whoever reads it; a deployment waits for nobody.
            Subscription=[{"Protocol": "email", "Endpoint": address} for address in watched.emails]
            or None,
            Tags=tag_list(plan.labels.resources),
        ),
        OPERATIONS_TOPIC_POLICY: Resource.of(
            sns.TOPIC_POLICY,
            Topics=[watched.topic_arn],
            PolicyDocument=policy.permissions.to_dict(),
        ),
    }
