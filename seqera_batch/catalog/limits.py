# SPDX-License-Identifier: Apache-2.0
"""Limits that AWS and Seqera set, each once, with the unit in its name and the source above it."""

from __future__ import annotations

INT32_MAX = 2**31 - 1
"""Largest number in the Platform API and in AWS Batch's."""

# https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html (fixed quotas)
JOB_QUEUES_PER_REGION = 50
COMPUTE_ENVIRONMENTS_PER_REGION = 50
ENVIRONMENTS_PER_QUEUE = 3
# API_RetryStrategy
JOB_ATTEMPTS_MAX = 10
# API_LaunchTemplateSpecification
OVERRIDES_PER_ENVIRONMENT = 10
BATCH_NAME_CHARACTERS = 128
QUEUE_KEY_CHARACTERS = 32
"""Ours: prefix, environment and this together stay within AWS's limit of a queue's name."""
FALLBACK_AFTER_MAX = 10
"""Ours: each attempt is a whole run of the task."""
# https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html
SHARE_DECAY_SECONDS_MAX = 604_800
COMPUTE_RESERVATION_MAX = 99
# https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html
SHARE_WEIGHT_MIN = 0.0001
SHARE_WEIGHT_MAX = 999.9999
# https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
SCHEDULING_PRIORITY_MAX = 9999
QUOTA_WARNING_SHARE = 0.8
"""Share of a fixed quota from which we warn; ours, so that there is time to react."""

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
ROLE_NAME_CHARACTERS = 64
# Characters of policy documents, white space not counted.
MANAGED_POLICY_CHARACTERS = 6144
ROLE_INLINE_POLICY_CHARACTERS = 10240
"""Of all inline policies of a role together."""
USER_INLINE_POLICY_CHARACTERS = 2048
TRUST_POLICY_CHARACTERS = 2048
MANAGED_POLICIES_PER_IDENTITY = 10

# https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
KEY_POLICY_CHARACTERS = 32 * 1024
# https://docs.aws.amazon.com/general/latest/gr/sns.html
TOPIC_POLICY_CHARACTERS = 30 * 1024
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
EVENT_QUEUE_POLICY_CHARACTERS = 8 * 1024
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
BUCKET_POLICY_CHARACTERS = 20 * 1024
# https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html
FILE_SYSTEM_POLICY_CHARACTERS = 20_000
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html
LIFECYCLE_RULES = 1000

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
ALARM_METRICS = 10
"""Metrics that one alarm reads; a hard limit."""

# Platform OpenAPI 1.187.0: computeEnv.name and description
PLATFORM_NAME_CHARACTERS = 100
PLATFORM_DESCRIPTION_CHARACTERS = 2000
PLATFORM_ID = r"[A-Za-z0-9]{1,22}"
"""Form of the ids of environments and credentials."""
# https://docs.seqera.io/platform-cloud/resource-labels/overview: keys and values, "AWS limits"
PLATFORM_LABEL = r"(?=.{2,39}$)[A-Za-z0-9]+([-_][A-Za-z0-9]+)*"
# Seqera Cloud rejects longer pre-run and post-run scripts; Enterprise can raise the limit
PLATFORM_RUN_SCRIPT_BYTES = 1024

# https://docs.aws.amazon.com/batch/latest/userguide/fargate-compute-environments.html
FARGATE_SUBNETS = 16
FARGATE_SECURITY_GROUPS = 5
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
FARGATE_VCPUS = 16
FARGATE_MEMORY_MIB = 120 * 1024
FARGATE_TASK_SIZES: dict[int, tuple[int, int, int]] = {
    1: (2 * 1024, 8 * 1024, 1024),
    2: (4 * 1024, 16 * 1024, 1024),
    4: (8 * 1024, 30 * 1024, 1024),
    8: (16 * 1024, 60 * 1024, 4 * 1024),
    16: (32 * 1024, 120 * 1024, 8 * 1024),
}
"""vCPUs: smallest memory, largest memory, step (MiB); 0.25 and 0.5 vCPU cannot be asked for."""

# https://docs.aws.amazon.com/batch/latest/userguide/allocation-strategies.html via Seqera's page
INSTANCE_TYPES_USED = 20
SPOT_TYPES_ADVISED = 5
"""Fewer pools make Spot interruptions and waits likely: AWS's guidance, our number."""

