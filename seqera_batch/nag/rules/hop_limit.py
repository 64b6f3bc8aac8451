# SPDX-License-Identifier: Apache-2.0
"""The rule `HopLimit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.nag.model import Level, is_call, rule, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "HopLimit",
    level=Level.WARNING,
    fix="set MetadataOptions.HttpPutResponseHopLimit to 2",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html",
    ),
)
def hop_limit(stack: Stack) -> Iterator[Finding]:
    """Containers reach the node's metadata, and nothing beyond them does: the hop limit is 2.

    A container is one hop further than its node: with a limit of 1 tools in it cannot find
    their region or, without a job role, credentials. A higher limit lets requests through
    from farther away.
    """
    for template in stack.launch_templates:
        path = "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit"
        value = template.get(path)
        if text(value) != "2" and not is_call(value):
            yield template.says(path, f"it is {'absent' if value is None else value}")
