# SPDX-License-Identifier: Apache-2.0
"""Ports that file systems listen on, as inclusive TCP ranges."""

from __future__ import annotations

# https://docs.aws.amazon.com/efs/latest/ug/network-access.html
NFS = ((2049, 2049),)

# https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
LUSTRE = ((988, 988), (1018, 1023))
