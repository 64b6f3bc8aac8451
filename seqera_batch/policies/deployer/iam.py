# SPDX-License-Identifier: Apache-2.0
"""What deploying roles, users and policies takes: held to names, and to a boundary if any."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import authorization, sources
from seqera_batch.catalog.principals import FSX_DATA_REPOSITORY
from seqera_batch.kinds.kind import SCHEMAS, actions_in
from seqera_batch.policies.deployer.needs import Needs
from seqera_batch.policies.document import Statement

_BOUNDARIES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
_LINK_BUCKET = (
    "https://docs.aws.amazon.com/fsx/latest/LustreGuide/setting-up.html#fsx-adding-permissions-s3"
)

BOUNDED = actions_in(
    "iam:CreateRole CreateUser PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary"
)
"""What gives rights, and can be refused unless the boundary is on whoever gets them."""
ATTACHING = actions_in("iam:AttachRolePolicy AttachUserPolicy DetachRolePolicy DetachUserPolicy")
"""What gives managed policies, and can be refused for all but named ones."""
_SET_BOUNDARY = actions_in("iam:PutRolePermissionsBoundary PutUserPermissionsBoundary")
_ELSEWHERE = BOUNDED | ATTACHING | actions_in("iam:PassRole CreateServiceLinkedRole")


def statements(needs: Needs) -> Iterator[Statement]:
    """Yield the statements, each with the ARNs that its actions can name."""
    boundary, actions = needs.permissions_boundary, needs.actions
    arns, linked = needs.arns["iam"], needs.linked
    bounded = {} if boundary is None else {"iam:PermissionsBoundary": boundary}
    within = "" if boundary is None else ", only within the permissions boundary"
    # Without a boundary there is none to set.
    wanted = actions if boundary else actions - _SET_BOUNDARY
    giving = tuple(sorted(wanted & BOUNDED))
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
    policies = [arn for arn in arns if ":policy/" in arn]
    attaching = tuple(sorted(wanted & ATTACHING))
    if policies and attaching:
        yield Statement(
            sid="IamPolicies",
            actions=attaching,
            resources=_named(attaching, arns),
            conditions={"ArnEquals": {"iam:PolicyARN": policies}},
            reason="Platform's identity gets the policies of the template and no others",
            source=SCHEMAS,
        )
    other = {action for action in wanted - _ELSEWHERE if action.startswith("iam:")}
    managing = tuple(sorted(other))
    if managing:
        yield Statement(
            sid="IamManagement",
            actions=managing,
            resources=_named(managing, arns),
            reason="CloudFormation reads, changes and deletes what the template makes in IAM",
            source=SCHEMAS,
        )
    for service, roles in needs.passed.items():
        title = service.partition(".")[0].title().replace("-", "")
        yield Statement(
            sid=f"PassRolesTo{title}",
            actions=("iam:PassRole",),
            resources=roles,
            conditions={"StringEquals": {"iam:PassedToService": service}},
            reason=f"resources of the template hand these roles to {service}, and no others",
            source=sources.AWS_IAM_PASSING,
        )
    if linked:
        yield Statement(
            sid="ServiceLinkedRoles",
            actions=("iam:CreateServiceLinkedRole",),
            resources=tuple(
                needs.scope.iam_arn(f"role/aws-service-role/{service}/*") for service in linked
            ),
            conditions={"StringEquals": {"iam:AWSServiceName": linked}},
            reason="the first use of a service in an account makes its own role, which AWS writes",
            source=sources.AWS_SERVICE_LINKED_ROLES,
        )
    if FSX_DATA_REPOSITORY in linked:
        yield Statement(
            sid="DataRepositoryRole",
            actions=("iam:AttachRolePolicy", "iam:PutRolePolicy"),
            resources=(needs.scope.iam_arn(f"role/aws-service-role/{FSX_DATA_REPOSITORY}/*"),),
            reason="FSx writes, in the name of whoever deploys, what its own role for the bucket "
            "may do",
            source=_LINK_BUCKET,
        )


def _named(actions: tuple[str, ...], arns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ARNs that any of the actions can name."""
    types = authorization.types(actions)
    return tuple(arn for arn in arns if any(kind.may_be(arn) for kind in types))
