# SPDX-License-Identifier: Apache-2.0
"""What CDK says of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from seqera_batch.problems import Severity

if TYPE_CHECKING:
    from constructs import Construct

    from seqera_batch.plan import ForgePlan


def say_warnings(scope: Construct, plan: ForgePlan) -> None:
    """Let CDK say what is worth a warning in an environment's file."""
    for problem in plan.problems:
        if problem.severity is Severity.WARNING and problem.acknowledged is None:
            cdk.Annotations.of(scope).add_warning_v2(f"seqera-batch:{problem.rule}", problem.text())
