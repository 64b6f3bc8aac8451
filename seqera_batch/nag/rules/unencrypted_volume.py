# SPDX-License-Identifier: Apache-2.0
"""The rule `UnencryptedVolume`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.nag.model import is_call, is_true, rule, volumes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "UnencryptedVolume",
    fix="set Ebs.Encrypted to true, or encrypt new volumes by default in the account",
    sources=("https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",),
)
def unencrypted_volume(stack: Stack) -> Iterator[Finding]:
    """The volumes of nodes are encrypted.

    Container images, inputs and results lie on them. Whether an account encrypts new volumes
    by default cannot be seen in a template.
    """
    for template in stack.launch_templates:
        for path, disk in volumes(template):
            if not is_true(disk.get("Encrypted")) and not is_call(disk.get("Encrypted")):
                yield template.says(f"{path}.Encrypted", "the volume is not encrypted")
