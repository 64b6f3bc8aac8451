# SPDX-License-Identifier: Apache-2.0
"""Roles of jobs and nodes, as an app uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk

from seqera_batch.catalog import ids
from seqera_batch.constructs.arns import role_arn
from seqera_batch.constructs.part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_iam as iam


class _Roles(Part):
    """Roles, handed out so that what they are granted lands and waits."""

    def role(self, kind: str) -> iam.IRole:
        """Return a role by its kind, such as `HeadJobRole`.

        Raises:
            ConfigError: It is not made here.
        """
        made = self.resource(kind, cdk.aws_iam.CfnRole)
        found = self.node.try_find_child(f"{kind}Reference")
        if found is not None:
            return cast("iam.IRole", found)
        return cdk.aws_iam.Role.from_role_arn(self, f"{kind}Reference", role_arn(made))

    def add_managed_policy(self, kind: str, policy: iam.IManagedPolicy) -> None:
        """Attach a managed policy, AWS's own too, to a role of a kind.

        Raises:
            ConfigError: It is not made here.
        """
        role = self.resource(kind, cdk.aws_iam.CfnRole)
        role.managed_policy_arns = [*(role.managed_policy_arns or ()), policy.managed_policy_arn]

    @property
    def cfn_roles(self) -> Mapping[str, iam.CfnRole]:
        """The roles as CloudFormation has them, by kind."""
        return self.all_of(cdk.aws_iam.CfnRole)


class JobRoles(_Roles):
    """Roles of the head job, of compute jobs, and of ECS, which prepares both."""

    FIELD = "job_roles"

    @property
    def head(self) -> iam.IRole:
        """Role of the Nextflow head job, as `BatchForge(head_job_role=…)` takes it."""
        return self.role("HeadJobRole")

    @property
    def compute(self) -> iam.IRole:
        """Role of compute jobs."""
        return self.role("ComputeJobRole")

    @property
    def execution(self) -> iam.IRole:
        """Role with which ECS prepares jobs."""
        return self.role("ExecutionRole")


class NodeRoles(_Roles):
    """Roles of nodes and, where AWS Batch needs one, of Spot fleet."""

    FIELD = "node_roles"


class InstanceProfile(Part):
    """The instance profile by which nodes take their role."""

    FIELD = "instance_profile"

    @property
    def cfn_instance_profile(self) -> iam.CfnInstanceProfile:
        """The profile as CloudFormation has it."""
        return self.resource(ids.INSTANCE_PROFILE, cdk.aws_iam.CfnInstanceProfile)
