# SPDX-License-Identifier: Apache-2.0
"""Metrics and sums of them, as alarms and dashboards read them."""

from __future__ import annotations

from typing import Any

BATCH = "AWS/Batch"
QUEUE = "JobQueueName"
"""The one dimension of AWS Batch's metrics."""
UNUSABLE, FRONT_WAIT, DESIRED_VCPUS = "Unusable", "FrontWaitMinutes", "DesiredVcpus"
"""What the function that looks at queues writes."""
NODE_FAILURES = "NodeFailures"
"""What the filter on the nodes' log counts."""


def read(name: str, namespace: str, metric: str, period: int, **dimensions: str) -> dict[str, Any]:
    """Return one metric, summed up, as an alarm reads it for its expression.

    Args:
        name: What the expression calls it.
        namespace: Its namespace.
        metric: Its name.
        period: Seconds.
        **dimensions: Its dimensions.
    """
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            },
            "Period": period,
            "Stat": "Sum",
        },
        "ReturnData": False,
    }


def share(of: str, all_: str, at_least: int) -> str:
    """Return the expression of a share in percent, which is 0 below so many.

    Args:
        of: Expression of the part.
        all_: Expression of the whole.
        at_least: Below this, a share means nothing.
    """
    return f"IF({all_} >= {at_least}, 100 * ({of}) / ({all_}), 0)"
