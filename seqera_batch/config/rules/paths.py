# SPDX-License-Identifier: Apache-2.0
"""Rules about paths, in buckets and on nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from seqera_batch.catalog import sources
from seqera_batch.catalog.s3 import SCHEME, is_reserved, parts_of
from seqera_batch.config.definitions import volumes
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.file_systems import FILE_SYSTEMS, said
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

OF_THE_NODE = ("/boot", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/usr", "/var")
"""Folders with which a container takes over its node; Docker's socket is in two of them."""
_DISKS_AND_MEMORY = ("nvme", "xvd", "sd", "dm-", "mapper", "mem", "kmem", "port")
HARMLESS = ("/var/tmp", "/var/scratch", "/dev/shm", "/run/shm")  # noqa: S108 - names, not files
"""Folders among them that hold data of jobs."""


@rule("path-without-dots", source=sources.AWS_S3_KEYS)
def path_without_dots(config: EnvironmentFile) -> Breaches:
    """No path has a part of dots alone, which is a name in buckets and a way on file systems."""
    for path, text in _paths(config):
        # Of a volume, both sides.
        if any(part in {".", ".."} for side in text.split(":") for part in side.split("/")):
            yield Breach(
                path=path,
                message="the path leads through . or .., which is a name in a bucket and a way "
                "elsewhere on a node",
                allowed="a path without . and ..",
                fix="write the path that is meant",
            )


@rule("bucket-name", source=sources.AWS_S3_BUCKET_NAMES, in_exports=Severity.WARNING)
def bucket_name(config: EnvironmentFile) -> Breaches:
    """Buckets have names that a general purpose bucket can have: policies name no others."""
    for path, text in _paths(config):
        bucket, _ = parts_of(text)
        if text.startswith(SCHEME) and is_reserved(bucket):
            yield Breach(
                path=path,
                message=f"the name {bucket} is an address, or of a kind that S3 keeps for itself",
                allowed="the name of a general purpose bucket",
                fix="name the bucket itself, not an access point of it",
            )


@rule("volume-of-the-node", source=sources.DOCKER_SECURITY, severity=Severity.WARNING)
def volume_of_the_node(config: EnvironmentFile) -> Breaches:
    """Jobs mount folders for data, and none with which they would take over the node."""
    for path, volume in volumes(config):
        folder = PurePosixPath(volume.split(":")[0])
        harmless = any(folder.is_relative_to(one) for one in HARMLESS)
        whole = folder == PurePosixPath("/")
        if whole or (not harmless and any(folder.is_relative_to(one) for one in OF_THE_NODE)):
            yield Breach(
                path=path,
                message="any job can take over its node with it, and with the node its role and "
                "the other jobs on it",
                allowed="folders for data, such as /scratch",
                fix="remove it, or acknowledge this warning",
            )


@rule("device-of-the-node", source=sources.DOCKER_SECURITY, severity=Severity.WARNING)
def device_of_the_node(config: EnvironmentFile) -> Breaches:
    """Jobs see devices for their work, and neither disks nor memory of the node."""
    for index, one in enumerate(config.aws.job_definitions):
        for number, device in enumerate(one.devices):
            if device.removeprefix("/dev/").startswith(_DISKS_AND_MEMORY):
                yield Breach(
                    path=f"aws.job_definitions[{index}].devices[{number}]",
                    message="who reads disks or memory of a node has its role, and every job on it",
                    allowed="devices such as /dev/fuse",
                    fix="remove it, or acknowledge this warning",
                )


def _paths(config: EnvironmentFile) -> Iterator[tuple[str, str]]:
    forge, access = config.forge, config.aws.platform_access
    yield "work_dir", config.work_dir
    single = {
        "cli_path": config.cli_path,
        **{kind.mounting: said(config, kind.mounting) for kind in FILE_SYSTEMS},
        "aws.fsx.data_repository": config.aws.fsx.data_repository,
    }
    yield from ((path, text) for path, text in single.items() if text)
    yield from volumes(config)
    for index, one in enumerate(config.aws.job_definitions):
        for number, device in enumerate(one.devices):
            yield f"aws.job_definitions[{index}].devices[{number}]", device
    several = {
        "forge.allow_buckets": forge.allow_buckets if forge else (),
        "aws.read_only_buckets": config.aws.read_only_buckets,
        "aws.platform_access.data_buckets": access.data_buckets if access else (),
    }
    for path, texts in several.items():
        yield from ((f"{path}[{number}]", text) for number, text in enumerate(texts))
