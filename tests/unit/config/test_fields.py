# SPDX-License-Identifier: Apache-2.0
"""Each field by itself: what it accepts, what it refuses, and the words of the refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from seqera_batch.config.check import Checked
from seqera_batch.config.formats import FORMATS
from seqera_batch.problems import Problem, Severity

Check = Callable[..., Checked]

ROLE = "arn:aws:iam::111122223333:role/team/jobs"
MANUAL = {"forge": None, "head_queue": "existing-head", "compute_queue": "existing-work"}
EFS = {"forge.efs_create": True}
VPC = "vpc-0123456789abcdef0"
SUBNET = "subnet-0123456789abcdef0"
TOKEN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:seqera/token-AbCdEf"  # noqa: S105 - its name
STATEMENT: dict[str, object] = {
    "name": "ReadLicence",
    "roles": ["compute_job"],
    "actions": ["sqs:SendMessage"],
    "resources": ["*"],
    "reason": "they say so",
}
TOPIC = "arn:aws:sns:eu-west-1:111122223333:genomics-alarms"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"

ACCEPTED: list[tuple[str, list[object]]] = [
    ("name", ["a", "a-b_C9", "-a", "n" * 38]),
    (
        "region",
        ["eu-west-1", "us-gov-west-1", "cn-northwest-1", "ap-southeast-7", "us-iso-east-1"],
    ),
    ("work_dir", ["s3://abc", "s3://example-work/a/b", "s3://example.work.2", "s3://a-b/x=y"]),
    ("description", ["", "d" * 2000, "über: 'x'"]),
    ("head_job_cpus", [1, 64]),
    ("head_job_memory_mb", [512, 8192]),
    (
        "head_job_role",
        [ROLE, ROLE.replace("aws", "aws-us-gov"), "arn:aws-cn:iam::111122223333:role/a+=,.@_-b"],
    ),
    ("compute_job_role", [ROLE]),
    ("execution_role", [ROLE]),
    ("log_group", ["/aws/batch/job", "plain", "a.b#c-d_e", "g" * 512]),
    (
        "secrets_kms_key_id",
        [KEY, f"arn:aws:kms:eu-west-1:111122223333:key/{KEY}", f"mrk-{'0' * 32}"],
    ),
    ("volumes", [["/scratch"], ["/scratch:/tmp"], ["/a:/b:ro", "/a:/c:rw"], []]),
    (
        "environment",
        [[{"name": "A", "value": ""}], [{"name": "_a1", "value": "x y", "head": True}]],
    ),
    ("labels", [{}, {"team": "a", "Name": ""}]),
    ("credentials_id", ["1aBcDeFgHiJkLmNoPqRsTu", "7aBc"]),
    ("forge.type", ["SPOT"]),
    ("forge.max_cpus", [1, 100_000]),
    ("forge.bid_percentage", [1, 100]),
    (
        "forge.image_id",
        [
            "ami-01234567",
            "ami-0123456789abcdef0",
            "resolve:ssm:/images/nodes/current:12",
            "resolve:ssm:nodes",
        ],
    ),
    ("forge.ec2_key_pair", ["k", "k" * 255, "a key"]),
    ("forge.ebs_boot_size", [50, 16_384]),
    ("forge.allow_buckets", [["s3://example-raw"], ["s3://example-raw/folder", "s3://other-one"]]),
    ("forge.fsx_size", [1200]),
    ("forge.instance_types", [["m6i"], ["m6i.4xlarge", "u-6tb1"], ["default_x86_64"]]),
    ("aws.account", ["111122223333"]),
    ("aws.prefix", ["T", "9-_a", "P" * 32]),
    ("aws.iam.path", ["/", "/a/", "/a/b+=,.@-/"]),
    (
        "aws.iam.permissions_boundary",
        ["arn:aws:iam::111122223333:policy/a/b", "arn:aws:iam::aws:policy/PowerUserAccess"],
    ),
    ("aws.network.create", [{}, {"zones": 1}, {"zones": 6}, {"cidr": "10.0.0.0/16"}]),
    ("aws.job_state_limits.max_time_seconds", [600, 86_400]),
    ("aws.update.job_execution_timeout_minutes", [1, 7200]),
    ("aws.aws_cli.version", ["2.0.0", "2.27.50"]),
    ("aws.queue_names.compute", ["q", "Q" * 128]),
    ("aws.work_bucket", [{}, {"expire_work_after_days": 0}, {"versioning": True}]),
    ("aws.kms_key.arn", [f"arn:aws:kms:eu-west-1:111122223333:key/{KEY}"]),
    (
        "aws.operations",
        [
            {"queue_check": {}},
            {"topic": TOPIC, "head_job_failures": True, "task_failures": {"percent": 99}},
            {"emails": ["first.last+batch@mail.example.org"], "budget": {"amount": 1}},
        ],
    ),
    ("aws.read_only_buckets", [["s3://references", "s3://references/grch38"]]),
    (
        "aws.platform_access",
        [
            {"user": {"access_key": True}},
            {"role": {"principals": ["arn:aws:iam::111122223333:user/a/b", ROLE]}},
            {"cloud": {"external_id": "a" * 1224}},
            {"cloud": {}, "job_definitions": ["launch-*", "aligner"]},
            {"role": {"principals": [ROLE], "external_id": "own-id"}},
            {
                "workload_identity": {
                    "url": "https://seqera.example.org/api",
                    "workspaces": ["org:1:wsp:22"],
                    "provider": "arn:aws:iam::111122223333:oidc-provider/seqera.example.org/api",
                }
            },
        ],
    ),
]

# Field, value, and what the message then says is allowed.
REFUSED: list[tuple[str, object, str]] = [
    *(
        ("aws.platform_registration", {"token_secret": TOKEN, **wrong}, allowed)
        for wrong, allowed in (
            ({"token_secret": "seqera/token"}, "the whole ARN of a secret"),
            ({"token_secret": TOKEN.removesuffix("-AbCdEf")}, "the whole ARN of a secret"),
            ({"token_secret": TOKEN.replace("secretsmanager", "ssm")}, "the whole ARN of a secret"),
            ({"token_field": ""}, "at least 1"),
            ({"workspace_id": "my-org/workspace"}, "a whole number"),
            ({"workspace_id": "123456"}, "a whole number, without quotes"),
            ({"workspace_id": 0}, "at least 1"),
            ({"endpoint": "http://seqera.example.org/api"}, "the https:// address of an API"),
            ({"endpoint": "seqera.example.org/api"}, "the https:// address of an API"),
            ({"endpoint": "https://me:pw@seqera.example.org"}, "the https:// address of an API"),
        )
    ),
    *(
        ("aws.platform_access", wrong, allowed)
        for wrong, allowed in (
            ({"mode": "admin"}, "manual"),
            ({"role": {"principals": []}}, "at least 1"),
            ({"role": {"principals": ["*"]}}, "the ARN of an IAM user or role"),
            ({"cloud": {"external_id": "?"}}, "2 to 1,224 letters"),
            (
                {"workload_identity": {"url": "seqera.example.org", "workspaces": ["org:1:wsp:2"]}},
                "the https:// address of an API",
            ),
            (
                {"workload_identity": {"url": "https://a.example/api", "workspaces": ["org:1"]}},
                "a workspace as org:<id>:wsp:<id>",
            ),
            (
                {
                    "workload_identity": {
                        "url": "https://a.example/api",
                        "workspaces": ["org:1:wsp:2"],
                        "provider": ROLE,
                    }
                },
                "the ARN of an OpenID Connect provider",
            ),
            ({"data_buckets": ["https://example.s3.amazonaws.com"]}, "s3://bucket"),
            ({"job_definitions": ["*"]}, "how names start and `*`"),
            ({"job_definitions": ["launch:1"]}, "without a revision"),
        )
    ),
    (
        "aws.iam.instance_profile",
        "arn:aws:iam::111122223333:role/nodes",
        "the ARN of an instance profile, which is not that of its role",
    ),
    *(
        ("aws.job_definitions", [wrong], "the name of a job definition without a revision")
        for wrong in (
            "",
            "aligner:3",
            "nf *",
            "arn:aws:batch:eu-west-1:111122223333:job-definition/a",
        )
    ),
    (
        "aws.job_definitions",
        [{"name": "a", "image": "example.org/a:1", "devices": ["/etc/shadow"]}],
        "a device of the node, below /dev",
    ),
    *(
        ("aws.operations", {"queue_check": {}, **wrong}, allowed)
        for wrong, allowed in (
            ({"topic": "genomics-alarms"}, "the ARN of a standard topic of Amazon SNS"),
            ({"topic": f"{TOPIC}.fifo"}, "the ARN of a standard topic of Amazon SNS"),
            ({"topic": f"{TOPIC}:{KEY}"}, "the ARN of a standard topic of Amazon SNS"),
            ({"emails": ["on-call"]}, "an e-mail address"),
            ({"emails": "on-call@example.org"}, "a list"),
            ({"emails": ["a@b"]}, "an e-mail address"),
            ({"head_job_failures": "yes"}, "true or false"),
            ({"task_failures": {"percent": 100}}, "at most 99"),
            ({"task_failures": {"at_least": 0}}, "at least 1"),
            ({"queue_check": {"every_minutes": 1}}, "at least 5"),
            ({"queue_check": {"waiting_minutes": "30"}}, "a whole number, without quotes"),
            ({"node_failures": True}, "a mapping"),
            ({"budget": {"amount": 0}}, "at least 1"),
            ({"budget": {"amount": "100 USD"}}, "a whole number"),
        )
    ),
    *(
        ("aws.ecr_repositories", [wrong], "a repository of this account, `name` or `start/*`")
        for wrong in (
            "",
            "*",
            "Rnaseq",
            "quay.io/biocontainers/star:2.7",
            "rnaseq:latest",
            "arn:aws:ecr:eu-west-1:111122223333:repository/rnaseq",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com/*",
            "a/*/b",
        )
    ),
    ("name", "", "1 to 100 letters"),
    ("name", "n" * 101, "1 to 100 letters"),
    ("name", "a b", "1 to 100 letters"),
    ("name", "ä", "1 to 100 letters"),
    ("name", "name\n", "1 to 100 letters"),
    ("name", 7, "in quotes"),
    ("name", True, "in quotes"),
    ("region", "europe", "an AWS region code"),
    ("region", "eu-west-1a", "an AWS region code"),
    ("region", "EU-WEST-1", "an AWS region code"),
    ("work_dir", "example-work", "s3://bucket, s3://bucket/folder, or an absolute path"),
    ("work_dir", "s3://", "s3://bucket"),
    ("work_dir", "s3://ab", "s3://bucket"),
    ("work_dir", "s3://Example-Work", "s3://bucket"),
    ("work_dir", "s3://example-work/a b", "s3://bucket"),
    ("work_dir", "https://example-work.s3.amazonaws.com", "s3://bucket"),
    ("work_dir", "gs://example-work", "s3://bucket"),
    ("work_dir", "relative/work", "an absolute path"),
    ("work_dir", "/", "an absolute path"),
    ("work_dir", "//", "an absolute path"),
    ("description", "d" * 2001, "at most 2000"),
    ("platform", "azure-batch", "aws-batch"),
    ("wave_enabled", "true", "true or false, without quotes"),
    ("wave_enabled", "yes", "true or false, without quotes"),
    ("wave_enabled", 1, "true or false, without quotes"),
    ("head_job_cpus", "4", "a whole number, without quotes"),
    ("head_job_cpus", 4.0, "a whole number"),
    ("head_job_cpus", 0.5, "a whole number"),
    ("head_job_cpus", True, "a whole number"),
    ("head_job_cpus", 0, "at least 1"),
    ("head_job_memory_mb", -1, "at least 1"),
    ("head_job_role", "jobs", "the ARN of an IAM role"),
    ("head_job_role", "arn:aws:iam::1111:role/a", "the ARN of an IAM role"),
    ("compute_job_role", ROLE.replace(":role/", ":user/"), "the ARN of an IAM role"),
    ("execution_role", f"{ROLE} ", "the ARN of an IAM role"),
    ("cli_path", "bin/aws", "ends in /bin/aws"),
    ("cli_path", "/bin/aws", "ends in /bin/aws"),
    ("cli_path", "/opt/aws-cli/bin/", "ends in /bin/aws"),
    ("log_group", "", "a CloudWatch log group"),
    ("log_group", "a b", "a CloudWatch log group"),
    ("log_group", "g" * 513, "a CloudWatch log group"),
    ("secrets_kms_key_id", "alias/mine", "the ARN or id of a KMS key"),
    ("volumes", ["scratch"], "/host/path"),
    ("volumes", ["/a:/b:rx"], "/host/path"),
    ("volumes", "/a:/b", "a list"),
    ("environment", {"name": "A"}, "a list"),
    ("environment", "A=b", "a list"),
    ("environment", [{"name": "1A"}], "no digit first"),
    ("environment", [{"name": "A", "value": 1}], "in quotes"),
    ("labels", ["a"], "{name: …, value: …}"),
    ("labels", "a=b", "a mapping of names to values"),
    ("labels", {"cost-center": 4711}, "in quotes"),
    ("credentials_id", "my_aws_credentials", "1 to 22 letters and digits"),
    ("credentials_id", "a" * 23, "1 to 22 letters and digits"),
    ("credentials_id", "", "1 to 22 letters and digits"),
    ("aws.head_job_definition", {"image": "seqeralabs/nf-launcher"}, "a tag or a digest"),
    ("aws.head_job_definition", {"image": "a b:c"}, "a tag or a digest"),
    (
        "aws.head_job_definition",
        {"image": "a:b", "secrets": {"A": "secret"}},
        "the ARN of a secret in Secrets Manager",
    ),
    ("forge", [], "a mapping of fields"),
    ("forge", True, "a mapping of fields"),
    ("forge.type", "spot", "SPOT or EC2"),
    ("forge.type", "FARGATE", "SPOT or EC2"),
    ("forge.max_cpus", 0, "at least 1"),
    ("forge.max_cpus", "500", "a whole number"),
    ("forge.min_cpus", -1, "at least 0"),
    ("forge.alloc_strategy", "CHEAPEST", "BEST_FIT, BEST_FIT_PROGRESSIVE"),
    ("forge.bid_percentage", 0, "at least 1"),
    ("forge.bid_percentage", 101, "at most 100"),
    ("forge.image_id", "ami-123", "an AMI id"),
    ("forge.image_id", "AL2023", "an AMI id"),
    ("forge.ec2_key_pair", "", "at least 1"),
    ("forge.ec2_key_pair", "k" * 256, "at most 255"),
    ("forge.ebs_boot_size", 29, "at least 30"),
    ("forge.ebs_boot_size", 16_385, "at most 16384"),
    ("forge.allow_buckets", ["example-raw"], "s3://bucket or s3://bucket/folder"),
    ("forge.allow_buckets", "s3://example-raw", "a list"),
    ("forge.allow_buckets", ["/mnt/efs"], "s3://bucket or s3://bucket/folder"),
    ("forge.instance_types", "m6i", "a list"),
    ("forge.instance_types", "m6i,c6i", "a list"),
    ("forge.instance_types", ["M6I"], "an EC2 instance family"),
    ("forge.instance_types", ["m6i.*"], "an EC2 instance family"),
    ("forge.instance_types", [""], "an EC2 instance family"),
    ("forge.instance_types", [6], "in quotes"),
    ("forge.vpc_id", "vpc-xyz", "a VPC id"),
    ("forge.vpc_id", "vpc-0123456789", "a VPC id"),
    ("forge.image_id", "resolve:ssm:/nodes:latest", "with its version if wanted"),
    ("forge.image_id", "{{resolve:ssm:/nodes}}", "a parameter of Systems Manager"),
    ("forge.subnets", ["subnet-1"], "a subnet id"),
    ("forge.security_groups", ["default"], "a security group id"),
    ("forge.efs_id", "efs-0123456789abcdef0", "an EFS file system id"),
    ("forge.efs_mount", "mnt/efs", "an absolute path below /"),
    ("forge.efs_mount", "/", "an absolute path below /"),
    ("forge.efs_mount", "/mnt/my efs", "an absolute path below /"),
    ("forge.efs_mount", "/mnt//efs", "an absolute path below /"),
    ("forge.fsx_mount", "/mnt/$HOME", "an absolute path below /"),
    ("forge.fsx_name", "fs-0123456789abcdef0", "the DNS name"),
    ("forge.fsx_name", "fs-0123456789abcdef0.fsx.eu-west-1.example.com", "the DNS name"),
    ("forge.fsx_size", "1200", "a whole number"),
    ("forge.dragen_ami_id", "dragen", "an AMI id"),
    ("forge.ebs_block_size", 0, "at least 1"),
    ("aws", 5, "a mapping of fields"),
    ("aws.account", 111122223333, "in quotes"),
    ("aws.account", "1111", "12 digits"),
    ("aws.account", "\N{FULLWIDTH DIGIT ONE}" * 12, "12 digits"),
    ("aws.account", "1111-2222-3333", "12 digits"),
    ("aws.prefix", "", "1 to 32 letters"),
    ("aws.prefix", "P" * 33, "1 to 32 letters"),
    ("aws.prefix", "-a", "starting with a letter or digit"),
    ("aws.iam.path", "seqera", "starts and ends with /"),
    ("aws.iam.path", "/seqera", "starts and ends with /"),
    ("aws.iam.permissions_boundary", ROLE, "the ARN of an IAM policy"),
    ("aws.network.create.cidr", "10.0.0.0/15", "/16 to /28"),
    ("aws.network.create.cidr", "10.0.0.0/29", "/16 to /28"),
    ("aws.network.create.cidr", "10.0.0.0", "/16 to /28"),
    ("aws.network.create.cidr", "fd00::/64", "/16 to /28"),
    ("aws.network.create.zones", 0, "at least 1"),
    ("aws.network.create.zones", "eu-west-1a", "a whole number, without quotes, or a list"),
    ("aws.network.create.zones", True, "a whole number, without quotes, or a list"),
    ("aws.network.create.zones", [], "at least 1"),
    ("aws.network.create.zones", [1], "text"),
    ("aws.network.create.zones", ["eu-west-1"], "the name of an availability zone"),
    ("aws.network.create.zones", 7, "at most 6"),
    ("aws.network.existing", {"vpc_id": VPC, "subnets": []}, "at least 1"),
    ("aws.network.existing", {"vpc_id": VPC, "subnets": SUBNET}, "a list"),
    ("aws.network.existing", {"vpc_id": "mine", "subnets": [SUBNET]}, "a VPC id"),
    ("aws.image_type", "ECS_AL2022", "ECS_AL2023"),
    ("aws.job_state_limits.max_time_seconds", 599, "at least 600"),
    ("aws.job_state_limits.max_time_seconds", 86_401, "at most 86400"),
    ("aws.job_state_limits.reasons", ["BORED"], "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
    ("aws.update.job_execution_timeout_minutes", 0, "at least 1"),
    ("aws.update.job_execution_timeout_minutes", 7201, "at most 7200"),
    (
        "aws.queue_names.head",
        "arn:aws:batch:eu-west-1:111122223333:job-queue/a",
        "the name (not the ARN)",
    ),
    ("aws.queue_names.compute", "q" * 129, "1 to 128 letters"),
    *(
        ("aws.queues", [{"name": "a", "type": "SPOT", "max_cpus": 4, **wrong}], allowed)
        for wrong, allowed in (
            ({"name": "Big"}, "lower-case letters, digits and single -"),
            ({"name": "big--disk"}, "lower-case letters, digits and single -"),
            ({"name": "q" * 33}, "at most 32"),
            ({"type": "FARGATE"}, "SPOT"),
            ({"max_cpus": 0}, "at least 1"),
            ({"process_labels": ["two words"]}, "a label or a name of Nextflow processes"),
            ({"fallback_after": 0}, "at least 1"),
            ({"alloc_strategy": "CHEAPEST"}, "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"),
        )
    ),
    *(
        ("aws.iam.statements", [{**STATEMENT, **wrong}], allowed)
        for wrong, allowed in (
            ({"name": "read it"}, "letters and digits, a capital letter first"),
            ({"roles": []}, "at least 1"),
            ({"roles": ["platform"]}, "head_job"),
            ({"actions": ["*"]}, "an action of IAM"),
            ({"actions": []}, "at least 1"),
            ({"resources": ["licence"]}, "an ARN, or * alone"),
        )
    ),
    ("aws.node_scripts", [{"name": "it's", "run": "true"}], "letters, digits, spaces"),
    ("aws.node_scripts", [{"name": "a" * 61, "run": "true"}], "at most 60"),
    ("aws.node_scripts", [{"name": "a", "run": ""}], "at least 1"),
    ("aws.compute.root_device", "xvda", "a device name of EC2"),
    ("aws.compute.placement_group", "mpi-*", "1 to 255 characters of ASCII"),
    ("aws.compute.placement_group", "mpi ", "1 to 255 characters of ASCII"),
    ("aws.compute.scale_down_minutes", 10, "at least 20"),
    ("aws.compute.ebs_throughput", 3000, "at most 2000"),
    ("aws.share", {"share_identifier": "Team-A"}, "letters and digits"),
    *(
        ("aws.fair_share", wrong, allowed)
        for wrong, allowed in (
            ({"shares": [{"share_identifier": "*"}]}, "the last of which may be"),
            ({"shares": [{"share_identifier": "A", "weight_factor": 0}]}, "at least 0.0001"),
            ({"shares": [{"share_identifier": "A", "weight_factor": 1000}]}, "at most 999.9999"),
            ({"shares": [{"share_identifier": "A", "weight_factor": "1"}]}, "a number"),
            ({"share_decay_seconds": 0}, "at least 1"),
            ({"compute_reservation": 100}, "at most 99"),
        )
    ),
    ("aws.mail_identities", ["nobody"], "verified in Amazon SES"),
    ("aws.bucket_owners", {"My_Bucket": "111122223333"}, "3 to 63 lower-case letters"),
    ("aws.bucket_owners", {"example-work": "1111"}, "12 digits"),
    ("aws.existing_queues", ["arn:aws:batch:a:1:job-queue/b"], "the name (not the ARN)"),
    ("aws.aws_cli.version", "1.42.0", "AWS CLI version 2"),
    ("aws.aws_cli.version", "latest", "AWS CLI version 2"),
    ("aws.fsx.mount_name", "/fsx", "the mount name"),
    ("aws.fsx.deployment_type", "SCRATCH_1", "SCRATCH_2"),
    ("aws.fsx.throughput_mbps_per_tib", "200", "a whole number"),
    ("aws.fsx.data_repository", "example-raw", "s3://bucket or s3://bucket/folder"),
    ("aws.efs.availability_zone", "eu-west-1", "the name of an availability zone"),
    ("aws.efs.availability_zone", "euw1-az1", "the name of an availability zone"),
    ("aws.efs.throughput_mode", "max", "elastic"),
    ("aws.efs.provisioned_throughput_mibps", 0, "at least 1"),
    ("aws.efs.provisioned_throughput_mibps", 3415, "at most 3414"),
    ("aws.efs.infrequent_access_after_days", 20, "30"),
    ("aws.efs.archive_after_days", 0, "90"),
    ("aws.efs.backup", "yes", "true or false"),
    ("aws.kms_key.arn", KEY, "the ARN of a KMS key"),
    ("aws.kms_key.arn", "arn:aws:kms:eu-west-1:111122223333:alias/mine", "the ARN of a KMS key"),
    ("aws.bucket_kms_keys", ["alias/mine"], "the ARN of a KMS key"),
    ("aws.work_bucket", True, "a mapping of fields"),
    ("aws.work_bucket.expire_work_after_days", -1, "at least 0"),
    ("aws.work_bucket.expire_work_after_days", "30", "a whole number"),
    ("aws.read_only_buckets", ["references"], "s3://bucket"),
    ("aws.tags", {"a": True}, "in quotes"),
]

REQUIRED = ["name", "region", "work_dir", "forge.max_cpus"]


def errors_in(checked: Checked) -> list[Problem]:
    """Give the errors of a check."""
    return [problem for problem in checked.problems if problem.severity is Severity.ERROR]


def read_back(checked: Checked, path: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """Give a field of the configuration by its path."""
    value: Any = checked.usable()
    for part in path.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(path, value, id=f"{path}-{number}")
        for path, values in ACCEPTED
        for number, value in enumerate(values)
    ],
)
def test_a_field_accepts_what_its_format_allows(path: str, value: object, checked: Check) -> None:
    """The value is taken and nothing is wrong with it."""
    # The longest prefix leaves little room for a name.
    beside = {"name": "a"} if path == "aws.prefix" else {}
    for start, region in (("arn:aws-cn:", "cn-north-1"), ("arn:aws-us-gov:", "us-gov-west-1")):
        if isinstance(value, str) and value.startswith(start):
            beside = {"region": region}
    result = checked({**beside, path: value})

    assert errors_in(result) == []
    if isinstance(value, str | int):
        assert read_back(result, path) == value


@pytest.mark.parametrize(
    ("path", "value", "allowed"),
    REFUSED,
    ids=[f"{path}-{str(value)[:20]}" for path, value, _ in REFUSED],
)
def test_a_field_refuses_what_its_format_does_not_allow(
    path: str, value: object, allowed: str, checked: Check
) -> None:
    """One problem says where, what was got, what is allowed and how to mend it."""
    found = errors_in(checked({path: value}))

    assert len(found) == 1
    problem = found[0]
    assert problem.path.startswith(path)
    assert allowed in str(problem.allowed)
    assert problem.fix
    assert problem.rule in {"field-value", "label"}
    shown = problem.as_dict()["value"]
    assert isinstance(shown, str)
    assert shown
    assert problem.text().startswith(f"error[{problem.rule}] {problem.path}: ")


@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_field_is_asked_for(path: str, checked: Check) -> None:
    """A file without the field is told to add it."""
    found = errors_in(checked({path: None}))

    assert [(problem.rule, problem.path) for problem in found] == [("required-field", path)]
    assert found[0].fix == f"add {path}"


def test_required_fields_of_list_items_are_asked_for(checked: Check) -> None:
    """The path of a field in a list has the item's place."""
    found = errors_in(checked({"environment": [{"name": "A"}, {"value": "b"}]}))

    assert [(problem.rule, problem.path) for problem in found] == [
        ("required-field", "environment[1].name")
    ]


