# SPDX-License-Identifier: Apache-2.0
"""What makes a process short that is ours alone: the command line, and `app.py`."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


def be_brief() -> None:
    """Leave out what a process that ends soon has nothing of; before pydantic is imported."""
    # Collecting garbage would only delay it, at its end too, when Python looks through everything
    # once more: with CDK loaded, a seventh of the time of app.py.
    gc.disable()
    atexit.register(gc.freeze)
    # pydantic would look through every installed package for plugins, which instrument models of
    # applications and have nothing to do here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _put_off_metadata()


def _put_off_metadata() -> None:
    """Let `importlib.metadata` load when something of it is used.

    pydantic takes its `entry_points` to look for plugins, and with these off never calls it; to
    load it takes as long as to load YAML.
    """
    name = "importlib.metadata"
    spec = find_spec(name)
    if spec is None or name in sys.modules:
        return
    stand_in = ModuleType(name)

    def of_module(attribute: str) -> Any:  # noqa: ANN401 - whatever it is
        if sys.modules.get(name) is stand_in:
            sys.modules.pop(name, None)
        return getattr(import_module(name), attribute)

    def entry_points(**asked: str) -> object:
        return of_module("entry_points")(**asked)

    vars(stand_in).update(
        __spec__=spec,
        # Of a package: what is in it can be imported.
        __path__=spec.submodule_search_locations,
        __getattr__=of_module,
        entry_points=entry_points,
    )
    sys.modules[name] = stand_in
    # As an import does it, for whoever writes `import importlib.metadata`.
    vars(importlib)["metadata"] = stand_in
