# SPDX-License-Identifier: Apache-2.0
"""Decides where files are kept: the work directory, buckets, and file systems behind one class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from seqera_batch.catalog.names import environment_id
from seqera_batch.catalog.ports import Ports
from seqera_batch.catalog.work_directory import WorkDirectory
from seqera_batch.config.check import ForgeConfig
from seqera_batch.plan.decision import Decisions
from seqera_batch.plan.network import FileSystemGroup
from seqera_batch.plan.storage.buckets import WorkBucket, buckets, work_bucket, work_directory
from seqera_batch.plan.storage.efs import Efs
from seqera_batch.plan.storage.file_system import FileSystem
from seqera_batch.plan.storage.fsx import Fsx
from seqera_batch.policies.access import BucketAccess
from seqera_batch.records import dataclass

__all__ = ["KINDS", "Efs", "FileSystem", "Fsx", "Storage", "data_is_kept", "storage"]

KINDS: tuple[type[FileSystem], ...] = (Efs, Fsx)
"""Every kind of file system; all that knows one kind from another is in its class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where an environment keeps its files.

    Args:
        work_dir: The work directory.
        work_bucket: Its bucket, where the stack makes it.
        buckets: Buckets and folders that jobs reach.
        bucket_keys: ARNs of KMS keys of buckets that exist.
        bucket_owners: Buckets of other accounts, and whose they are.
        file_systems: File systems that every node mounts.
    """

    work_dir: WorkDirectory
    work_bucket: WorkBucket | None = None
    buckets: tuple[BucketAccess, ...] = ()
    bucket_keys: tuple[str, ...] = ()
    bucket_owners: Mapping[str, str] = field(default_factory=dict)
    file_systems: tuple[FileSystem, ...] = ()

    @property
    def written_buckets(self) -> tuple[str, ...]:
        """Names of the buckets that jobs write to, each once."""
        return tuple(dict.fromkeys(one.bucket for one in self.buckets if not one.read_only))

    @property
    def ingress(self) -> Ports:
        """Ports of created file systems that share the nodes' security group."""
        return tuple(
            span
            for system in self.file_systems
            if system.created and system.own_group is None
            for span in system.ports
        )

    @property
    def groups(self) -> tuple[FileSystemGroup, ...]:
        """Security groups of created file systems that have their own."""
        return tuple(
            FileSystemGroup(
                id=system.own_group,
                kind=system.kind,
                title=system.title,
                ingress_ports=system.ports,
                kept_on_delete=system.kept_on_delete,
            )
            for system in self.file_systems
            if system.created and system.own_group is not None
        )


def data_is_kept(config: ForgeConfig) -> bool:
    """Return whether data outlives the stack: deleting it takes two keys.

    A Manual environment has only one of them, so there it always does.
    """
    disposed = config.forge is not None and config.forge.dispose_on_deletion
    return not (disposed and config.aws.destroy_data)


def storage(config: ForgeConfig, tags: dict[str, str], decisions: Decisions) -> Storage:
    """Return where files are kept."""
    kept = data_is_kept(config)
    # A label `Name` wins over the automatic one.
    named = {"Name": environment_id(config.aws.prefix, config.name), **tags}
    given = config.given.work_bucket
    keys = (*config.aws.bucket_kms_keys, *((given.key,) if given and given.key else ()))
    return Storage(
        work_dir=work_directory(config),
        work_bucket=work_bucket(config, tags, kept=kept, decisions=decisions),
        buckets=buckets(config),
        bucket_keys=keys,
        bucket_owners=config.aws.bucket_owners,
        file_systems=tuple(
            kind.of(config, named, kept=kept) for kind in KINDS if kind.fields.is_mounted(config)
        )
        if config.forge is not None
        else (),
    )
