# SPDX-License-Identifier: Apache-2.0
"""AWS Batch for Nextflow and Seqera Platform as AWS CDK code: Batch Forge, reviewed and kept."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seqera_batch.version import __version__

if TYPE_CHECKING:
    from seqera_batch.config.additions import Additions
    from seqera_batch.config.aws import (
        AwsCliSettings,
        AwsSettings,
        HeadSettings,
        JobStateLimits,
        LogSettings,
        QueueNames,
        UpdateSettings,
    )
    from seqera_batch.config.check import Checked, ForgeConfig, check, load
    from seqera_batch.config.encryption import KmsKeySettings
    from seqera_batch.config.environment import EnvironmentVariable
    from seqera_batch.config.fair_share import FairShareSettings, Share, SharedBy
    from seqera_batch.config.file_systems import EfsSettings, FsxSettings
    from seqera_batch.config.forge import ForgeSettings
    from seqera_batch.config.given import Given, GivenBucket, GivenFileSystem, GivenNetwork
    from seqera_batch.config.head_job_definition import HeadJobDefinitionSettings
    from seqera_batch.config.iam import IamSettings
    from seqera_batch.config.job_definitions import JobDefinitionSettings
    from seqera_batch.config.network import CreatedNetwork, ExistingNetwork, NetworkSettings
    from seqera_batch.config.node_fleets import DataDisk, NodeOverride
    from seqera_batch.config.node_scripts import NodeScript
    from seqera_batch.config.operations import (
        BudgetSettings,
        NodeFailureSettings,
        OperationsSettings,
        QueueCheckSettings,
        SpotReclaimSettings,
        TaskFailureSettings,
    )
    from seqera_batch.config.platform_access import (
        CloudCredential,
        PlatformAccessSettings,
        RoleCredential,
        UserCredential,
        WorkloadIdentity,
    )
    from seqera_batch.config.queues import MainQueue, TaskEnvironment, TaskQueue
    from seqera_batch.config.registration import RegistrationSettings
    from seqera_batch.config.statements import OwnStatement
    from seqera_batch.config.work_bucket import WorkBucketSettings
    from seqera_batch.constructs import BatchForge, QueueAccess
    from seqera_batch.constructs.at_deployment import AtDeployment
    from seqera_batch.constructs.file_systems import MountedFileSystem
    from seqera_batch.constructs.parts import (
        BatchNetwork,
        ComputeEnvironment,
        CreatedFileSystem,
        EncryptionKey,
        HeadJobDefinition,
        InstanceProfile,
        JobDefinition,
        JobQueue,
        JobRoles,
        LogGroups,
        NodeRoles,
        NodeTemplate,
        Operations,
        PlatformAccess,
        SchedulingPolicy,
        WorkBucket,
    )
    from seqera_batch.constructs.registration import PlatformRegistration
    from seqera_batch.plan import ForgePlan
    from seqera_batch.problems import ConfigError, Problem, Severity
    from seqera_batch.stack import SeqeraBatchStack

__all__ = [
    "Additions",
    "AtDeployment",
    "AwsCliSettings",
    "AwsSettings",
    "BatchForge",
    "BatchNetwork",
    "BudgetSettings",
    "Checked",
    "CloudCredential",
    "ComputeEnvironment",
    "ConfigError",
    "CreatedFileSystem",
    "CreatedNetwork",
    "DataDisk",
    "EfsSettings",
    "EncryptionKey",
    "EnvironmentVariable",
    "ExistingNetwork",
    "FairShareSettings",
    "ForgeConfig",
    "ForgePlan",
    "ForgeSettings",
    "FsxSettings",
    "Given",
    "GivenBucket",
    "GivenFileSystem",
    "GivenNetwork",
    "HeadJobDefinition",
    "HeadJobDefinitionSettings",
    "HeadSettings",
    "IamSettings",
    "InstanceProfile",
    "JobDefinition",
    "JobDefinitionSettings",
    "JobQueue",
    "JobRoles",
    "JobStateLimits",
    "KmsKeySettings",
    "LogGroups",
    "LogSettings",
    "MainQueue",
    "MountedFileSystem",
    "NetworkSettings",
    "NodeFailureSettings",
    "NodeOverride",
    "NodeRoles",
    "NodeScript",
    "NodeTemplate",
    "Operations",
    "OperationsSettings",
    "OwnStatement",
    "PlatformAccess",
    "PlatformAccessSettings",
    "PlatformRegistration",
    "Problem",
    "QueueAccess",
    "QueueCheckSettings",
    "QueueNames",
    "RegistrationSettings",
    "RoleCredential",
    "SchedulingPolicy",
    "SeqeraBatchStack",
    "Severity",
    "Share",
    "SharedBy",
    "SpotReclaimSettings",
    "TaskEnvironment",
    "TaskFailureSettings",
    "TaskQueue",
    "UpdateSettings",
    "UserCredential",
    "WorkBucket",
    "WorkBucketSettings",
    "WorkloadIdentity",
    "__version__",
    "check",
    "load",
]

_HOMES = {
    "Additions": "seqera_batch.config.additions",
    "AtDeployment": "seqera_batch.constructs.at_deployment",
    "AwsCliSettings": "seqera_batch.config.aws",
    "AwsSettings": "seqera_batch.config.aws",
    "BatchForge": "seqera_batch.constructs",
    "BatchNetwork": "seqera_batch.constructs.parts",
    "BudgetSettings": "seqera_batch.config.operations",
    "Checked": "seqera_batch.config.check",
    "CloudCredential": "seqera_batch.config.platform_access",
    "ComputeEnvironment": "seqera_batch.constructs.parts",
    "ConfigError": "seqera_batch.problems",
    "CreatedFileSystem": "seqera_batch.constructs.parts",
    "CreatedNetwork": "seqera_batch.config.network",
    "DataDisk": "seqera_batch.config.node_fleets",
    "EfsSettings": "seqera_batch.config.file_systems",
    "EncryptionKey": "seqera_batch.constructs.parts",
    "EnvironmentVariable": "seqera_batch.config.environment",
    "ExistingNetwork": "seqera_batch.config.network",
    "FairShareSettings": "seqera_batch.config.fair_share",
    "ForgeConfig": "seqera_batch.config.check",
    "ForgePlan": "seqera_batch.plan",
    "ForgeSettings": "seqera_batch.config.forge",
    "FsxSettings": "seqera_batch.config.file_systems",
    "Given": "seqera_batch.config.given",
    "GivenBucket": "seqera_batch.config.given",
    "GivenFileSystem": "seqera_batch.config.given",
    "GivenNetwork": "seqera_batch.config.given",
    "HeadJobDefinition": "seqera_batch.constructs.parts",
    "JobDefinition": "seqera_batch.constructs.parts",
    "InstanceProfile": "seqera_batch.constructs.parts",
    "HeadJobDefinitionSettings": "seqera_batch.config.head_job_definition",
    "HeadSettings": "seqera_batch.config.aws",
    "IamSettings": "seqera_batch.config.iam",
    "JobDefinitionSettings": "seqera_batch.config.job_definitions",
    "JobQueue": "seqera_batch.constructs.parts",
    "JobRoles": "seqera_batch.constructs.parts",
    "JobStateLimits": "seqera_batch.config.aws",
    "KmsKeySettings": "seqera_batch.config.encryption",
    "LogGroups": "seqera_batch.constructs.parts",
    "LogSettings": "seqera_batch.config.aws",
    "MainQueue": "seqera_batch.config.queues",
    "MountedFileSystem": "seqera_batch.constructs.file_systems",
    "NetworkSettings": "seqera_batch.config.network",
    "NodeFailureSettings": "seqera_batch.config.operations",
    "NodeOverride": "seqera_batch.config.node_fleets",
    "NodeRoles": "seqera_batch.constructs.parts",
    "NodeScript": "seqera_batch.config.node_scripts",
    "NodeTemplate": "seqera_batch.constructs.parts",
    "Operations": "seqera_batch.constructs.parts",
    "OperationsSettings": "seqera_batch.config.operations",
    "OwnStatement": "seqera_batch.config.statements",
    "PlatformAccess": "seqera_batch.constructs.parts",
    "PlatformAccessSettings": "seqera_batch.config.platform_access",
    "PlatformRegistration": "seqera_batch.constructs.registration",
    "Problem": "seqera_batch.problems",
    "QueueAccess": "seqera_batch.constructs",
    "QueueCheckSettings": "seqera_batch.config.operations",
    "QueueNames": "seqera_batch.config.aws",
    "RegistrationSettings": "seqera_batch.config.registration",
    "RoleCredential": "seqera_batch.config.platform_access",
    "SchedulingPolicy": "seqera_batch.constructs.parts",
    "SeqeraBatchStack": "seqera_batch.stack",
    "Severity": "seqera_batch.problems",
    "Share": "seqera_batch.config.fair_share",
    "SharedBy": "seqera_batch.config.fair_share",
    "SpotReclaimSettings": "seqera_batch.config.operations",
    "TaskEnvironment": "seqera_batch.config.queues",
    "TaskFailureSettings": "seqera_batch.config.operations",
    "TaskQueue": "seqera_batch.config.queues",
    "UpdateSettings": "seqera_batch.config.aws",
    "UserCredential": "seqera_batch.config.platform_access",
    "WorkBucket": "seqera_batch.constructs.parts",
    "WorkBucketSettings": "seqera_batch.config.work_bucket",
    "WorkloadIdentity": "seqera_batch.config.platform_access",
    "check": "seqera_batch.config.check",
    "load": "seqera_batch.config.check",
}
"""Where each name lives. All load on first use: pydantic takes 0.1 s, CDK and Node.js far more."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
