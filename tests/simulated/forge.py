# SPDX-License-Identifier: Apache-2.0
"""Tables of the credential with which Platform makes AWS resources: Forge, and the quick start."""

from __future__ import annotations

from tests.simulated.calls import (
    ADMINISTRATOR,
    BOUNDARY,
    Call,
    Context,
    Table,
    arn,
    calls,
    iam,
    passed_to,
    s3,
)
from tests.simulated.platform import (
    DEFINITION,
    JOB,
    MAKING,
    NOT_DATA,
    NOT_IAM,
    SECRET,
    WORK_DIR,
    launching,
)

MANAGED = tuple(
    f"arn:aws:iam::aws:policy/{name}"
    for name in (
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonS3ReadOnlyAccess",
        "CloudWatchAgentServerPolicy",
        "service-role/AWSBatchServiceRole",
        "service-role/AmazonEC2ContainerServiceforEC2Role",
        "service-role/AmazonEC2SpotFleetTaggingRole",
        "service-role/AmazonECSTaskExecutionRolePolicy",
    )
)
BOUNDED = {"iam:PermissionsBoundary": BOUNDARY}
MADE_ROLE = iam("role/TowerForge-4a5b6c-InstanceRole")
PROFILE = iam("instance-profile/TowerForge-4a5b6c-InstanceRole")
TEMPLATE = arn("ec2", "launch-template/lt-0123456789abcdef0")
EFS = arn("elasticfilesystem", "file-system/fs-0123456789abcdef0")
FSX = arn("fsx", "file-system/fs-0123456789abcdef0")
IMAGE = arn("ssm", "parameter/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended")
CREATED_WITH_TEMPLATE = {"ec2:CreateAction": "CreateLaunchTemplate"}
ENVIRONMENT = arn("batch", "compute-environment/TowerForge-4a5b6c-work")
QUEUE = arn("batch", "job-queue/TowerForge-4a5b6c-work")
LINKED = ("batch", "spot", "spotfleet", "elasticfilesystem", "fsx")


def _linked(service: str) -> tuple[Call, ...]:
    name = f"{service}.amazonaws.com"
    return calls(
        "use a service for the first time",
        "iam:CreateServiceLinkedRole",
        iam(f"role/aws-service-role/{name}/AWSServiceRoleForIt"),
        given={"iam:AWSServiceName": name},
    )


