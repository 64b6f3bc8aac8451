# SPDX-License-Identifier: Apache-2.0
"""The `aws` section: what Seqera Platform does not ask, and AWS has to be told."""

from __future__ import annotations

from typing import Literal

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.encryption import KmsKeySettings
from seqera_batch.config.file_systems import EfsSettings, FsxSettings
from seqera_batch.config.formats import (
    Account,
    Amount,
    BucketUri,
    CliVersion,
    EcrRepository,
    Flag,
    InstanceTypeName,
    JobDefinitionName,
    KmsKeyArn,
    Number,
    Prefix,
    QueueName,
    Text,
)
from seqera_batch.config.head_job_definition import HeadJobDefinition
from seqera_batch.config.iam import IamSettings
from seqera_batch.config.network import NetworkSettings
from seqera_batch.config.operations import OperationsSettings
from seqera_batch.config.platform_access import PlatformAccessSettings
from seqera_batch.config.registration import RegistrationSettings
from seqera_batch.config.settings import Effect, Mode, Section, setting
from seqera_batch.config.work_bucket import WorkBucketSettings

ImageType = Literal["ECS_AL2023", "ECS_AL2023_NVIDIA", "ECS_AL2", "ECS_AL2_NVIDIA"]
JobStateReason = Literal[
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
]


UsedBy = Literal["platform", "enterprise", "nextflow", "forge"]


class HeadSettings(Section):
    """The compute environment of the Nextflow head job, where it is not the compute jobs' own."""

    max_cpus: Amount | None = setting(
        None,
        says="Most vCPUs of head jobs at a time: one pipeline run takes `head_job_cpus` of them.",
        omitted="`forge.max_cpus`; what Forge takes is not published",
        effect=Effect.IN_PLACE,
        ge=1,
    )
    instance_types: tuple[InstanceTypeName, ...] = setting(
        (),
        says="Instance families or types for an EC2 head job.",
        omitted="`default_x86_64`: small nodes without GPU; what Forge takes is not published",
        effect=Effect.ROLLING,
    )


class JobStateLimits(Section):
    """When AWS Batch cancels a job at the head of a queue that can never start."""

    max_time_seconds: Number = setting(
        defaults.JOB_STATE_SECONDS,
        says="Seconds in RUNNABLE after which such a job is cancelled.",
        omitted=f"{defaults.JOB_STATE_SECONDS}; what Forge takes is not published",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_TIME_LIMITS,
        ge=limits.JOB_STATE_SECONDS_MIN,
        le=limits.JOB_STATE_SECONDS_MAX,
    )
    reasons: tuple[JobStateReason, ...] = setting(
        defaults.JOB_STATE_REASONS,
        says="Reasons for which a waiting job is cancelled.",
        omitted="the two MISCONFIGURATION ones: no node type can ever run the job",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_TIME_LIMITS,
    )


class UpdateSettings(Section):
    """What happens to running jobs when nodes have to be replaced."""

    job_execution_timeout_minutes: Number = setting(
        defaults.UPDATE_TIMEOUT_MINUTES,
        says="Minutes that running jobs get to end before their node is replaced.",
        omitted=f"{defaults.UPDATE_TIMEOUT_MINUTES} (AWS's own default is 30)",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_INFRASTRUCTURE_UPDATES,
        ge=1,
        le=limits.UPDATE_TIMEOUT_MINUTES_MAX,
    )
    terminate_jobs: Flag = setting(
        default=False,
        says="End running jobs at once instead.",
        omitted="false",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_INFRASTRUCTURE_UPDATES,
    )
    to_latest_image: Flag = setting(
        default=True,
        says="Take the newest AWS image whenever nodes are replaced for another reason.",
        omitted="true; without effect where an AMI is named",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_INFRASTRUCTURE_UPDATES,
    )


class QueueNames(Section):
    """Queue names that differ from the pattern `<prefix>-<name>-head` and `-work`."""

    head: QueueName | None = setting(
        None,
        says="Name of the queue of the head job.",
        omitted="`<prefix>-<name>-head`; `<prefix>-<name>` On-Demand",
        effect=Effect.NEW_QUEUES,
    )
    compute: QueueName | None = setting(
        None,
        says="Name of the queue of compute jobs.",
        omitted="`<prefix>-<name>-work`; `<prefix>-<name>` On-Demand",
        effect=Effect.NEW_QUEUES,
    )
    dragen: QueueName | None = setting(
        None,
        says="Name of the queue of DRAGEN jobs.",
        omitted="`<prefix>-<name>-dragen`; Forge's own suffix is not published",
        effect=Effect.NEW_QUEUES,
    )


