# SPDX-License-Identifier: Apache-2.0
"""Values taken where the file says nothing: Forge's where Seqera publishes them, else ours."""

from __future__ import annotations

# Seqera's page on AWS Batch
USED_BY = ("platform",)
PREFIX = "TowerForge"
ALLOCATION_STRATEGY_SPOT = "SPOT_PRICE_CAPACITY_OPTIMIZED"
ALLOCATION_STRATEGY_ON_DEMAND = "BEST_FIT_PROGRESSIVE"
HEAD_JOB_MEMORY_MIB = 4096
HEAD_JOB_CPUS = 1
GRAVITON_FAMILIES = ("m6g", "r6g", "c6g")
EFS_MOUNT = "/mnt/efs"
FSX_MOUNT = "/mnt/fsx"
FUSION_BOOT_DISK_GB = 100
FUSION_BOOT_DISK_MIB_PER_SECOND = 325
MOUNTED_WORK_FOLDER = "work"

# tower-cli, `tw compute-envs add aws-batch forge --help`
BOOT_DISK_GB = 50
ROOT_DEVICE = "/dev/xvda"
EBS_AUTO_SCALE_BLOCK_GB = 50
MIN_CPUS = 0

# Seqera's documentation of `cliPath` in Forge environments
FORGE_CLI_PATH = "/home/ec2-user/miniconda/bin/aws"

# Nextflow's own number of attempts with Fusion Snapshots; without them its default is none
SPOT_ATTEMPTS = 5
FALLBACK_SPOT_ATTEMPTS = 1
"""One, and no second: Nextflow takes 0 for unsaid, which is five with Fusion Snapshots."""

# https://docs.seqera.io/fusion/troubleshooting names the first two, nf-core's template all three
SNAPSHOT_EXIT_CODES = (175, 176, 177)
"""A checkpoint that could not be saved, or restored."""
SNAPSHOT_RETRIES = 2

# Seqera Cloud's API; Enterprise has its own, ending in /api
PLATFORM_ENDPOINT = "https://api.cloud.seqera.io"

# AWS Batch writes container logs here unless a log group is named
JOB_LOG_GROUP = "/aws/batch/job"

# AWS Batch: what a decay of 0 seconds stands for
SHARE_DECAY_SECONDS = 600

# Ours: Forge's values are not published, and each can be set in the file
FUSION_ADVISED_CPUS = 32
"""vCPUs of the 8xlarge that Seqera advises with Fusion v2 for large pipelines that run long."""
FALLBACK_AFTER = 1
"""Attempts on Spot before On-Demand: a second reclamation would cost more than it saves."""
QUEUE_PRIORITY = 1
HEAD_INSTANCE_TYPES = ("default_x86_64",)
WORK_INSTANCE_TYPES = ("default_x86_64",)
DRAGEN_INSTANCE_TYPES = ("f2.6xlarge", "f2.12xlarge", "f2.48xlarge")
JOB_STATE_SECONDS = 1800
"""Three times AWS's minimum: nextflow#7479 saw the reasons appear while a queue was scaling."""
JOB_STATE_REASONS = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)
"""Jobs that no node type can run. Waiting for Spot capacity is legitimate, so it is absent."""
UPDATE_TIMEOUT_MINUTES = 1440
"""AWS's default is 30 minutes, which kills genomics tasks that run for hours."""
NODE_LOG_RETENTION_DAYS = 7
AWS_CLI_VERSION = "2.36.42"
"""Of September 2026: <https://raw.githubusercontent.com/aws/aws-cli/v2/CHANGELOG.rst>."""
VPC_CIDR = "10.0.0.0/16"
NAT_GATEWAYS = 1
FSX_DEPLOYMENT_TYPE = "SCRATCH_2"
FSX_THROUGHPUT = {"PERSISTENT_1": 50, "PERSISTENT_2": 125}
"""MB/s for each TiB by deployment type: the least, and so the cheapest, of each."""
IAM_PATH = "/"
EXPIRE_WORK_DAYS = 30
"""What Seqera's page suggests for intermediate files."""
JOB_LOG_RETENTION_DAYS = 90
"""Longer than the files that the logs are about."""
REGISTRATION_LOG_RETENTION_DAYS = 30
QUEUE_CHECK_LOG_RETENTION_DAYS = 30
TASK_FAILURE_PERCENT = 25
SPOT_RECLAIM_PERCENT = 20
COUNTED_FROM = 20
"""Of fewer tasks a share says nothing."""
NODE_FAILURES = 3
"""One may be bad luck; AWS Batch starts another node while jobs wait."""
QUEUE_CHECK_MINUTES = 15
WAITING_MINUTES = 30
WAITING_MINUTES_SPOT = 120
BUDGET_PERCENT = 80
ABORT_UPLOADS_DAYS = 7
"""Parts of an upload that nobody completes are charged and seen by nobody."""
EARLIER_VERSION_DAYS = 1
"""S3's least: intermediate files are not versioned to be had again."""
