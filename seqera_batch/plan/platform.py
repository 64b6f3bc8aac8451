# SPDX-License-Identifier: Apache-2.0
"""Decides the identity that Platform works with, and what it has to reach."""

from __future__ import annotations

from typing import Literal

from seqera_batch.catalog.names import access_key_secret, platform_identity
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.platform_access import PlatformAccessSettings
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformIdentity:
    """The user or role that Platform works with.

    Args:
        kind: Who may use it; None where none is made, and the permissions are only told.
        name: Its name in IAM; also the start of its policies' names.
        mode: What it is for.
        principals: ARNs that may take the role.
        external_id: Of Seqera Cloud, or of users' credential where Platform shows one.
        issuer: Host and path of the OpenID Connect provider.
        provider: ARN of the provider, if it exists.
        workspaces: Those that are let in, each `org:<id>:wsp:<id>`.
        separate_workloads: Whether each of their workloads may do only what it needs.
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
    separate_workloads: bool = False
    access_key_secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What Seqera Platform works with and for.

    Args:
        identity: The user or role, made or only told.
        settings: What the file says of its work.
        finds_images: Whether it looks up images for nodes.
        registration_secret: ARN of the secret with the token that registers the environment.
    """

    identity: PlatformIdentity
    settings: PlatformAccessSettings
    finds_images: bool
    registration_secret: str | None = None


def platform(config: ForgeConfig) -> Platform:
    """Return what Platform works with, whether or not its identity is made here."""
    forge, registered = config.forge, config.aws.platform_registration
    return Platform(
        identity=_identity(config),
        settings=config.aws.platform_access or PlatformAccessSettings(),
        finds_images=forge is None or forge.image_id is None,
        registration_secret=None if registered is None else registered.token_secret,
    )


def _identity(config: ForgeConfig) -> PlatformIdentity:
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
            kind="role",
            name=name,
            mode=access.mode,
            principals=access.role.principals,
            external_id=access.role.external_id,
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
            separate_workloads=identity.separate_workloads,
        )
    key = access.user is not None and access.user.access_key
    return PlatformIdentity(
        kind="user",
        name=name,
        mode=access.mode,
        access_key_secret=access_key_secret(config.aws.prefix, config.name) if key else None,
    )
