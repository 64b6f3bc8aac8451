# SPDX-License-Identifier: Apache-2.0
"""Amazon CloudWatch: alarms and dashboards."""

from __future__ import annotations

from seqera_batch.kinds.kind import Kind, Stakes

ALARM = Kind(
    type="AWS::CloudWatch::Alarm",
    title="alarm",
    create_only="AlarmName",
    name="AlarmName",
    stakes=Stakes(idle_cost="charged by the month for each metric that it reads"),
    # CloudFormation names it, after the stack and its id in the template.
    arns="cloudwatch:alarm:{Stack:.20}*{LogicalId}*",
    calls="cloudwatch:DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource "
    "UntagResource",
)

DASHBOARD = Kind(
    type="AWS::CloudWatch::Dashboard",
    title="dashboard",
    create_only="DashboardName",
    name="DashboardName",
    stakes=Stakes(idle_cost="charged by the month beyond an account's first three"),
    # CloudFormation names it, after its id in the template.
    arns="cloudwatch:dashboard/*{LogicalId}*",
    calls="cloudwatch:DeleteDashboards GetDashboard ListTagsForResource PutDashboard TagResource "
    "UntagResource",
)
