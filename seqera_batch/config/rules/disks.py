# SPDX-License-Identifier: Apache-2.0
"""Rules about the nodes' disks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.fleets import fleets
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

if TYPE_CHECKING:
    from seqera_batch.config.environment import EnvironmentFile


@rule("small-boot-disk", source=sources.SEQERA_AWS_BATCH, severity=Severity.WARNING)
def small_boot_disk(config: EnvironmentFile) -> Breaches:
    """The boot disk is as large as Seqera's default: images and scratch files live on it."""
    fusion_on_disk = config.fusion2_enabled and not config.nvme_storage_enabled
    advised = defaults.FUSION_BOOT_DISK_GB if fusion_on_disk else defaults.BOOT_DISK_GB
    for fleet in fleets(config):
        size = fleet.said.ebs_boot_size
        if size is None or size >= advised:
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
