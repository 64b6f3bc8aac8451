# SPDX-License-Identifier: Apache-2.0
"""The `aws` section: what Seqera Platform does not ask, and AWS has to be told."""

from typing import Literal

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.encryption import KmsKeySettings
from seqera_batch.config.fair_share import FairShareSettings, SharedBy
from seqera_batch.config.file_systems import EfsSettings, FsxSettings
from seqera_batch.config.formats import (
    Account,
    AmiId,
    Amount,
    BucketName,
    BucketUri,
    CliVersion,
    DeviceName,
    EcrRepository,
    Flag,
    InstanceTypeName,
    JobDefinitionName,
    KmsKeyArn,
    MailIdentity,
    Number,
    Prefix,
    QueueName,
    Text,
)
from seqera_batch.config.head_job_definition import HeadJobDefinitionSettings
from seqera_batch.config.iam import IamSettings
from seqera_batch.config.job_definitions import JobDefinitionEntry
from seqera_batch.config.network import NetworkSettings
from seqera_batch.config.node_fleets import NodeFleet
from seqera_batch.config.node_scripts import NodeScript
from seqera_batch.config.operations import OperationsSettings
from seqera_batch.config.platform_access import PlatformAccessSettings
from seqera_batch.config.queues import MainQueue, TaskQueue
from seqera_batch.config.registration import RegistrationSettings
from seqera_batch.config.settings import Effect, Mode, Section, setting
from seqera_batch.config.work_bucket import WorkBucketSettings

ImageType = Literal["ECS_AL2023", "ECS_AL2023_NVIDIA", "ECS_AL2", "ECS_AL2_NVIDIA"]
JobStateReason = Literal[
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
]


ContainerInsights = Literal["disabled", "enabled", "enhanced"]
UsedBy = Literal["platform", "enterprise", "nextflow", "forge"]


class HeadSettings(NodeFleet):
    """The compute environment of the Nextflow head job, where it is not the compute jobs' own."""

    max_cpus: Amount | None = setting(
        default=None,
        omitted="`forge.max_cpus`; what Forge takes is not published",
        effect=Effect.IN_PLACE,
        ge=1,
    )
    """Most vCPUs of head jobs at a time: one pipeline run takes `head_job_cpus` of them."""
    instance_types: tuple[InstanceTypeName, ...] = setting(
        default=(),
        omitted="`default_x86_64`: small nodes without GPU; what Forge takes is not published",
        effect=Effect.ROLLING,
    )
    """Instance families or types for an EC2 head job."""
    min_cpus: Amount = setting(
        default=defaults.MIN_CPUS,
        omitted="0: nothing runs, and nothing costs, while no job waits",
        effect=Effect.IN_PLACE,
        ge=0,
    )
    """vCPUs that stay on for head jobs; they cost money all the time."""
    image_id: AmiId | None = setting(
        default=None,
        omitted="`forge.image_id`, else the newest image that AWS Batch knows",
        effect=Effect.ROLLING,
        source=sources.AWS_BATCH_AMI,
    )
    """Own AMI of nodes for head jobs."""
    ebs_boot_size: Number | None = setting(
        default=None,
        omitted="as `forge.ebs_boot_size`",
        effect=Effect.ROLLING,
        source=sources.AWS_EBS,
        ge=limits.EBS_GB_MIN,
        le=limits.EBS_GB_MAX,
    )
    """Size of the boot disk of nodes for head jobs, in GB."""


class JobStateLimits(Section, effect=Effect.IN_PLACE, source=sources.AWS_BATCH_TIME_LIMITS):
    """When AWS Batch cancels a job at the head of a queue that can never start."""

    max_time_seconds: Number = setting(
        default=defaults.JOB_STATE_SECONDS,
        omitted=f"{defaults.JOB_STATE_SECONDS}; what Forge takes is not published",
        ge=limits.JOB_STATE_SECONDS_MIN,
        le=limits.JOB_STATE_SECONDS_MAX,
    )
    """Seconds in RUNNABLE after which such a job is cancelled."""
    reasons: tuple[JobStateReason, ...] = setting(
        default=defaults.JOB_STATE_REASONS,
        omitted="the two MISCONFIGURATION ones: no node type can ever run the job",
    )
    """Reasons for which a waiting job is cancelled."""


class UpdateSettings(
    Section, effect=Effect.IN_PLACE, source=sources.AWS_BATCH_INFRASTRUCTURE_UPDATES
):
    """What happens to running jobs when nodes have to be replaced."""

    job_execution_timeout_minutes: Number = setting(
        default=defaults.UPDATE_TIMEOUT_MINUTES,
        omitted=f"{defaults.UPDATE_TIMEOUT_MINUTES} (AWS's own default is 30)",
        ge=1,
        le=limits.UPDATE_TIMEOUT_MINUTES_MAX,
    )
    """Minutes that running jobs get to end before their node is replaced."""
    terminate_jobs: Flag = setting(default=False)
    """End running jobs at once instead."""
    to_latest_image: Flag = setting(
        default=True, omitted="true; without effect where an AMI is named"
    )
    """Take the newest AWS image whenever nodes are replaced for another reason."""


