# SPDX-License-Identifier: Apache-2.0
"""Tables of the roles of nodes, and of what stands beside: Spot fleet, flow logs, functions."""

from __future__ import annotations

from tests.simulated.calls import (
    KEY,
    OF_NO_WORKER,
    OTHER_KEY,
    REGION,
    Table,
    arn,
    calls,
    iam,
    passed_to,
    s3,
    via,
)

OWN_CLUSTER = "AWSBatch-TowerForge-best-fit-work-0a1b2c3d-1111-2222-3333-444455556666"
CLUSTERS = (arn("ecs", f"cluster/{OWN_CLUSTER}"),)
NODES = (arn("ecs", f"container-instance/{OWN_CLUSTER}/0a1b2c"),)
# AWS Batch names clusters otherwise where an environment has a service role, as none of ours does.
OTHER_CLUSTERS = ("production", "production_Batch_0a1b2c3d-1111-2222-3333-444455556666")
OTHER_CLUSTER = tuple(arn("ecs", f"cluster/{name}") for name in OTHER_CLUSTERS)
OTHER_NODE = tuple(arn("ecs", f"container-instance/{name}/0a1b2c") for name in OTHER_CLUSTERS)
REGISTERING = {"ecs:CreateAction": "RegisterContainerInstance"}
INSTANCE = arn("ec2", "instance/i-0123456789abcdef0")
INSTANCE_ROLE = iam("role/TowerForge-best-fit-InstanceRole")

INSTANCE_TABLE = Table(
    document="instance",
    allowed=(
        *calls("find ECS", "ecs:DiscoverPollEndpoint"),
        *calls(
            "join and leave the cluster",
            "ecs:RegisterContainerInstance ecs:DeregisterContainerInstance",
            *CLUSTERS,
        ),
        *calls("tag the registration", "ecs:TagResource", *CLUSTERS, *NODES, given=REGISTERING),
        *calls("take tasks", "ecs:Poll ecs:StartTelemetrySession", *NODES),
        *calls("drain at a Spot reclamation", "ecs:UpdateContainerInstancesState", *NODES),
        *calls(
            "report tasks",
            "ecs:SubmitTaskStateChange ecs:SubmitContainerStateChange "
            "ecs:SubmitAttachmentStateChanges",
            *CLUSTERS,
        ),
        *calls("log in to ECR", "ecr:GetAuthorizationToken"),
        *calls(
            "pull an image",
            "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer",
            arn("ecr", "repository/any/thing"),
        ),
        *calls(
            "write a job's output",
            "logs:CreateLogStream logs:PutLogEvents",
            arn("logs", "log-group:/lab/jobs:log-stream:nf/default/0a"),
        ),
        *calls(
            "write the node's own logs",
            "logs:CreateLogStream logs:PutLogEvents",
            arn("logs", "log-group:/seqera-batch/TowerForge-best-fit/nodes:log-stream:i-0/boot"),
        ),
        *calls("find the mount name", "fsx:DescribeFileSystems"),
        *calls("be there for Session Manager", "ssm:UpdateInstanceInformation", INSTANCE),
        *calls(
            "carry a session",
            "ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel "
            "ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel",
        ),
    ),
    denied=(
        *OF_NO_WORKER,
        *calls(
            "join a cluster of something else, to get its tasks",
            "ecs:RegisterContainerInstance ecs:DeregisterContainerInstance",
            *OTHER_CLUSTER,
            arn("ecs", "cluster/default"),
        ),
        *calls("take its tasks", "ecs:Poll ecs:StartTelemetrySession", *OTHER_NODE),
        *calls("drain its nodes", "ecs:UpdateContainerInstancesState", *OTHER_NODE),
        *calls(
            "report on its tasks",
            "ecs:SubmitTaskStateChange ecs:SubmitContainerStateChange "
            "ecs:SubmitAttachmentStateChanges",
            *OTHER_CLUSTER,
        ),
        *calls("start nodes in another group", "ec2:RunInstances", arn("ec2", "placement-group/x")),
        *calls("tag at another time", "ecs:TagResource", *CLUSTERS, *NODES),
        *calls("tag another cluster", "ecs:TagResource", *OTHER_CLUSTER, given=REGISTERING),
        *calls("make a cluster", "ecs:CreateCluster", arn("ecs", "cluster/default")),
        *calls("start a task", "ecs:StartTask ecs:RunTask", arn("ecs", "task-definition/x:1")),
        *calls("use files", "s3:GetObject s3:PutObject", s3("example-work", "runs/x")),
        *calls(
            "submit a job", "batch:SubmitJob", arn("batch", "job-queue/TowerForge-best-fit-work")
        ),
        *calls("push an image", "ecr:PutImage", arn("ecr", "repository/any/thing")),
        *calls(
            "write to other groups",
            "logs:PutLogEvents logs:CreateLogStream",
            arn("logs", "log-group:/lab/other:log-stream:x"),
        ),
        *calls("make a group", "logs:CreateLogGroup", arn("logs", "log-group:/anything")),
        *calls(
            "pose as a machine outside of EC2",
            "ssm:UpdateInstanceInformation",
            arn("ssm", "managed-instance/mi-0123456789abcdef0"),
        ),
        *calls("start a session itself", "ssm:StartSession", INSTANCE),
        *calls("run commands on nodes", "ssm:SendCommand", INSTANCE),
        *calls("read parameters", "ssm:GetParameter", arn("ssm", "parameter/lab/password")),
        *calls("read messages of Run Command", "ec2messages:GetMessages"),
        *calls("attach a volume", "ec2:AttachVolume", INSTANCE),
        *calls("change itself", "ec2:ModifyInstanceAttribute", INSTANCE),
        *calls("delete a file system", "fsx:DeleteFileSystem", arn("fsx", "file-system/fs-0")),
        *calls("pass a role", "iam:PassRole", INSTANCE_ROLE, given=passed_to("ec2")),
    ),
)