def test_every_text_format_is_tried_above() -> None:
    """A format that is added is refused at least once in the table."""
    allowed = "\n".join(row[2] for row in REFUSED)
    untried = [
        form.allowed
        for form in FORMATS.values()
        if not any(fragment in form.allowed for fragment in allowed.splitlines())
    ]

    assert untried == []


@pytest.mark.parametrize("form", FORMATS.values(), ids=lambda form: form.example)
def test_every_format_has_words_and_an_example(form: Any) -> None:  # noqa: ANN401
    """A refusal can say what is allowed and show one."""
    assert form.allowed
    assert form.example


@pytest.mark.parametrize(
    ("path", "given", "taken"),
    [
        ("work_dir", "s3://example-work/", "s3://example-work"),
        ("work_dir", "s3://example-work/a//", "s3://example-work/a"),
        ("forge.allow_buckets", ["s3://example-raw/"], ("s3://example-raw",)),
        ("forge.instance_types", [" m6i "], ("m6i",)),
    ],
)
def test_what_people_type_is_made_uniform(
    path: str, given: object, taken: object, checked: Check
) -> None:
    """Slashes at the end of buckets and blanks around instance types go."""
    assert read_back(checked({path: given}), path) == taken


def test_mount_paths_lose_their_trailing_slash(checked: Check) -> None:
    """A mount path is the same with and without a slash at the end."""
    result = checked({**EFS, "forge.efs_mount": "/mnt/efs/", "work_dir": "/mnt/efs/work/"})

    assert read_back(result, "forge.efs_mount") == "/mnt/efs"
    assert read_back(result, "work_dir") == "/mnt/efs/work"


