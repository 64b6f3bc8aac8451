# SPDX-License-Identifier: Apache-2.0
"""Rules about images, user data and logs of the nodes."""

from __future__ import annotations

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule

NODE_SCRIPT_RESERVE_BYTES = 11 * 1024
"""What our own scripts may take of the user data; a test holds them to it."""


@rule("ecs-config-size", source=sources.AWS_BATCH_LAUNCH_TEMPLATES)
def ecs_config_size(config: EnvironmentFile) -> Breaches:
    """The ECS agent's extra lines leave the user data below EC2's limit."""
    text = config.forge.ecs_config if config.forge else None
    size = len((text or "").encode())
    most = limits.USER_DATA_BYTES - NODE_SCRIPT_RESERVE_BYTES
    if size > most:
        yield Breach(
            path="forge.ecs_config",
            message="the user data of nodes would exceed EC2's limit of "
            f"{limits.USER_DATA_BYTES} bytes",
            value=f"{size} bytes",
            allowed=f"at most {most} bytes",
            fix="shorten it, or put it into an own AMI (forge.image_id)",
        )


@rule("node-script-source", source=sources.AWS_BATCH_LAUNCH_TEMPLATES)
def node_script_source(config: EnvironmentFile) -> Breaches:
    """A script of one's own is in the file, or in another one beside it."""
    for index, script in enumerate(config.aws.node_scripts):
        if script.run is not None:
            continue
        yield Breach(
            path=f"aws.node_scripts[{index}]",
            message="there is no script"
            if script.file is None
            else "another file is read only for an environment file, not for data in memory",
            value=script.file or script.name,
            allowed="run with the script, or file with its name",
            fix="add run" if script.file is None else "give its text as run",
            about=("aws.node_scripts",),
        )


@rule("node-script-once", source=sources.AWS_BATCH_LAUNCH_TEMPLATES)
def node_script_once(config: EnvironmentFile) -> Breaches:
    """Scripts of one's own are told apart by their names."""
    names = [script.name for script in config.aws.node_scripts]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Breach(
                path=f"aws.node_scripts[{index}].name",
                message="two scripts have the same name",
                allowed="a name of its own",
                fix="change one of them",
                about=("aws.node_scripts",),
            )


@rule("node-script-size", source=sources.AWS_BATCH_LAUNCH_TEMPLATES)
def node_script_size(config: EnvironmentFile) -> Breaches:
    """Scripts of one's own leave the user data below EC2's limit."""
    scripts = config.aws.node_scripts
    lines = (config.forge.ecs_config if config.forge else None) or ""
    size = len(lines.encode()) + sum(
        len((one.run or "").encode()) + 2 * len(one.name) + limits.SCRIPT_WRAPPING_BYTES
        for one in scripts
    )
    most = limits.USER_DATA_BYTES - NODE_SCRIPT_RESERVE_BYTES
    if scripts and size > most:
        yield Breach(
            path="aws.node_scripts",
            message="with these scripts the user data of nodes would exceed EC2's limit of "
            f"{limits.USER_DATA_BYTES} bytes",
            value=f"{size} bytes, with what calls them and forge.ecs_config",
            allowed=f"at most {most} bytes",
            fix="let a short script fetch the rest from a bucket, or put it into an own AMI",
            about=("forge.ecs_config",),
        )


@rule("node-script-text", source=sources.AWS_BATCH_LAUNCH_TEMPLATES)
def node_script_text(config: EnvironmentFile) -> Breaches:
    """Scripts of one's own are ASCII text for Bash."""
    for index, script in enumerate(config.aws.node_scripts):
        text = script.run or ""
        odd = next((one for one in text if not one.isascii() or one in "\r\0"), None)
        first = text.partition("\n")[0]
        if odd is not None:
            yield Breach(
                path=f"aws.node_scripts[{index}]",
                message="the script has a character that does not reach nodes unchanged",
                value=odd.encode("unicode_escape").decode(),
                allowed="ASCII text, lines ended by a line feed alone",
                fix="replace the character",
                about=("aws.node_scripts",),
            )
        elif first.startswith("#!") and "bash" not in first and not first.endswith("/sh"):
            yield Breach(
                path=f"aws.node_scripts[{index}]",
                message="nodes run the script by Bash, whatever its first line says",
                value=first,
                allowed="a script for Bash",
                fix="call the other interpreter in a script for Bash",
                about=("aws.node_scripts",),
            )


