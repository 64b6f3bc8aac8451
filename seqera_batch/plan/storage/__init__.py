# SPDX-License-Identifier: Apache-2.0
"""The file systems of an environment, behind one interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.plan.storage.efs import Efs
from seqera_batch.plan.storage.file_system import FileSystem, Shared
from seqera_batch.plan.storage.fsx import Fsx

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings

__all__ = ["KINDS", "Efs", "FileSystem", "Fsx", "Shared", "file_systems", "stand_ins"]

KINDS: tuple[type[FileSystem], ...] = (Efs, Fsx)
"""Every kind of file system; all that knows one kind from another is in its class."""


def file_systems(
    config: ForgeConfig, forge: ForgeSettings, shared: Shared
) -> tuple[FileSystem, ...]:
    """Return the file systems that nodes mount, those of the file in the order of `KINDS`."""
    found = (kind.of(config, forge, shared) for kind in KINDS)
    return tuple(system for system in found if system is not None)


def stand_ins(region: str, kinds: Iterable[str]) -> dict[str, str]:
    """Return fields of `forge` with names for file systems that an app brings along.

    Args:
        region: Region code.
        kinds: Their kinds.
    """
    wanted = set(kinds)
    return {kind.field: kind.stand_in(region) for kind in KINDS if kind.short in wanted}
