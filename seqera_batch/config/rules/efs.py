# SPDX-License-Identifier: Apache-2.0
"""Rules about which EFS file system there is, and what it is like."""

from __future__ import annotations

from seqera_batch.catalog import limits, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.file_systems import EFS
from seqera_batch.config.places import existing_place
from seqera_batch.config.rules.rule import Breach, Breaches, rule

_OF_EXISTING = frozenset({"availability_zone"})
"""What mounting one that exists needs too."""


@rule("efs-create-or-existing", source=sources.SEQERA_AWS_BATCH)
def efs_create_or_existing(config: EnvironmentFile) -> Breaches:
    """An EFS file system is either created or exists."""
    name = EFS.named(config)
    if EFS.is_created(config) and name is not None:
        yield Breach(
            path="forge.efs_id",
            message="an EFS file system is named and another is to be created",
            allowed="either forge.efs_id or forge.efs_create",
            fix="remove forge.efs_id, or set forge.efs_create: false",
            about=("forge.efs_create",),
        )


@rule("efs-options-need-create", source=sources.SEQERA_AWS_BATCH, settled_by_app=True)
def efs_options_need_create(config: EnvironmentFile) -> Breaches:
    """Options of EFS are given for a file system that is created."""
    if config.forge is None or EFS.is_created(config):
        return
    allowed = _OF_EXISTING if EFS.exists(config) else frozenset[str]()
    for name in sorted(config.aws.efs.model_fields_set - allowed):
        yield Breach(
            path=f"aws.efs.{name}",
            message="no EFS file system is created, and one that exists is not changed",
            allowed="nothing without forge.efs_create: true",
            fix=f"remove aws.efs.{name}, or set forge.efs_create: true",
            about=("forge.efs_create", "forge.efs_id"),
        )


@rule("efs-zone-region", source=sources.AWS_EFS_TYPES)
def efs_zone_region(config: EnvironmentFile) -> Breaches:
    """The zone of a One Zone file system is in the environment's region."""
    zone = config.aws.efs.availability_zone
    if zone is not None and zone[:-1] != config.region:
        yield Breach(
            path="aws.efs.availability_zone",
            message=f"the zone is not in {config.region}",
            allowed=f"a zone of the region, such as {config.region}a",
            fix="correct the zone, or change region",
            about=("region",),
        )


@rule("efs-one-zone", source=sources.AWS_EFS_TYPES, settled_by_app=True)
def efs_one_zone(config: EnvironmentFile) -> Breaches:
    """A One Zone file system is for nodes of one subnet, in its zone."""
    zone = config.aws.efs.availability_zone
    if zone is None or config.forge is None:
        return
    place = existing_place(config)
    subnets = set(place.subnets) if place else set()
    created = config.aws.network.create if config.aws.network else None
    if len(subnets) == 1 or (created is not None and created.zones == (zone,)):
        return
    where = place.path if place else "forge"
    yield Breach(
        path="aws.efs.availability_zone",
        message="a One Zone file system has one mount target, and "
        + (
            f"nodes would start in {len(subnets)} subnets: those of other zones pay for every "
            "byte and fail with its zone"
            if subnets
            else "the VPC that is created has other subnets than one in that zone"
        ),
        allowed="one existing subnet, in that zone, or the zone alone in aws.network.create.zones",
        fix=f"give one subnet in {where}.subnets, or set aws.network.create.zones: [{zone}], or "
        "leave the zone out: the file system is then regional",
        about=("forge.subnets", "aws.network"),
    )


@rule("efs-throughput", source=sources.AWS_EFS_THROUGHPUT)
def efs_throughput(config: EnvironmentFile) -> Breaches:
    """Provisioned throughput has a number, and the other modes have none."""
    efs = config.aws.efs
    provisioned = efs.throughput_mode == "provisioned"
    if provisioned is (efs.provisioned_throughput_mibps is not None):
        return
    yield Breach(
        path="aws.efs.provisioned_throughput_mibps",
        message="provisioned mode needs the throughput"
        if provisioned
        else f"{efs.throughput_mode} mode takes no number",
        allowed=f"1 to {limits.EFS_PROVISIONED_MIBPS_MAX} MiB/s in provisioned mode, else nothing",
        fix="give the number, or leave out aws.efs.throughput_mode"
        if provisioned
        else "remove it, or set aws.efs.throughput_mode: provisioned",
        about=("aws.efs.throughput_mode",),
    )


@rule("efs-archive", source=sources.AWS_EFS_LIFECYCLE)
def efs_archive(config: EnvironmentFile) -> Breaches:
    """Files move to Archive later than to Infrequent Access, on a regional elastic file system."""
    efs = config.aws.efs
    if efs.archive_after_days is None:
        return
    if efs.availability_zone is not None or efs.throughput_mode != "elastic":
        yield Breach(
            path="aws.efs.archive_after_days",
            message="EFS offers Archive for regional file systems with elastic throughput",
            allowed="nothing here",
            fix="remove it, or leave out aws.efs.availability_zone and aws.efs.throughput_mode",
            about=("aws.efs.availability_zone", "aws.efs.throughput_mode"),
        )
    earlier = efs.infrequent_access_after_days
    if earlier is not None and efs.archive_after_days <= earlier:
        yield Breach(
            path="aws.efs.archive_after_days",
            message="files would be archived before they are infrequently used",
            allowed=f"more than {earlier}",
            fix="raise it, or lower aws.efs.infrequent_access_after_days",
            about=("aws.efs.infrequent_access_after_days",),
        )