_MOUNTING = (
    "elasticfilesystem:ClientMount elasticfilesystem:ClientRootAccess elasticfilesystem:ClientWrite"
)
_REACHED = {"elasticfilesystem:AccessedViaMountTarget": "true"}
EFS = arn("elasticfilesystem", "file-system/fs-0123456789abcdef0")
INSTANCE_EFS = Table(
    document="instance-efs",
    about=frozenset({"MountEfs"}),
    allowed=calls("mount the created file system", _MOUNTING, EFS, given=_REACHED),
    denied=(
        *calls(
            "mount another one",
            _MOUNTING,
            arn("elasticfilesystem", "file-system/fs-99999999999999999"),
            given=_REACHED,
        ),
        *calls("mount it past its mount targets", _MOUNTING, EFS),
        *calls("delete it", "elasticfilesystem:DeleteFileSystem", EFS),
        *calls("open it", "elasticfilesystem:PutFileSystemPolicy", EFS),
    ),
)

LAUNCHED = (
    f"arn:aws:ec2:{REGION}::image/ami-0123456789abcdef0",
    f"arn:aws:ec2:{REGION}::snapshot/snap-0123456789abcdef0",
    INSTANCE,
    arn("ec2", "key-pair/debug"),
    arn("ec2", "launch-template/lt-0123456789abcdef0"),
    arn("ec2", "network-interface/eni-0123456789abcdef0"),
    arn("ec2", "security-group/sg-0123456789abcdef0"),
    arn("ec2", "spot-instances-request/sir-0123456"),
    arn("ec2", "subnet/subnet-0123456789abcdef0"),
    arn("ec2", "volume/vol-0123456789abcdef0"),
    arn("ec2", "placement-group/mpi"),
)
TAGGED = (INSTANCE, LAUNCHED[5], LAUNCHED[7], LAUNCHED[9])

