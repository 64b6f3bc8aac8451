# SPDX-License-Identifier: Apache-2.0
"""The `aws.kms_key` section: one key of the user's for everything that holds data."""

from seqera_batch.catalog import sources
from seqera_batch.config.formats import Flag, KmsKeyArn
from seqera_batch.config.settings import Effect, Section, setting


class KmsKeySettings(Section, effect=Effect.NEW_FILE_SYSTEM, source=sources.AWS_KMS_KEY_POLICIES):
    """A key of your own: exactly one of `arn` and `create`."""

    arn: KmsKeyArn | None = setting(default=None, omitted="see `create`")
    """ARN of a key that exists. `seqera-batch policies --for kms-key` prints what its policy must
    say.
    """
    create: Flag = setting(default=False, omitted="see `arn`")
    """Create the key, rotated every year; it outlives the stack, as data does that cannot be read
    without it.
    """
