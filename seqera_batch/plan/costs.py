# SPDX-License-Identifier: Apache-2.0
"""What costs money while no pipeline runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.plan.model import IdleCost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seqera_batch.plan.model import ComputeEnvironment, KmsKey, Network, WorkBucket
    from seqera_batch.plan.storage import FileSystem


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
    stored = [cost for system in systems if (cost := system.idle_cost()) is not None]
    return (*found, *stored, *_of_data(bucket, key), *_of_network(network))


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
            what=f"{counted(network.nat_gateways, 'NAT gateway')}, each with an address",
            why="charged by the hour, and by the amount of data besides",
            avoid="set aws.network.create.mode: public, which lets nobody in either",
        )
    if network.endpoints:
        zones = len(network.private_cidrs)
        yield IdleCost(
            what=f"{counted(len(network.endpoints), 'interface endpoint')} in {zones} zones",
            why="charged by the hour in each zone",
            avoid="take fewer zones in aws.network.create.zones, or another mode",
        )


def counted(number: int, what: str) -> str:
    """Return a number of things, in the singular or the plural."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
