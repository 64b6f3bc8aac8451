# SPDX-License-Identifier: Apache-2.0
"""All that can be said of an account, in one table: what it means, what to do, the source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from seqera_batch.account.answer import Answer, Leaf
from seqera_batch.catalog import sources
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
_COST_TAGS = "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html"
_RUNBOOK = (
    "https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/"
    "automation-aws-troubleshoot-batch-job.html"
)

_MORE = (
    "ask for more under Service Quotas: `aws service-quotas request-service-quota-increase "
    "--service-code {service} --quota-code {code} --desired-value {needed}`"
)

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


def _leaf(severity: Severity, name: str, source: str, says: str, fix: str) -> Leaf:
    return Leaf(id=name, severity=severity, says=says, fix=fix, source=source)


_EVERY: Final = (
    # The stack
    _leaf(NOTICE, "stack-missing", _STACKS,
          "there is no stack {about} in this account and region",
          "deploy the file; if an app gave its stack another name, name it: --stack"),
    _leaf(ERROR, "stack-half-deleted", _STACKS,
          "the stack {about} was deleted in part: {why}",
          "remove what holds it, then delete it again; `seqera-batch leftovers` lists what is "
          "there"),
    _leaf(ERROR, "stack-rolled-back", _STACKS,
          "the creation of the stack {about} failed, and nothing of it is left: {why}",
          "mend the first CREATE_FAILED event's cause, delete the stack, deploy again"),
    _leaf(ERROR, "stack-half-created", _STACKS,
          "the creation of the stack {about} failed, and a part of it is left: {why}",
          "delete the stack, which removes the rest; mend the first CREATE_FAILED event's cause, "
          "deploy again"),
    _leaf(ERROR, "stack-half-updated", _STACKS,
          "the last update of the stack {about} failed, and was not rolled back: {why}",
          "mend the first UPDATE_FAILED or CREATE_FAILED event's cause and deploy again, or "
          "`aws cloudformation rollback-stack --stack-name {about}`"),
    _leaf(ERROR, "stack-stuck", _STACKS,
          "the last update of the stack {about} failed, and so did its rollback: {why}",
          "`aws cloudformation continue-update-rollback --stack-name {about}`, then deploy "
          "again"),
    _leaf(NOTICE, "stack-busy", _STACKS,
          "the stack {about} is being changed",
          "wait until that has ended"),
    # Queues and environments
    _leaf(ERROR, "queue-missing", _QUEUES,
          "there is no queue {about} in this account and region",
          "deploy the file, or mend the name in it"),
    _leaf(ERROR, "queue-disabled", _QUEUES,
          "the queue {about} takes no jobs: it is disabled",
          "`aws batch update-job-queue --job-queue {about} --state ENABLED`"),
    _leaf(ERROR, "queue-invalid", _QUEUES,
          "the queue {about} is INVALID",
          "mend its compute environments, then deploy a change of the queue"),
    _leaf(ERROR, "queue-of-other-type", _QUEUES,
          "the queue {about} is of the type {type}, which does not run {jobs} as they are "
          "submitted",
          "name a queue of EC2 instances; for the head job one of Fargate does too"),
    _leaf(ERROR, "queue-shares", _SHARES,
          "the queue {about} shares by identifiers, and tasks are submitted without one: AWS "
          "Batch refuses them",
          "set aws.share, or name a queue without a scheduling policy"),
    _leaf(ERROR, "queue-without-shares", _SHARES,
          "the queue {about} shares nothing, and tasks are submitted with the identifier of "
          "aws.share: AWS Batch refuses them",
          "name a queue with a scheduling policy, or leave aws.share out"),
    _leaf(ERROR, "environment-disabled", f"{_BATCH}/compute_environments.html",
          "the compute environment {about} starts no nodes: it is disabled",
          "`aws batch update-compute-environment --compute-environment {about} --state ENABLED`"),
    _leaf(NOTICE, "environment-updating", f"{_BATCH}/updating-compute-environments.html",
          "the compute environment {about} is being changed",
          "wait until that has ended"),
    _leaf(ERROR, "invalid-service-role", _INVALID,
          "the compute environment {about} is INVALID: its service role has gone, or does not "
          "trust AWS Batch",
          "create the role again under its old name, trusting batch.amazonaws.com, then update "
          "the environment; deploying the same file changes nothing"),
    _leaf(ERROR, "invalid-instance-profile", _INVALID,
          "the compute environment {about} is INVALID: its instance profile has gone, or is a "
          "role",
          "create profile and role again under their old names, then deploy any change of the "
          "environment"),
    _leaf(ERROR, "invalid-fleet-role", _INVALID,
          "the compute environment {about} is INVALID: its Spot fleet role has gone, or does "
          "not trust spotfleet.amazonaws.com",
          "create the role again under its old name, then deploy any change of the environment"),
    _leaf(ERROR, "invalid-launch-template", _INVALID,
          "the compute environment {about} is INVALID: its launch template, or the version "
          "that it names, has gone",
          "deploy a change of the nodes, which makes a new template"),
    _leaf(ERROR, "invalid-cluster", _INVALID,
          "the compute environment {about} is INVALID: somebody deleted its ECS cluster",
          "the environment has to be replaced: change its name in the file, deploy, then "
          "change it back"),
    _leaf(ERROR, "invalid-network", _INVALID,
          "the compute environment {about} is INVALID: a subnet or security group of it has "
          "gone",
          "name others in the file, or deploy a change of the network"),
    _leaf(ERROR, "invalid-cluster-update", _INVALID,
          "the compute environment {about} is INVALID: its service role may not change the ECS "
          "cluster",
          "give the role ecs:UpdateCluster, or switch Container Insights off"),
    _leaf(ERROR, "invalid-permission", _INVALID,
          "the compute environment {about} is INVALID: its service role lacks a permission",
          "give the role the action that statusReason names, or use the service-linked role; then "
          "deploy any change of the environment"),
    _leaf(ERROR, "invalid-nodes", _INVALID,
          "the compute environment {about} is INVALID: none of its nodes joined its cluster",
          "see what is said of its nodes, and mend that first; then deploy any change of the "
          "environment"),
    _leaf(ERROR, "invalid-otherwise", _INVALID,
          "the compute environment {about} is INVALID",
          "mend what statusReason says, then deploy any change of the environment"),
    # A job that waits
    _leaf(ERROR, "job-unknown", _STATES,
          "AWS Batch knows no job {about} in this account and region",
          "look at the id; AWS Batch forgets jobs some days after they end"),
    _leaf(WARNING, "job-elsewhere", _STATES,
          "the job {about} is in the queue {queue}, which is none of this environment",
          "give the file of the environment with that queue, or name the queue in "
          "aws.existing_queues if pipelines of this one use it"),
    _leaf(NOTICE, "job-pending", _STATES,
          "the job {about} waits for other jobs, not for nodes: {others}",
          "see what those jobs wait for: --job with the id of one"),
    _leaf(NOTICE, "job-array", f"{_BATCH}/array_jobs.html",
          "the job {about} is an array of {size}: {which}",
          "to ask about another one of it: --job {about}:INDEX"),
    _leaf(NOTICE, "job-goes-on", _STATES,
          "nothing holds the job {about}: it is {status}",
          ""),
    _leaf(NOTICE, "job-not-first", RUNNABLE,
          "the job {about} waits behind others: {before} before it",
          "see what the first one waits for: leave --job out"),
    _leaf(WARNING, "waits-for-capacity", RUNNABLE,
          "the job {about} waits for capacity: AWS has none of the environment's types now",
          "name more instance types and zones, or use On-Demand; on Spot it may pass"),
    _leaf(ERROR, "waits-for-larger-environment", RUNNABLE,
          "the job {about} asks for more vCPUs than the environment may have",
          "raise max_cpus, or ask for less"),
    _leaf(ERROR, "waits-for-larger-node", RUNNABLE,
          "the job {about} asks for more vCPUs, memory or GPUs than any instance type of the "
          "environment has",
          "name larger types in the file, or ask for less"),
    _leaf(ERROR, "waits-for-offered-types", RUNNABLE,
          "the job {about} waits for nodes: the environment's instance types are not offered in "
          "its zones, or its launch template does not suit them",
          "name types that the zones have: `seqera-batch check` lists those that they have not"),
    _leaf(ERROR, "waits-for-service-role", RUNNABLE,
          "the job {about} waits for nodes: AWS Batch's service role lacks a permission",
          "use the service-linked role AWSServiceRoleForBatch, or give yours what AWS's policy "
          "has"),
    _leaf(ERROR, "waits-for-valid-environment", RUNNABLE,
          "the job {about} waits: its queue's compute environments are INVALID",
          "mend them as said of each"),
    _leaf(WARNING, "waits-undetermined", _RUNBOOK,
          "AWS Batch does not know why the job {about} waits",
          "see the other answers; without any, AWS's runbook looks further: `aws ssm "
          "start-automation-execution --document-name AWSSupport-TroubleshootAWSBatchJob "
          "--parameters JobId={about}`"),
    _leaf(WARNING, "environment-full", RUNNABLE,
          "the environment {about} has all the vCPUs that it may have: {desired} of {most}",
          "wait, or raise max_cpus"),
    _leaf(ERROR, "job-exceeds-environment", RUNNABLE,
          "the job {about} asks for {vcpus} vCPUs, its environments have {most} at most",
          "raise max_cpus to {vcpus} or more, or ask for less"),
    _leaf(ERROR, "job-exceeds-nodes", RUNNABLE,
          "the job {about} asks for {asks}; no type of its environments has that: {largest} at "
          "most, of which ECS keeps some back",
          "name larger types in forge.instance_types, or ask for less"),
    _leaf(WARNING, "job-hardly-fits", f"{_BATCH}/memory-management.html",
          "the job {about} asks for {asks}, which may fit no node: the system and the agent keep "
          "some of the {largest}",
          "name larger types in forge.instance_types, or ask for a tenth less memory"),
    _leaf(ERROR, "job-needs-gpu", RUNNABLE,
          "the job {about} asks for a GPU, and no type of its environments has one",
          "name types with GPUs, and set forge.gpu_enabled"),
    _leaf(ERROR, "types-not-offered", f"{_EC2}/instance-discovery.html",
          "{about} is offered in none of the subnets' zones: {zones}",
          "add a subnet in another zone, or drop the type"),
    _leaf(NOTICE, "nodes-starting", RUNNABLE,
          "the job {about} waits for {minutes} minutes: nodes are being started",
          "wait; ask again if it takes more than 15 minutes"),
    _leaf(WARNING, "job-not-placed", RUNNABLE,
          "the job {about} is not started, though the node {node} has room for it",
          "look at what else it asks for: GPUs, devices, attributes; another job may have "
          "taken the room just now"),
    _leaf(NOTICE, "waits-as-said", RUNNABLE,
          "the job {about} waits for {minutes} minutes, and nothing but what is said of {others} "
          "holds it",
          "mend that; ask again 10 minutes later"),
    _leaf(WARNING, "waits-unexplained", _RUNBOOK,
          "nothing that can be seen here explains why the job {about} waits",
          "run AWS's runbook in the job's region: `aws ssm start-automation-execution "
          "--document-name AWSSupport-TroubleshootAWSBatchJob --parameters JobId={about}`"),
    # Starting nodes
    _leaf(ERROR, "scaling-quota", _QUOTAS,
          "no node of {about} can be started: the account's quota of vCPUs is used up",
          "ask for more under Service Quotas; Spot and On-Demand have quotas of their own, "
          "which `seqera-batch check` compares with the file"),
    _leaf(ERROR, "scaling-storage",
          "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html",
          "no node of {about} can be started: the account's quota of EBS storage is used up",
          "remove volumes that nothing uses (`seqera-batch leftovers`), use smaller disks, or ask "
          "for more under Service Quotas"),
    _leaf(WARNING, "scaling-capacity", _SCALING,
          "no node of {about} can be started: AWS has no capacity of these types now",
          "name more types and zones, or use On-Demand"),
    _leaf(ERROR, "scaling-key", f"{_EC2}/troubleshooting-launch.html",
          "nodes of {about} end as they start: the KMS key of their volumes does not let Auto "
          "Scaling in",
          "give the key the policy that `seqera-batch policies FILE --for kms-key` prints"),
    _leaf(ERROR, "scaling-denied", _SCALING,
          "no node of {about} can be started: a permission is missing, or an SCP denies it",
          "`aws sts decode-authorization-message --encoded-message MESSAGE` says which, where "
          "StatusMessage has one; instances and volumes are started by Auto Scaling's "
          "service-linked role"),
    _leaf(ERROR, "scaling-template", _SCALING,
          "no node of {about} can be started: its launch template or image has gone, or does "
          "not suit the types",
          "deploy a change of the nodes; see that the image is in this region and shared with "
          "this account"),
    _leaf(ERROR, "scaling-price", f"{_EC2}/spot-requests.html",
          "no node of {about} can be started: Spot costs more now than the environment pays",
          "raise forge.bid_percentage, or leave it out, and name more types"),
    _leaf(ERROR, "scaling-addresses", f"{_VPC}/subnet-sizing.html",
          "no node of {about} can be started: its subnets have no addresses left",
          "name more or larger subnets: forge.subnets, or aws.network"),
    _leaf(ERROR, "scaling-unsupported", _SCALING,
          "nodes of {about} are not started: a type is not offered in a zone of its subnets",
          "drop the type, or the zone's subnet: `seqera-batch check` says which go together"),
    _leaf(ERROR, "scaling-fleet-role", f"{_BATCH}/spot_fleet_IAM_role.html",
          "no node of {about} can be started: its Spot Fleet role has gone, or lacks a "
          "permission",
          "give the role what `seqera-batch policies FILE --for spot-fleet` prints; only BEST_FIT "
          "needs it"),
    _leaf(ERROR, "scaling-profile", f"{_ECS}/instance_IAM_role.html",
          "no node of {about} can be started: its instance profile has gone, or has no role",
          "create profile and role again under their old names"),
    _leaf(ERROR, "scaling-network", _SCALING,
          "no node of {about} can be started: a subnet or security group of it has gone",
          "name others in the file, or deploy a change of the network"),
    _leaf(ERROR, "scaling-terms", _SCALING,
          "no node of {about} can be started: the image is of AWS Marketplace, and its terms "
          "are not accepted",
          "subscribe to it in this account"),
    _leaf(WARNING, "scaling-otherwise", _SCALING,
          "the last try to start a node of {about} failed",
          "see what AWS says of it: StatusMessage"),
    # Nodes
    _leaf(ERROR, "node-start-failed", f"{_EC2}/user-data.html",
          "nodes fail at their start, in the step {step}: {count}, {about} the last",
          "read the whole log: `{command}`"),
    _leaf(ERROR, "node-reaches-nothing", RUNNABLE,
          "the node {about} runs for {minutes} minutes and said nothing: it reaches neither "
          "ECS nor CloudWatch Logs",
          "give its subnet a way: a NAT gateway, public addresses, or endpoints; `seqera-batch "
          "check` says what is missing"),
    _leaf(ERROR, "node-role-denied", f"{_ECS}/instance_IAM_role.html",
          "the node {about} cannot join its cluster: its role may not {denied}",
          "give the role what `seqera-batch policies FILE --for instance` prints"),
    _leaf(WARNING, "node-not-joined", RUNNABLE,
          "the node {about} runs for {minutes} minutes and has not joined its cluster",
          "see the agent's log on it; `forge.ecs_config` must not name another cluster, and an "
          "image of your own needs the agent"),
    _leaf(ERROR, "node-agent-gone", _AGENT,
          "the agent of the node {about} has lost ECS",
          "end the node: `aws ec2 terminate-instances --instance-ids {about}`; the jobs on it "
          "end too"),
    _leaf(ERROR, "node-without-awslogs", _AGENT,
          "the node {about} cannot write jobs' logs, so that no job of AWS Batch fits it",
          "an image of your own needs awslogs in ECS_AVAILABLE_LOGGING_DRIVERS"),
    _leaf(NOTICE, "node-draining", f"{_ECS}/container-instance-draining.html",
          "the node {about} takes no more jobs: it is {status}",
          "wait where AWS takes it back or it is replaced; else `aws ecs "
          "update-container-instances-state --cluster {cluster} --container-instances "
          "{registered} --status ACTIVE`"),
    _leaf(WARNING, "nodes-shut-down", f"{_EC2}/troubleshooting-launch.html",
          "{count} of {about} shut themselves down, and no failed start is in their log",
          "look for what ends them: `aws ec2 get-console-output --instance-id {last}`; a script or "
          "image of your own, or a node that reached neither ECS nor CloudWatch Logs"),
    _leaf(NOTICE, "nodes-reclaimed", f"{_EC2}/spot-interruptions.html",
          "AWS took {count} Spot nodes of {about} back in the last hour",
          "name more instance types; give tasks retries, or use On-Demand for long ones"),
    # A head job, or any that ended
    _leaf(ERROR, "image-not-pulled", _STOPPED,
          "the job {about} never ran: its image was not pulled",
          "see that the image exists, that the execution role may pull it, and that its "
          "subnets reach the registry"),
    _leaf(ERROR, "resources-not-ready", _STOPPED,
          "the job {about} never ran: its secrets or its registry could not be reached",
          "give the execution role what `seqera-batch policies FILE --for execution` prints, "
          "and the subnets a way to Secrets Manager and Amazon ECR"),
    _leaf(ERROR, "memory-too-small", _STOPPED,
          "the job {about} was ended because it took more memory than it asked for",
          "raise its memory: head_job_memory_mb for a head job"),
    _leaf(WARNING, "job-killed", _STOPPED,
          "the job {about} was killed: it took more memory than it asked for, or somebody ended it",
          "unless somebody ended it, raise its memory: head_job_memory_mb for a head job"),
    _leaf(ERROR, "container-not-started", _STOPPED,
          "the container of the job {about} could not be started",
          "see the reason that ECS gives: container.reason"),
    _leaf(ERROR, "wrong-architecture", _STOPPED,
          "the image of the job {about} is for another processor than the node's",
          "use an image for both, or types of the image's architecture"),
    _leaf(WARNING, "node-ended-under-job", f"{_EC2}/spot-interruptions.html",
          "the node of the job {about} was taken away: by Spot, by scaling, or because it shut "
          "itself down",
          "run it again; head jobs belong on On-Demand or Fargate"),
    _leaf(WARNING, "job-timed-out", f"{_BATCH}/job_timeouts.html",
          "the job {about} ran longer than its time-out",
          "raise the time-out: Nextflow's `time` of the process, or that of the job definition"),
    _leaf(NOTICE, "job-cancelled-by-limit", f"{_BATCH}/job-queue-state-limits.html",
          "AWS Batch cancelled the job {about}: it waited longer than aws.job_state_limits "
          "allows",
          "see why jobs wait: leave --job out"),
    _leaf(NOTICE, "job-ended-by-user", _STATES,
          "somebody ended the job {about}",
          ""),
    _leaf(ERROR, "run-denied", f"{_IAM}/troubleshoot_access-denied.html",
          "the job {about} was refused something by AWS",
          "give its role what the log names: forge.allow_buckets and `seqera-batch policies "
          "FILE --for head-job`"),
    _leaf(ERROR, "run-disk-full", f"{_BATCH}/launch-templates.html",
          "the job {about} ran out of disk",
          "raise forge.ebs_boot_size, or use Fusion, or NVMe disks for scratch files"),
    _leaf(ERROR, "run-out-of-heap", "https://www.nextflow.io/docs/latest/reference/env-vars.html",
          "Java ran out of memory in the job {about}",
          "raise head_job_memory_mb for a head job; what Java may take of it, NXF_JVM_ARGS says"),
    _leaf(ERROR, "run-without-role", f"{_ECS}/task-iam-roles.html",
          "the job {about} had no credentials of AWS",
          "give it a job role: head_job_role, or none in the file for one of ours"),
    _leaf(ERROR, "run-without-work-dir", sources.SEQERA_AWS_BATCH,
          "Nextflow was told no work directory that it can use",
          "set work_dir in Platform to that of the file"),
    _leaf(ERROR, "run-without-licence", sources.SEQERA_AWS_BATCH,
          "Wave or Fusion did not take the run's access token",
          "give the workspace credentials with an access token of Platform"),
    _leaf(ERROR, "run-without-queue", _QUEUES,
          "Nextflow asked for a queue that does not exist or is disabled",
          "name the queue of this file in the pipeline's configuration"),
    _leaf(WARNING, "run-failed", _STATES,
          "the job {about} ran, and ended with exit code {code}",
          "see the end of its log: the pipeline itself says why"),
    _leaf(WARNING, "job-failed-otherwise", _STATES,
          "the job {about} failed",
          "see the reason that AWS gives: statusReason"),
    _leaf(ERROR, "orphaned-tasks", _STATES,
          "{count} tasks go on though no head job runs: they cost money",
          "end them: `aws batch terminate-job --job-id ID --reason orphaned` for each of jobIds"),
    # The budget
    _leaf(WARNING, "budget-counts-nothing", _COST_TAGS,
          "the budget counts nothing: the tag {about} is not activated for costs",
          "in the account that pays, a day after the first nodes: `aws ce "
          "update-cost-allocation-tags-status --cost-allocation-tags-status "
          "TagKey={about},Status=Active`"),
    _leaf(NOTICE, "budget-unseen", _COST_TAGS,
          "whether the tag {about} is activated for costs, without which the budget counts "
          "nothing, only the account that pays can see",
          "ask whoever has it"),
    # Before the first deployment: the account
    _leaf(ERROR, "bootstrap-missing", _BOOTSTRAP,
          "the account is not bootstrapped for CDK in this region",
          "`cdk bootstrap aws://{account}/{region}`, or deploy with rights of your own"),
    _leaf(WARNING, "service-role-missing", f"{_BATCH}/using-service-linked-roles.html",
          "the service-linked role {about} does not exist yet",
          "`aws iam create-service-linked-role --aws-service-name {service}`, unless whoever "
          "deploys may create it"),
    _leaf(ERROR, "quota-full", f"{_BATCH}/service_limits.html",
          "the account may have {quota} {about} in this region, and has {used}: {more} more do "
          "not fit",
          "delete some; this quota cannot be raised"),
    _leaf(WARNING, "quota-vcpus", _QUOTAS,
          "max_cpus comes to {asked}, and AWS allows {quota} vCPUs of {about} at a time: the rest "
          "waits for ever",
          _MORE),
    _leaf(WARNING, "quota-vcpus-used", _QUOTAS,
          "max_cpus comes to {asked}, and of the {quota} vCPUs of {about} that AWS allows at a "
          "time others use {used} now: the rest waits for them",
          _MORE),
    _leaf(ERROR, "name-taken", _STACKS,
          "{about} exists already, and is not of this stack",
          "choose another name or aws.prefix, or remove it"),
    # ... the network
    _leaf(ERROR, "subnet-missing", _ROUTES,
          "there is no subnet {about} in this account and region",
          "mend forge.subnets, or aws.network.existing.subnets"),
    _leaf(ERROR, "subnet-elsewhere", _ROUTES,
          "the subnet {about} is not in the VPC {vpc}",
          "name subnets of one VPC"),
    _leaf(ERROR, "subnet-without-way", _ENDPOINTS,
          "nodes in the subnet {about} reach nothing: it has no route to a gateway, and no "
          "endpoints stand in for: {missing}",
          "give it a NAT gateway, or make the endpoints"),
    _leaf(WARNING, "subnet-closed", _ENDPOINTS,
          "nodes in the subnet {about} reach AWS's endpoints and nothing else: no Seqera "
          "Platform, no Wave, no public registry",
          "give it a NAT gateway, unless nothing else is needed"),
    _leaf(ERROR, "subnet-without-wave", _ENDPOINTS,
          "nodes in the subnet {about} reach AWS's endpoints only: neither Wave nor Fusion's "
          "licence, which the file asks for",
          "give it a NAT gateway, or set wave_enabled and fusion2_enabled to false"),
    _leaf(ERROR, "endpoint-without-names", _ENDPOINTS,
          "the endpoint {about} of {service} has private DNS off: nodes do not find it",
          "`aws ec2 modify-vpc-endpoint --vpc-endpoint-id {about} --private-dns-enabled`"),
    _leaf(ERROR, "endpoint-closed", _ENDPOINTS,
          "no security group of the endpoint {about} of {service} lets HTTPS in",
          "allow TCP 443 in from the nodes' security group"),
    _leaf(ERROR, "subnet-without-addresses", _ROUTES,
          "the subnet {about} leads to an internet gateway and gives its nodes no public "
          "address",
          "let it assign public addresses, or route it through a NAT gateway"),
    _leaf(ERROR, "route-leads-nowhere", _ROUTES,
          "the route of the subnet {about} leads to something that has gone: {target}",
          "mend its route table"),
    _leaf(ERROR, "gateway-without-way", _ROUTES,
          "the NAT gateway {about}, by which nodes in the subnet {subnet} go out, reaches nothing: "
          "its own subnet {place} has no way out",
          "give that subnet a route to an internet gateway, or make the gateway in one that has "
          "it"),
    _leaf(WARNING, "subnet-nearly-full", _ROUTES,
          "the subnet {about} has {free} addresses left: every node takes one, every Fargate "
          "task too",
          "use larger subnets"),
    _leaf(ERROR, "internet-blocked", f"{_VPC}/security-vpc-bpa.html",
          "the account blocks internet gateways: {mode}",
          "exclude the VPC from the block, or use endpoints"),
    _leaf(ERROR, "dns-off", f"{_VPC}/AmazonDNS-concepts.html",
          "the VPC {about} has {attribute} off: names of endpoints and file systems lead "
          "nowhere",
          "`aws ec2 modify-vpc-attribute --vpc-id {about} --{option}`"),
    _leaf(ERROR, "group-missing", f"{_VPC}/vpc-security-groups.html",
          "there is no security group {about} in this account and region",
          "mend forge.security_groups, or aws.network.existing.security_groups"),
    _leaf(ERROR, "group-closed", f"{_VPC}/vpc-security-groups.html",
          "no security group of the nodes lets HTTPS out: {about}",
          "allow TCP 443 out"),
    # ... the bucket
    _leaf(ERROR, "bucket-missing", f"{_S3}/creating-bucket.html",
          "there is no bucket {about}",
          "make it, or let the stack make it: aws.work_bucket"),
    _leaf(ERROR, "bucket-of-others", f"{_S3}/bucket-owner-condition.html",
          "the bucket {about} is not of the account {owner}: what jobs write to it would be "
          "somebody else's",
          "use another bucket; if it is meant, name its account in aws.bucket_owners, and "
          "`seqera-batch policies FILE --for other-buckets` prints what its policy has to say"),
    _leaf(ERROR, "bucket-elsewhere", f"{_S3}/creating-bucket.html",
          "the bucket {about} is in {region}: every file costs transfer between regions, and "
          "Platform may refuse it",
          "use a bucket in the environment's region"),
    _leaf(ERROR, "bucket-taken", f"{_S3}/bucketnamingrules.html",
          "the bucket {about} exists already, and the stack is to make it",
          "leave aws.work_bucket out to use it as it is, or choose another name"),
    _leaf(ERROR, "bucket-key", f"{_S3}/UsingKMSEncryption.html",
          "the bucket {about} is encrypted with the KMS key {key}, which jobs may not use",
          "name the key in aws.bucket_kms_keys, and let its policy allow the account"),
    _leaf(ERROR, "key-disabled",
          "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
          "the KMS key {about} is {state}",
          "enable it, or use another"),
    _leaf(WARNING, "bucket-refuses", f"{_S3}/example-bucket-policies.html",
          "the policy of the bucket {about} may deny what jobs do: {statements}",
          "see that they let the nodes in"),
    # ... the topic
    _leaf(ERROR, "topic-elsewhere", sources.AWS_EVENTS_ACCOUNTS,
          "the topic {about} is of another account than the environment: {parts} would tell "
          "nobody",
          "name a topic of this account, and let it tell the other one; only alarms reach "
          "another account's"),
    _leaf(NOTICE, "topic-of-others", sources.AWS_EVENTS_ACCOUNTS,
          "the topic {about} is of another account, where it is not looked at",
          "see that its policy says what `seqera-batch policies FILE --for topic` prints"),
    _leaf(ERROR, "topic-missing", sources.AWS_SNS_ACCESS,
          "there is no topic {about}",
          "mend aws.operations.topic, or leave it out to have one created"),
    _leaf(ERROR, "topic-closed", sources.AWS_SNS_ACCESS,
          "the policy of the topic {about} does not let {services} tell it",
          "add what `seqera-batch policies FILE --for topic` prints"),
    _leaf(ERROR, "topic-key", "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
          "the topic {about} has the key that AWS manages for SNS: no service can tell it",
          "give it a KMS key of yours, or none"),
    # ... roles and images
    _leaf(ERROR, "role-missing", f"{_IAM}/id_roles.html",
          "there is no role {about}",
          "create it, or leave the field out for one of ours"),
    _leaf(ERROR, "role-not-trusting", f"{_IAM}/id_roles.html",
          "the role {about} does not let {service} take it",
          "let its trust policy allow sts:AssumeRole to {service}"),
    _leaf(ERROR, "profile-missing", f"{_IAM}/id_roles.html",
          "there is no instance profile {about} with a role in it",
          "create it, or leave aws.iam.instance_profile out"),
    _leaf(ERROR, "boundary-missing", f"{_IAM}/access_policies_boundaries.html",
          "there is no policy {about} to be the boundary",
          "create it, or mend aws.iam.permissions_boundary"),
    _leaf(ERROR, "image-missing", f"{_EC2}/AMIs.html",
          "there is no image {about} that this account can use in this region",
          "mend forge.image_id; have it shared or copied"),
    _leaf(ERROR, "image-other-architecture", f"{_EC2}/AMIs.html",
          "the image {about} is for {architecture}, and the environment's types are {wanted}",
          "use an image of the types' architecture"),
    _leaf(ERROR, "image-other-root-device", f"{_EC2}/device_naming.html",
          "the root device of {about} is {device}, and nodes get their boot disk as {wanted}: a "
          "second disk, while the image's own stays small",
          "set root_device, beside the field that names the image, to the device of the image"),
    _leaf(NOTICE, "image-of-marketplace", f"{_EC2}/paid-amis.html",
          "the image {about} is of AWS Marketplace: nodes start once its terms are accepted",
          "subscribe to it in this account, if that was not done"),
    _leaf(WARNING, "image-old", f"{_EC2}/ami-deprecate.html",
          "the image {about} is deprecated since {since}",
          "use a newer one, or leave forge.image_id out"),
    # After a stack has gone
    _leaf(WARNING, "left-over", _STACKS,
          "{kind} {about} is left over: {why}",
          "{command}"),
    _leaf(NOTICE, "left-on-purpose", _STACKS,
          "{kind} {about} was kept: {why}",
          "{command}"),
    _leaf(NOTICE, "left-by-batch", f"{_BATCH}/compute_environments.html",
          "{kind} {about} is AWS Batch's own, of a compute environment {environment} that is not "
          "there; of whose, nobody can tell",
          "nothing, while it is empty; where it stays for days with instances, ask AWS Support"),
    _leaf(NOTICE, "piled-up", f"{_BATCH}/job_definitions.html",
          "{count} job definitions of Nextflow are active; they cost nothing",
          "{command}"),
    _leaf(WARNING, "uploads-unfinished", f"{_S3}/mpu-abort-incomplete-mpu-lifecycle-config.html",
          "{count} unfinished uploads in the bucket {about} cost money and show nowhere",
          "let a lifecycle rule end them, or one by one: {command}"),
)  # fmt: skip

LEAVES: Final = {leaf.id: leaf for leaf in _EVERY}
"""Every leaf by its id."""


def answer(
    leaf: str, about: str, evidence: Mapping[str, object] | None = None, **words: object
) -> Answer:
    """Return what is so with one thing of the account; see `Answer`.

    Args:
        leaf: Id of what it is.
        about: What it is about.
        evidence: What was seen.
        **words: What fills the leaf's sentences.
    """
    return Answer(leaf=LEAVES[leaf], about=about, evidence=evidence or {}, words=words)
