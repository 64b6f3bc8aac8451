# SPDX-License-Identifier: Apache-2.0
"""The rule `Imdsv1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.nag.model import is_call, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "Imdsv1",
    fix="set MetadataOptions.HttpTokens to required",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    ),
)
def imdsv1(stack: Stack) -> Iterator[Finding]:
    """Nodes serve their metadata only to requests with a token (IMDSv2).

    Jobs run code that others wrote. With IMDSv1 a request that a program can be talked into
    is enough to read the credentials of the instance role.
    """
    for template in stack.launch_templates:
        path = "LaunchTemplateData.MetadataOptions.HttpTokens"
        value = template.get(path)
        if value != "required" and not is_call(value):
            yield template.says(path, f"it is {value or 'absent'}")
