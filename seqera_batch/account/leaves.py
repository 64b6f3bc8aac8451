# SPDX-License-Identifier: Apache-2.0
"""All that can be said of an account, in one table: what it means, what to do, the source."""

from __future__ import annotations

from typing import Final

from seqera_batch.account.answer import Leaf
from seqera_batch.problems import Severity

_BATCH = "https://docs.aws.amazon.com/batch/latest/userguide"
_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide"
_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide"
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide"

RUNNABLE = f"{_BATCH}/job_stuck_in_runnable.html"
_INVALID = f"{_BATCH}/invalid_compute_environment.html"
_QUEUES = f"{_BATCH}/job_queues.html"
_SHARES = f"{_BATCH}/job_scheduling.html"
_STATES = f"{_BATCH}/job_states.html"
_STOPPED = f"{_ECS}/stopped-task-error-codes.html"
_AGENT = f"{_ECS}/ecs-agent-config.html"
_STACKS = f"{_CFN}/troubleshooting.html"
_SCALING = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html"
_QUOTAS = f"{_EC2}/ec2-on-demand-instances.html"
_ROUTES = f"{_VPC}/VPC_Route_Tables.html"
_ENDPOINTS = f"{_BATCH}/vpc-interface-endpoints.html"
_BOOTSTRAP = "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html"
_CROSS_ACCOUNT = (
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html"
)
_TOPICS = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"
_COST_TAGS = "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html"
_PLATFORM = "https://docs.seqera.io/platform-cloud/compute-envs/aws-batch"
_RUNBOOK = (
    "https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/"
    "automation-aws-troubleshoot-batch-job.html"
)

_MORE = (
    "ask for more under Service Quotas: `aws service-quotas request-service-quota-increase "
    "--service-code {service} --quota-code {code} --desired-value {needed}`"
)

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


def _leaf(severity: Severity, name: str, says: str, fix: str, source: str) -> Leaf:
    return Leaf(id=name, severity=severity, says=says, fix=fix, source=source)


