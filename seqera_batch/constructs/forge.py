# SPDX-License-Identifier: Apache-2.0
"""`BatchForge`: one environment inside anybody's stack."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from seqera_batch.constructs import adopt, compute
from seqera_batch.constructs.network import place_nodes
from seqera_batch.constructs.roles import create_instance_profile, create_roles
from seqera_batch.constructs.storage import create_file_systems
from seqera_batch.constructs.tagging import cfn_tags
from seqera_batch.plan import ForgePlan, mounting
from seqera_batch.policies.document import Scope
from seqera_batch.policies.roles import submitter
from seqera_batch.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_s3 as s3
    from constructs import IDependable

    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.config.environment import ForgeConfig
    from seqera_batch.constructs.network import Place


class QueueAccess(Construct):
    """A pair of AWS Batch queues, and the right to submit to them.

    Security considerations: whoever may submit jobs may run any container image under any role
    that they may pass; `grant_submit_jobs` passes none.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, head_queue_name: str, compute_queue_name: str
    ) -> None:
        """Refer to queues by name.

        Args:
            scope: Parent construct.
            construct_id: Id below the parent.
            head_queue_name: Queue of the Nextflow head job.
            compute_queue_name: Queue of compute jobs; may be the same.
        """
        super().__init__(scope, construct_id)
        self.head_queue_name = head_queue_name
        self.compute_queue_name = compute_queue_name

    @property
    def head_queue_arn(self) -> str:
        """ARN of the queue of the head job."""
        return self._scope.arn("batch", f"job-queue/{self.head_queue_name}")

    @property
    def compute_queue_arn(self) -> str:
        """ARN of the queue of compute jobs."""
        return self._scope.arn("batch", f"job-queue/{self.compute_queue_name}")

    def grant_submit_jobs(self, grantee: iam.IGrantable) -> None:
        """Let somebody submit jobs to the queues, follow and end them."""
        queues = tuple(dict.fromkeys((self.head_queue_name, self.compute_queue_name)))
        for statement in submitter(self._scope, queues).statements:
            grantee.grant_principal.add_to_principal_policy(
                iam.PolicyStatement.from_json(statement.to_dict())
            )

    @cached_property
    def _scope(self) -> Scope:
        return _where(self)


