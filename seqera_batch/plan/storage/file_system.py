# SPDX-License-Identifier: Apache-2.0
"""What every file system knows of itself, so that nobody else asks which kind it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

    from seqera_batch.cloudformation.resource import Resources
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings
    from seqera_batch.node import Mount
    from seqera_batch.plan.model import IdleCost, Network
    from seqera_batch.policies.document import PolicyDocument, Scope, Statement
    from seqera_batch.template.network import Place

UNKNOWN = "<created file system>"
"""Stands for an id that AWS gives, where people read a plan."""

Ports = tuple[tuple[int, int], ...]
"""Inclusive ranges of TCP ports, first and last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What created file systems have in common.

    Args:
        tags: Their tags, `Name` among them.
        kept_on_delete: Whether they outlive their stack.
    """

    tags: dict[str, str]
    kept_on_delete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystem(ABC):
    """A file system that every EC2 node mounts, and hands to the containers of its jobs.

    A new kind is a class like this one in `KINDS`, and the script that mounts it.

    Args:
        kind: `short`, as part of the plan.
        created: Whether the stack makes it.
        mount_path: Where nodes mount it, and containers see it.
        ports: TCP ports that it listens on.
        file_system_id: Its id, if it exists.
        kept_on_delete: Whether it outlives its stack.
        tags: Tags of a created one.
    """

    title: ClassVar[str]
    """What people call it."""
    short: ClassVar[str]
    """Name of the kind in a plan, and of its volume in a job definition."""
    service: ClassVar[str]
    """Its service, as endpoints and IAM name it."""
    field: ClassVar[str]
    """Field of `forge` that names one that exists."""
    fields: ClassVar[tuple[str, ...]]
    """Fields of `forge` that ask for one, created or existing."""
    resource_id: ClassVar[str]
    """Id of the created file system below `BatchForge`; part of the public contract."""

    kind: str
    created: bool
    mount_path: str
    ports: Ports
    file_system_id: str | None = None
    kept_on_delete: bool
    tags: dict[str, str]

    @classmethod
    @abstractmethod
    def of(cls, config: ForgeConfig, forge: ForgeSettings, shared: Shared) -> Self | None:
        """Return the one that a file asks for, if it does."""

    @staticmethod
    @abstractmethod
    def stand_in(region: str) -> str:
        """Return a value of `field` for one that an app brings along under a name of its own."""

    @abstractmethod
    def mount(self, region: str, *, deployed: bool) -> Mount:
        """Return how a node mounts it.

        Args:
            region: Region code.
            deployed: Whether ids that AWS gives are written as marks of `intrinsics`; else
                `UNKNOWN` stands for them.
        """

    @abstractmethod
    def resources(self, place: Place) -> Resources:
        """Return what is created for it; nothing where it exists.

        Args:
            place: Subnets and security groups of the nodes, which it shares.
        """

    @abstractmethod
    def mountable(self, place: Place) -> tuple[str, ...]:
        """Return the ids of what must exist before a node mounts it."""

    @abstractmethod
    def node_statements(self, scope: Scope) -> tuple[Statement, ...]:
        """Return what the instance role needs to mount it."""

    def own_policy(self) -> PolicyDocument | None:
        """Return the policy on a created one, which says who mounts it; None where it has none."""
        return None

    @abstractmethod
    def client_statement(self, scope: Scope, file_system_id: str, *, write: bool) -> Statement:
        """Return what others need to mount it, who reach its ports too.

        Args:
            scope: Partition, region and account.
            file_system_id: Its id, or the token of one that is created.
            write: Whether they write as well.
        """

    @abstractmethod
    def idle_cost(self) -> IdleCost | None:
        """Return what it costs while no job runs."""

    @abstractmethod
    def assumptions(self, place: Network) -> Iterator[str]:
        """Yield what cannot be seen without an account and has to be so."""

    @abstractmethod
    def details(self) -> tuple[str, ...]:
        """Return what is to be said of a created one, each a few words."""

    def describe(self) -> str:
        """Return it in one line for people."""
        if not self.created:
            return f"{self.title} {self.named()} at {self.mount_path} (exists)"
        fate = "kept" if self.kept_on_delete else "deleted with its data"
        what = ", ".join((self.title, *self.details(), "created"))
        return f"{what}, at {self.mount_path}; {fate} when the stack is deleted"

    def known_as(self, names: Mapping[str, str]) -> Self:
        """Return it under ids and names that are known elsewhere."""
        values: dict[str, Any] = dict(names)
        return replace(self, **values)

    def named(self) -> str:
        """Return how people name one that exists."""
        return self.file_system_id or UNKNOWN

    def identity(self, mark: str, *, deployed: bool) -> str:
        """Return its id: known, or the mark of the created resource, or `UNKNOWN`."""
        if not self.created:
            return self.file_system_id or UNKNOWN
        return mark if deployed else UNKNOWN