FLEET = Table(
    document="fleet",
    allowed=(
        *calls(
            "look around",
            "ec2:DescribeImages ec2:DescribeInstanceStatus ec2:DescribeSubnets",
        ),
        *calls("ask for Spot instances", "ec2:RequestSpotInstances", *LAUNCHED[:2], *LAUNCHED[5:9]),
        *calls("start nodes", "ec2:RunInstances", *LAUNCHED),
        *calls("start them with their role", "iam:PassRole", INSTANCE_ROLE, given=passed_to("ec2")),
        *calls("end nodes", "ec2:TerminateInstances", INSTANCE),
        *calls(
            "tag nodes as they start",
            "ec2:CreateTags",
            *TAGGED,
            given={"ec2:CreateAction": "RunInstances"},
        ),
        *calls(
            "tag requests",
            "ec2:CreateTags",
            LAUNCHED[7],
            given={"ec2:CreateAction": "RequestSpotInstances"},
        ),
    ),
    denied=(
        *(one for one in OF_NO_WORKER if one.action != "ec2:RunInstances"),
        *calls(
            "start nodes with another role",
            "iam:PassRole",
            iam("role/TowerForge-best-fit-HeadJobRole"),
            iam("role/TowerForge-other-InstanceRole"),
            given=passed_to("ec2"),
        ),
        *calls(
            "pass the role to tasks", "iam:PassRole", INSTANCE_ROLE, given=passed_to("ecs-tasks")
        ),
        *calls("tag at another time", "ec2:CreateTags", *TAGGED),
        *calls(
            "tag something else",
            "ec2:CreateTags",
            arn("ec2", "vpc/vpc-0"),
            given={"ec2:CreateAction": "RunInstances"},
        ),
        *calls("stop an instance", "ec2:StopInstances", INSTANCE),
        *calls("delete a volume", "ec2:DeleteVolume", LAUNCHED[9]),
        *calls("change a template", "ec2:CreateLaunchTemplateVersion", LAUNCHED[4]),
        *calls("change an instance", "ec2:ModifyInstanceAttribute", INSTANCE),
        *calls("use files", "s3:GetObject", s3("example-work", "runs/x")),
    ),
)

FLOW_GROUP = "log-group:/seqera-batch/TowerForge-private/flow-logs"
FLOW_LOGS = Table(
    document="flow-logs",
    allowed=(
        *calls("find the group", "logs:DescribeLogGroups"),
        *calls("find the streams", "logs:DescribeLogStreams", arn("logs", FLOW_GROUP)),
        *calls(
            "write records",
            "logs:CreateLogStream logs:PutLogEvents",
            arn("logs", f"{FLOW_GROUP}:log-stream:eni-0-all"),
        ),
    ),
    denied=(
        *OF_NO_WORKER,
        *calls(
            "write to other groups",
            "logs:CreateLogStream logs:PutLogEvents",
            arn("logs", "log-group:/lab/jobs:log-stream:x"),
        ),
        *calls(
            "look into other groups", "logs:DescribeLogStreams", arn("logs", "log-group:/lab/jobs")
        ),
        *calls("make a group", "logs:CreateLogGroup", arn("logs", FLOW_GROUP)),
        *calls(
            "read records", "logs:GetLogEvents", arn("logs", f"{FLOW_GROUP}:log-stream:eni-0-all")
        ),
        *calls("change the flow log", "ec2:DeleteFlowLogs", arn("ec2", "vpc-flow-log/fl-0")),
    ),
)

TOKEN = arn("secretsmanager", "secret:seqera/token-AbCdEf")
OWN_LOG = arn(
    "logs", "log-group:/seqera-batch/TowerForge-registered/registration:log-stream:2026/x"
)
REGISTRATION = Table(
    document="registration",
    allowed=(
        *calls("read Platform's token", "secretsmanager:GetSecretValue", TOKEN),
        *calls("write its log", "logs:CreateLogStream logs:PutLogEvents", OWN_LOG),
    ),
    denied=(
        *OF_NO_WORKER,
        *calls(
            "read other secrets",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", "secret:seqera/token-2-AbCdEf"),
            arn("secretsmanager", "secret:tower-abc-a1b2c3"),
        ),
        *calls("change the token", "secretsmanager:PutSecretValue", TOKEN),
        *calls(
            "write to other logs",
            "logs:CreateLogStream logs:PutLogEvents",
            arn("logs", "log-group:/lab/jobs:log-stream:x"),
        ),
        *calls(
            "submit a job", "batch:SubmitJob", arn("batch", "job-queue/TowerForge-registered-head")
        ),
    ),
)