# https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html
TASK_MEMORY_SHARE = 0.94
"""What a task may ask of a type's memory and still fit. Ours: AWS publishes no formula of what the
kernel and the ECS agent keep; nodes were seen to offer 96 to 97 percent."""

# https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
JOB_STATE_SECONDS_MIN = 600
JOB_STATE_SECONDS_MAX = 86_400

# AWS Batch API model: UpdatePolicy.jobExecutionTimeoutMinutes
UPDATE_TIMEOUT_MINUTES_MAX = 7200

# EC2: user data, before base64
USER_DATA_BYTES = 16 * 1024

SCRIPT_NAME_CHARACTERS = 60
"""Ours: it is a line in the node's log."""
SCRIPT_WRAPPING_BYTES = 160
"""What calling a script of somebody's takes besides its name and text; a test holds it to this."""

# https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (gp3)
EBS_GB_MIN = 30
"""The ECS-optimized Amazon Linux image is a 30 GB snapshot; EC2 refuses a smaller root volume."""
EBS_GB_MAX = 16_384
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateEbsBlockDeviceRequest.html
EBS_IOPS = {"gp3": (3000, 80_000), "io1": (100, 64_000), "io2": (100, 256_000)}
"""Least and most by kind of volume; others take none."""
GP3_IOPS_BEFORE_2025 = 16_000
"""What AWS's validator takes for the most of gp3."""
GP3_THROUGHPUT = (125, 2000)
# https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
GP3_MIBPS_PER_IOPS = 0.25
GP3_IOPS_PER_GB = 500
GP3_IOPS = 3000
"""What every gp3 volume has without asking."""

# https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeScalingPolicy.html
SCALE_DOWN_MINUTES_MIN = 20
SCALE_DOWN_MINUTES_MAX = 10_080

# https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html
FSX_GB_MIN = 1200
FSX_GB_STEP = 2400
# https://docs.aws.amazon.com/fsx/latest/LustreGuide/managing-throughput-capacity.html
FSX_THROUGHPUT = {"PERSISTENT_1": (50, 100, 200), "PERSISTENT_2": (125, 250, 500, 1000)}
"""MB/s for each TiB by deployment type, on SSD; of scratch it cannot be chosen."""

# https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html
EFS_PROVISIONED_MIBPS_MAX = 3414

# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
TAGS_PER_RESOURCE = 50
TAG_KEY_CHARACTERS = 128
TAG_VALUE_CHARACTERS = 256
TAG_CHARACTERS = r"[\w .:/=+@-]*"
"""Letters and digits of any language, spaces and these; what every service takes."""
RESERVED_TAG_PREFIX = "aws:"

# AWS Batch: how many tags a user may give, after the ones this library adds
TAGS_OF_OURS = 2

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
VPC_PREFIX_LENGTHS = (16, 28)
VPC_SLOT_BITS = 4
"""A created VPC is cut into 16 ranges: eight for public subnets and eight for private ones, of
which a region's zones take up to six. Ours, so that no change of zones or mode moves a subnet."""
ZONES_MAX = 6

PRIVATE_CIDRS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""RFC 1918, and RFC 6598, which VPCs take as well."""
DOCKER_CIDR = "172.17.0.0/16"
"""What Docker gives its own bridge; AWS advises against it for VPCs, too."""
HEAD_JOB_MEMORY_MIB_MIN = 512
"""The least of a Fargate task, and less than Nextflow's own JVM takes: below, GB were meant."""

INPUT_BYTES = 1024 * 1024
"""Largest environment file we read; Platform's exports are a few KB. Ours, against accidents."""
INPUT_DEPTH = 32
"""Deepest nesting that is walked through; ours goes 5 deep. Deeper, the YAML parser crashes."""
INPUT_VALUES = 20_000
"""Most values one environment may hold, counted where aliases repeat them; ours has about 100."""

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
STACK_OUTPUTS = 200
OUTPUT_NAME_CHARACTERS = 255
OUTPUT_DESCRIPTION_BYTES = 1024
OUTPUT_VALUE_BYTES = 1024
"""AWS publishes no limit for a plain output; this is the one for exported values, kept for all."""
