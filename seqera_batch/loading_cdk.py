# SPDX-License-Identifier: Apache-2.0
"""Loads CDK, which starts Node.js, or says why that does not start."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from seqera_batch import validation_engine
from seqera_batch.problems import ConfigError, Problem


def load_cdk(*, validate: bool) -> None:
    """Import CDK, which starts Node.js.

    Args:
        validate: Whether to make the engine of CDK's validator meanwhile, where it is native.

    Raises:
        ConfigError: It does not start.
    """
    from jsii.errors import JSIIError  # noqa: PLC0415 - Node.js is chosen before

    if validate and validation_engine.may_validate():
        validation_engine.started()
    try:
        import_module("aws_cdk")
    except (JSIIError, OSError, RuntimeError, ValueError) as error:
        # jsii's half-made process would have its own say at the end.
        sys.unraisablehook = lambda _: None
        raise ConfigError(_does_not_start(error)) from None


def _does_not_start(error: Exception) -> Problem:
    node = os.environ.get("JSII_NODE") or "node"
    said = next(iter(str(error).splitlines()), "")
    room = (
        "see that there is room for 300 MB in the home folder or the one for temporary files; "
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT names another place"
    )
    if not isinstance(error, ValueError):
        return Problem("cdk-start", "", f"CDK does not start: {said}", fix=room)
    # What should be JSON is nothing, or somebody else's words.
    return Problem(
        "cdk-start",
        "",
        "CDK does not start: its Node.js ended before it answered",
        value=node,
        allowed="Node.js 22 or newer",
        fix=f"see what `{node} --version` says, and mend JSII_NODE or NODE_OPTIONS; or {room}",
    )
