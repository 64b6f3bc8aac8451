# SPDX-License-Identifier: Apache-2.0
"""The section with what an organization demands of roles, and with the roles that it makes itself.

The roles of jobs have fields of Platform's: `head_job_role`, `compute_job_role`, `execution_role`.
"""

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.formats import Flag, IamPath, InstanceProfileArn, PolicyArn, RoleArn
from seqera_batch.config.settings import Effect, Mode, Section, setting
from seqera_batch.config.statements import OwnStatement


class IamSettings(Section):
    """What an organization demands of every role, and roles of nodes that exist."""

    permissions_boundary: PolicyArn | None = setting(default=None, effect=Effect.ROLES)
    """Permissions boundary of every role that is created."""
    path: IamPath = setting(default=defaults.IAM_PATH, effect=Effect.REFUSED)
    """IAM path of every role and instance profile that is created."""
    generated_names: Flag = setting(
        default=False,
        omitted="they are named after the environment, as Forge does",
        effect=Effect.ROLES_ANEW,
        source=sources.AWS_CFN_NAMES,
    )
    """Whether CloudFormation names the roles of nodes, network and functions, and the profile.

    So they can be replaced, and an environment of the same name in another region has its own. The
    roles of jobs have names all the same, which Platform and Nextflow are told: regions share roles
    that exist, by `head_job_role`, `compute_job_role` and `execution_role`."""
    instance_profile: InstanceProfileArn | None = setting(
        default=None,
        omitted="profile and role are created",
        effect=Effect.ROLLING,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_INSTANCE_ROLE,
    )
    """ARN of an instance profile for the nodes that exists."""
    instance_role: RoleArn | None = setting(
        default=None,
        omitted="it has the profile's path and name, as the console makes them",
        effect=Effect.ROLES,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_INSTANCE_ROLE,
    )
    """ARN of the role in `instance_profile`, which whoever deploys passes to EC2."""
    spot_fleet_role: RoleArn | None = setting(
        default=None,
        omitted="one is created where AWS Batch needs it",
        effect=Effect.NEW_COMPUTE_ENVIRONMENTS,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_SPOT_FLEET_ROLE,
    )
    """ARN of a Spot fleet role that exists, for `alloc_strategy: BEST_FIT`."""
    statements: tuple[OwnStatement, ...] = setting(
        default=(),
        omitted="nothing: roles have what the options need",
        effect=Effect.ROLES,
        source=sources.AWS_IAM_STATEMENTS,
    )
    """What roles of jobs and nodes may do besides; each has a name and a reason."""
