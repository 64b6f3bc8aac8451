# SPDX-License-Identifier: Apache-2.0
"""The EC2 user data of the compute nodes: what they need before the ECS agent takes jobs."""

from seqera_batch.node.ecs_agent import ECS_AGENT_SETTINGS, EcsAgentSetting
from seqera_batch.node.node_logs import NODE_FAILED, NODE_LOG_FILES
from seqera_batch.node.setup import (
    DATA_PATH,
    DEFAULT_CLI_PATH,
    SCRATCH_PATH,
    AwsCli,
    Mount,
    NodeSetup,
    OwnScript,
    job_volumes,
)
from seqera_batch.node.user_data import MAX_USER_DATA_BYTES, render

__all__ = [
    "DATA_PATH",
    "DEFAULT_CLI_PATH",
    "ECS_AGENT_SETTINGS",
    "MAX_USER_DATA_BYTES",
    "NODE_FAILED",
    "NODE_LOG_FILES",
    "SCRATCH_PATH",
    "AwsCli",
    "EcsAgentSetting",
    "Mount",
    "NodeSetup",
    "OwnScript",
    "job_volumes",
    "render",
]
