# SPDX-License-Identifier: Apache-2.0
"""AWS Batch: compute environments, job queues, job definitions."""

from __future__ import annotations

from seqera_batch.catalog.principals import BATCH, EC2, ECS_TASKS, SPOT, SPOT_FLEET
from seqera_batch.kinds.kind import NOTHING, TAG_MAPPING, Kind, Stakes, always

COMPUTE_ENVIRONMENT = Kind(
    type="AWS::Batch::ComputeEnvironment",
    title="compute environment",
    create_only="ComputeEnvironmentName ComputeResources.SpotIamFleetRole Tags Type",
    # https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html
    rolls="ComputeResources.AllocationStrategy ComputeResources.BidPercentage "
    "ComputeResources.Ec2Configuration ComputeResources.Ec2KeyPair ComputeResources.ImageId "
    "ComputeResources.InstanceRole ComputeResources.InstanceTypes ComputeResources.LaunchTemplate "
    "ComputeResources.PlacementGroup ComputeResources.ScalingPolicy "
    "ComputeResources.SecurityGroupIds ComputeResources.Subnets ComputeResources.Tags "
    "ComputeResources.Type",
    name="ComputeEnvironmentName",
    stakes=Stakes(
        jobs="jobs that still run on the old one end with it",
        idle_cost="the instances that `MinvCpus` keeps on, day and night",
    ),
    tags=TAG_MAPPING,
    # CloudFormation names it where we do not, so that a new one can take an old one's place.
    arns="batch:compute-environment/*{LogicalId}*",
    calls="batch:CreateComputeEnvironment DeleteComputeEnvironment DescribeComputeEnvironments "
    "TagResource UntagResource UpdateComputeEnvironment ec2:DescribeLaunchTemplateVersions",
    # Which of the two IAM is asked about, AWS does not say: AWS Batch hands the role on.
    passes={
        "ComputeResources.InstanceRole": (EC2, BATCH),
        "ComputeResources.SpotIamFleetRole": (SPOT_FLEET, BATCH),
    },
    linked={
        BATCH: always,
        SPOT_FLEET: lambda made: "SpotIamFleetRole" in made["ComputeResources"],
        SPOT: lambda made: "SPOT" in made["ComputeResources"]["Type"],
    },
    omitted={
        "only environments on Amazon EKS need it": "eks:AssociateAccessPolicy CreateAccessEntry "
        "DeleteAccessEntry DescribeAccessEntry DescribeCluster ListAssociatedAccessPolicies",
        "AWS's list of actions has no such action": "batch:SetCapacityTags",
    },
)

JOB_DEFINITION = Kind(
    type="AWS::Batch::JobDefinition",
    title="job definition",
    create_only="JobDefinitionName",
    name="JobDefinitionName",
    stakes=NOTHING,
    tags=TAG_MAPPING,
    arns="batch:job-definition/{JobDefinitionName} batch:job-definition/{JobDefinitionName}:*",
    calls="batch:DeregisterJobDefinition DescribeJobDefinitions RegisterJobDefinition TagResource "
    "UntagResource",
    passes={
        "ContainerProperties.JobRoleArn": (ECS_TASKS, BATCH),
        "ContainerProperties.ExecutionRoleArn": (ECS_TASKS, BATCH),
    },
)

SCHEDULING_POLICY = Kind(
    type="AWS::Batch::SchedulingPolicy",
    title="scheduling policy",
    create_only="Name",
    name="Name",
    stakes=NOTHING,
    tags=TAG_MAPPING,
    arns="batch:scheduling-policy/{Name}",
    calls="batch:CreateSchedulingPolicy DeleteSchedulingPolicy DescribeSchedulingPolicies "
    "TagResource UntagResource UpdateSchedulingPolicy",
)

JOB_QUEUE = Kind(
    type="AWS::Batch::JobQueue",
    title="job queue",
    create_only="JobQueueName JobQueueType",
    name="JobQueueName",
    stakes=Stakes(jobs="jobs in the old one end, and its name changes"),
    tags=TAG_MAPPING,
    arns="batch:job-queue/{JobQueueName}",
    calls="batch:CreateJobQueue DeleteJobQueue DescribeJobQueues TagResource UntagResource "
    "UpdateJobQueue",
)
