# SPDX-License-Identifier: Apache-2.0
"""Tables of whoever looks at an account: nothing is changed, and no data is read."""

from __future__ import annotations

from tests.simulated.calls import (
    BOUNDARY,
    CLUSTER,
    KEY,
    OF_NO_WORKER,
    Table,
    arn,
    calls,
    iam,
    s3,
)

STACK = arn("cloudformation", "stack/TowerForge-spot/0a1b2c3d")
OTHER_STACK = arn("cloudformation", "stack/production/0a1b2c3d")
CLUSTERS = (CLUSTER, "TowerForge-spot-work_Batch_0a1b2c3d-1111-2222-3333-444455556666")
ROLES = ("HeadJobRole", "ComputeJobRole", "ExecutionRole", "InstanceRole")
LINKED = (
    "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    "batch.amazonaws.com/AWSServiceRoleForBatch",
    "ecs.amazonaws.com/AWSServiceRoleForECS",
    "spot.amazonaws.com/AWSServiceRoleForEC2Spot",
    "spotfleet.amazonaws.com/AWSServiceRoleForEC2SpotFleet",
)
NODE_LOG = arn("logs", "log-group:/seqera-batch/TowerForge-spot/nodes")
INSTANCE = arn("ec2", "instance/i-0123456789abcdef0")
LABEL = {"aws:ResourceTag/seqera-batch:environment": "TowerForge-spot"}
OTHER_LABEL = {"aws:ResourceTag/seqera-batch:environment": "TowerForge-other"}

OF_NO_READER = (
    *OF_NO_WORKER,
    *calls("end a job", "batch:TerminateJob", arn("batch", "job/0a1b2c3d")),
    *calls("end an instance", "ec2:TerminateInstances", INSTANCE),
    *calls("delete a volume", "ec2:DeleteVolume", arn("ec2", "volume/vol-0123456789abcdef0")),
    *calls("delete a stack", "cloudformation:DeleteStack", STACK),
    *calls("read another stack", "cloudformation:DescribeStacks", OTHER_STACK),
    *calls("read a result", "s3:GetObject", s3("example-work", "runs/result.csv")),
    *calls("list secrets", "secretsmanager:ListSecrets"),
)
"""What nobody needs who only looks."""
NETWORK = (
    *calls(
        "follow the way out of a subnet",
        "ec2:DescribeNatGateways ec2:DescribeRouteTables ec2:DescribeSecurityGroups "
        "ec2:DescribeVpcBlockPublicAccessOptions ec2:DescribeVpcEndpoints",
    ),
    *calls("see whether names lead anywhere", "ec2:DescribeVpcAttribute", arn("ec2", "vpc/vpc-1")),
)

DOCTOR = Table(
    document="doctor",
    allowed=(
        *calls("read the stack", "cloudformation:DescribeStacks", STACK),
        *calls(
            "read queues and jobs",
            "batch:DescribeComputeEnvironments batch:DescribeJobQueues batch:DescribeJobs "
            "batch:ListJobs",
        ),
        *calls(
            "see the front of a queue",
            "batch:GetJobQueueSnapshot",
            arn("batch", "job-queue/TowerForge-spot-head"),
            arn("batch", "job-queue/TowerForge-spot-work"),
            arn("batch", "job-queue/TowerForge-spot-on-demand"),
            arn("batch", "job-queue/high-memory"),
        ),
        *calls(
            "see why nodes do not start",
            "autoscaling:DescribeAutoScalingGroups autoscaling:DescribeScalingActivities "
            "ec2:DescribeInstanceTypeOfferings ec2:DescribeInstanceTypes ec2:DescribeInstances "
            "ec2:DescribeSubnets",
        ),
        *NETWORK,
        *calls(
            "list nodes",
            "ecs:ListContainerInstances",
            *(arn("ecs", f"cluster/{name}") for name in CLUSTERS),
        ),
        *calls(
            "read nodes",
            "ecs:DescribeContainerInstances",
            *(arn("ecs", f"container-instance/{name}/0a1b2c") for name in CLUSTERS),
        ),
        *calls("read a node's console", "ec2:GetConsoleOutput", INSTANCE, given=LABEL),
        *calls(
            "find a node's role",
            "iam:GetInstanceProfile",
            iam("instance-profile/TowerForge-spot-InstanceProfile-0A1B2C"),
        ),
        *calls(
            "ask what nodes may do",
            "iam:SimulatePrincipalPolicy",
            iam("role/TowerForge-spot-InstanceRole"),
        ),
        *calls("read a node's log", "logs:FilterLogEvents", NODE_LOG),
        *calls(
            "read the end of a job's log",
            "logs:GetLogEvents",
            arn("logs", "log-group:/aws/batch/job:log-stream:head/default/0a"),
        ),
    ),
    denied=(
        *OF_NO_READER,
        *calls("read another node's console", "ec2:GetConsoleOutput", INSTANCE, given=OTHER_LABEL),
        *calls("read other nodes", "ecs:ListContainerInstances", arn("ecs", "cluster/production")),
        *calls("ask about anybody", "iam:SimulatePrincipalPolicy", iam("role/admin")),
        *calls("read another log", "logs:FilterLogEvents", arn("logs", "log-group:/production/db")),
        *calls(
            "see the front of another queue",
            "batch:GetJobQueueSnapshot",
            arn("batch", "job-queue/production"),
        ),
    ),
)

