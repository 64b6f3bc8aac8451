# SPDX-License-Identifier: Apache-2.0
"""What CDK writes by rules and in words of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

UNKNOWN_ACCOUNT, UNKNOWN_REGION = "unknown-account", "unknown-region"
"""In environments of stacks: what is left open."""
_LONGEST_NAME = 240
"""CDK's: characters of a logical id before its digest."""


def logical_id(below: Sequence[str], name: str) -> str:
    """Return the logical id that CDK gives a resource below a path in its stack.

    CDK's rule (`aws-cdk-lib/core/lib/private/uniqueid.ts`): names that are fixed in the cloud
    collide where an id changes, so that a resource keeps the one it had without its part.
    """
    path = [one for one in (*below, name) if one != "Default"]
    human: list[str] = []
    for one in path:
        if not (human and human[-1].endswith(one)):
            human.append(one)
    text = "".join(re.sub(r"[^A-Za-z0-9]", "", one) for one in human if one != "Resource")
    if len(path) == 1:
        return text
    digest = hashlib.md5("/".join(path).encode(), usedforsecurity=False).hexdigest()
    return text[:_LONGEST_NAME] + digest[:8].upper()
