# SPDX-License-Identifier: Apache-2.0
"""The roles that the plan creates, with the documents that are reviewed and nothing else."""

from __future__ import annotations

from seqera_batch.catalog.ids import INSTANCE_PROFILE
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import iam
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import Identity, role_documents
from seqera_batch.policies.document import Scope


def roles(plan: ForgePlan, where: Scope) -> Resources:
    """Return the roles that do not exist, policies inline so that none outlives its role."""
    made = {identity.name: role(plan, identity) for identity in role_documents(plan, where)}
    if "InstanceRole" in made:
        made[INSTANCE_PROFILE] = Resource.of(
            iam.INSTANCE_PROFILE,
            # Nodes take the role through the profile; both share a name.
            InstanceProfileName=made["InstanceRole"].properties["RoleName"],
            Path=plan.roles.path,
            Roles=[ref("InstanceRole")],
        )
    return made


def fleet_role(plan: ForgePlan) -> str | None:
    """Return the ARN of the Spot fleet role; None where AWS Batch needs none."""
    fleet = plan.roles.get("FleetRole")
    return None if fleet is None else fleet.arn or get_att("FleetRole", "Arn")


def role(plan: ForgePlan, identity: Identity) -> Resource:
    """Return a role with its documents."""
    document, trust = identity.permissions, identity.trust
    return Resource.of(
        iam.ROLE,
        RoleName=identity.role_name,
        Path=plan.roles.path,
        Description=f"{plan.environment_id}: {identity.purpose}",
        AssumeRolePolicyDocument=None if trust is None else trust.to_dict(),
        PermissionsBoundary=plan.roles.permissions_boundary,
        Policies=[{"PolicyName": identity.name, "PolicyDocument": document.to_dict()}]
        if document.statements
        else None,
        Tags=tag_list(plan.labels.resources),
    )
