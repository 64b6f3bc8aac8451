# SPDX-License-Identifier: Apache-2.0
"""The rule `LaunchTemplateVersionAbsent`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "LaunchTemplateVersionAbsent",
    fix="set Version to the launch template's LatestVersionNumber attribute",
    sources=(sources.AWS_BATCH_LAUNCH_TEMPLATES, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def launch_template_version_absent(stack: Stack) -> Iterator[Finding]:
    """A compute environment names the version of its launch template.

    Without a version AWS Batch takes the default one, which a new version of the template
    does not change. A later change of user data or disks is then deployed, and no node ever
    has it.
    """
    for environment, path, specification in stack.specifications:
        if specification.get("Version") in (None, ""):
            yield environment.says(path, "the version is absent")
