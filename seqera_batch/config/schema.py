# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of environment files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import DefsRef, GenerateJsonSchema

from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.settings import Section

if TYPE_CHECKING:
    from pydantic.json_schema import CoreModeRef

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        """Return the name of a section: that of its class, which no other has.

        Pydantic chooses at the end from six of each, by comparing all that could have it.
        """
        choices = getattr(self, "_prioritized_defsref_choices", None)
        if choices is None:
            return super().get_defs_ref(core_mode_ref)
        name = DefsRef(core_mode_ref[0].rpartition(":")[0].rpartition(".")[2])
        choices[name] = [name]
        return name

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401 - as pydantic has it
        """Return a default as JSON has it; pydantic makes a serializer for each, in 0.05 s."""
        match dft:
            case Section():
                return {name: self.encode_default(value) for name, value in dft}
            case tuple():
                return [self.encode_default(item) for item in dft]
        return dft


def json_schema() -> dict[str, Any]:
    """Return the schema; `x-` keywords say what leaving a field out and changing it mean."""
    schema = EnvironmentFile.model_json_schema(schema_generator=_Generator)
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
