# SPDX-License-Identifier: Apache-2.0
"""AWS Batch for Nextflow and Seqera Platform as AWS CDK code: Batch Forge, reviewed and kept."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seqera_batch.version import __version__

if TYPE_CHECKING:
    from seqera_batch.config.check import Checked, ForgeConfig, check, load
    from seqera_batch.config.given import Given, GivenBucket, GivenFileSystem, GivenNetwork
    from seqera_batch.constructs import BatchForge, QueueAccess
    from seqera_batch.constructs.at_deployment import AtDeployment
    from seqera_batch.constructs.file_systems import MountedFileSystem
    from seqera_batch.constructs.parts import (
        BatchNetwork,
        ComputeEnvironment,
        CreatedFileSystem,
        EncryptionKey,
        HeadJobDefinition,
        JobQueue,
        JobRoles,
        LogGroups,
        NodeTemplate,
        PlatformAccess,
        WorkBucket,
    )
    from seqera_batch.constructs.registration import PlatformRegistration
    from seqera_batch.plan import ForgePlan
    from seqera_batch.problems import ConfigError, Problem, Severity
    from seqera_batch.stack import SeqeraBatchStack

__all__ = [
    "AtDeployment",
    "BatchForge",
    "BatchNetwork",
    "Checked",
    "ComputeEnvironment",
    "ConfigError",
    "CreatedFileSystem",
    "EncryptionKey",
    "ForgeConfig",
    "ForgePlan",
    "Given",
    "GivenBucket",
    "GivenFileSystem",
    "GivenNetwork",
    "HeadJobDefinition",
    "JobQueue",
    "JobRoles",
    "LogGroups",
    "MountedFileSystem",
    "NodeTemplate",
    "PlatformAccess",
    "PlatformRegistration",
    "Problem",
    "QueueAccess",
    "SeqeraBatchStack",
    "Severity",
    "WorkBucket",
    "__version__",
    "check",
    "load",
]

_HOMES = {
    "AtDeployment": "seqera_batch.constructs.at_deployment",
    "BatchForge": "seqera_batch.constructs",
    "BatchNetwork": "seqera_batch.constructs.parts",
    "Checked": "seqera_batch.config.check",
    "ComputeEnvironment": "seqera_batch.constructs.parts",
    "ConfigError": "seqera_batch.problems",
    "CreatedFileSystem": "seqera_batch.constructs.parts",
    "EncryptionKey": "seqera_batch.constructs.parts",
    "ForgeConfig": "seqera_batch.config.check",
    "ForgePlan": "seqera_batch.plan",
    "Given": "seqera_batch.config.given",
    "GivenBucket": "seqera_batch.config.given",
    "GivenFileSystem": "seqera_batch.config.given",
    "GivenNetwork": "seqera_batch.config.given",
    "HeadJobDefinition": "seqera_batch.constructs.parts",
    "JobQueue": "seqera_batch.constructs.parts",
    "JobRoles": "seqera_batch.constructs.parts",
    "LogGroups": "seqera_batch.constructs.parts",
    "MountedFileSystem": "seqera_batch.constructs.file_systems",
    "NodeTemplate": "seqera_batch.constructs.parts",
    "PlatformAccess": "seqera_batch.constructs.parts",
    "PlatformRegistration": "seqera_batch.constructs.registration",
    "Problem": "seqera_batch.problems",
    "QueueAccess": "seqera_batch.constructs",
    "SeqeraBatchStack": "seqera_batch.stack",
    "Severity": "seqera_batch.problems",
    "WorkBucket": "seqera_batch.constructs.parts",
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
