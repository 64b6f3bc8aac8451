# SPDX-License-Identifier: Apache-2.0
"""What containers take, whoever starts them: a cluster, an image, and a place for their output."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.policies import growth
from seqera_batch.policies.access import Repository
from seqera_batch.policies.document import Scope, Statement

OWN_CLUSTERS = ("AWSBatch*",)
"""Names of the ECS clusters that AWS Batch makes under its service-linked role, as ours all do."""
BATCH_CLUSTERS = (*OWN_CLUSTERS, "*_Batch_*")
"""Names of all that AWS Batch makes: under a service role they end otherwise."""
BATCH_CLUSTERS_SOURCE = (
    "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/BatchServiceRolePolicy.html"
)


def pull_images(scope: Scope, repositories: tuple[Repository, ...]) -> Iterator[Statement]:
    """Yield pulling from these repositories, or from all of the account and region."""
    named = tuple(
        f"arn:{scope.partition}:ecr:{one.region or scope.region}:{one.account or scope.account}"
        f":repository/{one.name}"
        for one in repositories
    )
    yield Statement(
        sid="LogInToEcr",
        actions=("ecr:GetAuthorizationToken",),
        resources=("*",),
        reason="one token for all registries; AWS offers no narrower resource",
    )
    yield Statement(
        sid="PullImages",
        actions=(
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ),
        resources=named or (scope.arn("ecr", "repository/*"),),
        grows_by=(growth.REPOSITORIES,),
        reason="container images of pipelines come from these repositories"
        if named
        else "pipelines name their own container images in this account's registry",
    )


def write_logs(scope: Scope, group: str, sid: str, reason: str) -> Statement:
    """Return writing to the streams of a group that exists."""
    return Statement(
        sid=sid,
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(streams(scope, group),),
        reason=reason,
    )


def streams(scope: Scope, group: str) -> str:
    """Return the ARN of a log group's streams."""
    return scope.arn("logs", f"log-group:{group}:*")
