# SPDX-License-Identifier: Apache-2.0
"""What an app brings along instead of the file: typed, and known before anything is decided.

Each value is what AWS takes, or the mark (`cloudformation.intrinsics`) of something that only the
deployment knows; the app's constructs say what stands for the mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from seqera_batch.records import dataclass

if TYPE_CHECKING:
    from seqera_batch.catalog.names import RoleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenNetwork:
    """Where nodes start.

    Args:
        vpc_id: The VPC.
        subnets: Ids of subnets of it.
        security_groups: Ids of groups of the nodes; one is created where there is none.
        way_out: Whether all of the subnets have a way to the internet, as far as the app knows.
        endpoints: Services that have an endpoint in the VPC, such as `ecr.api`, likewise.
    """

    vpc_id: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...] = ()
    way_out: bool = True
    endpoints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFileSystem:
    """A file system that nodes mount, and that lets them in.

    Args:
        file_system_id: Its id.
        dns_name: Its DNS name, where it is mounted by that.
        mount_name: Its mount name, where it has one.
    """

    file_system_id: str
    dns_name: str | None = None
    mount_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBucket:
    """The bucket of the work directory.

    Args:
        name: Its name.
        folder: Folder of the work directory, without slashes around it; None for the file's.
        written: The name that somebody gave it; None where only the deployment tells.
        key: ARN of the KMS key that encrypts it, if it has one.
    """

    name: str
    folder: str | None = None
    written: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Everything that an app brings along; nothing of it is created.

    Args:
        region: Region of the stack, if that is known.
        region_open: Whether the stack leaves its region to whoever deploys it.
        network: Where nodes start.
        file_systems: File systems by kind, such as `efs`.
        work_bucket: Bucket of the work directory.
        key: ARN of the KMS key of everything that is created and holds data.
        roles: ARNs by kind of role.
        topic: ARN of the topic that is told of what `aws.operations` watches.
    """

    region: str | None = None
    region_open: bool = False
    network: GivenNetwork | None = None
    file_systems: Mapping[str, GivenFileSystem] = field(default_factory=dict)
    work_bucket: GivenBucket | None = None
    key: str | None = None
    roles: Mapping[RoleKind, str] = field(default_factory=dict)
    topic: str | None = None
