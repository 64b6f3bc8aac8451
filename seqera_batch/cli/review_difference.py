# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch review OLD NEW`: what a changed file makes of permissions and resources."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from seqera_batch.cli.files import write
from seqera_batch.cloudformation import intrinsics
from seqera_batch.cloudformation.resource import Resources
from seqera_batch.judge.difference.model import Difference, Version, difference, where
from seqera_batch.judge.effects import compare
from seqera_batch.judge.effects.effects import changed_fields
from seqera_batch.judge.report.model import Review
from seqera_batch.template.environment import environment

WRITERS = {
    "html": "seqera_batch.judge.difference.page",
    "markdown": "seqera_batch.judge.difference.markdown",
    "sarif": "seqera_batch.judge.difference.sarif",
    "json": "seqera_batch.judge.difference.as_json",
    "text": "seqera_batch.judge.difference.text",
}
"""What `--format` takes for two versions, and the module whose `text(difference)` writes it."""


def run(options: argparse.Namespace, old: Review, new: Review) -> int:
    """Write what changes; exit code 1 if anything is, or may be, widened."""
    found = compared(old, new)
    write(options, import_module(WRITERS[options.format]).text(found))
    return 1 if found.change.widens else 0


def compared(old: Review, new: Review) -> Difference:
    """Return what the later version changes, with what it does to resources."""
    before = environment(old.plan, where(old, new, unknown=intrinsics.ACCOUNT))
    after = environment(new.plan, where(new, old, unknown=intrinsics.ACCOUNT))
    return difference(
        _version(old, before),
        _version(new, after),
        fields=tuple(path for path, _ in changed_fields(old.plan.config, new.plan.config)),
        resources=compare(before, after).resources,
    )


def _version(review: Review, resources: Resources) -> Version:
    rendered: dict[str, Any] = {name: one.to_dict() for name, one in resources.items()}
    return Version(review=review, resources=rendered)
