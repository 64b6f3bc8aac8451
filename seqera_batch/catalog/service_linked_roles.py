# SPDX-License-Identifier: Apache-2.0
"""Roles with which AWS's services start nodes: `<service>/<name>`, below `aws-service-role/`."""

from __future__ import annotations

# https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
AUTO_SCALING = "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
# https://docs.aws.amazon.com/batch/latest/userguide/using-service-linked-roles.html
BATCH = "batch.amazonaws.com/AWSServiceRoleForBatch"
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles-for-clusters.html
ECS = "ecs.amazonaws.com/AWSServiceRoleForECS"
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
SPOT = "spot.amazonaws.com/AWSServiceRoleForEC2Spot"
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-fleet-prerequisites.html
SPOT_FLEET = "spotfleet.amazonaws.com/AWSServiceRoleForEC2SpotFleet"
