# SPDX-License-Identifier: Apache-2.0
"""File systems that exist, and how nodes mount them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seqera_batch.plan.storage import Efs, Fsx

if TYPE_CHECKING:
    from seqera_batch.node import Mount

EFS = Efs(
    created=False,
    mount_path="/mnt/efs",
    file_system_id="fs-0123456789abcdef0",
    kept_on_delete=True,
    tags={},
)
FSX = Fsx(
    created=False,
    mount_path="/mnt/fsx",
    file_system_id="fs-0123456789abcdef1",
    dns_name="fs-0123456789abcdef1.fsx.eu-west-1.amazonaws.com",
    kept_on_delete=True,
    tags={},
)


def efs(file_system_id: str, *, mount_path: str = "/mnt/efs", zone: str | None = None) -> Mount:
    """Return the mount of an EFS file system, One Zone if a zone is given."""
    system = replace(
        EFS, file_system_id=file_system_id, mount_path=mount_path, availability_zone=zone
    )
    return system.mount("eu-west-1")


def lustre(dns_name: str, *, mount_path: str = "/mnt/fsx", mount_name: str | None = None) -> Mount:
    """Return the mount of an FSx for Lustre file system."""
    system = replace(
        FSX,
        file_system_id=dns_name.split(".", maxsplit=1)[0],
        dns_name=dns_name,
        mount_path=mount_path,
        mount_name=mount_name,
    )
    return system.mount("eu-west-1")
