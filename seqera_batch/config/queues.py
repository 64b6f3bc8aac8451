# SPDX-License-Identifier: Apache-2.0
"""Further queues for tasks, beside the one that Platform knows, and what chooses among them."""

from typing import Literal

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.forge import ProvisioningModel
from seqera_batch.config.formats import (
    AmiId,
    Amount,
    Flag,
    InstanceTypeName,
    Number,
    QueueKey,
    QueueName,
    Selector,
)
from seqera_batch.config.node_fleets import TaskNodes
from seqera_batch.config.settings import Effect, Section, setting

BatchStrategy = Literal[
    "BEST_FIT",
    "BEST_FIT_PROGRESSIVE",
    "BEST_FIT_PROGRESSIVE_ORDERED",
    "SPOT_CAPACITY_OPTIMIZED",
    "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
    "SPOT_PRICE_CAPACITY_OPTIMIZED",
]


OrderedStrategy = Literal["BEST_FIT_PROGRESSIVE_ORDERED", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"]


class TaskEnvironment(TaskNodes, source=sources.AWS_BATCH_API_COMPUTE):
    """A compute environment for tasks, in the words that the `forge` section has for its own."""

    type: ProvisioningModel = setting(effect=Effect.ROLLING)
    """Provisioning model: Spot or On-Demand (`EC2`) instances."""
    max_cpus: Amount = setting(effect=Effect.IN_PLACE, ge=1)
    """Most vCPUs that run at a time in it."""
    min_cpus: Amount = setting(
        default=defaults.MIN_CPUS,
        omitted="0: nothing runs, and nothing costs, while no job waits",
        effect=Effect.IN_PLACE,
        ge=0,
    )
    """vCPUs that stay on without jobs; they cost money all the time."""
    instance_types: tuple[InstanceTypeName, ...] = setting(
        default=(),
        omitted="as `forge.instance_types` where that is left out",
        effect=Effect.ROLLING,
    )
    """Instance families or types that AWS Batch may start, of one architecture."""
    gpu_enabled: Flag = setting(
        default=False,
        omitted="nodes use the image without GPU drivers",
        effect=Effect.ROLLING,
        source=sources.AWS_BATCH_AMI,
    )
    """Use the ECS image with NVIDIA drivers; GPU instance types must be listed."""
    arm64_enabled: Flag = setting(default=False, omitted="x86-64 instances", effect=Effect.ROLLING)
    """Graviton (ARM64) instances; the containers of its tasks must be made for them."""
    alloc_strategy: BatchStrategy | None = setting(
        default=None,
        omitted=f"{defaults.ALLOCATION_STRATEGY_SPOT} for Spot, "
        f"{defaults.ALLOCATION_STRATEGY_ON_DEMAND} for On-Demand",
        effect=Effect.ALLOCATION,
        source=sources.AWS_BATCH_ALLOCATION,
    )
    """How AWS Batch picks among the instance types."""
    bid_percentage: Number | None = setting(
        default=None, omitted="100, AWS's default and advice", effect=Effect.ROLLING, ge=1, le=100
    )
    """Highest Spot price to pay, in percent of the On-Demand price."""
    image_id: AmiId | None = setting(
        default=None,
        omitted="`forge.image_id`, else the newest image that AWS Batch knows",
        effect=Effect.ROLLING,
        source=sources.AWS_BATCH_AMI,
    )
    """Own AMI of its nodes."""
    ebs_boot_size: Number | None = setting(
        default=None,
        omitted="as `forge.ebs_boot_size`",
        effect=Effect.ROLLING,
        source=sources.AWS_EBS,
        ge=limits.EBS_GB_MIN,
        le=limits.EBS_GB_MAX,
    )
    """Size of the boot disk in GB; containers and scratch files live on it."""


class QueueSettings(Section, source=sources.AWS_BATCH_API_QUEUES):
    """What a queue for tasks has, whatever is behind it."""

    name: QueueKey = setting(effect=Effect.NEW_QUEUES, max_length=limits.QUEUE_KEY_CHARACTERS)
    """Short name of the queue in this file; its name in AWS ends with it."""
    queue_name: QueueName | None = setting(
        default=None, omitted="`<prefix>-<environment>-<name>`", effect=Effect.NEW_QUEUES
    )
    """Name in AWS, where pipelines know another than the pattern's."""
    process_labels: tuple[Selector, ...] | None = setting(
        default=None,
        omitted="its short name; none with `process_names`, or as `fallback_queue` of another",
        effect=Effect.PLATFORM,
        source=sources.NEXTFLOW_SELECTORS,
    )
    """Labels of the processes that run in it (`withLabel` in Nextflow's configuration)."""
    process_names: tuple[Selector, ...] = setting(
        default=(), effect=Effect.PLATFORM, source=sources.NEXTFLOW_SELECTORS
    )
    """Names of the processes that run in it (`withName` in Nextflow's configuration)."""


class EveryQueue(Section, source=sources.SEQERA_SPOT):
    """What every queue for tasks may have: a fallback, and further environments behind it."""

    fallback_queue: QueueName | None = setting(
        default=None,
        omitted="tasks are run again in the same queue, if they are",
        effect=Effect.PLATFORM,
    )
    """Where tasks are run again, by its short name among `aws.queues`, or by its name among
    `aws.existing_queues`: mostly a queue of On-Demand instances behind Spot.
    """
    fallback_after: Number = setting(
        default=defaults.FALLBACK_AFTER,
        omitted=f"{defaults.FALLBACK_AFTER}: the second attempt is there",
        effect=Effect.PLATFORM,
        ge=1,
        le=limits.FALLBACK_AFTER_MAX,
    )
    """Attempts of a task before it goes to `fallback_queue`."""
    enabled: Flag = setting(
        default=True, effect=Effect.IN_PLACE, source=sources.AWS_BATCH_API_QUEUES
    )
    """Whether the queue takes jobs; those in it go on."""
    further_environments: tuple[TaskEnvironment, ...] = setting(
        default=(),
        omitted="none: the queue has one environment",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_ENVIRONMENTS,
    )
    """Compute environments behind the queue's own, in order: AWS Batch takes one only where those
    before it are INVALID or have no instance that fits the job.
    """


class TaskQueue(TaskEnvironment, EveryQueue, QueueSettings):
    """A further queue for tasks, with the compute environment behind it."""


class MainQueue(TaskNodes, EveryQueue):
    """The queue of tasks that Platform knows, where the `forge` section has no word for it."""

    alloc_strategy: OrderedStrategy | None = setting(
        default=None,
        omitted="`forge.alloc_strategy`",
        effect=Effect.ALLOCATION,
        source=sources.AWS_BATCH_ALLOCATION,
    )
    """Strategies that go by the order of `forge.instance_types`, which Platform's form has not."""
