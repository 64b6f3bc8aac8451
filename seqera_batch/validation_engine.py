# SPDX-License-Identifier: Apache-2.0
"""The engine of CDK's validator as a native build, made in a thread of its own while CDK starts."""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloudformation_validate import CompositeEngine  # type: ignore[import-untyped]


def may_validate() -> bool:
    """Whether there is a native build, which is an extra, and nobody has switched it off."""
    # By people, and by the CDK CLI for `--no-validation`.
    switched_off = os.environ.get("CDK_VALIDATION") == "false"
    return not switched_off and find_spec("cloudformation_validate") is not None


@cache
def started() -> Future[CompositeEngine]:
    """Begin to make the engine, once in a program: it takes as long as CDK takes to start."""
    with_one = ThreadPoolExecutor(1)
    made = with_one.submit(engine)
    with_one.shutdown(wait=False)
    # Let go before Python takes modules apart, which the engine needs for that.
    atexit.register(started.cache_clear)
    return made


def engine(rules: Mapping[str, str] = MappingProxyType({})) -> CompositeEngine:
    """Make the engine.

    Args:
        rules: Rego rules beyond its own, by the name of their file.
    """
    import cloudformation_validate as native  # noqa: PLC0415 - an extra

    return native.CompositeEngine(
        native.CompositeEngineConfig(
            rego_rules=[
                native.ExternalRuleSource(name=name, content=content)
                for name, content in rules.items()
            ]
        )
    )
