# SPDX-License-Identifier: Apache-2.0
"""A rule pack for AWS Batch, for any CDK app or template.

`check` judges a template, without CDK. `AwsBatchChecks` judges an app while it is synthesized:

    from aws_cdk import Validations
    from seqera_batch.nag import AwsBatchChecks

    Validations.of(app).add_plugins(AwsBatchChecks())

`acknowledge` gives an app that runs cdk-nag's packs the reasons for what those find in a
`BatchForge`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seqera_batch.nag.acknowledged import Acknowledged, acknowledge, acknowledged
from seqera_batch.nag.model import Level, PackRule, Stack, Violation
from seqera_batch.nag.rules import RULES

if TYPE_CHECKING:
    from seqera_batch.nag.plugin import AwsBatchChecks

__all__ = [
    "RULES",
    "Acknowledged",
    "AwsBatchChecks",
    "Level",
    "PackRule",
    "Violation",
    "acknowledge",
    "acknowledged",
    "check",
]


def check(template: Mapping[str, Any]) -> list[Violation]:
    """Return every violation in a CloudFormation template, in the rules' order.

    Args:
        template: The template as JSON gives it.
    """
    stack = Stack(template)
    return [violation for rule in RULES.values() for violation in rule.violations(stack)]


def __getattr__(name: str) -> object:
    """Load the plugin when it is asked for: only it needs CDK."""
    if name == "AwsBatchChecks":
        from seqera_batch.nag.plugin import AwsBatchChecks  # noqa: PLC0415 - see above

        return AwsBatchChecks
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
