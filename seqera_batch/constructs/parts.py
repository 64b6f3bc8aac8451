# SPDX-License-Identifier: Apache-2.0
"""The parts that `BatchForge` is composed of, each with what an app does with it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

import aws_cdk as cdk
import jsii

from seqera_batch.catalog import ids
from seqera_batch.cloudformation.intrinsics import marked
from seqera_batch.config.check import ForgeConfig
from seqera_batch.constructs.arns import arn_of, role_arn, user_arn
from seqera_batch.constructs.part import Part
from seqera_batch.constructs.tags import follow_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_batch as batch
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_events as events
    from aws_cdk import aws_fsx as fsx
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk import aws_sns as sns
    from constructs import Construct

    from seqera_batch.constructs.part import Slice


class EncryptionKey(Part):
    """The KMS key of everything that holds data."""

    FIELD = "key"

    @property
    def cfn_key(self) -> kms.CfnKey:
        """The key as CloudFormation has it."""
        return self.resource(ids.KMS_KEY, cdk.aws_kms.CfnKey)

    @cached_property
    def key(self) -> kms.IKey:
        """The key; its grants to other accounts and to services are in its own policy."""
        made = self.cfn_key
        # `Key.from_key_arn` has no policy, and says of such grants that they succeeded;
        # `Key.from_cfn_key` puts roles into it too, which refer to the key. CDK's own class puts
        # them into theirs, and is made around our resource instead of its own.
        policy = cdk.aws_iam.PolicyDocument(statements=_statements(made, made.key_policy))
        key = cdk.aws_kms.Key(self, "Key", policy=policy)
        _stand_for(key, made)
        made.key_policy = policy
        return key

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Add a statement to the key's own policy, as another account needs it."""
        return self.key.add_to_resource_policy(statement)


class LogGroups(Part):
    """Log groups of jobs and nodes."""

    FIELD = "logs"

    @cached_property
    def jobs(self) -> logs.ILogGroup | None:
        """Log group of the containers' output; None where it exists."""
        return self._group("Jobs", ids.JOB_LOG_GROUP)

    @cached_property
    def nodes(self) -> logs.ILogGroup | None:
        """Log group of the nodes; None where their logs stay on them."""
        return self._group("Nodes", ids.NODE_LOG_GROUP)

    def _group(self, name: str, resource_id: str) -> logs.ILogGroup | None:
        if resource_id not in self.resources:
            return None
        made = self.resource(resource_id, cdk.aws_logs.CfnLogGroup)
        return cdk.aws_logs.LogGroup.from_log_group_arn(
            self, name, arn_of(made, "logs", f"log-group:{made.ref}")
        )


class WorkBucket(Part):
    """The bucket of the work directory, and its policy."""

    FIELD = "work_bucket"

    @cached_property
    def encryption_key(self) -> kms.IKey | None:
        """Key that it is encrypted with, which its grants are about too; None with S3's own."""
        encryption = self.resources[ids.WORK_BUCKET].properties["BucketEncryption"]
        [rule] = encryption["ServerSideEncryptionConfiguration"]
        arn = rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        if arn is None:
            return None
        if not marked(arn):
            return cdk.aws_kms.Key.from_key_arn(self, "KeyReference", arn)
        return next(one.key for one in self._beside if isinstance(one, EncryptionKey))

    @property
    def cfn_bucket(self) -> s3.CfnBucket:
        """The bucket as CloudFormation has it."""
        return self.resource(ids.WORK_BUCKET, cdk.aws_s3.CfnBucket)

    @property
    def cfn_bucket_policy(self) -> s3.CfnBucketPolicy:
        """Its policy as CloudFormation has it."""
        return self.resource(ids.WORK_BUCKET_POLICY, cdk.aws_s3.CfnBucketPolicy)

    @cached_property
    def bucket(self) -> s3.IBucket:
        """The bucket; its grants to other accounts and to services are in its own policy."""
        bucket = cdk.aws_s3.Bucket.from_bucket_attributes(
            self, "Bucket", bucket_name=self.cfn_bucket.ref, encryption_key=self.encryption_key
        )
        # A bucket has one policy: that of CDK's class goes into ours. `Bucket.from_cfn_bucket`
        # would make a second, and put roles into the key's policy, to which ours refer.
        policy = cdk.aws_s3.BucketPolicy(self, "Policy", bucket=bucket)
        policy.node.try_remove_child("Resource")
        made = self.cfn_bucket_policy
        policy.document.add_statements(*_statements(made, made.policy_document))
        made.policy_document = policy.document
        cast("s3.BucketBase", bucket).policy = policy
        return bucket

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Add a statement to the bucket's own policy, as another account needs it."""
        return self.bucket.add_to_resource_policy(statement)


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


