# SPDX-License-Identifier: Apache-2.0
"""Which file systems nodes mount, in the words of the file: the rules hold for each kind alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import defaults, ports
from seqera_batch.records import dataclass

if TYPE_CHECKING:
    from seqera_batch.config.environment import EnvironmentFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystemFields:
    """A kind of file system in the words of the file.

    Args:
        kind: Short name, in `Given.file_systems` and in a plan.
        title: What people call it.
        creating: Field of `forge` that asks for a new one.
        existing: Field of `forge` that names one that exists.
        mounting: Field of `forge` with the mount path.
        default_path: Mount path where that field is left out.
        ports: TCP ports that it listens on, as inclusive ranges.
    """

    kind: str
    title: str
    creating: str
    existing: str
    mounting: str
    default_path: str
    ports: ports.Ports

    @property
    def paths(self) -> tuple[str, str]:
        """The fields that ask for one, as the file's reader names them."""
        return f"forge.{self.existing}", f"forge.{self.creating}"

    def is_created(self, config: EnvironmentFile) -> bool:
        """Whether the environment makes one."""
        return config.forge is not None and bool(getattr(config.forge, self.creating))

    def named(self, config: EnvironmentFile) -> str | None:
        """Return the name of an existing one, as the file gives it."""
        name: str | None = getattr(config.forge, self.existing, None)
        return name

    def exists(self, config: EnvironmentFile) -> bool:
        """Whether the file names one that exists, or an app brings it along."""
        return self.named(config) is not None or self.kind in config.given.file_systems

    def is_mounted(self, config: EnvironmentFile) -> bool:
        """Whether nodes mount one."""
        return self.is_created(config) or self.exists(config)

    def mount_path(self, config: EnvironmentFile) -> str:
        """Return where it is mounted: the given path or Seqera's recommended one."""
        given: str | None = getattr(config.forge, self.mounting, None)
        return self.default_path if given is None else given


EFS = FileSystemFields(
    kind="efs",
    title="EFS",
    creating="efs_create",
    existing="efs_id",
    mounting="efs_mount",
    default_path=defaults.EFS_MOUNT,
    ports=ports.NFS,
)
FSX = FileSystemFields(
    kind="fsx",
    title="FSx for Lustre",
    creating="fsx_size",
    existing="fsx_name",
    mounting="fsx_mount",
    default_path=defaults.FSX_MOUNT,
    ports=ports.LUSTRE,
)
FILE_SYSTEMS = (EFS, FSX)
"""Every kind of file system that nodes can mount."""