class QueueNames(Section, effect=Effect.NEW_QUEUES):
    """Queue names that differ from the pattern `<prefix>-<name>-head` and `-work`."""

    head: QueueName | None = setting(
        default=None, omitted="`<prefix>-<name>-head`; `<prefix>-<name>` On-Demand"
    )
    """Name of the queue of the head job."""
    compute: QueueName | None = setting(
        default=None, omitted="`<prefix>-<name>-work`; `<prefix>-<name>` On-Demand"
    )
    """Name of the queue of compute jobs."""
    dragen: QueueName | None = setting(
        default=None, omitted="`<prefix>-<name>-dragen`; Forge's own suffix is not published"
    )
    """Name of the queue of DRAGEN jobs."""


class LogSettings(Section):
    """Logs of the nodes themselves, and the group of the jobs' output if it is created."""

    create_job_log_group: Flag = setting(
        default=False,
        omitted="false: it exists, and its retention is not ours to set",
        effect=Effect.ROLES,
    )
    """Create the log group of the containers' output: `log_group`, or one of the environment's own.
    """
    job_retention_days: Amount = setting(
        default=defaults.JOB_LOG_RETENTION_DAYS,
        effect=Effect.IN_PLACE,
        source=sources.AWS_LOGS_RETENTION,
    )
    """Days to keep the containers' output, where its group is created."""

    node_logs: Flag = setting(
        default=True,
        omitted="true: a failed start can be read after the node is gone",
        effect=Effect.ROLLING,
        only=Mode.FORGE,
    )
    """Ship the node's own logs to a log group of the environment."""
    node_retention_days: Amount = setting(
        default=defaults.NODE_LOG_RETENTION_DAYS,
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
        source=sources.AWS_LOGS_RETENTION,
    )
    """Days to keep node logs; CloudWatch knows only certain numbers."""


class AwsCliSettings(Section):
    """The AWS CLI that tasks copy files with where Fusion v2 is off."""

    version: CliVersion | None = setting(
        default=None,
        omitted=f"{defaults.AWS_CLI_VERSION}, until a release of this library moves it",
        effect=Effect.ROLLING,
        source=sources.AWS_CLI_RELEASES,
    )
    """Release of AWS CLI version 2 that nodes install."""


