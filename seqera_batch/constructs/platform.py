# SPDX-License-Identifier: Apache-2.0
"""What Seqera Platform works with, as an app uses it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import aws_cdk as cdk

from seqera_batch.catalog import ids
from seqera_batch.constructs.arns import role_arn, user_arn
from seqera_batch.constructs.part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_secretsmanager as secretsmanager
    from constructs import Construct

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.constructs.part import Slice


class PlatformAccess(Part):
    """What Seqera Platform works with: a role or a user, its policies, a key where asked for."""

    FIELD = "platform"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        of: ForgeConfig | Slice,
        key: str | None = None,
        beside: Sequence[Part] = (),
        also: Sequence[ForgeConfig] = (),
    ) -> None:
        """Create the identity.

        Args:
            scope: Parent construct.
            construct_id: Id below it.
            of: The environment file.
            key: Left out: there is one.
            beside: Parts that make what it refers to.
            also: Files of further environments that it serves.
        """
        self._also = also
        super().__init__(scope, construct_id, of=of, key=key, beside=beside)

    @cached_property
    def role(self) -> iam.IRole | None:
        """The role that Platform takes; None where it works as a user."""
        made = self.all_of(cdk.aws_iam.CfnRole).get(ids.PLATFORM_ROLE)
        if made is None:
            return None
        return cdk.aws_iam.Role.from_role_arn(self, "RoleReference", role_arn(made))

    @cached_property
    def user(self) -> iam.IUser | None:
        """The user that Platform works as; None where it takes a role."""
        made = self.all_of(cdk.aws_iam.CfnUser).get(ids.PLATFORM_USER)
        return (
            None
            if made is None
            else cdk.aws_iam.User.from_user_arn(self, "UserReference", user_arn(made))
        )

    @cached_property
    def secret(self) -> secretsmanager.ISecret | None:
        """The secret with the user's access key; None where no key is made."""
        made = self.all_of(cdk.aws_secretsmanager.CfnSecret).get(ids.ACCESS_KEY_SECRET)
        if made is None:
            return None
        return cdk.aws_secretsmanager.Secret.from_secret_complete_arn(
            self, "SecretReference", made.ref
        )

    @property
    def cfn_policies(self) -> Mapping[str, iam.CfnManagedPolicy]:
        """What it may do, as CloudFormation has it, by id."""
        return self.all_of(cdk.aws_iam.CfnManagedPolicy)


class RegistrationPart(Part):
    """The function that registers the environment with Platform, and the registration."""

    FIELD = "registration"
