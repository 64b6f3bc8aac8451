# SPDX-License-Identifier: Apache-2.0
"""The settings that Platform gets, under its own names: Forge form, and Manual form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from seqera_batch.catalog.ids import KMS_KEY
from seqera_batch.catalog.names import JOB_ROLES
from seqera_batch.catalog.platform_names import PLATFORM, api_name
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.handoff import choosing
from seqera_batch.plan import ForgePlan

ENVELOPE = frozenset(
    {"name", "description", "platform", "credentials_id", "fusion_metrics_collection_enabled"}
)
"""Fields that stand beside the settings in Platform's API, not in them."""
_NOT_SETTINGS = ENVELOPE | {"discriminator", "labels", "aws", "forge", "storage_type", "lustre_id"}

OWN_LINES = "// nextflow_config of the environment file"
"""What stands before the user's own lines, which come last and so win."""

_OFF_UNLESS_SAID = frozenset({"fusion_enabled", "dragen_enabled", "efs_create"})
"""Flags of Forge that are written only where they are on, as in Platform's own exports."""


def platform_settings(config: ForgeConfig) -> dict[str, Any]:
    """Return the file's settings as Platform's API names them, in the file's own mode.

    A file with a `forge` section gives the Forge form: Platform would create the queues itself.
    Flags are always written; what the file leaves open is left to Platform.
    """
    settings = {"discriminator": PLATFORM, **_fields(config, _NOT_SETTINGS)}
    if config.forge is not None:
        settings["forge"] = _forge(config, config.forge)
    return settings


def manual_settings(plan: ForgePlan, roles: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that register the deployed queues and roles in Manual mode.

    Args:
        plan: What was decided for its file.
        roles: ARN by kind of role, and of the KMS key if there is one and it is known.
    """
    config = plan.config
    settings = {"discriminator": PLATFORM, **_fields(config, _NOT_SETTINGS)}
    settings["workDir"] = str(plan.storage.work_dir)
    settings["headQueue"] = plan.compute.head_queue
    settings["computeQueue"] = plan.compute.compute_queue
    if plan.compute.dragen_queue is not None:
        settings["dragenQueue"] = plan.compute.dragen_queue
        for environment in plan.compute.behind(plan.compute.dragen_queue)[:1]:
            settings["dragenInstanceType"] = environment.instance_types[0]
    for kind, field in JOB_ROLES.items():
        settings[api_name(field)] = roles[kind]
    cli = cli_path(plan)
    # With Fusion v2 no task uses the AWS CLI: the field stays out.
    settings.pop("cliPath", None)
    if cli is not None:
        settings["cliPath"] = cli
    if plan.compute.volumes:
        settings["volumes"] = list(plan.compute.volumes)
    queues = choosing.for_platform(plan)
    if queues is not None:
        own = (OWN_LINES, config.nextflow_config) if config.nextflow_config else ()
        settings["nextflowConfig"] = "\n".join((queues, *own))
    if plan.logs.jobs.created:
        settings["logGroup"] = plan.logs.jobs.name
    if KMS_KEY in roles:
        settings.setdefault("secretsKmsKeyId", roles[KMS_KEY])
    return settings


def cli_path(plan: ForgePlan) -> str | None:
    """Return where nodes carry the AWS CLI; None with Fusion v2, which does not use it."""
    if plan.config.fusion2_enabled:
        return None
    installed = (
        template.setup.aws_cli.path
        for template in plan.compute.node_templates
        if template.setup.aws_cli is not None
    )
    return plan.config.cli_path or next(installed, None)


def labels(config: ForgeConfig) -> list[dict[str, Any]]:
    """Return the resource labels as `tw compute-envs import` takes them."""
    return [
        {"name": name, "value": value, "resource": True} for name, value in config.labels.items()
    ]


def _forge(config: ForgeConfig, forge: ForgeSettings) -> dict[str, Any]:
    settings = _fields(forge, frozenset())
    network = config.aws.network.existing if config.aws.network else None
    if network is not None:
        settings |= _fields(network, frozenset())
    # Platform appends the work directory itself, and Terraform sees a change where it is missing.
    if forge.allow_buckets:
        kept = [bucket for bucket in forge.allow_buckets if bucket != config.work_dir]
        settings["allowBuckets"] = kept
        if not kept:
            del settings["allowBuckets"]
    return settings


def _fields(section: BaseModel, without: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if name in without or value is None or value == ():
            continue
        if name in _OFF_UNLESS_SAID and value is False:
            continue
        if name == "environment":
            value = [variable.model_dump() for variable in value]
        found[api_name(name)] = list(value) if isinstance(value, tuple) else value
    return found
