# SPDX-License-Identifier: Apache-2.0
"""What watches an environment, as an app uses it: log groups, alarms and their topic."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk

from seqera_batch.catalog import ids
from seqera_batch.constructs.arns import arn_of
from seqera_batch.constructs.part import Part
from seqera_batch.constructs.resource_policies import share_policy, stand_for, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_sns as sns


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


class Operations(Part):
    """What watches the environment, and the topic that is told of it."""

    FIELD = "operations"

    def _complete(self, *, alone: bool) -> None:
        del alone
        if ids.OPERATIONS_TOPIC in self.resources:
            share_policy(self, self.resources[ids.OPERATIONS_TOPIC].type, lambda: self._topic)

    @property
    def topic(self) -> sns.ITopic | None:
        """The topic; what publishes to it is in its own policy. None where one exists."""
        return self._topic if ids.OPERATIONS_TOPIC in self.resources else None

    @cached_property
    def _topic(self) -> sns.Topic:
        made = self.resource(ids.OPERATIONS_TOPIC, cdk.aws_sns.CfnTopic)
        topic = cdk.aws_sns.Topic(self, "Topic")
        stand_for(topic, made)
        # A topic has one policy: that of CDK's class, made by the first statement, goes into ours.
        own = self.resource(ids.OPERATIONS_TOPIC_POLICY, cdk.aws_sns.CfnTopicPolicy)
        for statement in statements(own, own.policy_document):
            topic.add_to_resource_policy(statement)
        policy = cast("sns.TopicPolicy", topic.node.find_child("Policy"))
        policy.node.try_remove_child("Resource")
        own.policy_document = policy.document
        return topic

    @property
    def cfn_alarms(self) -> Mapping[str, cloudwatch.CfnAlarm]:
        """The alarms as CloudFormation has them, by id."""
        return self.all_of(cdk.aws_cloudwatch.CfnAlarm)