class AwsSettings(Section):
    """Everything of ours, apart from Platform's own fields."""

    account: Account | None = setting(
        default=None, omitted="the account of whoever deploys", effect=Effect.NEW_STACK
    )
    """AWS account the environment is for."""
    used_by: tuple[UsedBy, ...] = setting(
        default=defaults.USED_BY,
        omitted="`platform`; what it would refuse is a warning, as is what the others would that "
        "are named here",
        effect=Effect.NOTHING,
        source=sources.SEQERA_MANUAL_SETUP,
        min_length=1,
    )
    """Who launches pipelines in it. `platform`: Seqera Platform, where it is registered in Manual
    mode. `enterprise`: Platform Enterprise that launches by a job definition
    (TOWER_LAUNCH_CONTAINER). `nextflow`: Nextflow by itself. `forge`: Platform makes resources of
    its own from the file, and no stack is deployed.
    """
    prefix: Prefix = setting(
        default=defaults.PREFIX, effect=Effect.NEW_QUEUES, source=sources.SEQERA_AWS_BATCH
    )
    """First part of the names of queues and roles (Platform's TOWER_FORGE_PREFIX)."""
    network: NetworkSettings | None = setting(
        default=None,
        omitted="`forge.subnets` if given, else a created VPC with public subnets",
        effect=Effect.NEW_NETWORK,
        only=Mode.FORGE,
    )
    """Where nodes run."""
    head: HeadSettings = setting(
        default=HeadSettings.model_construct(), effect=Effect.IN_PLACE, only=Mode.FORGE
    )
    """The head job's compute environment."""
    head_job_definition: HeadJobDefinitionSettings | None = setting(
        default=None,
        omitted="none: Platform registers its own",
        effect=Effect.IN_PLACE,
        source=sources.SEQERA_LAUNCH_CONTAINER,
    )
    """A job definition for the head job, to run pipelines without Platform."""
    compute: MainQueue = setting(
        default=MainQueue.model_construct(), effect=Effect.PLATFORM, only=Mode.FORGE
    )
    """The queue of tasks that Platform knows, where `forge` has no word for it."""
    queues: tuple[TaskQueue, ...] = setting(
        default=(),
        omitted="none: all tasks run in one queue",
        effect=Effect.QUEUES,
        only=Mode.FORGE,
        source=sources.NEXTFLOW_QUEUE,
    )
    """Further queues for tasks; pipelines choose them by label, by name, or on a retry."""
    fair_share: FairShareSettings | None = setting(
        default=None,
        omitted="first in, first out; the queue of head jobs always is",
        effect=Effect.REFUSED,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_FAIR_SHARE,
    )
    """Let queues for tasks share their capacity among identifiers, in place of first in, first out.
    """
    share: SharedBy | None = setting(
        default=None,
        omitted="none: queues are first in, first out",
        effect=Effect.SHARE,
        source=sources.AWS_BATCH_FAIR_SHARE,
    )
    """Under which identifier runs of this environment submit tasks, to queues with fair share; in
    Manual mode to existing ones.
    """
    existing_queues: tuple[QueueName, ...] = setting(
        default=(),
        omitted="none: the head job submits to the queues of the environment only",
        effect=Effect.ROLES,
        source=sources.NEXTFLOW_QUEUE,
    )
    """Queues of this account and region that exist, and that pipelines may use as well."""
    queue_names: QueueNames = setting(
        default=QueueNames.model_construct(),
        omitted="names follow the pattern",
        effect=Effect.NEW_QUEUES,
        only=Mode.FORGE,
    )
    """Queue names other than the pattern's."""
    job_state_limits: JobStateLimits = setting(
        default=JobStateLimits.model_construct(), effect=Effect.IN_PLACE, only=Mode.FORGE
    )
    """When jobs that can never start are cancelled."""
    update: UpdateSettings = setting(
        default=UpdateSettings.model_construct(), effect=Effect.IN_PLACE, only=Mode.FORGE
    )
    """What updates do to running jobs."""
    image_type: ImageType | None = setting(
        default=None,
        omitted="ECS_AL2023, with ECS_AL2023_NVIDIA for GPUs",
        effect=Effect.ROLLING,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_AMI,
    )
    """Which of AWS Batch's image types the nodes, or the own AMI, are."""
    dragen_root_device: DeviceName | None = setting(
        default=None,
        omitted="what another section says of the same AMI, else /dev/xvda, as in AWS's images",
        effect=Effect.ROLLING,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_LAUNCH_TEMPLATES,
    )
    """Root device of `forge.dragen_ami_id`."""
    iam: IamSettings = setting(default=IamSettings.model_construct(), effect=Effect.ROLES)
    """What every role must carry, and roles of nodes that exist."""
    ecr_repositories: tuple[EcrRepository, ...] = setting(
        default=(),
        omitted="all of this account and region; images from elsewhere need no permission",
        effect=Effect.ROLES,
        source=sources.AWS_ECR_CROSS_ACCOUNT,
    )
    """Repositories of Amazon ECR that container images come from, of this account or of others that
    let it pull.
    """
    job_definitions: tuple[JobDefinitionEntry, ...] = setting(
        default=(),
        omitted="none: tasks run by the definitions that Nextflow registers",
        effect=Effect.DEFINITIONS,
        source=sources.NEXTFLOW_JOB_DEFINITIONS,
    )
    """Job definitions that pipelines name themselves (`container 'job-definition://NAME'`): names
    of ones that exist, and ones that are made.
    """
    consumable_resources: tuple[JobDefinitionName, ...] = setting(
        default=(),
        omitted="none: a process that asks for one is refused",
        effect=Effect.ROLES,
        source=sources.AWS_BATCH_CONSUMABLES,
    )
    """Consumable resources of AWS Batch that exist, such as licence tokens, and that processes ask
    for (`hints` of Nextflow).
    """
    mail_identities: tuple[MailIdentity, ...] = setting(
        default=(),
        omitted="none: Nextflow sends no mail by Amazon SES",
        effect=Effect.ROLES,
        source=sources.AWS_SES_SENDING,
    )
    """Domains or addresses of Amazon SES, in this account and region, from which the head job sends
    Nextflow's mails.
    """
    logs: LogSettings = setting(default=LogSettings.model_construct(), effect=Effect.ROLLING)
    """Node logs."""
    work_bucket: WorkBucketSettings | None = setting(
        default=None, omitted="it exists", effect=Effect.NEW_BUCKET, source=sources.SEQERA_AWS_BATCH
    )
    """Create the bucket of the work directory."""
    nf_core_references: Flag = setting(
        default=False,
        omitted="false: nf-core pipelines that look for iGenomes or annotation caches are refused; "
        "public buckets of other accounts need a permission of one's own too",
        effect=Effect.ROLES,
        source=sources.NF_CORE_REFERENCES,
    )
    """Let jobs read nf-core's public references: `s3://ngi-igenomes` and `s3://annotation-cache`.
    """
    read_only_buckets: tuple[BucketUri, ...] = setting(default=(), effect=Effect.ROLES)
    """Buckets, or folders of buckets, that jobs may read and not write; `forge.allow_buckets` are
    written too.
    """
    restore_archived: Flag = setting(
        default=False,
        omitted="false: an archived input fails the task that needs it",
        effect=Effect.ROLES,
        source=sources.AWS_S3_RESTORE,
    )
    """Let jobs restore files from S3 Glacier in the buckets that they use; AWS charges it."""
    bucket_owners: dict[BucketName, Account] = setting(
        default={},
        omitted="all buckets are of this account, or let it in already",
        effect=Effect.ROLES,
        source=sources.AWS_RESOURCE_POLICIES,
    )
    """Buckets of other accounts, and whose they are: `policies --for other-buckets` prints what
    each bucket's policy has to say. Jobs use their files only as long as they are that account's.
    """
    bucket_kms_keys: tuple[KmsKeyArn, ...] = setting(
        default=(),
        omitted="the buckets are encrypted with S3's own keys, or with `kms_key`",
        effect=Effect.ROLES,
        source=sources.AWS_KMS_VIA_SERVICE,
    )
    """KMS keys of buckets that exist, besides `kms_key`: jobs use them through S3 only."""
    kms_key: KmsKeySettings | None = setting(
        default=None,
        omitted="the keys that AWS manages",
        effect=Effect.NEW_FILE_SYSTEM,
        source=sources.AWS_KMS_KEY_POLICIES,
    )
    """One KMS key for everything that is created and holds data: bucket, file systems, volumes,
    logs, secrets.
    """
    efs: EfsSettings = setting(
        default=EfsSettings.model_construct(), effect=Effect.IN_PLACE, only=Mode.FORGE
    )
    """What the EFS file system of `forge.efs_create` is like."""
    fsx: FsxSettings = setting(
        default=FsxSettings.model_construct(), effect=Effect.IN_PLACE, only=Mode.FORGE
    )
    """What the FSx file system of `forge.fsx_size` is like, or how an existing one is mounted."""
    node_scripts: tuple[NodeScript, ...] = setting(
        default=(),
        effect=Effect.ROLLING,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_LAUNCH_TEMPLATES,
    )
    """Scripts that nodes run before they take tasks, in order: after file systems are mounted and
    the AWS CLI is there, before the ECS agent is configured.
    """
    session_manager: Flag = setting(
        default=False,
        omitted="false: nobody logs in, but by `forge.ec2_key_pair`",
        effect=Effect.ROLES,
        only=Mode.FORGE,
        source=sources.AWS_SESSION_MANAGER,
    )
    """Let Session Manager open sessions on nodes, without SSH, keys and open ports."""
    container_insights: ContainerInsights | None = setting(
        default=None,
        omitted="whatever Amazon ECS is set to in the account; once said it is never undone, and "
        "leaving it out later means `disabled`",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
        source=sources.AWS_CONTAINER_INSIGHTS,
    )
    """CloudWatch Container Insights of the ECS clusters behind all environments; it is charged."""
    aws_cli: AwsCliSettings = setting(
        default=AwsCliSettings.model_construct(), effect=Effect.ROLLING, only=Mode.FORGE
    )
    """The AWS CLI on nodes without Fusion v2."""
    tags: dict[Text, Text] = setting(
        default={}, omitted="only `labels`", effect=Effect.ROLLING, source=sources.AWS_TAGS
    )
    """Tags that only AWS sees; `labels` become tags as well."""
    platform_access: PlatformAccessSettings | None = setting(
        default=None,
        omitted="none is made: `policies --for platform` prints what it needs",
        effect=Effect.ROLES,
        source=sources.SEQERA_AWS_BATCH,
    )
    """Make the identity that Platform works with, and its permissions."""
    platform_registration: RegistrationSettings | None = setting(
        default=None,
        omitted="it is not registered: `export` gives what registers it by hand",
        effect=Effect.PLATFORM,
    )
    """Register the environment with Platform when the stack is deployed."""
    operations: OperationsSettings | None = setting(
        default=None, omitted="nothing is watched", effect=Effect.IN_PLACE
    )
    """Watch the environment after its deployment: alarms, a dashboard, a budget."""
    destroy_data: Flag = setting(
        default=False,
        omitted="false: they outlive the stack",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
    )
    """Second key, with `forge.dispose_on_deletion`, to delete file systems, the created bucket and
    the jobs' created log group with the stack.
    """
    acknowledgements: dict[Text, Text] = setting(
        default={}, omitted="every warning is shown", effect=Effect.NOTHING
    )
    """Warnings and findings about policies that somebody accepted: id and reason."""
