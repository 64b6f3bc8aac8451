# SPDX-License-Identifier: Apache-2.0
"""Exports from Seqera Platform: the shapes that teams have, what is replaced, and what is said."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqera_batch.config.check import Checked, check, load
from seqera_batch.config.platform_export import CLIENT_NOISE, READ_ONLY, REPLACEMENTS
from seqera_batch.problems import ConfigError, Severity, errors

Write = Callable[..., Path]
Exported = Callable[..., dict[str, Any]]

SHARED_EXPORTS = Path(__file__).parents[4] / "shared" / "data" / "exports"

FUSION = {"waveEnabled": True, "fusion2Enabled": True}
SUBNET = "subnet-0123456789abcdef0"
GROUP = "sg-0123456789abcdef0"
VPC = "vpc-0123456789abcdef0"
EFS = "fs-0123456789abcdef0"
FSX = "fs-0123456789abcdef1.fsx.eu-central-1.amazonaws.com"
ROLE = "arn:aws:iam::111122223333:role"
FORGE_CLI = "/home/ec2-user/miniconda/bin/aws"
OWN_CLI = "/opt/aws-cli/bin/aws"


@pytest.fixture
def exported() -> Exported:
    """Give a flat export as Seqera's command line writes it, with changes by dotted path."""

    def build(changes: dict[str, Any] | None = None) -> dict[str, Any]:
        document: dict[str, Any] = {
            "discriminator": "aws-batch",
            "region": "eu-central-1",
            "workDir": "s3://example-exported/work",
            "forge": {"type": "SPOT", "maxCpus": 128},
        }
        for path, value in (changes or {}).items():
            section, _, field = path.rpartition(".")
            (document[section] if section else document)[field] = copy.deepcopy(value)
        return document

    return build


def said(checked: Checked) -> set[tuple[str, str, str]]:
    """Give rule, path and severity of everything there is to say."""
    return {(problem.rule, problem.path, str(problem.severity)) for problem in checked.problems}


