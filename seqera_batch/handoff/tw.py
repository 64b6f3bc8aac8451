# SPDX-License-Identifier: Apache-2.0
"""The flat JSON that `tw compute-envs import` reads, and the command line that reads it."""

from __future__ import annotations

import shlex
from typing import Any

from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.settings import labels
from seqera_batch.handoff.target import Rendered, Request, as_json


def import_json(config: ForgeConfig, settings: dict[str, Any]) -> str:
    """Return the settings with their discriminator and labels, and without a wrapper."""
    return as_json({**settings, "labels": labels(config)} if config.labels else settings)


def render(config: ForgeConfig, settings: dict[str, Any], request: Request) -> Rendered:
    """Return the file and the command."""
    words = ["tw", "compute-envs", "import", "{file}", "--name", config.name]
    if request.workspace:
        words += ["--workspace", request.workspace]
    credentials = request.credentials or config.credentials_id
    if credentials:
        words += ["--credentials", credentials]
    words += ["--wait", "AVAILABLE"]
    command = " ".join(word if word == "{file}" else shlex.quote(word) for word in words)
    return Rendered(text=import_json(config, settings), suffix=".json", commands=(command,))
