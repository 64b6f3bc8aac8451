# SPDX-License-Identifier: Apache-2.0
"""Rules about the registration with Platform at deployment."""

from __future__ import annotations

from seqera_batch.catalog import limits, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule


@rule("registration-credentials", source=sources.SEQERA_API)
def registration_credentials(config: EnvironmentFile) -> Breaches:
    """An environment that is registered at deployment names Platform's credentials by their id."""
    if config.aws.platform_registration is None:
        return
    if config.credentials_id is None:
        yield Breach(
            path="credentials_id",
            message="a registration at deployment needs the id of AWS credentials in Platform",
            allowed="up to 22 letters and digits, as `tw credentials list` shows them",
            fix="set credentials_id, or remove aws.platform_registration and register by hand",
            about=("aws.platform_registration",),
        )


@rule("registration-secret-region", source=sources.AWS_SECRETS)
def registration_secret_region(config: EnvironmentFile) -> Breaches:
    """The secret with Platform's token is in the environment's region, where it is read."""
    registration = config.aws.platform_registration
    if registration is None:
        return
    region = registration.token_secret.split(":")[3]
    if region != config.region:
        yield Breach(
            path="aws.platform_registration.token_secret",
            message=f"the secret is in {region}, and the environment in {config.region}",
            allowed=f"the ARN of a secret in {config.region}",
            fix=f"replicate the secret to {config.region} and give the ARN of the replica",
            about=("region",),
        )


@rule("registration-description", source=sources.SEQERA_API)
def registration_description(config: EnvironmentFile) -> Breaches:
    """The description leaves room for the line that says which stack manages the environment."""
    if config.aws.platform_registration is None or config.description is None:
        return
    from seqera_batch.registration.wanted import MARK_CHARACTERS  # noqa: PLC0415 - loads an HTTP client

    room = limits.PLATFORM_DESCRIPTION_CHARACTERS - MARK_CHARACTERS
    if len(config.description) > room:
        yield Breach(
            path="description",
            message="leaves no room for the line that says which stack manages the environment",
            value=f"{len(config.description)} characters",
            allowed=f"at most {room} characters with aws.platform_registration",
            fix="shorten it",
            about=("aws.platform_registration",),
        )
