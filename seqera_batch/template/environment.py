# SPDX-License-Identifier: Apache-2.0
"""Everything that an environment creates, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog.names import JOB_ROLES
from seqera_batch.template.environments import environments
from seqera_batch.template.head_job import head_job
from seqera_batch.template.key import encrypted, kms_key
from seqera_batch.template.logs import logs
from seqera_batch.template.network import place_nodes
from seqera_batch.template.nodes import nodes
from seqera_batch.template.operations import operations
from seqera_batch.template.platform import platform
from seqera_batch.template.queues import queues
from seqera_batch.template.registration import of_environment
from seqera_batch.template.roles import roles
from seqera_batch.template.storage import file_systems
from seqera_batch.template.work_bucket import work_bucket

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resources
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.plan import ForgePlan
    from seqera_batch.policies.document import Scope


def environment(config: ForgeConfig, plan: ForgePlan, where: Scope) -> Resources:
    """Return all resources that an environment creates, by id.

    Args:
        config: The environment file.
        plan: What was decided for it.
        where: Partition, region and account; `intrinsics.ACCOUNT` where it is the stack's.
    """
    made = roles(plan, where) | platform(plan, where)
    made |= kms_key(plan, where) | work_bucket(plan.storage.work_bucket, where) | logs(plan)
    if plan.network is not None:
        place = place_nodes(plan, plan.network)
        made |= place.resources | file_systems(plan, place) | nodes(plan)
        made |= environments(plan, place) | queues(plan)
    made |= operations(plan, where)
    told = role_arns(plan, where)
    made |= head_job(config, plan, told)
    made |= of_environment(config, plan, where, roles=told, after=tuple(made))
    return encrypted(made, plan)


def role_arns(plan: ForgePlan, where: Scope) -> dict[str, str]:
    """Return the ARNs of the roles that Platform and Nextflow are told of."""
    return {kind: plan.roles.arn(kind, where) for kind in JOB_ROLES}
