# SPDX-License-Identifier: Apache-2.0
"""What Seqera Platform exports, made an environment file of ours, saying whatever was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seqera_batch.catalog import defaults, sources
from seqera_batch.catalog.platform_names import PLATFORM
from seqera_batch.catalog.s3 import SCHEME
from seqera_batch.config.spelling import snake_case
from seqera_batch.problems import Problem, Severity
from seqera_batch.records import dataclass

READ_ONLY = frozenset(
    {
        "id", "status", "message", "primary", "deleted", "date_created", "last_updated",
        "last_used", "org_id", "workspace_id", "forged_resources", "deleted_resources",
        "managed_identity_id", "resources",
    }
)  # fmt: skip
"""Fields of the API's answers that only Platform sets."""

_FORM = "how Platform's form was filled in; what was chosen there stands in other fields"
_LABEL_IDS = "numbers that only Platform resolves: give the labels by name, under labels"
CLIENT_NOISE = {
    "config_mode": _FORM,
    "container_reg_ids": "registries' credentials by Platform's numbers: choose them again there",
    "credentials": "chosen when the environment is registered",
    "efs_mode": _FORM,
    "fsx_mode": _FORM,
    "label_ids": _LABEL_IDS,
    "resource_label_ids": _LABEL_IDS,
}
"""Fields that Platform's web form sends and its API schema does not have, and why they go."""

NAMED = frozenset({"labels", "tags", "job_tags", "secrets", "acknowledgements"})
"""Fields that hold names of the file's own, each with its value."""

_FORGE_ROLE = re.compile(
    rf":role/{defaults.PREFIX}-[^/\s]+-(ExecutionRole|FargateRole|InstanceRole)$"
)
"""Names of the roles that Forge makes: they go when the Forge environment is deleted."""


@dataclass(frozen=True, slots=True)
class Document:
    """Data of one environment, out of its wrapper, and what was left aside on the way."""

    data: dict[str, Any]
    exported: bool
    notices: tuple[Problem, ...]
    forged: str = ""
    """What Forge says that it has made, where the export has it."""


def unwrap(data: dict[str, Any]) -> Document | Problem:
    """Return the settings inside the wrappers of Platform's API, or why they are not for us.

    Taken as exported: anything with a `computeEnv` or `config` wrapper, a `discriminator`, or
    `workDir` in Platform's own spelling.
    """
    envelope: dict[str, Any] = {}
    wrapped = False
    for wrapper in ("computeEnv", "compute_env", "config"):
        inner = data.get(wrapper)
        if isinstance(inner, dict):
            envelope.update({key: value for key, value in data.items() if key != wrapper})
            data, wrapped = inner, True
    exported = wrapped or "discriminator" in data or "workDir" in data
    both = {**envelope, **{key: value for key, value in data.items() if value is not None}}
    if not exported:
        return Document(data, exported=False, notices=())
    for key in ("discriminator", "platform"):
        if both.get(key) not in (None, "", PLATFORM):
            return _other_platform(key, both[key])
    kept, notices = _without_ignored(both)
    if isinstance(kept.get("forge"), dict):
        kept["forge"], found = _without_ignored(kept["forge"], "forge.")
        notices += found
    return Document(
        _without_nothing(kept),
        exported=True,
        notices=tuple(notices),
        forged=str(both.get("forgedResources", both.get("forged_resources", ""))),
    )


