# SPDX-License-Identifier: Apache-2.0
"""Everything that a file creates: the plan's resources, and what needs the file's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.cloudformation.resource import Resource, Resources
from seqera_batch.handoff.head_job import head_job_definition
from seqera_batch.handoff.settings import ROLE_FIELDS
from seqera_batch.template.fragment import fragment

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.plan import ForgePlan
    from seqera_batch.policies.document import Scope

HEAD_JOB_DEFINITION = "HeadJobDefinition"


def environment(config: ForgeConfig, plan: ForgePlan, where: Scope) -> Resources:
    """Return all resources that an environment creates, by id.

    Args:
        config: The environment file.
        plan: What was decided for it.
        where: Partition, region and account; `intrinsics.ACCOUNT` where it is the stack's.
    """
    found = fragment(plan, where)
    definition = head_job_definition(config, plan, role_arns(plan, where))
    if definition is not None:
        found[HEAD_JOB_DEFINITION] = Resource(
            type="AWS::Batch::JobDefinition", properties=definition
        )
    return found


def role_arns(plan: ForgePlan, where: Scope) -> dict[str, str]:
    """Return the ARNs of the roles that Platform and Nextflow are told of."""
    return {kind: plan.role_arn(kind, where) for kind in ROLE_FIELDS.values()}
