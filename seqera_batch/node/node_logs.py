# SPDX-License-Identifier: Apache-2.0
"""The CloudWatch agent's configuration: which files of a node go to the log group."""

from __future__ import annotations

import json
from typing import Final

NODE_FAILED: Final = "SeqeraBatchNodeFailed"
"""In the one line that a node logs when its start has failed, for metric filters and alarms."""

# Stream below the instance's id → file. What tells why a node did not come up.
NODE_LOG_FILES: Final = {
    "seqera-batch": "/var/log/seqera-batch.log",
    "cloud-init": "/var/log/cloud-init.log",
    "cloud-init-output": "/var/log/cloud-init-output.log",
    "ecs-agent": "/var/log/ecs/ecs-agent.log",
}


def agent_config(log_group: str) -> str:
    """Return the JSON document; without retention, which would let nodes change the log group.

    <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html>
    """
    files = [
        {
            "file_path": path,
            "log_group_name": log_group,
            "log_stream_name": f"{{instance_id}}/{stream}",
        }
        for stream, path in NODE_LOG_FILES.items()
    ]
    return json.dumps({"logs": {"logs_collected": {"files": {"collect_list": files}}}})
