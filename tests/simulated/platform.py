# SPDX-License-Identifier: Apache-2.0
"""Tables of Seqera Platform's credential that only launches, and of who takes its role."""

from __future__ import annotations

from dataclasses import replace

from tests.simulated.calls import (
    ADMINISTRATOR,
    BOUNDARY,
    KEY,
    OTHER_KEY,
    STRANGER,
    Call,
    Table,
    arn,
    calls,
    iam,
    passed_to,
    prefix,
    s3,
    via,
)

NODE = arn("ec2", "instance/i-0123456789abcdef0")
JOB = arn("batch", "job/0a1b2c3d-1111-2222-3333-444455556666")
DEFINITION = arn("batch", "job-definition/nf-launch-4a5b6c")
LOG = "log-group:/aws/batch/job"
STREAM = f"{LOG}:log-stream:nf-launch/default/0a1b2c3d"
SECRET = arn("secretsmanager", "secret:tower-abc-a1b2c3")
OURS = {"aws:ResourceAccount": "111122223333"}
THEIRS = {"aws:ResourceAccount": STRANGER}


def launching(queue: str) -> tuple[Call, ...]:
    """Return what every credential does to launch, follow, end and show a run."""
    return (
        *calls(
            "check queues and environments",
            "batch:DescribeJobQueues batch:DescribeComputeEnvironments",
        ),
        *calls("submit a head job", "batch:SubmitJob", arn("batch", f"job-queue/{queue}")),
        *calls("submit it with its definition", "batch:SubmitJob", f"{DEFINITION}:1", JOB),
        *calls("register its definition", "batch:RegisterJobDefinition", DEFINITION),
        *calls("label definition and job", "batch:TagResource", f"{DEFINITION}:1", JOB),
        *calls("follow it", "batch:DescribeJobs batch:DescribeJobDefinitions"),
        *calls("end it", "batch:TerminateJob batch:CancelJob", JOB),
        *calls("show its output", "logs:GetLogEvents", arn("logs", STREAM)),
        *calls("find its output", "logs:DescribeLogStreams logs:FilterLogEvents", arn("logs", LOG)),
        *calls("search its output", "logs:StartQuery logs:GetQueryResults", arn("logs", LOG)),
        *calls("end a search", "logs:StopQuery"),
    )


WORK_DIR: tuple[Call, ...] = (
    *calls("find the work directory's region", "s3:GetBucketLocation", s3("example-work")),
    *calls("check that its bucket is there", "s3:ListBucket", s3("example-work")),
    *calls("list a run's files", "s3:ListBucket", s3("example-work"), given=prefix("runs/ab/cd")),
    *calls("list the work directory", "s3:ListBucket", s3("example-work"), given=prefix("runs")),
    *calls("show a run's log", "s3:GetObject", s3("example-work", "runs/ab/cdef/.command.log")),
)
NOT_DATA: tuple[Call, ...] = (
    *calls(
        "list beside the work directory", "s3:ListBucket", s3("example-work"), given=prefix("out/")
    ),
    *calls("read beside it", "s3:GetObject", s3("example-work", "results/patient.vcf")),
    *calls("read what starts alike", "s3:GetObject", s3("example-work", "runs-of-others/x")),
    *calls(
        "write or delete in the work directory",
        "s3:PutObject s3:DeleteObject",
        s3("example-work", "runs/ab/x"),
    ),
    *calls("read an object of somebody's", "s3:GetObject", s3("payroll", "2026/salaries.csv")),
    *calls("open a bucket", "s3:PutBucketPolicy s3:PutBucketAcl", s3("example-work")),
    *calls("delete a bucket", "s3:DeleteBucket", s3("example-work")),
    *calls("make a bucket", "s3:CreateBucket", s3("example-new")),
    *calls(
        "read other groups' logs",
        "logs:GetLogEvents",
        arn("logs", "log-group:/aws/lambda/payments:log-stream:x"),
        arn("logs", "log-group:/aws/batch/jobs-of-others:log-stream:x"),
    ),
    *calls(
        "search other groups",
        "logs:StartQuery logs:FilterLogEvents logs:DescribeLogStreams",
        arn("logs", "log-group:/aws/lambda/payments"),
    ),
    *calls("delete logs", "logs:DeleteLogGroup", arn("logs", LOG)),
    *calls("forward logs", "logs:PutSubscriptionFilter", arn("logs", LOG)),
    *calls("read a secret's value", "secretsmanager:GetSecretValue", SECRET),
    *calls("decrypt", "kms:Decrypt", KEY),
)
NOT_IAM: tuple[Call, ...] = (
    *calls("take a role", "sts:AssumeRole", iam("role/admin")),
    *calls(
        "let oneself take a role",
        "iam:UpdateAssumeRolePolicy",
        iam("role/TowerForge-x-HeadJobRole"),
    ),
    *calls("take a boundary away", "iam:DeleteRolePermissionsBoundary", iam("role/TowerForge-x")),
    *calls("set a boundary", "iam:PutRolePermissionsBoundary", iam("role/TowerForge-x")),
    *calls("make a user", "iam:CreateUser", iam("user/TowerForge-x")),
    *calls("make a user's key", "iam:CreateAccessKey", iam("user/ada")),
    *calls("give a user rights", "iam:PutUserPolicy iam:AttachUserPolicy", iam("user/ada")),
    *calls(
        "write a policy", "iam:CreatePolicy iam:CreatePolicyVersion", iam("policy/TowerForge-x")
    ),
    *calls(
        "attach AdministratorAccess",
        "iam:AttachRolePolicy",
        iam("role/TowerForge-x-HeadJobRole"),
        given={"iam:PolicyARN": ADMINISTRATOR, "iam:PermissionsBoundary": BOUNDARY},
    ),
    *calls("make another role", "iam:CreateRole", iam("role/backdoor")),
    *calls(
        "pass an administrator's role", "iam:PassRole", iam("role/admin"), given=passed_to("ec2")
    ),
    *calls("start an instance", "ec2:RunInstances", arn("ec2", "instance/i-0123456789abcdef0")),
    *calls("make a function", "lambda:CreateFunction", arn("lambda", "function:x")),
)
MAKING = (
    "batch:CreateComputeEnvironment batch:UpdateComputeEnvironment batch:DeleteComputeEnvironment",
    "batch:CreateJobQueue batch:UpdateJobQueue batch:DeleteJobQueue",
)