def test_cli_paths_are_those_nextflow_can_mount(checked: Check) -> None:
    """A path of several folders that ends in /bin/aws is taken."""
    path = "/home/ec2-user/miniconda/bin/aws"
    result = checked({**MANUAL, "cli_path": path})

    assert read_back(result, "cli_path") == path


@pytest.mark.parametrize("queue", ["head_queue", "compute_queue", "dragen_queue"])
def test_manual_mode_names_queues_without_their_arn(queue: str, checked: Check) -> None:
    """An ARN where a queue's name belongs is refused."""
    arn = "arn:aws:batch:eu-west-1:111122223333:job-queue/work"
    found = errors_in(checked({**MANUAL, queue: arn}))

    assert [problem.path for problem in found] == [queue]
    assert "the name (not the ARN)" in str(found[0].allowed)


@pytest.mark.parametrize(
    "path",
    ["description", "wave_enabled", "environment", "forge.instance_types", "aws", "aws.head"],
)
def test_null_means_left_out(path: str, checked: Check) -> None:
    """A field that is null has its default."""
    assert checked({path: None}).usable() == checked().usable()


def test_null_in_a_required_field_is_a_missing_field(checked: Check) -> None:
    """Null is no value for a field that needs one."""
    assert [problem.rule for problem in errors_in(checked({"region": None}))] == ["required-field"]


