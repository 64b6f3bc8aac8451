# SPDX-License-Identifier: Apache-2.0
"""A `nextflow.config` for the deployed queues, for people who run Nextflow without Platform."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping

from seqera_batch.catalog import defaults
from seqera_batch.catalog.names import head_job_definition_name
from seqera_batch.catalog.s3 import uri_of
from seqera_batch.catalog.work_directory import CLOUD_CACHE
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.head_job_definition import CONFIG_VARIABLE
from seqera_batch.handoff import choosing
from seqera_batch.handoff.groovy import block, quoted
from seqera_batch.handoff.settings import OWN_LINES, cli_path
from seqera_batch.handoff.target import Rendered
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import Problem, Severity


def render(plan: ForgePlan, roles: Mapping[str, str]) -> Rendered:
    """Return the configuration and the command that uses it."""
    return Rendered(
        text=nextflow_config(plan, roles),
        suffix=".config",
        commands=("nextflow -c {file} run PIPELINE", *_submitted(plan)),
        problems=tuple(_only_platform(plan.config)),
    )


def _submitted(plan: ForgePlan) -> tuple[str, ...]:
    """Return the command that starts a head job by the environment's definition, if it has one."""
    if plan.config.aws.head_job_definition is None:
        return ()
    script = (
        f'cd $(mktemp -d) && printf %s "${CONFIG_VARIABLE}" > nextflow.config && '
        "nextflow run PIPELINE"
    )
    overrides = json.dumps({"command": ["bash", "-c", script]})
    words = (
        *("aws", "batch", "submit-job", "--region", plan.region, "--job-name", "head"),
        *("--job-queue", plan.compute.head_queue),
        *("--job-definition", head_job_definition_name(plan.prefix, plan.name)),
        *("--container-overrides", overrides),
    )
    return (shlex.join(words),)


def nextflow_config(plan: ForgePlan, roles: Mapping[str, str]) -> str:
    """Return the text: what Platform would set from the same file, then the user's own lines.

    Args:
        plan: What was decided for its file.
        roles: ARN by kind of role; may hold tokens.
    """
    config, work = plan.config, plan.storage.work_dir
    blocks = [
        f"// Nextflow on AWS Batch: {config.name}",
        f"workDir = {quoted(str(work))}",
        "\n".join(block("process", _process(plan))),
        "\n".join(
            block("aws", [f"region = {quoted(plan.region)}", *block("batch", _batch(plan, roles))])
        ),
    ]
    if config.wave_enabled:
        blocks.append("\n".join(block("wave", ["enabled = true"])))
    if config.fusion2_enabled:
        lines = ["enabled = true"]
        if config.fusion_snapshots:
            lines.append("snapshots = true")
        blocks.append("\n".join(block("fusion", lines)))
    if work.bucket is not None:
        # Seqera's page: a cloudcache folder in the bucket of the work directory.
        path = uri_of(work.bucket, f"{CLOUD_CACHE}/.cache")
        blocks.append("\n".join(block("cloudcache", ["enabled = true", f"path = '{path}'"])))
    variables = [
        f"{variable.name} = {quoted(variable.value)}"
        for variable in config.environment
        if variable.compute
    ]
    if variables:
        blocks.append("\n".join(block("env", variables)))
    if config.nextflow_config:
        blocks.append(f"{OWN_LINES}\n{config.nextflow_config}")
    return "\n\n".join(blocks).rstrip("\n") + "\n"


def _process(plan: ForgePlan) -> Iterator[str]:
    config = plan.config
    yield "executor = 'awsbatch'"
    yield from choosing.main_queue(plan)
    if config.forge is not None and config.forge.arm64_enabled:
        yield "arch = 'linux/arm64'"
    if config.fusion2_enabled:
        # Fusion writes to the work directory itself; a copy through a scratch folder is waste.
        yield "scratch = false"
    yield from choosing.scratch(plan)
    if config.fusion_snapshots and not choosing.falls_back(plan):
        # AWS Batch tries again where a node was taken back; what could not be saved or restored
        # ends with a code of its own. The others are those that nf-core's pipelines try again.
        codes = " + ".join(("(130..145)", *map(str, (104, *defaults.SNAPSHOT_EXIT_CODES))))
        yield f"errorStrategy = {{ task.exitStatus in ({codes}) ? 'retry' : 'finish' }}"
        yield f"maxRetries = {defaults.SNAPSHOT_RETRIES}"
    if config.labels:
        pairs = ", ".join(
            f"{quoted(name)}: {quoted(value)}" for name, value in config.labels.items()
        )
        yield f"resourceLabels = [{pairs}]"
    if plan.compute.dragen_queue is not None:
        yield from block("withLabel: 'dragen'", [f"queue = {quoted(plan.compute.dragen_queue)}"])
    yield from choosing.selectors(plan)


def _batch(plan: ForgePlan, roles: Mapping[str, str]) -> Iterator[str]:
    yield f"jobRole = {quoted(roles['ComputeJobRole'])}"
    yield f"executionRole = {quoted(roles['ExecutionRole'])}"
    cli = cli_path(plan)
    if cli is not None:
        yield f"cliPath = {quoted(cli)}"
    if plan.compute.volumes:
        yield f"volumes = [{', '.join(map(quoted, plan.compute.volumes))}]"
    if plan.logs.names_jobs:
        yield f"logsGroup = {quoted(plan.logs.jobs.name)}"
    tasks = (one for name in plan.compute.task_queues for one in plan.compute.behind(name))
    if any(environment.type == "SPOT" for environment in tasks):
        attempts = (
            defaults.FALLBACK_SPOT_ATTEMPTS if choosing.falls_back(plan) else defaults.SPOT_ATTEMPTS
        )
        yield f"maxSpotAttempts = {attempts}"
    yield from choosing.share_of(plan)
    yield "terminateUnschedulableJobs = true"


def _only_platform(config: ForgeConfig) -> Iterator[Problem]:
    """Yield the settings that only Platform's launcher acts on."""
    shell = ", ".join(variable.name for variable in config.environment if variable.head)
    for path, given, how in (
        ("environment", shell, "export these before nextflow"),
        ("pre_run_script", config.pre_run_script, "run it before nextflow"),
        ("post_run_script", config.post_run_script, "run it after nextflow"),
    ):
        if given:
            yield Problem(
                "left-aside",
                path,
                f"a nextflow.config cannot set up the shell of the head job: {how}",
                severity=Severity.NOTICE,
                value=shell if path == "environment" else None,
            )