def _without_ignored(data: dict[str, Any], path: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """Return a section without what only Platform sets or its form sends, and what was in those."""
    kept: dict[str, Any] = {}
    said: list[Problem] = []
    for key, value in data.items():
        name = snake_case(str(key))
        if name not in READ_ONLY | CLIENT_NOISE.keys():
            kept[key] = value
        elif value not in (None, [], ""):
            why = CLIENT_NOISE.get(name, "set by Platform, not carried over")
            said.append(_said(f"{path}{key}", why))
    return kept, said


def adapt(data: dict[str, Any], forged: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """Replace what can no longer be made by the nearest thing that can, and say so.

    Args:
        data: Exported settings under our own field names; not changed.
        forged: What Forge says that it has made; where it does, no other role is taken for its.
    """
    adapted = dict(data)
    forge = adapted.get("forge")
    said = [*_drop_deprecated_storage(adapted)]
    if isinstance(forge, dict):
        adapted["forge"] = forge = dict(forge)
        said += _drop_results_of_forge(adapted, forged)
        said += _replace_fusion_v1(adapted, forge)
        said += _replace_ebs_auto_scale(adapted, forge)
        said += _drop_ineffective_bid(forge)
        said += _drop_stray_security_groups(adapted, forge)
    said += _replace_amazon_linux_2(adapted)
    return adapted, said


def labels_by_name(labels: list[Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return Platform's list of labels as a mapping; plain labels, without a value, are no tags."""
    named: dict[str, Any] = {}
    problems: list[Problem] = []
    for index, label in enumerate(labels):
        path = f"labels[{index}]"
        if not isinstance(label, dict) or not isinstance(label.get("name"), str):
            problems.append(
                Problem(
                    "label",
                    path,
                    "the label has no name",
                    value=str(label),
                    allowed="{name: …, value: …}, or a mapping of names to values",
                    fix="give each label a name and a value",
                )
            )
        elif label.get("value") is None:
            problems.append(
                _said(
                    path,
                    f"{label['name']} has no value, so it is no tag in AWS; give it again in "
                    "Platform if it is to stay there",
                )
            )
        elif label["name"] in named:
            problems.append(
                Problem(
                    "duplicate-key",
                    path,
                    "the label is given twice",
                    value=label["name"],
                    allowed="each label once",
                    fix="remove one of the two",
                )
            )
        else:
            named[label["name"]] = label["value"]
    return named, problems


def _drop_deprecated_storage(data: dict[str, Any]) -> Iterator[Problem]:
    for key in ("storage_type", "lustre_id"):
        if key in data:
            why = "left aside: Platform ignores it too"
            yield _replaced("deprecated-storage", key, data.pop(key), why)


def _drop_results_of_forge(data: dict[str, Any], forged: str) -> Iterator[Problem]:
    """Queues, roles and paths that Forge wrote back belong to the environment that exists."""
    for key in ("head_queue", "compute_queue", "dragen_queue"):
        if key in data:
            why = f"{data.pop(key)} belongs to the Forge environment; a new queue is made"
            yield _said(key, why)
    for key in ("head_job_role", "compute_job_role", "execution_role"):
        if _forge_made(str(data.get(key, "")), forged):
            why = "Forge made this role and deletes it with its environment; ours is created"
            yield _replaced("forge-made-role", key, data.pop(key), why)
    if "cli_path" in data and (
        data.get("fusion2_enabled") is True or data["cli_path"] == defaults.FORGE_CLI_PATH
    ):
        yield _said("cli_path", f"{data.pop('cli_path')} was written by Forge; not needed")


def _forge_made(role: str, forged: str) -> bool:
    """Whether Forge has made a role: it says so, or the name does in an export that lists none."""
    if ":role/" in forged:
        return bool(role) and f"'{role}'" in forged
    return _FORGE_ROLE.search(role) is not None


def _replace_fusion_v1(data: dict[str, Any], forge: dict[str, Any]) -> Iterator[Problem]:
    used = forge.pop("fusion_enabled", False)
    if used is not True or data.get("fusion2_enabled") is True:
        return
    if str(data.get("work_dir", "")).startswith(SCHEME):
        data["fusion2_enabled"] = True
        data["wave_enabled"] = True
        taken = "Fusion v2 with Wave is taken, its successor"
        if "cli_path" in data:
            taken += f", which does not use {data.pop('cli_path')}"
    else:
        taken = "left out: Fusion v2, its successor, needs a work directory in S3"
    yield _replaced(
        "fusion-v1",
        "forge.fusion_enabled",
        used,
        f"Fusion v1 mounts are deprecated; {taken}",
        source=sources.SEQERA_AWS_BATCH,
    )


def _replace_ebs_auto_scale(data: dict[str, Any], forge: dict[str, Any]) -> Iterator[Problem]:
    used = forge.pop("ebs_auto_scale", False)
    block = forge.pop("ebs_block_size", None)
    if used is not True:
        if block is not None:
            yield _said("forge.ebs_block_size", "without effect")
        return
    if data.get("fusion2_enabled") is True:
        taken = "left out: Fusion v2 does not use it"
    else:
        # What a node under autoscale started with: its boot disk and the first block.
        first = block if isinstance(block, int) else defaults.EBS_AUTO_SCALE_BLOCK_GB
        boot = forge.get("ebs_boot_size", defaults.BOOT_DISK_GB)
        if isinstance(boot, int):
            forge["ebs_boot_size"] = boot + first
        taken = (
            f"a boot disk of {forge.get('ebs_boot_size')} GB is taken, which does not grow: "
            "set forge.ebs_boot_size to what the largest task needs"
        )
    yield _replaced(
        "ebs-auto-scale",
        "forge.ebs_auto_scale",
        used,
        f"EBS autoscale can no longer be created; {taken}",
        source=sources.SEQERA_CHANGELOG,
    )


def _drop_ineffective_bid(forge: dict[str, Any]) -> Iterator[Problem]:
    bid = forge.get("bid_percentage")
    if bid is not None and (bid == 0 or forge.get("type") == "EC2"):
        yield _said("forge.bid_percentage", f"{forge.pop('bid_percentage')} has no effect here")


def _drop_stray_security_groups(data: dict[str, Any], forge: dict[str, Any]) -> Iterator[Problem]:
    """Groups without subnets are the default VPC's, and cannot be used in the one we create."""
    network = data.get("aws", {}).get("network") if isinstance(data.get("aws"), dict) else None
    if not forge.get("security_groups") or forge.get("subnets") or forge.get("vpc_id") or network:
        return
    yield _replaced(
        "default-vpc",
        "forge.security_groups",
        forge.pop("security_groups"),
        "they belong to the account's default VPC, which Forge would take; "
        "a VPC with a group that lets nothing in is created instead",
        fix="to stay in the default VPC give forge.vpc_id and forge.subnets",
    )


def _replace_amazon_linux_2(data: dict[str, Any]) -> Iterator[Problem]:
    settings = data.get("aws")
    if not isinstance(settings, dict) or not str(settings.get("image_type", "")).startswith(
        "ECS_AL2"
    ):
        return
    image_type = settings["image_type"]
    if image_type.startswith("ECS_AL2023") or _own_image(data):
        return
    data["aws"] = {**settings, "image_type": image_type.replace("ECS_AL2", "ECS_AL2023")}
    yield _replaced(
        "amazon-linux-2",
        "aws.image_type",
        image_type,
        f"Amazon Linux 2 images ended; {data['aws']['image_type']} is taken",
        source=sources.AWS_BATCH_AMI,
    )


def _own_image(data: dict[str, Any]) -> bool:
    forge = data.get("forge")
    return isinstance(forge, dict) and bool(forge.get("image_id"))


def _without_nothing(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Drop nulls and empty texts: in an export both mean left out."""
    if isinstance(value, dict):
        return {
            # A name without a value is no field that was left out.
            key: item
            if isinstance(item, dict) and snake_case(str(key)) in NAMED
            else _without_nothing(item)
            for key, item in value.items()
            if item is not None and item != ""
        }
    if isinstance(value, list):
        return [_without_nothing(item) for item in value]
    return value


def _other_platform(key: str, value: object) -> Problem:
    return Problem(
        "other-platform",
        key,
        "this is a compute environment of another platform",
        value=value,
        allowed=PLATFORM,
        fix="export an AWS Batch compute environment",
    )


def _said(path: str, what: str) -> Problem:
    return Problem("left-aside", path, what, severity=Severity.NOTICE)


def _replaced(  # noqa: PLR0913 - the parts of one message
    rule: str,
    path: str,
    value: object,
    message: str,
    *,
    fix: str | None = None,
    source: str | None = None,
) -> Problem:
    return Problem(
        rule, path, message, severity=Severity.WARNING, value=value, fix=fix, source=source
    )


REPLACEMENTS = (
    "amazon-linux-2",
    "default-vpc",
    "deprecated-storage",
    "ebs-auto-scale",
    "forge-made-role",
    "fusion-v1",
)
"""Ids of the warnings this module gives, which may be acknowledged like those of rules."""
