# SPDX-License-Identifier: Apache-2.0
"""The section that registers the environment with Platform as part of the deployment."""

from __future__ import annotations

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.formats import Number, PlatformEndpoint, Text, TokenSecretArn
from seqera_batch.config.settings import Effect, Section, setting


class RegistrationSettings(Section):
    """Registration in Manual mode at deployment, with the credentials of `credentials_id`."""

    token_secret: TokenSecretArn = setting(
        says="Secret with an access token of Platform; the library never makes it.",
        effect=Effect.IN_PLACE,
    )
    token_field: Text | None = setting(
        None,
        says="Field of a secret in JSON that holds the token.",
        omitted="the secret is the token itself",
        effect=Effect.IN_PLACE,
        min_length=1,
    )
    workspace_id: Number | None = setting(
        None,
        says="Number of the workspace.",
        omitted="the personal workspace of the token's user",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_API,
        ge=1,
    )
    endpoint: PlatformEndpoint = setting(
        defaults.PLATFORM_ENDPOINT,
        says="Address of Platform's API; that of Enterprise is `https://<host>/api`.",
        omitted=f"{defaults.PLATFORM_ENDPOINT}, Seqera Cloud",
        effect=Effect.PLATFORM,
        source=sources.SEQERA_API,
    )
