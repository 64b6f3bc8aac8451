# SPDX-License-Identifier: Apache-2.0
"""The rule `LaunchTemplateVersionLatest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "LaunchTemplateVersionLatest",
    fix="set Version to the launch template's LatestVersionNumber attribute",
    sources=(sources.AWS_BATCH_LAUNCH_TEMPLATES, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def launch_template_version_latest(stack: Stack) -> Iterator[Finding]:
    """A compute environment does not follow `$Latest`.

    AWS Batch reads `$Latest` only when the environment is made or its infrastructure is
    updated. CloudFormation sees no difference when a new version appears, so it updates
    nothing; somebody else's version may be taken later by surprise.
    """
    for environment, path, specification in stack.specifications:
        if specification.get("Version") == "$Latest":
            yield environment.says(f"{path}.Version", "the version is $Latest")