MANUAL = Table(
    document="platform-manual",
    allowed=(
        *launching("TowerForge-spot-head"),
        *WORK_DIR,
        *calls(
            "hand the head job its roles",
            "iam:PassRole",
            iam("role/TowerForge-spot-HeadJobRole"),
            iam("role/TowerForge-spot-ExecutionRole"),
            given=passed_to("ecs-tasks"),
        ),
        *calls("offer buckets", "s3:ListAllMyBuckets"),
        *calls(
            "look at a bucket in Data Explorer",
            "s3:GetBucketLocation s3:GetBucketAcl s3:GetBucketPolicy",
            s3("example-explorer"),
            s3("example-studio"),
        ),
        *calls("list a bucket in Data Explorer", "s3:ListBucket", s3("example-explorer")),
        *calls("check that a Studio's bucket is there", "s3:ListBucket", s3("example-studio")),
        *calls(
            "list a Studio's folder", "s3:ListBucket", s3("example-studio"), given=prefix("data/a")
        ),
        *calls(
            "use files in Data Explorer and Studios",
            "s3:GetObject s3:GetObjectTagging s3:PutObject s3:PutObjectTagging s3:DeleteObject "
            "s3:AbortMultipartUpload",
            s3("example-explorer", "table.csv"),
            s3("example-studio", "data/notebook.ipynb"),
        ),
        *calls("find pipeline secrets", "secretsmanager:ListSecrets"),
        *calls(
            "keep pipeline secrets",
            "secretsmanager:CreateSecret secretsmanager:DescribeSecret secretsmanager:DeleteSecret",
            SECRET,
        ),
        *calls("encrypt them", "kms:GenerateDataKey kms:Decrypt", KEY, given=via("secretsmanager")),
        *calls(
            "fill menus",
            "ec2:DescribeAccountAttributes ec2:DescribeImages ec2:DescribeInstanceTypeOfferings "
            "ec2:DescribeInstanceTypes ec2:DescribeKeyPairs ec2:DescribeSecurityGroups "
            "ec2:DescribeSubnets ec2:DescribeVpcs",
        ),
        *calls(
            "read why a start failed",
            "ec2:GetConsoleOutput",
            NODE,
            given={"aws:ResourceTag/seqera-batch:environment": "TowerForge-spot"},
        ),
        *calls(
            "follow lineage",
            "sqs:CreateQueue sqs:GetQueueUrl sqs:GetQueueAttributes sqs:SetQueueAttributes "
            "sqs:ReceiveMessage sqs:DeleteMessage",
            arn("sqs", "seqera-lineage-1234"),
        ),
        *calls("make lineage's bucket", "s3:CreateBucket", s3("seqera-lineage-1234")),
        *calls(
            "be told of lineage",
            "s3:GetBucketLocation s3:GetBucketNotification s3:PutBucketNotification",
            s3("seqera-lineage-1234"),
            given=OURS,
        ),
    ),
    denied=(
        *NOT_DATA,
        *NOT_IAM,
        *calls(
            "submit to other queues",
            "batch:SubmitJob",
            arn("batch", "job-queue/TowerForge-spot-work"),
            arn("batch", "job-queue/TowerForge-other-head"),
            arn("batch", "job-queue/production"),
        ),
        *calls(MAKING[0], MAKING[0], arn("batch", "compute-environment/TowerForge-spot-work")),
        *calls(MAKING[1], MAKING[1], arn("batch", "job-queue/TowerForge-spot-head")),
        *calls("tag a queue", "batch:TagResource", arn("batch", "job-queue/TowerForge-spot-head")),
        *calls(
            "make or delete a launch template",
            "ec2:CreateLaunchTemplate ec2:DeleteLaunchTemplate",
            arn("ec2", "launch-template/lt-0123456789abcdef0"),
        ),
        *calls(
            "make or change a role of ours",
            "iam:CreateRole iam:PutRolePolicy iam:DeleteRolePolicy",
            iam("role/TowerForge-spot-HeadJobRole"),
            given={"iam:PermissionsBoundary": BOUNDARY},
        ),
        *calls(
            "label or delete a role of ours",
            "iam:DeleteRole iam:TagRole",
            iam("role/TowerForge-spot-HeadJobRole"),
        ),
        *calls("make a profile", "iam:CreateInstanceProfile", iam("instance-profile/TowerForge-x")),
        *calls("look for images", "ssm:GetParameters", arn("ssm", "parameter/aws/service/ecs/x")),
        *calls("make a file system", "fsx:CreateFileSystem", arn("fsx", "file-system/fs-0")),
        *calls("make a file system", "elasticfilesystem:CreateFileSystem"),
        *calls(
            "hand its roles to EC2",
            "iam:PassRole",
            iam("role/TowerForge-spot-HeadJobRole"),
            iam("role/TowerForge-spot-ExecutionRole"),
            given=passed_to("ec2"),
        ),
        *calls(
            "hand over other roles",
            "iam:PassRole",
            iam("role/TowerForge-spot-ComputeJobRole"),
            iam("role/TowerForge-spot-InstanceRole"),
            iam("role/PlatformAccess-TowerForge-spot"),
            given=passed_to("ecs-tasks"),
        ),
        *calls("read what others' instances print", "ec2:GetConsoleOutput", NODE),
        *calls(
            "or other environments'",
            "ec2:GetConsoleOutput",
            NODE,
            given={"aws:ResourceTag/seqera-batch:environment": "TowerForge-other"},
        ),
        *calls(
            "list another folder", "s3:ListBucket", s3("example-studio"), given=prefix("private/")
        ),
        *calls(
            "use files beside it",
            "s3:GetObject s3:PutObject s3:DeleteObject",
            s3("example-studio", "private/x"),
        ),
        *calls(
            "keep secrets that are not Platform's",
            "secretsmanager:CreateSecret secretsmanager:DeleteSecret secretsmanager:DescribeSecret",
            arn("secretsmanager", "secret:database-a1b2c3"),
        ),
        *calls("encrypt for S3", "kms:GenerateDataKey", KEY, given=via("s3")),
        *calls("use another key", "kms:Decrypt", OTHER_KEY, given=via("secretsmanager")),
        *calls("use other queues", "sqs:ReceiveMessage sqs:CreateQueue", arn("sqs", "payments")),
        *calls(
            "be told of somebody else's bucket",
            "s3:PutBucketNotification s3:GetBucketNotification s3:GetBucketLocation",
            s3("seqera-lineage-1234"),
            given=THEIRS,
        ),
        *calls("read lineage's files", "s3:GetObject", s3("seqera-lineage-1234", "x")),
    ),
)

