# SPDX-License-Identifier: Apache-2.0
"""The ECS agent's settings on every node: those that Seqera's Batch Forge uses."""

from __future__ import annotations

from typing import Final

from seqera_batch.records import dataclass

_PLATFORM_22_1 = "Seqera Platform 22.1.0 changelog, 2022-04-12"
_PLATFORM_24_2 = "Seqera Platform Enterprise 24.2 changelog"
_PLATFORM_25_1 = "Seqera Platform Enterprise 25.1 changelog"
_MANUAL_GUIDE = "Seqera's guide to manual AWS Batch set-up, launch template"


@dataclass(frozen=True, slots=True, kw_only=True)
class EcsAgentSetting:
    """One line of ``/etc/ecs/ecs.config``; AWS documents the names at ``DOCUMENTATION``."""

    name: str
    value: str
    reason: str
    source: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


DOCUMENTATION: Final = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html"
)

ECS_AGENT_SETTINGS: Final = (
    EcsAgentSetting(
        name="ECS_IMAGE_PULL_BEHAVIOR",
        value="once",
        reason="A node pulls an image once, not again for each of the many tasks that share it.",
        source=_PLATFORM_22_1,
    ),
    EcsAgentSetting(
        name="ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE",
        value="true",
        reason="Jobs with an execution role (pipeline secrets) write their logs with it.",
        source=_MANUAL_GUIDE,
    ),
    EcsAgentSetting(
        name="ECS_ENABLE_SPOT_INSTANCE_DRAINING",
        value="true",
        reason="A Spot node with an interruption notice takes no further tasks.",
        source="Seqera Cloud 25.1.0 cycle 11 changelog",
    ),
    EcsAgentSetting(
        name="ECS_CONTAINER_CREATE_TIMEOUT",
        value="10m",
        reason="Docker is slow to create containers while a busy node unpacks large images.",
        source=_PLATFORM_24_2,
    ),
    EcsAgentSetting(
        name="ECS_CONTAINER_START_TIMEOUT",
        value="10m",
        reason="Docker is slow to start containers on a busy node; 3 minutes failed jobs.",
        source=_PLATFORM_25_1,
    ),
    EcsAgentSetting(
        name="ECS_CONTAINER_STOP_TIMEOUT",
        value="10m",
        reason="A task may need minutes to save its work before it is killed.",
        source=_PLATFORM_24_2,
    ),
    EcsAgentSetting(
        name="ECS_MANIFEST_PULL_TIMEOUT",
        value="10m",
        reason="A registry may answer late while Wave is still building the image.",
        source=_PLATFORM_24_2,
    ),
)
