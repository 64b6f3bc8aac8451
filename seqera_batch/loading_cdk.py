# SPDX-License-Identifier: Apache-2.0
"""Loads CDK, which starts Node.js, and says so where that does not start, or ends too early."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from json import JSONDecodeError
from typing import TYPE_CHECKING

from seqera_batch import validation_engine
from seqera_batch.problems import ConfigError, Problem
from seqera_batch.runtime import chosen_node

if TYPE_CHECKING:
    from aws_cdk import App

_OF_THE_SYSTEM = re.compile(r"(Error: )?E[A-Z]{3,}: ")
"""How Node.js tells what the system refuses: `ENOSPC: no space left on device, write`."""


def load_cdk(*, validate: bool) -> None:
    """Import CDK, which starts Node.js.

    Args:
        validate: Whether to make the engine of CDK's validator meanwhile, where it is native.

    Raises:
        ConfigError: It does not start.
    """
    if validate and validation_engine.may_validate():
        validation_engine.started()
    try:
        import_module("aws_cdk")
    except ImportError:
        raise
    except Exception as error:  # noqa: BLE001 - what jsii makes of an answer that is none
        _end_silently()
        raise ConfigError(_does_not_start(error)) from None


@contextmanager
def node_at_work() -> Iterator[None]:
    """Stand by while CDK is used.

    Raises:
        ConfigError: Its Node.js has ended.
    """
    try:
        yield
    except (BrokenPipeError, JSONDecodeError):
        # Nobody reads what is asked, or says nothing where JSON should be.
        _end_silently()
        raise ConfigError(
            Problem(
                "cdk-ended",
                "",
                "CDK's Node.js was ended before it was done",
                value=chosen_node(),
                fix="see what ends it: a system or container that is short of memory, as a rule",
            )
        ) from None


def synthesize(app: App) -> None:
    """Write and validate the templates of an app.

    Raises:
        ConfigError: CDK refuses them, or they cannot be written.
    """
    from jsii.errors import JSIIError  # noqa: PLC0415 - Node.js is chosen before

    try:
        app.synth()
    except (JSIIError, RuntimeError) as error:
        raise ConfigError(_refused_by_cdk(error)) from error


def _end_silently() -> None:
    """Keep what jsii has of its Node.js from having its own say at the end."""
    sys.unraisablehook = lambda _: None


def _does_not_start(error: Exception) -> Problem:
    from jsii.errors import JSIIError  # noqa: PLC0415 - Node.js is chosen before

    room = (
        "see that there is room for 300 MB in the home folder or the one for temporary files; "
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT names another place"
    )
    said = next(iter(str(error).splitlines()), "")
    node = chosen_node()
    if isinstance(error, OSError) and error.filename == node:
        said = f"its Node.js is no program for this system: {error.strerror}"
    elif isinstance(error, BrokenPipeError) or not isinstance(
        error, JSIIError | RuntimeError | OSError
    ):
        # What should be an answer is nothing, or somebody else's words.
        said = "its Node.js ended before it answered"
    else:
        return Problem("cdk-start", "", f"CDK does not start: {said}", fix=room)
    return Problem(
        "cdk-start",
        "",
        f"CDK does not start: {said}",
        value=node,
        allowed="Node.js 22 or newer",
        fix=f"see what `{node} --version` says, and mend JSII_NODE or NODE_OPTIONS; or {room}",
    )


def _refused_by_cdk(error: Exception) -> Problem:
    if _OF_THE_SYSTEM.match(str(error)):
        return Problem(
            "output-folder",
            "--output",
            f"the templates cannot be written: {str(error).splitlines()[0]}",
            fix="choose another folder",
        )
    # CDK has printed its report; the copy that it names goes with the unfinished assembly.
    said = str(error).partition("A copy of this report")[0].strip()
    return Problem(
        "synthesis",
        "",
        f"CDK refuses the templates: {said}",
        fix="if no value of yours is named above, this is a defect of seqera-batch: report it",
    )
