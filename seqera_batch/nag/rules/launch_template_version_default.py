# SPDX-License-Identifier: Apache-2.0
"""The rule `LaunchTemplateVersionDefault`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "LaunchTemplateVersionDefault",
    fix="set Version to the launch template's LatestVersionNumber attribute",
    sources=(sources.AWS_BATCH_LAUNCH_TEMPLATES, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def launch_template_version_default(stack: Stack) -> Iterator[Finding]:
    """A compute environment does not follow `$Default`.

    The default version of a template that CloudFormation manages stays the first one, so
    later versions are never used. Like `$Latest` it is read only when the environment's
    infrastructure is updated.
    """
    for environment, path, specification in stack.specifications:
        if specification.get("Version") == "$Default":
            yield environment.says(f"{path}.Version", "the version is $Default")
