# SPDX-License-Identifier: Apache-2.0
"""The roles that the plan creates, with the documents of `policies` and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.policies.by_role import DOCUMENTS

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.model import Role
    from seqera_batch.policies.document import Scope

INSTANCE_PROFILE = "InstanceProfile"


def roles(plan: ForgePlan, where: Scope) -> Resources:
    """Return the roles that do not exist, policies inline so that none outlives its role."""
    found: Resources = {role.kind: _role(plan, role, where) for role in plan.roles if role.created}
    if "InstanceRole" in found:
        found[INSTANCE_PROFILE] = Resource(
            type="AWS::IAM::InstanceProfile",
            # Nodes take the role through the profile; both share a name.
            properties={
                "InstanceProfileName": plan.role("InstanceRole").name,
                "Path": plan.iam_path,
                "Roles": [ref("InstanceRole")],
            },
        )
    return found


def instance_profile(plan: ForgePlan) -> Any:  # noqa: ANN401 - an ARN, or where it comes from
    """Return the ARN of the nodes' profile."""
    return plan.instance_profile or get_att(INSTANCE_PROFILE, "Arn")


def fleet_role(plan: ForgePlan) -> Any:  # noqa: ANN401 - an ARN, or where it comes from
    """Return the ARN of the Spot fleet role; None where AWS Batch needs none."""
    for role in plan.roles:
        if role.kind == "FleetRole":
            return role.arn or get_att("FleetRole", "Arn")
    return None


def _role(plan: ForgePlan, role: Role, where: Scope) -> Resource:
    trusts, permits = DOCUMENTS[role.kind]
    document = permits(where, plan.job_access(where))
    return Resource(
        type="AWS::IAM::Role",
        properties={
            "RoleName": role.name,
            "Path": plan.iam_path,
            "Description": f"{plan.environment_id}: {role.purpose}",
            "AssumeRolePolicyDocument": trusts(where).to_dict(),
            "PermissionsBoundary": plan.permissions_boundary,
            "Policies": [{"PolicyName": role.kind, "PolicyDocument": document.to_dict()}]
            if document.statements
            else None,
            "Tags": tag_list(plan.labels.resources),
        },
    )
