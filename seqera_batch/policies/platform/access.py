# SPDX-License-Identifier: Apache-2.0
"""What Seqera Platform's credential has to reach, as facts without IAM words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from seqera_batch.policies.access import BucketAccess
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeAccess:
    """What a credential reaches with which Platform makes the AWS Batch resources itself.

    Args:
        prefix: First part of the names that Forge gives (`TOWER_FORGE_PREFIX`).
        own_roles: ARNs of roles that Forge is told to use instead of making them.
        permissions_boundary: ARN of the boundary without which no role may be made.
        makes_roles: Whether Forge makes the roles that it is not told of.
        finds_images: Whether Platform looks up Amazon's ECS images.
        makes_efs: Whether Forge makes EFS file systems.
        makes_fsx: Whether Forge makes FSx for Lustre file systems.
        reads_fsx: Whether Forge looks up a file system that exists.
        tags: Tags that what Forge makes must carry, or may not be touched without; roles apart,
            which prefix and boundary hold.
    """

    prefix: str
    own_roles: tuple[str, ...] = ()
    permissions_boundary: str | None = None
    makes_roles: bool = True
    finds_images: bool = True
    makes_efs: bool = False
    makes_fsx: bool = False
    reads_fsx: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformAccess:
    """What the credential reaches.

    Args:
        queues: Names of the queues that Platform submits head jobs to; patterns in Forge mode.
        job_roles: ARNs of the roles that Platform hands to head jobs.
        log_group: Where the containers' output goes.
        work_dir: Work directory; Platform shows the log files of runs from it. None where it is
            on a file system.
        data: Buckets or folders that Data Explorer and Studios read and write.
        list_buckets: Whether all buckets of the account are offered in menus.
        keys: ARNs of the KMS keys that encrypt the buckets.
        secrets: Whether Platform keeps pipeline secrets in AWS Secrets Manager.
        secrets_key: ARN of the KMS key of the secrets, if not AWS's own.
        describe_ec2: Whether networks, images and keys are offered in menus.
        console_output: Whether Platform reads why the start of a node failed.
        lineage: Whether Platform follows data lineage through a queue and a bucket.
        tags: Tags that each job must carry, or may not be touched without.
        probed: Names of the buckets that a launch lists first.
        separate_workloads: Whether each workload of Platform may do only what it needs.
        node_tags: Tags that nodes carry, where the stack makes them; empty for every instance.
        job_definitions: Names of the job definitions that may be registered and run, each the
            start of names if it ends in `*`; empty for all of the account and region.
        forge: What Platform makes itself; None where it only launches.
    """

    queues: tuple[str, ...]
    log_group: str
    job_roles: tuple[str, ...] = ()
    work_dir: BucketAccess | None = None
    data: tuple[BucketAccess, ...] = ()
    list_buckets: bool = False
    keys: tuple[str, ...] = ()
    secrets: bool = False
    secrets_key: str | None = None
    describe_ec2: bool = False
    console_output: bool = False
    lineage: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    probed: tuple[str, ...] = ()
    separate_workloads: bool = False
    node_tags: Mapping[str, str] = field(default_factory=dict)
    job_definitions: tuple[str, ...] = ()
    forge: ForgeAccess | None = None
