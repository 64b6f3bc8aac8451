# SPDX-License-Identifier: Apache-2.0
"""The environment file itself: one Seqera Platform compute environment on AWS Batch."""

from collections.abc import Iterable
from typing import Literal

from pydantic import PrivateAttr

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.catalog.platform_names import PLATFORM
from seqera_batch.catalog.work_directory import WorkDirectory
from seqera_batch.config.aws import AwsSettings
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.config.formats import (
    Amount,
    CliPath,
    CredentialsId,
    EnvironmentName,
    Flag,
    InstanceTypeName,
    KmsKey,
    LogGroupName,
    QueueName,
    Region,
    RoleArn,
    Text,
    VariableName,
    Volume,
    WorkDir,
)
from seqera_batch.config.given import Given
from seqera_batch.config.settings import Effect, Mode, Section, setting
from seqera_batch.problems import Problem


class EnvironmentVariable(Section, effect=Effect.PLATFORM, source=sources.SEQERA_AWS_BATCH):
    """A variable for the head job, the compute jobs, or both."""

    name: VariableName = setting()
    """Name of the variable."""
    value: Text = setting(default="", omitted="empty")
    """Its value; never a secret."""
    head: Flag = setting(
        default=True, omitted="true, as in Seqera's command line", source=sources.TOWER_CLI
    )
    """Set it in the head job."""
    compute: Flag = setting(
        default=False, omitted="false, as in Seqera's command line", source=sources.TOWER_CLI
    )
    """Set it in compute jobs."""


