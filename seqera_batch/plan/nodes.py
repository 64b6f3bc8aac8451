# SPDX-License-Identifier: Apache-2.0
"""Decides what EC2 nodes start with: disks, AWS CLI, logs, mounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import field
from typing import Literal

from seqera_batch.catalog import defaults, sources
from seqera_batch.catalog.names import environment_id
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.fleets import Fleet, node_fleets, root_device
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.config.node_fleets import NodeFleet
from seqera_batch.node import AwsCli, Mount, NodeSetup, OwnScript
from seqera_batch.plan.decision import Decisions
from seqera_batch.records import dataclass
from seqera_batch.words import tell, told, untold

_SECOND = "/dev/sdf"
"""The first device that AWS recommends for a data volume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A volume of a node; GB, MiB/s; None leaves gp3's own baseline."""

    size_gb: int = field(metadata=told("{} GB"))
    volume_type: str = field(default="gp3", metadata=told("{}"))
    encrypted: bool = field(default=True, metadata=told("encrypted"))
    iops: int | None = field(default=None, metadata=told("{} IOPS"))
    throughput_mib_per_second: int | None = field(default=None, metadata=told("at {} MiB/s"))
    device_name: str = field(
        default=defaults.ROOT_DEVICE,
        metadata=told(
            lambda name: None if name in {defaults.ROOT_DEVICE, _SECOND} else f"as {name}"
        ),
    )
    delete_on_termination: bool = field(default=True, metadata=untold("the same for every node"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTemplate:
    """What EC2 nodes start with, in one or several compute environments.

    Args:
        key: Short name; its resources are named by it.
        purpose: What nodes of it are for, a few words.
        disk: The root volume.
        data_disk: A second one, for the files of tasks.
        setup: What a node runs before it takes jobs.
        image_id: AMI of nodes of these types alone; that of others stands in their environment.
    """

    key: str = field(metadata=untold("names the template"))
    purpose: str = field(metadata=untold("names the template"))
    disk: Disk = field(metadata=told(lambda disk: f"disk: {' '.join(tell(disk))}"))
    data_disk: Disk | None = field(
        default=None, metadata=told(lambda disk: f"data disk: {' '.join(tell(disk))}")
    )
    setup: NodeSetup = field(metadata=told(lambda setup: "; ".join(tell(setup)) or None))
    image_id: str | None = field(default=None, metadata=told("image {}"))


def node_templates(  # noqa: PLR0913 - what nodes depend on
    config: ForgeConfig,
    forge: ForgeSettings,
    *,
    keys: Collection[str],
    mounts: tuple[Mount, ...],
    log_group: str | None,
    decisions: Decisions,
) -> tuple[NodeTemplate, ...]:
    """Return the templates that the environments use.

    Args:
        config: The environment file.
        forge: Its section.
        keys: Keys of the templates that are used.
        mounts: What every node mounts.
        log_group: Where nodes write their own logs; None where those stay on the node.
        decisions: What is decided so far.
    """
    _decide_disk(config, forge, decisions)
    own = {one.key: one for one in node_fleets(config) if node_key(config, one) not in _PURPOSES}
    purposes = _PURPOSES | {key: f"Nodes of {_whose(one)}" for key, one in own.items()}
    cli = _aws_cli(config)
    if cli is not None and cli.install:
        decisions.add(
            "cli_path",
            cli.path,
            "without Fusion v2 tasks copy files with the AWS CLI, which nodes install "
            "from awscli.amazonaws.com",
            sources.SEQERA_AWS_BATCH,
        )
    return tuple(
        NodeTemplate(
            key=key,
            purpose=purpose,
            disk=_disk_of(config, forge, own.get(key), role=key),
            data_disk=_data_disk(config, own.get(key), key),
            setup=NodeSetup(
                data_disk=_data_disk(config, own.get(key), key) is not None,
                environment=environment_id(config.aws.prefix, config.name),
                # Head jobs and DRAGEN keep the disks of their nodes as they are.
                fusion_scratch=key not in {"head", "dragen"} and config.nvme_storage_enabled,
                fusion=config.fusion2_enabled,
                aws_cli=cli,
                log_group=log_group,
                mounts=mounts,
                own_scripts=tuple(
                    OwnScript(name=one.name, text=one.run or "") for one in config.aws.node_scripts
                ),
                ecs_config=forge.ecs_config,
            ),
            # Elsewhere the environment has it, beside the kind of image.
            image_id=_own_image(own.get(key)),
        )
        for key, purpose in purposes.items()
        if key in keys
    )


_PURPOSES = {
    # The first one is everybody's, but for those that have their own.
    "work": "Nodes",
    "head": "Nodes for head jobs",
    "dragen": "Nodes for DRAGEN",
}


def _whose(fleet: Fleet) -> str:
    if fleet.overridden is None:
        return fleet.key
    return f"{fleet.overridden.key} that are {', '.join(fleet.said.instance_types)}"


def _own_image(fleet: Fleet | None) -> str | None:
    whole = None if fleet is None else fleet.overridden
    if fleet is None or whole is None or whole.said.image_id == fleet.said.image_id:
        return None
    return fleet.said.image_id


def node_key(config: ForgeConfig, fleet: Fleet) -> str:
    """Return the key of the template of an environment for tasks: one of its own if it differs."""
    forge = config.forge
    alike = fleet.kept.data_disk == config.aws.compute.data_disk
    if forge is None or fleet.overridden is not None:
        return fleet.key
    if alike and _disk_of(config, forge, fleet) == _disk_of(config, forge, None):
        return "work"
    return fleet.key


def role_node_key(
    config: ForgeConfig, forge: ForgeSettings, role: Literal["head", "dragen"]
) -> str:
    """Return the key of the template of nodes for head jobs or DRAGEN: their own if they differ."""
    differ = config.nvme_storage_enabled or config.aws.compute.data_disk is not None
    alike = _disk_of(config, forge, None, role=role) == _disk_of(config, forge, None)
    return "work" if alike and not differ else role


def _disk_of(
    config: ForgeConfig, forge: ForgeSettings, fleet: Fleet | None, *, role: str = "work"
) -> Disk:
    """Return the boot disk of an environment; of one of ours where none of the file's is given."""
    kept: NodeFleet = config.aws.compute
    size, image = forge.ebs_boot_size, forge.image_id
    if role == "head":
        kept = own = config.aws.head
        size, image = own.ebs_boot_size or size, own.image_id or image
    elif role == "dragen":
        image = forge.dragen_ami_id
    elif fleet is not None:
        kept, said = fleet.kept, fleet.said
        size, image = said.ebs_boot_size or size, said.image_id or image
    return _boot_disk(config, size, kept, root_device(config, image))


def _data_disk(config: ForgeConfig, fleet: Fleet | None, key: str) -> Disk | None:
    """Return the second disk of a template's nodes: a fleet's own, or the main one's."""
    said = config.aws.compute.data_disk if fleet is None else fleet.kept.data_disk
    if said is None or key in {"head", "dragen"}:
        return None
    return Disk(
        size_gb=said.size,
        volume_type=said.ebs_volume_type,
        iops=said.ebs_iops,
        throughput_mib_per_second=said.ebs_throughput,
        device_name=_SECOND,
    )


def _boot_disk(config: ForgeConfig, size: int | None, kept: NodeFleet, device: str | None) -> Disk:
    cache_on_disk = config.fusion2_enabled and not config.nvme_storage_enabled
    if size is None:
        size = defaults.FUSION_BOOT_DISK_GB if cache_on_disk else defaults.BOOT_DISK_GB
    fast = cache_on_disk and kept.ebs_volume_type == "gp3"
    return Disk(
        size_gb=size,
        volume_type=kept.ebs_volume_type,
        iops=kept.ebs_iops,
        throughput_mib_per_second=kept.ebs_throughput
        or (defaults.FUSION_BOOT_DISK_MIB_PER_SECOND if fast else None),
        device_name=device or defaults.ROOT_DEVICE,
    )


def _decide_disk(config: ForgeConfig, forge: ForgeSettings, decisions: Decisions) -> None:
    if forge.ebs_boot_size is not None:
        return
    disk = _disk_of(config, forge, None)
    speed = disk.throughput_mib_per_second
    decisions.add(
        "forge.ebs_boot_size",
        disk.size_gb,
        "Seqera's default"
        if speed is None
        else f"Fusion v2 caches on the boot disk: Seqera's {disk.size_gb} GB gp3 at {speed} MB/s",
        sources.SEQERA_AWS_BATCH,
    )


def _aws_cli(config: ForgeConfig) -> AwsCli | None:
    if config.fusion2_enabled:
        return None
    if config.cli_path is not None:
        return AwsCli(path=config.cli_path, install=False)
    return AwsCli(version=config.aws.aws_cli.version)
