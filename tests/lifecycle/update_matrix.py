# SPDX-License-Identifier: Apache-2.0
"""What an update does, for every field of the environment file: the truth that judges agree on.

`effect` is by type of resource: `~` in place, `!` replaced, `+` created, `-` deleted, nothing for
no change in AWS, `refused` where AWS refuses the update and everything stays as it was.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from seqera_batch.config.fair_share import Share
from seqera_batch.config.job_definitions import JobDefinitionSettings
from seqera_batch.config.node_fleets import DataDisk, NodeOverride
from seqera_batch.config.node_scripts import NodeScript
from seqera_batch.config.queues import TaskEnvironment, TaskQueue
from seqera_batch.config.statements import OwnStatement


class _LeftOut:
    """A field that the file does not have."""

    def __repr__(self) -> str:
        return "left out"


LEFT_OUT = _LeftOut()

VPC = {"forge.vpc_id": "vpc-00000000000000001", "forge.subnets": ["subnet-00000000000000001"]}
FUSION = {"wave_enabled": True, "fusion2_enabled": True}
CREATED_VPC = {"aws.network.create": {"cidr": "10.0.0.0/16", "zones": 3}}
GROUP = "sg-00000000000000001"
OTHER_GROUP = "sg-00000000000000002"
OTHER_SUBNET = "subnet-00000000000000002"
ROLE = "arn:aws:iam::123456789012:role/own"
PROFILE = "arn:aws:iam::123456789012:instance-profile/own"
EFS = {"forge.security_groups": [GROUP], "forge.efs_id": "fs-0123456789abcdef0"}
FSX = {
    "forge.security_groups": [GROUP],
    "forge.fsx_name": "fs-0fedcba9876543210.fsx.eu-west-1.amazonaws.com",
}
CREATED_EFS: dict[str, Any] = {"forge.efs_create": True}
DISPOSED = {"aws.destroy_data": True}
"""A bucket that is kept would stand in the way of the next stack, and a file system in its own's."""
CREATED_FSX: dict[str, Any] = {**DISPOSED, "forge.fsx_size": 1200}
EXISTING = {"vpc_id": "vpc-00000000000000001", "subnets": ["subnet-00000000000000001"]}
NO_NETWORK = {"forge.vpc_id": LEFT_OUT, "forge.subnets": LEFT_OUT}
MANUAL = {"forge": LEFT_OUT, "head_queue": "own-head", "compute_queue": "own-work"}
JOB_DEFINITION = {
    "aws.head_job_definition.image": "public.ecr.aws/seqera-labs/tower/nf-launcher:j17-25.10.0"
}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:lab/token-AbCdEf"  # noqa: S105 - an ARN
DATA_DISK: dict[str, Any] = {"aws.compute.data_disk": {"size": 500}}
ISSUER = "https://platform.example.org/api"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/platform.example.org/api"
CLOUD: dict[str, Any] = {"aws.platform_access.cloud": {}}
USER: dict[str, Any] = {"aws.platform_access.user": {}}
WORKLOAD = {
    "aws.platform_access.workload_identity.url": ISSUER,
    "aws.platform_access.workload_identity.workspaces": ["org:1:wsp:1"],
}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
OTHER_KEY = "arn:aws:kms:eu-west-1:123456789012:key/76543210-89ab-cdef-0123-456789abcdef"
KEYED: dict[str, Any] = {**DISPOSED, "aws.work_bucket": {}, "forge.efs_create": True}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
CHECK: dict[str, Any] = {"aws.operations.queue_check": {}}
DRAGEN = {"forge.dragen_enabled": True, "forge.dragen_ami_id": "ami-0123456789abcdef0"}

STATEMENT = {
    "name": "Tell",
    "roles": ["compute_job"],
    "actions": ["sqs:SendMessage"],
    "resources": ["arn:aws:sqs:eu-west-1:123456789012:results"],
    "reason": "they say so",
}
FAIR: dict[str, Any] = {"aws.share.share_identifier": "TeamA", "aws.fair_share": {}}
FURTHER = {"type": "EC2", "max_cpus": 64}
QUEUE = {"name": "more", **FURTHER}
QUEUES = ("aws.queues", "aws.queues.further_environments", "aws.compute.further_environments")
DEFINITION = {"name": "aligner", "image": "example.org/a:1"}
OVERRIDE = {"instance_types": ["r6i"], "ebs_boot_size": 800}
TYPES = {"forge.instance_types": ["m6i", "r6i"]}