class EnvironmentFile(Section, source=sources.SEQERA_AWS_BATCH):
    """One environment, in the Platform API's own field names.

    With a `forge` section the library creates queues and compute environments (Batch Forge mode);
    without one, `head_queue` and `compute_queue` name queues that exist (Manual mode).
    """

    name: EnvironmentName = setting(effect=Effect.NEW_QUEUES, source=sources.SEQERA_API)
    """Name of the environment; part of the names of queues and roles."""
    description: Text | None = setting(
        default=None,
        effect=Effect.PLATFORM_IN_PLACE,
        source=sources.SEQERA_API,
        max_length=limits.PLATFORM_DESCRIPTION_CHARACTERS,
    )
    """Description shown in Platform."""
    platform: Literal["aws-batch"] = setting(
        default=PLATFORM, effect=Effect.NOTHING, source=sources.SEQERA_API, omitted=""
    )
    """Always aws-batch."""
    discriminator: Literal["aws-batch"] = setting(
        default=PLATFORM, effect=Effect.NOTHING, source=sources.SEQERA_API, omitted=""
    )
    """Always aws-batch; Platform's exports carry it."""
    credentials_id: CredentialsId | None = setting(
        default=None,
        omitted="chosen when the environment is registered",
        effect=Effect.PLATFORM_IN_PLACE,
        source=sources.SEQERA_API,
    )
    """Platform's id of the AWS credentials it uses."""
    fusion_metrics_collection_enabled: Flag | None = setting(
        default=None,
        omitted="Platform's own default",
        effect=Effect.PLATFORM_IN_PLACE,
        source=sources.SEQERA_API,
    )
    """Let Platform collect Fusion metrics."""
    labels: dict[Text, Text] = setting(
        default={}, effect=Effect.ROLLING, source=sources.SEQERA_LABELS
    )
    """Resource labels: set in Platform, and tags on every AWS resource that takes them."""
    region: Region = setting(effect=Effect.NEW_STACK)
    """AWS region; the work directory must be in it."""
    work_dir: WorkDir = setting(effect=Effect.WORK_DIR)
    """Nextflow's work directory: a bucket, or a folder on the mounted EFS or FSx."""
    wave_enabled: Flag = setting(default=False, effect=Effect.PLATFORM)
    """Use the Wave container service."""
    fusion2_enabled: Flag = setting(
        default=False, omitted="false: tasks copy files with the AWS CLI", effect=Effect.ROLLING
    )
    """Use the Fusion v2 file system for the work directory in S3."""
    nvme_storage_enabled: Flag = setting(
        default=False, omitted="false: Fusion caches on the boot disk", effect=Effect.ROLLING
    )
    """Fast instance storage: format the nodes' NVMe disks for Fusion."""
    fusion_snapshots: Flag = setting(
        default=False, effect=Effect.PLATFORM, source=sources.SEQERA_FUSION_SNAPSHOTS
    )
    """Fusion Snapshots: go on after a Spot reclamation where the task stood."""
    head_queue: QueueName | None = setting(
        default=None,
        omitted="Forge mode: a queue is created",
        effect=Effect.PLATFORM,
        only=Mode.MANUAL,
        source=sources.SEQERA_MANUAL_SETUP,
    )
    """Manual mode: name of the existing queue of the head job; On-Demand EC2."""
    compute_queue: QueueName | None = setting(
        default=None,
        omitted="Forge mode: a queue is created",
        effect=Effect.PLATFORM,
        only=Mode.MANUAL,
        source=sources.SEQERA_MANUAL_SETUP,
    )
    """Manual mode: name of the existing queue of compute jobs."""
    dragen_queue: QueueName | None = setting(
        default=None,
        omitted="no DRAGEN",
        effect=Effect.PLATFORM,
        only=Mode.MANUAL,
        source=sources.SEQERA_DRAGEN,
    )
    """Manual mode: name of the existing queue of DRAGEN jobs."""
    dragen_instance_type: InstanceTypeName | None = setting(
        default=None,
        omitted="Platform's own default",
        effect=Effect.PLATFORM,
        only=Mode.MANUAL,
        source=sources.SEQERA_DRAGEN,
    )
    """Manual mode: instance type behind `dragen_queue`."""
    head_job_cpus: Amount | None = setting(
        default=None, omitted=str(defaults.HEAD_JOB_CPUS), effect=Effect.PLATFORM, ge=1
    )
    """vCPUs of the Nextflow head job; the largest Studio is limited by it too."""
    head_job_memory_mb: Amount | None = setting(
        default=None, omitted=str(defaults.HEAD_JOB_MEMORY_MIB), effect=Effect.PLATFORM, ge=1
    )
    """Memory of the Nextflow head job in MiB; limits Studios too."""
    head_job_role: RoleArn | None = setting(
        default=None, omitted="a least-privilege role is created", effect=Effect.ROLES
    )
    """Existing role for the head job."""
    compute_job_role: RoleArn | None = setting(
        default=None, omitted="a least-privilege role is created", effect=Effect.ROLES
    )
    """Existing role for compute jobs."""
    execution_role: RoleArn | None = setting(
        default=None, omitted="a least-privilege role is created", effect=Effect.ROLES
    )
    """Existing execution role: pulls images, writes logs, reads pipeline secrets."""
    cli_path: CliPath | None = setting(
        default=None,
        omitted="nodes install AWS CLI version 2 where Fusion v2 is off",
        effect=Effect.ROLLING,
    )
    """Where the own AMI carries the AWS CLI; not with Fusion v2."""
    log_group: LogGroupName | None = setting(
        default=None,
        omitted=f"{defaults.JOB_LOG_GROUP}, which AWS Batch makes itself",
        effect=Effect.ROLES,
    )
    """Existing CloudWatch log group for the containers' output."""
    secrets_kms_key_id: KmsKey | None = setting(
        default=None,
        omitted="the key that AWS manages",
        effect=Effect.ROLES,
        source=sources.TOWER_CLI,
    )
    """KMS key of the pipeline secrets."""
    environment: tuple[EnvironmentVariable, ...] = setting(default=(), effect=Effect.PLATFORM)
    """Variables for the head job and compute jobs."""
    pre_run_script: Text | None = setting(default=None, effect=Effect.PLATFORM)
    """Bash script run before Nextflow."""
    post_run_script: Text | None = setting(default=None, effect=Effect.PLATFORM)
    """Bash script run after Nextflow."""
    nextflow_config: Text | None = setting(default=None, effect=Effect.PLATFORM)
    """Nextflow configuration for every run; wins over the pipeline's own."""
    volumes: tuple[Volume, ...] = setting(
        default=(),
        omitted="only those the options need",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_API,
    )
    """Folders of the node to mount in job containers, besides those the options need."""
    storage_type: Text | None = setting(
        default=None, omitted="nothing", effect=Effect.NOTHING, source=sources.SEQERA_API
    )
    """Deprecated by Seqera, without effect."""
    lustre_id: Text | None = setting(
        default=None, omitted="nothing", effect=Effect.NOTHING, source=sources.SEQERA_API
    )
    """Deprecated by Seqera; see `forge.fsx_name`."""
    forge: ForgeSettings | None = setting(
        default=None,
        omitted="Manual mode: `head_queue` and `compute_queue` exist already",
        effect=Effect.NEW_QUEUES,
        only=Mode.FORGE,
    )
    """Batch Forge mode: the AWS Batch resources to create."""
    aws: AwsSettings = setting(
        default=AwsSettings.model_construct(), effect=Effect.IN_PLACE, source=""
    )
    """What Platform does not ask."""

    # Without annotations, which would make fields of them that type checkers take for frozen.
    _notices = PrivateAttr(default_factory=tuple[Problem, ...])
    _exported = PrivateAttr(default=False)
    _given = PrivateAttr(default_factory=Given)

    def remember(self, notices: Iterable[Problem], *, exported: bool) -> None:
        """Keep what the loader had to say and where the data came from; for the loader only."""
        self._notices = tuple(notices)
        self._exported = exported

    @property
    def exported(self) -> bool:
        """Whether it came from Platform, so that deprecated choices are only warned of."""
        return self._exported

    @property
    def given(self) -> Given:
        """What an app brings along, besides what the file says."""
        return self._given

    @property
    def work_directory(self) -> WorkDirectory:
        """The work directory by its parts."""
        return WorkDirectory.of(self.work_dir)
