# SPDX-License-Identifier: Apache-2.0
"""Rules that hold for every file system: mount paths, network, work directories on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.rules.rule import Finding, Findings, rule
from seqera_batch.problems import Severity

if TYPE_CHECKING:
    from seqera_batch.config.environment import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings

SYSTEM_FOLDERS = frozenset(
    {
        "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/opt", "/proc", "/root",
        "/run", "/sbin", "/srv", "/sys", "/tmp",  # noqa: S108 - named so that it is refused
         "/usr", "/var",
    }
)  # fmt: skip
"""Folders a mount must not hide; folders below /home, /opt, /srv and /tmp may be mounted on."""

_NEVER_BELOW = frozenset({"/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run",
                          "/sbin", "/sys", "/usr", "/var"})  # fmt: skip

_EFS_FIELDS = ("forge.efs_id", "forge.efs_create")
_FSX_FIELDS = ("forge.fsx_name", "forge.fsx_size")


@rule(
    "mount-path-needs-file-system",
    source=sources.SEQERA_AWS_BATCH,
    in_exports=Severity.WARNING,
)
def mount_path_needs_file_system(config: ForgeConfig) -> Findings:
    """A mount path goes with a file system."""
    forge = config.forge
    if forge is None:
        return
    for field, used, needs in (
        ("efs_mount", _has_efs(forge), _EFS_FIELDS),
        ("fsx_mount", _has_fsx(forge), _FSX_FIELDS),
    ):
        value = getattr(forge, field)
        if value is not None and not used:
            either = " or ".join(needs)
            yield Finding(
                path=f"forge.{field}",
                message="there is no file system to mount here",
                value=value,
                allowed=f"nothing without {either}",
                fix=f"give {either}, or remove forge.{field}",
                about=needs,
            )


@rule("mount-path-free", source=sources.SEQERA_AWS_BATCH)
def mount_path_free(config: ForgeConfig) -> Findings:
    """A mount path hides no system folder and no other mount."""
    forge = config.forge
    if forge is None:
        return
    for field, path in _mount_paths(forge):
        parts = path.split("/")
        parent = f"/{parts[1]}"
        fusion = config.nvme_storage_enabled and parent == "/scratch"
        if path in SYSTEM_FOLDERS or parent in _NEVER_BELOW or fusion or {".", ".."} & set(parts):
            yield Finding(
                path=f"forge.{field}",
                message="the mount would hide a folder that the system needs",
                value=path,
                allowed="an own folder, such as /mnt/efs",
                fix="choose another path",
                about=("nvme_storage_enabled",),
            )
    paths = [path for _, path in _mount_paths(forge)]
    if len(paths) > 1 and _overlap(*paths):
        yield Finding(
            path="forge.fsx_mount",
            message="EFS and FSx would be mounted over each other",
            value=paths,
            allowed="two paths, neither inside the other",
            fix=f"use {defaults.EFS_MOUNT} and {defaults.FSX_MOUNT}",
            about=("forge.efs_mount",),
        )


@rule("work-dir-on-mount", source=sources.SEQERA_AWS_BATCH)
def work_dir_on_mount(config: ForgeConfig) -> Findings:
    """A work directory that is a path lies on a mounted file system."""
    if config.work_dir.startswith("s3://") or config.forge is None:
        return
    mounts = [path for _, path in _mount_paths(config.forge)]
    if not any(f"{config.work_dir}/".startswith(f"{path}/") for path in mounts):
        yield Finding(
            path="work_dir",
            message="the path is on no file system that is mounted",
            value=config.work_dir,
            allowed=" or ".join(f"{path}/{defaults.MOUNTED_WORK_FOLDER}" for path in mounts)
            or "s3://bucket/folder while there is no EFS or FSx",
            fix="use a folder on the mount, a bucket, or add a file system to forge",
            about=("forge.efs_mount", "forge.fsx_mount", *_EFS_FIELDS, *_FSX_FIELDS),
        )


@rule("work-dir-without-studios", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def work_dir_without_studios(config: ForgeConfig) -> Findings:
    """The work directory is in S3, which Studios need."""
    if not config.work_dir.startswith("s3://"):
        yield Finding(
            path="work_dir",
            message="Studios do not work with a work directory on EFS or FSx",
            value=config.work_dir,
            fix="use a bucket if Studios are wanted, else acknowledge this warning",
        )


@rule(
    "file-system-network",
    source=sources.SEQERA_AWS_BATCH,
    in_exports=Severity.WARNING,
)
def file_system_network(config: ForgeConfig) -> Findings:
    """An existing file system is mounted from subnets and security groups that reach it."""
    forge = config.forge
    if forge is None:
        return
    existing = config.aws.network.existing if config.aws.network else None
    network = existing or forge
    for field in ("efs_id", "fsx_name"):
        value = getattr(forge, field)
        if value is None or (network.subnets and network.security_groups):
            continue
        yield Finding(
            path=f"forge.{field}",
            message=(
                "nodes would start with a new security group, which the file system does not let "
                "in: they stop at the failed mount"
                if network.subnets
                else "nodes would start in a new VPC, from which the file system cannot be "
                "reached: they stop at the failed mount"
            ),
            value=value,
            allowed="subnets of the file system's VPC, and security groups that it lets in",
            fix="give forge.vpc_id, forge.subnets and forge.security_groups",
            about=("forge.subnets", "forge.security_groups", "aws.network"),
        )


@rule("file-system-ports", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def file_system_ports(config: ForgeConfig) -> Findings:
    """A created file system has security groups that let its own ports in."""
    forge = config.forge
    if forge is None or not (forge.efs_create or forge.fsx_size is not None):
        return
    existing = config.aws.network.existing if config.aws.network else None
    groups = (existing or forge).security_groups
    if groups:
        where = "aws.network.existing" if existing else "forge"
        yield Finding(
            path=f"{where}.security_groups",
            message="these groups are put on the file system too, and must let its ports in "
            "from themselves",
            value=groups,
            allowed="TCP 2049 for EFS; TCP 988 and 1018-1023 for FSx",
            fix=f"add the rules, or leave out {where}.security_groups so that a group is created",
            about=("forge.efs_create", "forge.fsx_size", "aws.network.existing"),
        )


def mount_path(forge: ForgeSettings, field: str) -> str:
    """Return where a file system is mounted: the given path or Seqera's recommended one."""
    given: str | None = getattr(forge, field)
    default = defaults.EFS_MOUNT if field == "efs_mount" else defaults.FSX_MOUNT
    return default if given is None else given


def _has_efs(forge: ForgeSettings) -> bool:
    return forge.efs_create or forge.efs_id is not None


def _has_fsx(forge: ForgeSettings) -> bool:
    return forge.fsx_name is not None or forge.fsx_size is not None


def _mount_paths(forge: ForgeSettings) -> list[tuple[str, str]]:
    return [
        (field, mount_path(forge, field))
        for field, used in (("efs_mount", _has_efs(forge)), ("fsx_mount", _has_fsx(forge)))
        if used
    ]


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
