# SPDX-License-Identifier: Apache-2.0
"""`BatchForge`: one environment inside anybody's stack."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar, overload

import aws_cdk as cdk
import jsii

from seqera_batch.catalog.ids import NODE_SECURITY_GROUP
from seqera_batch.cloudformation import intrinsics
from seqera_batch.config.given import Given
from seqera_batch.constructs.adopt import Adopted
from seqera_batch.constructs.at_deployment import AtDeployment
from seqera_batch.constructs.compute import (
    ComputeEnvironment,
    HeadJobDefinition,
    JobDefinition,
    JobQueue,
    NodeTemplate,
    SchedulingPolicy,
)
from seqera_batch.constructs.network import BatchNetwork
from seqera_batch.constructs.operations import LogGroups, Operations
from seqera_batch.constructs.part import (
    Kind,
    Marks,
    Part,
    Slice,
    place,
    refuse_no_config,
    refusing_at,
    stack_of,
    stated,
    unknown_resource,
)
from seqera_batch.constructs.platform import PlatformAccess, RegistrationPart
from seqera_batch.constructs.queue_access import QueueAccess
from seqera_batch.constructs.roles import InstanceProfile, JobRoles, NodeRoles
from seqera_batch.constructs.storage import CreatedFileSystem, EncryptionKey, WorkBucket
from seqera_batch.constructs.tags import follow_tags
from seqera_batch.constructs.unique import refuse_second
from seqera_batch.constructs.warnings import say_warnings
from seqera_batch.judge.documents import refuse_undeployable
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import granted_policy_name
from seqera_batch.policies.encryption import key_policy
from seqera_batch.policies.roles import submitter
from seqera_batch.problems import refusal
from seqera_batch.template import parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_batch as batch
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_fsx as fsx
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sns as sns
    from constructs import Construct

    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.cloudformation.resource import Resource, Resources
    from seqera_batch.config.additions import Additions
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.constructs.file_systems import FileSystems
    from seqera_batch.constructs.registration import Registered
    from seqera_batch.plan.storage import FileSystem
    from seqera_batch.policies.document import PolicyDocument, Scope
    from seqera_batch.template import Parts

PartT = TypeVar("PartT", bound=Part)


class _Connectable(Protocol):
    """`ec2.IConnectable` for jsii, without loading `aws_ec2`: Node.js asks for the property."""

    __jsii_type__: str = "aws-cdk-lib.aws_ec2.IConnectable"

    @property
    @jsii.member(jsii_name="connections")
    def connections(self) -> ec2.Connections: ...


@jsii.implements(_Connectable)
class BatchForge(QueueAccess):
    """Queues, compute environments, launch templates, roles and network of one environment.

    What the file decides comes as `config`; what lives in the cloud comes as constructs, and
    then is not created. Construct ids below this one are a contract: what a release changes of
    them stands under "Upgrade" in its changelog.

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
        work_folder: str | None = None,
        encryption_key: kms.IKey | None = None,
        head_job_role: iam.IRole | None = None,
        compute_job_role: iam.IRole | None = None,
        execution_role: iam.IRole | None = None,
        efs_file_system: efs.IFileSystem | None = None,
        fsx_file_system: fsx.IFileSystem | None = None,
        additions: Additions | None = None,
        at_deployment: AtDeployment | None = None,
        operations_topic: sns.ITopic | None = None,
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
            work_bucket: The bucket of `work_dir`, if it is a construct of the same app; the name
                in `work_dir` does not count then, unless the bucket has been given one.
            work_folder: Folder in that bucket, such as `runs/rnaseq`, instead of that of
                `work_dir`.
            encryption_key: Key of everything that is created and holds data. What its policy
                lacks to start nodes and to encrypt logs is added to a key of the same app; that
                of an imported one must say what `key_policy_document` returns.
            head_job_role: Role of the head job, instead of a created one.
            compute_job_role: Role of compute jobs, instead of a created one.
            execution_role: Execution role, instead of a created one.
            efs_file_system: EFS file system that nodes mount; it lets them in.
            fsx_file_system: FSx for Lustre file system that nodes mount; it lets them in.
            additions: Queues, environments, scripts and statements besides the file's.
            at_deployment: What only the deployment knows, instead of values of the file.
            operations_topic: Topic that is told of what `aws.operations` watches, instead of a
                created one. What its policy lacks is added to a topic of the same app; that of an
                imported one must say what `policies --for topic` prints.

        Raises:
            ConfigError: The configuration breaks a rule, contradicts an argument, or is for
                another region than the stack's.
        """
        with refusing_at(scope, construct_id):
            refuse_no_config("config", config)
        if additions is not None:
            config = additions.to(config)
        stack = stack_of(scope)
        account, region = place(stack)
        adopted = Adopted()
        brought: dict[RoleKind, iam.IRole | None] = {
            "HeadJobRole": head_job_role,
            "ComputeJobRole": compute_job_role,
            "ExecutionRole": execution_role,
        }
        with refusing_at(scope, construct_id):
            adopted.of_here(
                stack,
                (account, region),
                vpc=vpc,
                efs_file_system=efs_file_system,
                fsx_file_system=fsx_file_system,
                operations_topic=operations_topic,
                encryption_key=encryption_key,
                work_bucket=work_bucket,
                head_job_role=head_job_role,
                compute_job_role=compute_job_role,
                execution_role=execution_role,
            )
            network, way_out = adopted.network(vpc, vpc_subnets, security_groups)
            plan = ForgePlan.of(
                config,
                given=Given(
                    region=region,
                    region_open=region is None,
                    network=network,
                    file_systems=adopted.file_systems(efs=efs_file_system, fsx=fsx_file_system),
                    work_bucket=adopted.work_bucket(work_bucket, work_folder),
                    key=adopted.key(encryption_key),
                    roles=adopted.roles(brought),
                    topic=adopted.topic(operations_topic),
                ),
            )
            refuse_undeployable(plan)
            made = (at_deployment or AtDeployment()).put_into(
                parts(plan, stated(plan, account)), plan
            )
            refuse_second(
                scope,
                construct_id,
                made.together(),
                plan=plan,
                account=account,
                granted={
                    granted_policy_name(plan, kind): role
                    for kind, role in brought.items()
                    if role is not None
                },
            )
        super().__init__(
            scope,
            construct_id,
            head_queue_name=plan.compute.head_queue,
            compute_queue_name=plan.compute.compute_queue,
        )
        self.plan = plan
        """What was decided, ids and names of the cloud included."""
        say_warnings(self, plan)
        adopted.say_what_must_stay(self, stack, plan)
        self._account = account
        self._brought_bucket, self._brought_key = work_bucket, encryption_key
        self._brought_roles = brought
        self.granted_policies: dict[RoleKind, iam.Policy] = {}
        """What roles that are passed are granted, by kind; without those that must not change."""
        below = self.node.path.removeprefix(stack.node.path).strip("/").split("/")
        self._marks = Marks(adopted.answers, below=below, asked_for=made.crossing())
        self._parts: list[Part] = []
        self._compose(made)
        self._add_to_brought(encryption_key, operations_topic)
        # Routes of a VPC in the same stack must be there before the first node.
        mounts = None if efs_file_system is None else efs_file_system.mount_targets_available
        needed = [one for one in (way_out, mounts) if one is not None]
        for environment in self.compute_environments.values() if needed else ():
            environment.node.add_dependency(*needed)
        if self.compute_environments:
            follow_tags(self, self.compute_environments.values(), self.node_templates.values())
        for mounted in filter(None, (efs_file_system, fsx_file_system)):
            # From our side: a rule beside the file system would need it to wait for us, who wait
            # for it.
            self.connections.allow_to_default_port(mounted, f"nodes of {plan.environment_id}")

    def _compose(self, made: Parts) -> None:
        """Create the parts; each may refer to those before it."""
        where = self.reviewed_scope

        def one(kind: type[PartT], construct_id: str, resources: Resources) -> PartT | None:
            if not resources:
                return None
            sliced = Slice(resources=resources, marks=self._marks, plan=self.plan, where=where)
            part = kind(self, construct_id, of=sliced, beside=self._parts)
            self._parts.append(part)
            return part

        def several(
            kind: type[PartT], resources: Mapping[str, Resources], name: str
        ) -> dict[str, PartT]:
            return {
                key: part
                for key, each in resources.items()
                if (part := one(kind, f"{key.title()}{name}", each)) is not None
            }

        self.created_key: EncryptionKey | None = one(EncryptionKey, "EncryptionKey", made.key)
        """The KMS key; None where it exists, or AWS's own keys are used."""
        self.log_groups: LogGroups | None = one(LogGroups, "Logs", made.logs)
        """Log groups of jobs and nodes."""
        self.created_bucket: WorkBucket | None = one(WorkBucket, "WorkBucket", made.work_bucket)
        """The bucket of the work directory; None where it exists."""
        self.job_roles: JobRoles | None = one(JobRoles, "JobRoles", made.job_roles)
        """Roles of jobs, as far as the stack makes them."""
        self.network: BatchNetwork | None = one(BatchNetwork, "Network", made.network)
        """Where nodes start; None where VPC and groups exist."""
        self.created_file_systems: Mapping[str, CreatedFileSystem] = several(
            CreatedFileSystem, made.file_systems, "FileSystem"
        )
        """File systems that the stack makes, under `efs` and `fsx`."""
        self.node_roles: NodeRoles | None = one(NodeRoles, "NodeRoles", made.node_roles)
        """Roles of nodes; None without nodes, or where they exist."""
        self.instance_profile: InstanceProfile | None = one(
            InstanceProfile, "InstanceProfile", made.instance_profile
        )
        """The nodes' profile; None without nodes, or where it exists."""
        self.node_templates: Mapping[str, NodeTemplate] = several(
            NodeTemplate, made.node_templates, "Nodes"
        )
        """What nodes start with, by key: `work`, `head`, …"""
        self.compute_environments: Mapping[str, ComputeEnvironment] = several(
            ComputeEnvironment, made.environments, "Environment"
        )
        """Compute environments, by key."""
        self.scheduling_policy: SchedulingPolicy | None = one(
            SchedulingPolicy, "Scheduling", made.scheduling
        )
        """How queues share their capacity; None where they are first in, first out."""
        self.job_queues: Mapping[str, JobQueue] = several(JobQueue, made.queues, "Queue")
        """Job queues, by key."""
        self.head_job: HeadJobDefinition | None = one(HeadJobDefinition, "HeadJob", made.head_job)
        """The head job's definition; None unless the file asks for it."""
        self.job_definitions: Mapping[str, JobDefinition] = several(
            JobDefinition, made.job_definitions, "JobDefinition"
        )
        """Job definitions for tasks that the stack makes, by the names that the file has."""
        self.platform: PlatformAccess | None = one(PlatformAccess, "Platform", made.platform)
        """What Platform works with; None unless the file asks for it."""
        self.operations: Operations | None = one(Operations, "Operations", made.operations)
        """What watches the environment; None unless the file asks for it."""
        if made.registration:
            from seqera_batch.constructs.registration import code  # noqa: PLC0415 - seldom needed

            self._marks.values |= code(self)
        self._registration = one(RegistrationPart, "PlatformRegistration", made.registration)
        self._owners = {name: part for part in self._parts for name in part.resources}
        if self.created_bucket is not None and self._brought_key is not None:
            self.created_bucket.encryption_key = self._brought_key

    def _add_to_brought(self, key: kms.IKey | None, topic: sns.ITopic | None) -> None:
        """Add to policies of what an app brings along."""
        roles = {kind: role for kind, role in self._brought_roles.items() if role is not None}
        if key is None and topic is None and not roles:
            return
        from seqera_batch.constructs import brought  # noqa: PLC0415 - loads aws_iam

        if key is not None:
            brought.let_services_use(self, key, self.plan, self._scope)
        if topic is not None:
            brought.let_services_tell(self, topic, self.plan, self._scope)
        for kind, role in roles.items():
            policy = brought.grant_to_role(
                self, kind, role, plan=self.plan, where=self._scope, marks=self._marks
            )
            if policy is None:
                continue
            self.granted_policies[kind] = policy
            if self._registration is not None:
                self._registration.node.add_dependency(policy)

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
    def head_queue(self) -> batch.IJobQueue:
        """Queue of the head job; whoever uses it waits for it."""
        return self._own_queue(self.head_queue_name) or super().head_queue

    @cached_property
    def compute_queue(self) -> batch.IJobQueue:
        """Queue of compute jobs; whoever uses it waits for it."""
        return self._own_queue(self.compute_queue_name) or super().compute_queue

    def _own_queue(self, name: str) -> batch.IJobQueue | None:
        made = {queue.name: queue.key for queue in self.plan.compute.queues}
        return self.job_queues[made[name]].job_queue if name in made else None

    def grant_launch(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody start head jobs by the environment's own definition, follow and end jobs.

        Raises:
            ConfigError: The file asks for no `aws.head_job_definition`, or nothing can be granted
                to them.
        """
        from seqera_batch.constructs.granting import grant  # noqa: PLC0415 - loads aws_iam

        if self.head_job is None:
            raise refusal(
                "no-head-job",
                "aws.head_job_definition",
                "there is no definition that could be launched",
                fix="add aws.head_job_definition, with its image, or use grant_submit_jobs, which "
                "allows any definition",
                origin=self.node.path,
            )
        name = self.head_job.data["JobDefinitionName"]
        document = submitter(self._scope, (self.head_queue.job_queue_arn,), (name,))
        return grant(self, grantee, document)

    @property
    def vpc(self) -> ec2.IVpc | None:
        """The VPC that is made for nodes; None where it exists."""
        return None if self.network is None else self.network.vpc

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
    def work_bucket(self) -> s3.IBucket | None:
        """The bucket of the work directory, created or not; None where it is on a file system."""
        if self.created_bucket is not None:
            return self.created_bucket.bucket
        bucket, key = self.plan.storage.work_dir.bucket, self.plan.key
        if self._brought_bucket is not None or bucket is None:
            return self._brought_bucket
        from aws_cdk import aws_s3 as s3  # noqa: PLC0415 - loaded only where it is used

        return s3.Bucket.from_bucket_attributes(
            self,
            "WorkBucketReference",
            bucket_name=bucket,
            encryption_key=self.encryption_key
            if key is not None and key.encrypts_work_bucket
            else None,
        )

    @cached_property
    def encryption_key(self) -> kms.IKey | None:
        """The key of everything that is created and holds data; None with AWS's own keys."""
        if self.created_key is not None:
            return self.created_key.key
        if self._brought_key is not None or self.encryption_key_arn is None:
            return self._brought_key
        from aws_cdk import aws_kms as kms  # noqa: PLC0415 - loaded only where it is used

        return kms.Key.from_key_arn(self, "KmsKeyReference", self.encryption_key_arn)

    @property
    def encryption_key_arn(self) -> str | None:
        """ARN of that key; None with AWS's own keys."""
        if self.created_key is not None:
            return self.created_key.cfn_key.attr_arn
        key = self.plan.key
        return None if key is None else self._answered(key.arn_in(self._scope))

    @property
    def key_policy_document(self) -> PolicyDocument | None:
        """What the policy of the key has to say; None with AWS's own keys."""
        key = self.plan.key
        return None if key is None else key_policy(self._scope, key.access())

    @property
    def connections(self) -> ec2.Connections:
        """Network connections of nodes and Fargate tasks; empty in Manual mode."""
        return self._connections

    @cached_property
    def _connections(self) -> ec2.Connections:
        from aws_cdk import aws_ec2 as ec2  # noqa: PLC0415 - loaded only where it is used

        network = self.plan.network
        groups: tuple[str, ...] = () if network is None else network.security_groups
        groups = tuple(map(self._answered, groups))
        if network is not None and network.creates_security_group:
            groups = (self.resource(NODE_SECURITY_GROUP, ec2.CfnSecurityGroup).attr_group_id,)
        return ec2.Connections(
            security_groups=[
                ec2.SecurityGroup.from_security_group_id(self, f"NodeGroup{index}", group)
                for index, group in enumerate(groups, start=1)
            ]
        )

    @cached_property
    def _scope(self) -> Scope:
        account = self._account or cdk.Stack.of(self).account
        return replace(self.reviewed_scope, account=account)

    @cached_property
    def file_systems(self) -> FileSystems:
        """File systems that nodes mount, under `efs` and `fsx`."""
        from seqera_batch.constructs.file_systems import (  # noqa: PLC0415 - loads aws_ec2
            FileSystems,
            MountedEfs,
            MountedFileSystem,
        )

        return FileSystems(
            {
                system.kind: (MountedEfs if system.kind == "efs" else MountedFileSystem)(
                    self,
                    f"Mounted{system.resource_id}",
                    of=system,
                    file_system_id=self.resource(system.resource_id).ref
                    if system.created
                    else self._answered(system.file_system_id),
                    where=self._scope,
                    security_groups=self._groups_of(system),
                    mount_targets=self.created_file_systems[system.kind].mount_targets
                    if system.created
                    else (),
                )
                for system in self.plan.storage.file_systems
            }
        )

    def _groups_of(self, system: FileSystem) -> Sequence[ec2.ISecurityGroup]:
        """Return the groups of a file system that is created: its own, or those of the nodes."""
        from aws_cdk import aws_ec2 as ec2  # noqa: PLC0415 - loaded only where it is used

        if not system.created:
            return ()
        if system.own_group is None or system.own_group not in self._owners:
            return self.connections.security_groups
        own = self.resource(system.own_group, ec2.CfnSecurityGroup).attr_group_id
        return [ec2.SecurityGroup.from_security_group_id(self, f"{system.resource_id}Group", own)]

    @cached_property
    def registration(self) -> Registered | None:
        """What registers the environment with Platform; None unless the file asks for it."""
        if self._registration is None:
            return None
        from seqera_batch.constructs.registration import Registered  # noqa: PLC0415 - seldom needed

        return Registered(self, self._registration)

    @property
    def reviewed_scope(self) -> Scope:
        """Where the policies hold, in the words of the template instead of CDK's tokens."""
        return stated(self.plan, self._account)

    @property
    def creates_anything(self) -> bool:
        """Whether there are resources; in Manual mode with roles that exist there are none."""
        return bool(self._parts)

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The created resources as data, by the id that `resource` takes; without overrides."""
        return {name: part.resources[name] for name, part in self._owners.items()}

    @overload
    def resource(self, name: str) -> cdk.CfnResource: ...
    @overload
    def resource(self, name: str, kind: type[Kind]) -> Kind: ...
    def resource(self, name: str, kind: type[cdk.CfnResource] = cdk.CfnResource) -> cdk.CfnResource:
        """Return a created resource by its id, such as `HeadLaunchTemplate`, to override it.

        Args:
            name: Its id below the environment.
            kind: Its class in CDK, such as `ec2.CfnLaunchTemplate`.

        Raises:
            ConfigError: The environment creates no such resource, or it is of another class.
        """
        if name not in self._owners:
            raise unknown_resource(self, name, self._owners)
        return self._owners[name].resource(name, kind)

    def role_arn(self, kind: RoleKind) -> str:
        """Return the ARN of one of the environment's roles.

        Raises:
            ConfigError: The environment has no such role.
        """
        if self.plan.roles.get(kind) is None:
            raise refusal(
                "role-kind",
                "kind",
                "the environment has no such role",
                value=kind,
                allowed=", ".join(role.kind for role in self.plan.roles),
                fix="take one of them; what Platform works with is in forge.platform",
                origin=self.node.path,
            )
        return self._answered(self.plan.roles.arn(kind, self._scope))

    def _answered(self, text: str) -> str:
        return intrinsics.answer(text, self._marks.get)

    def _role(self, kind: RoleKind) -> iam.IRole:
        brought = self._brought_roles.get(kind)
        if brought is not None:
            return brought
        from aws_cdk import aws_iam as iam  # noqa: PLC0415 - loaded only where it is used

        if self.job_roles is not None and kind in self.job_roles.resources:
            return self.job_roles.role(kind)
        return iam.Role.from_role_arn(self, f"{kind}Reference", self.role_arn(kind))
