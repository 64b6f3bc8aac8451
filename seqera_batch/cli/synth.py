# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch synth`: the CloudFormation templates, through the same code as `cdk synth`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.catalog.names import stack_name
from seqera_batch.cli.assembly import replaced
from seqera_batch.cli.files import add_file_arguments, load_all, usable
from seqera_batch.cli.streams import put
from seqera_batch.cli.terminal import progress
from seqera_batch.problems import ConfigError, Problem, Severity
from seqera_batch.runtime import prepare

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from seqera_batch.config.environment import ForgeConfig

_OF_THE_SYSTEM = re.compile(r"(Error: )?E[A-Z]{3,}: ")
"""How Node.js tells what the system refuses: `ENOSPC: no space left on device, write`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_file_arguments(parser, formats=False)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("cdk.out"),
        metavar="DIR",
        help="where to write; an assembly that is there is replaced (default: cdk.out)",
    )
    parser.add_argument(
        "--no-validation",
        action="store_true",
        help="skip CDK's check of the templates against CloudFormation's schemas, which takes "
        "a second or two",
    )
    parser.add_argument(
        "--qualifier", help="the qualifier of CDK's bootstrap stack, where it is not CDK's own"
    )
    parser.epilog = """examples:
  seqera-batch synth seqera.yaml
  seqera-batch synth -o build/cdk.out cpu.yaml gpu.yaml
then: cdk deploy --app cdk.out --all"""


def run(options: argparse.Namespace) -> int:
    """Write the assembly, whole or not at all; exit code 1 if a file cannot be used."""
    checked = load_all(options)
    if not usable(checked, options):
        return 1
    output: Path = options.output
    configs = [one.usable() for one in checked]
    with (
        replaced(output) as fresh,
        progress("synthesizing" + ("" if options.no_validation else " and validating")),
    ):
        stacks = _synthesize(
            configs, fresh, validate=not options.no_validation, qualifier=options.qualifier
        )
    put("".join(f"{output / stack}.template.json\n" for stack in stacks))
    return 0


def _synthesize(
    configs: Sequence[ForgeConfig], folder: Path, *, validate: bool, qualifier: str | None
) -> list[str]:
    """Write the assembly into a new folder and return the names of its stacks."""
    prepare()
    from jsii.errors import JSIIError  # noqa: PLC0415 - loads CDK

    try:
        from seqera_batch.stack import add_environments, new_app  # noqa: PLC0415 - as above
    except (JSIIError, OSError, RuntimeError, ValueError) as error:
        # jsii's half-made process would have its own say at the end.
        sys.unraisablehook = lambda _: None
        raise ConfigError([_does_not_start(error)]) from None
    # Absolute: Node.js may have been started in another folder.
    named = {} if qualifier is None else {"@aws-cdk/core:bootstrapQualifier": qualifier}
    app = new_app(
        outdir=str(folder.absolute()), builtin_cloud_formation_validation=validate, context=named
    )
    add_environments(app, configs)
    try:
        app.synth()
    except (JSIIError, RuntimeError) as error:
        raise ConfigError([_refused_by_cdk(error)]) from error
    return [stack_name(config.aws.prefix, config.name) for config in configs]


def _does_not_start(error: Exception) -> Problem:
    said = next(iter(str(error).splitlines()), "")
    return Problem(
        rule="cdk-start",
        severity=Severity.ERROR,
        path="",
        message=f"CDK does not start: {said}",
        fix="see that there is room for 300 MB in the home folder or the one for temporary files; "
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT names another place",
    )


def _refused_by_cdk(error: Exception) -> Problem:
    if _OF_THE_SYSTEM.match(str(error)):
        return Problem(
            rule="output-folder",
            severity=Severity.ERROR,
            path="--output",
            message=f"the templates cannot be written: {str(error).splitlines()[0]}",
            fix="choose another folder",
        )
    # CDK has printed its report; the copy that it names goes with the unfinished assembly.
    said = str(error).partition("A copy of this report")[0].strip()
    return Problem(
        rule="synthesis",
        severity=Severity.ERROR,
        path="",
        message=f"CDK refuses the templates: {said}",
        fix="if no value of yours is named above, this is a defect of seqera-batch: report it",
    )