FORGE_ALLOWED: tuple[Call, ...] = (
    *launching("TowerForge-4a5b6c-head"),
    *calls("make and change environments", MAKING[0], ENVIRONMENT),
    *calls("make and change queues", MAKING[1], QUEUE),
    *calls("make a queue of an environment", "batch:CreateJobQueue", ENVIRONMENT),
    *calls("label them", "batch:TagResource", ENVIRONMENT, QUEUE),
    *calls(
        "make and delete a template", "ec2:CreateLaunchTemplate ec2:DeleteLaunchTemplate", TEMPLATE
    ),
    *calls("label it", "ec2:CreateTags", TEMPLATE, given=CREATED_WITH_TEMPLATE),
    *calls("find it", "ec2:DescribeLaunchTemplates ec2:DescribeLaunchTemplateVersions"),
    *(
        row
        for service in ("batch", "ec2", "ecs-tasks", "spotfleet")
        for row in calls("hand its roles over", "iam:PassRole", MADE_ROLE, given=passed_to(service))
    ),
    *calls("make a role within the boundary", "iam:CreateRole", MADE_ROLE, given=BOUNDED),
    *calls("write its policy", "iam:PutRolePolicy", MADE_ROLE, given=BOUNDED),
    *(
        row
        for policy in MANAGED
        for row in calls(
            "give it a managed policy, and take it",
            "iam:AttachRolePolicy iam:DetachRolePolicy",
            MADE_ROLE,
            given={**BOUNDED, "iam:PolicyARN": policy},
        )
    ),
    *calls(
        "keep roles",
        "iam:GetRole iam:TagRole iam:DeleteRole iam:DeleteRolePolicy iam:ListRolePolicies "
        "iam:ListAttachedRolePolicies",
        MADE_ROLE,
    ),
    *calls(
        "keep profiles",
        "iam:CreateInstanceProfile iam:GetInstanceProfile iam:TagInstanceProfile "
        "iam:AddRoleToInstanceProfile iam:RemoveRoleFromInstanceProfile iam:DeleteInstanceProfile",
        PROFILE,
    ),
    *calls("find Amazon's image", "ssm:GetParameters", IMAGE),
)
FORGE_DENIED: tuple[Call, ...] = (
    *NOT_DATA,
    *NOT_IAM,
    *calls("submit to other queues", "batch:SubmitJob", arn("batch", "job-queue/production")),
    *calls(
        "touch other environments",
        f"{MAKING[0]} batch:TagResource",
        arn("batch", "compute-environment/production"),
        arn("batch", "compute-environment/TowerForged"),
    ),
    *calls(
        "touch other queues", f"{MAKING[1]} batch:TagResource", arn("batch", "job-queue/production")
    ),
    *calls("tag a template later", "ec2:CreateTags", TEMPLATE),
    *calls(
        "tag something else",
        "ec2:CreateTags",
        arn("ec2", "instance/i-0123456789abcdef0"),
        given=CREATED_WITH_TEMPLATE,
    ),
    *calls(
        "change a template", "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate", TEMPLATE
    ),
    *calls("hand roles to a function", "iam:PassRole", MADE_ROLE, given=passed_to("lambda")),
    *calls(
        "hand over its own role",
        "iam:PassRole",
        iam("role/PlatformAccess-TowerForge-forge"),
        given=passed_to("ec2"),
    ),
    *calls("make a role without the boundary", "iam:CreateRole iam:PutRolePolicy", MADE_ROLE),
    *calls(
        "make a role with another boundary",
        "iam:CreateRole iam:PutRolePolicy",
        MADE_ROLE,
        given={"iam:PermissionsBoundary": ADMINISTRATOR},
    ),
    *calls(
        "make roles of other names",
        "iam:CreateRole iam:PutRolePolicy iam:DeleteRole",
        iam("role/admin"),
        iam("role/PlatformAccess-TowerForge-forge"),
        given=BOUNDED,
    ),
    *calls(
        "attach a managed policy without the boundary",
        "iam:AttachRolePolicy",
        MADE_ROLE,
        given={"iam:PolicyARN": MANAGED[0]},
    ),
    *(
        row
        for policy in (
            ADMINISTRATOR,
            "arn:aws:iam::aws:policy/IAMFullAccess",
            "arn:aws:iam::aws:policy/PowerUserAccess",
            "arn:aws:iam::aws:policy/AmazonS3FullAccess",
            iam("policy/own"),
        )
        for row in calls(
            "attach other managed policies",
            "iam:AttachRolePolicy",
            MADE_ROLE,
            given={**BOUNDED, "iam:PolicyARN": policy},
        )
    ),
    *calls(
        "touch other profiles",
        "iam:CreateInstanceProfile iam:AddRoleToInstanceProfile iam:DeleteInstanceProfile",
        iam("instance-profile/web-servers"),
    ),
    *calls("keep other roles", "iam:GetRole iam:TagRole iam:DeleteRolePolicy", iam("role/admin")),
    *calls(
        "read other parameters",
        "ssm:GetParameters",
        arn("ssm", "parameter/database/password"),
        arn("ssm", "parameter/aws/service/eks/x"),
    ),
    *calls(
        "make another service's role",
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
)
AS_MADE: Context = {"elasticfilesystem:CreateAction": "CreateFileSystem"}
FILE_SYSTEMS: tuple[Call, ...] = (
    *calls("find FSx file systems", "fsx:DescribeFileSystems"),
    *calls("make FSx file systems", "fsx:CreateFileSystem fsx:TagResource", FSX),
    *calls("delete them", "fsx:DeleteFileSystem", FSX),
    *calls("make EFS file systems", "elasticfilesystem:CreateFileSystem"),
    *calls(
        "keep them",
        "elasticfilesystem:DescribeFileSystems elasticfilesystem:DescribeMountTargets "
        "elasticfilesystem:UpdateFileSystem "
        "elasticfilesystem:PutLifecycleConfiguration elasticfilesystem:DeleteFileSystem "
        "elasticfilesystem:CreateMountTarget elasticfilesystem:DeleteMountTarget",
        EFS,
    ),
    *calls("label them as they are made", "elasticfilesystem:TagResource", EFS, given=AS_MADE),
    *calls("look for subnets", "ec2:DescribeSubnets ec2:DescribeNetworkInterfaces"),
    *calls(
        "connect them",
        "ec2:CreateNetworkInterface",
        arn("ec2", "network-interface/eni-0"),
        arn("ec2", "subnet/subnet-0"),
        arn("ec2", "security-group/sg-0"),
    ),
    *calls("disconnect them", "ec2:DeleteNetworkInterface", arn("ec2", "network-interface/eni-0")),
)
NOT_FILE_SYSTEMS: tuple[Call, ...] = (
    *calls(
        "open a file system to anybody",
        "elasticfilesystem:PutFileSystemPolicy elasticfilesystem:DeleteFileSystemPolicy",
        EFS,
    ),
    *calls("mount one", "elasticfilesystem:ClientMount elasticfilesystem:ClientRootAccess", EFS),
    *calls("label one that is there", "elasticfilesystem:TagResource", EFS),
    *calls(
        "label what is none",
        "elasticfilesystem:TagResource",
        arn("elasticfilesystem", "access-point/fsap-0123456789abcdef0"),
        given=AS_MADE,
    ),
    *calls("copy FSx data out", "fsx:CreateDataRepositoryTask", FSX),
    *calls(
        "attach an interface", "ec2:AttachNetworkInterface", arn("ec2", "network-interface/eni-0")
    ),
)

FORGE = Table(
    document="platform-forge",
    allowed=(
        *FORGE_ALLOWED,
        *WORK_DIR,
        *FILE_SYSTEMS,
        *(row for service in LINKED for row in _linked(service)),
        *calls(
            "hand over a role that exists",
            "iam:PassRole",
            iam("role/lab/existing-execution"),
            given=passed_to("ecs-tasks"),
        ),
    ),
    denied=(
        *FORGE_DENIED,
        *NOT_FILE_SYSTEMS,
        *calls(
            "change a role that exists",
            "iam:PutRolePolicy iam:DeleteRole",
            iam("role/lab/existing-execution"),
            given=BOUNDED,
        ),
    ),
)

LABEL: Context = {"aws:RequestTag/team": "genomics"}
LABELLED = {"aws:ResourceTag/team": "genomics"}
OTHER_LABEL = {"aws:RequestTag/team": "payments", "aws:ResourceTag/team": "payments"}
GIVEN = (
    ("batch:SubmitJob", arn("batch", "job-queue/TowerForge-4a5b6c-head")),
    ("batch:SubmitJob", f"{DEFINITION}:1"),
    ("batch:SubmitJob", JOB),
    ("batch:RegisterJobDefinition", DEFINITION),
    ("batch:TagResource", f"{DEFINITION}:1"),
    ("batch:TagResource", JOB),
    ("batch:CreateComputeEnvironment batch:TagResource", ENVIRONMENT),
    ("batch:CreateJobQueue batch:TagResource", QUEUE),
    ("ec2:CreateLaunchTemplate", TEMPLATE),
    ("fsx:CreateFileSystem fsx:TagResource", FSX),
    ("elasticfilesystem:CreateFileSystem", "*"),
)
TAGGED = (
    ("batch:TagResource", f"{DEFINITION}:1"),
    ("batch:TagResource", JOB),
    ("batch:TagResource", ENVIRONMENT),
    ("batch:TagResource", QUEUE),
    ("fsx:TagResource", FSX),
)
CARRIED = (
    ("batch:TerminateJob batch:CancelJob", JOB),
    ("batch:UpdateComputeEnvironment batch:DeleteComputeEnvironment", ENVIRONMENT),
    ("batch:UpdateJobQueue batch:DeleteJobQueue", QUEUE),
    ("ec2:DeleteLaunchTemplate", TEMPLATE),
    ("fsx:DeleteFileSystem", FSX),
    (
        (
            "elasticfilesystem:CreateMountTarget elasticfilesystem:DeleteMountTarget "
            "elasticfilesystem:DeleteFileSystem elasticfilesystem:UpdateFileSystem "
            "elasticfilesystem:PutLifecycleConfiguration"
        ),
        EFS,
    ),
)
WITH_LABELS = Table(
    document="platform-labelled",
    about=frozenset(
        {
            "BatchEnvironmentCreation",
            "BatchEnvironmentManagement",
            "BatchEnvironmentTagging",
            "BatchJobRegistration",
            "BatchJobSubmission",
            "BatchJobTagging",
            "BatchJobTermination",
            "EfsCreation",
            "EfsManagement",
            "EfsTagging",
            "FsxCreation",
            "FsxDeletion",
            "FsxTagging",
            "LaunchTemplateCreation",
            "LaunchTemplateDeletion",
        }
    ),
    allowed=(
        *(
            row
            for actions, on in GIVEN
            for row in calls("with the label", actions, on, given=LABEL)
        ),
        *calls("label a file system", "elasticfilesystem:TagResource", EFS, given=LABEL | AS_MADE),
        *(
            row
            for actions, on in CARRIED
            for row in calls("on what has the label", actions, on, given=LABELLED)
        ),
    ),
    denied=(
        *(
            row
            for actions, on in (*GIVEN, *CARRIED)
            for row in calls("without a label", actions, on)
        ),
        *(
            row
            for actions, on in (*GIVEN, *CARRIED)
            for row in calls("with another label", actions, on, given=OTHER_LABEL)
        ),
        *(
            row
            for actions, on in TAGGED
            for row in calls(
                "take over what has another label",
                actions,
                on,
                given=LABEL | {"aws:ResourceTag/team": "payments"},
            )
        ),
        *calls("label a file system later", "elasticfilesystem:TagResource", EFS, given=LABEL),
        *calls(
            "make one with another label",
            "elasticfilesystem:TagResource",
            EFS,
            given=OTHER_LABEL | AS_MADE,
        ),
        *calls(
            "label what is no file system",
            "elasticfilesystem:TagResource",
            arn("elasticfilesystem", "access-point/fsap-0123456789abcdef0"),
            given=LABEL | AS_MADE,
        ),
    ),
)

QUICK_START = Table(
    document="quick-start",
    any_bucket=True,
    allowed=(
        *(one for one in FORGE_ALLOWED if one.context != BOUNDED),
        *FILE_SYSTEMS,
        *calls("make a role", "iam:CreateRole iam:PutRolePolicy", MADE_ROLE),
        *calls("use any bucket", "s3:ListAllMyBuckets"),
        *calls("list any bucket", "s3:ListBucket s3:GetBucketLocation", s3("any")),
        *calls("use any file", "s3:GetObject s3:GetObjectTagging s3:PutObject", s3("any", "file")),
        *calls("find secrets", "secretsmanager:ListSecrets"),
        *calls(
            "keep pipeline secrets",
            "secretsmanager:CreateSecret secretsmanager:DescribeSecret secretsmanager:DeleteSecret",
            SECRET,
        ),
        *calls("submit to any queue", "batch:SubmitJob", arn("batch", "job-queue/production")),
        *calls(
            "fill menus",
            "ec2:DescribeAccountAttributes ec2:DescribeImages ec2:DescribeInstanceTypeOfferings "
            "ec2:DescribeInstanceTypes ec2:DescribeKeyPairs ec2:DescribeSecurityGroups "
            "ec2:DescribeVpcs",
        ),
    ),
    denied=(
        *NOT_IAM,
        *NOT_FILE_SYSTEMS,
        *calls("tag a template later", "ec2:CreateTags", TEMPLATE),
        *calls("hand roles to a function", "iam:PassRole", MADE_ROLE, given=passed_to("lambda")),
        *calls("delete any file", "s3:DeleteObject", s3("any", "file")),
        *calls(
            "touch other environments", MAKING[0], arn("batch", "compute-environment/production")
        ),
        *calls("make another role", "iam:CreateRole iam:PutRolePolicy", iam("role/admin")),
        *calls(
            "hand over another role", "iam:PassRole", iam("role/admin"), given=passed_to("batch")
        ),
        *calls(
            "keep secrets that are not Platform's",
            "secretsmanager:CreateSecret",
            arn("secretsmanager", "secret:database-a1b2c3"),
        ),
    ),
)

TABLES = (FORGE, WITH_LABELS, QUICK_START)
