# SPDX-License-Identifier: Apache-2.0
"""Rules about the nodes' disks."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.fleets import BootImage, boot_images, node_fleets
from seqera_batch.config.node_fleets import Disk
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity


@rule("small-boot-disk", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def small_boot_disk(config: EnvironmentFile) -> Breaches:
    """The boot disk is as large as Seqera's default: images and scratch files live on it."""
    fusion_on_disk = config.fusion2_enabled and not config.nvme_storage_enabled
    advised = defaults.FUSION_BOOT_DISK_GB if fusion_on_disk else defaults.BOOT_DISK_GB
    for fleet in node_fleets(config):
        size = fleet.said.ebs_boot_size
        whole = fleet.overridden
        if size is None or size >= advised or (whole and whole.said.ebs_boot_size == size):
            continue
        yield Breach(
            path=f"{fleet.path}.ebs_boot_size",
            message="tasks may run out of disk",
            value=size,
            allowed=f"{advised} GB or more"
            + (", where Fusion v2 caches on the boot disk" if fusion_on_disk else ""),
            fix=f"raise it to {advised}, or leave it out",
            about=("fusion2_enabled", "nvme_storage_enabled"),
        )


@rule("root-device", source=sources.AWS_BATCH_LAUNCH_TEMPLATES)
def root_device(config: EnvironmentFile) -> Breaches:
    """The root device is that of an own AMI, and one AMI has one."""
    said: dict[str, BootImage] = {}
    for image in boot_images(config):
        if image.root_device is None:
            continue
        if image.image_id is None:
            if image.root_device != defaults.ROOT_DEVICE:
                yield Breach(
                    path=image.path,
                    message="AWS's images have another root device: a second disk would be added",
                    value=image.root_device,
                    allowed=f"{defaults.ROOT_DEVICE}; another one with an AMI of your own",
                    fix="remove it, or name the AMI that has it",
                    about=image.named_by,
                )
            continue
        first = said.setdefault(image.image_id, image)
        if first.root_device != image.root_device:
            yield Breach(
                path=image.path,
                message=f"{image.image_id} has one root device, and {first.path} says "
                f"{first.root_device}",
                value=image.root_device,
                allowed=f"what `aws ec2 describe-images --image-ids {image.image_id} "
                "--query Images[].RootDeviceName` tells",
                fix="say it once: every section with this AMI takes it from there",
                about=(first.path, *first.named_by, *image.named_by),
            )


@rule("boot-disk-speed", source=sources.AWS_EBS)
def boot_disk_speed(config: EnvironmentFile) -> Breaches:
    """IOPS and throughput of disks are what their kind takes."""
    for path, disk, size in _disks(config):
        kind, iops, speed = disk.ebs_volume_type, disk.ebs_iops, disk.ebs_throughput
        least, most = limits.EBS_IOPS.get(kind, (0, 0))
        about = (f"{path}.ebs_volume_type",)
        if iops is not None and not least <= iops <= most:
            yield Breach(
                path=f"{path}.ebs_iops",
                message=f"{kind} volumes have no such number of IOPS",
                value=iops,
                allowed=f"{least} to {most} for {kind}" if most else "nothing for gp2",
                fix="change it, or take another ebs_volume_type",
                about=about,
            )
        elif iops is None and kind in {"io1", "io2"}:
            yield Breach(
                path=f"{path}.ebs_iops",
                message=f"{kind} volumes have no IOPS but those that are asked for",
                allowed=f"{least} to {most}",
                fix=f"add {path}.ebs_iops, or take gp3",
                about=about,
            )
        elif kind == "gp3" and iops and size and iops > size * limits.GP3_IOPS_PER_GB:
            yield Breach(
                path=f"{path}.ebs_iops",
                message=f"a gp3 volume of {size} GB has not so many IOPS",
                value=iops,
                allowed=f"at most {size * limits.GP3_IOPS_PER_GB}",
                fix="lower it, or make the disk larger",
                about=(path, "forge.ebs_boot_size"),
            )
        if speed is None:
            continue
        needed = speed / limits.GP3_MIBPS_PER_IOPS
        if kind != "gp3":
            yield Breach(
                path=f"{path}.ebs_throughput",
                message="only gp3 volumes have a throughput that can be chosen",
                value=speed,
                allowed=f"nothing for {kind}",
                fix="remove it, or take gp3",
                about=about,
            )
        elif needed > (iops or limits.GP3_IOPS):
            yield Breach(
                path=f"{path}.ebs_throughput",
                message="a gp3 volume gives 0.25 MiB/s for each of its IOPS",
                value=speed,
                allowed=f"{int(needed)} IOPS or more for {speed} MiB/s",
                fix=f"set {path}.ebs_iops: {int(needed)}, or lower the throughput",
                about=(f"{path}.ebs_iops", *about),
            )


def _disks(config: EnvironmentFile) -> Iterator[tuple[str, Disk, int | None]]:
    """Yield path, description and size of every disk that the file describes."""
    if config.forge is None:
        return
    for fleet in node_fleets(config):
        disk, second, whole = fleet.kept, fleet.kept.data_disk, fleet.overridden
        size = fleet.said.ebs_boot_size or config.forge.ebs_boot_size
        # What some types have as all others do is said of the environment.
        if whole is None or (_speed(disk), size) != (_speed(whole.kept), whole.said.ebs_boot_size):
            yield fleet.kept_path, disk, size
        if second is not None and (whole is None or whole.kept.data_disk != second):
            yield f"{fleet.kept_path}.data_disk", second, second.size
    head = config.aws.head
    yield "aws.head", head, head.ebs_boot_size or config.forge.ebs_boot_size


def _speed(disk: Disk) -> tuple[str, int | None, int | None]:
    return disk.ebs_volume_type, disk.ebs_iops, disk.ebs_throughput
