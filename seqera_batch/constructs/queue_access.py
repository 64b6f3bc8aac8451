# SPDX-License-Identifier: Apache-2.0
"""A pair of queues, and who may submit to them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from seqera_batch.policies.document import Scope
from seqera_batch.policies.roles import submitter

if TYPE_CHECKING:
    from aws_cdk import aws_batch as batch
    from aws_cdk import aws_iam as iam


class QueueAccess(Construct):
    """A pair of AWS Batch queues, and the right to submit to them.

    Security considerations: whoever may submit jobs may run every job definition of the account
    and region, each with the role in it: AWS Batch asks for no right to pass that role.
    `BatchForge.grant_launch` allows one definition.
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

    @cached_property
    def head_queue(self) -> batch.IJobQueue:
        """Queue of the head job, for rules, state machines and the like."""
        return self._queue("HeadQueueReference", self.head_queue_arn)

    @cached_property
    def compute_queue(self) -> batch.IJobQueue:
        """Queue of compute jobs."""
        return self._queue("ComputeQueueReference", self.compute_queue_arn)

    def _queue(self, construct_id: str, arn: str) -> batch.IJobQueue:
        from aws_cdk import aws_batch as batch  # noqa: PLC0415 - loaded only where it is used

        return batch.JobQueue.from_job_queue_arn(self, construct_id, arn)

    def grant_submit_jobs(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody submit jobs to the queues, follow and end them.

        Raises:
            ConfigError: Nothing can be granted to them: a role that CDK may not change, say.
        """
        from seqera_batch.constructs.granting import grant  # noqa: PLC0415 - loads aws_iam

        queues = (self.head_queue, self.compute_queue)
        arns = tuple(dict.fromkeys(queue.job_queue_arn for queue in queues))
        return grant(self, grantee, submitter(self._scope, arns))

    @cached_property
    def _scope(self) -> Scope:
        stack = cdk.Stack.of(self)
        return Scope(partition=stack.partition, region=stack.region, account=stack.account)
