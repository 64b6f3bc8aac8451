# SPDX-License-Identifier: Apache-2.0
"""The section with what an organization demands of roles, and with the roles that it makes itself.

The roles of jobs have fields of Platform's: `head_job_role`, `compute_job_role`, `execution_role`.
"""

from __future__ import annotations

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.formats import IamPath, InstanceProfileArn, PolicyArn, RoleArn
from seqera_batch.config.settings import Effect, Mode, Section, setting
from seqera_batch.config.statements import OwnStatement


class IamSettings(Section):
    """What an organization demands of every role, and roles of nodes that exist."""

    permissions_boundary: PolicyArn | None = setting(
        None,
        says="Permissions boundary of every role that is created.",
        omitted="none",
        effect=Effect.ROLES,
    )
    path: IamPath = setting(
        defaults.IAM_PATH,
        says="IAM path of every role and instance profile that is created.",
        omitted=defaults.IAM_PATH,
        effect=Effect.REFUSED,
    )
    instance_profile: InstanceProfileArn | None = setting(
        None,
        says="ARN of an instance profile for the nodes that exists.",
        omitted="profile and role are created",
        effect=Effect.ROLLING,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_INSTANCE_ROLE,
    )
    instance_role: RoleArn | None = setting(
        None,
        says="ARN of the role in `instance_profile`, which whoever deploys passes to EC2.",
        omitted="it has the profile's path and name, as the console makes them",
        effect=Effect.ROLES,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_INSTANCE_ROLE,
    )
    spot_fleet_role: RoleArn | None = setting(
        None,
        says="ARN of a Spot fleet role that exists, for `alloc_strategy: BEST_FIT`.",
        omitted="one is created where AWS Batch needs it",
        effect=Effect.NEW_COMPUTE_ENVIRONMENTS,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_SPOT_FLEET_ROLE,
    )
    statements: tuple[OwnStatement, ...] = setting(
        (),
        says="What roles of jobs and nodes may do besides; each has a name and a reason.",
        omitted="nothing: roles have what the options need",
        effect=Effect.ROLES,
        source=sources.AWS_IAM_STATEMENTS,
    )
