# SPDX-License-Identifier: Apache-2.0
"""What AWS Batch takes in a job definition for EC2, and what in one for Fargate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.lifecycle.emulator.batch_rules import BatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]

ONLY_EC2: Final = frozenset({"instanceType", "memory", "privileged", "ulimits", "vcpus"})
ONLY_FARGATE: Final = frozenset(
    {"ephemeralStorage", "fargatePlatformConfiguration", "networkConfiguration", "runtimePlatform"}
)
"""Members of `containerProperties`, by their documentation in the API's model."""

MEMORY_OF_CPUS: Final = {
    "0.25": (512, 1024, 2048),
    "0.5": tuple(range(1024, 4096 + 1, 1024)),
    "1": tuple(range(2048, 8192 + 1, 1024)),
    "2": tuple(range(4096, 16384 + 1, 1024)),
    "4": tuple(range(8192, 30720 + 1, 1024)),
    "8": tuple(range(16384, 61440 + 1, 4096)),
    "16": tuple(range(32768, 122880 + 1, 8192)),
}
"""MiB by vCPUs: https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html"""


def is_fargate(definition: Record) -> bool:
    """Whether a definition is for Fargate; without a word it is for EC2."""
    return "FARGATE" in definition.get("platformCapabilities", ())


def check(definition: Record) -> None:
    """Refuse a definition with what its kind does not take, or without what it needs."""
    find = _of_fargate if is_fargate(definition) else _of_ec2
    if found := list(find(definition)):
        raise BatchError("definition-fargate", "; ".join(found))


def _of_ec2(definition: Record) -> Iterator[str]:
    for name in sorted(definition.get("containerProperties", {}).keys() & ONLY_FARGATE):
        yield f"{name} is for Fargate"


def _of_fargate(definition: Record) -> Iterator[str]:
    if definition["type"] != "container":
        yield f"type {definition['type']} is not for Fargate"
    container = definition.get("containerProperties", {})
    for name in sorted(container.keys() & ONLY_EC2):
        yield f"{name} is not for Fargate"
    if any("host" in volume for volume in container.get("volumes", ())):
        yield "volumes of the host are not for Fargate"
    if "executionRoleArn" not in container:
        yield "executionRoleArn is required on Fargate"
    asked = {one["type"]: one["value"] for one in container.get("resourceRequirements", ())}
    if int(asked.get("MEMORY", 0)) not in MEMORY_OF_CPUS.get(asked.get("VCPU", ""), ()):
        yield f"{asked} is no size of Fargate"
