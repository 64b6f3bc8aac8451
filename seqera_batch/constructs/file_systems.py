# SPDX-License-Identifier: Apache-2.0
"""The file systems of an environment, as the rest of an app uses them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from seqera_batch.constructs.granting import allow
from seqera_batch.problems import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seqera_batch.plan.storage import FileSystem
    from seqera_batch.policies.document import Scope


@jsii.implements(ec2.IConnectable)
class MountedFileSystem:
    """A file system that every EC2 node of an environment mounts.

    Security considerations: whoever reaches the ports of FSx for Lustre may read and write, and of
    an EFS file system that is created here may mount it too, since nodes and tasks are told apart
    by network alone. Open `connections` to those who should, not to a network.
    """

    def __init__(
        self,
        system: FileSystem,
        *,
        file_system_id: str,
        scope: Scope,
        security_groups: Sequence[ec2.ISecurityGroup],
    ) -> None:
        """Refer to a file system of a plan.

        Args:
            system: What is known of it.
            file_system_id: Its id, or the token of one that is created.
            scope: Partition, region and account.
            security_groups: Its groups; none where they are not known.
        """
        self._system = system
        self._scope = scope
        self._security_groups = security_groups
        self.file_system_id = file_system_id
        """Id of the file system."""

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
        """Let somebody mount it and read, who reaches its ports too."""
        return self._grant(grantee, write=False)

    def grant_read_write(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody mount it, read and write, also as root, who reaches its ports too."""
        return self._grant(grantee, write=True)

    def _grant(self, grantee: iam.IGrantable, *, write: bool) -> iam.Grant:
        statement = self._system.client_statement(self._scope, self.file_system_id, write=write)
        return allow(grantee, statement)
