# SPDX-License-Identifier: Apache-2.0
"""The rule `PrivilegedJobDefinition`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqera_batch.nag.model import is_true, listed, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seqera_batch.nag.model import Finding, Found, Stack


@rule(
    "PrivilegedJobDefinition",
    fix="leave Privileged out, or acknowledge the rule with what needs it",
    sources=("https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html",),
)
def privileged_job_definition(stack: Stack) -> Iterator[Finding]:
    """Containers of a job definition are not privileged.

    A privileged container is root on its node: it reads the other jobs there and the
    credentials of the instance role. Few need it; mounting file systems such as Fusion from
    inside is one reason.
    """
    for definition in stack.all("AWS::Batch::JobDefinition"):
        for path, container in _containers(definition):
            if is_true(container.get("Privileged")):
                yield definition.says(f"{path}.Privileged", "the container is privileged")


def _containers(definition: Found) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every place that describes a container: one, several of a task, of many nodes."""
    nodes = "NodeProperties.NodeRangeProperties"
    places = [("", definition.properties)] + [
        (f"{nodes}[{number}].", one)
        for number, one in enumerate(listed(definition.get(nodes)))
        if isinstance(one, dict)
    ]
    for path, place in places:
        for name in ("ContainerProperties", "Container"):
            if isinstance(place.get(name), dict):
                yield f"{path}{name}", place[name]
        tasks = (place.get("EcsProperties") or {}).get("TaskProperties")
        for task, one in enumerate(listed(tasks)):
            for number, container in enumerate(listed(one.get("Containers"))):
                yield f"{path}EcsProperties.TaskProperties[{task}].Containers[{number}]", container
