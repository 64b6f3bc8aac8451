# SPDX-License-Identifier: Apache-2.0
"""The rule `CustomServiceRole`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import rule, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "CustomServiceRole",
    fix="leave ServiceRole out: AWS Batch uses AWSServiceRoleForBatch",
    sources=(sources.AWS_BATCH_INFRASTRUCTURE_UPDATES, sources.CFN_COMPUTE_ENVIRONMENT),
)
def custom_service_role(stack: Stack) -> Iterator[Finding]:
    """AWS Batch works under its service-linked role.

    With a service role of your own an environment cannot be updated in place, and cannot be
    moved to the service-linked role later. The role also has to be kept up with what AWS
    Batch needs.
    """
    for environment in stack.environments:
        role = environment.get("ServiceRole")
        name = text(role)
        if role is not None and not (name and name.endswith("/AWSServiceRoleForBatch")):
            yield environment.says("ServiceRole", "a role of your own is named")
