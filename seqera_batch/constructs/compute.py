# SPDX-License-Identifier: Apache-2.0
"""What AWS Batch runs jobs with, as an app uses it: nodes, environments, queues, definitions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import aws_cdk as cdk

from seqera_batch.catalog import ids
from seqera_batch.constructs.part import Part
from seqera_batch.constructs.tags import follow_tags

if TYPE_CHECKING:
    from aws_cdk import aws_batch as batch
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_events as events


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

    def _complete(self, *, alone: bool) -> None:
        if alone:
            templates = (one for one in self._beside if isinstance(one, NodeTemplate))
            follow_tags(self, (self,), templates)

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
