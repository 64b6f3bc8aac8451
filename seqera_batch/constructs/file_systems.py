# SPDX-License-Identifier: Apache-2.0
"""The file systems of an environment, as the rest of an app uses them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, overload

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from constructs import DependencyGroup

from seqera_batch.constructs.granting import grant
from seqera_batch.policies.document import PolicyDocument, Statement
from seqera_batch.problems import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aws_cdk.interfaces.aws_efs import FileSystemReference
    from constructs import Construct, IDependable

    from seqera_batch.plan.storage import FileSystem
    from seqera_batch.policies.document import Scope


@jsii.implements(ec2.IConnectable)
class MountedFileSystem(cdk.Resource):
    """A file system that every EC2 node of an environment mounts.

    Security considerations: whoever reaches the ports of FSx for Lustre may read and write. A
    created EFS file system is mounted by whom IAM lets; where the nodes' role exists, by whoever
    reaches it. Open `connections` to those who should, not to a network.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        of: FileSystem,
        file_system_id: str,
        where: Scope,
        security_groups: Sequence[ec2.ISecurityGroup],
        mount_targets: Iterable[IDependable] = (),
    ) -> None:
        """Refer to a file system of a plan.

        Args:
            scope: Parent construct.
            construct_id: Id below it.
            of: What is known of it.
            file_system_id: Its id, or the token of one that is created.
            where: Partition, region and account.
            security_groups: Its groups; none where they are not known.
            mount_targets: Those that are created with it.
        """
        super().__init__(scope, construct_id)
        self._system = of
        self._scope = where
        self._security_groups = security_groups
        self._id = file_system_id
        self._mount_targets = tuple(mount_targets)

    @property
    def file_system_id(self) -> str:
        """Id of the file system."""
        return self._id

    @property
    def kind(self) -> str:
        """Short name of its kind, such as `efs`."""
        return self._system.kind

    @property
    def mount_path(self) -> str:
        """Where nodes mount it, and job containers see it."""
        return self._system.mount_path

    @property
    def connections(self) -> ec2.Connections:
        """Who reaches it, by its own ports.

        Raises:
            ConfigError: It exists, so that its security groups are not known.
        """
        return self._connections

    @cached_property
    def _connections(self) -> ec2.Connections:
        # One object: CDK keeps in it that a rule belongs to the other side.
        if not self._security_groups:
            raise refusal(
                "brought-along",
                self._system.fields.existing,
                (
                    f"the security groups of {self._system.title} "
                    f"{self._system.named()} are not known here"
                ),
                fix="let others in by the construct of the file system, or of its group",
            )
        spans = self._system.ports
        return ec2.Connections(
            security_groups=list(self._security_groups),
            # As CDK does for Lustre: a default port is one range.
            default_port=ec2.Port.tcp_range(spans[0][0], spans[-1][1]),
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody mount it and read, who reaches its ports too.

        Raises:
            ConfigError: Nothing can be granted to them.
        """
        return self._grant(grantee, write=False)

    def grant_read_write(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody mount it, read and write, also as root, who reaches its ports too.

        Raises:
            ConfigError: Nothing can be granted to them.
        """
        return self._grant(grantee, write=True)

    def _grant(self, grantee: iam.IGrantable, *, write: bool) -> iam.Grant:
        statement = self._system.client_statement(self._scope, self.file_system_id, write=write)
        return grant(self, grantee, PolicyDocument((statement,)))


@jsii.implements(efs.IFileSystem)
class MountedEfs(MountedFileSystem):
    """An EFS file system that every EC2 node mounts, for access points and whatever CDK mounts."""

    @property
    def file_system_arn(self) -> str:
        """ARN of the file system."""
        return self._scope.arn("elasticfilesystem", f"file-system/{self.file_system_id}")

    @property
    def file_system_ref(self) -> FileSystemReference:
        """Id and ARN, as CDK's level 1 constructs take them."""
        from aws_cdk.interfaces.aws_efs import (  # noqa: PLC0415 - loaded only where it is used
            FileSystemReference,
        )

        return FileSystemReference(
            file_system_arn=self.file_system_arn, file_system_id=self.file_system_id
        )

    @property
    def mount_targets_available(self) -> IDependable:
        """What to wait for before mounting it; nothing where it exists."""
        return DependencyGroup(*self._mount_targets)

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Let somebody call actions of EFS on it.

        Raises:
            ConfigError: Nothing can be granted to them.
        """
        statement = Statement(
            sid="UseEfs",
            actions=actions,
            resources=(self.file_system_arn,),
            reason="the app asks for it",
        )
        return grant(self, grantee, PolicyDocument((statement,)))

    def grant_root_access(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody mount it, read and write, also as root; the same as `grant_read_write`.

        Raises:
            ConfigError: Nothing can be granted to them.
        """
        return self.grant_read_write(grantee)

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Add nothing: its policy is the file's, or its owner's; identities are granted rights."""
        del statement
        return iam.AddToResourcePolicyResult(statement_added=False)


class FileSystems(dict[str, MountedFileSystem]):
    """File systems by kind; a type checker knows that `efs` is one of CDK's."""

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, kind: Literal["efs"], /) -> MountedEfs: ...
        @overload
        def __getitem__(self, kind: str, /) -> MountedFileSystem: ...
        def __getitem__(self, kind: str, /) -> MountedFileSystem: ...