class BatchNetwork(Part):
    """Where nodes start: a VPC of its own, or a security group in one that exists."""

    FIELD = "network"

    @property
    def cfn_vpc(self) -> ec2.CfnVPC | None:
        """The VPC as CloudFormation has it; None where it exists."""
        return next(iter(self.all_of(cdk.aws_ec2.CfnVPC).values()), None)

    @cached_property
    def vpc(self) -> ec2.IVpc | None:
        """The VPC, for endpoints, databases and instances of an app; None where it exists."""
        made = self.cfn_vpc
        if made is None:
            return None
        kinds = {kind: self._subnets(kind) for kind in ("Public", "Private")}
        zones = [one.attr_availability_zone for one in kinds["Private"] or kinds["Public"]]
        subnets = {kind: [one.ref for one in some] or None for kind, some in kinds.items()}
        tables = {kind: self._tables(kind, len(some)) or None for kind, some in kinds.items()}
        routed = any(route.nat_gateway_id for route in self.all_of(cdk.aws_ec2.CfnRoute).values())
        return cdk.aws_ec2.Vpc.from_vpc_attributes(
            self,
            "VpcReference",
            vpc_id=made.ref,
            vpc_cidr_block=made.attr_cidr_block,
            availability_zones=zones,
            public_subnet_ids=subnets["Public"],
            public_subnet_route_table_ids=tables["Public"],
            private_subnet_ids=subnets["Private"] if routed else None,
            private_subnet_route_table_ids=tables["Private"] if routed else None,
            isolated_subnet_ids=None if routed else subnets["Private"],
            isolated_subnet_route_table_ids=None if routed else tables["Private"],
        )

    def _subnets(self, kind: str) -> list[ec2.CfnSubnet]:
        made = self.all_of(cdk.aws_ec2.CfnSubnet)
        return [made[name] for name in sorted(made) if name.startswith(kind)]

    def _tables(self, kind: str, count: int) -> list[str]:
        """Return the route table of each subnet: one for all public ones, one a private one."""
        made = self.all_of(cdk.aws_ec2.CfnRouteTable)
        names = (
            ["PublicRoutes"] * count
            if kind == "Public"
            else [f"PrivateRoutes{number}" for number in range(1, count + 1)]
        )
        return [made[name].ref for name in names]

    @property
    def cfn_security_group(self) -> ec2.CfnSecurityGroup | None:
        """Security group of nodes and Fargate tasks; None where they are in groups that exist."""
        return self.all_of(cdk.aws_ec2.CfnSecurityGroup).get(ids.NODE_SECURITY_GROUP)


class CreatedFileSystem(Part):
    """A file system that is created, with its mount targets or its association with a bucket."""

    FIELD = "file_systems"

    @property
    def cfn_file_system(self) -> cdk.CfnResource:
        """An `efs.CfnFileSystem` or an `fsx.CfnFileSystem`."""
        [made] = (
            self.resource(name)
            for name, one in self.resources.items()
            if one.type.endswith("::FileSystem")
        )
        return made

    @property
    def mount_targets(self) -> Sequence[efs.CfnMountTarget]:
        """Where nodes reach an EFS file system, one a subnet; none of another kind."""
        return tuple(self.all_of(cdk.aws_efs.CfnMountTarget).values())

    @cached_property
    def efs_file_system(self) -> efs.IFileSystem | None:
        """The EFS file system, for access points, grants and connections; None of another kind."""
        if not self.mount_targets:
            return None
        groups = self.mount_targets[0].security_groups
        return cdk.aws_efs.FileSystem.from_file_system_attributes(
            self, "Efs", file_system_id=self.cfn_file_system.ref, security_group=self._group(groups)
        )

    @cached_property
    def fsx_file_system(self) -> fsx.IFileSystem | None:
        """The FSx for Lustre file system, for connections; None of another kind."""
        made = self.cfn_file_system
        if not isinstance(made, cdk.aws_fsx.CfnFileSystem):
            return None
        return cdk.aws_fsx.LustreFileSystem.from_lustre_file_system_attributes(
            self,
            "Fsx",
            file_system_id=made.ref,
            dns_name=made.attr_dns_name,
            security_group=self._group(made.security_group_ids or ()),
        )

    def _group(self, groups: Sequence[str]) -> ec2.ISecurityGroup:
        return cdk.aws_ec2.SecurityGroup.from_security_group_id(self, "Group", groups[0])


