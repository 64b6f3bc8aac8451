# SPDX-License-Identifier: Apache-2.0
"""The rule `OpenSecurityGroup`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqera_batch.nag.model import listed, rule, target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seqera_batch.nag.model import Finding, Stack


@rule(
    "OpenSecurityGroup",
    fix="let in only what nodes need: NFS and Lustre from the group itself",
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html",),
)
def open_security_group(stack: Stack) -> Iterator[Finding]:
    """Nodes let nobody in from the internet.

    AWS Batch only ever calls out: nodes ask for work. An open port is of use to somebody else
    only.
    """
    for group in stack.security_groups:
        for number, one in enumerate(listed(group.get("SecurityGroupIngress"))):
            if isinstance(one, dict) and _is_open(one):
                yield group.says(f"SecurityGroupIngress[{number}]", "everybody is let in")
    groups = {group.logical_id for group in stack.security_groups}
    for entry in stack.all("AWS::EC2::SecurityGroupIngress"):
        if target(entry.get("GroupId")) in groups and _is_open(entry.properties):
            yield entry.says("", "everybody is let in")


def _is_open(entry: Mapping[str, Any]) -> bool:
    return entry.get("CidrIp") == "0.0.0.0/0" or entry.get("CidrIpv6") == "::/0"
