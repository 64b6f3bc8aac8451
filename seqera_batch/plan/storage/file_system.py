# SPDX-License-Identifier: Apache-2.0
"""What every file system knows of itself, so that nobody else asks which kind it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Self

from seqera_batch.catalog.ports import Ports
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.file_systems import FileSystemFields
from seqera_batch.node import Mount
from seqera_batch.plan.decision import IdleCost
from seqera_batch.plan.network import Network
from seqera_batch.policies.document import PolicyDocument, Scope, Statement
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystem(ABC):
    """A file system that every EC2 node mounts, and hands to the containers of its jobs.

    A new kind is a class like this one in `KINDS`, what `template.storage` makes of it, and the
    script that mounts it.

    Args:
        kind: Short name, also of its volume in a job definition.
        created: Whether the stack makes it.
        mount_path: Where nodes mount it, and containers see it.
        file_system_id: Its id; the mark of the resource where it is created.
        kept_on_delete: Whether it outlives its stack.
        tags: Tags of a created one.
    """

    fields: ClassVar[FileSystemFields]
    """The kind in the words of the environment file."""
    service: ClassVar[str]
    """Its service, as endpoints and IAM name it."""
    resource_id: ClassVar[str]
    """Id of the created file system below `BatchForge`; part of the public contract."""
    own_group: ClassVar[str | None] = None
    """Id of a security group of its own, where a created one has its network interfaces as long as
    it exists; None where they are of other resources, which go with the stack."""

    kind: str
    created: bool
    mount_path: str
    file_system_id: str
    kept_on_delete: bool
    tags: dict[str, str]

    @classmethod
    @abstractmethod
    def of(cls, config: ForgeConfig, tags: dict[str, str], *, kept: bool) -> Self:
        """Return the one that nodes mount, where the file asks for it or an app brings it.

        Args:
            config: The environment file, with what an app brings along.
            tags: Tags of a created one.
            kept: Whether data outlives the stack.
        """

    @property
    def title(self) -> str:
        """What people call it."""
        return self.fields.title

    @property
    def ports(self) -> Ports:
        """TCP ports that it listens on."""
        return self.fields.ports

    @abstractmethod
    def mount(self, region: str) -> Mount:
        """Return how a node mounts it, ids that AWS gives as marks."""

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

    def named(self) -> str:
        """Return how people name one that exists."""
        return self.file_system_id
