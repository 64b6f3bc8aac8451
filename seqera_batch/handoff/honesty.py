# SPDX-License-Identifier: Apache-2.0
"""What a target cannot take or cannot say: by rule id, with the ways out, before it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from seqera_batch.catalog import sources
from seqera_batch.catalog.platform_names import TERRAFORM_MISSING
from seqera_batch.cloudformation.intrinsics import RESOLVED
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.rules import RULES
from seqera_batch.handoff.source import left
from seqera_batch.handoff.target import Request
from seqera_batch.problems import Problem, Severity

WAYS_OUT = (
    "register it as Forge with --mode forge; or, on Enterprise, set "
    "TOWER_LAUNCH_CONTAINER=job-definition://NAME (aws.head_job_definition makes one); "
    "or try it as it is with --allow {rule}"
)

_WORKSPACE_NAME = re.compile(r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+")
_NUMBER = re.compile(r"[0-9]{1,19}")
_INT64_MAX = 2**63 - 1
_CREDENTIALS_ID = re.compile(r"[A-Za-z0-9]{1,22}")
_BY_NAME = ("tw", "seqerakit")
"""Targets that look workspaces and credentials up by name; the others take ids only."""


def registration_problems(config: ForgeConfig, request: Request) -> Iterator[Problem]:
    """Yield what Platform would refuse, or would take otherwise than the file means it."""
    yield from _ids(request)
    if request.target == "nextflow":
        yield from _of_nextflow(config, request)
        return
    if request.mode == "forge":
        if config.forge is None:
            yield Problem(
                "no-forge-section",
                "--mode",
                "the file has no forge section, so there is no Forge form of it",
                value="forge",
                allowed="manual",
                fix="leave --mode out",
            )
        for path, image in _images_of_forge(config):
            yield Problem(
                "image-parameter",
                path,
                "Platform takes the id of an image; what a parameter holds CloudFormation alone "
                "looks up",
                value=image,
                allowed="ami-…",
                fix="leave --mode out, or name the image by its id",
            )
        return
    if "enterprise" in config.aws.used_by:
        return
    # What is refused here is what the file was told of, whoever it says launches.
    asked = config.with_aws(used_by=("platform",))
    for rule_id in ("manual-graviton", "manual-fargate-head"):
        for problem in RULES[rule_id].problems(asked, exported=False):
            way = (problem.fix or "").partition(", or say")[0]
            yield replace(
                problem,
                severity=Severity.ERROR,
                fix=f"{way}; {WAYS_OUT.format(rule=rule_id)}",
                source=sources.SEQERA_MANUAL_SETUP,
                about=(),
            )


def _of_nextflow(config: ForgeConfig, request: Request) -> Iterator[Problem]:
    if request.mode == "forge":
        yield Problem(
            "mode-of-nextflow",
            "--mode",
            "Nextflow uses the queues of the stack; those of Forge only Platform knows",
            value="forge",
            allowed="manual",
            fix="leave --mode out",
        )
    asked = config.with_aws(used_by=("nextflow",))
    for problem in RULES["nextflow-work-dir"].problems(asked, exported=False):
        fix = "give a bucket, or register the environment in Platform"
        yield replace(problem, fix=fix, source=None, about=())
    if "nextflow" not in config.aws.used_by:
        yield from RULES["nextflow-fusion-token"].problems(asked, exported=False)


def left_out(config: ForgeConfig, request: Request) -> Iterator[Problem]:
    """Yield what a target has no place for, so that nothing is dropped in silence."""
    if config.cli_path is not None and config.fusion2_enabled:
        yield left("cli_path", "with Fusion v2 no task uses the AWS CLI, so it is left out")
    if request.target == "nextflow":
        return
    if request.mode == "forge":
        yield from _ours(config)
    if request.target == "terraform":
        yield from _terraform(config)
    if request.target == "tw" or (request.target == "seqerakit" and request.form == "file-path"):
        for field in ("description", "fusion_metrics_collection_enabled"):
            if getattr(config, field) is not None:
                yield left(field, "tw compute-envs import has no place for it; edit it afterwards")
    if request.target in {"api", "terraform"} and config.labels and not request.label_ids:
        yield Problem(
            "label-ids",
            "labels",
            "this target takes labels by Platform's ids, which the file does not know",
            severity=Severity.WARNING,
            value=", ".join(f"{name}={value}" for name, value in config.labels.items()),
            fix="create them (tw labels add --name … --value …) and give --label-ids",
        )


def _images_of_forge(config: ForgeConfig) -> Iterator[tuple[str, str]]:
    """Yield the images that Platform would be told and that are named by a parameter."""
    for field in ("image_id", "dragen_ami_id") if config.forge is not None else ():
        image = getattr(config.forge, field)
        if image is not None and image.startswith(RESOLVED):
            yield f"forge.{field}", image


def _ours(config: ForgeConfig) -> Iterator[Problem]:
    """Yield what only our own stack does."""
    said = config.aws.model_fields_set - {"acknowledgements", "account"}
    network = config.aws.network
    if network is not None and network.existing is not None:
        said -= {"network"}
    elif config.forge is not None and not config.forge.subnets:
        yield left(
            "forge.subnets",
            "without subnets Forge takes the account's default VPC, not the one of the stack",
        )
    for field in sorted(said):
        yield left(f"aws.{field}", "Forge decides this itself; Platform's API has no field")


def _terraform(config: ForgeConfig) -> Iterator[Problem]:
    for field in TERRAFORM_MISSING:
        if getattr(config, field) is not None:
            yield left(field, "the Terraform provider has no attribute for it")
    if config.aws.kms_key is not None and config.secrets_kms_key_id is None:
        yield left(
            "aws.kms_key", "the Terraform provider has no attribute for the key of pipeline secrets"
        )
    if config.work_directory.bucket is None:
        yield Problem(
            "terraform-work-dir",
            "work_dir",
            "the Terraform provider refuses a work directory outside S3",
            value=config.work_dir,
            allowed="s3://bucket or s3://bucket/folder",
            fix="export with --to tw or api, or write it anyway with --allow terraform-work-dir",
        )


def _ids(request: Request) -> Iterator[Problem]:
    workspace, credentials = request.workspace, request.credentials
    by_name = request.target in _BY_NAME
    if workspace is not None:
        number = bool(_NUMBER.fullmatch(workspace)) and 0 < int(workspace) <= _INT64_MAX
        if not number and not (by_name and _WORKSPACE_NAME.fullmatch(workspace)):
            yield Problem(
                "workspace-id",
                "--workspace",
                "this is no workspace",
                value=workspace,
                allowed="the workspace's number" + (", or ORGANIZATION/WORKSPACE" * by_name),
                fix="copy it from the list that tw workspaces list prints",
            )
    if credentials is not None and not (
        _CREDENTIALS_ID.fullmatch(credentials) or (by_name and credentials.strip())
    ):
        yield Problem(
            "credentials-id",
            "--credentials",
            "this is no id of credentials",
            value=credentials,
            allowed="1 to 22 letters and digits" + (", or the credentials' name" * by_name),
            fix="copy it from the list that tw credentials list prints",
        )
