# SPDX-License-Identifier: Apache-2.0
"""What published set-ups of AWS Batch have, said in a file of ours, and what becomes of it.

Names are of the set-ups whose needs they are: what each has is in its repository. What a file does
not say, and why: a VPC by name (ids, or an app's `Vpc.from_lookup`), tasks on Fargate and the
priority of queues (docs/how-to/queues.md), job definitions (docs/how-to/container-images.md),
disks that grow (`forge.ebs_boot_size`, `data_disk`), a hop limit of 1, which
keeps nothing from jobs in their node's network.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.handoff.export import role_arns
from seqera_batch.handoff.nextflow import nextflow_config
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import errors
from seqera_batch.template import environment

if TYPE_CHECKING:
    from tests.conftest import Configure

SPOT = {"type": "SPOT", "max_cpus": 64}
ON_DEMAND = {"type": "EC2", "max_cpus": 64}
AMI = "ami-0123456789abcdef0"
EVERYWHERE = {"resources": ["*"], "reason": "metrics have no ARN"}
METRICS = {
    "name": "SendMetrics",
    "roles": ["instance"],
    "actions": ["cloudwatch:PutMetricData"],
    "condition": {"StringEquals": {"cloudwatch:namespace": "CWAgent"}},
    **EVERYWHERE,
}
AGENT = {"name": "start the agent", "run": "dnf install -y -q amazon-cloudwatch-agent"}


def _statement(role: str, action: str, resource: str) -> dict[str, Any]:
    return {
        "name": "More",
        "roles": [role],
        "actions": [action],
        "resources": [resource],
        "reason": "a task of the pipeline calls it",
    }


SET_UPS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    # An ordinary and an urgent queue, a log agent on nodes, several buckets.
    "aws-samples/aws-genomics-workflows": (
        {**SPOT, "ebs_boot_size": 500, "allow_buckets": ["s3://example-results"]},
        {
            "queues": [{"name": "urgent", **ON_DEMAND}],
            "session_manager": True,
            "node_scripts": [AGENT],
            "iam": {"statements": [METRICS]},
        },
        [
            "UrgentJobQueue",
            "ssm:UpdateInstanceInformation",
            "OwnSendMetrics",
            "withLabel: 'urgent'",
        ],
    ),
    "aws/amazon-genomics-cli": (
        {**SPOT, "instance_types": ["m6i", "r6i"]},
        {
            "session_manager": True,
            "read_only_buckets": ["s3://example-references/hg38"],
            "iam": {"statements": [METRICS]},
        },
        ["ssmmessages:OpenDataChannel", "example-references/hg38/*"],
    ),
    # A queue for each size of task, the largest on the second attempt; work on a disk of its own.
    "umccr/nextflow-stack": (
        {**SPOT, "instance_types": ["r6i.2xlarge", "m6i.2xlarge"]},
        {
            "compute": {"fallback_queue": "xlarge", "data_disk": {"size": 500}},
            "queues": [
                {
                    "name": name,
                    **ON_DEMAND,
                    "instance_types": [f"r6i.{size}"],
                    "data_disk": {"size": gb, "ebs_throughput": 500},
                }
                for name, size, gb in (
                    ("small", "xlarge", 100),
                    ("large", "4xlarge", 1000),
                    ("xlarge", "8xlarge", 2000),
                )
            ],
        },
        ["/dev/sdf", "scratch = '/scratch/data'", "task.attempt <= 1", "'TowerForge-demo-xlarge'"],
    ),
    "umccr/infrastructure": (
        {**SPOT, "image_id": AMI, "alloc_strategy": "BEST_FIT_PROGRESSIVE"},
        {
            "node_scripts": [AGENT],
            "iam": {
                "statements": [
                    METRICS,
                    _statement(
                        "compute_job",
                        "ssm:GetParameter",
                        "arn:aws:ssm:eu-west-1:111122223333:parameter/pipelines/*",
                    )
                    | {"name": "ReadParameters"},
                ]
            },
        },
        ["OwnReadParameters", AMI],
    ),
    # On-Demand behind Spot, by attempt; a queue with a large disk.
    "AlexsLemonade/alsf-scpca": (
        {**SPOT, "instance_types": ["c6i", "m6i", "r6i"]},
        {
            "compute": {"fallback_queue": "priority"},
            "queues": [
                {"name": "priority", **ON_DEMAND},
                {"name": "bigdisk", **SPOT, "ebs_boot_size": 2000, "process_labels": ["disk_big"]},
            ],
        },
        ["maxSpotAttempts = 1", "withLabel: 'disk_big'", '"VolumeSize": 2000'],
    ),
    "AlexsLemonade/OpenScPCA-nf": (
        SPOT,
        {"compute": {"fallback_queue": "Shared-Priority"}, "existing_queues": ["Shared-Priority"]},
        ["? 'TowerForge-demo-work' : 'Shared-Priority'", "job-queue/Shared-Priority"],
    ),
    # Definitions of one's own, licences, secrets, mail.
    "nextstrain/infra": (
        ON_DEMAND,
        {
            "job_definitions": ["nextstrain-job"],
            "mail_identities": ["example.org"],
            "iam": {
                "statements": [
                    _statement(
                        "compute_job",
                        "secretsmanager:GetSecretValue",
                        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:gisaid-AbCdEf",
                    )
                ]
            },
        },
        ["job-definition/nextstrain-job", "ses:SendRawEmail", "secret:gisaid-AbCdEf"],
    ),
    "Sage-Bionetworks/nextflow-infra": (
        {**SPOT, "vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]},
        {
            "bucket_owners": {"shared-genomes": "999988887777"},
            "read_only_buckets": ["s3://shared-genomes/human"],
            "session_manager": True,
        },
        ["shared-genomes/human/*", "subnet-0123456789abcdef0"],
    ),
    "nf-core/megatests": (
        {**SPOT, "instance_types": ["c6id", "m6id", "r6id"]},
        {
            "queues": [
                {
                    "name": "gpu",
                    **SPOT,
                    "gpu_enabled": True,
                    "instance_types": ["g4dn", "g5"],
                    "process_labels": ["process_gpu"],
                }
            ]
        },
        ["ECS_AL2023_NVIDIA", "withLabel: 'process_gpu'"],
    ),
    # The head environment's own; warm nodes; nodes with public addresses.
    "outerbounds/metaflow-tools": (
        {**SPOT, "min_cpus": 8},
        {
            "network": {"create": {"mode": "public"}},
            "compute": {"scale_down_minutes": 60},
            "head": {"image_id": AMI, "ebs_boot_size": 80, "min_cpus": 2, "max_cpus": 16},
        },
        ['"MapPublicIpOnLaunch": true', "MinScaleDownDelayMinutes", '"VolumeSize": 80'],
    ),
    # References on FSx, a queue with GPUs, jobs that talk to each other.
    "aws-samples/aws-batch-architecture-for-alphafold": (
        {**ON_DEMAND, "fsx_size": 1200},
        {
            "queues": [
                {
                    "name": "folding",
                    **ON_DEMAND,
                    "gpu_enabled": True,
                    "instance_types": ["g5"],
                    "placement_group": "folding",
                    "scale_down_minutes": 20,
                }
            ]
        },
        ['"PlacementGroup": "folding"', "AWS::FSx::FileSystem", "'/mnt/fsx'"],
    ),
    # Fair share, two environments in a queue, types in order.
    "terraform-aws-modules/terraform-aws-batch": (
        {**SPOT, "instance_types": ["m6i", "r6i", "c6i"]},
        {
            "fair_share": {"shares": [{"share_identifier": "A1*", "weight_factor": 0.1}]},
            "share": {"share_identifier": "A1"},
            "compute": {
                "alloc_strategy": "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
                "further_environments": [{**ON_DEMAND, "instance_types": ["m6i"]}],
            },
        },
        ["AWS::Batch::SchedulingPolicy", "Work2ComputeEnvironment", "PRIORITIZED"],
    ),
    # Fast disks, Docker settings, an image that a pipeline of theirs builds.
    "czbiohub/aws-batch": (
        {**SPOT, "ebs_boot_size": 1000, "image_id": "resolve:ssm:/images/batch:4"},
        {
            "compute": {"ebs_volume_type": "io2", "ebs_iops": 20_000},
            "node_scripts": [
                {"name": "open files", "run": "echo 'LimitNOFILE=1048576' >>/etc/sysconfig/docker"}
            ],
        },
        ["{{resolve:ssm:/images/batch:4}}", '"Iops": 20000', "LimitNOFILE"],
    ),
    # Rights by pattern inside a bucket, licence tokens, archived inputs.
    "a-laboratory": (
        SPOT,
        {
            "consumable_resources": ["dragen-licence"],
            "restore_archived": True,
            "iam": {
                "statements": [
                    _statement(
                        "compute_job", "s3:GetObject", "arn:aws:s3:::example-runs/*/results/*.bam"
                    )
                ]
            },
        },
        ["consumable-resource/dragen-licence", "s3:RestoreObject", "/*/results/*.bam"],
    ),
}


@pytest.mark.parametrize("name", SET_UPS)
def test_a_published_set_up_can_be_said(name: str, configure: Configure) -> None:
    """The file is valid, and what it needs is in the template or in Nextflow's configuration."""
    forge, aws, expected = SET_UPS[name]
    config = configure(forge, {"account": "111122223333", **aws})
    plan = ForgePlan.of(config)
    assert errors(plan.problems) == ()
    made = environment(plan, plan.scope())
    template = json.dumps({key: [one.kind.type, one.properties] for key, one in made.items()})
    text = template + nextflow_config(plan, role_arns(plan))
    assert [words for words in expected if words not in text] == []