INTERFACE = arn("ec2", "network-interface/eni-0123456789abcdef0")
REGISTRATION_IN_VPC = Table(
    document="registration-vpc",
    allowed=(
        *calls("read Platform's token", "secretsmanager:GetSecretValue", TOKEN),
        *calls(
            "decrypt it",
            "kms:Decrypt",
            KEY,
            given={"kms:EncryptionContext:SecretARN": TOKEN},
        ),
        *calls("write its log", "logs:CreateLogStream logs:PutLogEvents", OWN_LOG),
        *calls(
            "connect to the VPC",
            "ec2:CreateNetworkInterface",
            INTERFACE,
            arn("ec2", "subnet/subnet-0"),
            arn("ec2", "security-group/sg-0"),
        ),
        *calls(
            "keep its interfaces",
            "ec2:DeleteNetworkInterface ec2:AssignPrivateIpAddresses "
            "ec2:UnassignPrivateIpAddresses",
            INTERFACE,
        ),
        *calls("look around", "ec2:DescribeNetworkInterfaces ec2:DescribeSubnets"),
    ),
    denied=(
        *OF_NO_WORKER,
        *calls(
            "decrypt another secret",
            "kms:Decrypt",
            KEY,
            given={"kms:EncryptionContext:SecretARN": arn("secretsmanager", "secret:x-AbCdEf")},
        ),
        *calls("decrypt anything", "kms:Decrypt", KEY, given=via("s3")),
        *calls(
            "use another key",
            "kms:Decrypt",
            OTHER_KEY,
            given={"kms:EncryptionContext:SecretARN": TOKEN},
        ),
        *calls("attach an interface", "ec2:AttachNetworkInterface", INTERFACE),
        *calls("change an interface", "ec2:ModifyNetworkInterfaceAttribute", INTERFACE),
    ),
)

CHECK_LOG = arn("logs", "log-group:/seqera-batch/TowerForge-spot/queue-check:log-stream:2026/x")
QUEUE_CHECK = Table(
    document="queue-check",
    allowed=(
        *calls(
            "see whether queues are usable",
            "batch:DescribeJobQueues batch:DescribeComputeEnvironments",
        ),
        *calls(
            "see the front of a queue",
            "batch:GetJobQueueSnapshot",
            arn("batch", "job-queue/TowerForge-spot-head"),
            arn("batch", "job-queue/TowerForge-spot-work"),
            arn("batch", "job-queue/TowerForge-spot-on-demand"),
        ),
        *calls("write its log", "logs:CreateLogStream logs:PutLogEvents", CHECK_LOG),
    ),
    denied=(
        *OF_NO_WORKER,
        *calls(
            "see the front of another queue",
            "batch:GetJobQueueSnapshot",
            arn("batch", "job-queue/TowerForge-other-work"),
        ),
        *calls("silence an alarm", "cloudwatch:DisableAlarmActions", arn("cloudwatch", "alarm:x")),
        *calls("tell the topic", "sns:Publish", arn("sns", "alarms")),
        *calls("read its log", "logs:GetLogEvents", CHECK_LOG),
        *calls("enable a queue", "batch:UpdateJobQueue", arn("batch", "job-queue/TowerForge-spot")),
        *calls("end a job", "batch:TerminateJob", arn("batch", "job/0a1b2c3d")),
    ),
)

TABLES = (
    INSTANCE_TABLE,
    INSTANCE_EFS,
    FLEET,
    FLOW_LOGS,
    REGISTRATION,
    REGISTRATION_IN_VPC,
    QUEUE_CHECK,
)
