# SPDX-License-Identifier: Apache-2.0
"""Tables of whoever deploys: with rights of one's own, and through CDK's bootstrap roles."""

from __future__ import annotations

from tests.simulated.calls import (
    ADMINISTRATOR,
    BOUNDARY,
    STRANGER,
    Context,
    Table,
    arn,
    calls,
    iam,
    passed_to,
    s3,
    tagged,
)

STACK = arn("cloudformation", "stack/TowerForge-spot/0a1b2c3d-1111")
ASSETS = "cdk-hnb659fds-assets-111122223333-eu-west-1"
BOUNDED = {"iam:PermissionsBoundary": BOUNDARY}
ROLES = tuple(
    iam(f"role/TowerForge-spot-{kind}")
    for kind in ("HeadJobRole", "ComputeJobRole", "ExecutionRole", "InstanceRole")
)
JOB_ROLES = ROLES[:3]
"""Of the job definitions in the template; other tasks get theirs from the head job."""
PLATFORM_ROLE = iam("role/PlatformAccess-TowerForge-spot")
POLICY = iam("policy/PlatformAccess-TowerForge-spot-1")
PROFILE = iam("instance-profile/TowerForge-spot-InstanceRole")
QUEUE = arn("batch", "job-queue/TowerForge-spot-head")
ENVIRONMENT = arn("batch", "compute-environment/ForgeWorkComputeEnvironmentCB2DBAC6-0a1b2c")
GROUP = arn("logs", "log-group:/seqera-batch/TowerForge-spot/nodes")
TEMPLATE = arn("ec2", "launch-template/lt-0123456789abcdef0")
VPC = arn("ec2", "vpc/vpc-0123456789abcdef0")
SUBNET = arn("ec2", "subnet/subnet-0123456789abcdef0")
SECURITY_GROUP = arn("ec2", "security-group/sg-0123456789abcdef0")

OWN = tagged("TowerForge-spot", "TowerForge-spot")
OTHERS = tagged("payments")
AS_TEMPLATE: Context = {"ec2:CreateAction": "CreateLaunchTemplate"}
OWN_TEMPLATE: Context = {"aws:ResourceTag/seqera-batch:environment": "TowerForge-spot"}

