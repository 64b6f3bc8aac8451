# SPDX-License-Identifier: Apache-2.0
"""Ports that file systems listen on, as inclusive TCP ranges."""

from __future__ import annotations

Ports = tuple[tuple[int, int], ...]
"""Inclusive ranges of TCP ports, first and last."""

# https://docs.aws.amazon.com/efs/latest/ug/network-access.html
NFS: Ports = ((2049, 2049),)

# https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
LUSTRE: Ports = ((988, 988), (1018, 1023))


def spans(ports: Ports) -> str:
    """Return ranges of ports as people write them: `988, 1018-1023`."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ports)
