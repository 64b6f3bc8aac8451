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
    from seqera_batch.constructs.compute import (
        ComputeEnvironment,
        HeadJobDefinition,
        JobDefinition,
        JobQueue,
        NodeTemplate,
        SchedulingPolicy,
    )
    from seqera_batch.constructs.file_systems import MountedEfs, MountedFileSystem
    from seqera_batch.constructs.network import BatchNetwork
    from seqera_batch.constructs.operations import LogGroups, Operations
    from seqera_batch.constructs.platform import PlatformAccess
    from seqera_batch.constructs.registration import PlatformRegistration
    from seqera_batch.constructs.roles import InstanceProfile, JobRoles, NodeRoles
    from seqera_batch.constructs.storage import CreatedFileSystem, EncryptionKey, WorkBucket
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
    "MountedEfs",
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

_MODULES = {
    "config.additions": "Additions",
    "config.aws": "AwsCliSettings AwsSettings HeadSettings JobStateLimits LogSettings "
    "QueueNames UpdateSettings",
    "config.check": "Checked ForgeConfig check load",
    "config.encryption": "KmsKeySettings",
    "config.environment": "EnvironmentVariable",
    "config.fair_share": "FairShareSettings Share SharedBy",
    "config.file_systems": "EfsSettings FsxSettings",
    "config.forge": "ForgeSettings",
    "config.given": "Given GivenBucket GivenFileSystem GivenNetwork",
    "config.head_job_definition": "HeadJobDefinitionSettings",
    "config.iam": "IamSettings",
    "config.job_definitions": "JobDefinitionSettings",
    "config.network": "CreatedNetwork ExistingNetwork NetworkSettings",
    "config.node_fleets": "DataDisk NodeOverride",
    "config.node_scripts": "NodeScript",
    "config.operations": "BudgetSettings NodeFailureSettings OperationsSettings "
    "QueueCheckSettings SpotReclaimSettings TaskFailureSettings",
    "config.platform_access": "CloudCredential PlatformAccessSettings RoleCredential "
    "UserCredential WorkloadIdentity",
    "config.queues": "MainQueue TaskEnvironment TaskQueue",
    "config.registration": "RegistrationSettings",
    "config.statements": "OwnStatement",
    "config.work_bucket": "WorkBucketSettings",
    "constructs": "BatchForge QueueAccess",
    "constructs.at_deployment": "AtDeployment",
    "constructs.compute": "ComputeEnvironment HeadJobDefinition JobDefinition JobQueue "
    "NodeTemplate SchedulingPolicy",
    "constructs.file_systems": "MountedEfs MountedFileSystem",
    "constructs.network": "BatchNetwork",
    "constructs.operations": "LogGroups Operations",
    "constructs.platform": "PlatformAccess",
    "constructs.registration": "PlatformRegistration",
    "constructs.roles": "InstanceProfile JobRoles NodeRoles",
    "constructs.storage": "CreatedFileSystem EncryptionKey WorkBucket",
    "plan": "ForgePlan",
    "problems": "ConfigError Problem Severity",
    "stack": "SeqeraBatchStack",
}
"""What each module gives. All load on first use: pydantic takes 0.1 s, CDK and Node.js far more."""
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
