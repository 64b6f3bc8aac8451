# SPDX-License-Identifier: Apache-2.0
"""What the person or pipeline needs who deploys an environment, from what is in its template.

Two ways: with rights of one's own, or by taking the roles that `cdk bootstrap` has made, and then
the first policy is what CloudFormation's role in the bootstrap stack should be held to.
"""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.catalog.names import QUALIFIER, bootstrap_version
from seqera_batch.kinds.kind import actions_in
from seqera_batch.policies.deployer import iam, services
from seqera_batch.policies.deployer.needs import Needs
from seqera_batch.policies.document import Scope, Statement, document

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


@document
def deployer(needs: Needs) -> Iterator[Statement]:
    """Return what deploying, changing and removing a stack takes with rights of one's own."""
    yield from _cdk(needs)
    yield from _parameters(needs)
    yield from iam.statements(needs)
    yield from services.statements(needs)


@document
def through_bootstrap(scope: Scope, *, qualifier: str = QUALIFIER) -> Iterator[Statement]:
    """Return what it takes where the account and region are bootstrapped: to take two roles.

    Args:
        scope: Where.
        qualifier: Of the bootstrap stack, where it is not CDK's own.
    """
    roles = ("deploy-role", "file-publishing-role")
    yield Statement(
        sid="AssumeBootstrapRoles",
        actions=("sts:AssumeRole",),
        resources=tuple(
            scope.iam_arn(f"role/cdk-{qualifier}-{role}-{scope.account}-{scope.region}")
            for role in roles
        ),
        reason="the CDK CLI uploads the template with one role and deploys with the other",
        source=BOOTSTRAP_ROLES,
    )


def _cdk(needs: Needs) -> Iterator[Statement]:
    scope, qualifier = needs.scope, needs.qualifier
    bucket = f"cdk-{qualifier}-assets-{scope.account}-{scope.region}"
    yield Statement(
        sid="CloudFormationStack",
        actions=tuple(sorted(_STACK)),
        resources=(scope.arn("cloudformation", f"stack/{needs.stack}/*"),),
        reason="the CDK CLI makes change sets of this stack, runs and follows them",
        source=BOOTSTRAP_ROLES,
    )
    yield Statement(
        sid="CdkVersion",
        actions=("ssm:GetParameter", "ssm:GetParameters"),
        resources=(scope.arn("ssm", f"parameter{bootstrap_version(qualifier)}"),),
        reason="the CDK CLI reads which version of the bootstrap stack there is, and so does "
        "CloudFormation for the template",
        source=BOOTSTRAP_ROLES,
    )
    yield Statement(
        sid="CdkBucket",
        actions=("s3:GetBucketLocation", "s3:GetEncryptionConfiguration", "s3:ListBucket"),
        resources=(scope.bucket_arn(bucket),),
        reason="the CDK CLI looks up how to store the template, and whether it is there",
        source=BOOTSTRAP,
    )
    yield Statement(
        sid="CdkFiles",
        actions=("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
        resources=(scope.bucket_arn(bucket, "*"),),
        reason="the CDK CLI stores the template, from where CloudFormation reads it; files of "
        "all stacks of the account and region are in this bucket, named after what is in them, "
        "and could be replaced",
        source=BOOTSTRAP,
    )


def _parameters(needs: Needs) -> Iterator[Statement]:
    if not needs.parameters:
        return
    yield Statement(
        sid="ReadParameters",
        actions=("ssm:GetParameters",),
        resources=needs.parameters,
        reason="CloudFormation reads which image they hold, in the name of whoever deploys",
        source=sources.CFN_DYNAMIC_REFERENCES,
    )
