# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch synth`: the CloudFormation templates, through the same code as `cdk synth`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from seqera_batch.catalog.names import stack_name
from seqera_batch.cli.assembly import replaced
from seqera_batch.cli.files import load_all, usable
from seqera_batch.cli.streams import put
from seqera_batch.cli.terminal import counting, progress
from seqera_batch.config.check import ForgeConfig
from seqera_batch.problems import ConfigError, Problem
from seqera_batch.runtime import prepare

_OF_THE_SYSTEM = re.compile(r"(Error: )?E[A-Z]{3,}: ")
"""How Node.js tells what the system refuses: `ENOSPC: no space left on device, write`."""


def run(options: argparse.Namespace) -> int:
    """Write the assembly, whole or not at all; exit code 1 if a file cannot be used."""
    checked = load_all(options)
    if not usable(checked, options):
        return 1
    output: Path = options.output
    configs = [one.usable() for one in checked]
    with replaced(output) as fresh:
        stacks = _synthesize(
            configs, fresh, validate=not options.no_validation, qualifier=options.qualifier
        )
    put("".join(f"{output / stack}.template.json\n" for stack in stacks))
    return 0


def _synthesize(
    configs: Sequence[ForgeConfig], folder: Path, *, validate: bool, qualifier: str | None
) -> list[str]:
    """Write the assembly into a new folder and return the names of its stacks."""
    with progress("starting CDK"):
        prepare()
        from jsii.errors import JSIIError  # noqa: PLC0415 - loads CDK

        try:
            from seqera_batch.stack import add_environments, new_app  # noqa: PLC0415 - as above
        except (JSIIError, OSError, RuntimeError, ValueError) as error:
            # jsii's half-made process would have its own say at the end.
            sys.unraisablehook = lambda _: None
            raise ConfigError(_does_not_start(error)) from None
        app = new_app(
            # Absolute: Node.js may have been started in another folder.
            outdir=str(folder.absolute()),
            context={} if qualifier is None else {"@aws-cdk/core:bootstrapQualifier": qualifier},
            validate=validate,
            through=partial(counting, says="validating template"),
        )
    add_environments(
        app, configs, through=partial(counting, says="synthesizing environment"), whole=True
    )
    with progress("writing" + (" and validating" if validate else "") + " templates"):
        try:
            app.synth()
        except (JSIIError, RuntimeError) as error:
            raise ConfigError(_refused_by_cdk(error)) from error
    return [stack_name(config.aws.prefix, config.name) for config in configs]


def _does_not_start(error: Exception) -> Problem:
    said = next(iter(str(error).splitlines()), "")
    return Problem(
        "cdk-start",
        "",
        f"CDK does not start: {said}",
        fix=(
            "see that there is room for 300 MB in the home folder or the one for temporary files; "
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT names another place"
        ),
    )


def _refused_by_cdk(error: Exception) -> Problem:
    if _OF_THE_SYSTEM.match(str(error)):
        return Problem(
            "output-folder",
            "--output",
            f"the templates cannot be written: {str(error).splitlines()[0]}",
            fix="choose another folder",
        )
    # CDK has printed its report; the copy that it names goes with the unfinished assembly.
    said = str(error).partition("A copy of this report")[0].strip()
    return Problem(
        "synthesis",
        "",
        f"CDK refuses the templates: {said}",
        fix="if no value of yours is named above, this is a defect of seqera-batch: report it",
    )
