# SPDX-License-Identifier: Apache-2.0
"""What costs money while no pipeline runs."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import limits
from seqera_batch.plan.compute import Compute
from seqera_batch.plan.decision import IdleCost, QuotaUse
from seqera_batch.plan.key import KmsKey
from seqera_batch.plan.network import Network
from seqera_batch.plan.operations import Operations, operations_costs
from seqera_batch.plan.platform import PlatformIdentity
from seqera_batch.plan.storage import Storage
from seqera_batch.plan.storage.buckets import WorkBucket
from seqera_batch.records import dataclass
from seqera_batch.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What an environment takes without running anything.

    Args:
        idle: What costs money.
        quotas: What it takes of fixed quotas of the account and region.
    """

    idle: tuple[IdleCost, ...]
    quotas: tuple[QuotaUse, ...]


def costs(  # noqa: PLR0913, PLR0917 - one argument a section
    compute: Compute,
    storage: Storage,
    network: Network | None,
    key: KmsKey | None,
    watched: Operations | None,
    identity: PlatformIdentity,
) -> Costs:
    """Return what an idle environment takes; the default one costs nothing."""
    kept_on = [
        IdleCost(
            what=f"{environment.min_vcpus} vCPUs of {environment.type} instances",
            why=f"{environment.path}.min_cpus keeps them on day and night",
            avoid=f"set {environment.path}.min_cpus: 0",
        )
        for environment in compute.environments
        if environment.min_vcpus
    ]
    stored = [cost for system in storage.file_systems if (cost := system.idle_cost()) is not None]
    return Costs(
        idle=(
            *kept_on,
            *stored,
            *_of_data(storage.work_bucket, key),
            *_of_identity(identity),
            *_of_network(network),
            *operations_costs(watched),
        ),
        quotas=(
            QuotaUse(
                quota="job queues", used=len(compute.queues), limit=limits.JOB_QUEUES_PER_REGION
            ),
            QuotaUse(
                quota="compute environments",
                used=len(compute.environments),
                limit=limits.COMPUTE_ENVIRONMENTS_PER_REGION,
            ),
        ),
    )


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


def _of_identity(identity: PlatformIdentity) -> Iterator[IdleCost]:
    if identity.access_key_secret is not None:
        yield IdleCost(
            what="1 secret with Platform's access key",
            why="charged by the month, about 0.40 US dollar",
            avoid="let Platform take a role: aws.platform_access.cloud, or role",
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
