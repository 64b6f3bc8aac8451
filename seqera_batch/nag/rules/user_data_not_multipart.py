# SPDX-License-Identifier: Apache-2.0
"""The rule `UserDataNotMultipart`."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.nag.model import beginning, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "UserDataNotMultipart",
    fix="write the user data as MIME multipart",
    sources=(sources.AWS_BATCH_LAUNCH_TEMPLATES,),
)
def user_data_not_multipart(stack: Stack) -> Iterator[Finding]:
    """User data of a launch template is MIME multipart.

    AWS Batch adds a part of its own to it. With user data of any other kind the compute
    environment becomes INVALID, at deployment or at the first job, and no template check sees
    it.
    """
    for template in stack.launch_templates:
        path = "LaunchTemplateData.UserData"
        start = beginning(template.get(path))
        if start is not None and start.strip() and not _is_multipart(start):
            yield template.says(path, "it is not MIME multipart")


def _is_multipart(start: str) -> bool:
    try:
        head = base64.b64decode(start, validate=True).decode("utf-8", "replace")
    except ValueError:
        head = start
    head = head.lstrip().lower()
    return head.startswith(("mime-version:", "content-type: multipart/"))
