# SPDX-License-Identifier: Apache-2.0
"""The rule that keeps secrets out of templates: what a file holds in clear text, they hold too."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.config.secrets import spotted


@rule("secret-in-text", source=sources.SEQERA_SECRETS, by_place=True)
def secret_in_text(config: EnvironmentFile) -> Breaches:
    """No text of the file holds a password, a token or a key."""
    for secret in spotted(config.model_dump(exclude_unset=True)):
        yield Breach(
            path=secret.path,
            message=f"{secret.said}, and would stand in the template and in its outputs",
            value=None,
            allowed="text that everybody who sees the account may read",
            fix="keep it in a pipeline secret of Platform, or in Secrets Manager; if it is none, "
            f"say why in aws.acknowledgements: secret-in-text@{secret.path}",
        )
