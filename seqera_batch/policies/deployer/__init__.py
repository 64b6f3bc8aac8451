# SPDX-License-Identifier: Apache-2.0
"""What the person or pipeline needs that deploys an environment, from the types in its template.

Two ways: with rights of one's own, or by taking the roles that `cdk bootstrap` has made, and then
the first policy is what CloudFormation's role in the bootstrap stack should be held to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqera_batch.catalog import authorization
from seqera_batch.policies.deployer import iam
from seqera_batch.policies.deployer.handler import SCHEMAS
from seqera_batch.policies.deployer.handlers import HANDLERS
from seqera_batch.policies.document import PolicyDocument, Scope, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["HANDLERS", "DeployerAccess", "deployer", "through_bootstrap"]

BOOTSTRAP = "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"
BOOTSTRAP_ROLES = (
    "https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/"
    "bootstrap-template.yaml"
)
QUALIFIER = "hnb659fds"
"""Of CDK's own bootstrap stack, unless somebody chose another."""

_STACK = tuple(
    f"cloudformation:{name}"
    for name in (
        "ContinueUpdateRollback",
        "CreateChangeSet",
        "CreateStack",
        "DeleteChangeSet",
        "DeleteStack",
        "DescribeChangeSet",
        "DescribeEvents",
        "DescribeStackEvents",
        "DescribeStackResources",
        "DescribeStacks",
        "ExecuteChangeSet",
        "GetTemplate",
        "GetTemplateSummary",
        "RollbackStack",
        "UpdateStack",
        "UpdateTerminationProtection",
    )
)
"""What the CDK CLI calls for one stack: the list of the bootstrap stack's role for it."""

