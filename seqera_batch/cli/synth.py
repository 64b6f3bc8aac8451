# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch synth`: the CloudFormation templates, through the same code as `cdk synth`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from seqera_batch.cli.assembly import replaced
from seqera_batch.cli.files import load_all, usable
from seqera_batch.cli.streams import put
from seqera_batch.cli.terminal import counting, progress
from seqera_batch.loading_cdk import load_cdk, node_at_work, synthesize
from seqera_batch.plan import ForgePlan, planned
from seqera_batch.runtime import prepare
from seqera_batch.whole import Whole


def run(options: argparse.Namespace) -> int:
    """Write the assembly, whole or not at all; exit code 1 if a file cannot be used."""
    checked = load_all(options)
    if not usable(checked, options):
        return 1
    output: Path = options.output
    plans = planned(one.usable() for one in checked)
    prepare()
    with replaced(output) as fresh, node_at_work():
        stacks = _synthesize(
            plans, fresh, validate=not options.no_validation, qualifier=options.qualifier
        )
    put("".join(f"{output / stack}.template.json\n" for stack in stacks))
    return 0


def _synthesize(
    plans: Sequence[ForgePlan], folder: Path, *, validate: bool, qualifier: str | None
) -> list[str]:
    """Write the assembly into a new folder and return the names of its stacks."""
    with progress("starting CDK"):
        load_cdk(validate=validate)
        from seqera_batch.stack import SeqeraBatchStack, add_whole, new_app  # noqa: PLC0415 - CDK

        app = new_app(
            # Absolute: Node.js may have been started in another folder.
            outdir=str(folder.absolute()),
            context={} if qualifier is None else {"@aws-cdk/core:bootstrapQualifier": qualifier},
            validate=validate,
            through=partial(counting, says="validating template"),
        )
    with ThreadPoolExecutor(1) as beside:
        # What a stack says is worked out while Node.js makes the one before.
        wholes = beside.map(Whole.of, plans)
        for plan, whole in zip(counting(plans, "synthesizing environment"), wholes, strict=True):
            if whole is None:
                SeqeraBatchStack(app, plan.stack_name, config=plan.config)
            else:
                add_whole(app, whole)
    with progress("writing" + (" and validating" if validate else "") + " templates"):
        synthesize(app)
    return [plan.stack_name for plan in plans]
