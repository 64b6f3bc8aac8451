# SPDX-License-Identifier: Apache-2.0
"""What the person or pipeline needs that deploys an environment, from the types in its template.

Two ways: with rights of one's own, or by taking the roles that `cdk bootstrap` has made, and then
the first policy is what CloudFormation's role in the bootstrap stack should be held to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import authorization
from seqera_batch.catalog.names import BOOTSTRAP_VERSION, QUALIFIER
from seqera_batch.kinds.kind import SCHEMAS, actions_in
from seqera_batch.policies.deployer import iam
from seqera_batch.policies.deployer.needs import Needs
from seqera_batch.policies.document import PolicyDocument, Scope, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Needs", "deployer", "through_bootstrap"]

BOOTSTRAP = "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"
BOOTSTRAP_ROLES = (
    "https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/"
    "bootstrap-template.yaml"
)

_STACK = actions_in(
    "cloudformation:ContinueUpdateRollback CreateChangeSet CreateStack DeleteChangeSet "
    "DeleteStack DescribeChangeSet DescribeEvents DescribeStackEvents DescribeStackResources "
    "DescribeStacks ExecuteChangeSet GetTemplate GetTemplateSummary RollbackStack UpdateStack "
    "UpdateTerminationProtection"
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


def deployer(stack: str, needs: Needs) -> PolicyDocument:
    """Return what deploying, changing and removing a stack takes with rights of one's own.

    Args:
        stack: Its name.
        needs: What its resources take.
    """
    return PolicyDocument(
        (
            *_cdk(needs.scope, stack),
            *iam.statements(needs),
            *(
                statement
                for service, title in _SERVICES.items()
                for statement in _service(needs, service, title)
            ),
        )
    )


def through_bootstrap(scope: Scope) -> PolicyDocument:
    """Return what it takes where the account and region are bootstrapped: to take two roles."""
    roles = ("deploy-role", "file-publishing-role")
    return PolicyDocument(
        (
            Statement(
                sid="AssumeBootstrapRoles",
                actions=("sts:AssumeRole",),
                resources=tuple(
                    scope.iam_arn(f"role/cdk-{QUALIFIER}-{role}-{scope.account}-{scope.region}")
                    for role in roles
                ),
                reason="the CDK CLI uploads the template with one role and deploys with the other",
                source=BOOTSTRAP_ROLES,
            ),
        )
    )


def _cdk(scope: Scope, stack: str) -> list[Statement]:
    bucket = f"cdk-{QUALIFIER}-assets-{scope.account}-{scope.region}"
    return [
        Statement(
            sid="CloudFormationStack",
            actions=tuple(sorted(_STACK)),
            resources=(scope.arn("cloudformation", f"stack/{stack}/*"),),
            reason="the CDK CLI makes change sets of this stack, runs and follows them",
            source=BOOTSTRAP_ROLES,
        ),
        Statement(
            sid="CdkVersion",
            actions=("ssm:GetParameter", "ssm:GetParameters"),
            resources=(scope.arn("ssm", f"parameter{BOOTSTRAP_VERSION}"),),
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


def _service(needs: Needs, service: str, title: str) -> Iterator[Statement]:
    """Yield what one service needs: what it lists on `*`, the rest on what the template holds."""
    own = sorted(action for action in needs.actions if action.startswith(f"{service}:"))
    calling = (kind for kind in needs.kinds if not kind.actions.isdisjoint(own))
    types = ", ".join(kind.type.removeprefix("AWS::") for kind in calling)
    arns = needs.arns[service]
    details = {action: authorization.actions(action)[0] for action in own}
    named = tuple(name for name in own if any(details[name].may_name(arn) for arn in arns))
    if named:
        yield Statement(
            sid=f"{title}Management",
            actions=named,
            resources=arns,
            reason=f"CloudFormation makes, changes and deletes {types}"
            + (", which AWS names by id" if any("/*" in arn for arn in arns) else ""),
            source=SCHEMAS,
        )
    # The rest is for options that not every template takes: a key of the user's, for one.
    listing = tuple(name for name in own if not details[name].types)
    if listing:
        yield Statement(
            sid=f"{title}Listing",
            actions=listing,
            resources=("*",),
            reason=f"CloudFormation makes {types}, or reads what became of them; AWS "
            "offers no narrower resource",
            source=SCHEMAS,
        )
