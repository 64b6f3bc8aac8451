# SPDX-License-Identifier: Apache-2.0
"""Rules about queues and job definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seqera_batch.catalog import sources
from seqera_batch.nag.model import (
    Fault,
    Level,
    Stack,
    TemplateResource,
    is_true,
    listed,
    provisioning,
    rule,
    target,
)


@rule("Ec2AndFargateInOneQueue", fix="make a queue for each", sources=(sources.AWS_BATCH_FARGATE,))
def ec2_and_fargate_in_one_queue(stack: Stack) -> Iterator[Fault]:
    """A queue's environments are all on EC2 or all on Fargate.

    AWS Batch refuses a queue that mixes them: a job definition is for one or the other.
    """
    kinds = {one.logical_id: provisioning(one) for one in stack.environments}
    for queue in stack.all("AWS::Batch::JobQueue"):
        path = "ComputeEnvironmentOrder"
        behind = [
            kinds.get(target(one.get("ComputeEnvironment")) or "")
            for one in listed(queue.get(path))
            if isinstance(one, dict)
        ]
        found = {kind.startswith("FARGATE") for kind in behind if kind is not None}
        if len(found) > 1:
            yield queue.says(path, "environments on EC2 and on Fargate are mixed")


@rule(
    "NoJobStateLimits",
    level=Level.WARNING,
    fix="add JobStateTimeLimitActions for the reasons that never pass",
    sources=(sources.AWS_BATCH_TIME_LIMITS,),
)
def no_job_state_limits(stack: Stack) -> Iterator[Fault]:
    """A queue cancels jobs that can never start.

    A job that asks for more than any instance has stays RUNNABLE for ever, at the head of the
    queue, and holds up the jobs behind it; the pipeline waits without a message.
    """
    for queue in stack.all("AWS::Batch::JobQueue"):
        if not queue.get("JobStateTimeLimitActions"):
            yield queue.says("JobStateTimeLimitActions", "there are none")


@rule(
    "PrivilegedJobDefinition",
    fix="leave Privileged out, or acknowledge the rule with what needs it",
    sources=("https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html",),
)
def privileged_job_definition(stack: Stack) -> Iterator[Fault]:
    """Containers of a job definition are not privileged.

    A privileged container is root on its node: it reads the other jobs there and the
    credentials of the instance role. Few need it; mounting file systems such as Fusion from
    inside is one reason.
    """
    for definition in stack.all("AWS::Batch::JobDefinition"):
        for path, container in _containers(definition):
            if is_true(container.get("Privileged")):
                yield definition.says(f"{path}.Privileged", "the container is privileged")


def _containers(definition: TemplateResource) -> Iterator[tuple[str, Mapping[str, Any]]]:
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
