# SPDX-License-Identifier: Apache-2.0
"""Decides the tags of each class of resources."""

from __future__ import annotations

from seqera_batch.catalog.names import environment_id
from seqera_batch.config.check import ForgeConfig
from seqera_batch.records import dataclass

ENVIRONMENT_TAG = "seqera-batch:environment"
"""Tag by which everything of one environment is found again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Tags by class of resource, so that none that may change stands where a change replaces.

    Args:
        resources: On queues, roles, security groups, file systems and networks.
        nodes: On instances and volumes, through the compute environment and launch template.
    """

    resources: dict[str, str]
    nodes: dict[str, str]


def labels(config: ForgeConfig) -> Labels:
    """Return the tags of each class of resources."""
    named = environment_id(config.aws.prefix, config.name)
    everywhere = {**config.aws.tags, **config.labels, ENVIRONMENT_TAG: named}
    nodes = {"Name": named, **everywhere}
    return Labels(resources=dict(sorted(everywhere.items())), nodes=dict(sorted(nodes.items())))
