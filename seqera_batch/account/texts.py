# SPDX-License-Identifier: Apache-2.0
"""Which answer a text of AWS, or a line of a log, leads to.

A text is compared by a part of it: whole texts change, in their dashes if nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_status_reasons.html
BLOCKED: Final = {
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY": "waits-for-capacity",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE": "waits-for-larger-environment",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT": "waits-for-larger-node",
    "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED": "waits-for-offered-types",
    "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS": "waits-for-service-role",
    "ACTION_REQUIRED": "waits-for-valid-environment",
    "UNDETERMINED": "waits-undetermined",
}
"""By how the `statusReason` of a job in RUNNABLE begins."""

INVALID: Final = {
    "sts:AssumeRole": "invalid-service-role",
    "ecs:UpdateCluster": "invalid-cluster-update",
    # An action may have the name of what another entry is about.
    "not authorized to perform": "invalid-permission",
    "IamInstanceProfile": "invalid-instance-profile",
    "IamFleetRole": "invalid-fleet-role",
    "aunch template": "invalid-launch-template",
    "LaunchTemplate": "invalid-launch-template",
    "Clusters can not be blank": "invalid-cluster",
    "ClusterNotFound": "invalid-cluster",
    "none of the instances joined": "invalid-nodes",
    "subnet": "invalid-network",
    "Subnet": "invalid-network",
    "security group": "invalid-network",
    "": "invalid-otherwise",
}
"""By what stands in the `statusReason` of an environment that is INVALID; the first one counts."""

SCALING: Final = {
    "VcpuLimitExceeded": "scaling-quota",
    "vCPU capacity than your current": "scaling-quota",
    "InstanceLimitExceeded": "scaling-quota",
    "Your quota allows for": "scaling-quota",
    "MaxSpotInstanceCountExceeded": "scaling-quota",
    "Max spot instance count exceeded": "scaling-quota",
    "spotInstanceCountLimitExceeded": "scaling-quota",
    "VolumeLimitExceeded": "scaling-storage",
    "storage limit": "scaling-storage",
    "InsufficientInstanceCapacity": "scaling-capacity",
    "UnfulfillableCapacity": "scaling-capacity",
    "do not have sufficient": "scaling-capacity",
    "no Spot capacity": "scaling-capacity",
    "SpotMaxPriceTooLow": "scaling-price",
    "Spot request price": "scaling-price",
    "free addresses": "scaling-addresses",
    "is not supported in your requested": "scaling-unsupported",
    "configuration is currently not supported": "scaling-unsupported",
    "Client.InternalError": "scaling-key",
    "Client.InvalidKMSKey": "scaling-key",
    "iamFleetRoleInvalid": "scaling-fleet-role",
    "not authorized": "scaling-denied",
    "UnauthorizedOperation": "scaling-denied",
    "OptInRequired": "scaling-terms",
    "aws.amazon.com/marketplace": "scaling-terms",
    "IAM Instance Profile": "scaling-profile",
    "subnet ID": "scaling-network",
    "InvalidSubnetID": "scaling-network",
    "security group": "scaling-network",
    "aunch template": "scaling-template",
    "LaunchTemplate": "scaling-template",
    "InvalidAMIID": "scaling-template",
    "image id": "scaling-template",
    "authorized for images": "scaling-template",
    "AMI": "scaling-template",
    "ConfigurationInvalid": "scaling-template",
    "": "scaling-otherwise",
}
"""By what stands in the `StatusMessage` of a scaling activity that failed, or in an error of Spot
Fleet; the first one counts. Auto Scaling's are as people quote them: AWS lists some only."""

STOPPED: Final = {
    "Canceled by JobStateTimeLimit": "job-cancelled-by-limit",
    "exec format error": "wrong-architecture",
    "image manifest does not contain descriptor matching platform": "wrong-architecture",
    "CannotPullContainer": "image-not-pulled",
    "CannotPullECRContainer": "image-not-pulled",
    "ResourceInitializationError": "resources-not-ready",
    "OutOfMemory": "memory-too-small",
    "CannotStartContainer": "container-not-started",
    "CannotCreateContainer": "container-not-started",
    "Host EC2": "node-ended-under-job",
    "exceeded timeout": "job-timed-out",
}
"""By what stands in the reasons of a job that failed, its attempt and its container."""

SAID: Final = {
    r"exec format error": "wrong-architecture",
    r"No space left on device": "run-disk-full",
    r"java\.lang\.OutOfMemoryError": "run-out-of-heap",
    r"[Uu]nable to (?:locate|load) (?:AWS )?credentials": "run-without-role",
    r"\(AccessDenied(?:Exception)?\) when calling": "run-denied",
    r"Access Denied \(Service: ": "run-denied",
    r"Error Code: AccessDenied": "run-denied",
    r"AccessDeniedException: (?:/|s3:|User: )": "run-denied",
    r"is not authorized to perform: ": "run-denied",
    r"bucket must be provided as working directory": "run-without-work-dir",
    r"Missing \S.{0,40} access token": "run-without-licence",
    r"variable TOWER_ACCESS_TOKEN in your environment": "run-without-licence",
    r"[Uu]nable to validate Fusion license": "run-without-licence",
    r"JobQueue\b.{0,200}\b(?:not found|does not exist|not ENABLED|(?i:disabled))": (
        "run-without-queue"
    ),
}
"""By whole errors at the end of the log of a job that ran: words alone stand in banners too."""
_WARNING: Final = re.compile(r"\bWARN(?:ING)?\b")


def first(table: dict[str, str], text: str) -> str | None:
    """Return the leaf of the first entry that stands in a text; None where none does."""
    return next((leaf for part, leaf in table.items() if part in text), None)


def said(lines: Iterable[str]) -> str | None:
    """Return the leaf of what a job that ran said last of itself; None where nothing is known.

    Args:
        lines: The end of its log. It went on after what it only warned of.
    """
    text = "\n".join(line for line in lines if not _WARNING.search(line))
    return next((leaf for error, leaf in SAID.items() if re.search(error, text)), None)