@rule("ecs-config-ascii", source=sources.AWS_BATCH_LAUNCH_TEMPLATES)
def ecs_config_ascii(config: EnvironmentFile) -> Breaches:
    """The ECS agent's extra lines are ASCII, as the user data that carries them must be."""
    text = config.forge.ecs_config if config.forge else None
    if text is not None and not text.isascii():
        yield Breach(
            path="forge.ecs_config",
            message="user data with other characters than ASCII does not reach nodes unchanged",
            value=next(character for character in text if not character.isascii()),
            allowed="ASCII text",
            fix="replace the character",
        )


@rule("ecs-config-cluster", source=sources.AWS_BATCH_LAUNCH_TEMPLATES)
def ecs_config_cluster(config: EnvironmentFile) -> Breaches:
    """The ECS agent's extra lines leave the cluster to AWS Batch."""
    text = config.forge.ecs_config if config.forge else None
    for line in (text or "").splitlines():
        if line.strip().startswith("ECS_CLUSTER="):
            yield Breach(
                path="forge.ecs_config",
                message="AWS Batch sets the cluster itself; another one takes nodes away from it",
                value=line.strip(),
                allowed="any other setting of the ECS agent",
                fix="remove the line",
            )


@rule("image-type-matches-gpu", source=sources.AWS_BATCH_AMI)
def image_type_matches_gpu(config: EnvironmentFile) -> Breaches:
    """An NVIDIA image type goes with GPUs enabled, on x86-64."""
    forge, image_type = config.forge, config.aws.image_type
    if forge is None or image_type is None:
        return
    nvidia = image_type.endswith("_NVIDIA")
    if nvidia and not forge.gpu_enabled:
        yield Breach(
            path="aws.image_type",
            message="the image with NVIDIA drivers is for environments with GPUs",
            allowed=image_type.removesuffix("_NVIDIA"),
            fix="set forge.gpu_enabled: true, or remove aws.image_type",
            about=("forge.gpu_enabled",),
        )
    if forge.gpu_enabled and not nvidia:
        yield Breach(
            path="aws.image_type",
            message="GPUs are enabled, but this image type has no NVIDIA drivers",
            allowed=f"{image_type}_NVIDIA",
            fix="remove aws.image_type, or set forge.gpu_enabled: false",
            about=("forge.gpu_enabled",),
        )


@rule("log-retention", source=sources.AWS_LOGS_RETENTION)
def log_retention(config: EnvironmentFile) -> Breaches:
    """Logs are kept for a number of days that CloudWatch knows."""
    for field in ("node_retention_days", "job_retention_days"):
        days: int = getattr(config.aws.logs, field)
        if days not in limits.LOG_RETENTION_DAYS:
            _, nearest = min((abs(known - days), known) for known in limits.LOG_RETENTION_DAYS)
            yield Breach(
                path=f"aws.logs.{field}",
                message="CloudWatch Logs does not know this retention",
                allowed=", ".join(str(known) for known in limits.LOG_RETENTION_DAYS),
                fix=f"set it to {nearest}",
            )


@rule("job-log-group", source=sources.AWS_LOGS_RETENTION)
def job_log_group(config: EnvironmentFile) -> Breaches:
    """The retention of the containers' output is set where its group is created, under its name."""
    logs = config.aws.logs
    if "job_retention_days" in logs.model_fields_set and not logs.create_job_log_group:
        yield Breach(
            path="aws.logs.job_retention_days",
            message="the log group of the containers' output exists, and is not changed",
            allowed="nothing without aws.logs.create_job_log_group: true",
            fix="remove it, or set aws.logs.create_job_log_group: true",
            about=("aws.logs.create_job_log_group",),
        )
    if logs.create_job_log_group and config.log_group == defaults.JOB_LOG_GROUP:
        yield Breach(
            path="log_group",
            message="AWS Batch makes this group itself, for all jobs of the account",
            allowed="another name, or none",
            fix="remove log_group: the environment gets a group of its own",
            about=("aws.logs.create_job_log_group",),
        )
