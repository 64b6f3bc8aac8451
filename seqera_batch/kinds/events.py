# SPDX-License-Identifier: Apache-2.0
"""Amazon EventBridge: rules on AWS's own events, and by the clock."""

from __future__ import annotations

from seqera_batch.kinds.kind import NOT_SET, NOTHING, Kind

RULE = Kind(
    type="AWS::Events::Rule",
    title="event rule",
    create_only="Name",
    name="Name",
    stakes=NOTHING,
    # CloudFormation names it, after the stack and its id in the template.
    arns="events:rule/{Stack:.20}*{LogicalId}*",
    calls="events:DeleteRule DescribeRule ListTagsForResource ListTargetsByRule PutRule PutTargets "
    "RemoveTargets TagResource UntagResource",
    omitted={NOT_SET: "iam:PassRole"},
)