class LogSettings(Section):
    """Logs of the nodes themselves, and the group of the jobs' output if it is created."""

    create_job_log_group: Flag = setting(
        default=False,
        says="Create the log group of the containers' output: `log_group`, or one of the "
        "environment's own.",
        omitted="false: it exists, and its retention is not ours to set",
        effect=Effect.ROLES,
    )
    job_retention_days: Amount = setting(
        defaults.JOB_LOG_RETENTION_DAYS,
        says="Days to keep the containers' output, where its group is created.",
        omitted=str(defaults.JOB_LOG_RETENTION_DAYS),
        effect=Effect.IN_PLACE,
        source=sources.AWS_LOGS_RETENTION,
    )

    node_logs: Flag = setting(
        default=True,
        says="Ship the node's own logs to a log group of the environment.",
        omitted="true: a failed start can be read after the node is gone",
        effect=Effect.ROLLING,
        only=Mode.FORGE,
    )
    node_retention_days: Amount = setting(
        defaults.NODE_LOG_RETENTION_DAYS,
        says="Days to keep node logs; CloudWatch knows only certain numbers.",
        omitted=str(defaults.NODE_LOG_RETENTION_DAYS),
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
        source=sources.AWS_LOGS_RETENTION,
    )


class AwsCliSettings(Section):
    """The AWS CLI that tasks copy files with where Fusion v2 is off."""

    version: CliVersion | None = setting(
        None,
        says="Release of AWS CLI version 2 that nodes install.",
        omitted=f"{defaults.AWS_CLI_VERSION}, until a release of this library moves it",
        effect=Effect.ROLLING,
        source=sources.AWS_CLI_RELEASES,
    )


