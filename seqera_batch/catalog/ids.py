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
