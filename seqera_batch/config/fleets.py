# SPDX-License-Identifier: Apache-2.0
"""What runs tasks, in one list: the environments of the main queue, then of `aws.queues`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.config.node_fleets import TaskNodes
from seqera_batch.config.queue_names import main_queue
from seqera_batch.config.queues import EveryQueue, TaskEnvironment
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A compute environment for tasks, as the file has it.

    Args:
        key: Key of the environment, by which its resource is named.
        queue: Key of its queue.
        path: The section of the file.
        said: What the section says.
        kept: How its nodes are kept, and what their disks are like.
        kept_path: The section that says that.
        strategy: How AWS Batch picks among its types, where the file says it.
        overridden: The environment of which these are some of the types; None for a whole one.
    """

    key: str
    queue: str
    path: str
    said: ForgeSettings | TaskEnvironment
    kept: TaskNodes
    kept_path: str
    strategy: str | None
    overridden: Fleet | None = None

    @property
    def architecture(self) -> str:
        """Architecture of its processors, as the file has it."""
        return "arm64" if self.said.arm64_enabled else "x86_64"

    @property
    def overrides(self) -> Iterator[Fleet]:
        """The environment as some of its instance types have it, one for each of `overrides`."""
        for index, one in enumerate(self.kept.overrides):
            path = f"{self.kept_path}.overrides[{index}]"
            changed = {name: value for name, value in one if value is not None}
            said = {name: changed.pop(name) for name in _OF_TYPES if name in changed}
            if "image_id" in said:
                changed = {"root_device": None} | changed
            if changed.get("ebs_volume_type", self.kept.ebs_volume_type) != (
                self.kept.ebs_volume_type
            ):
                # Another kind of disk takes other numbers.
                changed = {"ebs_iops": None, "ebs_throughput": None} | changed
            yield replace(
                self,
                key=f"{self.key}-types-{index + 1}",
                path=path,
                said=self.said.model_copy(update=said),
                kept=self.kept.model_copy(update={"overrides": (), **changed}),
                kept_path=path,
                overridden=self,
            )


_OF_TYPES = ("instance_types", "image_id", "ebs_boot_size")


def fleets(config: EnvironmentFile) -> Iterator[Fleet]:
    """Yield the compute environments for tasks in the order of the file; none in Manual mode."""
    if config.forge is None:
        return
    key = main_queue(config.forge)
    main = config.aws.compute
    yield Fleet(
        key=key,
        queue=key,
        path="forge",
        said=config.forge,
        kept=main,
        kept_path="aws.compute",
        strategy=main.alloc_strategy or config.forge.alloc_strategy,
    )
    yield from _behind(key, "aws.compute", main)
    for index, queue in enumerate(config.aws.queues):
        path = f"aws.queues[{index}]"
        yield _of_section(queue.name, queue.name, path, queue)
        yield from _behind(queue.name, path, queue)


def node_fleets(config: EnvironmentFile) -> Iterator[Fleet]:
    """Yield what nodes for tasks are like: each environment, then its types that differ."""
    for fleet in fleets(config):
        yield fleet
        yield from fleet.overrides


@dataclass(frozen=True, slots=True, kw_only=True)
class BootImage:
    """What nodes boot from, as one section of the file has it.

    Args:
        image_id: The own AMI; None for one of AWS's.
        named_by: The fields that may name it.
        path: The field that says the root device.
        root_device: The root device, where that field says it.
    """

    image_id: str | None
    named_by: tuple[str, ...]
    path: str
    root_device: str | None


def boot_images(config: EnvironmentFile) -> Iterator[BootImage]:
    """Yield what nodes boot from, for head jobs, tasks and DRAGEN."""
    forge, head = config.forge, config.aws.head
    if forge is None:
        return
    if forge.type == "SPOT" and not forge.fargate_head_enabled:
        yield BootImage(
            image_id=head.image_id or forge.image_id,
            named_by=("aws.head.image_id", "forge.image_id"),
            path="aws.head.root_device",
            root_device=head.root_device,
        )
    for fleet in node_fleets(config):
        yield BootImage(
            image_id=fleet.said.image_id or forge.image_id,
            named_by=(f"{fleet.path}.image_id", "forge.image_id"),
            path=f"{fleet.kept_path}.root_device",
            root_device=fleet.kept.root_device,
        )
    if forge.dragen_enabled:
        yield BootImage(
            image_id=forge.dragen_ami_id,
            named_by=("forge.dragen_ami_id",),
            path="aws.dragen_root_device",
            root_device=config.aws.dragen_root_device,
        )


def root_device(config: EnvironmentFile, image_id: str | None) -> str | None:
    """Return the root device of an own AMI: it is the image's, whichever section says it."""
    said = (one.root_device for one in boot_images(config) if one.image_id == image_id is not None)
    return next((name for name in said if name is not None), None)


def _behind(queue: str, path: str, said: EveryQueue) -> Iterator[Fleet]:
    for index, one in enumerate(said.further_environments):
        path_of_one = f"{path}.further_environments[{index}]"
        yield _of_section(f"{queue}-{index + 2}", queue, path_of_one, one)


def _of_section(key: str, queue: str, path: str, said: TaskEnvironment) -> Fleet:
    return Fleet(
        key=key,
        queue=queue,
        path=path,
        said=said,
        kept=said,
        kept_path=path,
        strategy=said.alloc_strategy,
    )