DEPLOYER = Table(
    document="deployer",
    allowed=(
        *calls(
            "deploy the stack",
            "cloudformation:CreateChangeSet cloudformation:DescribeChangeSet "
            "cloudformation:ExecuteChangeSet cloudformation:DescribeStacks "
            "cloudformation:DescribeStackEvents cloudformation:DeleteStack "
            "cloudformation:GetTemplate",
            STACK,
        ),
        *calls(
            "read the bootstrap's version",
            "ssm:GetParameter",
            arn("ssm", "parameter/cdk-bootstrap/hnb659fds/version"),
        ),
        *calls("read which image it is", "ssm:GetParameters", arn("ssm", "parameter/images/nodes")),
        *calls("find the bucket for templates", "s3:GetBucketLocation s3:ListBucket", s3(ASSETS)),
        *calls("store a template", "s3:PutObject s3:GetObject", s3(ASSETS, "0a1b.json")),
        *calls(
            "make roles within the boundary",
            "iam:CreateRole iam:PutRolePolicy iam:PutRolePermissionsBoundary",
            *ROLES,
            given=BOUNDED,
        ),
        *calls("make Platform's role", "iam:CreateRole", PLATFORM_ROLE, given=BOUNDED),
        *calls("write Platform's policy", "iam:CreatePolicy iam:CreatePolicyVersion", POLICY),
        *calls(
            "give it to Platform",
            "iam:AttachRolePolicy iam:DetachRolePolicy",
            PLATFORM_ROLE,
            given={"iam:PolicyARN": POLICY},
        ),
        *calls("keep roles", "iam:GetRole iam:DeleteRole iam:TagRole", *ROLES),
        *calls(
            "keep the profile",
            "iam:CreateInstanceProfile iam:AddRoleToInstanceProfile iam:DeleteInstanceProfile",
            PROFILE,
        ),
        *calls("hand nodes their role", "iam:PassRole", ROLES[3], given=passed_to("ec2")),
        *calls(
            "hand jobs of definitions theirs",
            "iam:PassRole",
            *JOB_ROLES,
            given=passed_to("ecs-tasks"),
        ),
        *calls(
            "hand them on through AWS Batch",
            "iam:PassRole",
            *JOB_ROLES,
            ROLES[3],
            given=passed_to("batch"),
        ),
        *calls(
            "use AWS Batch for the first time",
            "iam:CreateServiceLinkedRole",
            iam("role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"),
            given={"iam:AWSServiceName": "batch.amazonaws.com"},
        ),
        *calls(
            "make and change environments",
            "batch:CreateComputeEnvironment batch:UpdateComputeEnvironment "
            "batch:DeleteComputeEnvironment batch:TagResource",
            ENVIRONMENT,
        ),
        *calls(
            "make and change queues",
            "batch:CreateJobQueue batch:UpdateJobQueue batch:DeleteJobQueue batch:TagResource",
            QUEUE,
        ),
        *calls("find them", "batch:DescribeComputeEnvironments batch:DescribeJobQueues"),
        *calls("make a launch template", "ec2:CreateLaunchTemplate", TEMPLATE),
        *calls("with its tags", "ec2:CreateTags", TEMPLATE, given=AS_TEMPLATE),
        *calls(
            "change and delete it",
            "ec2:CreateLaunchTemplateVersion ec2:DeleteLaunchTemplate",
            TEMPLATE,
            given=OWN_TEMPLATE,
        ),
        *calls(
            "make what is not there yet, with tags",
            "ec2:CreateVpc ec2:CreateTags",
            VPC,
        ),
        *calls("make a subnet in it", "ec2:CreateSubnet", SUBNET),
        *calls("in the VPC of the stack", "ec2:CreateSubnet", VPC, given=OWN),
        *calls("make a group", "ec2:CreateSecurityGroup", SECURITY_GROUP),
        *calls("in it", "ec2:CreateSecurityGroup", VPC, given=OWN),
        *calls(
            "let nodes out",
            "ec2:AuthorizeSecurityGroupEgress",
            arn("ec2", "security-group-rule/sgr-0123456789abcdef0"),
        ),
        *calls("of the group", "ec2:AuthorizeSecurityGroupEgress", SECURITY_GROUP, given=OWN),
        *calls("delete the VPC", "ec2:DeleteVpc", VPC, given=OWN),
        *calls("delete the subnet", "ec2:DeleteSubnet", SUBNET, given=OWN),
        *calls("delete the group", "ec2:DeleteSecurityGroup", SECURITY_GROUP, given=OWN),
        *calls("find the network", "ec2:DescribeVpcs ec2:DescribeSubnets"),
        *calls("make the log group", "logs:CreateLogGroup logs:PutRetentionPolicy", GROUP),
        *calls("find it", "logs:DescribeLogGroups"),
    ),
    denied=(
        *calls(
            "read other parameters",
            "ssm:GetParameters ssm:GetParametersByPath",
            arn("ssm", "parameter/images/nodes/old"),
            arn("ssm", "parameter/payments/password"),
        ),
        *calls(
            "touch other stacks",
            "cloudformation:DeleteStack cloudformation:ExecuteChangeSet",
            arn("cloudformation", "stack/payments/0a1b"),
            arn("cloudformation", "stack/TowerForge-spot-2/0a1b"),
        ),
        *calls("make roles without the boundary", "iam:CreateRole iam:PutRolePolicy", *ROLES),
        *calls(
            "make roles with another boundary",
            "iam:CreateRole iam:PutRolePermissionsBoundary",
            *ROLES,
            given={"iam:PermissionsBoundary": ADMINISTRATOR},
        ),
        *calls("take a boundary away", "iam:DeleteRolePermissionsBoundary", *ROLES),
        *calls(
            "touch other roles",
            "iam:CreateRole iam:PutRolePolicy iam:DeleteRole iam:UpdateAssumeRolePolicy",
            iam("role/admin"),
            iam("role/TowerForge-other-HeadJobRole"),
            given=BOUNDED,
        ),
        *calls(
            "attach AdministratorAccess",
            "iam:AttachRolePolicy",
            *ROLES,
            PLATFORM_ROLE,
            given={"iam:PolicyARN": ADMINISTRATOR, **BOUNDED},
        ),
        *calls("write other policies", "iam:CreatePolicyVersion", BOUNDARY, iam("policy/own")),
        *calls("hand over other roles", "iam:PassRole", iam("role/admin"), given=passed_to("ec2")),
        *calls("hand roles to a function", "iam:PassRole", *ROLES, given=passed_to("lambda")),
        *calls("hand nodes another's", "iam:PassRole", *ROLES[:3], given=passed_to("ec2")),
        *calls(
            "hand jobs the nodes' role",
            "iam:PassRole",
            ROLES[3],
            given=passed_to("ecs-tasks"),
        ),
        *calls("hand Platform's", "iam:PassRole", PLATFORM_ROLE, given=passed_to("ecs-tasks")),
        *calls(
            "use another service for the first time",
            "iam:CreateServiceLinkedRole",
            iam("role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations"),
            given={"iam:AWSServiceName": "organizations.amazonaws.com"},
        ),
        *calls(
            "make a service's role under another's name",
            "iam:CreateServiceLinkedRole",
            iam("role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"),
            given={"iam:AWSServiceName": "organizations.amazonaws.com"},
        ),
        *calls(
            "touch other queues",
            "batch:DeleteJobQueue batch:UpdateJobQueue",
            arn("batch", "job-queue/production"),
        ),
        *calls("delete what has no tags", "ec2:DeleteVpc", VPC),
        *calls("delete what has no tags", "ec2:DeleteLaunchTemplate", TEMPLATE),
        *calls(
            "touch another stack's network",
            "ec2:DeleteVpc ec2:CreateSubnet ec2:CreateTags",
            VPC,
            given=OTHERS,
        ),
        *calls(
            "touch another environment's",
            "ec2:CreateSubnet ec2:CreateTags",
            VPC,
            given=tagged("TowerForge-spot", "TowerForge-spot-2"),
        ),
        *calls(
            "open another stack's group",
            "ec2:AuthorizeSecurityGroupIngress ec2:DeleteSecurityGroup",
            SECURITY_GROUP,
            given=OTHERS,
        ),
        *calls(
            "touch another's template",
            "ec2:CreateLaunchTemplateVersion ec2:DeleteLaunchTemplate",
            TEMPLATE,
            given=tagged("payments", "TowerForge-spot-2"),
        ),
        *calls("write tags on a template that is there", "ec2:CreateTags", TEMPLATE),
        *calls(
            "write a tag by which it would be ours",
            "ec2:CreateTags",
            TEMPLATE,
            given={"ec2:CreateAction": "CreateVpc"},
        ),
        *calls(
            "touch other stacks' environments",
            "batch:DeleteComputeEnvironment batch:UpdateComputeEnvironment",
            arn("batch", "compute-environment/production-0a1b2c"),
        ),
        *calls("submit a job", "batch:SubmitJob", QUEUE),
        *calls("start an instance", "ec2:RunInstances", arn("ec2", "instance/i-0")),
        *calls(
            "use files", "s3:GetObject s3:PutObject s3:DeleteObject", s3("example-work", "runs/x")
        ),
        *calls("delete a template's file", "s3:DeleteObject", s3(ASSETS, "0a1b.json")),
        *calls(
            "touch other log groups",
            "logs:DeleteLogGroup logs:PutRetentionPolicy",
            arn("logs", "log-group:/aws/lambda/payments"),
        ),
        *calls(
            "read secrets", "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:x-0")
        ),
        *calls("take a role", "sts:AssumeRole", iam("role/admin")),
    ),
)

