# SPDX-License-Identifier: Apache-2.0
"""What each role that jobs have may do, statement by statement with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.catalog.principals import ECS_TASKS
from seqera_batch.policies import growth
from seqera_batch.policies.access import JobAccess
from seqera_batch.policies.containers import BATCH_CLUSTERS, pull_images, streams, write_logs
from seqera_batch.policies.document import Scope, Statement, document
from seqera_batch.policies.job_buckets import job_buckets

SECRET_PREFIX = "tower-"  # noqa: S105 - the start of secrets' names, not a secret
LINEAGE_PREFIX = "seqera-lineage-"
"""Start of the names of Platform's lineage queues and buckets."""
NEXTFLOW_DEFINITIONS = "nf-"
"""Start of the names of the job definitions that Nextflow registers."""

_NEXTFLOW_TASKS = (
    "https://github.com/nextflow-io/nextflow/blob/master/plugins/nf-amazon/src/main/nextflow/"
    "cloud/aws/batch/AwsBatchTaskHandler.groovy"
)
_SHARES = "https://docs.aws.amazon.com/batch/latest/userguide/iam-example-share-identifier.html"
_NEXTFLOW_MAIL = "https://www.nextflow.io/docs/latest/mail.html#aws-ses"
_NEXTFLOW_HOSTS = (
    "https://github.com/nextflow-io/nextflow/blob/master/plugins/nf-amazon/src/main/nextflow/"
    "cloud/aws/batch/AwsBatchHelper.groovy"
)


