# SPDX-License-Identifier: Apache-2.0
"""The rule `CustomEnvironmentName`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "CustomEnvironmentName",
    fix="leave ComputeEnvironmentName out",
    sources=(sources.CFN_COMPUTE_ENVIRONMENT,),
)
def custom_environment_name(stack: Stack) -> Iterator[Finding]:
    """CloudFormation names the compute environment.

    A change that replaces an environment with a name of its own fails: CloudFormation makes
    the new one first, and AWS Batch refuses a second one of that name. Queues refer to
    environments by ARN, so nobody needs the name.
    """
    for environment in stack.environments:
        if environment.get("ComputeEnvironmentName") is not None:
            yield environment.says("ComputeEnvironmentName", "the environment has a fixed name")
