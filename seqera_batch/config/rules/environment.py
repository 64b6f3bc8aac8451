# SPDX-License-Identifier: Apache-2.0
"""Rules about the variables of head job and compute jobs."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.catalog.secrets import is_secret_variable
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule


@rule("environment-secret", source=sources.SEQERA_SECRETS, by_place=True)
def environment_secret(config: EnvironmentFile) -> Breaches:
    """No variable has the name of a secret: variables are plain text in Platform and the logs."""
    of_jobs = (
        (f"environment[{index}]", one.name, one.value)
        for index, one in enumerate(config.environment)
    )
    of_definitions = (
        (f"aws.job_definitions[{index}].environment", name, value)
        for index, one in enumerate(config.aws.job_definitions)
        for name, value in one.environment.items()
    )
    for path, name, value in (*of_jobs, *of_definitions):
        if is_secret_variable(name, value):
            yield Breach(
                path=path,
                message=f"the variable {name} looks like a secret, and is plain text",
                value=name,
                allowed="values that everybody in the workspace and the account may read",
                fix=(
                    "keep it in a pipeline secret of Platform"
                    if path.startswith("environment")
                    else f"name it in {path.rpartition('.environment')[0]}.secrets"
                )
                + f"; if it is none, say why in aws.acknowledgements: environment-secret@{path}",
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