PRINCIPALS = Table(
    document="principals",
    allowed=calls(
        "take Platform's role", "sts:AssumeRole", iam("role/PlatformAccess-TowerForge-shared")
    ),
    denied=(
        *calls(
            "take another role",
            "sts:AssumeRole",
            iam("role/PlatformAccess-TowerForge-other"),
            iam("role/TowerForge-shared-HeadJobRole"),
            iam("role/admin"),
        ),
        *calls(
            "launch without the role",
            "batch:SubmitJob",
            arn("batch", "job-queue/TowerForge-shared"),
        ),
    ),
)


def _by(row: Call, *workloads: str) -> tuple[Call, ...]:
    """Return the call as workloads make it, each by the tag of its session."""
    return tuple(
        replace(
            row,
            says=f"{row.says}, as {one}",
            context={**row.context, "aws:PrincipalTag/seqera:workload": one},
        )
        for one in workloads
    )


_ALL = ("data", "platform", "studio", "workflow")
_OF_DATA = (
    *calls(
        "look at a bucket",
        "s3:GetBucketLocation s3:GetBucketAcl s3:GetBucketPolicy",
        s3("example-explorer"),
        s3("example-studio"),
    ),
    *calls("list a bucket", "s3:ListBucket", s3("example-explorer")),
    *calls("list a folder", "s3:ListBucket", s3("example-studio"), given=prefix("data/a")),
    *calls(
        "use files",
        "s3:GetObject s3:GetObjectTagging s3:PutObject s3:PutObjectTagging s3:DeleteObject "
        "s3:AbortMultipartUpload",
        s3("example-explorer", "table.csv"),
        s3("example-studio", "data/notebook.ipynb"),
    ),
)
_OF_WORK_DIRECTORY = (
    *WORK_DIR,
    *calls("use the buckets' key", "kms:Decrypt kms:GenerateDataKey", KEY, given=via("s3")),
)
_PROBES = calls(
    "probe before a launch",
    "s3:GetBucketLocation s3:ListBucket",
    s3("example-work"),
    s3("example-data"),
)
_ROLES = calls(
    "hand the head job its roles",
    "iam:PassRole",
    iam("role/TowerForge-workloads-HeadJobRole"),
    iam("role/TowerForge-workloads-ExecutionRole"),
    given=passed_to("ecs-tasks"),
)
_OF_PLATFORM = (*launching("TowerForge-workloads"), *_ROLES)
_MENU = calls("offer buckets", "s3:ListAllMyBuckets")
WORKLOADS = Table(
    document="platform-workloads",
    allowed=(
        *(one for row in _OF_PLATFORM for one in _by(row, "platform")),
        *(one for row in _OF_WORK_DIRECTORY for one in _by(row, "data", "platform", "studio")),
        *(one for row in _OF_DATA for one in _by(row, "data", "studio")),
        *(one for row in _PROBES for one in _by(row, "workflow")),
        *(one for row in _MENU for one in _by(row, "data")),
    ),
    denied=(
        # A probe may list whole buckets, with the prefixes that Platform chooses.
        *(one for row in NOT_DATA[1:] for one in _by(row, *_ALL)),
        *_by(NOT_DATA[0], "data", "platform", "studio"),
        *(one for row in NOT_IAM for one in _by(row, *_ALL)),
        # Without a tag, as a person who came to the role would be.
        *(*_OF_PLATFORM, *_OF_WORK_DIRECTORY, *_OF_DATA, *_PROBES[1::2], *_MENU),
        *(one for row in _OF_PLATFORM for one in _by(row, "data", "studio", "workflow")),
        *(one for row in _OF_DATA for one in _by(row, "platform", "workflow")),
        *(one for row in _MENU for one in _by(row, "platform", "studio", "workflow")),
        *(
            one
            for row in calls("read a run's log", "s3:GetObject", s3("example-work", "runs/a/b"))
            for one in _by(row, "workflow")
        ),
        *(
            one
            for row in calls("list inputs", "s3:ListBucket", s3("example-data"))
            for one in _by(row, "data", "platform", "studio")
        ),
        *calls(
            "submit to other queues",
            "batch:SubmitJob",
            arn("batch", "job-queue/production"),
            given={"aws:PrincipalTag/seqera:workload": "platform"},
        ),
        *calls(
            "tag a queue",
            "batch:TagResource",
            arn("batch", "job-queue/TowerForge-workloads"),
            given={"aws:PrincipalTag/seqera:workload": "platform"},
        ),
        *(
            one
            for row in calls(
                "use other keys or services", "kms:Decrypt", OTHER_KEY, given=via("s3")
            )
            + calls("use the key past S3", "kms:Decrypt", KEY, given=via("secretsmanager"))
            for one in _by(row, *_ALL)
        ),
        *(
            row
            for action in ("s3:GetObject", "s3:PutObject")
            for one in calls("use files beside", action, s3("example-studio", "private/x"))
            for row in _by(one, *_ALL)
        ),
        *(
            row
            for role, service in (
                ("TowerForge-workloads-HeadJobRole", "ec2"),
                ("TowerForge-workloads-ComputeJobRole", "ecs-tasks"),
            )
            for one in calls(
                "hand over roles", "iam:PassRole", iam(f"role/{role}"), given=passed_to(service)
            )
            for row in _by(one, "platform")
        ),
        *(
            row
            for one in calls(
                "list another folder",
                "s3:ListBucket",
                s3("example-studio"),
                given=prefix("private/"),
            )
            for row in _by(one, *_ALL)
        ),
    ),
)

TABLES = (MANUAL, PRINCIPALS, WORKLOADS)
