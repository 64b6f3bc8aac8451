# SPDX-License-Identifier: Apache-2.0
"""What Platform's credential may do with AWS Batch: environments and queues, jobs, their logs."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.catalog.principals import ECS_TASKS
from seqera_batch.policies import growth
from seqera_batch.policies.document import Scope, Statement
from seqera_batch.policies.platform.access import ForgeAccess, PlatformAccess
from seqera_batch.policies.platform.tags import carried, requested, tagging

# AWS Batch has no resource types for these; an ARN would match nothing.
_FOLLOW = (
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "batch:DescribeJobs",
)


def environments(scope: Scope, forge: ForgeAccess) -> Iterator[Statement]:
    """Yield what making environments and queues needs, under Forge's prefix only."""
    own = tuple(
        scope.arn("batch", f"{kind}/{forge.prefix}-*")
        for kind in ("compute-environment", "job-queue")
    )
    yield Statement(
        sid="BatchEnvironmentCreation",
        actions=("batch:CreateComputeEnvironment", "batch:CreateJobQueue"),
        resources=own,
        conditions=requested(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"Forge makes what it names {forge.prefix}-",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="BatchEnvironmentTagging",
        actions=("batch:TagResource",),
        resources=own,
        conditions=tagging(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"Forge gives its labels to what it names {forge.prefix}-",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="BatchEnvironmentManagement",
        actions=(
            "batch:DeleteComputeEnvironment",
            "batch:DeleteJobQueue",
            "batch:UpdateComputeEnvironment",
            "batch:UpdateJobQueue",
        ),
        resources=own,
        conditions=carried(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"Forge changes and deletes what it names {forge.prefix}-",
        source=sources.SEQERA_AWS_BATCH,
    )


def jobs(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Yield what launching, following and ending head jobs needs."""
    definitions = tuple(
        scope.arn("batch", f"job-definition/{name}{revision}")
        for name in access.job_definitions or ("*",)
        for revision in (("",) if name.endswith("*") else ("", ":*"))
    )
    all_jobs = scope.arn("batch", "job/*")
    yield Statement(
        sid="BatchEnvironmentListing",
        actions=_FOLLOW,
        resources=("*",),
        conditions=scope.only_here,
        reason="Platform checks queues and polls jobs; AWS offers no narrower resource",
        source=sources.AWS_BATCH_AUTHORIZATION,
    )
    yield Statement(
        sid="BatchJobSubmission",
        actions=("batch:SubmitJob",),
        resources=(
            *(scope.arn("batch", f"job-queue/{queue}") for queue in access.queues),
            *definitions,
            all_jobs,
        ),
        conditions=requested(access.tags),
        grows_by=(growth.JOB_TAGS, growth.PLATFORM_JOB_DEFINITIONS),
        reason="head jobs and Studios go to these queues; "
        + (
            "Platform runs these definitions alone, and names jobs itself"
            if access.job_definitions
            else "Platform names definitions and jobs itself, so any definition of the "
            "account can be run, with the role in it (aws.platform_access.job_definitions)"
        ),
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="BatchJobRegistration",
        actions=("batch:RegisterJobDefinition",),
        resources=definitions,
        conditions=requested(access.tags),
        grows_by=(growth.JOB_TAGS, growth.PLATFORM_JOB_DEFINITIONS),
        reason="Platform registers a definition for each launch, under a name of its own",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="BatchJobTagging",
        actions=("batch:TagResource",),
        resources=(*definitions, all_jobs),
        conditions=tagging(access.tags),
        grows_by=(growth.JOB_TAGS, growth.PLATFORM_JOB_DEFINITIONS),
        reason="resource labels become tags of definitions and jobs as they are made; AWS "
        "does not tell that from later, so what has no label yet can be given it",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="BatchJobTermination",
        actions=("batch:CancelJob", "batch:TerminateJob"),
        resources=(all_jobs,),
        conditions=carried(access.tags),
        grows_by=(growth.JOB_TAGS,),
        reason="cancelling a run ends its jobs; job ids are AWS's own, so any job of the "
        "account and region can be ended"
        + (" that has these labels, or is given them first" if access.tags else ""),
        source=sources.SEQERA_AWS_BATCH,
    )


def pass_job_roles(access: PlatformAccess) -> Iterator[Statement]:
    """Yield the right to hand the named roles, and no others, to head jobs."""
    if not access.job_roles:
        return
    yield Statement(
        sid="PassRolesToJobs",
        actions=("iam:PassRole",),
        resources=access.job_roles,
        conditions={"StringEquals": {"iam:PassedToService": ECS_TASKS}},
        reason="the head job's definition names these roles",
        source=sources.SEQERA_AWS_BATCH,
    )


def logs(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Yield reading of the one log group that jobs write to."""
    group = scope.arn("logs", f"log-group:{access.log_group}")
    yield Statement(
        sid="CloudWatchLogsAccess",
        actions=(
            "logs:DescribeLogStreams",
            "logs:FilterLogEvents",
            "logs:GetLogEvents",
            "logs:GetQueryResults",
            "logs:StartQuery",
        ),
        # Groups are authorized with and without `:*`, their streams below it.
        resources=(group, f"{group}:*"),
        reason="Platform shows the output of head jobs and tasks",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="CloudWatchLogsQueries",
        actions=("logs:StopQuery",),
        resources=("*",),
        conditions=scope.only_here,
        reason="a search in the output is ended by its id; AWS offers no narrower resource",
        source=sources.SEQERA_AWS_BATCH,
    )


def console(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Yield reading of what nodes print as they start."""
    yield Statement(
        sid="UserDataCheck",
        actions=("ec2:GetConsoleOutput",),
        resources=(scope.arn("ec2", "instance/*"),),
        conditions=carried(access.node_tags),
        reason="Platform reads why a node's start failed; AWS names the instances"
        + ("" if access.node_tags else ", and nothing tells those that Forge starts"),
        source=sources.SEQERA_CLOUD_POLICY,
    )
