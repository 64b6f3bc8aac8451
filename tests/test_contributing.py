# SPDX-License-Identifier: Apache-2.0
"""The map that contributors are given is the one that the contracts check."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_layers() -> None:
    """The picture names every layer of the contract, from the top down, siblings included."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    picture = re.search(r"```text\n(cli .*?)```", page, re.DOTALL)
    assert picture is not None
    told = [
        re.split(r" {3,}", line)[0].strip()
        for line in picture[1].splitlines()
        if not line.startswith("─")
    ]
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [layers] = [
        contract["layers"]
        for contract in config["tool"]["importlinter"]["contracts"]
        if contract["id"] == "layers"
    ]
    checked = [layer.replace("(", "").replace(")", "") for layer in layers]
    assert told == [layer for layer in checked if layer != "__main__"]


def test_the_container_has_what_is_recommended() -> None:
    """Editors have the same extensions, in the container and beside it."""
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    beside = json.loads((ROOT / ".vscode" / "extensions.json").read_text("utf-8"))
    assert container["customizations"]["vscode"]["extensions"] == beside["recommendations"]
