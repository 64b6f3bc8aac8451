# SPDX-License-Identifier: Apache-2.0
"""The documents of synthesized environments, and the policy simulator that is asked about them."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.judge.published.quick_start import quick_start
from seqera_batch.plan.documents import identities, reading
from seqera_batch.policies import roles
from seqera_batch.policies.access import BucketAccess, JobAccess
from seqera_batch.policies.document import Scope
from seqera_batch.policies.operations import queue_check
from seqera_batch.policies.registration import RegistrationAccess, registration
from seqera_batch.template.deployer import deployers
from tests.simulated.calls import ACCOUNT, BOUNDARY, KEY, REGION, STRANGER, arn, iam

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.conftest import ReadAssembly, Template
    from tests.simulated.calls import Call

    Document = dict[str, Any]
    Question = tuple[str, Call]
    Ask = Callable[..., list[bool]]

TESTS = Path(__file__).parents[1]
SIMULATOR = TESTS / "node_modules" / "@cloud-copilot" / "iam-simulate"
HERE = Scope(partition="aws", region=REGION, account=ACCOUNT)
STAND_INS = {"kms:EncryptionContext:SecretARN": "aws:SourceArn"}
"""Keys that end in a word of the caller's, which the simulator does not know: they are asked about
under another name, in document and request."""
_FUSION = {"wave_enabled": True, "fusion2_enabled": True}
_IAM = {"permissions_boundary": BOUNDARY}
TOKEN = arn("secretsmanager", "secret:seqera/token-AbCdEf")
CALLER = arn("secretsmanager", "secret:caller/licence-AbCdEf")
REGISTRY = arn("secretsmanager", "secret:caller/registry-AbCdEf")

_OWN = [
    {
        "name": "Publish",
        "roles": ["head_job", "compute_job"],
        "actions": ["sqs:SendMessage"],
        "resources": [arn("sqs", "results")],
        "condition": {"StringEquals": {"aws:ResourceAccount": ACCOUNT}},
        "reason": "results are told to the laboratory's own system",
    },
    {
        "name": "ReadLicence",
        "roles": ["execution"],
        "actions": ["secretsmanager:GetSecretValue"],
        "resources": [arn("secretsmanager", "secret:licence-AbCdEf")],
        "reason": "containers of the aligner are handed its licence",
    },
]

ENVIRONMENTS: dict[str, dict[str, Any]] = {
    # Spot, the head job on Fargate, Fusion, everything that Platform can be given.
    "spot": {
        **_FUSION,
        "secrets_kms_key_id": KEY.rpartition("/")[2],
        "forge": {
            "type": "SPOT",
            "max_cpus": 64,
            "fargate_head_enabled": True,
            "allow_buckets": ["s3://example-data/in", "s3://example-reference"],
        },
        "aws": {
            "iam": {**_IAM, "statements": _OWN},
            "ecr_repositories": [
                "rnaseq",
                "999988887777.dkr.ecr.us-east-1.amazonaws.com/shared/*",
            ],
            "job_definitions": [
                "aligner",
                {
                    "name": "caller",
                    "image": "registry.example.org/caller:1",
                    "secrets": {"LICENCE": f"{CALLER}:key::"},
                    "registry_credentials": REGISTRY,
                },
            ],
            "queues": [
                {
                    "name": "on-demand",
                    "type": "EC2",
                    "max_cpus": 64,
                    "image_id": "resolve:ssm:/images/nodes:3",
                }
            ],
            "existing_queues": ["high-memory"],
            "fair_share": {},
            "share": {"share_identifier": "TeamA"},
            "consumable_resources": ["licence"],
            "mail_identities": ["genomics.example.org"],
            "restore_archived": True,
            "head_job_definition": {
                "image": "example/nextflow:26",
                "secrets": {"TOWER_ACCESS_TOKEN": TOKEN},
            },
            "platform_access": {
                "cloud": {"external_id": "own-id"},
                "data_buckets": ["s3://example-studio/data", "s3://example-explorer"],
                "list_buckets": True,
                "pipeline_secrets": True,
                "describe_ec2": True,
                "console_output": True,
                "lineage": True,
            },
        },
    },
    # Spot fleet, nodes with AWS's CLI, DRAGEN, a file system of which the mount name is unknown.
    "best-fit": {
        "log_group": "/lab/jobs",
        "forge": {
            "type": "SPOT",
            "max_cpus": 64,
            "alloc_strategy": "BEST_FIT",
            "fsx_name": "fs-0fedcba9876543210.fsx.eu-west-1.amazonaws.com",
            "dragen_enabled": True,
            "dragen_ami_id": "ami-0123456789abcdef0",
        },
        "aws": {
            "session_manager": True,
            "compute": {"placement_group": "mpi"},
            "network": {
                "existing": {
                    "vpc_id": "vpc-0123456789abcdef0",
                    "subnets": ["subnet-0123456789abcdef0"],
                    "security_groups": ["sg-0123456789abcdef0"],
                }
            },
        },
    },
    # A network of its own, which is watched, and a bucket of its own.
    "private": {
        "work_dir": "s3://example-own/runs",
        "forge": {"type": "EC2", "max_cpus": 64, "allow_buckets": ["s3://example-partner"]},
        "aws": {
            "work_bucket": {},
            "read_only_buckets": ["s3://example-published"],
            "bucket_owners": {"example-partner": STRANGER, "example-published": STRANGER},
            "network": {"create": {"mode": "private", "flow_logs": True}},
        },
    },
    # Platform makes everything, in an environment that has file systems.
    "forge": {
        "execution_role": iam("role/lab/existing-execution"),
        "forge": {"type": "EC2", "max_cpus": 64, "efs_create": True, "fsx_size": 1200},
        "aws": {
            "iam": _IAM,
            "platform_access": {"mode": "forge", "cloud": {"external_id": "own-id"}},
        },
    },
    # The same, and only with labels.
    "labelled": {
        "forge": {"type": "EC2", "max_cpus": 64, "efs_create": True, "fsx_size": 1200},
        "aws": {
            "iam": _IAM,
            "platform_access": {
                "mode": "forge",
                "cloud": {"external_id": "own-id"},
                "job_tags": {"team": "genomics"},
            },
        },
    },
    # Platform Enterprise, each workload of which may do only what it needs.
    "workloads": {
        "forge": {"type": "EC2", "max_cpus": 64, "allow_buckets": ["s3://example-data/in"]},
        "aws": {
            "bucket_kms_keys": [KEY],
            "platform_access": {
                "workload_identity": {
                    "url": "https://seqera.example.org/api",
                    "workspaces": ["org:1:wsp:2"],
                    "separate_workloads": True,
                },
                "data_buckets": ["s3://example-studio/data", "s3://example-explorer"],
                "list_buckets": True,
            },
        },
    },
    # Queues and a role that exist; users share Platform's role.
    "manual": {
        "head_queue": "own-head",
        "compute_queue": "own-work",
        "dragen_queue": "own-dragen",
        "execution_role": iam("role/lab/existing-execution"),
    },
    "shared": {
        "forge": {"type": "EC2", "max_cpus": 64},
        "aws": {"platform_access": {"role": {"principals": [iam("user/ada"), iam("user/bob")]}}},
    },
}
DEPLOYED = {
    "head": ("spot", "HeadJobRole"),
    "head-manual": ("manual", "HeadJobRole"),
    "head-without-fusion": ("private", "HeadJobRole"),
    "compute": ("spot", "ComputeJobRole"),
    "execution": ("spot", "ExecutionRole"),
    "instance": ("best-fit", "InstanceRole"),
    "instance-efs": ("forge", "InstanceRole"),
    "fleet": ("best-fit", "FleetRole"),
    "flow-logs": ("private", "FlowLogRole"),
    "platform-manual": ("spot", "Platform"),
    "platform-workloads": ("workloads", "Platform"),
    "platform-forge": ("forge", "Platform"),
    "platform-labelled": ("labelled", "Platform"),
}
"""Documents that are read from templates: the environment and the identity."""


def config_of(name: str) -> ForgeConfig:
    """Return one of the environments."""
    data = ENVIRONMENTS[name]
    return ForgeConfig.from_dict(
        {
            "name": name,
            "region": REGION,
            "work_dir": "s3://example-work/runs",
            **data,
            "aws": {"account": ACCOUNT, **data.get("aws", {})},
        }
    )


@pytest.fixture(scope="session")
def environments(read_assembly: ReadAssembly) -> dict[str, Template]:
    """Return the templates of the environments, synthesized together."""
    from seqera_batch.stack import SeqeraBatchStack, new_app

    app = new_app()
    for name in ENVIRONMENTS:
        SeqeraBatchStack(app, name, config=config_of(name))
    return read_assembly(app)


@pytest.fixture(scope="session")
def documents(environments: dict[str, Template], plain: Callable[..., Any]) -> dict[str, Document]:
    """Return every document by name: of templates where there is one, else as it is rendered."""
    found = {}
    for name, (environment, identity) in DEPLOYED.items():
        template = environments[environment]
        policies = (
            [one["PolicyDocument"] for one in template.all("AWS::IAM::ManagedPolicy")]
            if identity == "Platform"
            else [one["PolicyDocument"] for one in template.roles[identity]["Policies"]]
        )
        known = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws"}
        known |= dict.fromkeys(template.ids("AWS::EFS::FileSystem"), "fs-0123456789abcdef0")
        statements = [one for policy in policies for one in plain(policy, known)["Statement"]]
        found[name] = {"Version": "2012-10-17", "Statement": statements}
    return found | {name: one.to_dict() for name, one in _rendered().items()}


def _rendered() -> dict[str, Any]:
    spot, shared, private = (
        ForgePlan.of(config_of(name)) for name in ("spot", "shared", "private")
    )
    [by_spot_fleet] = (
        one.permissions
        for one in reading(ForgePlan.of(config_of("best-fit")), HERE)
        if one.name == "Doctor"
    )
    deployer, bootstrap = deployers(spot, HERE)
    with_flow_logs, _ = deployers(private, HERE)
    [principals] = (one for one in identities(shared, HERE) if one.name == "PlatformPrincipals")
    log_streams = arn("logs", "log-group:/seqera-batch/TowerForge-registered/registration:*")
    return {
        "compute-keys": roles.compute_job(
            HERE,
            JobAccess(
                queues=(),
                buckets=(BucketAccess("example-work"),),
                job_log_group="/aws/batch/job",
                bucket_keys=(KEY,),
            ),
        ),
        "quick-start": quick_start(HERE),
        "principals": principals.permissions,
        "registration": registration(
            HERE, RegistrationAccess(token_secret=TOKEN, log_streams=log_streams)
        ),
        "registration-vpc": registration(
            HERE,
            RegistrationAccess(
                token_secret=TOKEN, token_key=KEY, log_streams=log_streams, in_vpc=True
            ),
        ),
        "queue-check": queue_check(
            HERE,
            spot.compute.names,
            arn("logs", "log-group:/seqera-batch/TowerForge-spot/queue-check:*"),
        ),
        "deployer": deployer.permissions,
        "deployer-flow-logs": with_flow_logs.permissions,
        "bootstrap": bootstrap.permissions,
        **{one.name.lower(): one.permissions for one in reading(spot, HERE)},
        "doctor-best-fit": by_spot_fleet,
    }


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Return a function that asks the simulator many questions at once."""
    if not SIMULATOR.is_dir():
        pytest.skip("npm could not install tests/package.json, which has the policy simulator")
    return _ask


