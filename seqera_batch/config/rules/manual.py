# SPDX-License-Identifier: Apache-2.0
"""Rules about Manual mode, and about not mixing it with Forge mode."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.config.settings import Mode, said_only_for


@rule("manual-needs-queues", source=sources.SEQERA_MANUAL_SETUP)
def manual_needs_queues(config: EnvironmentFile) -> Breaches:
    """An environment either creates its queues or names both."""
    if config.forge is not None:
        return
    for field in ("head_queue", "compute_queue"):
        if getattr(config, field) is None:
            yield Breach(
                path=field,
                message="without a forge section the environment needs the name of this queue",
                allowed="the name of an existing AWS Batch job queue",
                fix=f"add {field}, or a forge section with max_cpus to create queues",
                about=("forge",),
            )


@rule("forge-or-queues", source=sources.SEQERA_AWS_BATCH)
def forge_or_queues(config: EnvironmentFile) -> Breaches:
    """An environment that creates its queues names none."""
    if config.forge is None:
        return
    for path in said_only_for(Mode.MANUAL, config):
        yield Breach(
            path=path,
            message="a forge section creates queues, so none can be named here",
            allowed="nothing beside a forge section",
            fix=f"remove {path} (aws.queue_names names created queues), or remove forge",
            about=("forge",),
        )


@rule("dragen-queue-pair", source=sources.SEQERA_DRAGEN)
def dragen_queue_pair(config: EnvironmentFile) -> Breaches:
    """The instance type for DRAGEN goes with the queue for DRAGEN."""
    if config.forge is None and config.dragen_instance_type and config.dragen_queue is None:
        yield Breach(
            path="dragen_instance_type",
            message="the instance type has no effect without a queue",
            allowed="nothing without dragen_queue",
            fix="add dragen_queue, or remove dragen_instance_type",
            about=("dragen_queue", "forge"),
        )


@rule("manual-unused-settings", source=sources.SEQERA_MANUAL_SETUP)
def manual_unused_settings(config: EnvironmentFile) -> Breaches:
    """In Manual mode only settings are given that can have an effect."""
    if config.forge is not None:
        return
    for path in said_only_for(Mode.FORGE, config):
        yield Breach(
            path=path,
            message="without a forge section nothing is created that this could apply to",
            value=None,
            allowed="nothing in Manual mode",
            fix=f"remove {path}, or add a forge section",
            about=("forge",),
        )


@rule("environment-targets", source=sources.SEQERA_TERRAFORM)
def environment_targets(config: EnvironmentFile) -> Breaches:
    """Every variable goes to the head job, the compute jobs, or both."""
    for index, variable in enumerate(config.environment):
        if not variable.head and not variable.compute:
            yield Breach(
                path=f"environment[{index}]",
                message=f"the variable {variable.name} goes nowhere",
                value=variable.name,
                allowed="head: true, compute: true, or both",
                fix="set one of them, or remove the variable",
            )
