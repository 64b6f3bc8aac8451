# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of environment files."""

from __future__ import annotations

from typing import Any

from seqera_batch.config.environment import EnvironmentFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema; `x-` keywords say what leaving a field out and changing it mean."""
    schema = EnvironmentFile.model_json_schema()
    # An export's labels are a list; both forms are read.
    labels = schema["properties"]["labels"]
    schema["properties"]["labels"] = {
        key: said for key, said in labels.items() if key not in {"type", "additionalProperties"}
    } | {
        "anyOf": [
            {"type": "object", "additionalProperties": {"type": "string"}},
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                    "required": ["name"],
                },
            },
        ]
    }
    zones = schema["$defs"]["CreatedNetwork"]["properties"]["zones"]["anyOf"]
    # Pydantic knows which of both is meant; editors try them.
    zones[:1] = zones[0]["oneOf"]
    schema["title"] = "seqera-batch environment file"
    return {"$schema": DIALECT, **schema}