def read_back(checked: Checked, path: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """Give a field of the configuration by its path."""
    value: Any = checked.usable()
    for part in path.split("."):
        value = getattr(value, part)
    return value


# What a team exports, what it becomes, and everything that is said of it.
SHAPES: dict[str, tuple[dict[str, Any], dict[str, Any], set[tuple[str, str, str]]]] = {
    "minimal": ({}, {"forge.type": "SPOT", "forge.max_cpus": 128}, set()),
    "without-a-type": ({"forge": {"maxCpus": 9}}, {"forge.type": "SPOT"}, set()),
    "nvme-and-fargate": (
        {
            **FUSION,
            "nvnmeStorageEnabled": True,
            "fusionSnapshots": True,
            "forge.fargateHeadEnabled": True,
            "forge.instanceTypes": ["m6id", "r6id"],
            "forge.ebsBootSize": 60,
            "labels": [],
        },
        {"nvme_storage_enabled": True, "fusion_snapshots": True, "forge.ebs_boot_size": 60},
        {
            ("manual-fargate-head", "forge.fargate_head_enabled", "warning"),
            ("snapshots-in-manual-mode", "fusion_snapshots", "warning"),
        },
    ),
    "gpu": (
        {**FUSION, "forge.gpuEnabled": True, "forge.instanceTypes": ["g4dn", "g5", "m6i"]},
        {"forge.gpu_enabled": True, "forge.instance_types": ("g4dn", "g5", "m6i")},
        set(),
    ),
    "gpu-with-an-image": (
        {
            "forge.gpuEnabled": True,
            "forge.instanceTypes": ["g5"],
            "forge.imageId": "ami-0123456789abcdef0",
        },
        {"forge.image_id": "ami-0123456789abcdef0"},
        {("gpu-custom-image", "forge.image_id", "warning")},
    ),
    "graviton": (
        {
            **FUSION,
            "nvnmeStorageEnabled": True,
            "forge.arm64Enabled": True,
            "forge.fargateHeadEnabled": True,
            "forge.instanceTypes": ["c6gd", "m6gd", "r6gd"],
        },
        {"forge.arm64_enabled": True},
        {
            ("manual-fargate-head", "forge.fargate_head_enabled", "warning"),
            ("manual-graviton", "forge.arm64_enabled", "warning"),
        },
    ),
    "on-demand": (
        {"forge.type": "EC2", "forge.bidPercentage": 100, "forge.instanceTypes": ["m6i"]},
        {"forge.type": "EC2", "forge.bid_percentage": None},
        {("left-aside", "forge.bid_percentage", "notice")},
    ),
    "on-demand-snapshots": (
        {**FUSION, "forge.type": "EC2", "fusionSnapshots": True},
        {"fusion_snapshots": True},
        {
            ("snapshots-need-spot", "fusion_snapshots", "warning"),
            ("snapshots-in-manual-mode", "fusion_snapshots", "warning"),
        },
    ),
    "best-fit": (
        {"forge.type": "EC2", "forge.allocStrategy": "BEST_FIT"},
        {"forge.alloc_strategy": "BEST_FIT"},
        {("best-fit-blocks-updates", "forge.alloc_strategy", "warning")},
    ),
    "optimal": (
        {"forge.instanceTypes": ["optimal"]},
        {"forge.instance_types": ("optimal",)},
        {("optimal-alias", "forge.instance_types[0]", "warning")},
    ),
    "existing-efs": (
        {
            "workDir": "/mnt/efs/work",
            "forge.efsId": EFS,
            "forge.efsMount": "/mnt/efs",
            "forge.vpcId": VPC,
            "forge.subnets": [SUBNET],
            "forge.securityGroups": [GROUP],
        },
        {"forge.efs_id": EFS, "work_dir": "/mnt/efs/work"},
        {("work-dir-without-studios", "work_dir", "warning")},
    ),
    "existing-efs-in-the-default-vpc": (
        {"forge.efsId": EFS, "forge.efsMount": "/mnt/efs"},
        {"forge.efs_id": EFS},
        {("file-system-network", "forge.efs_id", "warning")},
    ),
    "created-efs": (
        {"workDir": "/workdir", "forge.efsCreate": True, "forge.efsMount": "/workdir"},
        {"forge.efs_create": True, "forge.efs_mount": "/workdir"},
        {("work-dir-without-studios", "work_dir", "warning")},
    ),
    "mount-without-a-file-system": (
        {"forge.efsCreate": False, "forge.efsMount": "/mnt/efs"},
        {"forge.efs_mount": "/mnt/efs"},
        {("mount-path-needs-file-system", "forge.efs_mount", "warning")},
    ),
    "existing-fsx": (
        {
            "forge.fsxName": FSX,
            "forge.fsxMount": "/mnt/fsx",
            "forge.subnets": [SUBNET],
            "forge.securityGroups": [GROUP],
        },
        {"forge.fsx_name": FSX},
        {("fsx-mount-name", "aws.fsx.mount_name", "warning")},
    ),
    "created-fsx": (
        {"forge.fsxSize": 1200, "forge.fsxMount": "/mnt/fsx"},
        {"forge.fsx_size": 1200},
        set(),
    ),
    "subnets-alone": (
        {"forge.subnets": [SUBNET]},
        {"forge.subnets": (SUBNET,)},
        {("subnets-need-vpc", "forge.vpc_id", "warning")},
    ),
    "security-groups-alone": (
        {"forge.securityGroups": [GROUP]},
        {"forge.security_groups": ()},
        {("default-vpc", "forge.security_groups", "warning")},
    ),
    "ids-listed-twice": (
        {
            "forge.subnets": [SUBNET, SUBNET],
            "forge.securityGroups": [GROUP],
            "forge.instanceTypes": ["m6i", "m6i"],
        },
        {"forge.subnets": (SUBNET, SUBNET)},
        {
            ("network-ids-once", "forge.subnets", "warning"),
            ("instance-types-once", "forge.instance_types[1]", "warning"),
        },
    ),
    "bid-of-zero": (
        {"forge.bidPercentage": 0},
        {"forge.bid_percentage": None},
        {("left-aside", "forge.bid_percentage", "notice")},
    ),
    "bid-of-eighty": ({"forge.bidPercentage": 80}, {"forge.bid_percentage": 80}, set()),
    "autoscale": (
        {"forge.ebsAutoScale": True, "forge.ebsBlockSize": 200, "forge.ebsBootSize": 60},
        {"forge.ebs_auto_scale": False, "forge.ebs_block_size": None, "forge.ebs_boot_size": 260},
        {("ebs-auto-scale", "forge.ebs_auto_scale", "warning")},
    ),
    "autoscale-of-default-size": (
        {"forge.ebsAutoScale": True, "forge.ebsBlockSize": None},
        {"forge.ebs_boot_size": 100},
        {("ebs-auto-scale", "forge.ebs_auto_scale", "warning")},
    ),
    "autoscale-with-fusion": (
        {**FUSION, "forge.ebsAutoScale": True, "forge.ebsBlockSize": 200},
        {"forge.ebs_auto_scale": False, "forge.ebs_block_size": None, "forge.ebs_boot_size": None},
        {("ebs-auto-scale", "forge.ebs_auto_scale", "warning")},
    ),
    "autoscale-off": ({"forge.ebsAutoScale": False}, {"forge.ebs_auto_scale": False}, set()),
    "block-size-alone": (
        {"forge.ebsAutoScale": False, "forge.ebsBlockSize": 200},
        {"forge.ebs_block_size": None, "forge.ebs_boot_size": None},
        {("left-aside", "forge.ebs_block_size", "notice")},
    ),
    "fusion-v1": (
        {"forge.fusionEnabled": True, "cliPath": OWN_CLI},
        {
            "fusion2_enabled": True,
            "wave_enabled": True,
            "forge.fusion_enabled": False,
            "cli_path": None,
        },
        {("fusion-v1", "forge.fusion_enabled", "warning")},
    ),
    "fusion-v1-on-efs": (
        {"workDir": "/mnt/efs/work", "forge.efsCreate": True, "forge.fusionEnabled": True},
        {"fusion2_enabled": False, "forge.fusion_enabled": False},
        {
            ("fusion-v1", "forge.fusion_enabled", "warning"),
            ("work-dir-without-studios", "work_dir", "warning"),
        },
    ),
    "fusion-v1-beside-v2": (
        {**FUSION, "forge.fusionEnabled": True},
        {"fusion2_enabled": True, "forge.fusion_enabled": False},
        set(),
    ),
    "fusion-v1-and-autoscale": (
        {"forge.fusionEnabled": True, "forge.ebsAutoScale": True, "forge.ebsBlockSize": 200},
        {"fusion2_enabled": True, "forge.ebs_boot_size": None},
        {
            ("fusion-v1", "forge.fusion_enabled", "warning"),
            ("ebs-auto-scale", "forge.ebs_auto_scale", "warning"),
        },
    ),
    "written-back-by-forge": (
        {
            **FUSION,
            "headQueue": "TowerForge-5vXq-head",
            "computeQueue": "TowerForge-5vXq-work",
            "dragenQueue": "TowerForge-5vXq-dragen",
            "headJobRole": f"{ROLE}/TowerForge-5vXq-FargateRole",
            "computeJobRole": f"{ROLE}/TowerForge-5vXq-InstanceRole",
            "executionRole": f"{ROLE}/TowerForge-5vXq-ExecutionRole",
            "cliPath": FORGE_CLI,
        },
        {
            "head_queue": None,
            "compute_queue": None,
            "dragen_queue": None,
            "head_job_role": None,
            "compute_job_role": None,
            "execution_role": None,
            "cli_path": None,
        },
        {
            ("left-aside", "head_queue", "notice"),
            ("left-aside", "compute_queue", "notice"),
            ("left-aside", "dragen_queue", "notice"),
            ("left-aside", "cli_path", "notice"),
            ("forge-made-role", "head_job_role", "warning"),
            ("forge-made-role", "compute_job_role", "warning"),
            ("forge-made-role", "execution_role", "warning"),
        },
    ),
    "published-with-hidden-ids": (
        {"executionRole": "arn:aws:iam::...:role/TowerForge-...-ExecutionRole"},
        {"execution_role": None},
        {("forge-made-role", "execution_role", "warning")},
    ),
    "roles-of-the-team": (
        {"headJobRole": f"{ROLE}/lab/head", "computeJobRole": f"{ROLE}/jobs"},
        {"head_job_role": f"{ROLE}/lab/head", "compute_job_role": f"{ROLE}/jobs"},
        set(),
    ),
    "cli-of-forge-without-fusion": (
        {"cliPath": FORGE_CLI},
        {"cli_path": None},
        {("left-aside", "cli_path", "notice")},
    ),
    "cli-of-the-team": (
        {"cliPath": OWN_CLI},
        {"cli_path": OWN_CLI},
        {("cli-path-needs-image", "cli_path", "warning")},
    ),
    "deprecated-storage": (
        {"storageType": "efs", "lustreId": "fs-1"},
        {"storage_type": None, "lustre_id": None},
        {
            ("deprecated-storage", "storage_type", "warning"),
            ("deprecated-storage", "lustre_id", "warning"),
        },
    ),
    "amazon-linux-2": (
        {"aws": {"image_type": "ECS_AL2"}},
        {"aws.image_type": "ECS_AL2023"},
        {("amazon-linux-2", "aws.image_type", "warning")},
    ),
    "amazon-linux-2-for-gpus": (
        {
            "forge.gpuEnabled": True,
            "forge.instanceTypes": ["g5"],
            "aws": {"image_type": "ECS_AL2_NVIDIA"},
        },
        {"aws.image_type": "ECS_AL2023_NVIDIA"},
        {("amazon-linux-2", "aws.image_type", "warning")},
    ),
    "amazon-linux-2-image-of-the-team": (
        {"forge.imageId": "ami-0123456789abcdef0", "aws": {"image_type": "ECS_AL2"}},
        {"aws.image_type": "ECS_AL2"},
        {("amazon-linux-2-image", "aws.image_type", "warning")},
    ),
    "empty-texts": (
        {
            "preRunScript": "",
            "postRunScript": "",
            "nextflowConfig": "",
            "cliPath": "",
            "logGroup": "",
            "executionRole": "",
            "forge.vpcId": "",
            "forge.imageId": "",
            "forge.ec2KeyPair": "",
            "forge.efsMount": "",
            "forge.instanceTypes": [],
            "forge.ecsConfig": "",
        },
        {"pre_run_script": None, "log_group": None, "forge.vpc_id": None, "forge.efs_mount": None},
        set(),
    ),
    "nulls": (
        {
            "headJobCpus": None,
            "environment": None,
            "volumes": None,
            "labels": None,
            "discriminator": None,
            "platform": None,
            "fusionSnapshots": None,
            "forge.minCpus": None,
            "forge.gpuEnabled": None,
            "forge.allowBuckets": None,
            "forge.disposeOnDeletion": None,
        },
        {"head_job_cpus": None, "environment": (), "forge.min_cpus": 0},
        set(),
    ),
    "labels-in-a-list": (
        {
            "labels": [
                {"id": 11, "name": "team", "value": "genomics", "resource": True},
                {"id": 12, "name": "draft", "resource": False},
                {"name": "empty", "value": ""},
            ]
        },
        {"labels": {"team": "genomics"}},
        {("left-aside", "labels[1]", "notice"), ("left-aside", "labels[2]", "notice")},
    ),
    "of-the-web-form": (
        {
            "configMode": "Batch Forge",
            "credentials": "key",
            "resourceLabelIds": [1],
            "logsGroup": "/lab/jobs",
            "forge.containerRegIds": [],
            "forge.fsxMode": "None",
            "forge.efsMode": "None",
        },
        {"log_group": "/lab/jobs"},
        {
            ("left-aside", "configMode", "notice"),
            ("left-aside", "credentials", "notice"),
            ("left-aside", "resourceLabelIds", "notice"),
            ("left-aside", "forge.fsxMode", "notice"),
            ("left-aside", "forge.efsMode", "notice"),
        },
    ),
    "role-of-ones-own": (
        {"executionRole": f"{ROLE}/genomics-ExecutionRole"},
        {"execution_role": f"{ROLE}/genomics-ExecutionRole"},
        set(),
    ),
    "role-that-forge-lists": (
        {
            "executionRole": f"{ROLE}/genomics-ExecutionRole",
            "headJobRole": f"{ROLE}/TowerForge-5vXq-FargateRole",
            "forgedResources": [{"IamRole": f"{ROLE}/genomics-ExecutionRole"}],
        },
        {"execution_role": None, "head_job_role": f"{ROLE}/TowerForge-5vXq-FargateRole"},
        {
            ("forge-made-role", "execution_role", "warning"),
            ("left-aside", "forgedResources", "notice"),
        },
    ),
    "manual": (
        {
            "forge": None,
            "headQueue": "lab-head",
            "computeQueue": "lab-work",
            "cliPath": FORGE_CLI,
            "headJobRole": f"{ROLE}/TowerForge-5vXq-FargateRole",
        },
        {
            "forge": None,
            "head_queue": "lab-head",
            "cli_path": FORGE_CLI,
            "head_job_role": f"{ROLE}/TowerForge-5vXq-FargateRole",
        },
        set(),
    ),
    "manual-dragen": (
        {
            "forge": None,
            "headQueue": "lab-head",
            "computeQueue": "lab-work",
            "dragenQueue": "lab-dragen",
            "dragenInstanceType": "f2.6xlarge",
        },
        {"dragen_queue": "lab-dragen"},
        set(),
    ),
    "dragen": (
        {
            "forge.dragenEnabled": True,
            "forge.dragenAmiId": "ami-0123456789abcdef0",
            "forge.dragenInstanceType": "f1.4xlarge",
        },
        {"forge.dragen_enabled": True},
        set(),
    ),
    "news-of-a-later-platform": (
        {"quantumEnabled": True, "forge.quantumBits": 4},
        {"forge.max_cpus": 128},
        {
            ("unknown-field", "quantumEnabled", "warning"),
            ("unknown-field", "forge.quantumBits", "warning"),
        },
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_that_teams_export_are_taken(shape: str, exported: Exported) -> None:
    """Each is valid, with what Forge no longer makes replaced, and all of that is said."""
    changes, taken, expected = SHAPES[shape]
    checked = check(exported(changes), file_name="lab")

    assert errors(checked.problems) == ()
    assert said(checked) == {("export-name", "name", "notice"), *expected}
    assert {path: read_back(checked, path) for path in taken} == taken


def test_every_replacement_is_tried_above() -> None:
    """A replacement that is added has a shape that shows it."""
    warned = {rule for _, _, expected in SHAPES.values() for rule, _, _ in expected}

    assert set(REPLACEMENTS) <= warned


def test_replacements_say_what_was_given_and_what_is_taken(exported: Exported) -> None:
    """A reader sees the old choice and the new one."""
    changes = {"forge.ebsAutoScale": True, "forge.fusionEnabled": False, "forge.ebsBlockSize": 70}
    (problem,) = check(exported(changes), name="lab").problems

    assert problem.value is True
    assert "a boot disk of 120 GB is taken" in problem.message
    assert problem.source is not None


def test_a_cli_path_that_fusion_replaces_is_said(exported: Exported) -> None:
    """Nothing of an export disappears without a word."""
    (problem,) = check(
        exported({"forge.fusionEnabled": True, "cliPath": OWN_CLI}), name="lab"
    ).problems

    assert OWN_CLI in problem.message


def test_groups_of_a_named_vpc_are_not_taken_for_the_default_ones(exported: Exported) -> None:
    """With a VPC but no subnets the subnets are asked for, and the groups stay."""
    checked = check(exported({"forge.vpcId": VPC, "forge.securityGroups": [GROUP]}), name="lab")

    assert said(checked) == {
        ("vpc-needs-subnets", "forge.subnets", "error"),
        ("security-groups-need-subnets", "forge.security_groups", "error"),
    }


@pytest.mark.parametrize(
    "document",
    [
        {"discriminator": "azure-batch", "region": "westeurope", "workDir": "az://work"},
        {"discriminator": "google-batch", "location": "europe-west1", "workDir": "gs://work"},
        {"discriminator": "aws-cloud", "region": "eu-west-1", "workDir": "s3://example-work"},
        {"platform": "aws-cloud", "config": {"region": "eu-west-1"}},
        {"computeEnv": {"platform": "azure-batch", "config": {"workDir": "az://work"}}},
        {"computeEnv": {"platform": "k8s-platform", "config": None}},
        {"computeEnv": {"config": {"discriminator": "slurm-platform", "workDir": "/work"}}},
        {"discriminator": ["aws-batch"], "workDir": "s3://example-work"},
    ],
    ids=str,
)
def test_exports_of_other_platforms_are_refused(document: dict[str, Any]) -> None:
    """One problem names the platform; the foreign fields are not complained about."""
    checked = check(document, name="lab")

    assert [problem.rule for problem in checked.problems] == ["other-platform"]
    assert checked.problems[0].allowed == "aws-batch"
    with pytest.raises(ConfigError, match="of another platform"):
        checked.usable()


def test_an_answer_of_the_api_is_unwrapped(exported: Exported) -> None:
    """What only Platform sets is left aside, and what has a value there is said."""
    flat = exported({"forgedResources": [{"Ec2LaunchTemplate": "TowerForge-5vXq"}]})
    answer = {
        "computeEnv": {
            "id": "5vXq",
            "orgId": 1,
            "workspaceId": 2,
            "name": "lab-spot",
            "description": "of the lab",
            "platform": "aws-batch",
            "status": "AVAILABLE",
            "message": None,
            "primary": None,
            "deleted": None,
            "dateCreated": "2024-05-01T12:00:00Z",
            "lastUpdated": "2024-05-01T12:00:00Z",
            "lastUsed": None,
            "credentialsId": "7aBc",
            "labels": [{"name": "team", "value": "genomics"}],
            "config": flat,
        }
    }
    before = copy.deepcopy(answer)
    checked = check(answer)
    config = checked.usable()

    assert (config.name, config.description, config.credentials_id) == (
        "lab-spot",
        "of the lab",
        "7aBc",
    )
    assert config.labels == {"team": "genomics"}
    assert {problem.path for problem in checked.problems} == {
        *("id", "orgId", "workspaceId", "status", "dateCreated", "lastUpdated", "forgedResources")
    }
    assert {problem.severity for problem in checked.problems} == {Severity.NOTICE}
    assert answer == before


@pytest.mark.parametrize("field", sorted(READ_ONLY | CLIENT_NOISE.keys()))
def test_fields_that_only_platform_sets_stop_nothing(field: str, exported: Exported) -> None:
    """Each may stand in an export, at the top and in its forge section."""
    camel = "".join(
        part.capitalize() if index else part for index, part in enumerate(field.split("_"))
    )
    checked = check(exported({camel: "x", f"forge.{camel}": "x"}), name="lab")

    assert errors(checked.problems) == ()


@pytest.mark.parametrize("wrapper", ["computeEnv", "compute_env"])
def test_a_wrapper_without_config_is_unwrapped(wrapper: str, exported: Exported) -> None:
    """The settings may stand in the wrapper itself."""
    assert check({wrapper: {"name": "lab", **exported()}}).usable().name == "lab"


def test_config_beside_platform_is_unwrapped(exported: Exported) -> None:
    """What is sent to the API has this form, without a computeEnv around it."""
    checked = check({"name": "lab", "platform": "aws-batch", "config": exported()})

    assert said(checked) == set()
    assert checked.usable().name == "lab"


def test_null_inside_does_not_hide_the_value_outside(exported: Exported) -> None:
    """A name in the wrapper counts although the settings have an empty one."""
    document = {"computeEnv": {"name": "lab", "config": exported({"name": None})}}

    assert check(document).usable().name == "lab"


def test_wrapped_and_flat_exports_are_the_same_environment(exported: Exported) -> None:
    """The wrapper adds nothing of its own."""
    flat = exported({"forge.ebsAutoScale": True, "headQueue": "TowerForge-5vXq-head"})

    assert (
        check({"computeEnv": {"config": flat}}, name="lab").usable()
        == check(flat, name="lab").usable()
    )


def test_an_export_is_known_by_its_spelling(exported: Exported) -> None:
    """`workDir` or `discriminator` alone make a file an export; our own spelling does not."""
    both = exported()
    by_work_dir = {key: value for key, value in both.items() if key != "discriminator"}
    own = {key: value for key, value in by_work_dir.items() if key != "workDir"}
    by_discriminator = {**own, "work_dir": both["workDir"], "discriminator": "aws-batch"}

    assert check(by_work_dir, name="lab").usable().exported
    assert check(by_discriminator, name="lab").usable().exported
    assert not check({**own, "work_dir": both["workDir"]}, name="lab").usable().exported


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("lab.json", "lab"),
        ("lab spot (eu).json", "lab-spot-eu"),
        ("lab.export.json", "lab-export"),
        ("größe_1.json", "gr-e_1"),
        ("-lab-.json", "lab"),
        ("lab.YAML", "lab"),
    ],
)
def test_an_export_without_a_name_takes_the_files(
    file_name: str, name: str, exported: Exported, written: Write
) -> None:
    """The file's name is made a name that Platform accepts, and that is said."""
    checked = load(written(exported(), file_name))

    assert checked.usable().name == name
    assert said(checked) == {("export-name", "name", "notice")}
    assert checked.problems[0].value == name


@pytest.mark.parametrize(
    ("given", "name"),
    [("Lab spot (eu)", "Lab-spot-eu"), ("lab.2024", "lab-2024"), ("lab_1", "lab_1")],
)
def test_a_name_that_platform_takes_becomes_one_that_aws_takes(
    given: str, name: str, exported: Exported
) -> None:
    """The wrapper's name is changed where it has to be, which is said."""
    checked = check({"computeEnv": {"name": given, "config": exported()}})

    assert checked.usable().name == name
    assert said(checked) == (set() if given == name else {("export-name", "name", "notice")})


def test_an_export_in_memory_without_a_name_is_asked_for_one(exported: Exported) -> None:
    """There is no file whose name could be taken."""
    assert said(check(exported())) == {("required-field", "name", "error")}


@pytest.mark.parametrize("file_name", ["---.json", "名前.json"])
def test_a_file_name_without_a_letter_is_no_name(
    file_name: str, exported: Exported, written: Write
) -> None:
    """Nothing is left of it, so a name is asked for."""
    (problem,) = errors(load(written(exported(), file_name)).problems)

    assert problem.path == "name"


def test_the_name_given_wins(exported: Exported, written: Write) -> None:
    """A name from the caller goes before the wrapper's, which goes before the file's."""
    wrapped = {"computeEnv": {"name": "wrapped", "config": exported()}}
    file = written(wrapped, "file.json")

    assert load(file, name="given").usable().name == "given"
    assert load(file).usable().name == "wrapped"
    assert load(written(exported(), "file.json"), name="given").usable().name == "given"


def test_the_name_given_is_checked(exported: Exported) -> None:
    """The caller's name is held to the same format."""
    (problem,) = errors(check(exported(), name="not a name").problems)

    assert (problem.rule, problem.path, problem.value) == ("field-value", "name", "not a name")


def test_a_long_file_name_is_too_long_for_roles(exported: Exported, written: Write) -> None:
    """The rule about role names tells how to give a shorter one."""
    (problem,) = errors(load(written(exported(), f"{'n' * 39}.json")).problems)

    assert problem.rule == "role-name-length"
    assert "--name" in str(problem.fix)


def test_a_file_of_our_own_needs_its_name(
    document: Callable[..., dict[str, Any]], written: Write
) -> None:
    """Names of resources do not follow from where a file lies."""
    (problem,) = errors(load(written(document({"name": None}), "lab.json")).problems)

    assert (problem.rule, problem.path) == ("required-field", "name")


def test_exports_from_public_projects_are_taken_unchanged() -> None:
    """What real projects run is valid as it is."""
    files = sorted(SHARED_EXPORTS.glob("*.json")) if SHARED_EXPORTS.is_dir() else []
    if not files:
        pytest.skip("the shared exports are not beside this repository")
    for file in files:
        checked = load(file)
        config = checked.usable()

        assert config.exported
        assert config.forge is not None
        assert {problem.severity for problem in checked.problems} <= {
            Severity.NOTICE,
            Severity.WARNING,
        }
