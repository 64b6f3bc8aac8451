# SPDX-License-Identifier: Apache-2.0
"""Which file systems nodes mount, in the words of the file: the rules hold for each kind alike."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from seqera_batch.catalog import defaults, ports

if TYPE_CHECKING:
    from seqera_batch.config.environment import EnvironmentFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystemFields:
    """A kind of file system in the words of the file.

    Args:
        kind: Short name, in `Given.file_systems` and in a plan.
        title: What people call it.
        creating: Field that asks for a new one; `aws` has what Platform does not know.
        existing: Field that names one that exists.
        mounting: Field with the mount path.
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
    def asking(self) -> tuple[str, str]:
        """The fields that ask for one."""
        return self.existing, self.creating

    def is_created(self, config: EnvironmentFile) -> bool:
        """Whether the environment makes one."""
        return bool(said(config, self.creating))

    def named(self, config: EnvironmentFile) -> str | None:
        """Return the name of an existing one, as the file gives it."""
        name: str | None = said(config, self.existing)
        return name

    def exists(self, config: EnvironmentFile) -> bool:
        """Whether the file names one that exists, or an app brings it along."""
        return self.named(config) is not None or self.kind in config.given.file_systems

    def is_mounted(self, config: EnvironmentFile) -> bool:
        """Whether nodes mount one."""
        return self.is_created(config) or self.exists(config)

    def mount_path(self, config: EnvironmentFile) -> str:
        """Return where it is mounted: the given path or Seqera's recommended one."""
        given: str | None = said(config, self.mounting)
        return self.default_path if given is None else given


def said(config: EnvironmentFile, path: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """Return what a field holds, by its path; None where the file has no such section."""
    section, _, field = path.rpartition(".")
    return getattr(attrgetter(section)(config), field, None)


EFS = FileSystemFields(
    kind="efs",
    title="EFS",
    creating="forge.efs_create",
    existing="forge.efs_id",
    mounting="forge.efs_mount",
    default_path=defaults.EFS_MOUNT,
    ports=ports.NFS,
)
FSX = FileSystemFields(
    kind="fsx",
    title="FSx for Lustre",
    creating="forge.fsx_size",
    existing="forge.fsx_name",
    mounting="forge.fsx_mount",
    default_path=defaults.FSX_MOUNT,
    ports=ports.LUSTRE,
)
FILE_SYSTEMS = (EFS, FSX)
"""Every kind of file system that nodes can mount."""
