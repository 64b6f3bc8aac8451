# SPDX-License-Identifier: Apache-2.0
"""Rules that hold for every file system: mount paths, network, work directories on them."""

from __future__ import annotations

from itertools import combinations

from seqera_batch.catalog import defaults, sources
from seqera_batch.catalog.ports import spans
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.file_systems import FILE_SYSTEMS, FileSystemFields, said
from seqera_batch.config.fleets import node_fleets
from seqera_batch.config.places import existing_place
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

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


@rule(
    "mount-path-needs-file-system",
    source=sources.SEQERA_AWS_BATCH,
    in_exports=Severity.WARNING,
    settled_by_app=True,
)
def mount_path_needs_file_system(config: EnvironmentFile) -> Breaches:
    """A mount path goes with a file system."""
    for kind in FILE_SYSTEMS:
        value = said(config, kind.mounting)
        if value is not None and not kind.is_mounted(config):
            either = " or ".join(kind.asking)
            yield Breach(
                path=kind.mounting,
                message="there is no file system to mount here",
                allowed=f"nothing without {either}",
                fix=f"give {either}, or remove {kind.mounting}",
                about=kind.asking,
            )


@rule("mount-path-free", source=sources.SEQERA_AWS_BATCH)
def mount_path_free(config: EnvironmentFile) -> Breaches:
    """A mount path hides no system folder and no other mount."""
    mounts = _mounts(config)
    local = config.nvme_storage_enabled or any(one.kept.data_disk for one in node_fleets(config))
    for kind, path in mounts:
        parts = path.split("/")
        parent = f"/{parts[1]}"
        disk = local and parent == "/scratch"
        if path in SYSTEM_FOLDERS or parent in _NEVER_BELOW or disk or {".", ".."} & set(parts):
            yield Breach(
                path=kind.mounting,
                message="the mount would hide a folder that the system needs",
                value=path,
                allowed="an own folder, such as /mnt/efs",
                fix="choose another path",
                about=("nvme_storage_enabled", "aws.compute.data_disk", "aws.queues"),
            )
    for (one, path), (other, inner) in combinations(mounts, 2):
        if f"{path}/".startswith(f"{inner}/") or f"{inner}/".startswith(f"{path}/"):
            yield Breach(
                path=other.mounting,
                message=f"{one.title} and {other.title} would be mounted over each other",
                value=(path, inner),
                allowed="two paths, neither inside the other",
                fix=f"use {one.default_path} and {other.default_path}",
                about=(one.mounting,),
            )


@rule("work-dir-on-mount", source=sources.SEQERA_AWS_BATCH, settled_by_app=True)
def work_dir_on_mount(config: EnvironmentFile) -> Breaches:
    """A work directory that is a path lies on a mounted file system."""
    place = config.work_directory
    if place.bucket is not None or config.forge is None:
        return
    mounts = [path for _, path in _mounts(config)]
    if not any(map(place.is_below, mounts)):
        yield Breach(
            path="work_dir",
            message="the path is on no file system that is mounted",
            allowed=" or ".join(f"{path}/{defaults.MOUNTED_WORK_FOLDER}" for path in mounts)
            or "s3://bucket/folder while there is no EFS or FSx",
            fix="use a folder on the mount, a bucket, or add a file system to forge",
            about=tuple(path for kind in FILE_SYSTEMS for path in (kind.mounting, *kind.asking)),
        )


@rule("work-dir-without-studios", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def work_dir_without_studios(config: EnvironmentFile) -> Breaches:
    """The work directory is in S3, which Studios need."""
    if config.work_directory.bucket is None:
        yield Breach(
            path="work_dir",
            message="Studios do not work with a work directory on EFS or FSx",
            fix="use a bucket if Studios are wanted, else acknowledge this warning",
        )


@rule(
    "file-system-network",
    source=sources.SEQERA_AWS_BATCH,
    in_exports=Severity.WARNING,
)
def file_system_network(config: EnvironmentFile) -> Breaches:
    """An existing file system is mounted from subnets and security groups that reach it."""
    place = existing_place(config)
    for kind in FILE_SYSTEMS:
        name = kind.named(config)
        if name is None or (place is not None and place.security_groups):
            continue
        yield Breach(
            path=kind.existing,
            message=(
                "nodes would start with a new security group, which the file system does not let "
                "in: they stop at the failed mount"
                if place is not None
                else "nodes would start in a new VPC, from which the file system cannot be "
                "reached: they stop at the failed mount"
            ),
            allowed="subnets of the file system's VPC, and security groups that it lets in",
            fix="give forge.vpc_id, forge.subnets and forge.security_groups",
            about=("forge.subnets", "forge.security_groups", "aws.network"),
        )


@rule("file-system-ports", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def file_system_ports(config: EnvironmentFile) -> Breaches:
    """A created file system has security groups that let its own ports in."""
    created = [kind for kind in FILE_SYSTEMS if kind.is_created(config)]
    place = existing_place(config)
    if created and place is not None and place.security_groups:
        yield Breach(
            path=f"{place.path}.security_groups",
            message="these groups are put on the file system too, and must let its ports in "
            "from themselves",
            value=place.security_groups,
            allowed="; ".join(f"TCP {spans(kind.ports)} for {kind.title}" for kind in created),
            fix=f"add the rules, or leave out {place.path}.security_groups so that a group is "
            "created",
            about=(*(kind.creating for kind in FILE_SYSTEMS), "aws.network.existing"),
        )


def _mounts(config: EnvironmentFile) -> list[tuple[FileSystemFields, str]]:
    return [(kind, kind.mount_path(config)) for kind in FILE_SYSTEMS if kind.is_mounted(config)]
