# SPDX-License-Identifier: Apache-2.0
"""Rules about Manual mode, and about not mixing it with Forge mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import sources
from seqera_batch.config.aws import AwsSettings
from seqera_batch.config.rules.rule import Finding, Findings, rule

if TYPE_CHECKING:
    from seqera_batch.config.environment import EnvironmentFile

FORGE_ONLY = ("network", "head", "queue_names", "job_state_limits", "update", "image_type", "efs",
              "fsx", "aws_cli", "logs", "destroy_data")  # fmt: skip
"""Parts of the aws section that speak of resources which only Forge mode creates."""


@rule("manual-needs-queues", source=sources.SEQERA_MANUAL_SETUP)
def manual_needs_queues(config: EnvironmentFile) -> Findings:
    """An environment either creates its queues or names both."""
    if config.forge is not None:
        return
    for field in ("head_queue", "compute_queue"):
        if getattr(config, field) is None:
            yield Finding(
                path=field,
                message="without a forge section the environment needs the name of this queue",
                allowed="the name of an existing AWS Batch job queue",
                fix=f"add {field}, or a forge section with max_cpus to create queues",
                about=("forge",),
            )


@rule("forge-or-queues", source=sources.SEQERA_AWS_BATCH)
def forge_or_queues(config: EnvironmentFile) -> Findings:
    """An environment that creates its queues names none."""
    if config.forge is None:
        return
    for field in ("head_queue", "compute_queue", "dragen_queue", "dragen_instance_type"):
        value = getattr(config, field)
        if value is not None:
            yield Finding(
                path=field,
                message="a forge section creates queues, so none can be named here",
                value=value,
                allowed="nothing beside a forge section",
                fix=f"remove {field} (aws.queue_names names created queues), or remove forge",
                about=("forge",),
            )


@rule("dragen-queue-pair", source=sources.SEQERA_DRAGEN)
def dragen_queue_pair(config: EnvironmentFile) -> Findings:
    """The instance type for DRAGEN goes with the queue for DRAGEN."""
    if config.forge is None and config.dragen_instance_type and config.dragen_queue is None:
        yield Finding(
            path="dragen_instance_type",
            message="the instance type has no effect without a queue",
            value=config.dragen_instance_type,
            allowed="nothing without dragen_queue",
            fix="add dragen_queue, or remove dragen_instance_type",
            about=("dragen_queue", "forge"),
        )


@rule("manual-unused-settings", source=sources.SEQERA_MANUAL_SETUP)
def manual_unused_settings(config: EnvironmentFile) -> Findings:
    """In Manual mode only settings are given that can have an effect."""
    if config.forge is not None:
        return
    for field in FORGE_ONLY:
        if getattr(config.aws, field) != AwsSettings.model_fields[field].default:
            yield Finding(
                path=f"aws.{field}",
                message="without a forge section nothing is created that this could apply to",
                allowed="nothing in Manual mode",
                fix=f"remove aws.{field}, or add a forge section",
                about=("forge",),
            )


@rule("environment-targets", source=sources.SEQERA_TERRAFORM)
def environment_targets(config: EnvironmentFile) -> Findings:
    """Every variable goes to the head job, the compute jobs, or both."""
    for index, variable in enumerate(config.environment):
        if not variable.head and not variable.compute:
            yield Finding(
                path=f"environment[{index}]",
                message=f"the variable {variable.name} goes nowhere",
                value=variable.name,
                allowed="head: true, compute: true, or both",
                fix="set one of them, or remove the variable",
            )
