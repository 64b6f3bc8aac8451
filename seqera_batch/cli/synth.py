# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch synth`: the CloudFormation templates, through the same code as `cdk synth`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from seqera_batch.cli.assembly import replaced
from seqera_batch.cli.files import load_all, usable
from seqera_batch.cli.streams import put
from seqera_batch.cli.terminal import counting, progress
from seqera_batch.config.check import ForgeConfig
from seqera_batch.loading_cdk import load_cdk, node_at_work
from seqera_batch.plan import planned
from seqera_batch.problems import ConfigError, Problem
from seqera_batch.runtime import prepare
from seqera_batch.whole import Whole

_OF_THE_SYSTEM = re.compile(r"(Error: )?E[A-Z]{3,}: ")
"""How Node.js tells what the system refuses: `ENOSPC: no space left on device, write`."""


def run(options: argparse.Namespace) -> int:
    """Write the assembly, whole or not at all; exit code 1 if a file cannot be used."""
    checked = load_all(options)
    if not usable(checked, options):
        return 1
    output: Path = options.output
    configs = [one.usable() for one in checked]
    prepare()
    with replaced(output) as fresh, node_at_work():
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
        with ThreadPoolExecutor(1) as beside:
            # It waits for Node.js, and meanwhile here is done what needs no CDK.
            cdk = beside.submit(load_cdk, validate=validate)
            plans = planned(configs)
            wholes = [Whole.of(plan) for plan in plans]
        cdk.result()
        from jsii.errors import JSIIError  # noqa: PLC0415 - CDK

        from seqera_batch.stack import SeqeraBatchStack, add_whole, new_app  # noqa: PLC0415 - CDK

        app = new_app(
            # Absolute: Node.js may have been started in another folder.
            outdir=str(folder.absolute()),
            context={} if qualifier is None else {"@aws-cdk/core:bootstrapQualifier": qualifier},
            validate=validate,
            through=partial(counting, says="validating template"),
        )
    for plan, whole in counting(list(zip(plans, wholes, strict=True)), "synthesizing environment"):
        if whole is None:
            SeqeraBatchStack(app, plan.stack_name, config=plan.config)
        else:
            add_whole(app, whole)
    with progress("writing" + (" and validating" if validate else "") + " templates"):
        try:
            app.synth()
        except (JSIIError, RuntimeError) as error:
            raise ConfigError(_refused_by_cdk(error)) from error
    return [plan.stack_name for plan in plans]


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
