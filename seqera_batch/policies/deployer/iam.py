# SPDX-License-Identifier: Apache-2.0
"""What deploying roles, users and policies takes: held to names, and to a boundary if any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import authorization, sources
from seqera_batch.policies.deployer.handler import SCHEMAS
from seqera_batch.policies.document import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.policies.document import Scope

_BOUNDARIES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
_LINK_BUCKET = (
    "https://docs.aws.amazon.com/fsx/latest/LustreGuide/setting-up.html#fsx-adding-permissions-s3"
)
_PASS_ROLE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"  # noqa: S105 - a page

BOUNDED = (
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
)
"""What gives rights, and can be refused unless the boundary is on whoever gets them."""
ATTACHING = (
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
)
"""What gives managed policies, and can be refused for all but named ones."""
DATA_REPOSITORY = "s3.data-source.lustre.fsx.amazonaws.com"
"""Whose role FSx makes for each file system that is linked to a bucket, and what it may do."""
_SET_BOUNDARY = {"iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"}


def statements(  # noqa: PLR0913 - the fields of DeployerAccess that concern IAM
    scope: Scope,
    actions: set[str],
    *,
    arns: tuple[str, ...],
    policies: tuple[str, ...],
    passed: tuple[str, ...],
    passed_to: tuple[str, ...],
    linked: tuple[str, ...],
    boundary: str | None,
) -> Iterator[Statement]:
    """Yield the statements, each with the ARNs that its actions can name.

    Args:
        scope: Partition, region and account.
        actions: All that the template's types call.
        arns: What the template makes in IAM.
        policies: Of these, the managed policies that roles and users get.
        passed: Roles that services get.
        passed_to: Those services.
        linked: Services whose own role may have to be made.
        boundary: ARN of the permissions boundary.
    """
    bounded = {} if boundary is None else {"iam:PermissionsBoundary": boundary}
    within = "" if boundary is None else ", only within the permissions boundary"
    # Without a boundary there is none to set.
    wanted = actions if boundary else actions - _SET_BOUNDARY
    giving = tuple(action for action in BOUNDED if action in wanted)
    if giving:
        yield Statement(
            sid="IamRights",
            actions=giving,
            resources=_named(giving, arns),
            conditions={"StringEquals": bounded} if bounded else {},
            reason="CloudFormation makes these roles and users, and writes what they may do"
            f"{within}",
            source=_BOUNDARIES if boundary else SCHEMAS,
        )
    attaching = tuple(action for action in ATTACHING if action in wanted) if policies else ()
    if attaching:
        yield Statement(
            sid="IamPolicies",
            actions=attaching,
            resources=_named(attaching, arns),
            conditions={"ArnEquals": {"iam:PolicyARN": list(policies)}},
            reason="Platform's identity gets the policies of the template and no others",
            source=SCHEMAS,
        )
    other = {action for action in wanted if action.startswith("iam:")}
    other -= {*BOUNDED, *ATTACHING, "iam:PassRole", "iam:CreateServiceLinkedRole"}
    if other:
        managing = tuple(sorted(other))
        yield Statement(
            sid="IamManagement",
            actions=managing,
            resources=_named(managing, arns),
            reason="CloudFormation reads, changes and deletes what the template makes in IAM",
            source=SCHEMAS,
        )
    if passed and "iam:PassRole" in actions:
        yield Statement(
            sid="PassRoles",
            actions=("iam:PassRole",),
            resources=passed,
            conditions={"StringEquals": {"iam:PassedToService": list(passed_to)}},
            reason="environments, nodes and jobs get these roles, from whoever deploys",
            source=_PASS_ROLE,
        )
    if linked and "iam:CreateServiceLinkedRole" in actions:
        yield Statement(
            sid="ServiceLinkedRoles",
            actions=("iam:CreateServiceLinkedRole",),
            resources=tuple(
                scope.iam_arn(f"role/aws-service-role/{service}/*") for service in linked
            ),
            conditions={"StringEquals": {"iam:AWSServiceName": list(linked)}},
            reason="the first use of a service in an account makes its own role, which AWS writes",
            source=sources.AWS_SERVICE_LINKED_ROLES,
        )
    if DATA_REPOSITORY in linked:
        yield Statement(
            sid="DataRepositoryRole",
            actions=("iam:AttachRolePolicy", "iam:PutRolePolicy"),
            resources=(scope.iam_arn(f"role/aws-service-role/{DATA_REPOSITORY}/*"),),
            reason="FSx writes, in the name of whoever deploys, what its own role for the bucket "
            "may do",
            source=_LINK_BUCKET,
        )


def _named(actions: tuple[str, ...], arns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ARNs that any of the actions can name."""
    details = [one for action in actions for one in authorization.actions(action)]
    return tuple(arn for arn in arns if any(one.may_name(arn) for one in details))
