# SPDX-License-Identifier: Apache-2.0
"""AWS Batch as a whole: which queues take whose jobs, on which environments and nodes."""

from __future__ import annotations

from seqera_batch.catalog.ids import NODE_LOG_GROUP
from seqera_batch.cloudformation.intrinsics import ref
from seqera_batch.config.check import ForgeConfig
from seqera_batch.node import job_volumes
from seqera_batch.plan.decision import Decisions
from seqera_batch.plan.definitions import JobDefinition, job_definitions
from seqera_batch.plan.environments import ComputeEnvironment, compute_environments
from seqera_batch.plan.logs import Logs
from seqera_batch.plan.nodes import NodeTemplate, node_templates
from seqera_batch.plan.queues import FairShare, JobQueue, fair_share, job_queues, queue_problems
from seqera_batch.plan.storage import FileSystem
from seqera_batch.problems import ConfigError, errors
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Whose tasks are submitted, and how urgent they are among the same's."""

    identifier: str
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """What runs jobs; in Manual mode only the names of queues that exist.

    Args:
        head_queue: Name of the queue of the Nextflow head job.
        compute_queue: Name of the queue of tasks.
        dragen_queue: Name of the queue of DRAGEN tasks.
        existing_queues: Names of further queues of tasks that exist.
        queues: The queues that are created.
        environments: The compute environments that are created.
        node_templates: What their EC2 nodes start with.
        fair_share: How queues for tasks share their capacity, where that is created.
        share: Under which identifier runs submit tasks; None where queues take none.
        volumes: Folders of nodes that job containers see, as `aws.batch.volumes` takes them.
        job_definitions: Job definitions for tasks that are created.

    Raises:
        ConfigError: A queue has environments that AWS Batch does not take together.
    """

    head_queue: str
    compute_queue: str
    dragen_queue: str | None = None
    existing_queues: tuple[str, ...] = ()
    queues: tuple[JobQueue, ...] = ()
    environments: tuple[ComputeEnvironment, ...] = ()
    node_templates: tuple[NodeTemplate, ...] = ()
    volumes: tuple[str, ...] = ()
    fair_share: FairShare | None = None
    share: Share | None = None
    job_definitions: tuple[JobDefinition, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what AWS Batch refuses."""
        by_key = {environment.key: environment for environment in self.environments}
        refused = tuple(queue_problems(self.queues, by_key))
        if errors(refused):
            raise ConfigError(refused)

    @property
    def further_queues(self) -> tuple[JobQueue, ...]:
        """The queues of tasks that Platform does not know."""
        known = {self.head_queue, self.compute_queue, self.dragen_queue}
        return tuple(queue for queue in self.queues if queue.name not in known)

    @property
    def task_queues(self) -> tuple[str, ...]:
        """Names of all queues that the head job submits tasks to, each once."""
        dragen = () if self.dragen_queue is None else (self.dragen_queue,)
        further = (queue.name for queue in self.further_queues)
        return tuple(dict.fromkeys((self.compute_queue, *dragen, *further, *self.existing_queues)))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all queues, created or existing, each once."""
        every = (self.head_queue, self.compute_queue, self.dragen_queue)
        names = (*every, *(queue.name for queue in self.queues))
        return tuple(dict.fromkeys(name for name in names if name is not None))

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Names of all queues that jobs of the environment may be in, each once."""
        return tuple(dict.fromkeys((*self.names, *self.existing_queues)))

    def behind(self, queue_name: str | None) -> tuple[ComputeEnvironment, ...]:
        """Return the environments of a queue in their order; none where it is not created."""
        by_key = {environment.key: environment for environment in self.environments}
        return tuple(
            by_key[key]
            for queue in self.queues
            if queue.name == queue_name
            for key in queue.environments
        )


def compute(
    config: ForgeConfig,
    mounted: tuple[FileSystem, ...],
    logs: Logs,
    decisions: Decisions,
) -> Compute:
    """Return what runs jobs."""
    forge = config.forge
    if forge is None:
        # The rule manual-needs-queues has made sure of both.
        assert config.head_queue is not None  # noqa: S101
        assert config.compute_queue is not None  # noqa: S101
        return Compute(
            head_queue=config.head_queue,
            compute_queue=config.compute_queue,
            dragen_queue=config.dragen_queue,
            existing_queues=config.aws.existing_queues,
            share=_share(config),
            volumes=config.volumes,
            job_definitions=job_definitions(
                config, config.volumes, None if config.fusion2_enabled else config.cli_path
            ),
        )
    environments = compute_environments(config, forge, decisions)
    queues = job_queues(config, decisions)
    templates = node_templates(
        config,
        forge,
        keys={key for environment in environments for key in environment.templates},
        mounts=tuple(system.mount(config.region) for system in mounted),
        # By reference, so that the group is there before the first node.
        log_group=None if logs.nodes is None else ref(NODE_LOG_GROUP),
        decisions=decisions,
    )
    by_key = {queue.key: queue.name for queue in queues}
    needed = (volume for template in templates for volume in job_volumes(template.setup))
    volumes = tuple(dict.fromkeys((*needed, *config.volumes)))
    cli = next((one.setup.aws_cli for one in templates), None)
    return Compute(
        head_queue=by_key.get("head") or by_key["all"],
        compute_queue=by_key.get("work") or by_key["all"],
        dragen_queue=by_key.get("dragen"),
        existing_queues=config.aws.existing_queues,
        queues=queues,
        environments=environments,
        node_templates=templates,
        volumes=volumes,
        job_definitions=job_definitions(config, volumes, None if cli is None else cli.path),
        fair_share=fair_share(config),
        share=_share(config),
    )


def _share(config: ForgeConfig) -> Share | None:
    said = config.aws.share
    if said is None:
        return None
    return Share(identifier=said.share_identifier, priority=said.scheduling_priority)
