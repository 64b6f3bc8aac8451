# SPDX-License-Identifier: Apache-2.0
"""The least that a program with pydantic models and a YAML file can take: the CLI's baseline.

Builds as many models with as many fields as the environment file has, reads a file, validates it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

FIELDS_OF_MODELS = (
    2, 6, 5, 3, 5, 3, 5, 3, 2, 1, 1, 3, 13, 4, 2, 2, 2, 3, 3, 4, 1, 26, 30, 4, 48,
    10, 4, 4, 6, 3, 2, 3, 2, 6, 2, 2, 2, 10, 1, 2,
)  # fmt: skip
"""Fields of each model of seqera_batch.config, about: a test holds models and fields to a tenth."""


class Base(BaseModel):
    """What the models have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def build() -> list[type[BaseModel]]:
    """Return the models, their fields of the usual kinds in turn."""
    kinds: tuple[tuple[Any, Any], ...] = (
        (
            Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]*$")],
            Field("a", description="text"),
        ),
        (int, Field(1, ge=0, le=100, description="a number")),
        (bool, Field(default=False, description="a flag")),
        (tuple[str, ...], Field((), description="a list")),
    )
    models: list[type[BaseModel]] = []
    for index, count in enumerate(FIELDS_OF_MODELS):
        fields: dict[str, Any] = {
            f"field{number}": kinds[number % len(kinds)] for number in range(count)
        }
        models.append(create_model(f"Model{index}", __base__=Base, **fields))
    return models


def main() -> None:
    """Build the models, read the file, validate something, print something."""
    models = build()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(Path(sys.argv[1]).read_text("utf-8"), Loader=loader)  # noqa: S506 - safe
    largest = max(models, key=lambda model: len(model.model_fields))
    filled = largest.model_validate({"field0": "name", "field3": [str(key) for key in data]})
    print(json.dumps(filled.model_dump()))


if __name__ == "__main__":
    main()
