# SPDX-License-Identifier: Apache-2.0
"""Tables of the roles of jobs: the Nextflow head job, tasks, and what ECS prepares them with."""

from __future__ import annotations

from tests.simulated.calls import (
    ACCOUNT,
    CLUSTER,
    KEY,
    OF_NO_WORKER,
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

OLD_CLUSTER = "TowerForge-spot-work_Batch_0a1b2c3d-1111-2222-3333-444455556666"
LOG = "log-group:/aws/batch/job"
STREAM = f"{LOG}:log-stream:nf-ubuntu/default/0a1b2c3d"
TASK = arn("batch", "job/0a1b2c3d-1111-2222-3333-444455556666")
DEFINITION = arn("batch", "job-definition/nf-quay-io-biocontainers-fastqc-0-12-1")
COMPUTE_ROLE = iam("role/TowerForge-spot-ComputeJobRole")
EXECUTION_ROLE = iam("role/TowerForge-spot-ExecutionRole")

SHARE = {"batch:ShareIdentifier": "TeamA"}

FILES: tuple[Call, ...] = (
    *calls(
        "find a bucket's region",
        "s3:GetBucketLocation",
        s3("example-work"),
        s3("example-data"),
        s3("example-reference"),
    ),
    *calls("list the bucket", "s3:ListBucket", s3("example-work"), given=prefix("")),
    *calls(
        "list the work directory", "s3:ListBucket", s3("example-work"), given=prefix("runs/ab/")
    ),
    *calls("list an allowed folder", "s3:ListBucket", s3("example-data"), given=prefix("in/a")),
    *calls(
        "list an allowed folder itself", "s3:ListBucket", s3("example-data"), given=prefix("in")
    ),
    *calls("list an allowed bucket", "s3:ListBucket", s3("example-reference"), given=prefix("")),
    *calls(
        "find unfinished uploads",
        "s3:ListBucketMultipartUploads",
        s3("example-work"),
        s3("example-data"),
    ),
    *calls(
        "use files of the work directory, with Fusion and without",
        "s3:GetObject s3:GetObjectTagging s3:GetObjectAttributes s3:PutObject s3:PutObjectTagging "
        "s3:DeleteObject s3:AbortMultipartUpload s3:ListMultipartUploadParts",
        s3("example-work", "runs/ab/cdef/.command.run"),
    ),
    *calls(
        "ask whether a file is readable",
        "s3:GetObjectAcl",
        s3("example-work", "runs/ab/cdef/.command.run"),
    ),
    *calls("keep the cloud cache", "s3:PutObject", s3("example-work", "runs/cloudcache/.cache/x")),
    *calls("write results", "s3:PutObject", s3("example-work", "results/report.html")),
    *calls(
        "use files of what is allowed besides",
        "s3:GetObject s3:PutObject s3:DeleteObject",
        s3("example-data", "in/sample.fastq.gz"),
        s3("example-reference", "genome.fa"),
    ),
)
RESTORED: tuple[Call, ...] = (
    *calls(
        "restore an archived input",
        "s3:RestoreObject",
        s3("example-work", "runs/x"),
        s3("example-data", "in/sample.fastq.gz"),
        s3("example-reference", "genome.fa"),
    ),
)
NOT_RESTORED: tuple[Call, ...] = (
    *calls(
        "restore what jobs do not read",
        "s3:RestoreObject",
        s3("example-data", "out/sample.fastq.gz"),
        s3("example-other", "sample.fastq.gz"),
        s3("payroll", "2026.csv"),
    ),
)
OWN: tuple[Call, ...] = (
    *calls(
        "tell the laboratory's system of results",
        "sqs:SendMessage",
        arn("sqs", "results"),
        given={"aws:ResourceAccount": "111122223333"},
    ),
)
NOT_OWN: tuple[Call, ...] = (
    *calls(
        "send to another queue of messages",
        "sqs:SendMessage",
        arn("sqs", "results-2"),
        given={"aws:ResourceAccount": "111122223333"},
    ),
    *calls(
        "send to one of another account",
        "sqs:SendMessage",
        arn("sqs", "results"),
        given={"aws:ResourceAccount": "999988887777"},
    ),
)
NOT_FILES: tuple[Call, ...] = (
    *calls(
        "list all of a bucket of which a folder is allowed", "s3:ListBucket", s3("example-data")
    ),
    *calls("list another folder", "s3:ListBucket", s3("example-data"), given=prefix("out/")),
    *calls(
        "list a folder that starts alike",
        "s3:ListBucket",
        s3("example-data"),
        given=prefix("inner/"),
    ),
    *calls(
        "use files of another folder",
        "s3:GetObject s3:PutObject s3:DeleteObject",
        s3("example-data", "out/sample.fastq.gz"),
        s3("example-data", "inner/sample.fastq.gz"),
    ),
    *calls("list all buckets", "s3:ListAllMyBuckets"),
    *calls("make files public", "s3:PutObjectAcl", s3("example-work", "runs/x")),
    *calls("keep files from being deleted", "s3:PutObjectRetention", s3("example-work", "runs/x")),
    *calls("read older versions", "s3:GetObjectVersion", s3("example-work", "runs/x")),
    *calls("change what is kept", "s3:PutLifecycleConfiguration", s3("example-work")),
)

HEAD = Table(
    document="head",
    allowed=(
        *calls(
            "submit a task",
            "batch:SubmitJob",
            arn("batch", "job-queue/TowerForge-spot-work"),
            arn("batch", "job-queue/TowerForge-spot-on-demand"),
            arn("batch", "job-queue/high-memory"),
            f"{DEFINITION}:3",
        ),
        *calls("submit it under the team's share", "batch:SubmitJob", TASK, given=SHARE),
        *calls(
            "submit a task with a definition of the pipeline's",
            "batch:SubmitJob",
            arn("batch", "job-definition/aligner:7"),
            arn("batch", "job-definition/aligner"),
            arn("batch", "job-definition/TowerForge-spot-caller:2"),
            arn("batch", "job-definition/TowerForge-spot-caller"),
        ),
        *calls("register a definition", "batch:RegisterJobDefinition", DEFINITION),
        *calls("tag definition and task", "batch:TagResource", f"{DEFINITION}:3", TASK),
        *calls("end a task", "batch:TerminateJob batch:CancelJob", TASK),
        *calls(
            "poll",
            "batch:DescribeJobs batch:DescribeJobDefinitions batch:DescribeJobQueues "
            "batch:DescribeComputeEnvironments batch:ListJobs",
        ),
        *calls(
            "find a task's node",
            "ecs:DescribeTasks",
            arn("ecs", f"task/{CLUSTER}/0a1b2c"),
            arn("ecs", f"task/{OLD_CLUSTER}/0a1b2c"),
        ),
        *calls(
            "find a node's instance",
            "ecs:DescribeContainerInstances",
            arn("ecs", f"container-instance/{CLUSTER}/0a1b2c"),
            arn("ecs", f"container-instance/{OLD_CLUSTER}/0a1b2c"),
        ),
        *calls("find an instance's type and price model", "ec2:DescribeInstances"),
        *calls("show a failed task's output", "logs:GetLogEvents", arn("logs", STREAM)),
        *calls("find pipeline secrets", "secretsmanager:ListSecrets"),
        *calls(
            "pass the tasks' roles",
            "iam:PassRole",
            COMPUTE_ROLE,
            EXECUTION_ROLE,
            given=passed_to("ecs-tasks"),
        ),
        *calls("look the tasks' roles up", "iam:GetRole", COMPUTE_ROLE, EXECUTION_ROLE),
        *FILES,
        *RESTORED,
        *OWN,
        *calls(
            "ask for a licence token",
            "batch:RegisterJobDefinition batch:SubmitJob",
            arn("batch", "consumable-resource/licence"),
        ),
        *calls(
            "send Nextflow's mails",
            "ses:SendRawEmail",
            arn("ses", "identity/genomics.example.org"),
        ),
        *calls(
            "list lineage records",
            "s3:GetBucketLocation s3:ListBucket",
            s3("seqera-lineage-1234"),
            given={"aws:ResourceAccount": "111122223333"},
        ),
        *calls(
            "record lineage",
            "s3:GetObject s3:GetObjectTagging s3:PutObject s3:PutObjectTagging s3:DeleteObject "
            "s3:AbortMultipartUpload",
            s3("seqera-lineage-1234", "run/data.json"),
            given={"aws:ResourceAccount": "111122223333"},
        ),
    ),
    denied=(
        *OF_NO_WORKER,
        *NOT_FILES,
        *NOT_RESTORED,
        *NOT_OWN,
        *calls(
            "ask for another tool's token",
            "batch:RegisterJobDefinition batch:SubmitJob",
            arn("batch", "consumable-resource/licence-2"),
        ),
        *calls(
            "make a token",
            "batch:CreateConsumableResource batch:UpdateConsumableResource",
            arn("batch", "consumable-resource/licence"),
        ),
        *calls(
            "send mail as somebody else",
            "ses:SendRawEmail",
            arn("ses", "identity/example.org"),
            arn("ses", "identity/ceo@example.org"),
        ),
        *calls(
            "submit to another queue",
            "batch:SubmitJob",
            arn("batch", "job-queue/TowerForge-spot-head"),
            arn("batch", "job-queue/TowerForge-other-work"),
            arn("batch", "job-queue/TowerForge-spot-on-demand-2"),
            arn("batch", "job-queue/production"),
        ),
        *calls(
            "submit under no share",
            "batch:SubmitJob",
            TASK,
        ),
        *calls(
            "submit under another team's share",
            "batch:SubmitJob",
            TASK,
            given={"batch:ShareIdentifier": "TeamB"},
        ),
        *calls(
            "submit a task with a definition of somebody's, and so with its role",
            "batch:SubmitJob",
            arn("batch", "job-definition/nightly-backup:4"),
            arn("batch", "job-definition/nightly-backup"),
            arn("batch", "job-definition/aligner-of-others:1"),
            # The short name of one that is made is nobody's.
            arn("batch", "job-definition/caller:1"),
        ),
        *calls(
            "look at tasks of other clusters",
            "ecs:DescribeTasks",
            arn("ecs", "task/production/0a1b2c"),
        ),
        *calls(
            "look at nodes of other clusters",
            "ecs:DescribeContainerInstances",
            arn("ecs", "container-instance/production/0a1b2c"),
        ),
        *calls(
            "give somebody's definition a new revision",
            "batch:RegisterJobDefinition",
            arn("batch", "job-definition/aligner"),
            arn("batch", "job-definition/TowerForge-spot-caller"),
            arn("batch", "job-definition/TowerForge-spot-head-job"),
        ),
        *calls("tag a queue", "batch:TagResource", arn("batch", "job-queue/TowerForge-spot-work")),
        *calls("remove a definition", "batch:DeregisterJobDefinition", f"{DEFINITION}:3"),
        *calls(
            "pass the tasks' roles to EC2",
            "iam:PassRole",
            COMPUTE_ROLE,
            EXECUTION_ROLE,
            given=passed_to("ec2"),
        ),
        *calls(
            "pass other roles",
            "iam:PassRole",
            iam("role/TowerForge-spot-HeadJobRole"),
            iam("role/TowerForge-spot-InstanceRole"),
            iam("role/TowerForge-other-ComputeJobRole"),
            given=passed_to("ecs-tasks"),
        ),
        *calls("look other roles up", "iam:GetRole", iam("role/admin")),
        *calls("start a task past AWS Batch", "ecs:RunTask", arn("ecs", "task-definition/x:1")),
        *calls("enter a task", "ecs:ExecuteCommand", arn("ecs", f"task/{CLUSTER}/0a1b2c")),
        *calls(
            "end an instance", "ec2:TerminateInstances", arn("ec2", "instance/i-0123456789abcdef0")
        ),
        *calls(
            "read an instance's user data",
            "ec2:DescribeInstanceAttribute",
            arn("ec2", "instance/i-0"),
        ),
        *calls(
            "read other groups' logs",
            "logs:GetLogEvents",
            arn("logs", "log-group:/aws/lambda/payments:log-stream:2026"),
            arn("logs", "log-group:/aws/batch/jobs-of-others:log-stream:2026"),
        ),
        *calls("delete logs", "logs:DeleteLogGroup", arn("logs", LOG)),
        *calls(
            "read a pipeline secret itself",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", "secret:tower-abc-a1b2c3"),
        ),
        *calls(
            "record lineage in a bucket of somebody else's of that name",
            "s3:PutObject s3:GetObject s3:DeleteObject",
            s3("seqera-lineage-9", "x"),
            given={"aws:ResourceAccount": STRANGER},
        ),
        *calls(
            "list a bucket of somebody else's of that name",
            "s3:ListBucket",
            s3("seqera-lineage-9"),
            given={"aws:ResourceAccount": STRANGER},
        ),
    ),
)

HEAD_MANUAL = Table(
    document="head-manual",
    about=frozenset({"SubmitTasks", "PassTaskRoles", "ReadTaskRoles"}),
    allowed=(
        *calls(
            "submit a task",
            "batch:SubmitJob",
            arn("batch", "job-queue/own-work"),
            arn("batch", "job-queue/own-dragen"),
            f"{DEFINITION}:3",
            TASK,
        ),
        *calls(
            "pass the role that exists, and the one that is made",
            "iam:PassRole",
            iam("role/lab/existing-execution"),
            iam("role/TowerForge-manual-ComputeJobRole"),
            given=passed_to("ecs-tasks"),
        ),
        *calls(
            "look them up",
            "iam:GetRole",
            iam("role/lab/existing-execution"),
            iam("role/TowerForge-manual-ComputeJobRole"),
        ),
    ),
    denied=(
        *calls(
            "submit to another queue",
            "batch:SubmitJob",
            arn("batch", "job-queue/own-head"),
            arn("batch", "job-queue/own-work-2"),
        ),
        *calls(
            "pass the role that ours would have been",
            "iam:PassRole",
            iam("role/TowerForge-manual-ExecutionRole"),
            given=passed_to("ecs-tasks"),
        ),
        *calls(
            "pass the role that exists to EC2",
            "iam:PassRole",
            iam("role/lab/existing-execution"),
            given=passed_to("ec2"),
        ),
    ),
)

COMPUTE = Table(
    document="compute",
    allowed=(*FILES, *RESTORED, *OWN),
    denied=(
        *OF_NO_WORKER,
        *NOT_FILES,
        *NOT_RESTORED,
        *NOT_OWN,
        *calls("send mail", "ses:SendRawEmail", arn("ses", "identity/genomics.example.org")),
        *calls("submit a task", "batch:SubmitJob", arn("batch", "job-queue/TowerForge-spot-work")),
        *calls("end a task", "batch:TerminateJob", TASK),
        *calls(
            "look around", "batch:DescribeJobs ec2:DescribeInstances secretsmanager:ListSecrets"
        ),
        *calls("write logs past ECS", "logs:PutLogEvents", arn("logs", STREAM)),
        *calls("pull an image", "ecr:BatchGetImage", arn("ecr", "repository/rnaseq")),
        *calls("pass a role", "iam:PassRole", COMPUTE_ROLE, given=passed_to("ecs-tasks")),
    ),
)

COMPUTE_KEYS = Table(
    document="compute-keys",
    about=frozenset({"UseBucketKeys"}),
    allowed=calls("use the bucket's key", "kms:Decrypt kms:GenerateDataKey", KEY, given=via("s3")),
    denied=(
        *calls("use the key past S3", "kms:Decrypt kms:GenerateDataKey", KEY),
        *calls(
            "use the key through another service", "kms:Decrypt", KEY, given=via("secretsmanager")
        ),
        *calls("use it in another region", "kms:Decrypt", KEY, given=via("s3", region="us-east-1")),
        *calls("use another key", "kms:Decrypt kms:GenerateDataKey", OTHER_KEY, given=via("s3")),
        *calls("manage the key", "kms:PutKeyPolicy kms:CreateGrant kms:ScheduleKeyDeletion", KEY),
    ),
)

EXECUTION = Table(
    document="execution",
    allowed=(
        *calls("log in to ECR", "ecr:GetAuthorizationToken"),
        *calls(
            "pull an image",
            "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer",
            arn("ecr", "repository/rnaseq"),
            arn("ecr", "repository/shared/star", region="us-east-1", account=STRANGER),
        ),
        *calls(
            "write the job's output", "logs:CreateLogStream logs:PutLogEvents", arn("logs", STREAM)
        ),
        *calls(
            "read a pipeline secret",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", "secret:tower-abc-a1b2c3"),
        ),
        *calls("decrypt it", "kms:Decrypt", KEY, given=via("secretsmanager")),
        *calls(
            "read the head job's secret",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", "secret:seqera/token-AbCdEf"),
        ),
        *calls(
            "read the secrets of a definition for tasks, and of its registry",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", "secret:caller/licence-AbCdEf"),
            arn("secretsmanager", "secret:caller/registry-AbCdEf"),
        ),
        *calls(
            "read the licence that the file adds",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", "secret:licence-AbCdEf"),
        ),
    ),
    denied=(
        *OF_NO_WORKER,
        *calls(
            "pull other images",
            "ecr:BatchGetImage ecr:GetDownloadUrlForLayer ecr:BatchCheckLayerAvailability",
            arn("ecr", "repository/internal-tools"),
            arn("ecr", "repository/private/star", region="us-east-1", account=STRANGER),
        ),
        *calls("push an image", "ecr:PutImage", arn("ecr", "repository/rnaseq")),
        *calls(
            "write to other groups",
            "logs:CreateLogStream logs:PutLogEvents",
            arn("logs", "log-group:/aws/lambda/payments:log-stream:2026"),
        ),
        *calls("make a group", "logs:CreateLogGroup", arn("logs", "log-group:/anything")),
        *calls("read logs", "logs:GetLogEvents", arn("logs", STREAM)),
        *calls(
            "read other secrets",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", "secret:towering-a1b2c3"),
            arn("secretsmanager", "secret:seqera/other-AbCdEf"),
            arn("secretsmanager", "secret:licence-GhIjKl"),
            arn("secretsmanager", "secret:caller/other-AbCdEf"),
        ),
        *calls(
            "change a secret",
            "secretsmanager:PutSecretValue secretsmanager:DeleteSecret",
            arn("secretsmanager", "secret:tower-abc-a1b2c3"),
        ),
        *calls("list secrets", "secretsmanager:ListSecrets"),
        *calls("decrypt for S3", "kms:Decrypt", KEY, given=via("s3")),
        *calls("use files", "s3:GetObject s3:PutObject", s3("example-work", "runs/x")),
    ),
)

HEAD_WITHOUT_FUSION = Table(
    document="head-without-fusion",
    about=frozenset({"FindReadBuckets", "ReadOwnedObjects", "RegisterTasks", "UseOwnedObjects"}),
    allowed=(
        *(
            row
            for bucket, owner in (("example-own", ACCOUNT), ("example-partner", STRANGER))
            for row in calls(
                "use files of buckets whose owners are known",
                "s3:AbortMultipartUpload s3:DeleteObject s3:GetObject s3:GetObjectAcl "
                "s3:GetObjectAttributes s3:GetObjectTagging s3:ListMultipartUploadParts "
                "s3:PutObject s3:PutObjectTagging",
                s3(bucket, "runs/ab/.command.run"),
                given={"aws:ResourceAccount": owner},
            )
        ),
        *calls("find its region", "s3:GetBucketLocation", s3("example-published")),
        *calls(
            "read what a partner lets read",
            "s3:GetObject s3:GetObjectAcl s3:GetObjectAttributes s3:GetObjectTagging",
            s3("example-published", "genome.fa"),
            given={"aws:ResourceAccount": STRANGER},
        ),
        *calls("register a definition", "batch:RegisterJobDefinition", DEFINITION),
        *calls(
            "that says it is not privileged",
            "batch:RegisterJobDefinition",
            DEFINITION,
            given={"batch:Privileged": "false"},
        ),
        *calls("tag it and its jobs", "batch:TagResource", f"{DEFINITION}:3", TASK),
    ),
    denied=(
        *calls(
            "give files to whoever took the name of a bucket that is gone",
            "s3:PutObject s3:GetObject s3:DeleteObject",
            s3("example-own", "runs/ab/.command.run"),
            s3("example-partner", "out/x"),
            given={"aws:ResourceAccount": "444455556666"},
        ),
        *calls(
            "look for others' unfinished uploads",
            "s3:ListBucketMultipartUploads",
            s3("example-published"),
        ),
        *calls(
            "take inputs from whoever took the name",
            "s3:GetObject s3:GetObjectTagging",
            s3("example-published", "genome.fa"),
            given={"aws:ResourceAccount": "444455556666"},
        ),
        *calls(
            "change what is only read",
            "s3:PutObject s3:DeleteObject",
            s3("example-published", "genome.fa"),
            given={"aws:ResourceAccount": STRANGER},
        ),
        *calls(
            "register a privileged definition, which nothing needs without Fusion",
            "batch:RegisterJobDefinition",
            DEFINITION,
            given={"batch:Privileged": "true"},
        ),
        *calls(
            "register others' definitions",
            "batch:RegisterJobDefinition",
            arn("batch", "job-definition/payments"),
        ),
        *calls("tag them", "batch:TagResource", arn("batch", "job-definition/payments:1")),
        *calls("tag queues", "batch:TagResource", arn("batch", "job-queue/own-work")),
    ),
)

TABLES = (HEAD, HEAD_MANUAL, COMPUTE, COMPUTE_KEYS, EXECUTION, HEAD_WITHOUT_FUSION)
