# SPDX-License-Identifier: Apache-2.0
"""How Seqera's API, command line and Terraform provider call the fields of the environment file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from seqera_batch.records import dataclass

PLATFORM = "aws-batch"
"""Platform's name of environments on AWS Batch."""

API_NAMES = {"nvme_storage_enabled": "nvnmeStorageEnabled"}
"""API names that are not just ours in camelCase: a typing error that is part of the contract."""

TERRAFORM_NAMES = {"wave_enabled": "enable_wave", "fusion2_enabled": "enable_fusion"}
"""Names in the Terraform provider that differ from ours; without `secrets_kms_key_id`."""
TERRAFORM_MISSING = ("secrets_kms_key_id", "fusion_metrics_collection_enabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwOptions:
    """Options of `tw compute-envs add aws-batch` that stand for one field each.

    Args:
        fields: Those that have its value.
        files: Those that name a file with its text.
        negative: Switches that set it to false.
    """

    fields: Mapping[str, str]
    files: Mapping[str, str]
    negative: Mapping[str, str] = field(default_factory=dict)


_TW_COMMON = {
    "region": "region",
    "work-dir": "work_dir",
    "wave": "wave_enabled",
    "fusion-v2": "fusion2_enabled",
    "fast-storage": "nvme_storage_enabled",
    "head-job-cpus": "head_job_cpus",
    "head-job-memory": "head_job_memory_mb",
    "head-job-role": "head_job_role",
    "compute-job-role": "compute_job_role",
    "batch-execution-role": "execution_role",
    "cli-path": "cli_path",
}
_TW_FILES = {
    "pre-run": "pre_run_script",
    "post-run": "post_run_script",
    "nextflow-config": "nextflow_config",
}

# tower-cli: AwsBatchManualPlatform, AwsBatchForgePlatform and the options they share
TW_OPTIONS: Final = {
    "manual": TwOptions(
        fields={**_TW_COMMON, "head-queue": "head_queue", "compute-queue": "compute_queue"},
        files=_TW_FILES,
    ),
    "forge": TwOptions(
        fields={
            **_TW_COMMON,
            "snapshots": "fusion_snapshots",
            "provisioning-model": "forge.type",
            "max-cpus": "forge.max_cpus",
            "min-cpus": "forge.min_cpus",
            "fargate": "forge.fargate_head_enabled",
            "gpu": "forge.gpu_enabled",
            "allow-buckets": "forge.allow_buckets",
            "create-efs": "forge.efs_create",
            "efs-id": "forge.efs_id",
            "efs-mount": "forge.efs_mount",
            "fsx-size": "forge.fsx_size",
            "fsx-dns": "forge.fsx_name",
            "fsx-mount": "forge.fsx_mount",
            "instance-types": "forge.instance_types",
            "alloc-strategy": "forge.alloc_strategy",
            "vpc-id": "forge.vpc_id",
            "subnets": "forge.subnets",
            "security-groups": "forge.security_groups",
            "ami-id": "forge.image_id",
            "key-pair": "forge.ec2_key_pair",
            "boot-disk-size": "forge.ebs_boot_size",
            "ebs-blocksize": "forge.ebs_block_size",
            "bid-percentage": "forge.bid_percentage",
        },
        files={**_TW_FILES, "ecs-config": "forge.ecs_config"},
        negative={
            "no-ebs-auto-scale": "forge.ebs_auto_scale",
            "preserve-resources": "forge.dispose_on_deletion",
        },
    ),
}
"""By mode."""

SEQERAKIT_ONLY = ("type", "config-mode", "file-path", "on_exists", "overwrite")
"""Keys of seqerakit's YAML that are not options of the command line."""


def api_name(field: str) -> str:
    """Return what the Platform API calls a field of ours: `head_job_cpus`, `headJobCpus`."""
    first, *rest = field.split("_")
    return API_NAMES.get(field, first + "".join(part.capitalize() for part in rest))