_SERVICES = {
    "batch": "Batch",
    "ec2": "Ec2",
    "elasticfilesystem": "Efs",
    "fsx": "Fsx",
    "kms": "Kms",
    "lambda": "Lambda",
    "logs": "Logs",
    "s3": "S3",
    "secretsmanager": "Secrets",
}
"""Services with statements of one form, and what their Sids start with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployerAccess:
    """What a template holds, as facts without CloudFormation's words.

    Args:
        stack: Name of the stack.
        types: Types of its resources.
        arns: By service, the ARNs of what it makes; of EC2 the handlers tell the kinds.
        passed: ARNs of the roles that services get from it.
        passed_to: The services that get them.
        linked: Services whose service-linked role may have to be made.
        policies: ARNs of the managed policies that its roles and users get.
        permissions_boundary: ARN of the boundary that its roles and users have.
        qualifier: Of CDK's bootstrap stack.
    """

    stack: str
    types: frozenset[str]
    arns: Mapping[str, tuple[str, ...]]
    passed: tuple[str, ...] = ()
    passed_to: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    permissions_boundary: str | None = None
    qualifier: str = QUALIFIER


def deployer(scope: Scope, access: DeployerAccess) -> PolicyDocument:
    """Return what deploying, changing and removing the stack takes with rights of one's own.

    Raises:
        KeyError: A type of the template is not in `HANDLERS`.
    """
    actions = {action for kind in access.types for action in HANDLERS[kind].actions}
    return PolicyDocument(
        (
            *_stack(scope, access),
            *_assets(scope, access.qualifier),
            *iam.statements(
                scope,
                actions,
                arns=access.arns.get("iam", ()),
                policies=access.policies,
                passed=access.passed,
                passed_to=access.passed_to,
                linked=access.linked,
                boundary=access.permissions_boundary,
            ),
            *(
                statement
                for service, title in _SERVICES.items()
                for statement in _service(scope, access, actions, service, title)
            ),
        )
    )


def through_bootstrap(scope: Scope, *, qualifier: str = QUALIFIER) -> PolicyDocument:
    """Return what it takes where the account and region are bootstrapped: to take two roles.

    Args:
        scope: Where.
        qualifier: Of the bootstrap stack, where it is not CDK's own.
    """
    roles = ("deploy-role", "file-publishing-role")
    return PolicyDocument(
        (
            Statement(
                sid="AssumeBootstrapRoles",
                actions=("sts:AssumeRole",),
                resources=tuple(
                    scope.iam_arn(f"role/cdk-{qualifier}-{role}-{scope.account}-{scope.region}")
                    for role in roles
                ),
                reason="the CDK CLI uploads the template with one role and deploys with the other",
                source=BOOTSTRAP_ROLES,
            ),
        )
    )


def _stack(scope: Scope, access: DeployerAccess) -> list[Statement]:
    return [
        Statement(
            sid="CloudFormationStack",
            actions=_STACK,
            resources=(scope.arn("cloudformation", f"stack/{access.stack}/*"),),
            reason="the CDK CLI makes change sets of this stack, runs and follows them",
            source=BOOTSTRAP_ROLES,
        )
    ]


def _assets(scope: Scope, qualifier: str) -> list[Statement]:
    bucket = f"cdk-{qualifier}-assets-{scope.account}-{scope.region}"
    return [
        Statement(
            sid="CdkVersion",
            actions=("ssm:GetParameter", "ssm:GetParameters"),
            resources=(scope.arn("ssm", f"parameter/cdk-bootstrap/{qualifier}/version"),),
            reason="the CDK CLI reads which version of the bootstrap stack there is, and so does "
            "CloudFormation for the template",
            source=BOOTSTRAP_ROLES,
        ),
        Statement(
            sid="CdkBucket",
            actions=("s3:GetBucketLocation", "s3:GetEncryptionConfiguration", "s3:ListBucket"),
            resources=(scope.bucket_arn(bucket),),
            reason="the CDK CLI looks up how to store the template, and whether it is there",
            source=BOOTSTRAP,
        ),
        Statement(
            sid="CdkFiles",
            actions=("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
            resources=(scope.bucket_arn(bucket, "*"),),
            reason="the CDK CLI stores the template, from where CloudFormation reads it",
            source=BOOTSTRAP,
        ),
    ]


def _service(
    scope: Scope, access: DeployerAccess, actions: set[str], service: str, title: str
) -> Iterator[Statement]:
    """Yield what one service needs: what it lists on `*`, the rest on what the template holds."""
    own = sorted(action for action in actions if action.startswith(f"{service}:"))
    types = sorted(kind for kind in access.types if _calls(kind, service))
    arns = tuple(dict.fromkeys((*access.arns.get(service, ()), *_kinds(scope, types, service))))
    # Some calls are for options that not every template takes: a key of the user's, for one.
    own = [action for action in own if not _has_resources(action) or _may_name(action, arns)]
    named = [action for action in own if _has_resources(action)]
    if named:
        yield Statement(
            sid=f"{title}Management",
            actions=tuple(named),
            resources=arns,
            reason=f"CloudFormation makes, changes and deletes {_listed(types)}"
            + (", which AWS names by id" if any("/*" in arn for arn in arns) else ""),
            source=SCHEMAS,
        )
    listing = tuple(action for action in own if not _has_resources(action))
    if listing:
        yield Statement(
            sid=f"{title}Listing",
            actions=listing,
            resources=("*",),
            reason=f"CloudFormation makes {_listed(types)}, or reads what became of them; AWS "
            "offers no narrower resource",
            source=SCHEMAS,
        )


def _calls(kind: str, service: str) -> bool:
    return any(action.startswith(f"{service}:") for action in HANDLERS[kind].actions)


def _has_resources(action: str) -> bool:
    [details] = authorization.actions(action)
    return bool(details.types)


def _may_name(action: str, arns: tuple[str, ...]) -> bool:
    [details] = authorization.actions(action)
    return any(details.may_name(arn) for arn in arns)


def _kinds(scope: Scope, types: list[str], service: str) -> Iterator[str]:
    if service == "ec2":
        for kind in sorted({kind for one in types for kind in HANDLERS[one].kinds}):
            yield scope.arn("ec2", f"{kind}/*")


def _listed(types: list[str]) -> str:
    return ", ".join(kind.removeprefix("AWS::") for kind in types)
