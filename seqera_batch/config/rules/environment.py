# SPDX-License-Identifier: Apache-2.0
"""Rules about the variables of head job and compute jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

if TYPE_CHECKING:
    from seqera_batch.config.environment import EnvironmentFile

_SECRET_NAME = re.compile(
    r"(^|_)(API_?KEY|SECRET|SECRETS|PASSWORD|PASSWD|TOKEN|CREDENTIALS?|PRIVATE_KEY|"
    r"SECRET_ACCESS_KEY|ACCESS_KEY_ID)(_|$)",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"^(A[KS]IA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|"
    r"glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{20,}.*)$"
)
"""Forms of keys and tokens of AWS, GitHub, GitLab, Slack, and JSON web tokens as Platform's."""


@rule("environment-secret", source=sources.SEQERA_SECRETS, severity=Severity.WARNING)
def environment_secret(config: EnvironmentFile) -> Breaches:
    """No variable holds a secret: variables are plain text in Platform, Batch and the logs."""
    for index, variable in enumerate(config.environment):
        # A reference to where a secret lies is none.
        named = _SECRET_NAME.search(variable.name) and not variable.value.startswith("arn:")
        if variable.value and (named or _SECRET_VALUE.match(variable.value)):
            yield Breach(
                path=f"environment[{index}]",
                message=f"the variable {variable.name} looks like a secret, and is plain text",
                value=variable.name,
                allowed="values that everybody in the workspace and the account may read",
                fix="keep it in a pipeline secret of Platform, or acknowledge this warning",
            )
