# SPDX-License-Identifier: Apache-2.0
"""The section that registers the environment with Platform as part of the deployment."""

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.formats import Number, PlatformEndpoint, Text, TokenSecretArn
from seqera_batch.config.settings import Effect, Section, setting


class RegistrationSettings(Section):
    """Registration in Manual mode at deployment, with the credentials of `credentials_id`."""

    token_secret: TokenSecretArn = setting(effect=Effect.IN_PLACE)
    """Secret with an access token of Platform; the library never makes it."""
    token_field: Text | None = setting(
        default=None, omitted="the secret is the token itself", effect=Effect.IN_PLACE, min_length=1
    )
    """Field of a secret in JSON that holds the token."""
    workspace_id: Number | None = setting(
        default=None,
        omitted="the personal workspace of the token's user",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_API,
        ge=1,
    )
    """Number of the workspace."""
    endpoint: PlatformEndpoint = setting(
        default=defaults.PLATFORM_ENDPOINT,
        omitted=f"{defaults.PLATFORM_ENDPOINT}, Seqera Cloud",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_API,
    )
    """Address of Platform's API; that of Enterprise is `https://<host>/api`."""