def test_an_empty_text_in_a_file_of_our_own_is_a_value(checked: Check) -> None:
    """Nobody writes an empty region on purpose: it is refused, not left out."""
    assert [problem.path for problem in errors_in(checked({"region": ""}))] == ["region"]


@pytest.mark.parametrize(
    ("path", "spelling"),
    [
        ("wave_enabled", "waveEnabled"),
        ("fusion2_enabled", "fusion2Enabled"),
        ("nvme_storage_enabled", "nvnmeStorageEnabled"),
        ("nvme_storage_enabled", "nvmeStorageEnabled"),
        ("nvme_storage_enabled", "nvnme_storage_enabled"),
        ("fusion_snapshots", "fusionSnapshots"),
    ],
)
def test_platforms_own_spelling_is_accepted(path: str, spelling: str, checked: Check) -> None:
    """A field under Platform's name, its typing error included, is the same field."""
    fusion = {"wave_enabled": True, "fusion2_enabled": True}
    fusion.pop(path, None)

    assert checked({**fusion, spelling: True}).usable() == checked({**fusion, path: True}).usable()


def test_platforms_spelling_is_accepted_in_every_section(checked: Check) -> None:
    """Lists and nested sections may use it as well."""
    ours = {
        "forge.arm64_enabled": False,
        "forge.ec2_key_pair": "a",
        "aws.queue_names.compute": "b",
        "aws.job_state_limits.max_time_seconds": 700,
    }
    theirs = {
        "forge.arm64Enabled": False,
        "forge.ec2KeyPair": "a",
        "aws.queueNames.compute": "b",
        "aws.jobStateLimits.maxTimeSeconds": 700,
    }

    assert checked(theirs).usable() == checked(ours).usable()