class BatchForge(QueueAccess):
    """Queues, compute environments, launch templates, roles and network of one environment.

    What the file decides comes as `config`; what lives in the cloud comes as constructs, and
    then is not created. Construct ids below this one are stable between minor releases.

    Security considerations: the head job may submit any image to the environment's queues under
    the compute job role and the execution role; who may start head jobs may therefore read and
    write the allowed buckets. Nodes are shared by jobs: a task of one pipeline runs beside
    those of others, under its own role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: ForgeConfig,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        work_bucket: s3.IBucket | None = None,
        head_job_role: iam.IRole | None = None,
        compute_job_role: iam.IRole | None = None,
        execution_role: iam.IRole | None = None,
    ) -> None:
        """Create the environment.

        Args:
            scope: Parent construct, in a stack of the configuration's region.
            construct_id: Id below the parent.
            config: The environment file.
            vpc: Where nodes start, instead of the file's network.
            vpc_subnets: Which of its subnets; private ones with a way out if left out, else
                public ones.
            security_groups: Groups of the nodes; one that lets nothing in is created if left out.
            work_bucket: The bucket of `work_dir`, if it is a construct of the same app.
            head_job_role: Role of the head job, instead of a created one.
            compute_job_role: Role of compute jobs, instead of a created one.
            execution_role: Execution role, instead of a created one.

        Raises:
            ConfigError: The configuration breaks a rule, contradicts an argument, or is for
                another region than the stack's.
        """
        where = _where(scope)
        network, way_out = adopt.network(config, vpc, vpc_subnets, security_groups)
        plan = adopt.into_plan(
            ForgePlan.of(config, network=network),
            region=where.region,
            work_bucket=work_bucket,
            roles={
                "HeadJobRole": head_job_role,
                "ComputeJobRole": compute_job_role,
                "ExecutionRole": execution_role,
            },
        )
        super().__init__(
            scope,
            construct_id,
            head_queue_name=plan.head_queue,
            compute_queue_name=plan.compute_queue,
        )
        self.plan = plan
        """What was decided, ids and names of the cloud included."""
        self._say_warnings()
        self._scope = where
        self._created_roles = create_roles(self, plan, where, plan.job_access(where))
        self.place: Place | None = None
        """Subnets and security groups of the nodes; None in Manual mode."""
        if plan.network is not None:
            self._create_compute(plan, way_out)

    @staticmethod
    def from_queue_names(
        scope: Construct, construct_id: str, *, head_queue_name: str, compute_queue_name: str
    ) -> QueueAccess:
        """Refer to an environment that exists, as Platform's Manual mode does."""
        return QueueAccess(
            scope,
            construct_id,
            head_queue_name=head_queue_name,
            compute_queue_name=compute_queue_name,
        )

    @cached_property
    def head_job_role(self) -> iam.IRole:
        """Role of the Nextflow head job."""
        return self._role("HeadJobRole")

    @cached_property
    def compute_job_role(self) -> iam.IRole:
        """Role of compute jobs."""
        return self._role("ComputeJobRole")

    @cached_property
    def execution_role(self) -> iam.IRole:
        """Role with which ECS prepares jobs."""
        return self._role("ExecutionRole")

    @cached_property
    def connections(self) -> ec2.Connections:
        """Network connections of nodes and Fargate tasks; empty in Manual mode."""
        groups = self.place.security_groups if self.place else ()
        return ec2.Connections(
            security_groups=[
                ec2.SecurityGroup.from_security_group_id(self, f"NodeGroup{index}", group)
                for index, group in enumerate(groups, start=1)
            ]
        )

    def role_arn(self, kind: RoleKind) -> str:
        """Return the ARN of one of the environment's roles.

        Raises:
            KeyError: The environment has no such role.
        """
        return self.plan.role_arn(kind, self._scope)

    def _role(self, kind: RoleKind) -> iam.IRole:
        role = iam.Role.from_role_arn(self, f"{kind}Reference", self.role_arn(kind))
        if kind in self._created_roles:
            # The ARN is told from the name, so what is granted has to wait for the role.
            role.node.add_dependency(self._created_roles[kind])
        return role

    def _say_warnings(self) -> None:
        for problem in self.plan.problems:
            if problem.severity is Severity.WARNING and problem.acknowledged is None:
                cdk.Annotations.of(self).add_warning_v2(
                    f"seqera-batch:{problem.rule}", problem.text()
                )

    def _create_compute(self, plan: ForgePlan, way_out: IDependable | None) -> None:
        assert plan.network is not None  # noqa: S101 - the caller has looked
        tags = plan.labels
        self.place = place = place_nodes(self, plan.network, tags.resources, plan.environment_id)
        known, mountable = create_file_systems(self, plan.file_systems, place)
        log_group = self._create_log_group(plan)
        templates = {
            template.key: compute.create_launch_template(
                self,
                replace(
                    template,
                    node=replace(
                        mounting(template.node, plan.file_systems, plan.region, known),
                        # By reference, so that the group is there before the first node.
                        log_group=None if log_group is None else log_group.ref,
                    ),
                ),
                tags.nodes,
            )
            for template in plan.launch_templates
        }
        instance_role = self._created_roles["InstanceRole"]
        profile = create_instance_profile(self, plan, instance_role)
        fleet_role = self._created_roles.get("FleetRole")
        # Batch cannot delete an environment whose roles have gone: it stays INVALID for ever.
        # The profile and the fleet role are outlived too, since the environment refers to them.
        for_nodes = (instance_role, *place.ways_out, *mountable)
        for environment, queue in zip(plan.compute_environments, plan.job_queues, strict=True):
            on_ec2 = environment.type != "FARGATE"
            created = compute.create_compute_environment(
                self,
                environment,
                place=place,
                template=templates[environment.launch_template]
                if environment.launch_template
                else None,
                instance_profile=profile.attr_arn if on_ec2 else None,
                spot_fleet_role=fleet_role.attr_arn
                if fleet_role and environment.needs_spot_fleet_role
                else None,
                outlived_by=for_nodes if on_ec2 else place.ways_out,
                tags=tags.nodes,
            )
            if way_out is not None:
                # Routes of a VPC in the same stack must be there before the first node.
                created.node.add_dependency(way_out)
            compute.create_job_queue(self, queue, created, tags.resources)

    def _create_log_group(self, plan: ForgePlan) -> logs.CfnLogGroup | None:
        """Create the nodes' log group with its retention: nodes may write, not create."""
        if plan.node_log_group is None:
            return None
        group = logs.CfnLogGroup(
            self,
            "NodeLogGroup",
            log_group_name=plan.node_log_group,
            retention_in_days=plan.node_log_retention_days,
            tags=cfn_tags(plan.labels.resources),
        )
        # Written, as for everything that holds data, so that an update cannot mean otherwise.
        group.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        return group


_WHERE: WeakKeyDictionary[cdk.Stack, Scope] = WeakKeyDictionary()
"""Each stack's place, asked once: three reads that cross into Node.js."""


def _where(scope: Construct) -> Scope:
    """Return partition, region and account of the stack."""
    stack = scope if isinstance(scope, cdk.Stack) else cdk.Stack.of(scope)
    if stack not in _WHERE:
        _WHERE[stack] = Scope(partition=stack.partition, region=stack.region, account=stack.account)
    return _WHERE[stack]
