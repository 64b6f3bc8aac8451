# SPDX-License-Identifier: Apache-2.0
"""AWS Batch for Nextflow and Seqera Platform as AWS CDK code: Batch Forge, reviewed and kept."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seqera_batch.config.check import Checked, check, load
from seqera_batch.config.environment import ForgeConfig
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import ConfigError, Problem, Severity

if TYPE_CHECKING:
    from seqera_batch.constructs import BatchForge, QueueAccess
    from seqera_batch.stack import SeqeraBatchStack

__version__ = "0.1.0"

__all__ = [
    "BatchForge",
    "Checked",
    "ConfigError",
    "ForgeConfig",
    "ForgePlan",
    "Problem",
    "QueueAccess",
    "SeqeraBatchStack",
    "Severity",
    "__version__",
    "check",
    "load",
]

_WITH_CDK = {
    "BatchForge": "seqera_batch.constructs",
    "QueueAccess": "seqera_batch.constructs",
    "SeqeraBatchStack": "seqera_batch.stack",
}
"""Names that load CDK, and with it Node.js, and so only when they are used."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name in _WITH_CDK:
        return getattr(import_module(_WITH_CDK[name]), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
