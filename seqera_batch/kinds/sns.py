# SPDX-License-Identifier: Apache-2.0
"""Amazon SNS: the topic of what is watched, and who may tell it."""

from __future__ import annotations

from seqera_batch.kinds.kind import NOT_SET, NOTHING, Kind, Properties, Stakes


def _kms_key(_made: Properties, key: str) -> Properties:
    return {"KmsMasterKeyId": key}


TOPIC = Kind(
    type="AWS::SNS::Topic",
    title="topic",
    create_only="TopicName FifoTopic",
    name="TopicName",
    stakes=Stakes(rights="whoever subscribes to it hears nothing more"),
    kms_key=_kms_key,
    # CloudFormation names it, after the stack and its id in the template.
    arns="sns:{Stack:.20}*{LogicalId}*",
    calls="sns:CreateTopic DeleteTopic GetDataProtectionPolicy GetTopicAttributes "
    "ListSubscriptionsByTopic ListTagsForResource SetTopicAttributes Subscribe TagResource "
    "Unsubscribe UntagResource",
    omitted={NOT_SET: "iam:GetRole PassRole sns:PutDataProtectionPolicy"},
)

TOPIC_POLICY = Kind(
    type="AWS::SNS::TopicPolicy",
    title="topic policy",
    create_only="",
    stakes=NOTHING,
    tags=None,
    arns="",
    calls="sns:SetTopicAttributes",
)
