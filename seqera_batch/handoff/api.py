# SPDX-License-Identifier: Apache-2.0
"""The body of `POST /compute-envs` of the Platform API."""

from __future__ import annotations

from typing import Any

from seqera_batch.catalog import defaults
from seqera_batch.catalog.platform_names import PLATFORM
from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.target import Rendered, Request, as_json


def body(
    config: ForgeConfig,
    settings: dict[str, Any],
    *,
    credentials: str | None = None,
    label_ids: tuple[int, ...] = (),
) -> dict[str, Any]:
    """Return the body: the settings in their wrapper, and labels by Platform's ids."""
    envelope = {
        "name": config.name,
        "description": config.description,
        "platform": PLATFORM,
        "credentialsId": credentials or config.credentials_id,
        "fusionMetricsCollectionEnabled": config.fusion_metrics_collection_enabled,
        "config": settings,
    }
    found: dict[str, Any] = {
        "computeEnv": {name: value for name, value in envelope.items() if value is not None}
    }
    if label_ids:
        found["labelIds"] = list(label_ids)
    return found


def render(config: ForgeConfig, settings: dict[str, Any], request: Request) -> Rendered:
    """Return the body and the request that sends it; the token stays in the environment."""
    text = as_json(
        body(config, settings, credentials=request.credentials, label_ids=request.label_ids)
    )
    query = f"?workspaceId={request.workspace}" if request.workspace else ""
    command = (
        f'curl --fail -X POST "${{TOWER_API_ENDPOINT:-{defaults.PLATFORM_ENDPOINT}}}'
        f'/compute-envs{query}" '
        '-H "Authorization: Bearer $TOWER_ACCESS_TOKEN" '
        "-H 'Content-Type: application/json' --data @{file}"
    )
    return Rendered(text=text, suffix=".json", commands=(command,))
