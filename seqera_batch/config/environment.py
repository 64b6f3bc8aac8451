# SPDX-License-Identifier: Apache-2.0
"""The environment file itself: one Seqera Platform compute environment on AWS Batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

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

if TYPE_CHECKING:
    from collections.abc import Iterable


class EnvironmentVariable(Section):
    """A variable for the head job, the compute jobs, or both."""

    name: VariableName = setting(
        says="Name of the variable.", effect=Effect.PLATFORM, source=sources.SEQERA_AWS_BATCH
    )
    value: Text = setting(
        "",
        says="Its value; never a secret.",
        omitted="empty",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_AWS_BATCH,
    )
    head: Flag = setting(
        default=True,
        says="Set it in the head job.",
        omitted="true, as in Seqera's command line",
        effect=Effect.PLATFORM,
        source=sources.TOWER_CLI,
    )
    compute: Flag = setting(
        default=False,
        says="Set it in compute jobs.",
        omitted="false, as in Seqera's command line",
        effect=Effect.PLATFORM,
        source=sources.TOWER_CLI,
    )


class EnvironmentFile(Section):
    """One compute environment, in the Platform API's own field names.

    With a `forge` section the library creates queues and compute environments (Batch Forge mode);
    without one, `head_queue` and `compute_queue` name queues that exist (Manual mode).
    """

    name: EnvironmentName = setting(
        says="Name of the environment; part of the names of queues and roles.",
        effect=Effect.NEW_QUEUES,
        source=sources.SEQERA_API,
    )
    description: Text | None = setting(
        None,
        says="Description shown in Platform.",
        omitted="none",
        effect=Effect.PLATFORM_IN_PLACE,
        source=sources.SEQERA_API,
        max_length=limits.PLATFORM_DESCRIPTION_CHARACTERS,
    )
    platform: Literal["aws-batch"] = setting(
        PLATFORM, says="Always aws-batch.", effect=Effect.NOTHING, source=sources.SEQERA_API
    )
    discriminator: Literal["aws-batch"] = setting(
        PLATFORM,
        says="Always aws-batch; Platform's exports carry it.",
        effect=Effect.NOTHING,
        source=sources.SEQERA_API,
    )
    credentials_id: CredentialsId | None = setting(
        None,
        says="Platform's id of the AWS credentials it uses.",
        omitted="chosen when the environment is registered",
        effect=Effect.PLATFORM_IN_PLACE,
        source=sources.SEQERA_API,
    )
    fusion_metrics_collection_enabled: Flag | None = setting(
        None,
        says="Let Platform collect Fusion metrics.",
        omitted="Platform's own default",
        effect=Effect.PLATFORM_IN_PLACE,
        source=sources.SEQERA_API,
    )
    labels: dict[Text, Text] = setting(
        {},
        says="Resource labels: set in Platform, and tags on every AWS resource that takes them.",
        omitted="none",
        effect=Effect.ROLLING,
        source=sources.SEQERA_LABELS,
    )
    region: Region = setting(
        says="AWS region; the work directory must be in it.",
        effect=Effect.NEW_STACK,
        source=sources.SEQERA_AWS_BATCH,
    )
    work_dir: WorkDir = setting(
        says="Nextflow's work directory: a bucket, or a folder on the mounted EFS or FSx.",
        effect=Effect.WORK_DIR,
        source=sources.SEQERA_AWS_BATCH,
    )
    wave_enabled: Flag = setting(
        default=False,
        says="Use the Wave container service.",
        omitted="false",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_AWS_BATCH,
    )
    fusion2_enabled: Flag = setting(
        default=False,
        says="Use the Fusion v2 file system for the work directory in S3.",
        omitted="false: tasks copy files with the AWS CLI",
        effect=Effect.ROLLING,
        source=sources.SEQERA_AWS_BATCH,
    )
    nvme_storage_enabled: Flag = setting(
        default=False,
        says="Fast instance storage: format the nodes' NVMe disks for Fusion.",
        omitted="false: Fusion caches on the boot disk",
        effect=Effect.ROLLING,
        source=sources.SEQERA_AWS_BATCH,
    )
    fusion_snapshots: Flag = setting(
        default=False,
        says="Fusion Snapshots: go on after a Spot reclamation where the task stood.",
        omitted="false",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_FUSION_SNAPSHOTS,
    )
    head_queue: QueueName | None = setting(
        None,
        says="Manual mode: name of the existing queue of the head job; On-Demand EC2.",
        omitted="Forge mode: a queue is created",
        effect=Effect.PLATFORM,
        only=Mode.MANUAL,
        source=sources.SEQERA_MANUAL_SETUP,
    )
    compute_queue: QueueName | None = setting(
        None,
        says="Manual mode: name of the existing queue of compute jobs.",
        omitted="Forge mode: a queue is created",
        effect=Effect.PLATFORM,
        only=Mode.MANUAL,
        source=sources.SEQERA_MANUAL_SETUP,
    )
    dragen_queue: QueueName | None = setting(
        None,
        says="Manual mode: name of the existing queue of DRAGEN jobs.",
        omitted="no DRAGEN",
        effect=Effect.PLATFORM,
        only=Mode.MANUAL,
        source=sources.SEQERA_DRAGEN,
    )
    dragen_instance_type: InstanceTypeName | None = setting(
        None,
        says="Manual mode: instance type behind `dragen_queue`.",
        omitted="Platform's own default",
        effect=Effect.PLATFORM,
        only=Mode.MANUAL,
        source=sources.SEQERA_DRAGEN,
    )
    head_job_cpus: Amount | None = setting(
        None,
        says="vCPUs of the Nextflow head job; the largest Studio is limited by it too.",
        omitted=str(defaults.HEAD_JOB_CPUS),
        effect=Effect.PLATFORM,
        source=sources.SEQERA_AWS_BATCH,
        ge=1,
    )
    head_job_memory_mb: Amount | None = setting(
        None,
        says="Memory of the Nextflow head job in MiB; limits Studios too.",
        omitted=str(defaults.HEAD_JOB_MEMORY_MIB),
        effect=Effect.PLATFORM,
        source=sources.SEQERA_AWS_BATCH,
        ge=1,
    )
    head_job_role: RoleArn | None = setting(
        None,
        says="Existing role for the head job.",
        omitted="a least-privilege role is created",
        effect=Effect.ROLES,
        source=sources.SEQERA_AWS_BATCH,
    )
    compute_job_role: RoleArn | None = setting(
        None,
        says="Existing role for compute jobs.",
        omitted="a least-privilege role is created",
        effect=Effect.ROLES,
        source=sources.SEQERA_AWS_BATCH,
    )
    execution_role: RoleArn | None = setting(
        None,
        says="Existing execution role: pulls images, writes logs, reads pipeline secrets.",
        omitted="a least-privilege role is created",
        effect=Effect.ROLES,
        source=sources.SEQERA_AWS_BATCH,
    )
    cli_path: CliPath | None = setting(
        None,
        says="Where the own AMI carries the AWS CLI; not with Fusion v2.",
        omitted="nodes install AWS CLI version 2 where Fusion v2 is off",
        effect=Effect.ROLLING,
        source=sources.SEQERA_AWS_BATCH,
    )
    log_group: LogGroupName | None = setting(
        None,
        says="Existing CloudWatch log group for the containers' output.",
        omitted=f"{defaults.JOB_LOG_GROUP}, which AWS Batch makes itself",
        effect=Effect.ROLES,
        source=sources.SEQERA_AWS_BATCH,
    )
    secrets_kms_key_id: KmsKey | None = setting(
        None,
        says="KMS key of the pipeline secrets.",
        omitted="the key that AWS manages",
        effect=Effect.ROLES,
        source=sources.TOWER_CLI,
    )
    environment: tuple[EnvironmentVariable, ...] = setting(
        (),
        says="Variables for the head job and compute jobs.",
        omitted="none",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_AWS_BATCH,
    )
    pre_run_script: Text | None = setting(
        None,
        says="Bash script run before Nextflow.",
        omitted="none",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_AWS_BATCH,
    )
    post_run_script: Text | None = setting(
        None,
        says="Bash script run after Nextflow.",
        omitted="none",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_AWS_BATCH,
    )
    nextflow_config: Text | None = setting(
        None,
        says="Nextflow configuration for every run; wins over the pipeline's own.",
        omitted="none",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_AWS_BATCH,
    )
    volumes: tuple[Volume, ...] = setting(
        (),
        says="Folders of the node to mount in job containers, besides those the options need.",
        omitted="only those the options need",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_API,
    )
    storage_type: Text | None = setting(
        None,
        says="Deprecated by Seqera, without effect.",
        omitted="nothing",
        effect=Effect.NOTHING,
        source=sources.SEQERA_API,
    )
    lustre_id: Text | None = setting(
        None,
        says="Deprecated by Seqera; see `forge.fsx_name`.",
        omitted="nothing",
        effect=Effect.NOTHING,
        source=sources.SEQERA_API,
    )
    forge: ForgeSettings | None = setting(
        None,
        says="Batch Forge mode: the AWS Batch resources to create.",
        omitted="Manual mode: `head_queue` and `compute_queue` exist already",
        effect=Effect.NEW_QUEUES,
        only=Mode.FORGE,
        source=sources.SEQERA_AWS_BATCH,
    )
    aws: AwsSettings = setting(
        AwsSettings.model_construct(),
        says="What Platform does not ask.",
        omitted="see its fields",
        effect=Effect.IN_PLACE,
    )

    _notices: tuple[Problem, ...] = PrivateAttr(default=())
    _exported: bool = PrivateAttr(default=False)
    _given: Given = PrivateAttr(default_factory=Given)

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
