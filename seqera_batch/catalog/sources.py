# SPDX-License-Identifier: Apache-2.0
"""Addresses of the pages that rules, limits and defaults were taken from."""

from __future__ import annotations

SEQERA_AWS_BATCH = "https://docs.seqera.io/platform-cloud/compute-envs/aws-batch"
SEQERA_MANUAL_SETUP = (
    "https://docs.seqera.io/platform-cloud/enterprise/advanced-topics/manual-aws-batch-setup"
)
SEQERA_CLOUD_POLICY = (
    "https://docs.seqera.io/platform-cloud/compute-envs/aws-batch#required-permissions"
)
SEQERA_WORKLOAD_IDENTITY = (
    "https://docs.seqera.io/platform-enterprise/credentials/workload_identity"
)
SEQERA_API = "https://docs.seqera.io/platform-api/create-compute-env"
SEQERA_CHANGELOG = "https://docs.seqera.io/changelog"
SEQERA_DRAGEN = "https://docs.seqera.io/platform-cloud/supported_software/dragen/overview"
SEQERA_FUSION_SNAPSHOTS = "https://docs.seqera.io/fusion/guide/snapshots/aws"
SEQERA_GPU = "https://docs.seqera.io/platform-cloud/compute-envs/overview#aws-batch"
SEQERA_LABELS = "https://docs.seqera.io/platform-cloud/resource-labels/overview"
SEQERA_LAUNCH_CONTAINER = (
    "https://docs.seqera.io/platform-enterprise/enterprise/advanced-topics/custom-launch-container"
)
SEQERA_SECRETS = "https://docs.seqera.io/platform-cloud/secrets/overview"
SEQERA_TERRAFORM = (
    "https://registry.terraform.io/providers/seqeralabs/seqera/latest/docs/resources/aws_batch_ce"
)
TOWER_CLI = "https://github.com/seqeralabs/tower-cli"

