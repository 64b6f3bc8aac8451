# SPDX-License-Identifier: Apache-2.0
"""Rules about the identity that Platform works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.catalog.names import PLATFORM_IDENTITY
from seqera_batch.catalog.regions import Region
from seqera_batch.config.platform_access import IDENTITIES
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

if TYPE_CHECKING:
    from seqera_batch.config.environment import EnvironmentFile

_PATH = "aws.platform_access"


@rule("platform-access-identity", source=sources.SEQERA_AWS_BATCH)
def platform_access_identity(config: EnvironmentFile) -> Breaches:
    """Platform's access has exactly one identity: cloud, role, user or workload_identity."""
    access = config.aws.platform_access
    if access is None:
        return
    given = [name for name in IDENTITIES if getattr(access, name) is not None]
    if len(given) != 1:
        yield Breach(
            path=_PATH,
            message="Platform works with one identity, and "
            + (f"{len(given)} are given" if given else "none is given"),
            value=", ".join(given) or None,
            allowed=f"exactly one of {', '.join(IDENTITIES)}",
            fix="keep one" if given else "with Seqera Cloud, add cloud: {}",
            about=tuple(f"{_PATH}.{name}" for name in given),
        )


@rule("platform-access-prefix", source=sources.SEQERA_AWS_BATCH)
def platform_access_prefix(config: EnvironmentFile) -> Breaches:
    """Platform's own identity is not among the names that Forge may change."""
    access = config.aws.platform_access
    if access and access.mode == "forge" and config.aws.prefix == PLATFORM_IDENTITY:
        yield Breach(
            path="aws.prefix",
            message="with this prefix Platform could change its own permissions",
            value=config.aws.prefix,
            allowed=f"a prefix other than {PLATFORM_IDENTITY} in Forge mode",
            fix="choose another prefix, or aws.platform_access.mode: manual",
            about=(f"{_PATH}.mode",),
        )


@rule(
    "platform-access-boundary",
    source=sources.SEQERA_AWS_BATCH,
    severity=Severity.WARNING,
)
def platform_access_boundary(config: EnvironmentFile) -> Breaches:
    """Where Platform may make roles, a permissions boundary holds what they can do."""
    access = config.aws.platform_access
    if access and access.mode == "forge" and config.aws.iam.permissions_boundary is None:
        yield Breach(
            path="aws.iam.permissions_boundary",
            message="Platform may write any permission into the roles it makes",
            allowed="the ARN of an IAM policy that no role may exceed",
            fix="name a boundary, or use aws.platform_access.mode: manual",
            about=(f"{_PATH}.mode",),
        )


@rule(
    "platform-access-external-id",
    source=sources.SEQERA_CLOUD_POLICY,
    severity=Severity.WARNING,
)
def platform_access_external_id(config: EnvironmentFile) -> Breaches:
    """The External ID of Seqera Cloud is known, so that the role can be taken."""
    access = config.aws.platform_access
    if access and access.cloud is not None and access.cloud.external_id is None:
        yield Breach(
            path=f"{_PATH}.cloud.external_id",
            message="nobody can take Platform's role yet",
            allowed="what Platform shows once the credential is saved",
            fix="deploy, save a credential with the role's ARN in Platform, enter its External "
            "ID here, deploy again",
        )


@rule("platform-access-region", source=sources.SEQERA_CLOUD_POLICY)
def platform_access_region(config: EnvironmentFile) -> Breaches:
    """Seqera Cloud's role is in the same partition of AWS as the environment."""
    access = config.aws.platform_access
    if access and access.cloud is not None and Region.of(config.region).partition != "aws":
        yield Breach(
            path=f"{_PATH}.cloud",
            message="Seqera Cloud's role is in AWS's commercial partition, and trust does not "
            "cross partitions",
            value=config.region,
            allowed="role, user or workload_identity in this region",
            fix="choose another identity",
            about=("region",),
        )
