# SPDX-License-Identifier: Apache-2.0
"""What costs money while no pipeline runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.plan.model import IdleCost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seqera_batch.plan.model import (
        ComputeEnvironment,
        FileSystem,
        KmsKey,
        Network,
        WorkBucket,
    )


def idle_costs(
    environments: Iterable[ComputeEnvironment],
    systems: Iterable[FileSystem],
    network: Network | None,
    bucket: WorkBucket | None = None,
    key: KmsKey | None = None,
) -> tuple[IdleCost, ...]:
    """Return the cost drivers of an idle environment; none in the default one."""
    found = [
        IdleCost(
            what=f"{environment.min_vcpus} vCPUs of {environment.type} instances",
            why="forge.min_cpus keeps them on day and night",
            avoid="set forge.min_cpus: 0",
        )
        for environment in environments
        if environment.min_vcpus
    ]
    for system in systems:
        if system.created and system.kind == "fsx":
            found.append(
                IdleCost(
                    what=f"FSx for Lustre, {system.size_gb} GB",
                    why="the whole capacity is charged from creation to deletion",
                    avoid="work in S3 with Fusion v2",
                )
            )
        elif system.created:
            found.append(
                IdleCost(
                    what="EFS storage",
                    why="files that are kept are charged; an empty file system is free",
                    avoid="delete work files, or work in S3 with Fusion v2",
                )
            )
    return (*found, *_of_data(bucket, key), *_of_network(network))


def _of_data(bucket: WorkBucket | None, key: KmsKey | None) -> Iterator[IdleCost]:
    if bucket is not None:
        yield IdleCost(
            what="S3 storage",
            why="files that are kept are charged; an empty bucket is free",
            avoid="delete results that nobody needs"
            if bucket.expire_after_days
            else "let work files expire with aws.work_bucket.expire_work_after_days",
        )
    if key is not None and key.created:
        yield IdleCost(
            what="1 KMS key",
            why="charged by the month, about 1 US dollar, and more for its first two rotations",
            avoid="leave aws.kms_key out: the keys that AWS manages are free",
        )


def _of_network(network: Network | None) -> Iterator[IdleCost]:
    if network is None:
        return
    if network.nat_gateways:
        yield IdleCost(
            what=f"{_count(network.nat_gateways, 'NAT gateway')}, each with an address",
            why="charged by the hour, and by the amount of data besides",
            avoid="set aws.network.create.mode: public, which lets nobody in either",
        )
    if network.endpoints:
        zones = len(network.private_cidrs)
        yield IdleCost(
            what=f"{_count(len(network.endpoints), 'interface endpoint')} in {zones} zones",
            why="charged by the hour in each zone",
            avoid="take fewer zones in aws.network.create.zones, or another mode",
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