def test_a_field_given_in_both_spellings_is_refused(checked: Check) -> None:
    """Which of the two is meant cannot be known."""
    found = errors_in(
        checked({"wave_enabled": True, "waveEnabled": False, "forge.maxCpus": 5}),
    )

    assert [(problem.rule, problem.path) for problem in found] == [
        ("duplicate-key", "forge.max_cpus"),
        ("duplicate-key", "wave_enabled"),
    ]
    assert "the second time as maxCpus" in found[0].message
    assert found[0].allowed == "one spelling"
    assert found[0].fix


@pytest.mark.parametrize(
    ("path", "value", "fix"),
    [
        ("work_dirr", "s3://example-work", "did you mean work_dir?"),
        ("fusion_enabled", True, "did you mean fusion2_enabled?"),
        ("forge.assign_public_ip", True, "where their subnets give them"),
        ("forge.maxCpu", 4, "did you mean forge.max_cpus?"),
        ("forge.instance_type", ["m6i"], "did you mean forge.instance_types?"),
        ("aws.acount", "111122223333", "did you mean aws.account?"),
        ("aws.network.exists", {}, "the nearest known field is aws.network.existing"),
        ("max_cpus", 4, "move it: the field is forge.max_cpus or aws.head.max_cpus"),
        ("forge.work_dir", "s3://example-work", "move it: the field is work_dir"),
        ("forge.network", {}, "move it: the field is aws.network"),
        ("vpcId", "vpc-0123456789abcdef0", "vpc_id"),
        ("aws.dispose_on_deletion", True, "move it: the field is forge.dispose_on_deletion"),
        ("zzz", 1, "remove it"),
    ],
)
def test_an_unknown_field_is_refused_with_where_to_go(
    path: str, value: object, fix: str, checked: Check
) -> None:
    """The nearest known name, or the section that has the field, is told."""
    found = [
        problem for problem in checked({path: value}).problems if problem.rule == "unknown-field"
    ]

    assert [(problem.path, problem.severity) for problem in found] == [(path, Severity.ERROR)]
    assert fix in str(found[0].fix)
    assert found[0].message == "there is no such field"


