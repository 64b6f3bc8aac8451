# SPDX-License-Identifier: Apache-2.0
"""What a node says of itself, and where."""

from __future__ import annotations

from typing import Final

NODE_FAILED: Final = "SeqeraBatchNodeFailed"
"""In the one line that a node logs when its start has failed, for metric filters and alarms."""

NODE_LOG_FILES: Final = (
    "/var/log/seqera-batch.log",
    "/var/log/cloud-init.log",
    "/var/log/cloud-init-output.log",
    "/var/log/ecs/ecs-agent.log",
)
"""Files that go to the log group: what tells why a node did not come up."""