SPOT_FLEET = Table(
    document="doctor-best-fit",
    about=frozenset({"FindSpotFleets", "ReadRolesOfEnvironment", "ReadSpotFleets"}),
    allowed=(
        *calls("read its role", "iam:GetRole", iam("role/TowerForge-best-fit-FleetRole")),
        *calls("find requests of Spot Fleet", "ec2:DescribeSpotFleetRequests"),
        *calls(
            "see why Spot Fleet starts none",
            "ec2:DescribeSpotFleetRequestHistory",
            arn("ec2", "spot-fleet-request/sfr-01234567-89ab-cdef-0123-456789abcdef"),
        ),
    ),
    denied=OF_NO_READER,
)

CHECK = Table(
    document="check",
    allowed=(
        *calls("read the stack", "cloudformation:DescribeStacks", STACK),
        *calls(
            "read the bootstrap version",
            "ssm:GetParameter",
            arn("ssm", "parameter/cdk-bootstrap/hnb659fds/version"),
        ),
        *calls(
            "see what exists",
            "batch:DescribeComputeEnvironments batch:DescribeJobQueues ec2:DescribeImages "
            "ec2:DescribeInstanceTypeOfferings ec2:DescribeInstances ec2:DescribeSubnets "
            "logs:DescribeLogGroups",
        ),
        *NETWORK,
        *calls("read AWS's own quotas", "servicequotas:GetAWSDefaultServiceQuota"),
        *calls(
            "read quotas",
            "servicequotas:GetServiceQuota",
            arn("servicequotas", "ec2/L-34B43A08"),
            arn("servicequotas", "fargate/L-3032A538"),
        ),
        *calls(
            "read roles",
            "iam:GetRole",
            *(iam(f"role/TowerForge-spot-{kind}") for kind in ROLES),
            *(iam(f"role/aws-service-role/{name}") for name in LINKED),
        ),
        *calls("read the boundary", "iam:GetPolicy", BOUNDARY),
        *calls(
            "read what a bucket is",
            "s3:GetBucketPolicy s3:GetEncryptionConfiguration s3:ListBucket",
            *map(s3, ("example-work", "example-data", "example-reference")),
        ),
        *calls("see whether a key is enabled", "kms:DescribeKey", KEY),
    ),
    denied=(
        *OF_NO_READER,
        *calls("read a role of somebody's", "iam:GetRole", iam("role/admin")),
        *calls(
            "read a parameter",
            "ssm:GetParameter",
            arn("ssm", "parameter/production/password"),
        ),
        *calls("read another policy", "iam:GetPolicy", iam("policy/other")),
        *calls("list all roles", "iam:ListRoles"),
        *calls("list all buckets", "s3:ListAllMyBuckets"),
    ),
)

LEFTOVERS = Table(
    document="leftovers",
    allowed=(
        *calls(
            "read the stack, and what is there of it",
            "cloudformation:DescribeStacks cloudformation:ListStackResources",
            STACK,
        ),
        *calls(
            "find by label",
            "autoscaling:DescribeAutoScalingGroups ec2:DescribeAddresses ec2:DescribeFlowLogs "
            "ec2:DescribeInstances ec2:DescribeInternetGateways ec2:DescribeLaunchTemplates "
            "ec2:DescribeNatGateways ec2:DescribeNetworkInterfaces ec2:DescribeRouteTables "
            "ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVolumes "
            "ec2:DescribeVpcEndpoints ec2:DescribeVpcs fsx:DescribeFileSystems tag:GetResources",
        ),
        *calls(
            "find roles",
            "iam:GetRole",
            *(iam(f"role/TowerForge-spot-{one}") for one in ROLES),
        ),
        *calls(
            "find by name",
            "batch:DescribeComputeEnvironments batch:DescribeJobDefinitions "
            "batch:DescribeJobQueues ecs:ListClusters logs:DescribeLogGroups",
        ),
        *calls(
            "find file systems",
            "elasticfilesystem:DescribeFileSystems",
            arn("elasticfilesystem", "file-system/fs-0123456789abcdef0"),
        ),
        *calls(
            "see the bucket and its unfinished uploads",
            "s3:ListBucket s3:ListBucketMultipartUploads",
            s3("example-work"),
        ),
    ),
    denied=(
        *OF_NO_READER,
        *calls("read another role", "iam:GetRole", iam("role/admin")),
        *calls("end an upload", "s3:AbortMultipartUpload", s3("example-work", "runs/x")),
        *calls(
            "deregister a job definition",
            "batch:DeregisterJobDefinition",
            arn("batch", "job-definition/nf-x:1"),
        ),
    ),
)

TABLES = (DOCTOR, SPOT_FLEET, CHECK, LEFTOVERS)
