# SPDX-License-Identifier: Apache-2.0
"""Who may assume the roles."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog.principals import EC2, ECS_TASKS, SPOT_FLEET
from seqera_batch.catalog.regions import Region
from seqera_batch.policies.document import PolicyDocument, Scope, Statement, document


def ec2_of(scope: Scope) -> str:
    """Return EC2's principal, whose domain differs in China; the other services' do not."""
    # In a stack the partition may be a token, so the region is asked as well.
    china = scope.partition == "aws-cn" or Region.of(scope.region).in_china
    return f"{EC2}.cn" if china else EC2


def ec2_names(scope: Scope) -> list[str]:
    """Return the names of EC2 that `iam:PassedToService` has, for which roles are passed to it."""
    return sorted({EC2, ec2_of(scope)})


def trust_ec2(scope: Scope) -> PolicyDocument:
    """Trust of the instance role."""
    return _trust("AllowEc2", ec2_of(scope), "nodes take the role through their instance profile")


@document
def trust_ecs_tasks(scope: Scope) -> Iterator[Statement]:
    """Trust of job and execution roles, for jobs of this account and region only."""
    yield Statement(
        sid="AllowEcsTasks",
        actions=("sts:AssumeRole",),
        reason="AWS Batch runs jobs as ECS tasks; the condition stops other accounts' tasks",
        principal=ECS_TASKS,
        conditions={
            "StringEquals": {"aws:SourceAccount": scope.account},
            "ArnLike": {"aws:SourceArn": scope.arn("ecs", "*")},
        },
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    )


def trust_spot_fleet(scope: Scope) -> PolicyDocument:  # noqa: ARG001 - all trusts are alike
    """Trust of the Spot fleet role, which only BEST_FIT needs."""
    return _trust("AllowSpotFleet", SPOT_FLEET, "BEST_FIT starts Spot instances by Spot fleet")


def _trust(sid: str, service: str, reason: str) -> PolicyDocument:
    return PolicyDocument(
        (Statement(sid=sid, actions=("sts:AssumeRole",), reason=reason, principal=service),)
    )
