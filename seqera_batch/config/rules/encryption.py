# SPDX-License-Identifier: Apache-2.0
"""Rules about the KMS key of the user's."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity


@rule("kms-key-once", source=sources.AWS_KMS_KEY_POLICIES)
def kms_key_once(config: EnvironmentFile) -> Breaches:
    """A key of one's own either exists or is created."""
    key = config.aws.kms_key
    if key is not None and (key.arn is not None) is key.create:
        yield Breach(
            path="aws.kms_key",
            message="the key must either exist or be created",
            value="both" if key.create else "neither",
            allowed="exactly one of aws.kms_key.arn and aws.kms_key.create: true",
            fix="keep one of the two" if key.create else "add one of the two",
        )


@rule("kms-key-for-something", source=sources.AWS_KMS_KEY_POLICIES)
def kms_key_for_something(config: EnvironmentFile) -> Breaches:
    """A key is created where something is created that it encrypts."""
    key, access = config.aws.kms_key, config.aws.platform_access
    has_secret = access is not None and access.user is not None and access.user.access_key
    if (
        key is not None
        and key.create
        and config.forge is None
        and config.aws.work_bucket is None
        and not has_secret
    ):
        yield Breach(
            path="aws.kms_key.create",
            message="without a forge section nothing is created that the key could encrypt",
            allowed="with a forge section, aws.work_bucket, or an access key of Platform's user",
            fix="remove aws.kms_key, or add aws.work_bucket",
            about=("forge", "aws.work_bucket", "aws.platform_access"),
        )


@rule("kms-key-region", source=sources.AWS_KMS_KEY_POLICIES)
def kms_key_region(config: EnvironmentFile) -> Breaches:
    """Keys are in the environment's region, where alone services use them."""
    arn, region = _of_key(config, 3)
    secrets = config.secrets_kms_key_id or ""
    for path, value, where in (
        ("aws.kms_key.arn", arn, region),
        ("secrets_kms_key_id", secrets, secrets.split(":")[3] if ":" in secrets else None),
    ):
        if where is not None and where != config.region:
            yield Breach(
                path=path,
                message=f"the key is in {where}, the environment in {config.region}",
                value=value,
                allowed=f"a key of {config.region}",
                fix="take one of this region, or a replica of a multi-Region key",
                about=("region",),
            )


@rule("kms-key-account", source=sources.AWS_KMS_AUTO_SCALING, severity=Severity.WARNING)
def kms_key_account(config: EnvironmentFile) -> Breaches:
    """The key is of the environment's account: another's needs a grant for each Auto Scaling."""
    arn, owner = _of_key(config, 4)
    account = config.aws.account
    if owner is not None and account is not None and owner != account:
        yield Breach(
            path="aws.kms_key.arn",
            message=f"the key is of the account {owner}: its policy has to let {account} use it, "
            "and somebody has to create a grant for Auto Scaling by hand",
            value=arn,
            allowed=f"a key of {account}",
            fix="take a key of this account",
            about=("aws.account",),
        )


def _of_key(config: EnvironmentFile, place: int) -> tuple[str | None, str | None]:
    """Return the ARN of a key that exists, and a part of it; None where nobody knows it yet.

    Of one that an app brings along mostly the deployment tells.
    """
    key = config.aws.kms_key
    arn = config.given.key or (None if key is None else key.arn)
    parts = [] if arn is None else arn.split(":")
    return arn, parts[place] if len(parts) > place else None
