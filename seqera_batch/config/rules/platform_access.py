# SPDX-License-Identifier: Apache-2.0
"""Rules about the identity that Platform works with."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.catalog.names import PLATFORM_IDENTITY
from seqera_batch.catalog.regions import Region
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.platform_access import IDENTITIES
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

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
            allowed=f"a prefix other than {PLATFORM_IDENTITY} in Forge mode",
            fix="choose another prefix, or aws.platform_access.mode: manual",
            about=(f"{_PATH}.mode",),
        )


@rule("platform-access-boundary", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
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


@rule("platform-access-external-id", source=sources.SEQERA_CLOUD_POLICY, severity=Severity.WARNING)
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


@rule("platform-access-forge-roles", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def platform_access_forge_roles(config: EnvironmentFile) -> Breaches:
    """Where roles need a boundary, Forge is given its roles: it has no field for a boundary."""
    access, iam = config.aws.platform_access, config.aws.iam
    if access is None or access.mode != "forge" or iam.permissions_boundary is None:
        return
    named = {
        "head_job_role": config.head_job_role,
        "compute_job_role": config.compute_job_role,
        "execution_role": config.execution_role,
        "aws.iam.instance_profile": iam.instance_profile,
    }
    missing = [path for path, arn in named.items() if arn is None]
    if missing:
        yield Breach(
            path="aws.iam.permissions_boundary",
            message="Platform makes roles without a boundary, and every one is then refused",
            value=None,
            allowed="roles that exist, which Platform's form takes",
            fix=f"name {', '.join(missing)}, or use aws.platform_access.mode: manual",
            about=(f"{_PATH}.mode", *missing),
        )


@rule("platform-access-lineage", source=sources.SEQERA_WORKLOAD_IDENTITY)
def platform_access_lineage(config: EnvironmentFile) -> Breaches:
    """Data lineage is not asked for under a workload identity, with which Platform has none."""
    access = config.aws.platform_access
    if access and access.workload_identity is not None and access.lineage:
        yield Breach(
            path=f"{_PATH}.lineage",
            message="Platform does not follow data lineage under a workload identity",
            value="true",
            allowed="lineage with cloud, role or user",
            fix="leave lineage out, or choose another identity",
            about=(f"{_PATH}.workload_identity",),
        )
