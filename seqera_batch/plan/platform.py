# SPDX-License-Identifier: Apache-2.0
"""Decides the identity that Platform works with, and what it has to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from seqera_batch.catalog.names import access_key_secret, platform_identity
from seqera_batch.config.platform_access import PlatformAccessSettings
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.platform import ForgeAccess, PlatformAccess

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformIdentity:
    """The user or role that Platform works with.

    Args:
        kind: Who may use it; None where none is made, and the permissions are only told.
        name: Its name in IAM; also the start of its policies' names.
        mode: What it is for.
        principals: ARNs that may take the role.
        external_id: Of Seqera Cloud.
        issuer: Host and path of the OpenID Connect provider.
        provider: ARN of the provider, if it exists.
        workspaces: Those that are let in, each `org:<id>:wsp:<id>`.
        access_key_secret: Name of the secret that keeps the user's key, if one is made.
    """

    kind: Literal["cloud", "role", "user", "workload_identity"] | None
    name: str
    mode: Literal["manual", "forge"]
    principals: tuple[str, ...] = ()
    external_id: str | None = None
    issuer: str | None = None
    provider: str | None = None
    workspaces: tuple[str, ...] = ()
    access_key_secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformNeeds:
    """What the file says of Platform's work, before an account is known."""

    settings: PlatformAccessSettings
    own_roles: tuple[str, ...]
    finds_images: bool
    makes_efs: bool
    makes_fsx: bool
    reads_fsx: bool


def platform_identity_of(config: ForgeConfig) -> PlatformIdentity:
    """Return the identity that the file asks for."""
    access = config.aws.platform_access
    name = platform_identity(config.aws.prefix, config.name)
    if access is None:
        return PlatformIdentity(kind=None, name=name, mode="manual")
    if access.cloud is not None:
        return PlatformIdentity(
            kind="cloud", name=name, mode=access.mode, external_id=access.cloud.external_id
        )
    if access.role is not None:
        return PlatformIdentity(
            kind="role", name=name, mode=access.mode, principals=access.role.principals
        )
    if access.workload_identity is not None:
        identity = access.workload_identity
        return PlatformIdentity(
            kind="workload_identity",
            name=name,
            mode=access.mode,
            issuer=identity.url.removeprefix("https://"),
            provider=identity.provider,
            workspaces=identity.workspaces,
        )
    key = access.user is not None and access.user.access_key
    return PlatformIdentity(
        kind="user",
        name=name,
        mode=access.mode,
        access_key_secret=access_key_secret(config.aws.prefix, config.name) if key else None,
    )


def platform_needs(config: ForgeConfig) -> PlatformNeeds:
    """Return what Platform's work needs, whether or not the identity is made here."""
    forge = config.forge
    return PlatformNeeds(
        settings=config.aws.platform_access or PlatformAccessSettings(),
        own_roles=tuple(
            role
            for role in (config.head_job_role, config.compute_job_role, config.execution_role)
            if role is not None
        ),
        finds_images=forge is None or forge.image_id is None,
        makes_efs=forge is not None and forge.efs_create,
        makes_fsx=forge is not None and forge.fsx_size is not None,
        reads_fsx=forge is not None and forge.fsx_name is not None,
    )


def platform_access(  # noqa: PLR0913 - the facts of a plan
    needs: PlatformNeeds,
    *,
    prefix: str,
    head_queue: str,
    job_roles: tuple[str, ...],
    log_group: str,
    work_dir: str,
    permissions_boundary: str | None,
    bucket_keys: tuple[str, ...],
    secrets_key: str | None,
) -> PlatformAccess:
    """Return what the credential reaches, for the functions of `policies.platform`."""
    asked = needs.settings
    tags = dict(sorted(asked.job_tags.items()))
    forge = (
        ForgeAccess(
            prefix=prefix,
            own_roles=needs.own_roles,
            permissions_boundary=permissions_boundary,
            finds_images=needs.finds_images,
            makes_efs=needs.makes_efs,
            makes_fsx=needs.makes_fsx,
            reads_fsx=needs.reads_fsx,
            tags=tags,
        )
        if asked.mode == "forge"
        else None
    )
    return PlatformAccess(
        queues=(head_queue,) if forge is None else (f"{prefix}-*",),
        log_group=log_group,
        job_roles=job_roles,
        work_dir=BucketAccess.of(work_dir) if work_dir.startswith("s3://") else None,
        data=tuple(sorted({BucketAccess.of(uri) for uri in asked.data_buckets})),
        list_buckets=asked.list_buckets,
        keys=bucket_keys,
        secrets=asked.pipeline_secrets,
        secrets_key=secrets_key,
        describe_ec2=asked.describe_ec2,
        console_output=asked.console_output,
        lineage=asked.lineage,
        tags=tags,
        forge=forge,
    )
