# SPDX-License-Identifier: Apache-2.0
"""The KMS key, put into every resource that holds data."""

from __future__ import annotations

from dataclasses import replace

from seqera_batch.catalog.ids import KMS_KEY
from seqera_batch.cloudformation.intrinsics import get_att
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import kms
from seqera_batch.plan import ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.policies.encryption import key_policy

DELETION_DAYS = 30
"""AWS's longest: days in which a key that somebody deletes can be had back."""


def kms_key(plan: ForgePlan, where: Scope) -> Resources:
    """Return the key; nothing where it exists, or AWS's own keys are used."""
    key = plan.key
    if key is None or not key.created:
        return {}
    return {
        KMS_KEY: Resource.of(
            kms.KEY,
            Description=f"{plan.environment_id}: data of pipelines",
            EnableKeyRotation=True,
            PendingWindowInDays=DELETION_DAYS,
            KeyPolicy=key_policy(where, key.access()).to_dict(),
            Tags=tag_list(plan.labels.resources),
            # Whatever outlives the stack is lost with its key, and volumes of running nodes too.
            keep_on_delete=True,
        )
    }


def key_arn(plan: ForgePlan) -> str | None:
    """Return the ARN of the key; None where AWS's own keys are used."""
    return None if plan.key is None else plan.key.arn or get_att(KMS_KEY, "Arn")


def encrypted(resources: Resources, plan: ForgePlan) -> Resources:
    """Return the resources with the user's key in all that hold data; as they are without one."""
    key = key_arn(plan)
    if key is None:
        return resources
    return {name: _with_key(resource, key) for name, resource in resources.items()}


def _with_key(resource: Resource, key: str) -> Resource:
    if resource.kind.kms_key is None:
        return resource
    encrypted_by = resource.kind.kms_key(resource.properties, key)
    return replace(resource, properties={**resource.properties, **encrypted_by})
