# SPDX-License-Identifier: Apache-2.0
"""The examples as one synthesized app, and every valid permutation of the options as another."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ConfigError, ForgeConfig, ForgePlan
from tests.night import AT_NIGHT

if TYPE_CHECKING:
    from tests.conftest import ReadAssembly, Template

EXAMPLES = {file.stem: file for file in sorted(Path(__file__).parents[2].glob("examples/*.*"))}
FUSION = {"wave_enabled": True, "fusion2_enabled": True}
NETWORK = {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
QUEUES = {
    "share": {"share_identifier": "TeamA"},
    "fair_share": {"shares": [{"share_identifier": "Team*", "weight_factor": 0.5}]},
    "node_scripts": [{"name": "greet", "run": "echo hello"}],
    "session_manager": True,
    "job_definitions": [
        "of-somebody-else",
        {
            "name": "aligner",
            "image": "registry.example.org/aligner:2.4",
            "gpus": 1,
            "volumes": ["/scratch/index:/index:ro"],
            "secrets": {"LICENCE": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:l-AbCdEf"},
            "environment": {"THREADS": "8"},
            "shared_memory_mb": 512,
            "devices": ["/dev/fuse"],
            "attempts": 3,
            "timeout_minutes": 60,
        },
    ],
    "mail_identities": ["example.org"],
    "restore_archived": True,
    "iam": {
        "statements": [
            {
                "name": "Publish",
                "roles": ["compute_job", "instance"],
                "actions": ["sqs:SendMessage"],
                "resources": ["arn:aws:sqs:eu-west-1:123456789012:results"],
                "condition": {"StringEquals": {"aws:ResourceAccount": "123456789012"}},
                "reason": "results are told to another system",
            }
        ]
    },
    "compute": {
        "fallback_queue": "on-demand",
        "fallback_after": 2,
        "further_environments": [{"type": "EC2", "max_cpus": 16}],
        "scale_down_minutes": 20,
        "ebs_throughput": 250,
    },
    "queues": [
        {"name": "on-demand", "type": "EC2", "max_cpus": 32, "ebs_boot_size": 200},
        {
            "name": "gpu",
            "type": "SPOT",
            "max_cpus": 64,
            "gpu_enabled": True,
            "instance_types": ["g5", "g6"],
            "overrides": [
                {"instance_types": ["g6.xlarge"], "ebs_boot_size": 300, "ebs_iops": 4000},
                {"instance_types": ["g5"], "image_id": "resolve:ssm:/images/gpu"},
            ],
            "bid_percentage": 60,
            "placement_group": "mpi",
            "ebs_volume_type": "io2",
            "ebs_iops": 2000,
            "enabled": False,
        },
    ],
}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:genomics-alarms"
WATCHED = {"task_failures": {}, "queue_check": {}, "node_failures": {}, "dashboard": True}
GROUPS = {"security_groups": ["sg-0123456789abcdef0"]}

JUDGED = 7 if AT_NIGHT else 29
"""One in so many of the 12,960 permutations is judged: one in 7 hold every pair that is valid."""
WEIGHT = {2: 5, 3: 1}
"""What a pair and a triple count that no permutation holds yet."""
PERMUTATIONS = 49 if AT_NIGHT else 12
"""How many of the valid ones among them are made: 49 of 396 hold every pair, 12 every choice."""

# Each dictionary is one choice, and each of its entries changes the file: {} is the default.
CHOICES: tuple[dict[str, dict[str, Any]], ...] = (
    {"spot": {"forge": {"type": "SPOT"}}, "on-demand": {"forge": {"type": "EC2"}}},
    {"ec2-head": {}, "fargate-head": {"forge": {"fargate_head_enabled": True}}},
    {"cli": {}, "fusion": FUSION, "nvme": {**FUSION, "nvme_storage_enabled": True}},
    {
        "x86": {},
        "arm": {"forge": {"arm64_enabled": True}},
        "gpu": {"forge": {"gpu_enabled": True, "instance_types": ["g5", "m6id"]}},
    },
    {
        "s3": {},
        "efs": {
            "forge": {"efs_create": True},
            "aws": {
                "efs": {
                    "infrequent_access_after_days": 1,
                    "archive_after_days": 90,
                    "backup": True,
                }
            },
        },
        "fsx": {
            "forge": {"fsx_size": 2400},
            "aws": {
                "fsx": {
                    "deployment_type": "PERSISTENT_2",
                    "compression": True,
                    "data_repository": "s3://example-raw/reads",
                }
            },
        },
        "existing-fs": {
            "forge": {
                "efs_id": "fs-0123456789abcdef0",
                "fsx_name": "fs-0fedcba9876543210.fsx.eu-west-1.amazonaws.com",
            }
        },
    },
    {
        "vpc": {},
        "private": {"aws": {"network": {"create": {"mode": "private"}, "egress": "restricted"}}},
        "isolated": {
            "aws": {"network": {"create": {"mode": "isolated", "flow_logs": True}}},
            "cli_path": "/opt/aws-cli/bin/aws",
        },
        "subnets": {"forge": NETWORK},
        "groups": {"forge": {**NETWORK, **GROUPS}},
    },
    {
        "no-data": {},
        "own-data": {
            "aws": {
                "work_bucket": {"versioning": True},
                "kms_key": {"create": True},
                "logs": {"create_job_log_group": True},
                "operations": {**WATCHED, "blocked_queues": True, "budget": {"amount": 100}},
            }
        },
        "own-key": {
            "aws": {
                "kms_key": {"arn": KEY},
                "read_only_buckets": ["s3://references/grch38"],
                "operations": {**WATCHED, "topic": TOPIC, "head_job_failures": True},
            }
        },
    },
    {
        "usual": {},
        "best-fit": {"forge": {"alloc_strategy": "BEST_FIT"}},
        "bid": {"forge": {"bid_percentage": 70}},
        "dragen": {"forge": {"dragen_enabled": True, "dragen_ami_id": "ami-0123456789abcdef0"}},
        "own-image": {"forge": {"image_id": "ami-0123456789abcdef0", "ec2_key_pair": "debug"}},
        "queues": {"aws": QUEUES},
    },
)


MANUAL: tuple[dict[str, Any], ...] = (
    {"head_queue": "own-head", "compute_queue": "own-work"},
    {
        "head_queue": "own-head",
        "compute_queue": "own-work",
        "dragen_queue": "own-dragen",
        "secrets_kms_key_id": "01234567-89ab-cdef-0123-456789abcdef",
    },
)


def compute_environment(**compute: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return a compute environment as a template has it, with more or other properties."""
    return {
        "Type": "AWS::Batch::ComputeEnvironment",
        "Properties": {
            "Type": "MANAGED",
            "ComputeResources": {
                "Type": "EC2",
                "MaxvCpus": 4,
                "Subnets": NETWORK["subnets"],
                "InstanceTypes": ["m6i"],
                **compute,
            },
        },
    }


