# SPDX-License-Identifier: Apache-2.0
"""ARNs of resources that are made here, for the classes of CDK that refer to them.

CDK reads account, path and name out of an ARN. In a `GetAtt` it finds none: it would take the
resource for one of another account, and put what it grants into policies that do not exist, or
take the first part of a path for the name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam


def arn_of(made: cdk.CfnResource, service: str, resource: str, *, region: bool = True) -> str:
    """Return the ARN of a resource in the account and region of its stack.

    Args:
        made: The resource.
        service: AWS's short name of its service.
        resource: The ARN's end, in which a reference to the resource lets users wait for it.
        region: Whether ARNs of the service have a region in them.
    """
    stack = cdk.Stack.of(made)
    place = f"{stack.region if region else ''}:{stack.account}"
    return f"arn:{stack.partition}:{service}:{place}:{resource}"


def role_arn(made: iam.CfnRole) -> str:
    """Return the ARN of a role, with its path."""
    return arn_of(made, "iam", f"role{made.path or '/'}{made.ref}", region=False)


def user_arn(made: iam.CfnUser) -> str:
    """Return the ARN of a user, with its path."""
    return arn_of(made, "iam", f"user{made.path or '/'}{made.ref}", region=False)
