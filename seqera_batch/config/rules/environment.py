# SPDX-License-Identifier: Apache-2.0
"""Rules about the variables of head job and compute jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.catalog.secrets import is_secret_variable
from seqera_batch.config.rules.rule import Breach, Breaches, rule

if TYPE_CHECKING:
    from seqera_batch.config.environment import EnvironmentFile


@rule("environment-secret", source=sources.SEQERA_SECRETS, by_place=True)
def environment_secret(config: EnvironmentFile) -> Breaches:
    """No variable has the name of a secret: variables are plain text in Platform and the logs."""
    for index, variable in enumerate(config.environment):
        if is_secret_variable(variable.name, variable.value):
            yield Breach(
                path=f"environment[{index}]",
                message=f"the variable {variable.name} looks like a secret, and is plain text",
                value=variable.name,
                allowed="values that everybody in the workspace and the account may read",
                fix="keep it in a pipeline secret of Platform; if it is none, say why in "
                f"aws.acknowledgements: environment-secret@environment[{index}]",
            )


@rule("variable-once", source=sources.SEQERA_AWS_BATCH)
def variable_once(config: EnvironmentFile) -> Breaches:
    """A variable has one value for the head job, and one for compute jobs."""
    seen: set[tuple[str, bool]] = set()
    for index, variable in enumerate(config.environment):
        goes_to = {
            (variable.name, head)
            for head, asked in ((True, variable.head), (False, variable.compute))
            if asked
        }
        if seen & goes_to:
            yield Breach(
                path=f"environment[{index}]",
                message=f"the variable {variable.name} is given twice to the same jobs, and which "
                "value holds is not said",
                value=variable.name,
                allowed="each variable once for the head job, and once for compute jobs",
                fix="remove one of the two",
            )
        seen |= goes_to
