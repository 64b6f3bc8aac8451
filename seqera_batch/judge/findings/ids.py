# SPDX-License-Identifier: Apache-2.0
"""Resources that AWS itself names: no policy can hold a name that somebody chose."""

from __future__ import annotations

_ASSIGNED: dict[str, dict[str, str]] = {
    "batch": {"job": ""},
    "ec2": {
        "image": "ami-",
        "instance": "i-",
        "internet-gateway": "igw-",
        "launch-template": "lt-",
        "network-interface": "eni-",
        "route-table": "rtb-",
        "security-group": "sg-",
        "security-group-rule": "sgr-",
        "snapshot": "snap-",
        "spot-instances-request": "sir-",
        "subnet": "subnet-",
        "volume": "vol-",
        "vpc": "vpc-",
        "vpc-endpoint": "vpce-",
    },
    "ecs": {"container-instance": "", "task": ""},
    "elasticfilesystem": {"access-point": "fsap-", "file-system": "fs-"},
    "fsx": {"file-system": "fs-"},
    "kms": {"key": ""},
}
"""Service, type and how its ids start; empty where they start in no fixed way.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html, and the services' own
references.
"""


def is_assigned(service: str, kind: str) -> bool:
    """Whether AWS names resources of a type."""
    return kind in _ASSIGNED.get(service, {})


def start_of_ids(service: str, kind: str) -> str | None:
    """Return how the ids of a type start; None where that is not fixed."""
    return _ASSIGNED.get(service, {}).get(kind) or None
