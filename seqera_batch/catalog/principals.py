# SPDX-License-Identifier: Apache-2.0
"""Names of AWS's services where they are principals: whom a role trusts, whom it is passed to."""

from __future__ import annotations

BATCH = "batch.amazonaws.com"
BUDGETS = "budgets.amazonaws.com"
CLOUDWATCH = "cloudwatch.amazonaws.com"
EC2 = "ec2.amazonaws.com"
"""Its domain differs in China (`policies.trust.ec2_of`); the other services' do not."""
ECS_TASKS = "ecs-tasks.amazonaws.com"
EFS = "elasticfilesystem.amazonaws.com"
EVENTS = "events.amazonaws.com"
FLOW_LOGS = "vpc-flow-logs.amazonaws.com"
FSX = "fsx.amazonaws.com"
FSX_DATA_REPOSITORY = "s3.data-source.lustre.fsx.amazonaws.com"
"""Whose role FSx makes for each file system that is linked to a bucket."""
LAMBDA = "lambda.amazonaws.com"
SPOT = "spot.amazonaws.com"
SPOT_FLEET = "spotfleet.amazonaws.com"