BOOTSTRAP_ROLES = tuple(
    iam(f"role/cdk-hnb659fds-{kind}-111122223333-eu-west-1")
    for kind in ("deploy-role", "file-publishing-role")
)


THROUGH_BOOTSTRAP = Table(
    document="bootstrap",
    allowed=calls("take the bootstrap's roles", "sts:AssumeRole", *BOOTSTRAP_ROLES),
    denied=(
        *calls(
            "take CloudFormation's role, an administrator's",
            "sts:AssumeRole",
            iam("role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1"),
        ),
        *calls(
            "take other roles",
            "sts:AssumeRole",
            iam("role/admin"),
            iam("role/cdk-hnb659fds-deploy-role-111122223333-us-east-1"),
            iam("role/cdk-hnb659fds-deploy-role-999988887777-eu-west-1", account=STRANGER),
        ),
        *calls("deploy without them", "cloudformation:CreateStack", STACK),
    ),
)

FLOW_LOG_ROLE = iam("role/TowerForge-private-FlowLogRole")

DEPLOYER_WITH_FLOW_LOGS = Table(
    document="deployer-flow-logs",
    about=frozenset({"PassRolesToVpcFlowLogs"}),
    allowed=calls(
        "hand flow logs their role",
        "iam:PassRole",
        FLOW_LOG_ROLE,
        given=passed_to("vpc-flow-logs"),
    ),
    denied=(
        *calls("hand it to nodes", "iam:PassRole", FLOW_LOG_ROLE, given=passed_to("ec2")),
        *calls(
            "hand flow logs another role",
            "iam:PassRole",
            iam("role/TowerForge-private-InstanceRole"),
            iam("role/admin"),
            given=passed_to("vpc-flow-logs"),
        ),
    ),
)

TABLES = (DEPLOYER, DEPLOYER_WITH_FLOW_LOGS, THROUGH_BOOTSTRAP)