def test_an_unknown_field_without_a_likeness_shows_the_known_ones(checked: Check) -> None:
    """What would be accepted in that place is listed."""
    found = errors_in(checked({"aws.iam.zzz": 1}))

    assert [problem.allowed for problem in found] == [
        (
            "generated_names, instance_profile, instance_role, path, permissions_boundary, "
            "spot_fleet_role, statements"
        )
    ]


def test_an_unknown_field_in_an_export_is_left_aside(checked: Check) -> None:
    """A newer Platform may know more than this release: a warning, not a dead end."""
    result = checked({"somethingNew": True, "forge.somethingNew": 4}, exported=True)

    assert errors_in(result) == []
    assert [
        (problem.path, problem.severity)
        for problem in result.problems
        if problem.rule == "unknown-field"
    ] == [("forge.somethingNew", Severity.WARNING), ("somethingNew", Severity.WARNING)]


def test_a_misspelt_field_in_an_export_is_refused(checked: Check) -> None:
    """A machine does not misspell: somebody edited the export."""
    found = errors_in(checked({"forge.maxCpuss": 4}, exported=True))

    assert [(problem.rule, problem.path) for problem in found] == [
        ("unknown-field", "forge.maxCpuss")
    ]


def test_labels_may_be_platforms_list_or_a_mapping(checked: Check) -> None:
    """Both forms are the same labels."""
    listed = [{"name": "team", "value": "a"}, {"id": 7, "name": "class", "value": "b"}]
    mapping = {"team": "a", "class": "b"}

    assert checked({"labels": listed}).usable() == checked({"labels": mapping}).usable()