class NodeTemplate(Part):
    """What EC2 nodes start with: disks, tags, user data."""

    FIELD = "node_templates"

    @property
    def cfn_launch_template(self) -> ec2.CfnLaunchTemplate:
        """The launch template as CloudFormation has it."""
        [made] = self.all_of(cdk.aws_ec2.CfnLaunchTemplate).values()
        return made

    @cached_property
    def launch_template(self) -> ec2.ILaunchTemplate:
        """The launch template, at the version of this template."""
        made = self.cfn_launch_template
        return cdk.aws_ec2.LaunchTemplate.from_launch_template_attributes(
            self,
            "LaunchTemplate",
            launch_template_id=made.ref,
            version_number=made.attr_latest_version_number,
        )


class ComputeEnvironment(Part):
    """A compute environment of AWS Batch: Spot or On-Demand instances, or Fargate."""

    FIELD = "environments"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        of: ForgeConfig | Slice,
        key: str | None = None,
        beside: Sequence[Part] = (),
    ) -> None:
        """Create the environment; arguments as of `Part`."""
        super().__init__(scope, construct_id, of=of, key=key, beside=beside)
        if isinstance(of, ForgeConfig):
            follow_tags(self, (self,), (one for one in beside if isinstance(one, NodeTemplate)))

    @property
    def cfn_compute_environment(self) -> batch.CfnComputeEnvironment:
        """The environment as CloudFormation has it."""
        [made] = self.all_of(cdk.aws_batch.CfnComputeEnvironment).values()
        return made

    @cached_property
    def compute_environment(self) -> batch.IComputeEnvironment:
        """The environment, for queues of an app."""
        arn = self.cfn_compute_environment.attr_compute_environment_arn
        if "FARGATE" in self.data["ComputeResources"]["Type"]:
            return cdk.aws_batch.FargateComputeEnvironment.from_fargate_compute_environment_arn(
                self, "Reference", arn
            )
        ec2 = cdk.aws_batch.ManagedEc2EcsComputeEnvironment
        return ec2.from_managed_ec2_ecs_compute_environment_arn(self, "Reference", arn)


class SchedulingPolicy(Part):
    """How job queues share their capacity, in place of first in, first out."""

    FIELD = "scheduling"

    @property
    def cfn_scheduling_policy(self) -> batch.CfnSchedulingPolicy:
        """The policy as CloudFormation has it."""
        return self.resource(ids.SCHEDULING_POLICY, cdk.aws_batch.CfnSchedulingPolicy)


class JobQueue(Part):
    """A job queue of AWS Batch."""

    FIELD = "queues"

    @property
    def cfn_job_queue(self) -> batch.CfnJobQueue:
        """The queue as CloudFormation has it."""
        [made] = self.all_of(cdk.aws_batch.CfnJobQueue).values()
        return made

    @cached_property
    def job_queue(self) -> batch.IJobQueue:
        """The queue by reference, so that whoever uses it waits for it."""
        return cdk.aws_batch.JobQueue.from_job_queue_arn(
            self, "Reference", self.cfn_job_queue.attr_job_queue_arn
        )

    def metric(self, metric_name: str, *, statistic: str = "Sum") -> cloudwatch.Metric:
        """Return one of AWS Batch's own metrics of the queue, which cost nothing by themselves.

        Args:
            metric_name: AWS's name, such as `JobsSubmitted` or `JobSubmittedToRunnableDuration`
                (milliseconds). `JobsMovedToFailed` counts jobs that were cancelled or ended too.
            statistic: CloudWatch's word.
        """
        return cdk.aws_cloudwatch.Metric(
            namespace="AWS/Batch",
            metric_name=metric_name,
            dimensions_map={"JobQueueName": self.job_queue.job_queue_name},
            statistic=statistic,
        )

    def on_job_state(
        self,
        construct_id: str,
        *states: str,
        target: events.IRuleTarget | None = None,
        description: str | None = None,
    ) -> events.Rule:
        """Create a rule for jobs of this queue that come into a state.

        Args:
            construct_id: Id below the queue.
            states: AWS Batch's words, such as `FAILED`; every state if left out.
            target: What gets the event.
            description: Of the rule.
        """
        rule = cdk.aws_events.Rule(
            self,
            construct_id,
            description=description,
            event_pattern=cdk.aws_events.EventPattern(
                source=["aws.batch"],
                detail_type=["Batch Job State Change"],
                detail={
                    "jobQueue": [self.job_queue.job_queue_arn],
                    **({"status": list(states)} if states else {}),
                },
            ),
        )
        if target is not None:
            rule.add_target(target)
        return rule