@document
def head_job(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Permissions of the Nextflow head job: submit and follow tasks, and their files."""
    own_definitions = scope.arn("batch", f"job-definition/{NEXTFLOW_DEFINITIONS}*")
    named_definitions = tuple(
        scope.arn("batch", f"job-definition/{name}{revision}")
        for name in access.job_definitions
        for revision in ("", ":*")
    )
    jobs = scope.arn("batch", "job/*")
    queues = tuple(scope.arn("batch", f"job-queue/{queue}") for queue in access.queues)
    yield Statement(
        sid="SubmitTasks",
        actions=("batch:SubmitJob",),
        resources=(
            *queues,
            own_definitions,
            *named_definitions,
            *((jobs,) if access.share is None else ()),
        ),
        grows_by=(growth.EXISTING_QUEUES, growth.JOB_DEFINITIONS),
        reason="Nextflow submits tasks to these queues, of definitions with the names that it "
        "gives or that are named in aws.job_definitions; other environments of the account "
        f"and region register {NEXTFLOW_DEFINITIONS} too, and a run of theirs has their role",
        source=sources.AWS_BATCH_AUTHORIZATION,
    )
    yield from _share(jobs, access.share)
    yield from _consumables(scope, access.consumables)
    yield Statement(
        sid="RegisterTasks",
        actions=("batch:RegisterJobDefinition", "batch:TagResource"),
        resources=(own_definitions, jobs),
        conditions={} if access.privileged else {"BoolIfExists": {"batch:Privileged": "false"}},
        reason="Nextflow registers a definition for each container image, with tags, under "
        f"names that start with {NEXTFLOW_DEFINITIONS}, which all environments of the account "
        "and region share"
        + ("" if access.privileged else "; without Fusion no container is privileged"),
        source=_NEXTFLOW_TASKS,
    )
    yield Statement(
        sid="EndTasks",
        actions=("batch:CancelJob", "batch:TerminateJob"),
        resources=(jobs,),
        reason="a run that is cancelled or fails ends its tasks; job ids are AWS's own, so any "
        "job of the account and region could be ended",
        source=sources.AWS_BATCH_AUTHORIZATION,
    )
    yield Statement(
        sid="FollowTasks",
        actions=(
            "batch:DescribeComputeEnvironments",
            "batch:DescribeJobDefinitions",
            "batch:DescribeJobQueues",
            "batch:DescribeJobs",
            "batch:ListJobs",
        ),
        resources=("*",),
        conditions=scope.only_here,
        reason="Nextflow polls its tasks; AWS offers no narrower resource for these actions",
        source=sources.AWS_BATCH_AUTHORIZATION,
    )
    yield Statement(
        sid="FindHosts",
        actions=("ecs:DescribeContainerInstances", "ecs:DescribeTasks"),
        resources=tuple(
            scope.arn("ecs", f"{kind}/{cluster}/*")
            for kind in ("container-instance", "task")
            for cluster in BATCH_CLUSTERS
        ),
        reason="Nextflow records the instance of a task, in the clusters that AWS Batch made",
        source=_NEXTFLOW_HOSTS,
    )
    yield Statement(
        sid="DescribeHosts",
        actions=("ec2:DescribeInstances",),
        resources=("*",),
        conditions=scope.only_here,
        reason="Nextflow records type and price model; AWS offers no narrower resource",
        source=_NEXTFLOW_HOSTS,
    )
    yield Statement(
        sid="ReadTaskLogs",
        actions=("logs:GetLogEvents",),
        resources=(streams(scope, access.job_log_group),),
        reason="Nextflow shows the output of failed tasks",
        source=_NEXTFLOW_HOSTS,
    )
    yield Statement(
        sid="ListSecrets",
        actions=("secretsmanager:ListSecrets",),
        resources=("*",),
        conditions=scope.only_here,
        reason="pipeline secrets are found by listing; AWS offers no narrower resource",
        source=sources.SEQERA_SECRETS,
    )
    yield from job_buckets(scope, access)
    yield from _mail(scope, access.mail_identities)
    if access.lineage:
        yield from _lineage(scope)
    if access.passed_roles:
        yield Statement(
            sid="PassTaskRoles",
            actions=("iam:PassRole",),
            resources=access.passed_roles,
            conditions={"StringEquals": {"iam:PassedToService": ECS_TASKS}},
            reason="tasks run under these roles and no others",
            source=sources.SEQERA_SECRETS,
        )
        yield Statement(
            sid="ReadTaskRoles",
            actions=("iam:GetRole",),
            resources=access.passed_roles,
            reason="the head job looks the execution role up before it passes it",
            source=sources.SEQERA_SECRETS,
        )


@document
def compute_job(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Permissions of tasks: their files, and nothing else."""
    yield from job_buckets(scope, access)


@document
def execution(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Permissions with which ECS prepares a job: its image, its log, its secrets."""
    yield from pull_images(scope, access.repositories)
    yield write_logs(scope, access.job_log_group, "WriteJobLogs", "the job's output is kept")
    yield Statement(
        sid="ReadPipelineSecrets",
        actions=("secretsmanager:GetSecretValue",),
        resources=(scope.arn("secretsmanager", f"secret:{SECRET_PREFIX}*"),),
        reason=f"Platform stores pipeline secrets under names that start with {SECRET_PREFIX}",
        source=sources.SEQERA_SECRETS,
    )
    if access.job_secrets:
        yield Statement(
            sid="ReadHeadJobSecrets",
            actions=("secretsmanager:GetSecretValue",),
            resources=access.job_secrets,
            grows_by=(growth.JOB_SECRETS,),
            reason="the head job's definition names these secrets",
            source=sources.AWS_BATCH_SECRETS,
        )
    if access.definition_secrets:
        yield Statement(
            sid="ReadDefinitionSecrets",
            actions=("secretsmanager:GetSecretValue",),
            resources=access.definition_secrets,
            grows_by=(growth.JOB_DEFINITIONS,),
            reason="job definitions name these secrets, for tasks or for an image's registry",
            source=sources.AWS_BATCH_SECRETS,
        )
    yield from _decrypt_secrets(scope, access, "DecryptPipelineSecrets", sources.SEQERA_SECRETS)


def read_by_hand(scope: Scope, access: JobAccess) -> Iterator[Statement]:
    """Yield reading the head job's secrets, for whoever runs Nextflow where ECS hands out none."""
    if not access.job_secrets:
        return
    yield Statement(
        sid="ReadTokenByHand",
        actions=("secretsmanager:GetSecretValue",),
        resources=access.job_secrets,
        grows_by=(growth.JOB_SECRETS,),
        reason="outside a job nobody sets the variables of the head job's definition: who runs "
        "Nextflow reads the secrets",
        source=sources.AWS_BATCH_SECRETS,
    )
    yield from _decrypt_secrets(scope, access, "DecryptTokenByHand", sources.AWS_BATCH_SECRETS)


def _decrypt_secrets(scope: Scope, access: JobAccess, sid: str, source: str) -> Iterator[Statement]:
    """Yield decrypting secrets, where they have a key of the user's."""
    if access.secrets_key is None:
        return
    yield Statement(
        sid=sid,
        actions=("kms:Decrypt",),
        resources=(access.secrets_key,),
        conditions={"StringLike": {"kms:ViaService": scope.endpoint("secretsmanager")}},
        reason="the secrets are encrypted with a key of the user's",
        source=source,
    )


@document
def submitter(
    scope: Scope, queues: tuple[str, ...], definitions: tuple[str, ...] = ()
) -> Iterator[Statement]:
    """Return what whoever starts head jobs may do: submit to queues, follow and end jobs.

    Args:
        scope: Partition, region and account.
        queues: ARNs of the queues.
        definitions: Names of the job definitions; any may be run if left out.
    """
    jobs = scope.arn("batch", "job/*")
    yield Statement(
        sid="SubmitJobs",
        actions=("batch:SubmitJob",),
        resources=(
            *queues,
            *(
                scope.arn("batch", f"job-definition/{name}{revision}")
                for name in definitions
                for revision in ("", ":*")
            ),
            *(() if definitions else (scope.arn("batch", "job-definition/*"),)),
            jobs,
        ),
        reason="submitting needs the queue, the definition and the job to be"
        + (
            ""
            if definitions
            else "; whoever starts head jobs names the definition, so any can be run, with "
            "the role in it"
        ),
        source=sources.AWS_BATCH_AUTHORIZATION,
    )
    yield Statement(
        sid="EndJobs",
        actions=("batch:CancelJob", "batch:TerminateJob"),
        resources=(jobs,),
        reason="whoever starts a run may end it; job ids are AWS's own, so any job of the "
        "account and region could be ended",
        source=sources.AWS_BATCH_AUTHORIZATION,
    )
    yield Statement(
        sid="FollowJobs",
        actions=("batch:DescribeJobs", "batch:ListJobs"),
        resources=("*",),
        conditions=scope.only_here,
        reason="AWS offers no narrower resource for these actions",
        source=sources.AWS_BATCH_AUTHORIZATION,
    )


def _share(jobs: str, share: str | None) -> Iterator[Statement]:
    """Yield submitting under one share, where queues have them: of jobs alone IAM knows whose."""
    if share is None:
        return
    yield Statement(
        sid="SubmitUnderShare",
        actions=("batch:SubmitJob",),
        resources=(jobs,),
        conditions={"StringEquals": {"batch:ShareIdentifier": share}},
        reason=f"tasks are submitted as {share}'s, and as nobody else's; AWS gives jobs their ids",
        source=_SHARES,
    )


def _consumables(scope: Scope, names: tuple[str, ...]) -> Iterator[Statement]:
    """Yield asking for consumable resources, in definitions and in jobs."""
    if not names:
        return
    yield Statement(
        sid="AskForConsumables",
        actions=("batch:RegisterJobDefinition", "batch:SubmitJob"),
        resources=tuple(scope.arn("batch", f"consumable-resource/{name}") for name in names),
        grows_by=(growth.CONSUMABLES,),
        reason="tasks wait for these resources, such as licence tokens, and give them back",
        source=sources.AWS_BATCH_CONSUMABLES,
    )


def _mail(scope: Scope, identities: tuple[str, ...]) -> Iterator[Statement]:
    """Yield sending Nextflow's mails, where the file names from whom."""
    if not identities:
        return
    yield Statement(
        sid="SendMail",
        actions=("ses:SendRawEmail",),
        resources=tuple(scope.arn("ses", f"identity/{name}") for name in identities),
        grows_by=(growth.MAIL_IDENTITIES,),
        reason="Nextflow sends its mails by Amazon SES, from these and no others",
        source=_NEXTFLOW_MAIL,
    )


def _lineage(scope: Scope) -> Iterator[Statement]:
    """Yield what recording data lineage takes, in this account's buckets only."""
    own = {"StringEquals": {"aws:ResourceAccount": scope.account}}
    buckets = f"{LINEAGE_PREFIX}*"
    yield Statement(
        sid="ListLineage",
        actions=("s3:GetBucketLocation", "s3:ListBucket"),
        resources=(scope.bucket_arn(buckets),),
        conditions=own,
        reason="Nextflow finds its lineage records; Platform ends the name with the workspace",
        source=sources.SEQERA_MANUAL_SETUP,
    )
    yield Statement(
        sid="RecordLineage",
        actions=(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:PutObject",
            "s3:PutObjectTagging",
        ),
        resources=(scope.bucket_arn(buckets, "*"),),
        conditions=own,
        reason="Nextflow writes lineage records; Platform ends the name with the workspace",
        source=sources.SEQERA_MANUAL_SETUP,
    )
