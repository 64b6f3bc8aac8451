# SPDX-License-Identifier: Apache-2.0
"""Decides what the KMS key encrypts, and so who has to be let use it."""

from __future__ import annotations

from collections.abc import Iterable

from seqera_batch.catalog.ids import KMS_KEY
from seqera_batch.catalog.service_linked_roles import AUTO_SCALING, BATCH, SPOT, SPOT_FLEET
from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.config.check import ForgeConfig
from seqera_batch.plan.environments import ComputeEnvironment
from seqera_batch.plan.logs import Logs
from seqera_batch.plan.operations import Operations
from seqera_batch.plan.storage import FileSystem
from seqera_batch.policies.access import KeyAccess
from seqera_batch.policies.document import Scope
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsKey:
    """The key of everything that is created and holds data.

    Args:
        arn: Of a key that exists; None where it is created.
        services: Through which identities of the account use it, as endpoints name them.
        log_groups: The log groups that it encrypts.
        linked_roles: Service-linked roles that start nodes with it, each `<service>/<name>`.
        publishers: Services that tell a created topic, by their names as principals.
        encrypts_work_bucket: Whether the work bucket has it: one that exists has no new key.
    """

    arn: str | None = None
    services: tuple[str, ...] = ()
    log_groups: tuple[str, ...] = ()
    linked_roles: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    encrypts_work_bucket: bool = False

    @property
    def created(self) -> bool:
        """Whether the stack makes it."""
        return self.arn is None

    def arn_in(self, scope: Scope) -> str:
        """Return its ARN; the id of a created key is a mark."""
        return self.arn or scope.arn("kms", f"key/{ref(KMS_KEY)}")

    def access(self) -> KeyAccess:
        """Return what uses it, for `policies.encryption`."""
        return KeyAccess(
            services=self.services,
            log_groups=self.log_groups,
            linked_roles=self.linked_roles,
            publishers=self.publishers,
        )


def kms_key(  # noqa: PLR0913 - all that may be encrypted
    config: ForgeConfig,
    environments: Iterable[ComputeEnvironment],
    systems: Iterable[FileSystem],
    logs: Logs,
    watched: Operations | None,
    *,
    secrets: bool,
) -> KmsKey | None:
    """Return the key with what it is for; None where AWS's own keys are used.

    Args:
        config: The environment file, with what an app brings along.
        environments: Compute environments, whose nodes have encrypted volumes.
        systems: File systems.
        logs: Log groups.
        watched: What is watched, and tells a topic.
        secrets: Whether a secret is created.
    """
    asked = config.aws.kms_key
    arn = config.given.key or (asked.arn if asked else None)
    if asked is None and arn is None:
        return None
    nodes = [environment for environment in environments if environment.on_ec2]
    in_s3 = config.work_directory.bucket is not None
    encrypts = in_s3 and (config.aws.work_bucket is not None or arn is not None)
    wanted = {
        "s3": encrypts,
        "ec2": bool(nodes),
        **{system.service: True for system in systems if system.created},
        "secretsmanager": secrets or config.secrets_kms_key_id in {None, arn},
    }
    return KmsKey(
        arn=arn,
        services=tuple(service for service, needed in wanted.items() if needed),
        log_groups=tuple(group.name for group in logs.created),
        linked_roles=_linked_roles(nodes),
        publishers=watched.publishers if watched is not None and watched.creates_topic else (),
        encrypts_work_bucket=encrypts,
    )


def _linked_roles(nodes: list[ComputeEnvironment]) -> tuple[str, ...]:
    if not nodes:
        return ()
    spot = any(environment.type == "SPOT" for environment in nodes)
    fleet = any(environment.needs_spot_fleet_role for environment in nodes)
    return (
        # AWS Batch starts nodes by Auto Scaling, and some of them itself.
        AUTO_SCALING,
        BATCH,
        *((SPOT,) if spot else ()),
        *((SPOT_FLEET,) if fleet else ()),
    )