class AwsSettings(Section):
    """Everything of ours, apart from Platform's own fields."""

    account: Account | None = setting(
        None,
        says="AWS account the environment is for.",
        omitted="the account of whoever deploys",
        effect=Effect.NEW_STACK,
    )
    used_by: tuple[UsedBy, ...] = setting(
        defaults.USED_BY,
        says="Who launches pipelines in it. `platform`: Seqera Platform, where it is registered in "
        "Manual mode. `enterprise`: Platform Enterprise that launches by a job definition "
        "(TOWER_LAUNCH_CONTAINER). `nextflow`: Nextflow by itself. `forge`: Platform makes "
        "resources of its own from the file, and no stack is deployed.",
        omitted="`platform`; what it would refuse is a warning, as is what the others would that "
        "are named here",
        effect=Effect.NOTHING,
        source=sources.SEQERA_MANUAL_SETUP,
        min_length=1,
    )
    prefix: Prefix = setting(
        defaults.PREFIX,
        says="First part of the names of queues and roles (Platform's TOWER_FORGE_PREFIX).",
        omitted=defaults.PREFIX,
        effect=Effect.NEW_QUEUES,
        source=sources.SEQERA_AWS_BATCH,
    )
    network: NetworkSettings | None = setting(
        None,
        says="Where nodes run.",
        omitted="`forge.subnets` if given, else a created VPC with public subnets",
        effect=Effect.NEW_NETWORK,
        only=Mode.FORGE,
    )
    head: HeadSettings = setting(
        HeadSettings.model_construct(),
        says="The head job's compute environment.",
        omitted="see its fields",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
    )
    head_job_definition: HeadJobDefinition | None = setting(
        None,
        says="A job definition for the head job, to run pipelines without Platform.",
        omitted="none: Platform registers its own",
        effect=Effect.IN_PLACE,
        source=sources.SEQERA_LAUNCH_CONTAINER,
    )
    queue_names: QueueNames = setting(
        QueueNames.model_construct(),
        says="Queue names other than the pattern's.",
        omitted="names follow the pattern",
        effect=Effect.NEW_QUEUES,
        only=Mode.FORGE,
    )
    job_state_limits: JobStateLimits = setting(
        JobStateLimits.model_construct(),
        says="When jobs that can never start are cancelled.",
        omitted="see its fields",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
    )
    update: UpdateSettings = setting(
        UpdateSettings.model_construct(),
        says="What updates do to running jobs.",
        omitted="see its fields",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
    )
    image_type: ImageType | None = setting(
        None,
        says="Which of AWS Batch's image types the nodes, or the own AMI, are.",
        omitted="ECS_AL2023, with ECS_AL2023_NVIDIA for GPUs",
        effect=Effect.ROLLING,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_AMI,
    )
    iam: IamSettings = setting(
        IamSettings.model_construct(),
        says="What every role must carry, and roles of nodes that exist.",
        omitted="see its fields",
        effect=Effect.ROLES,
    )
    ecr_repositories: tuple[EcrRepository, ...] = setting(
        (),
        says="Repositories of Amazon ECR that container images come from, of this account or of "
        "others that let it pull.",
        omitted="all of this account and region; images from elsewhere need no permission",
        effect=Effect.ROLES,
        source=sources.AWS_ECR_CROSS_ACCOUNT,
    )
    job_definitions: tuple[JobDefinitionName, ...] = setting(
        (),
        says="Job definitions that pipelines name themselves (`container 'job-definition://NAME'`).",
        omitted="none: tasks run by the definitions that Nextflow registers",
        effect=Effect.ROLES,
        source=sources.NEXTFLOW_JOB_DEFINITIONS,
    )
    logs: LogSettings = setting(
        LogSettings.model_construct(),
        says="Node logs.",
        omitted="see its fields",
        effect=Effect.ROLLING,
    )
    work_bucket: WorkBucketSettings | None = setting(
        None,
        says="Create the bucket of the work directory.",
        omitted="it exists",
        effect=Effect.NEW_BUCKET,
        source=sources.SEQERA_AWS_BATCH,
    )
    nf_core_references: Flag = setting(
        default=False,
        says="Let jobs read nf-core's public references: `s3://ngi-igenomes` and "
        "`s3://annotation-cache`.",
        omitted="false: nf-core pipelines that look for iGenomes or annotation caches are refused; "
        "public buckets of other accounts need a permission of one's own too",
        effect=Effect.ROLES,
        source=sources.NF_CORE_REFERENCES,
    )
    read_only_buckets: tuple[BucketUri, ...] = setting(
        (),
        says="Buckets, or folders of buckets, that jobs may read and not write; "
        "`forge.allow_buckets` are written too.",
        omitted="none",
        effect=Effect.ROLES,
    )
    bucket_kms_keys: tuple[KmsKeyArn, ...] = setting(
        (),
        says="KMS keys of buckets that exist, besides `kms_key`: jobs use them through S3 only.",
        omitted="the buckets are encrypted with S3's own keys, or with `kms_key`",
        effect=Effect.ROLES,
        source=sources.AWS_KMS_VIA_SERVICE,
    )
    kms_key: KmsKeySettings | None = setting(
        None,
        says="One KMS key for everything that is created and holds data: bucket, file systems, "
        "volumes, logs, secrets.",
        omitted="the keys that AWS manages",
        effect=Effect.NEW_FILE_SYSTEM,
        source=sources.AWS_KMS_KEY_POLICIES,
    )
    efs: EfsSettings = setting(
        EfsSettings.model_construct(),
        says="What the EFS file system of `forge.efs_create` is like.",
        omitted="see its fields",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
    )
    fsx: FsxSettings = setting(
        FsxSettings.model_construct(),
        says="What the FSx file system of `forge.fsx_size` is like, or how an existing one is "
        "mounted.",
        omitted="see its fields",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
    )
    aws_cli: AwsCliSettings = setting(
        AwsCliSettings.model_construct(),
        says="The AWS CLI on nodes without Fusion v2.",
        omitted="see its fields",
        effect=Effect.ROLLING,
        only=Mode.FORGE,
    )
    tags: dict[Text, Text] = setting(
        {},
        says="Tags that only AWS sees; `labels` become tags as well.",
        omitted="only `labels`",
        effect=Effect.ROLLING,
        source=sources.AWS_TAGS,
    )
    platform_access: PlatformAccessSettings | None = setting(
        None,
        says="Make the identity that Platform works with, and its permissions.",
        omitted="none is made: `policies --for platform` prints what it needs",
        effect=Effect.ROLES,
        source=sources.SEQERA_AWS_BATCH,
    )
    platform_registration: RegistrationSettings | None = setting(
        None,
        says="Register the environment with Platform when the stack is deployed.",
        omitted="it is not registered: `export` gives what registers it by hand",
        effect=Effect.PLATFORM,
    )
    operations: OperationsSettings | None = setting(
        None,
        says="Watch the environment after its deployment: alarms, a dashboard, a budget.",
        omitted="nothing is watched",
        effect=Effect.IN_PLACE,
    )
    destroy_data: Flag = setting(
        default=False,
        says="Second key, with `forge.dispose_on_deletion`, to delete file systems, the created "
        "bucket and the jobs' created log group with the stack.",
        omitted="false: they outlive the stack",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
    )
    acknowledgements: dict[Text, Text] = setting(
        {},
        says="Warnings and findings about policies that somebody accepted: id and reason.",
        omitted="every warning is shown",
        effect=Effect.NOTHING,
    )
