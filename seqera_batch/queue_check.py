# SPDX-License-Identifier: Apache-2.0
"""A Lambda function: looks at AWS Batch's queues, and writes metrics of what it sees to its log.

Its template holds this text: it imports only what Lambda has, and stays short.
"""

import json
import os
import time
from typing import Any

import boto3  # type: ignore[import-untyped]


def handler(_event: object, _context: object) -> None:
    """Look at the queues in QUEUES, and at the compute environments behind them."""
    batch, names = boto3.client("batch"), os.environ["QUEUES"].split()
    queues = batch.describe_job_queues(jobQueues=names)["jobQueues"]
    behind = {
        one["computeEnvironment"] for queue in queues for one in queue["computeEnvironmentOrder"]
    }
    environments = batch.describe_compute_environments(computeEnvironments=sorted(behind))
    now = time.time() * 1000
    found = environments["computeEnvironments"] if behind else []
    unusable = {
        one.get("jobQueueName") or one["computeEnvironmentName"]: one.get("statusReason")
        for one in (*queues, *found)
        if one["status"] == "INVALID" or one["state"] == "DISABLED"
    }
    there = [queue["jobQueueName"] for queue in queues]
    unusable |= {name: "does not exist" for name in names if name not in there}
    waits = {name: _minutes(batch, name, now) for name in there if name not in unusable}
    metrics = {
        "Unusable": len(unusable),
        "FrontWaitMinutes": max(waits.values(), default=0),
        "DesiredVcpus": sum(
            one.get("computeResources", {}).get("desiredvCpus", 0) for one in found
        ),
    }
    # CloudWatch makes metrics of this line, which takes no permission.
    cloudwatch = {
        "Namespace": os.environ["NAMESPACE"],
        "Dimensions": [[]],
        "Metrics": [{"Name": name} for name in metrics],
    }
    about = {"Timestamp": int(now), "CloudWatchMetrics": [cloudwatch]}
    print(json.dumps({"_aws": about, **metrics, "unusable": unusable, "waits": waits}))


def _minutes(batch: Any, queue: str, now: float) -> float:
    """Return for how long the job at the front of a queue has been there."""
    front = batch.get_job_queue_snapshot(jobQueue=queue).get("frontOfQueue", {})
    first = [one["earliestTimeAtPosition"] for one in front.get("jobs", ())[:1]]
    return round(max(now - first[0], 0) / 60000, 1) if first else 0.0