def test_a_label_twice_in_a_list_is_refused(checked: Check) -> None:
    """A list can say what a mapping cannot, and must not."""
    found = errors_in(
        checked({"labels": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]})
    )

    assert [(problem.rule, problem.path) for problem in found] == [("duplicate-key", "labels[1]")]


@pytest.mark.parametrize("label", [7, "a", {}, {"value": "b"}, {"name": 7, "value": "b"}, [1]])
def test_a_label_without_a_name_is_refused(label: object, checked: Check) -> None:
    """Each label of a list needs a name."""
    found = errors_in(checked({"labels": [{"name": "a", "value": "b"}, label]}))

    assert [(problem.rule, problem.path) for problem in found] == [("label", "labels[1]")]
    assert found[0].fix


def test_long_values_are_shortened_in_messages(checked: Check) -> None:
    """A message shows enough of a value to find it, not a page of it."""
    (problem,) = errors_in(checked({"region": "x" * 5000}))

    assert len(str(problem.as_dict()["value"])) == 121
    assert len(problem.text()) < 500


def test_line_breaks_in_values_do_not_break_messages(checked: Check) -> None:
    """A message keeps its lines whatever the value is."""
    (problem,) = errors_in(checked({"region": "a\nerror[fake]"}))

    assert "got:     a\\nerror[fake]" in problem.text()
