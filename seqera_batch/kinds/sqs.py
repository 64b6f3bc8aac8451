# SPDX-License-Identifier: Apache-2.0
"""Amazon SQS: a queue in which events are counted, and who may fill it."""

from __future__ import annotations

from seqera_batch.kinds.kind import NOTHING, Kind

QUEUE = Kind(
    type="AWS::SQS::Queue",
    title="queue of events",
    create_only="QueueName FifoQueue",
    name="QueueName",
    stakes=NOTHING,
    # CloudFormation names it, after the stack and its id in the template.
    arns="sqs:{Stack:.20}*{LogicalId}*",
    calls="sqs:CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags "
    "SetQueueAttributes TagQueue UntagQueue",
)

QUEUE_POLICY = Kind(
    type="AWS::SQS::QueuePolicy",
    title="policy of a queue of events",
    create_only="",
    stakes=NOTHING,
    tags=None,
    arns="",
    calls="sqs:SetQueueAttributes",
)
