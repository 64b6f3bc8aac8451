# SPDX-License-Identifier: Apache-2.0
"""Rules about which FSx for Lustre file system there is, and what it is like."""

from __future__ import annotations

from seqera_batch.catalog import limits, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.file_systems import FSX
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

_OF_EXISTING = frozenset({"mount_name"})
"""What is about one that exists."""


@rule("fsx-create-or-existing", source=sources.SEQERA_AWS_BATCH)
def fsx_create_or_existing(config: EnvironmentFile) -> Breaches:
    """An FSx file system is either created or exists."""
    name = FSX.named(config)
    if FSX.is_created(config) and name is not None:
        yield Breach(
            path="forge.fsx_name",
            message="an FSx file system is named and the size of a new one is given",
            allowed="either forge.fsx_name or forge.fsx_size",
            fix="remove one of the two",
            about=("forge.fsx_size",),
        )


@rule("fsx-size", source=sources.AWS_FSX_LUSTRE)
def fsx_size(config: EnvironmentFile) -> Breaches:
    """The size of a new FSx file system is one that FSx for Lustre offers."""
    size = config.forge.fsx_size if config.forge else None
    if size is not None and size != limits.FSX_GB_MIN and size % limits.FSX_GB_STEP:
        yield Breach(
            path="forge.fsx_size",
            message="FSx for Lustre does not offer this size",
            allowed=f"{limits.FSX_GB_MIN}, or a multiple of {limits.FSX_GB_STEP} (GB)",
            fix=f"set it to {_next_size(size)}",
        )


@rule("fsx-region", source=sources.SEQERA_AWS_BATCH)
def fsx_region(config: EnvironmentFile) -> Breaches:
    """An FSx file system is in the environment's region, which its DNS name tells."""
    name = FSX.named(config)
    if name is not None and name.split(".")[2] != config.region:
        yield Breach(
            path="forge.fsx_name",
            message=f"the file system is in {name.split('.')[2]}",
            allowed=f"a file system in {config.region}",
            fix="use a file system of the environment's region, or change region",
            about=("region",),
        )


@rule("fsx-options-need-create", source=sources.AWS_FSX_LUSTRE, settled_by_app=True)
def fsx_options_need_create(config: EnvironmentFile) -> Breaches:
    """Options of FSx are given for a file system that is created, its mount name for another."""
    forge = config.forge
    if forge is None:
        return
    given = config.aws.fsx.model_fields_set
    if forge.fsx_size is None:
        for name in sorted(given - _OF_EXISTING):
            yield Breach(
                path=f"aws.fsx.{name}",
                message="no FSx file system is created, and one that exists is not changed",
                allowed="nothing without forge.fsx_size",
                fix=f"remove aws.fsx.{name}, or set forge.fsx_size",
                about=("forge.fsx_size",),
            )
    if not FSX.exists(config) and config.aws.fsx.mount_name is not None:
        yield Breach(
            path="aws.fsx.mount_name",
            message="FSx gives a created file system its mount name"
            if forge.fsx_size is not None
            else "there is no FSx file system to mount",
            allowed="nothing without forge.fsx_name",
            fix="remove aws.fsx.mount_name, or name the file system in forge.fsx_name",
            about=("forge.fsx_name",),
        )


@rule("fsx-throughput", source=sources.AWS_FSX_THROUGHPUT)
def fsx_throughput(config: EnvironmentFile) -> Breaches:
    """The throughput is one that the deployment type of FSx for Lustre offers."""
    fsx = config.aws.fsx
    given = fsx.throughput_mbps_per_tib
    offered = limits.FSX_THROUGHPUT.get(fsx.deployment_type, ())
    if given is not None and given not in offered:
        yield Breach(
            path="aws.fsx.throughput_mbps_per_tib",
            message=f"the deployment type {fsx.deployment_type} does not offer it",
            allowed=", ".join(map(str, offered)) or "nothing: scratch always has 200",
            fix="take one of these"
            if offered
            else "remove it, or take a persistent aws.fsx.deployment_type",
            about=("aws.fsx.deployment_type",),
        )


@rule("fsx-mount-name", source=sources.AWS_FSX_LUSTRE, severity=Severity.WARNING)
def fsx_mount_name(config: EnvironmentFile) -> Breaches:
    """The mount name of an existing FSx file system is given, so that nodes need not ask for it."""
    brought = config.given.file_systems.get(FSX.kind)
    known = config.aws.fsx.mount_name or (brought and brought.mount_name)
    if FSX.exists(config) and known is None:
        yield Breach(
            path="aws.fsx.mount_name",
            message="nodes ask FSx for the mount name at start, with a permission and a package",
            fix="give it; aws fsx describe-file-systems shows it as LustreConfiguration.MountName",
            about=("forge.fsx_name",),
        )


def _next_size(size: int) -> int:
    if size < limits.FSX_GB_MIN:
        return limits.FSX_GB_MIN
    return -(-size // limits.FSX_GB_STEP) * limits.FSX_GB_STEP