def _ask(
    policies: dict[str, Document], questions: Iterable[Question], *, enough: bool | None = None
) -> list[bool]:
    """Return whether a policy allows a call, of each; with `enough`, only until one is so."""
    questions = tuple(questions)
    data = {
        "policies": policies,
        **({} if enough is None else {"enough": enough}),
        "requests": [
            {
                "policy": policy,
                "principal": iam("role/whoever-asks"),
                "action": call.action,
                "resource": call.resource,
                "account": call.account,
                "context": {"aws:RequestedRegion": call.region, **call.context},
                "side": "identity",
            }
            for policy, call in questions
        ],
    }
    answers = simulate(data)
    wrong = {
        (call.action, call.resource, answer)
        for (_, call), answer in zip(questions, answers, strict=True)
        if answer.startswith("error")
    }
    assert wrong == set(), "AWS has no such request"
    return [answer == "Allowed" for answer in answers]


def simulate(data: dict[str, Any]) -> list[str]:
    """Return the simulator's answers, in the order of the requests."""
    text = json.dumps(data)
    for key, stand_in in STAND_INS.items():
        text = text.replace(key, stand_in)
    simulator = _simulator()
    assert simulator.stdin
    assert simulator.stdout
    simulator.stdin.write(f"{text}\n")
    simulator.stdin.flush()
    answers: list[str] = json.loads(simulator.stdout.readline())
    return answers


@cache
def _simulator() -> subprocess.Popen[str]:
    """Start the process that answers, which takes longer than most answers."""
    simulator = subprocess.Popen(
        [os.environ.get("JSII_NODE", "node"), str(Path(__file__).parent / "simulate.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # Without this, Python would complain of a process and pipes that nobody has closed.
    atexit.register(simulator.__exit__, None, None, None)
    return simulator