class HeadJobDefinition(Part):
    """The job definition of the Nextflow head job."""

    FIELD = "head_job"

    @property
    def cfn_job_definition(self) -> batch.CfnJobDefinition:
        """The definition as CloudFormation has it; `ref` is the ARN of its revision."""
        return self.resource(ids.HEAD_JOB_DEFINITION, cdk.aws_batch.CfnJobDefinition)


class JobDefinition(Part):
    """A job definition for tasks."""

    FIELD = "job_definitions"

    @property
    def cfn_job_definition(self) -> batch.CfnJobDefinition:
        """The definition as CloudFormation has it; `ref` is the ARN of its revision."""
        [made] = self.all_of(cdk.aws_batch.CfnJobDefinition).values()
        return made


class PlatformAccess(Part):
    """What Seqera Platform works with: a role or a user, its policies, a key where asked for."""

    FIELD = "platform"

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


class Operations(Part):
    """What watches the environment, and the topic that is told of it."""

    FIELD = "operations"

    @cached_property
    def topic(self) -> sns.ITopic | None:
        """The topic; what publishes to it is in its own policy. None where one exists."""
        made = self.all_of(cdk.aws_sns.CfnTopic).get(ids.OPERATIONS_TOPIC)
        if made is None:
            return None
        topic = cdk.aws_sns.Topic(self, "Topic")
        _stand_for(topic, made)
        # A topic has one policy: that of CDK's class, made by the first statement, goes into ours.
        own = self.resource(ids.OPERATIONS_TOPIC_POLICY, cdk.aws_sns.CfnTopicPolicy)
        for statement in _statements(own, own.policy_document):
            topic.add_to_resource_policy(statement)
        policy = cast("sns.TopicPolicy", topic.node.find_child("Policy"))
        policy.node.try_remove_child("Resource")
        own.policy_document = policy.document
        return topic

    @property
    def cfn_alarms(self) -> Mapping[str, cloudwatch.CfnAlarm]:
        """The alarms as CloudFormation has them, by id."""
        return self.all_of(cdk.aws_cloudwatch.CfnAlarm)


class RegistrationPart(Part):
    """The function that registers the environment with Platform, and the registration."""

    FIELD = "registration"


class _IResourcePolicyFactory(Protocol):
    """`iam.IResourcePolicyFactory` for jsii, without loading `aws_iam`."""

    __jsii_type__: str = "aws-cdk-lib.aws_iam.IResourcePolicyFactory"

    @jsii.member(jsii_name="forResource")
    def for_resource(self, resource: Construct) -> iam.IResourceWithPolicyV2: ...


@jsii.implements(_IResourcePolicyFactory)
class _Policies:
    """Leads from a level 1 construct to the policy of the class that stands for it."""

    def __init__(self, own: iam.IResourceWithPolicyV2) -> None:
        self._own = own

    @jsii.member(jsii_name="forResource")
    def for_resource(self, resource: Construct) -> iam.IResourceWithPolicyV2:
        del resource
        return self._own


def _stand_for(own: kms.Key | sns.Topic, made: cdk.CfnResource) -> None:
    """Let a class of CDK stand for a resource that is made already, instead of for its own."""
    replaced = own.node.default_child
    assert isinstance(replaced, cdk.CfnResource)  # noqa: S101 - CDK's own
    replaced.override_logical_id(made.logical_id)
    own.node.try_remove_child(replaced.node.id)
    # Aspects and removal policies of an app find ours below it.
    own.node.default_child = made
    # What CDK grants by level 1 constructs goes the same way.
    scope = cast("Construct", own.node.scope)
    cdk.aws_iam.ResourceWithPolicies.register(scope, made.cfn_resource_type, _Policies(own))


def _statements(made: cdk.CfnResource, document: Any) -> list[iam.PolicyStatement]:  # noqa: ANN401 - of CDK
    """Return the statements of a rendered document, as CDK adds to them.

    Args:
        made: The resource that has it.
        document: As rendered, or as CDK's own verbs have made it of that already.
    """
    if isinstance(document, cdk.aws_iam.PolicyDocument):
        document = document.to_json()
    elif not isinstance(document, dict):
        document = cdk.Stack.of(made).resolve(document)

    def text(value: object) -> object:
        """Return references as the texts that CDK takes."""
        if isinstance(value, dict):
            return {key: text(one) for key, one in value.items()}
        if isinstance(value, list):
            return [text(one) for one in value]
        return value if isinstance(value, str) else cdk.Token.as_string(value)

    return [cdk.aws_iam.PolicyStatement.from_json(text(one)) for one in document["Statement"]]
