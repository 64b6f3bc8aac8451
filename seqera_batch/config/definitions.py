# SPDX-License-Identifier: Apache-2.0
"""How job definitions for tasks are named, and what they mount, besides what all jobs do."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog.names import job_definition_name
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.job_definitions import JobDefinitionSettings


def name_in_aws(config: EnvironmentFile, definition: JobDefinitionSettings) -> str:
    """Return the name by which AWS Batch and pipelines know a definition."""
    if definition.image is None:
        return definition.name
    return job_definition_name(config.aws.prefix, config.name, definition.name)


def volumes(config: EnvironmentFile) -> Iterator[tuple[str, str]]:
    """Yield path and text of each volume that the file names, for all jobs or for some."""
    places = {"volumes": config.volumes} | {
        f"aws.job_definitions[{index}].volumes": one.volumes
        for index, one in enumerate(config.aws.job_definitions)
    }
    for path, texts in places.items():
        for index, text in enumerate(texts):
            yield f"{path}[{index}]", text
