# SPDX-License-Identifier: Apache-2.0
"""Ids of resources below `BatchForge`, where more than one place refers to them.

Part of the public contract: a renamed id replaces a resource in somebody's account.
"""

from __future__ import annotations

WORK_BUCKET = "WorkBucket"
WORK_BUCKET_POLICY = "WorkBucketPolicy"
KMS_KEY = "KmsKey"
EFS = "Efs"
FSX = "Fsx"
FSX_SECURITY_GROUP = "FsxSecurityGroup"
JOB_LOG_GROUP = "JobLogGroup"
NODE_LOG_GROUP = "NodeLogGroup"
FLOW_LOG_GROUP = "FlowLogGroup"
INSTANCE_PROFILE = "InstanceProfile"
NODE_SECURITY_GROUP = "NodeSecurityGroup"
SCHEDULING_POLICY = "SchedulingPolicy"
HEAD_JOB_DEFINITION = "HeadJobDefinition"
PLATFORM_ROLE = "PlatformRole"
PLATFORM_USER = "PlatformUser"
ACCESS_KEY_SECRET = "PlatformAccessKeySecret"  # noqa: S105 - the id of a resource
REGISTRATION = "Registration"
REGISTRATION_FUNCTION = "RegistrationFunction"
REGISTRATION_LOG_GROUP = "RegistrationLogGroup"
REGISTRATION_ROLE = "RegistrationRole"
REGISTRATION_SECURITY_GROUP = "RegistrationSecurityGroup"

OPERATIONS_TOPIC = "OperationsTopic"
OPERATIONS_TOPIC_POLICY = "OperationsTopicPolicy"
HEAD_JOB_RULE = "HeadJobFailedRule"
BLOCKED_QUEUE_RULE = "QueueBlockedRule"
TASK_FAILURES_ALARM = "TaskFailuresAlarm"
QUEUE_CHECK_FUNCTION = "QueueCheckFunction"
QUEUE_CHECK_ROLE = "QueueCheckRole"
QUEUE_CHECK_LOG_GROUP = "QueueCheckLogGroup"
QUEUE_CHECK_RULE = "QueueCheckRule"
QUEUE_CHECK_PERMISSION = "QueueCheckPermission"
UNUSABLE_ALARM = "UnusableAlarm"
FRONT_WAITS_ALARM = "FrontWaitsAlarm"
NODE_FAILURE_FILTER = "NodeFailureFilter"
NODE_FAILURES_ALARM = "NodeFailuresAlarm"
SPOT_RECLAIM_RULE = "SpotReclaimRule"
SPOT_RECLAIM_EVENTS = "SpotReclaimEvents"
SPOT_RECLAIM_EVENTS_POLICY = "SpotReclaimEventsPolicy"
SPOT_RECLAIMS_ALARM = "SpotReclaimsAlarm"
OPERATIONS_DASHBOARD = "OperationsDashboard"
OPERATIONS_BUDGET = "OperationsBudget"

_STARTS = {"all": ""}
"""How ids of queues and their like start, where it is not the key: `HeadJobQueue`, `JobQueue`."""


def id_of(key: str, kind: str) -> str:
    """Return the id of a queue, compute environment or launch template of the plan.

    Args:
        key: Its key, such as `head` or `big-disk`.
        kind: What it is, such as `JobQueue`.
    """
    start = _STARTS.get(key)
    if start is None:
        start = "".join(word[:1].upper() + word[1:] for word in key.replace("_", "-").split("-"))
    return f"{start}{kind}"