@dataclass(frozen=True)
class Row:
    """A field, two values, and what going from one to the other does to a deployed stack."""

    name: str
    old: Any
    new: Any
    effect: str
    given: dict[str, Any] = field(default_factory=dict)
    """Other fields, where the two values need them."""
    along: dict[str, Any] = field(default_factory=dict)
    """Other fields that have to change together with it."""

    @property
    def environments(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The environment file before and after."""
        start = {**SMALLEST, **VPC}
        before = environment_file({**start, **self.given, self.name: self.old})
        after = environment_file({**start, **self.given, self.name: self.new, **self.along})
        return before, after


SMALLEST = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://work/dir",
    "forge.type": "SPOT",
    "forge.max_cpus": 64,
    "forge.instance_types": ["m6id", "c6id"],
}


def environment_file(values: dict[str, Any]) -> dict[str, Any]:
    """Return an environment file of values by path."""
    data: dict[str, Any] = {}
    for path, value in values.items():
        *sections, name = path.split(".")
        inner = data
        for section in sections:
            inner = inner.setdefault(section, {})
        if value is LEFT_OUT:
            inner.pop(name, None)
        else:
            inner[name] = copy.deepcopy(value)
    return data


def _variable(**changes: Any) -> list[dict[str, Any]]:
    return [{"name": "A", "value": "1", "head": True, "compute": True, **changes}]


# fmt: off
ROWS = (
    Row("name", "demo", "other", "~ComputeEnvironment !InstanceProfile !JobQueue ~LaunchTemplate !LogGroup !Role !SecurityGroup"),
    Row("description", "old", "new", ""),
    Row("credentials_id", "old", "new", ""),
    Row("fusion_metrics_collection_enabled", False, True, ""),
    Row("labels", {"team": "a"}, {"team": "b"}, "~ComputeEnvironment ~JobQueue ~LaunchTemplate ~LogGroup ~Role ~SecurityGroup"),
    Row("work_dir", "s3://work/dir", "s3://other/dir", "~Role"),
    Row("wave_enabled", False, True, ""),
    Row("fusion2_enabled", False, True, "~ComputeEnvironment ~LaunchTemplate ~Role", {"wave_enabled": True}),
    Row("nvme_storage_enabled", False, True, "~ComputeEnvironment +LaunchTemplate ~LaunchTemplate", FUSION),
    Row("fusion_snapshots", False, True, "", FUSION),
    Row("head_queue", "own-head", "own-other", "", MANUAL),
    Row("compute_queue", "own-work", "own-other", "~Role", MANUAL),
    Row("dragen_queue", "own-dragen", "own-other", "~Role", MANUAL),
    Row("dragen_instance_type", "f2.6xlarge", "f2.12xlarge", "", {**MANUAL, "dragen_queue": "own-dragen"}),
    Row("head_job_cpus", 1, 2, ""),
    Row("head_job_memory_mb", 2048, 4096, ""),
    Row("head_job_role", LEFT_OUT, ROLE, "-Role"),
    Row("compute_job_role", LEFT_OUT, ROLE, "-Role ~Role"),
    Row("execution_role", LEFT_OUT, ROLE, "-Role ~Role"),
    Row("cli_path", LEFT_OUT, "/opt/cli/bin/aws", "~ComputeEnvironment ~LaunchTemplate", {"forge.image_id": "ami-0123456789abcdef0"}),
    Row("log_group", LEFT_OUT, "/own/jobs", "~Role"),
    Row("secrets_kms_key_id", LEFT_OUT, "01234567-89ab-cdef-0123-456789abcdef", "~Role"),
    Row("environment", [], _variable(), ""),
    Row("environment", _variable(), _variable(name="B"), ""),
    Row("pre_run_script", "true", "false", ""),
    Row("post_run_script", "true", "false", ""),
    Row("nextflow_config", "a = 1", "a = 2", ""),
    Row("volumes", [], ["/scratch:/tmp"], ""),
    Row("forge", {"type": "SPOT", "max_cpus": 64}, LEFT_OUT, "-ComputeEnvironment -InstanceProfile -InternetGateway -JobQueue -LaunchTemplate -LogGroup -Role ~Role -Route -RouteTable -SecurityGroup -Subnet -SubnetRouteTableAssociation -VPC -VPCEndpoint -VPCGatewayAttachment", {"forge.type": LEFT_OUT, "forge.max_cpus": LEFT_OUT}, {"head_queue": "own-head", "compute_queue": "own-work"}),
    Row("forge.type", "SPOT", "EC2", "+ComputeEnvironment -ComputeEnvironment +JobQueue -JobQueue ~Role"),
    Row("forge.max_cpus", 64, 128, "~ComputeEnvironment"),
    Row("forge.min_cpus", 0, 8, "~ComputeEnvironment"),
    Row("forge.fargate_head_enabled", False, True, "refused", FUSION),
    Row("forge.fargate_head_enabled", False, True, "refused", FUSION, {"name": "other"}),
    Row("forge.fargate_head_enabled", True, False, "refused", FUSION),
    Row("forge.gpu_enabled", False, True, "~ComputeEnvironment", {"forge.instance_types": ["g5", "m6id"]}),
    Row("forge.arm64_enabled", False, True, "~ComputeEnvironment", {**FUSION, "forge.fargate_head_enabled": True, "forge.instance_types": LEFT_OUT}),
    Row("forge.instance_types", ["m6id"], ["m6id", "c6id"], "~ComputeEnvironment"),
    Row("forge.alloc_strategy", "SPOT_PRICE_CAPACITY_OPTIMIZED", "SPOT_CAPACITY_OPTIMIZED", "~ComputeEnvironment"),
    Row("forge.alloc_strategy", "SPOT_PRICE_CAPACITY_OPTIMIZED", "BEST_FIT", "!ComputeEnvironment ~JobQueue +Role"),
    Row("forge.alloc_strategy", "BEST_FIT_PROGRESSIVE", "BEST_FIT", "refused", {"forge.type": "EC2"}),
    Row("forge.alloc_strategy", "BEST_FIT", "BEST_FIT_PROGRESSIVE", "refused", {"forge.type": "EC2"}),
    Row("forge.bid_percentage", LEFT_OUT, 80, "~ComputeEnvironment"),
    Row("forge.bid_percentage", 80, LEFT_OUT, "~ComputeEnvironment"),
    Row("forge.image_id", LEFT_OUT, "ami-0123456789abcdef0", "~ComputeEnvironment"),
    Row("forge.image_id", "ami-0123456789abcdef0", "ami-0fedcba9876543210", "~ComputeEnvironment"),
    Row("forge.ec2_key_pair", LEFT_OUT, "debug", "~ComputeEnvironment"),
    Row("forge.ec2_key_pair", "debug", LEFT_OUT, "~ComputeEnvironment"),
    Row("forge.ebs_boot_size", 50, 100, "~ComputeEnvironment ~LaunchTemplate"),
    Row("forge.ecs_config", LEFT_OUT, "ECS_IMAGE_PULL_BEHAVIOR=once", "~ComputeEnvironment ~LaunchTemplate"),
    Row("forge.ecs_config", LEFT_OUT, "ECS_IMAGE_PULL_BEHAVIOR=once", "refused", {"forge.type": "EC2", "forge.alloc_strategy": "BEST_FIT"}),
    Row("forge.allow_buckets", [], ["s3://reference"], "~Role"),
    Row("forge.vpc_id", LEFT_OUT, "vpc-00000000000000001", "", {"forge.subnets": ["subnet-00000000000000001"], "forge.security_groups": [GROUP]}),
    Row("forge.subnets", ["subnet-00000000000000001"], ["subnet-00000000000000001", OTHER_SUBNET], "~ComputeEnvironment"),
    Row("forge.security_groups", [GROUP], [OTHER_GROUP], "~ComputeEnvironment"),
    Row("forge.security_groups", [], [GROUP], "~ComputeEnvironment -SecurityGroup"),
    Row("forge.efs_create", False, True, "~ComputeEnvironment +FileSystem ~LaunchTemplate +MountTarget ~Role +SecurityGroupIngress"),
    Row("forge.efs_create", True, False, "~ComputeEnvironment -FileSystem ~LaunchTemplate -MountTarget ~Role -SecurityGroupIngress"),
    Row("forge.efs_id", LEFT_OUT, "fs-0123456789abcdef0", "~ComputeEnvironment ~LaunchTemplate ~Role", EFS),
    Row("forge.efs_mount", "/mnt/efs", "/mnt/data", "~ComputeEnvironment ~LaunchTemplate", EFS),
    Row("forge.fsx_name", LEFT_OUT, FSX["forge.fsx_name"], "~ComputeEnvironment ~LaunchTemplate ~Role", FSX),
    Row("forge.fsx_size", LEFT_OUT, 1200, "~ComputeEnvironment +FileSystem ~LaunchTemplate +SecurityGroup +SecurityGroupIngress", DISPOSED),
    Row("forge.fsx_size", 1200, 2400, "~FileSystem", DISPOSED),
    Row("forge.fsx_size", 2400, 1200, "refused", DISPOSED),
    Row("forge.fsx_mount", "/mnt/fsx", "/mnt/data", "~ComputeEnvironment ~LaunchTemplate", FSX),
    Row("forge.dispose_on_deletion", True, False, "", {"forge.efs_create": True, "aws.destroy_data": True}),
    Row("forge.dragen_enabled", False, True, "+ComputeEnvironment +JobQueue ~Role", {"forge.dragen_ami_id": LEFT_OUT}, {"forge.dragen_ami_id": "ami-0123456789abcdef0"}),
    Row("forge.dragen_ami_id", "ami-0123456789abcdef0", "ami-0fedcba9876543210", "~ComputeEnvironment", DRAGEN),
    Row("forge.dragen_instance_type", "f2.6xlarge", "f2.12xlarge", "~ComputeEnvironment", DRAGEN),
    Row("aws.used_by", LEFT_OUT, ["nextflow"], ""),
    Row("aws.prefix", "TowerForge", "Lab", "~ComputeEnvironment !InstanceProfile !JobQueue ~LaunchTemplate !LogGroup !Role !SecurityGroup"),
    Row("aws.network", LEFT_OUT, {"create": {"cidr": "10.0.0.0/16"}}, "", NO_NETWORK),
    Row("aws.network.existing", EXISTING, LEFT_OUT, "~ComputeEnvironment +InternetGateway +Route +RouteTable !SecurityGroup +Subnet +SubnetRouteTableAssociation +VPC +VPCEndpoint +VPCGatewayAttachment", NO_NETWORK, {"aws.network": LEFT_OUT}),
    Row("aws.network.create", LEFT_OUT, {"cidr": "10.0.0.0/16"}, "~ComputeEnvironment +InternetGateway +Route +RouteTable !SecurityGroup +Subnet +SubnetRouteTableAssociation +VPC +VPCEndpoint +VPCGatewayAttachment", {**NO_NETWORK, "aws.network.existing": EXISTING}, {"aws.network.existing": LEFT_OUT}),
    Row("aws.network.existing.vpc_id", LEFT_OUT, EXISTING["vpc_id"], "", {**NO_NETWORK, "aws.network.existing": {"subnets": EXISTING["subnets"], "security_groups": [GROUP]}}),
    Row("aws.network.existing.subnets", EXISTING["subnets"], [OTHER_SUBNET], "~ComputeEnvironment", {**NO_NETWORK, "aws.network.existing": EXISTING}),
    Row("aws.network.existing.security_groups", [GROUP], [OTHER_GROUP], "~ComputeEnvironment", {**NO_NETWORK, "aws.network.existing": EXISTING}),
    Row("aws.network.create.cidr", "10.0.0.0/16", "10.1.0.0/16", "~ComputeEnvironment !Route !RouteTable !SecurityGroup !Subnet !SubnetRouteTableAssociation !VPC !VPCEndpoint !VPCGatewayAttachment", {**NO_NETWORK, **CREATED_VPC}),
    Row("aws.network.create.cidr", "10.0.0.0/16", "10.1.0.0/16", "refused", {**NO_NETWORK, **CREATED_VPC, **CREATED_EFS}),
    Row("aws.network.create.zones", 2, 3, "~ComputeEnvironment +Subnet +SubnetRouteTableAssociation", {**NO_NETWORK, **CREATED_VPC}),
    Row("aws.network.create.zones", ["eu-west-1a", "eu-west-1b"], ["eu-west-1b", "eu-west-1c"], "~ComputeEnvironment +Subnet -Subnet +SubnetRouteTableAssociation -SubnetRouteTableAssociation", {**NO_NETWORK, **CREATED_VPC}),
    Row("aws.network.create.zones", 3, 2, "~ComputeEnvironment -Subnet -SubnetRouteTableAssociation", {**NO_NETWORK, **CREATED_VPC}),
    Row("aws.network.create.mode", "public", "private", "~ComputeEnvironment +EIP +NatGateway +Route +RouteTable +Subnet +SubnetRouteTableAssociation ~VPCEndpoint", {**NO_NETWORK, **CREATED_VPC}),
    Row("aws.network.create.mode", "private", "isolated", "-EIP -InternetGateway -NatGateway -Route -RouteTable +SecurityGroup -Subnet -SubnetRouteTableAssociation +VPCEndpoint ~VPCEndpoint -VPCGatewayAttachment", {**NO_NETWORK, **CREATED_VPC, "forge.image_id": "ami-0123456789abcdef0", "cli_path": "/opt/cli/bin/aws"}),
    Row("aws.network.create.mode", "public", "private", "refused", {**NO_NETWORK, **CREATED_VPC, **CREATED_EFS}),
    Row("aws.network.create.nat_gateways", LEFT_OUT, 3, "+EIP +NatGateway ~Route", {**NO_NETWORK, **CREATED_VPC, "aws.network.create.mode": "private"}),
    Row("aws.network.create.flow_logs", False, True, "+FlowLog +LogGroup +Role", {**NO_NETWORK, **CREATED_VPC}),
    Row("aws.network.egress", "all", "restricted", "~SecurityGroup", {**NO_NETWORK, **CREATED_VPC}),
    Row("aws.head.max_cpus", 8, 16, "~ComputeEnvironment"),
    Row("aws.head.instance_types", ["m6i"], ["m7i"], "~ComputeEnvironment"),
    Row("aws.head_job_definition", LEFT_OUT, {"image": JOB_DEFINITION["aws.head_job_definition.image"]}, "+JobDefinition"),
    Row("aws.head_job_definition.image", JOB_DEFINITION["aws.head_job_definition.image"], "public.ecr.aws/seqera-labs/tower/nf-launcher:j17-25.10.1", "~JobDefinition"),
    Row("aws.head_job_definition.secrets", {}, {"TOKEN": SECRET}, "~JobDefinition ~Role", JOB_DEFINITION),
    Row("aws.head_job_definition.assign_public_ip", False, True, "~JobDefinition", {**JOB_DEFINITION, **FUSION, "forge.fargate_head_enabled": True}),
    Row("aws.queue_names.head", LEFT_OUT, "own-head", "!JobQueue"),
    Row("aws.queue_names.compute", LEFT_OUT, "own-work", "!JobQueue ~Role"),
    Row("aws.queue_names.dragen", LEFT_OUT, "own-dragen", "!JobQueue ~Role", DRAGEN),
    Row("aws.job_state_limits.max_time_seconds", 600, 1200, "~JobQueue"),
    Row("aws.job_state_limits.reasons", ["MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"], [], "~JobQueue"),
    *(
        Row(f"aws.{section}.{name}", old, new, effect, {"aws.head.max_cpus": 16})
        for section, disk in (("compute", "~ComputeEnvironment +LaunchTemplate ~LaunchTemplate"), ("head", "~ComputeEnvironment +LaunchTemplate"))
        for name, old, new, effect in (
            ("scale_down_minutes", LEFT_OUT, 30, "~ComputeEnvironment"),
            ("placement_group", LEFT_OUT, "mpi", "~ComputeEnvironment"),
            ("ebs_volume_type", "gp3", "gp2", disk),
            ("ebs_iops", LEFT_OUT, 4000, disk),
            ("ebs_throughput", LEFT_OUT, 250, disk),
        )
    ),
    Row("aws.compute.alloc_strategy", LEFT_OUT, "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED", "~ComputeEnvironment", {"forge.instance_types": ["m6i", "r6i"]}),
    Row("aws.compute.data_disk", LEFT_OUT, {"size": 500}, "~ComputeEnvironment +LaunchTemplate ~LaunchTemplate"),
    *(
        Row(f"aws.compute.data_disk.{name}", old, new, "~ComputeEnvironment ~LaunchTemplate", DATA_DISK)
        for name, old, new in (("size", 500, 1000), ("ebs_volume_type", "gp3", "gp2"), ("ebs_iops", LEFT_OUT, 4000), ("ebs_throughput", LEFT_OUT, 250))
    ),
    Row("aws.compute.overrides", [], [OVERRIDE], "~ComputeEnvironment +LaunchTemplate", TYPES),
    Row("aws.compute.overrides", [OVERRIDE], [{**OVERRIDE, "ebs_boot_size": 900}], "~ComputeEnvironment ~LaunchTemplate", TYPES),
    Row("aws.compute.overrides", [OVERRIDE], [{**OVERRIDE, "instance_types": ["r6i.large"]}], "~ComputeEnvironment", TYPES),
    Row("aws.compute.overrides", [OVERRIDE], [], "~ComputeEnvironment -LaunchTemplate", TYPES),
    Row("aws.container_insights", LEFT_OUT, "enhanced", "~ComputeEnvironment"),
    # The image of head jobs and tasks is one, and so is its root device.
    *(
        Row(f"aws.{section}.root_device", LEFT_OUT, "/dev/sda1", "~ComputeEnvironment ~LaunchTemplate", {"aws.head.max_cpus": 16, "forge.image_id": "ami-0123456789abcdef0"})
        for section in ("compute", "head")
    ),
    Row("aws.dragen_root_device", LEFT_OUT, "/dev/sda1", "~ComputeEnvironment +LaunchTemplate", DRAGEN),
    Row("aws.head.min_cpus", 0, 2, "~ComputeEnvironment"),
    Row("aws.head.image_id", LEFT_OUT, "ami-0123456789abcdef0", "~ComputeEnvironment"),
    Row("aws.head.ebs_boot_size", LEFT_OUT, 60, "~ComputeEnvironment +LaunchTemplate"),
    Row("aws.compute.enabled", True, False, "~JobQueue"),
    Row("aws.compute.fallback_queue", LEFT_OUT, "more", "", {"aws.queues": [QUEUE]}),
    Row("aws.compute.fallback_after", 1, 2, "", {"aws.queues": [QUEUE], "aws.compute.fallback_queue": "more"}),
    Row("aws.compute.further_environments", [], [FURTHER], "+ComputeEnvironment ~JobQueue"),
    Row("aws.compute.further_environments", [FURTHER], [], "-ComputeEnvironment ~JobQueue"),
    Row("aws.queues", [QUEUE], [{**QUEUE, "further_environments": [FURTHER]}], "+ComputeEnvironment ~JobQueue"),
    Row("aws.queues", [], [QUEUE], "+ComputeEnvironment +JobQueue ~Role"),
    Row("aws.queues", [QUEUE], [], "-ComputeEnvironment -JobQueue ~Role"),
    Row("aws.queues", [QUEUE], [{**QUEUE, "name": "other"}], "+ComputeEnvironment -ComputeEnvironment +JobQueue -JobQueue ~Role"),
    Row("aws.queues", [QUEUE], [{**QUEUE, "queue_name": "own"}], "!JobQueue ~Role"),
    Row("aws.queues", [QUEUE], [{**QUEUE, "type": "SPOT"}], "~ComputeEnvironment"),
    Row("aws.queues", [QUEUE], [{**QUEUE, "max_cpus": 128, "min_cpus": 8}], "~ComputeEnvironment"),
    Row("aws.queues", [QUEUE], [{**QUEUE, "ebs_boot_size": 200}], "~ComputeEnvironment +LaunchTemplate"),
    Row("aws.queues", [QUEUE], [{**QUEUE, "process_labels": ["a"], "process_names": ["B"]}], ""),
    Row("aws.existing_queues", [], ["other"], "~Role"),
    Row("aws.fair_share.shares", [], [{"share_identifier": "TeamA"}], "~SchedulingPolicy", FAIR),
    Row("aws.fair_share.share_decay_seconds", 600, 3600, "~SchedulingPolicy", FAIR),
    Row("aws.fair_share.compute_reservation", 0, 10, "~SchedulingPolicy", FAIR),
    Row("aws.share", {"share_identifier": "TeamA"}, {"share_identifier": "TeamB"}, "~Role", {"aws.fair_share": {}}),
    Row("aws.share", LEFT_OUT, {"share_identifier": "TeamA"}, "refused", {}, {"aws.fair_share": {}}),
    Row("aws.share", {"share_identifier": "TeamA"}, LEFT_OUT, "refused", {"aws.fair_share": {}}, {"aws.fair_share": LEFT_OUT}),
    Row("aws.share.share_identifier", "TeamA", "TeamB", "~Role", {"aws.fair_share": {}}),
    Row("aws.share.scheduling_priority", 0, 5, "", {**FAIR}),
    Row("aws.update.job_execution_timeout_minutes", 600, 1200, "~ComputeEnvironment"),
    Row("aws.update.terminate_jobs", False, True, "~ComputeEnvironment"),
    Row("aws.update.to_latest_image", True, False, "~ComputeEnvironment"),
    Row("aws.image_type", "ECS_AL2", "ECS_AL2023", "~ComputeEnvironment", {"forge.image_id": "ami-0123456789abcdef0"}),
    Row("aws.iam.permissions_boundary", LEFT_OUT, "arn:aws:iam::123456789012:policy/boundary", "~Role"),
    Row("aws.iam.path", "/", "/lab/", "refused"),
    Row("aws.iam.path", "/", "/lab/", "~ComputeEnvironment !InstanceProfile !JobQueue ~LaunchTemplate !LogGroup !Role !SecurityGroup", {}, {"name": "other"}),
    Row("aws.iam.generated_names", False, True, "~ComputeEnvironment !InstanceProfile !Role"),
    Row("aws.iam.instance_profile", LEFT_OUT, PROFILE, "~ComputeEnvironment -InstanceProfile -Role"),
    Row("aws.ecr_repositories", [], ["rnaseq"], "~Role"),
    Row("aws.job_definitions", [], ["aligner"], "~Role"),
    Row("aws.job_definitions", [], [DEFINITION], "+JobDefinition ~Role"),
    Row("aws.job_definitions", [DEFINITION], [{**DEFINITION, "image": "example.org/a:2", "attempts": 3}], "~JobDefinition"),
    Row("aws.job_definitions", [DEFINITION], [{**DEFINITION, "secrets": {"KEY": SECRET}}], "~JobDefinition ~Role"),
    Row("aws.job_definitions", [DEFINITION], [], "-JobDefinition ~Role"),
    Row("aws.iam.statements", [], [STATEMENT], "~Role"),
    Row("aws.iam.statements", [STATEMENT], [{**STATEMENT, "reason": "they say so otherwise"}], ""),
    Row("aws.consumable_resources", [], ["licence"], "~Role"),
    Row("aws.mail_identities", [], ["example.org"], "~Role"),
    Row("aws.restore_archived", False, True, "~Role"),
    Row("aws.bucket_owners", {}, {"work": "999988887777"}, "~Role"),
    Row("aws.work_bucket", LEFT_OUT, {}, "+Bucket +BucketPolicy ~Role", DISPOSED),
    Row("aws.work_bucket", {}, LEFT_OUT, "-Bucket -BucketPolicy ~Role", DISPOSED),
    Row("aws.work_bucket.expire_work_after_days", 30, 7, "~Bucket", DISPOSED),
    Row("aws.work_bucket.versioning", False, True, "~Bucket", DISPOSED),
    Row("work_dir", "s3://work/dir", "s3://work/other", "~Bucket", {**DISPOSED, "aws.work_bucket": {}}),
    Row("work_dir", "s3://work/dir", "s3://other/dir", "!Bucket !BucketPolicy ~Role", {**DISPOSED, "aws.work_bucket": {}}),
    Row("aws.nf_core_references", False, True, "~Role"),
    Row("aws.read_only_buckets", [], ["s3://references/grch38"], "~Role"),
    Row("aws.bucket_kms_keys", [], [KEY], "~Role"),
    Row("aws.kms_key", LEFT_OUT, {"create": True}, "~Bucket ~ComputeEnvironment !FileSystem +Key ~LaunchTemplate ~LogGroup !MountTarget ~Role", KEYED),
    Row("aws.kms_key.arn", KEY, OTHER_KEY, "~Bucket ~ComputeEnvironment !FileSystem ~LaunchTemplate ~LogGroup !MountTarget ~Role", KEYED),
    Row("aws.kms_key.create", True, False, "~Bucket ~ComputeEnvironment !FileSystem -Key ~LaunchTemplate ~LogGroup !MountTarget ~Role", KEYED, {"aws.kms_key.arn": KEY}),
    Row("aws.logs.create_job_log_group", False, True, "+LogGroup ~Role", DISPOSED),
    Row("aws.logs.job_retention_days", 30, 90, "~LogGroup", {**DISPOSED, "aws.logs.create_job_log_group": True}),
    Row("aws.logs.node_logs", True, False, "~ComputeEnvironment ~LaunchTemplate -LogGroup ~Role"),
    Row("aws.logs.node_retention_days", 7, 30, "~LogGroup"),
    Row("aws.efs.availability_zone", LEFT_OUT, "eu-west-1a", "~ComputeEnvironment !FileSystem ~LaunchTemplate !MountTarget ~Role", CREATED_EFS),
    Row("aws.efs.throughput_mode", "elastic", "bursting", "~FileSystem", CREATED_EFS),
    Row("aws.efs.provisioned_throughput_mibps", 64, 128, "~FileSystem", {**CREATED_EFS, "aws.efs.throughput_mode": "provisioned"}),
    Row("aws.efs.infrequent_access_after_days", LEFT_OUT, 30, "~FileSystem", CREATED_EFS),
    Row("aws.efs.archive_after_days", 90, LEFT_OUT, "~FileSystem", CREATED_EFS),
    Row("aws.efs.backup", False, True, "~FileSystem", CREATED_EFS),
    Row("aws.fsx.deployment_type", "PERSISTENT_1", "PERSISTENT_2", "~ComputeEnvironment !FileSystem ~LaunchTemplate", CREATED_FSX),
    Row("aws.fsx.throughput_mbps_per_tib", 125, 250, "~FileSystem", {**CREATED_FSX, "aws.fsx.deployment_type": "PERSISTENT_2"}),
    Row("aws.fsx.compression", False, True, "~FileSystem", CREATED_FSX),
    Row("aws.fsx.data_repository", LEFT_OUT, "s3://raw", "+DataRepositoryAssociation", CREATED_FSX),
    Row("aws.fsx.data_repository", "s3://raw/a", "s3://raw/b", "!DataRepositoryAssociation", CREATED_FSX),
    Row("aws.fsx.data_repository", "s3://raw", "s3://raw/a", "refused", CREATED_FSX),
    Row("aws.fsx.data_repository", "s3://raw", LEFT_OUT, "-DataRepositoryAssociation", CREATED_FSX),
    Row("aws.fsx.mount_name", LEFT_OUT, "abcdef01", "~ComputeEnvironment ~LaunchTemplate ~Role", FSX),
    Row("aws.node_scripts", [], [{"name": "a", "run": "true"}], "~ComputeEnvironment ~LaunchTemplate"),
    Row("aws.session_manager", False, True, "~Role"),
    Row("aws.aws_cli.version", LEFT_OUT, "2.15.0", "~ComputeEnvironment ~LaunchTemplate"),
    Row("aws.tags", {"cost": "1"}, {"cost": "2"}, "~ComputeEnvironment ~JobQueue ~LaunchTemplate ~LogGroup ~Role ~SecurityGroup"),
    Row("aws.platform_access", LEFT_OUT, {"cloud": {}}, "+ManagedPolicy +Role"),
    Row("aws.platform_access.mode", "manual", "forge", "~ManagedPolicy ~Role", CLOUD),
    Row("aws.platform_access.cloud", {}, LEFT_OUT, "~Role", CLOUD, {"aws.platform_access.role": {"principals": [ROLE]}}),
    Row("aws.platform_access.cloud.external_id", LEFT_OUT, "0123456789abcdef", "~Role", CLOUD),
    Row("aws.platform_access.role", {"principals": [ROLE]}, LEFT_OUT, "~Role", {}, CLOUD),
    Row("aws.platform_access.role.principals", [ROLE], [f"{ROLE}-2"], "~Role"),
    Row("aws.platform_access.role.external_id", LEFT_OUT, "0123456789abcdef", "~Role", {"aws.platform_access.role.principals": [ROLE]}),
    Row("aws.platform_access.job_definitions", [], ["launch-*"], "~ManagedPolicy", CLOUD),
    Row("aws.platform_access.user", {}, LEFT_OUT, "+Role -User", {}, CLOUD),
    Row("aws.platform_access.user.access_key", False, True, "+AccessKey +Secret", USER),
    Row("aws.platform_access.workload_identity", {"url": ISSUER, "workspaces": ["org:1:wsp:1"]}, LEFT_OUT, "~ManagedPolicy -OIDCProvider ~Role", {}, CLOUD),
    Row("aws.platform_access.workload_identity.url", ISSUER, "https://other.example.org/api", "!OIDCProvider ~Role", WORKLOAD),
    Row("aws.platform_access.workload_identity.workspaces", ["org:1:wsp:1"], ["org:1:wsp:2"], "~Role", WORKLOAD),
    Row("aws.platform_access.workload_identity.provider", LEFT_OUT, PROVIDER, "-OIDCProvider ~Role", WORKLOAD),
    Row("aws.platform_access.workload_identity.separate_workloads", False, True, "~ManagedPolicy", WORKLOAD),
    Row("aws.platform_access.data_buckets", [], ["s3://data"], "~ManagedPolicy", CLOUD),
    Row("aws.platform_access.list_buckets", False, True, "~ManagedPolicy", CLOUD),
    Row("aws.platform_access.pipeline_secrets", False, True, "~ManagedPolicy", CLOUD),
    Row("aws.platform_access.describe_ec2", False, True, "~ManagedPolicy", CLOUD),
    Row("aws.platform_access.console_output", False, True, "~ManagedPolicy", CLOUD),
    Row("aws.platform_access.lineage", False, True, "~ManagedPolicy ~Role", CLOUD),
    Row("aws.platform_access.job_tags", {}, {"team": "a"}, "~ManagedPolicy", CLOUD),
    Row("aws.operations", LEFT_OUT, {"queue_check": {}}, "+Alarm +Function +LogGroup +Permission +Role +Rule +Topic +TopicPolicy"),
    Row("aws.operations.topic", LEFT_OUT, TOPIC, "~Alarm -Topic -TopicPolicy", CHECK),
    Row("aws.operations.emails", [], ["a@example.org"], "~Topic", CHECK),
    Row("aws.operations.head_job_failures", False, True, "+Rule ~TopicPolicy", CHECK),
    Row("aws.operations.blocked_queues", False, True, "+Rule ~TopicPolicy", CHECK),
    Row("aws.operations.task_failures", LEFT_OUT, {}, "+Alarm ~TopicPolicy", CHECK),
    Row("aws.operations.task_failures.percent", 25, 50, "~Alarm"),
    Row("aws.operations.task_failures.at_least", 20, 50, "~Alarm"),
    Row("aws.operations.queue_check", LEFT_OUT, {}, "+Alarm +Function +LogGroup +Permission +Role +Rule ~TopicPolicy", {"aws.operations.head_job_failures": True}),
    Row("aws.operations.queue_check.every_minutes", 15, 30, "~Alarm ~Rule"),
    Row("aws.operations.queue_check.waiting_minutes", 30, 60, "~Alarm"),
    Row("aws.operations.node_failures", LEFT_OUT, {}, "+Alarm +MetricFilter ~TopicPolicy", CHECK),
    Row("aws.operations.node_failures.at_least", 3, 5, "~Alarm"),
    Row("aws.operations.spot_reclaims", LEFT_OUT, {}, "+Alarm +Queue +QueuePolicy +Rule ~TopicPolicy", CHECK),
    Row("aws.operations.spot_reclaims.percent", 20, 50, "~Alarm"),
    Row("aws.operations.spot_reclaims.at_least", 20, 50, "~Alarm"),
    Row("aws.operations.dashboard", False, True, "+Dashboard", CHECK),
    Row("aws.operations.budget", LEFT_OUT, {"amount": 100}, "+Budget ~TopicPolicy", CHECK),
    Row("aws.operations.budget.amount", 100, 200, "~Budget"),
    Row("aws.operations.budget.percent", 80, 90, "!Budget", {"aws.operations.budget.amount": 100}),
    Row("aws.destroy_data", False, True, "", {"forge.efs_create": True}),
    Row("aws.acknowledgements", {}, {"work-dir-without-studios": "nobody uses them"}, ""),
)
# fmt: on

KNOWN_TO_DIFFER: dict[str, dict[str, str]] = {
    # What becomes of a resource without its stack is none of its properties.
    "forge.dispose_on_deletion": {"command": "~FileSystem"},
    "aws.destroy_data": {"command": "~FileSystem"},
    # The ARN that the role trusts is written in another way, and is the same.
    "aws.platform_access.workload_identity.provider": {"emulator": "-OIDCProvider"},
    # AWS Batch refuses it (rule kind-kept); the schema knows only that nothing is replaced.
    "forge.fargate_head_enabled": {"schemas": "~ComputeEnvironment"},
    "forge.fargate_head_enabled-3": {"schemas": "~ComputeEnvironment"},
    "forge.fargate_head_enabled-2": {
        "schemas": "~ComputeEnvironment !InstanceProfile !JobQueue ~LaunchTemplate !LogGroup !Role "
        "!SecurityGroup"
    },
    # BEST_FIT is none of the values that UpdateComputeEnvironment takes.
    "forge.alloc_strategy-3": {"schemas": "~ComputeEnvironment"},
    # Nor does AWS Batch update what uses it, be it another strategy or another launch template.
    "forge.alloc_strategy-4": {"schemas": "~ComputeEnvironment"},
    "forge.ecs_config-2": {"schemas": "~ComputeEnvironment ~LaunchTemplate"},
    # AWS Batch refuses it, which the schema does not tell.
    "aws.share-2": {"schemas": "~JobQueue ~Role +SchedulingPolicy"},
    "aws.share-3": {"schemas": "~JobQueue ~Role -SchedulingPolicy"},
    # FSx cannot change it, which the schema does not tell.
    "aws.fsx.deployment_type": {"schemas": "~FileSystem"},
    # FSx links no folder twice, and the new link is made first.
    "aws.fsx.data_repository-3": {"schemas": "!DataRepositoryAssociation"},
    # EFS takes one mount target a zone, in one VPC, and the new one is made first.
    "aws.network.create.cidr-2": {
        "schemas": "~ComputeEnvironment !MountTarget !Route !RouteTable !SecurityGroup "
        "!SecurityGroupIngress !Subnet !SubnetRouteTableAssociation !VPC !VPCEndpoint "
        "!VPCGatewayAttachment"
    },
    "aws.network.create.mode-3": {
        "schemas": "~ComputeEnvironment +EIP !MountTarget +NatGateway +Route +RouteTable +Subnet "
        "+SubnetRouteTableAssociation ~VPCEndpoint"
    },
    # FSx grows, and never shrinks.
    "forge.fsx_size-3": {"schemas": "~FileSystem"},
}
"""Rows in which a judge cannot know what another one sees: its own answer, by row and judge."""

WITHOUT_ROW = {
    "aws": "a section: its fields have rows",
    "aws.account": "another account is another stack: no update leads there",
    "aws.aws_cli": "a section: its fields have rows",
    "aws.compute": "a section: its fields have rows",
    **dict.fromkeys(
        (
            *(f"aws.node_scripts.{name}" for name in NodeScript.model_fields),
            *(f"aws.iam.statements.{name}" for name in OwnStatement.model_fields),
            *(f"aws.queues.{name}" for name in TaskQueue.model_fields),
            *(f"aws.job_definitions.{name}" for name in JobDefinitionSettings.model_fields),
            *(f"aws.fair_share.shares.{name}" for name in Share.model_fields),
            *(
                f"{queue}.further_environments.{name}"
                for queue in ("aws.compute", "aws.queues")
                for name in TaskEnvironment.model_fields
            ),
            *(
                f"{section}.overrides.{name}"
                for section in ("aws.compute", *QUEUES)
                for name in NodeOverride.model_fields
            ),
            *(
                f"{section}.data_disk.{name}"
                for section in (
                    *QUEUES,
                    "aws.compute.overrides",
                    *(f"{queue}.overrides" for queue in QUEUES),
                )
                for name in DataDisk.model_fields
            ),
        ),
        "changes with the whole list, which has rows",
    ),
    "aws.efs": "a section: its fields have rows",
    "aws.fsx": "a section: its fields have rows",
    "aws.fair_share": "changes together with aws.share, which has rows",
    "aws.head": "a section: its fields have rows",
    "aws.iam": "a section: its fields have rows",
    "aws.iam.instance_role": "no resource has it: it is what may be passed on",
    "aws.iam.spot_fleet_role": "takes a role that exists; it replaces, as forge.alloc_strategy-2",
    "aws.job_state_limits": "a section: its fields have rows",
    "aws.logs": "a section: its fields have rows",
    "aws.queue_names": "a section: its fields have rows",
    "aws.update": "a section: its fields have rows",
    **dict.fromkeys(
        (
            "aws.platform_registration",
            "aws.platform_registration.endpoint",
            "aws.platform_registration.token_field",
            "aws.platform_registration.token_secret",
            "aws.platform_registration.workspace_id",
        ),
        "needs a Platform to ask: tests/registration changes it against one of its own",
    ),
    "discriminator": "has one value",
    "environment.compute": "changes with the whole list, which has rows",
    "environment.head": "changes with the whole list, which has rows",
    "environment.name": "changes with the whole list, which has rows",
    "environment.value": "changes with the whole list, which has rows",
    "forge.ebs_auto_scale": "cannot be had any more",
    "forge.ebs_block_size": "cannot be had any more",
    "forge.fusion_enabled": "cannot be had any more",
    "lustre_id": "deprecated: refused in a new file",
    "platform": "has one value",
    "region": "another region is another stack: no update leads there",
    "storage_type": "deprecated: refused in a new file",
}
"""Fields that cannot change in a deployed stack, and why."""
