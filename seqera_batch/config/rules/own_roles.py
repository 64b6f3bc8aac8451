# SPDX-License-Identifier: Apache-2.0
"""Rules about roles of nodes that exist."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.fleets import fleets
from seqera_batch.config.rules.rule import Breach, Breaches, rule


@rule("instance-role-with-profile", source=sources.AWS_BATCH_INSTANCE_ROLE)
def instance_role_with_profile(config: EnvironmentFile) -> Breaches:
    """A role of nodes that exists comes with its instance profile."""
    forge, iam = config.forge, config.aws.iam
    if forge is not None and iam.instance_role is not None and iam.instance_profile is None:
        yield Breach(
            path="aws.iam.instance_role",
            message="nodes take a role through an instance profile, which would be created with "
            "another role",
            allowed="with aws.iam.instance_profile",
            fix="name the profile as well, or leave the role out to have both created",
            about=("aws.iam.instance_profile", "forge"),
        )


@rule("own-roles-in-use", source=sources.AWS_BATCH_SPOT_FLEET_ROLE)
def own_roles_in_use(config: EnvironmentFile) -> Breaches:
    """A role of nodes that exists is one that the environment uses."""
    iam = config.aws.iam
    if config.forge is None:
        return
    needed = any(
        fleet.said.type == "SPOT" and fleet.said.alloc_strategy == "BEST_FIT"
        for fleet in fleets(config)
    )
    if iam.spot_fleet_role is not None and not needed:
        yield Breach(
            path="aws.iam.spot_fleet_role",
            message="AWS Batch needs a Spot fleet role for BEST_FIT on Spot only",
            allowed="with forge.type: SPOT and forge.alloc_strategy: BEST_FIT",
            fix="remove it",
            about=("forge.type", "forge.alloc_strategy", "aws.queues"),
        )
