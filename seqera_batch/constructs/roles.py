# SPDX-License-Identifier: Apache-2.0
"""The roles that the plan creates, with the documents of `policies` and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from seqera_batch.constructs.tagging import cfn_tags
from seqera_batch.policies.by_role import DOCUMENTS

if TYPE_CHECKING:
    from constructs import Construct

    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.plan import ForgePlan
    from seqera_batch.policies.access import JobAccess
    from seqera_batch.policies.document import Scope


def create_roles(
    scope: Construct, plan: ForgePlan, where: Scope, access: JobAccess
) -> dict[RoleKind, iam.CfnRole]:
    """Create the roles that do not exist, policies inline so that none outlives its role."""
    return {
        role.kind: _role(scope, plan, role.kind, where, access)
        for role in plan.roles
        if role.created
    }


def create_instance_profile(
    scope: Construct, plan: ForgePlan, role: iam.CfnRole
) -> iam.CfnInstanceProfile:
    """Create the profile through which nodes take the instance role; both share a name."""
    return iam.CfnInstanceProfile(
        scope,
        "InstanceProfile",
        instance_profile_name=plan.role("InstanceRole").name,
        path=plan.iam_path,
        roles=[role.ref],
    )


def _role(
    scope: Construct, plan: ForgePlan, kind: RoleKind, where: Scope, access: JobAccess
) -> iam.CfnRole:
    trusts, permits = DOCUMENTS[kind]
    role = plan.role(kind)
    document = permits(where, access)
    return iam.CfnRole(
        scope,
        kind,
        role_name=role.name,
        path=plan.iam_path,
        description=f"{plan.environment_id}: {role.purpose}",
        assume_role_policy_document=trusts(where).to_dict(),
        permissions_boundary=plan.permissions_boundary,
        policies=[{"policyName": kind, "policyDocument": document.to_dict()}]
        if document.statements
        else None,
        tags=cfn_tags(plan.labels.resources),
    )