@dataclass(frozen=True)
class Scenario:
    """An environment file, what is planned from it, and the template made from it."""

    config: ForgeConfig
    plan: ForgePlan
    template: Template
    file: Path


def _merged(choices: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    data: dict[str, Any] = {"region": "eu-west-1", "work_dir": "s3://work/dir"}
    forge: dict[str, Any] = {"max_cpus": 64}
    aws: dict[str, Any] = {}
    for choice in choices:
        data |= {key: value for key, value in choice.items() if key not in {"aws", "forge"}}
        forge |= choice.get("forge", {})
        aws |= choice.get("aws", {})
    return {**data, "forge": forge, "aws": aws}


def _permutations() -> dict[str, ForgeConfig]:
    """Return valid permutations in which each choice meets each other one, and most triples too."""
    valid = {}
    for index, names in enumerate(
        itertools.islice(itertools.product(*CHOICES), None, None, JUDGED)
    ):
        data = _merged(tuple(kind[name] for kind, name in zip(CHOICES, names, strict=True)))
        try:
            # One app makes all of them, and no bucket twice.
            own = {"name": f"p{index}", "work_dir": f"s3://work-{index}/dir"}
            valid[names] = ForgeConfig.from_dict({**data, **own})
        except ConfigError:
            continue
    met = {
        names: {*itertools.combinations(names, 2), *itertools.combinations(names, 3)}
        for names in valid
    }
    left = set.union(*met.values())
    chosen = {}
    missing = {name for kind in CHOICES for name in kind}
    for _ in range(PERMUTATIONS):
        names = max(met, key=lambda names: sum(WEIGHT[len(one)] for one in met[names] & left))
        left -= met.pop(names)
        missing -= set(names)
        chosen["-".join(names)] = valid[names]
    assert not AT_NIGHT or not any(len(group) == 2 for group in left)
    assert not missing
    for index, data in enumerate(MANUAL):
        fields = {"name": f"m{index}", "region": "eu-west-1", "work_dir": f"s3://m{index}-work/dir"}
        chosen[f"manual-{index}"] = ForgeConfig.from_dict({**fields, **data})
    return chosen


@pytest.fixture(scope="session")
def examples(
    tmp_path_factory: pytest.TempPathFactory, read_assembly: ReadAssembly
) -> dict[str, Scenario]:
    """Return the examples, synthesized together as `seqera-batch synth` does it."""
    from seqera_batch.stack import add_environments, new_app

    folder = tmp_path_factory.mktemp("examples")
    app = new_app(outdir=str(folder))
    configs = {name: ForgeConfig.from_file(file) for name, file in EXAMPLES.items()}
    stacks = add_environments(app, configs.values())
    return _read(configs, [stack.artifact_id for stack in stacks], read_assembly(app), folder)


@dataclass(frozen=True)
class Command:
    """What a command of ours has said and written."""

    exit_code: int
    output: str
    errors: str
    folder: Path


@pytest.fixture(scope="session")
def by_command_line(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Return the examples as `seqera-batch synth` makes them: validated, with another hash seed."""
    cwd = tmp_path_factory.mktemp("elsewhere")
    environment = {key: value for key, value in os.environ.items() if key != "CDK_VALIDATION"}
    done = subprocess.run(
        [sys.executable, "-m", "seqera_batch", "synth", "-o", "out", *EXAMPLES.values()],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={
            **environment,
            "PYTHONHASHSEED": "4711",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TZ": "Asia/Tokyo",
        },
    )
    return Command(done.returncode, done.stdout, done.stderr, cwd / "out")


@pytest.fixture(scope="session")
def permutations(
    tmp_path_factory: pytest.TempPathFactory, read_assembly: ReadAssembly
) -> dict[str, Scenario]:
    """Return permutations of the options, synthesized in one app."""
    from seqera_batch.stack import SeqeraBatchStack, new_app

    folder = tmp_path_factory.mktemp("permutations")
    app = new_app(outdir=str(folder))
    configs = _permutations()
    for name, config in configs.items():
        SeqeraBatchStack(app, f"S-{name}", config=config)
    return _read(configs, [f"S-{name}" for name in configs], read_assembly(app), folder)


def _read(
    configs: dict[str, ForgeConfig], stacks: list[str], templates: dict[str, Template], folder: Path
) -> dict[str, Scenario]:
    return {
        name: Scenario(
            config, ForgePlan.of(config), templates[stack], folder / f"{stack}.template.json"
        )
        for (name, config), stack in zip(configs.items(), stacks, strict=True)
    }
