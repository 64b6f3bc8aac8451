# SPDX-License-Identifier: Apache-2.0
"""Amazon CloudWatch Logs: log groups, and metrics made of their lines."""

from __future__ import annotations

from seqera_batch.kinds.kind import NOT_SET, NOTHING, Kind, Stakes, kms_key_id

LOG_GROUP = Kind(
    type="AWS::Logs::LogGroup",
    title="log group",
    create_only="LogGroupName",
    name="LogGroupName",
    stakes=Stakes(
        data="its logs go with it",
        protects="a place where logs are kept",
        idle_cost="logs are charged until they expire",
    ),
    kms_key=kms_key_id,
    arns="logs:log-group:{LogGroupName} logs:log-group:{LogGroupName}:*",
    calls="logs:AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteRetentionPolicy "
    "DescribeIndexPolicies DescribeLogGroups DisassociateKmsKey GetDataProtectionPolicy "
    "ListTagsForResource PutRetentionPolicy TagResource UntagResource",
    omitted={
        NOT_SET: "logs:CreateLogDelivery DeleteDataProtectionPolicy DeleteIndexPolicy "
        "DeleteResourcePolicy DescribeResourcePolicies PutBearerTokenAuthentication "
        "PutDataProtectionPolicy PutIndexPolicy PutLogGroupDeletionProtection PutResourcePolicy "
        "firehose:TagDeliveryStream s3:REST.PUT.OBJECT"
    },
)

METRIC_FILTER = Kind(
    type="AWS::Logs::MetricFilter",
    title="metric filter",
    create_only="FilterName LogGroupName",
    stakes=NOTHING,
    tags=None,
    arns="",
    calls="logs:DeleteMetricFilter DescribeMetricFilters PutMetricFilter",
)