_EVERY: Final = (
    # The stack
    _leaf(NOTICE, "stack-missing",
          "there is no stack {about} in this account and region",
          "deploy the file; if an app gave its stack another name, name it: --stack",
          _STACKS),
    _leaf(ERROR, "stack-half-deleted",
          "the stack {about} was deleted in part: {why}",
          "remove what holds it, then delete it again; `seqera-batch leftovers` lists what is "
          "there",
          _STACKS),
    _leaf(ERROR, "stack-rolled-back",
          "the creation of the stack {about} failed, and nothing of it is left: {why}",
          "mend the first CREATE_FAILED event's cause, delete the stack, deploy again",
          _STACKS),
    _leaf(ERROR, "stack-half-created",
          "the creation of the stack {about} failed, and a part of it is left: {why}",
          "delete the stack, which removes the rest; mend the first CREATE_FAILED event's cause, "
          "deploy again",
          _STACKS),
    _leaf(ERROR, "stack-half-updated",
          "the last update of the stack {about} failed, and was not rolled back: {why}",
          "mend the first UPDATE_FAILED or CREATE_FAILED event's cause and deploy again, or "
          "`aws cloudformation rollback-stack --stack-name {about}`",
          _STACKS),
    _leaf(ERROR, "stack-stuck",
          "the last update of the stack {about} failed, and so did its rollback: {why}",
          "`aws cloudformation continue-update-rollback --stack-name {about}`, then deploy "
          "again",
          _STACKS),
    _leaf(NOTICE, "stack-busy",
          "the stack {about} is being changed",
          "wait until that has ended",
          _STACKS),
    # Queues and environments
    _leaf(ERROR, "queue-missing",
          "there is no queue {about} in this account and region",
          "deploy the file, or mend the name in it",
          _QUEUES),
    _leaf(ERROR, "queue-disabled",
          "the queue {about} takes no jobs: it is disabled",
          "`aws batch update-job-queue --job-queue {about} --state ENABLED`",
          _QUEUES),
    _leaf(ERROR, "queue-invalid",
          "the queue {about} is INVALID",
          "mend its compute environments, then deploy a change of the queue",
          _QUEUES),
    _leaf(ERROR, "queue-of-other-type",
          "the queue {about} is of the type {type}, which does not run {jobs} as they are "
          "submitted",
          "name a queue of EC2 instances; for the head job one of Fargate does too",
          _QUEUES),
    _leaf(ERROR, "queue-shares",
          "the queue {about} shares by identifiers, and tasks are submitted without one: AWS "
          "Batch refuses them",
          "set aws.share, or name a queue without a scheduling policy",
          _SHARES),
    _leaf(ERROR, "queue-without-shares",
          "the queue {about} shares nothing, and tasks are submitted with the identifier of "
          "aws.share: AWS Batch refuses them",
          "name a queue with a scheduling policy, or leave aws.share out",
          _SHARES),
    _leaf(ERROR, "environment-disabled",
          "the compute environment {about} starts no nodes: it is disabled",
          "`aws batch update-compute-environment --compute-environment {about} --state ENABLED`",
          f"{_BATCH}/compute_environments.html"),
    _leaf(NOTICE, "environment-updating",
          "the compute environment {about} is being changed",
          "wait until that has ended",
          f"{_BATCH}/updating-compute-environments.html"),
    _leaf(ERROR, "invalid-service-role",
          "the compute environment {about} is INVALID: its service role has gone, or does not "
          "trust AWS Batch",
          "create the role again under its old name, trusting batch.amazonaws.com, then update "
          "the environment; deploying the same file changes nothing",
          _INVALID),
    _leaf(ERROR, "invalid-instance-profile",
          "the compute environment {about} is INVALID: its instance profile has gone, or is a "
          "role",
          "create profile and role again under their old names, then deploy any change of the "
          "environment",
          _INVALID),
    _leaf(ERROR, "invalid-fleet-role",
          "the compute environment {about} is INVALID: its Spot fleet role has gone, or does "
          "not trust spotfleet.amazonaws.com",
          "create the role again under its old name, then deploy any change of the environment",
          _INVALID),
    _leaf(ERROR, "invalid-launch-template",
          "the compute environment {about} is INVALID: its launch template, or the version "
          "that it names, has gone",
          "deploy a change of the nodes, which makes a new template",
          _INVALID),
    _leaf(ERROR, "invalid-cluster",
          "the compute environment {about} is INVALID: somebody deleted its ECS cluster",
          "the environment has to be replaced: change its name in the file, deploy, then "
          "change it back",
          _INVALID),
    _leaf(ERROR, "invalid-network",
          "the compute environment {about} is INVALID: a subnet or security group of it has "
          "gone",
          "name others in the file, or deploy a change of the network",
          _INVALID),
    _leaf(ERROR, "invalid-cluster-update",
          "the compute environment {about} is INVALID: its service role may not change the ECS "
          "cluster",
          "give the role ecs:UpdateCluster, or switch Container Insights off",
          _INVALID),
    _leaf(ERROR, "invalid-permission",
          "the compute environment {about} is INVALID: its service role lacks a permission",
          "give the role the action that statusReason names, or use the service-linked role; then "
          "deploy any change of the environment",
          _INVALID),
    _leaf(ERROR, "invalid-nodes",
          "the compute environment {about} is INVALID: none of its nodes joined its cluster",
          "see what is said of its nodes, and mend that first; then deploy any change of the "
          "environment",
          _INVALID),
    _leaf(ERROR, "invalid-otherwise",
          "the compute environment {about} is INVALID",
          "mend what statusReason says, then deploy any change of the environment",
          _INVALID),
    # A job that waits
    _leaf(ERROR, "job-unknown",
          "AWS Batch knows no job {about} in this account and region",
          "look at the id; AWS Batch forgets jobs some days after they end",
          _STATES),
    _leaf(WARNING, "job-elsewhere",
          "the job {about} is in the queue {queue}, which is none of this environment",
          "give the file of the environment with that queue, or name the queue in "
          "aws.existing_queues if pipelines of this one use it",
          _STATES),
    _leaf(NOTICE, "job-pending",
          "the job {about} waits for other jobs, not for nodes: {others}",
          "see what those jobs wait for: --job with the id of one",
          _STATES),
    _leaf(NOTICE, "job-array",
          "the job {about} is an array of {size}: {which}",
          "to ask about another one of it: --job {about}:INDEX",
          f"{_BATCH}/array_jobs.html"),
    _leaf(NOTICE, "job-goes-on",
          "nothing holds the job {about}: it is {status}",
          "",
          _STATES),
    _leaf(NOTICE, "job-not-first",
          "the job {about} waits behind others: {before} before it",
          "see what the first one waits for: leave --job out",
          RUNNABLE),
    _leaf(WARNING, "waits-for-capacity",
          "the job {about} waits for capacity: AWS has none of the environment's types now",
          "name more instance types and zones, or use On-Demand; on Spot it may pass",
          RUNNABLE),
    _leaf(ERROR, "waits-for-larger-environment",
          "the job {about} asks for more vCPUs than the environment may have",
          "raise max_cpus, or ask for less",
          RUNNABLE),
    _leaf(ERROR, "waits-for-larger-node",
          "the job {about} asks for more vCPUs, memory or GPUs than any instance type of the "
          "environment has",
          "name larger types in the file, or ask for less",
          RUNNABLE),
    _leaf(ERROR, "waits-for-offered-types",
          "the job {about} waits for nodes: the environment's instance types are not offered in "
          "its zones, or its launch template does not suit them",
          "name types that the zones have: `seqera-batch check` lists those that they have not",
          RUNNABLE),
    _leaf(ERROR, "waits-for-service-role",
          "the job {about} waits for nodes: AWS Batch's service role lacks a permission",
          "use the service-linked role AWSServiceRoleForBatch, or give yours what AWS's policy "
          "has",
          RUNNABLE),
    _leaf(ERROR, "waits-for-valid-environment",
          "the job {about} waits: its queue's compute environments are INVALID",
          "mend them as said of each",
          RUNNABLE),
    _leaf(WARNING, "waits-undetermined",
          "AWS Batch does not know why the job {about} waits",
          "see the other answers; without any, AWS's runbook looks further: `aws ssm "
          "start-automation-execution --document-name AWSSupport-TroubleshootAWSBatchJob "
          "--parameters JobId={about}`",
          _RUNBOOK),
    _leaf(WARNING, "environment-full",
          "the environment {about} has all the vCPUs that it may have: {desired} of {most}",
          "wait, or raise max_cpus",
          RUNNABLE),
    _leaf(ERROR, "job-exceeds-environment",
          "the job {about} asks for {vcpus} vCPUs, its environments have {most} at most",
          "raise max_cpus to {vcpus} or more, or ask for less",
          RUNNABLE),
    _leaf(ERROR, "job-exceeds-nodes",
          "the job {about} asks for {asks}; no type of its environments has that: {largest} at "
          "most, of which ECS keeps some back",
          "name larger types in forge.instance_types, or ask for less",
          RUNNABLE),
    _leaf(WARNING, "job-hardly-fits",
          "the job {about} asks for {asks}, which may fit no node: the system and the agent keep "
          "some of the {largest}",
          "name larger types in forge.instance_types, or ask for a tenth less memory",
          f"{_BATCH}/memory-management.html"),
    _leaf(ERROR, "job-needs-gpu",
          "the job {about} asks for a GPU, and no type of its environments has one",
          "name types with GPUs, and set forge.gpu_enabled",
          RUNNABLE),
    _leaf(ERROR, "types-not-offered",
          "{about} is offered in none of the subnets' zones: {zones}",
          "add a subnet in another zone, or drop the type",
          f"{_EC2}/instance-discovery.html"),
    _leaf(NOTICE, "nodes-starting",
          "the job {about} waits for {minutes} minutes: nodes are being started",
          "wait; ask again if it takes more than 15 minutes",
          RUNNABLE),
    _leaf(WARNING, "job-not-placed",
          "the job {about} is not started, though the node {node} has room for it",
          "look at what else it asks for: GPUs, devices, attributes; another job may have "
          "taken the room just now",
          RUNNABLE),
    _leaf(NOTICE, "waits-as-said",
          "the job {about} waits for {minutes} minutes, and nothing but what is said of {others} "
          "holds it",
          "mend that; ask again 10 minutes later",
          RUNNABLE),
    _leaf(WARNING, "waits-unexplained",
          "nothing that can be seen here explains why the job {about} waits",
          "run AWS's runbook in the job's region: `aws ssm start-automation-execution "
          "--document-name AWSSupport-TroubleshootAWSBatchJob --parameters JobId={about}`",
          _RUNBOOK),
    # Starting nodes
    _leaf(ERROR, "scaling-quota",
          "no node of {about} can be started: the account's quota of vCPUs is used up",
          "ask for more under Service Quotas; Spot and On-Demand have quotas of their own, "
          "which `seqera-batch check` compares with the file",
          _QUOTAS),
    _leaf(ERROR, "scaling-storage",
          "no node of {about} can be started: the account's quota of EBS storage is used up",
          "remove volumes that nothing uses (`seqera-batch leftovers`), use smaller disks, or ask "
          "for more under Service Quotas",
          "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html"),
    _leaf(WARNING, "scaling-capacity",
          "no node of {about} can be started: AWS has no capacity of these types now",
          "name more types and zones, or use On-Demand",
          _SCALING),
    _leaf(ERROR, "scaling-key",
          "nodes of {about} end as they start: the KMS key of their volumes does not let Auto "
          "Scaling in",
          "give the key the policy that `seqera-batch policies FILE --for kms-key` prints",
          f"{_EC2}/troubleshooting-launch.html"),
    _leaf(ERROR, "scaling-denied",
          "no node of {about} can be started: a permission is missing, or an SCP denies it",
          "`aws sts decode-authorization-message --encoded-message MESSAGE` says which, where "
          "StatusMessage has one; instances and volumes are started by Auto Scaling's "
          "service-linked role",
          _SCALING),
    _leaf(ERROR, "scaling-template",
          "no node of {about} can be started: its launch template or image has gone, or does "
          "not suit the types",
          "deploy a change of the nodes; see that the image is in this region and shared with "
          "this account",
          _SCALING),
    _leaf(ERROR, "scaling-price",
          "no node of {about} can be started: Spot costs more now than the environment pays",
          "raise forge.bid_percentage, or leave it out, and name more types",
          f"{_EC2}/spot-requests.html"),
    _leaf(ERROR, "scaling-addresses",
          "no node of {about} can be started: its subnets have no addresses left",
          "name more or larger subnets: forge.subnets, or aws.network",
          f"{_VPC}/subnet-sizing.html"),
    _leaf(ERROR, "scaling-unsupported",
          "nodes of {about} are not started: a type is not offered in a zone of its subnets",
          "drop the type, or the zone's subnet: `seqera-batch check` says which go together",
          _SCALING),
    _leaf(ERROR, "scaling-fleet-role",
          "no node of {about} can be started: its Spot Fleet role has gone, or lacks a "
          "permission",
          "give the role what `seqera-batch policies FILE --for spot-fleet` prints; only BEST_FIT "
          "needs it",
          f"{_BATCH}/spot_fleet_IAM_role.html"),
    _leaf(ERROR, "scaling-profile",
          "no node of {about} can be started: its instance profile has gone, or has no role",
          "create profile and role again under their old names",
          f"{_ECS}/instance_IAM_role.html"),
    _leaf(ERROR, "scaling-network",
          "no node of {about} can be started: a subnet or security group of it has gone",
          "name others in the file, or deploy a change of the network",
          _SCALING),
    _leaf(ERROR, "scaling-terms",
          "no node of {about} can be started: the image is of AWS Marketplace, and its terms "
          "are not accepted",
          "subscribe to it in this account",
          _SCALING),
    _leaf(WARNING, "scaling-otherwise",
          "the last try to start a node of {about} failed",
          "see what AWS says of it: StatusMessage",
          _SCALING),
    # Nodes
    _leaf(ERROR, "node-start-failed",
          "nodes fail at their start, in the step {step}: {count}, {about} the last",
          "read the whole log: `{command}`",
          f"{_EC2}/user-data.html"),
    _leaf(ERROR, "node-reaches-nothing",
          "the node {about} runs for {minutes} minutes and said nothing: it reaches neither "
          "ECS nor CloudWatch Logs",
          "give its subnet a way: a NAT gateway, public addresses, or endpoints; `seqera-batch "
          "check` says what is missing",
          RUNNABLE),
    _leaf(ERROR, "node-role-denied",
          "the node {about} cannot join its cluster: its role may not {denied}",
          "give the role what `seqera-batch policies FILE --for instance` prints",
          f"{_ECS}/instance_IAM_role.html"),
    _leaf(WARNING, "node-not-joined",
          "the node {about} runs for {minutes} minutes and has not joined its cluster",
          "see the agent's log on it; `forge.ecs_config` must not name another cluster, and an "
          "image of your own needs the agent",
          RUNNABLE),
    _leaf(ERROR, "node-agent-gone",
          "the agent of the node {about} has lost ECS",
          "end the node: `aws ec2 terminate-instances --instance-ids {about}`; the jobs on it "
          "end too",
          _AGENT),
    _leaf(ERROR, "node-without-awslogs",
          "the node {about} cannot write jobs' logs, so that no job of AWS Batch fits it",
          "an image of your own needs awslogs in ECS_AVAILABLE_LOGGING_DRIVERS",
          _AGENT),
    _leaf(NOTICE, "node-draining",
          "the node {about} takes no more jobs: it is {status}",
          "wait where AWS takes it back or it is replaced; else `aws ecs "
          "update-container-instances-state --cluster {cluster} --container-instances "
          "{registered} --status ACTIVE`",
          f"{_ECS}/container-instance-draining.html"),
    _leaf(WARNING, "nodes-shut-down",
          "{count} of {about} shut themselves down, and no failed start is in their log",
          "look for what ends them: `aws ec2 get-console-output --instance-id {last}`; a script or "
          "image of your own, or a node that reached neither ECS nor CloudWatch Logs",
          f"{_EC2}/troubleshooting-launch.html"),
    _leaf(NOTICE, "nodes-reclaimed",
          "AWS took {count} Spot nodes of {about} back in the last hour",
          "name more instance types; give tasks retries, or use On-Demand for long ones",
          f"{_EC2}/spot-interruptions.html"),
    # A head job, or any that ended
    _leaf(ERROR, "image-not-pulled",
          "the job {about} never ran: its image was not pulled",
          "see that the image exists, that the execution role may pull it, and that its "
          "subnets reach the registry",
          _STOPPED),
    _leaf(ERROR, "resources-not-ready",
          "the job {about} never ran: its secrets or its registry could not be reached",
          "give the execution role what `seqera-batch policies FILE --for execution` prints, "
          "and the subnets a way to Secrets Manager and Amazon ECR",
          _STOPPED),
    _leaf(ERROR, "memory-too-small",
          "the job {about} was ended because it took more memory than it asked for",
          "raise its memory: head_job_memory_mb for a head job",
          _STOPPED),
    _leaf(WARNING, "job-killed",
          "the job {about} was killed: it took more memory than it asked for, or somebody ended it",
          "unless somebody ended it, raise its memory: head_job_memory_mb for a head job",
          _STOPPED),
    _leaf(ERROR, "container-not-started",
          "the container of the job {about} could not be started",
          "see the reason that ECS gives: container.reason",
          _STOPPED),
    _leaf(ERROR, "wrong-architecture",
          "the image of the job {about} is for another processor than the node's",
          "use an image for both, or types of the image's architecture",
          _STOPPED),
    _leaf(WARNING, "node-ended-under-job",
          "the node of the job {about} was taken away: by Spot, by scaling, or because it shut "
          "itself down",
          "run it again; head jobs belong on On-Demand or Fargate",
          f"{_EC2}/spot-interruptions.html"),
    _leaf(WARNING, "job-timed-out",
          "the job {about} ran longer than its time-out",
          "raise the time-out: Nextflow's `time` of the process, or that of the job definition",
          f"{_BATCH}/job_timeouts.html"),
    _leaf(NOTICE, "job-cancelled-by-limit",
          "AWS Batch cancelled the job {about}: it waited longer than aws.job_state_limits "
          "allows",
          "see why jobs wait: leave --job out",
          f"{_BATCH}/job-queue-state-limits.html"),
    _leaf(NOTICE, "job-ended-by-user",
          "somebody ended the job {about}",
          "",
          _STATES),
    _leaf(ERROR, "run-denied",
          "the job {about} was refused something by AWS",
          "give its role what the log names: forge.allow_buckets and `seqera-batch policies "
          "FILE --for head-job`",
          f"{_IAM}/troubleshoot_access-denied.html"),
    _leaf(ERROR, "run-disk-full",
          "the job {about} ran out of disk",
          "raise forge.ebs_boot_size, or use Fusion, or NVMe disks for scratch files",
          f"{_BATCH}/launch-templates.html"),
    _leaf(ERROR, "run-out-of-heap",
          "Java ran out of memory in the job {about}",
          "raise head_job_memory_mb for a head job; what Java may take of it, NXF_JVM_ARGS says",
          "https://www.nextflow.io/docs/latest/reference/env-vars.html"),
    _leaf(ERROR, "run-without-role",
          "the job {about} had no credentials of AWS",
          "give it a job role: head_job_role, or none in the file for one of ours",
          f"{_ECS}/task-iam-roles.html"),
    _leaf(ERROR, "run-without-work-dir",
          "Nextflow was told no work directory that it can use",
          "set work_dir in Platform to that of the file",
          _PLATFORM),
    _leaf(ERROR, "run-without-licence",
          "Wave or Fusion did not take the run's access token",
          "give the workspace credentials with an access token of Platform",
          _PLATFORM),
    _leaf(ERROR, "run-without-queue",
          "Nextflow asked for a queue that does not exist or is disabled",
          "name the queue of this file in the pipeline's configuration",
          _QUEUES),
    _leaf(WARNING, "run-failed",
          "the job {about} ran, and ended with exit code {code}",
          "see the end of its log: the pipeline itself says why",
          _STATES),
    _leaf(WARNING, "job-failed-otherwise",
          "the job {about} failed",
          "see the reason that AWS gives: statusReason",
          _STATES),
    _leaf(ERROR, "orphaned-tasks",
          "{count} tasks go on though no head job runs: they cost money",
          "end them: `aws batch terminate-job --job-id ID --reason orphaned` for each of jobIds",
          _STATES),
    # The budget
    _leaf(WARNING, "budget-counts-nothing",
          "the budget counts nothing: the tag {about} is not activated for costs",
          "in the account that pays, a day after the first nodes: `aws ce "
          "update-cost-allocation-tags-status --cost-allocation-tags-status "
          "TagKey={about},Status=Active`",
          _COST_TAGS),
    _leaf(NOTICE, "budget-unseen",
          "whether the tag {about} is activated for costs, without which the budget counts "
          "nothing, only the account that pays can see",
          "ask whoever has it",
          _COST_TAGS),
    # Before the first deployment: the account
    _leaf(ERROR, "bootstrap-missing",
          "the account is not bootstrapped for CDK in this region",
          "`cdk bootstrap aws://{account}/{region}`, or deploy with rights of your own",
          _BOOTSTRAP),
    _leaf(WARNING, "service-role-missing",
          "the service-linked role {about} does not exist yet",
          "`aws iam create-service-linked-role --aws-service-name {service}`, unless whoever "
          "deploys may create it",
          f"{_BATCH}/using-service-linked-roles.html"),
    _leaf(ERROR, "quota-full",
          "the account may have {quota} {about} in this region, and has {used}: {more} more do "
          "not fit",
          "delete some; this quota cannot be raised",
          f"{_BATCH}/service_limits.html"),
    _leaf(WARNING, "quota-vcpus",
          "max_cpus comes to {asked}, and AWS allows {quota} vCPUs of {about} at a time: the rest "
          "waits for ever",
          _MORE,
          _QUOTAS),
    _leaf(WARNING, "quota-vcpus-used",
          "max_cpus comes to {asked}, and of the {quota} vCPUs of {about} that AWS allows at a "
          "time others use {used} now: the rest waits for them",
          _MORE,
          _QUOTAS),
    _leaf(ERROR, "name-taken",
          "{about} exists already, and is not of this stack",
          "choose another name or aws.prefix, or remove it",
          _STACKS),
    # ... the network
    _leaf(ERROR, "subnet-missing",
          "there is no subnet {about} in this account and region",
          "mend forge.subnets, or aws.network.existing.subnets",
          _ROUTES),
    _leaf(ERROR, "subnet-elsewhere",
          "the subnet {about} is not in the VPC {vpc}",
          "name subnets of one VPC",
          _ROUTES),
    _leaf(ERROR, "subnet-without-way",
          "nodes in the subnet {about} reach nothing: it has no route to a gateway, and no "
          "endpoints stand in for: {missing}",
          "give it a NAT gateway, or make the endpoints",
          _ENDPOINTS),
    _leaf(WARNING, "subnet-closed",
          "nodes in the subnet {about} reach AWS's endpoints and nothing else: no Seqera "
          "Platform, no Wave, no public registry",
          "give it a NAT gateway, unless nothing else is needed",
          _ENDPOINTS),
    _leaf(ERROR, "subnet-without-wave",
          "nodes in the subnet {about} reach AWS's endpoints only: neither Wave nor Fusion's "
          "licence, which the file asks for",
          "give it a NAT gateway, or set wave_enabled and fusion2_enabled to false",
          _ENDPOINTS),
    _leaf(ERROR, "endpoint-without-names",
          "the endpoint {about} of {service} has private DNS off: nodes do not find it",
          "`aws ec2 modify-vpc-endpoint --vpc-endpoint-id {about} --private-dns-enabled`",
          _ENDPOINTS),
    _leaf(ERROR, "endpoint-closed",
          "no security group of the endpoint {about} of {service} lets HTTPS in",
          "allow TCP 443 in from the nodes' security group",
          _ENDPOINTS),
    _leaf(ERROR, "subnet-without-addresses",
          "the subnet {about} leads to an internet gateway and gives its nodes no public "
          "address",
          "let it assign public addresses, or route it through a NAT gateway",
          _ROUTES),
    _leaf(ERROR, "route-leads-nowhere",
          "the route of the subnet {about} leads to something that has gone: {target}",
          "mend its route table",
          _ROUTES),
    _leaf(ERROR, "gateway-without-way",
          "the NAT gateway {about}, by which nodes in the subnet {subnet} go out, reaches nothing: "
          "its own subnet {place} has no way out",
          "give that subnet a route to an internet gateway, or make the gateway in one that has it",
          _ROUTES),
    _leaf(WARNING, "subnet-nearly-full",
          "the subnet {about} has {free} addresses left: every node takes one, every Fargate "
          "task too",
          "use larger subnets",
          _ROUTES),
    _leaf(ERROR, "internet-blocked",
          "the account blocks internet gateways: {mode}",
          "exclude the VPC from the block, or use endpoints",
          f"{_VPC}/security-vpc-bpa.html"),
    _leaf(ERROR, "dns-off",
          "the VPC {about} has {attribute} off: names of endpoints and file systems lead "
          "nowhere",
          "`aws ec2 modify-vpc-attribute --vpc-id {about} --{option}`",
          f"{_VPC}/AmazonDNS-concepts.html"),
    _leaf(ERROR, "group-missing",
          "there is no security group {about} in this account and region",
          "mend forge.security_groups, or aws.network.existing.security_groups",
          f"{_VPC}/vpc-security-groups.html"),
    _leaf(ERROR, "group-closed",
          "no security group of the nodes lets HTTPS out: {about}",
          "allow TCP 443 out",
          f"{_VPC}/vpc-security-groups.html"),
    # ... the bucket
    _leaf(ERROR, "bucket-missing",
          "there is no bucket {about}",
          "make it, or let the stack make it: aws.work_bucket",
          f"{_S3}/creating-bucket.html"),
    _leaf(ERROR, "bucket-of-others",
          "the bucket {about} is not of the account {owner}: what jobs write to it would be "
          "somebody else's",
          "use another bucket; if it is meant, name its account in aws.bucket_owners, and "
          "`seqera-batch policies FILE --for other-buckets` prints what its policy has to say",
          f"{_S3}/bucket-owner-condition.html"),
    _leaf(ERROR, "bucket-elsewhere",
          "the bucket {about} is in {region}: every file costs transfer between regions, and "
          "Platform may refuse it",
          "use a bucket in the environment's region",
          f"{_S3}/creating-bucket.html"),
    _leaf(ERROR, "bucket-taken",
          "the bucket {about} exists already, and the stack is to make it",
          "leave aws.work_bucket out to use it as it is, or choose another name",
          f"{_S3}/bucketnamingrules.html"),
    _leaf(ERROR, "bucket-key",
          "the bucket {about} is encrypted with the KMS key {key}, which jobs may not use",
          "name the key in aws.bucket_kms_keys, and let its policy allow the account",
          f"{_S3}/UsingKMSEncryption.html"),
    _leaf(ERROR, "key-disabled",
          "the KMS key {about} is {state}",
          "enable it, or use another",
          "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"),
    _leaf(WARNING, "bucket-refuses",
          "the policy of the bucket {about} may deny what jobs do: {statements}",
          "see that they let the nodes in",
          f"{_S3}/example-bucket-policies.html"),
    # ... the topic
    _leaf(ERROR, "topic-elsewhere",
          "the topic {about} is of another account than the environment: {parts} would tell "
          "nobody",
          "name a topic of this account, and let it tell the other one; only alarms reach "
          "another account's",
          _CROSS_ACCOUNT),
    _leaf(NOTICE, "topic-of-others",
          "the topic {about} is of another account, where it is not looked at",
          "see that its policy says what `seqera-batch policies FILE --for topic` prints",
          _CROSS_ACCOUNT),
    _leaf(ERROR, "topic-missing",
          "there is no topic {about}",
          "mend aws.operations.topic, or leave it out to have one created",
          _TOPICS),
    _leaf(ERROR, "topic-closed",
          "the policy of the topic {about} does not let {services} tell it",
          "add what `seqera-batch policies FILE --for topic` prints",
          _TOPICS),
    _leaf(ERROR, "topic-key",
          "the topic {about} has the key that AWS manages for SNS: no service can tell it",
          "give it a KMS key of yours, or none",
          "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"),
    # ... roles and images
    _leaf(ERROR, "role-missing",
          "there is no role {about}",
          "create it, or leave the field out for one of ours",
          f"{_IAM}/id_roles.html"),
    _leaf(ERROR, "role-not-trusting",
          "the role {about} does not let {service} take it",
          "let its trust policy allow sts:AssumeRole to {service}",
          f"{_IAM}/id_roles.html"),
    _leaf(ERROR, "profile-missing",
          "there is no instance profile {about} with a role in it",
          "create it, or leave aws.iam.instance_profile out",
          f"{_IAM}/id_roles.html"),
    _leaf(ERROR, "boundary-missing",
          "there is no policy {about} to be the boundary",
          "create it, or mend aws.iam.permissions_boundary",
          f"{_IAM}/access_policies_boundaries.html"),
    _leaf(ERROR, "image-missing",
          "there is no image {about} that this account can use in this region",
          "mend forge.image_id; have it shared or copied",
          f"{_EC2}/AMIs.html"),
    _leaf(ERROR, "image-other-architecture",
          "the image {about} is for {architecture}, and the environment's types are {wanted}",
          "use an image of the types' architecture",
          f"{_EC2}/AMIs.html"),
    _leaf(ERROR, "image-other-root-device",
          "the root device of {about} is {device}, and nodes get their boot disk as {wanted}: a "
          "second disk, while the image's own stays small",
          "set root_device, beside the field that names the image, to the device of the image",
          f"{_EC2}/device_naming.html"),
    _leaf(NOTICE, "image-of-marketplace",
          "the image {about} is of AWS Marketplace: nodes start once its terms are accepted",
          "subscribe to it in this account, if that was not done",
          f"{_EC2}/paid-amis.html"),
    _leaf(WARNING, "image-old",
          "the image {about} is deprecated since {since}",
          "use a newer one, or leave forge.image_id out",
          f"{_EC2}/ami-deprecate.html"),
    # After a stack has gone
    _leaf(WARNING, "left-over",
          "{kind} {about} is left over: {why}",
          "{command}",
          _STACKS),
    _leaf(NOTICE, "left-on-purpose",
          "{kind} {about} was kept: {why}",
          "{command}",
          _STACKS),
    _leaf(NOTICE, "left-by-batch",
          "{kind} {about} is AWS Batch's own, of a compute environment {environment} that is not "
          "there; of whose, nobody can tell",
          "nothing, while it is empty; where it stays for days with instances, ask AWS Support",
          f"{_BATCH}/compute_environments.html"),
    _leaf(NOTICE, "piled-up",
          "{count} job definitions of Nextflow are active; they cost nothing",
          "{command}",
          f"{_BATCH}/job_definitions.html"),
    _leaf(WARNING, "uploads-unfinished",
          "{count} unfinished uploads in the bucket {about} cost money and show nowhere",
          "let a lifecycle rule end them, or one by one: {command}",
          f"{_S3}/mpu-abort-incomplete-mpu-lifecycle-config.html"),
)  # fmt: skip

LEAVES: Final = {leaf.id: leaf for leaf in _EVERY}
"""Every leaf by its id."""
