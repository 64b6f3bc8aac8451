# SPDX-License-Identifier: Apache-2.0
"""Rules about who launches pipelines: what they would refuse later is told from the start."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

_OTHERWISE = (
    "or say in aws.used_by who else launches: enterprise by a job definition, nextflow by itself, "
    "or forge"
)
TOKEN = "TOWER_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
"""Variable by which Nextflow, Wave and Fusion know Platform."""


def in_manual_mode(config: EnvironmentFile) -> bool:
    """Return whether Platform launches in it, by job definitions of its own."""
    return "platform" in config.aws.used_by and "enterprise" not in config.aws.used_by


@rule("manual-graviton", source=sources.SEQERA_MANUAL_SETUP, severity=Severity.WARNING)
def manual_graviton(config: EnvironmentFile) -> Breaches:
    """An environment that Platform uses in Manual mode has x86-64 nodes."""
    if config.forge is not None and config.forge.arm64_enabled and in_manual_mode(config):
        yield Breach(
            path="forge.arm64_enabled",
            message="Seqera's guide excludes Graviton from Manual environments, as which a "
            "deployed stack is registered",
            allowed="x86-64 nodes in Manual mode",
            fix=f"use x86-64 instance types, {_OTHERWISE}",
            about=("aws.used_by",),
        )


@rule("manual-fargate-head", source=sources.SEQERA_MANUAL_SETUP, severity=Severity.WARNING)
def manual_fargate_head(config: EnvironmentFile) -> Breaches:
    """An environment that Platform uses in Manual mode has its head job on EC2."""
    if config.forge is not None and config.forge.fargate_head_enabled and in_manual_mode(config):
        yield Breach(
            path="forge.fargate_head_enabled",
            message="Seqera's guide excludes a head job on Fargate from Manual environments, as "
            "which a deployed stack is registered",
            allowed="a head job on On-Demand EC2 in Manual mode",
            fix=f"set forge.fargate_head_enabled: false, {_OTHERWISE}",
            about=("aws.used_by",),
        )


@rule("nextflow-work-dir", source=sources.NEXTFLOW_AWS_BATCH)
def nextflow_work_dir(config: EnvironmentFile) -> Breaches:
    """Nextflow by itself has its work directory in a bucket."""
    if "nextflow" in config.aws.used_by and not config.work_dir.startswith("s3://"):
        yield Breach(
            path="work_dir",
            message="Nextflow refuses a work directory outside S3 with AWS Batch",
            allowed="s3://bucket or s3://bucket/folder while aws.used_by has nextflow",
            fix="give a bucket, or take nextflow out of aws.used_by",
            about=("aws.used_by",),
        )


@rule("nextflow-fusion-token", source=sources.SEQERA_FUSION_LICENSE, severity=Severity.WARNING)
def nextflow_fusion_token(config: EnvironmentFile) -> Breaches:
    """Nextflow by itself gets a token of Platform where it uses Fusion, which is licensed by it."""
    definition = config.aws.head_job_definition
    given = TOKEN in (config.nextflow_config or "") or "accessToken" in (
        config.nextflow_config or ""
    )
    if definition is not None:
        given = given or TOKEN in definition.secrets
    if "nextflow" in config.aws.used_by and config.fusion2_enabled and not given:
        yield Breach(
            path="fusion2_enabled",
            message="Fusion asks Platform for a licence, so Nextflow by itself needs a token of it",
            allowed=f"{TOKEN} among aws.head_job_definition.secrets, or in nextflow_config by "
            "reference",
            fix=f"name a secret with the token, or export {TOKEN} where you run nextflow and "
            "acknowledge this warning",
            about=("aws.used_by", "aws.head_job_definition", "nextflow_config"),
        )
