# SPDX-License-Identifier: Apache-2.0
"""The function that looks at queues, its role and log, and what calls it."""

from __future__ import annotations

from pathlib import Path

from seqera_batch.catalog.ids import (
    QUEUE_CHECK_FUNCTION,
    QUEUE_CHECK_LOG_GROUP,
    QUEUE_CHECK_PERMISSION,
    QUEUE_CHECK_ROLE,
    QUEUE_CHECK_RULE,
)
from seqera_batch.catalog.principals import EVENTS
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import events, lambda_
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import queue_check_documents
from seqera_batch.plan.operations import Operations
from seqera_batch.policies.document import Scope
from seqera_batch.template.logs import log_group
from seqera_batch.template.roles import role

SOURCE = Path(__file__).parents[2] / "queue_check.py"
"""The function's code, which is short enough to stand in the template."""
TIMEOUT_SECONDS = 60


def queue_check(plan: ForgePlan, watched: Operations, where: Scope) -> Resources:
    """Return the function with all that it takes; nothing where it is not asked for."""
    check, group = watched.queue_check, plan.logs.queue_check
    if check is None or group is None:
        return {}
    [identity] = queue_check_documents(plan, where)
    tags = tag_list(plan.labels.resources)
    description = f"{plan.environment_id}: looks at queues and compute environments"
    return {
        QUEUE_CHECK_LOG_GROUP: log_group(group, plan.labels.resources),
        QUEUE_CHECK_ROLE: role(plan, identity),
        QUEUE_CHECK_FUNCTION: Resource.of(
            lambda_.FUNCTION,
            FunctionName=check.name,
            Description=description,
            Runtime="python3.14",
            Handler="index.handler",
            Code={"ZipFile": SOURCE.read_text("utf-8")},
            MemorySize=128,
            Timeout=TIMEOUT_SECONDS,
            Environment={
                "Variables": {
                    "NAMESPACE": watched.namespace,
                    "QUEUES": " ".join(plan.compute.names),
                }
            },
            Role=get_att(QUEUE_CHECK_ROLE, "Arn"),
            LoggingConfig={"LogGroup": ref(QUEUE_CHECK_LOG_GROUP)},
            Tags=tags,
        ),
        QUEUE_CHECK_RULE: Resource.of(
            events.RULE,
            Description=description,
            ScheduleExpression=f"rate({check.every_minutes} minutes)",
            State="ENABLED",
            Targets=[{"Id": "Function", "Arn": get_att(QUEUE_CHECK_FUNCTION, "Arn")}],
            Tags=tags,
        ),
        QUEUE_CHECK_PERMISSION: Resource.of(
            lambda_.PERMISSION,
            FunctionName=ref(QUEUE_CHECK_FUNCTION),
            Action="lambda:InvokeFunction",
            Principal=EVENTS,
            SourceArn=get_att(QUEUE_CHECK_RULE, "Arn"),
        ),
    }