AWS_BATCH_ALLOCATION = (
    "https://docs.aws.amazon.com/batch/latest/userguide/allocation-strategies.html"
)
AWS_BATCH_AMI = "https://docs.aws.amazon.com/batch/latest/userguide/compute_resource_AMIs.html"
AWS_BATCH_AUTHORIZATION = (
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html"
)
AWS_BATCH_API_QUEUES = (
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html"
)
AWS_BATCH_API_COMPUTE = (
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html"
)
AWS_BATCH_JOB_DEFINITIONS = (
    "https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html"
)
AWS_BATCH_QUOTAS = "https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"
AWS_BATCH_REGISTRIES = "https://docs.aws.amazon.com/batch/latest/userguide/private-registry.html"
AWS_BATCH_RETRIES = "https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html"
AWS_BATCH_API_OVERRIDES = (
    "https://docs.aws.amazon.com/batch/latest/APIReference/"
    "API_LaunchTemplateSpecificationOverride.html"
)
AWS_BATCH_ENVIRONMENTS = (
    "https://docs.aws.amazon.com/batch/latest/userguide/compute_environments.html"
)
AWS_BATCH_CONSUMABLES = (
    "https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling.html"
)
AWS_BATCH_DEFAULT_TYPES = (
    "https://docs.aws.amazon.com/batch/latest/userguide/instance-type-compute-table.html"
)
AWS_BATCH_SCALING = (
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeScalingPolicy.html"
)
AWS_CONTAINER_INSIGHTS = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html"
)
AWS_BATCH_FAIR_SHARE = "https://docs.aws.amazon.com/batch/latest/userguide/job_scheduling.html"
AWS_BATCH_FARGATE = (
    "https://docs.aws.amazon.com/batch/latest/userguide/fargate-compute-environments.html"
)
AWS_BATCH_INFRASTRUCTURE_UPDATES = (
    "https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html"
)
AWS_BATCH_INSTANCE_ROLE = (
    "https://docs.aws.amazon.com/batch/latest/userguide/instance_IAM_role.html"
)
AWS_BATCH_LAUNCH_TEMPLATES = (
    "https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html"
)
AWS_BATCH_SECRETS = (
    "https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data-secrets.html"
)
AWS_BATCH_SPOT_FLEET_ROLE = (
    "https://docs.aws.amazon.com/batch/latest/userguide/spot_fleet_IAM_role.html"
)
AWS_BATCH_TIME_LIMITS = (
    "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html"
)
CFN_COMPUTE_ENVIRONMENT = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-batch-computeenvironment.html"
)
CFN_DYNAMIC_REFERENCES = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html"
)
AWS_FARGATE_SIZES = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"
)
AWS_ECR_CROSS_ACCOUNT = (
    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"
)
AWS_FSX_LUSTRE = "https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html"
AWS_EC2_TAG_ON_CREATE = (
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html"
)
AWS_EFS_PERMISSIONS = "https://docs.aws.amazon.com/efs/latest/ug/security-iam-awsmanpol.html"
AWS_KMS_VIA_SERVICE = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"
AWS_EFS_POLICY = "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html"
AWS_EFS_TYPES = "https://docs.aws.amazon.com/efs/latest/ug/availability-durability.html"
AWS_EFS_THROUGHPUT = "https://docs.aws.amazon.com/efs/latest/ug/performance.html"
AWS_EFS_LIFECYCLE = "https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html"
AWS_EFS_BACKUP = "https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html"
AWS_FSX_THROUGHPUT = (
    "https://docs.aws.amazon.com/fsx/latest/LustreGuide/managing-throughput-capacity.html"
)
AWS_FSX_REPOSITORY = (
    "https://docs.aws.amazon.com/fsx/latest/LustreGuide/create-dra-linked-data-repo.html"
)
AWS_FSX_COMPRESSION = "https://docs.aws.amazon.com/fsx/latest/LustreGuide/data-compression.html"
AWS_SECRETS = (
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html"
)
AWS_ARNS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"
AWS_IAM_STATEMENTS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html"
)
AWS_IAM_CONDITIONS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_elements_condition_operators.html"
)
AWS_SESSION_MANAGER = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "getting-started-add-permissions-to-existing-profile.html"
)
AWS_SES_SENDING = "https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html"
AWS_S3_RESTORE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html"
AWS_IAM_PASSING = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
AWS_RESOURCE_POLICIES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html"
AWS_S3_KEYS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"
DOCKER_SECURITY = "https://docs.docker.com/engine/security/#docker-daemon-attack-surface"
AWS_CFN_NAMES = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html"
)
AWS_IAM_LIMITS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
AWS_SERVICE_LINKED_ROLES = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html"
)
AWS_TAGS = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
AWS_LOGS_RETENTION = (
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"
    "API_PutRetentionPolicy.html"
)
AWS_CLI_RELEASES = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-version.html"
AWS_EBS = "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"
AWS_CDK_ENVIRONMENTS = "https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html"
AWS_REGIONS = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"
AWS_ZONES = (
    "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html"
)
AWS_BATCH_ENDPOINTS = (
    "https://docs.aws.amazon.com/batch/latest/userguide/vpc-endpoint-considerations.html"
)
AWS_NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"
AWS_VPC_SECURITY_GROUPS = (
    "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"
)
SEQERA_SPOT = "https://docs.seqera.io/platform-cloud/troubleshooting_and_faqs/aws_troubleshooting"
SEQERA_WAVE = "https://docs.seqera.io/wave"
AWS_VPC_CIDR = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"
NF_CORE_REFERENCES = "https://nf-co.re/docs/usage/reference_genomes/reference_genomes"
NEXTFLOW_SELECTORS = "https://www.nextflow.io/docs/latest/config.html#process-selectors"
NEXTFLOW_QUEUE = "https://www.nextflow.io/docs/latest/reference/process.html#queue"
NEXTFLOW_AWS_BATCH = "https://www.nextflow.io/docs/latest/aws.html#aws-batch"
SEQERA_FUSION_LICENSE = "https://docs.seqera.io/fusion/licensing"
NEXTFLOW_JOB_DEFINITIONS = "https://www.nextflow.io/docs/latest/aws.html#custom-job-definition"
AWS_S3_BUCKET_NAMES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
AWS_S3_TLS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"
AWS_KMS_KEY_POLICIES = (
    "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
)
AWS_KMS_AUTO_SCALING = (
    "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
    "key-policy-requirements-EBS-encryption.html"
)
AWS_KMS_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
AWS_BATCH_BLOCKED = (
    "https://docs.aws.amazon.com/batch/latest/userguide/batch-job-queue-blocked-events.html"
)
AWS_BATCH_EVENTS = "https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html"
AWS_BATCH_METRICS = (
    "https://docs.aws.amazon.com/batch/latest/userguide/using_cloudwatch_metrics.html"
)
AWS_BATCH_SNAPSHOT = (
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_GetJobQueueSnapshot.html"
)
AWS_BUDGETS = (
    "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html"
)
AWS_BUDGETS_TOPIC = (
    "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html"
)
AWS_DASHBOARDS = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html"
)
AWS_EVENTS_RESOURCE_POLICIES = (
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"
)
AWS_EVENTS_ACCOUNTS = (
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html"
)
AWS_SNS_ACCESS = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"
AWS_SNS_EMAIL = "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html"
AWS_SNS_KEYS = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
AWS_SNS_TLS = "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html"
AWS_SQS_TLS = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-security-best-practices.html"
)
