# SPDX-License-Identifier: Apache-2.0
"""The rule `KeptVolume`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.nag.model import is_false, rule, volumes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "KeptVolume",
    fix="set Ebs.DeleteOnTermination to true",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-root-volume-delete-on-termination.html",
    ),
)
def kept_volume(stack: Stack) -> Iterator[Finding]:
    """The volumes of nodes end with them.

    AWS Batch starts and ends nodes all day. Volumes that stay behind cost money until
    somebody finds them, and keep what jobs wrote.
    """
    for template in stack.launch_templates:
        for path, disk in volumes(template):
            if is_false(disk.get("DeleteOnTermination")):
                yield template.says(f"{path}.DeleteOnTermination", "the volume stays")
