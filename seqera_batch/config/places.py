# SPDX-License-Identifier: Apache-2.0
"""Where nodes start in a network that exists, whoever says it."""

from __future__ import annotations

from seqera_batch.catalog.endpoints import INTERFACE_ENDPOINTS, Endpoint
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where nodes start in a network that exists.

    Args:
        path: The section of the file that says it, or the argument of an app.
        vpc_id: The VPC, if it is known.
        subnets: Ids of subnets.
        security_groups: Ids of groups of the nodes; one is created where there is none.
    """

    path: str
    vpc_id: str | None
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]


def existing_place(config: EnvironmentFile) -> Place | None:
    """Return the network that exists: an app's, else the file's; None where one is created."""
    network = config.aws.network
    for path, said in (
        ("vpc", config.given.network),
        ("aws.network.existing", network.existing if network else None),
        ("forge", config.forge),
    ):
        if said is not None and said.subnets:
            return Place(
                path=path,
                vpc_id=said.vpc_id,
                subnets=said.subnets,
                security_groups=said.security_groups,
            )
    return None


def endpoints_needed(config: EnvironmentFile) -> tuple[Endpoint, ...]:
    """Return the interface endpoints that nodes need where no way leads to the internet."""
    definition, access = config.aws.head_job_definition, config.aws.platform_access
    secrets = bool(
        config.secrets_kms_key_id
        or (definition is not None and definition.secrets)
        or any(one.secrets or one.registry_credentials for one in config.aws.job_definitions)
        or (access is not None and access.pipeline_secrets)
        or any(
            action.startswith("secretsmanager:")
            for statement in config.aws.iam.statements
            for action in statement.actions
        )
    )
    needs = {"always": True, "secrets": secrets, "sessions": config.aws.session_manager}
    return tuple(one for one in INTERFACE_ENDPOINTS if needs[one.need])
