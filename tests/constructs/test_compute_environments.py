# SPDX-License-Identifier: Apache-2.0
"""The contracts of compute environments: what they always carry, and what they never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Template

KIND = "AWS::Batch::ComputeEnvironment"
UPDATABLE = {
    "BEST_FIT_PROGRESSIVE",
    "SPOT_CAPACITY_OPTIMIZED",
    "SPOT_PRICE_CAPACITY_OPTIMIZED",
}


def test_environments_are_managed(template: Template) -> None:
    """AWS Batch manages every environment, and it is enabled."""
    for environment in template.all(KIND):
        assert environment["Type"] == "MANAGED"
        assert environment["State"] == "ENABLED"


def test_updates_do_not_replace(template: Template) -> None:
    """Every environment says that updates must not replace it; CloudFormation's default is true."""
    for environment in template.all(KIND):
        assert environment["ReplaceComputeEnvironment"] is False


def test_service_linked_role(template: Template) -> None:
    """No environment has a service role: only with AWS's own can it be updated in place."""
    assert not any("ServiceRole" in environment for environment in template.all(KIND))


def test_no_name(template: Template) -> None:
    """No environment has a name, which would block its replacement."""
    assert not any("ComputeEnvironmentName" in environment for environment in template.all(KIND))


def test_no_top_level_tags(template: Template) -> None:
    """No environment has top-level tags, since a change of them would replace it."""
    assert not any("Tags" in environment for environment in template.all(KIND))


def test_desired_vcpus_left_to_batch(template: Template) -> None:
    """No environment has desired vCPUs, which AWS Batch scales itself."""
    for environment in template.all(KIND):
        assert "DesiredvCpus" not in environment["ComputeResources"]


def test_allocation_strategy_written(scenario: str, template: Template) -> None:
    """Every EC2 environment names a strategy: AWS's default, BEST_FIT, cannot be updated."""
    for queue, environment in template.on_ec2.items():
        strategy = environment["ComputeResources"]["AllocationStrategy"]
        asked_for = scenario == "best-fit" and queue == "work"
        assert strategy in ({"BEST_FIT"} if asked_for else UPDATABLE)


@pytest.mark.parametrize(
    ("name", "queue", "strategy"),
    [
        ("spot", "head", "BEST_FIT_PROGRESSIVE"),
        ("spot", "work", "SPOT_PRICE_CAPACITY_OPTIMIZED"),
        ("on-demand", "TowerForge-on-demand", "BEST_FIT_PROGRESSIVE"),
        ("dragen", "dragen", "BEST_FIT_PROGRESSIVE"),
    ],
)
def test_allocation_strategy_of_each(
    templates: dict[str, Template], name: str, queue: str, strategy: str
) -> None:
    """Spot and On-Demand environments have Seqera's default strategies."""
    resources = templates[name].environments[queue]["ComputeResources"]
    assert resources["AllocationStrategy"] == strategy


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("spot", {"head": "EC2", "work": "SPOT"}),
        ("fargate-head", {"head": "FARGATE", "work": "SPOT"}),
        ("on-demand", {"TowerForge-on-demand": "EC2"}),
        ("dragen", {"head": "EC2", "work": "SPOT", "dragen": "EC2"}),
        ("manual", {}),
    ],
)
def test_types(templates: dict[str, Template], name: str, types: dict[str, str]) -> None:
    """The head job never runs on Spot; On-Demand has one environment; Manual mode has none."""
    found = templates[name].environments
    assert {queue: one["ComputeResources"]["Type"] for queue, one in found.items()} == types


def test_launch_template_version_rolls_out(template: Template) -> None:
    """The version is the template's latest number, so that its change reaches the environment."""
    for environment in template.on_ec2.values():
        used = environment["ComputeResources"]["LaunchTemplate"]
        [identity, attribute] = used["Version"]["Fn::GetAtt"]
        assert attribute == "LatestVersionNumber"
        assert used["LaunchTemplateId"] == {"Ref": identity}
        assert identity in template.ids("AWS::EC2::LaunchTemplate")


def test_every_launch_template_used(template: Template) -> None:
    """No launch template is created in vain."""
    used = {
        environment["ComputeResources"]["LaunchTemplate"]["LaunchTemplateId"]["Ref"]
        for environment in template.on_ec2.values()
    }
    assert used == set(template.ids("AWS::EC2::LaunchTemplate"))


def test_image_type_always_written(scenario: str, template: Template) -> None:
    """Every EC2 environment names its image type; Amazon Linux 2 only with an AMI."""
    for environment in template.on_ec2.values():
        images = environment["ComputeResources"]["Ec2Configuration"]
        assert 1 <= len(images) <= 2
        for image in images:
            assert image["ImageType"].startswith("ECS_AL2023") or "ImageIdOverride" in image
        assert "ImageId" not in environment["ComputeResources"]


@pytest.mark.parametrize(
    ("name", "queue", "images"),
    [
        ("spot", "work", [{"ImageType": "ECS_AL2023"}]),
        ("graviton", "work", [{"ImageType": "ECS_AL2023"}]),
        ("gpu", "work", [{"ImageType": "ECS_AL2023_NVIDIA"}, {"ImageType": "ECS_AL2023"}]),
        ("gpu", "head", [{"ImageType": "ECS_AL2023"}]),
        (
            "own-image",
            "work",
            [{"ImageType": "ECS_AL2", "ImageIdOverride": "ami-0123456789abcdef0"}],
        ),
        (
            "own-image",
            "head",
            [{"ImageType": "ECS_AL2", "ImageIdOverride": "ami-0123456789abcdef0"}],
        ),
        (
            "dragen",
            "dragen",
            [{"ImageType": "ECS_AL2023", "ImageIdOverride": "ami-0fedcba9876543210"}],
        ),
        ("dragen", "work", [{"ImageType": "ECS_AL2023"}]),
    ],
)
def test_image_of_each(
    templates: dict[str, Template], name: str, queue: str, images: list[dict[str, str]]
) -> None:
    """Images follow the instance types, and an AMI of one's own wins."""
    resources = templates[name].environments[queue]["ComputeResources"]
    assert resources["Ec2Configuration"] == images


def test_newest_image_unless_own(scenario: str, template: Template) -> None:
    """Updates bring the newest AWS image, except where an AMI is named."""
    for queue, environment in template.on_ec2.items():
        images = environment["ComputeResources"]["Ec2Configuration"]
        named = any("ImageIdOverride" in image for image in images)
        newest = environment["ComputeResources"].get("UpdateToLatestImageVersion", False)
        assert newest is not named, f"{scenario} {queue}"


def test_update_policy(scenario: str, template: Template) -> None:
    """Running tasks get a day, not AWS's 30 minutes, unless the file says otherwise."""
    expected = {"JobExecutionTimeoutMinutes": 1440, "TerminateJobsOnUpdate": False}
    if scenario == "organization":
        expected = {"JobExecutionTimeoutMinutes": 600, "TerminateJobsOnUpdate": True}
    for environment in template.on_ec2.values():
        assert environment["UpdatePolicy"] == expected


def test_fargate_keys(templates: dict[str, Template]) -> None:
    """A Fargate environment carries only what AWS Batch allows it."""
    for name in ("fargate-head", "graviton"):
        head = templates[name].environments["head"]
        assert head.keys() == {"Type", "State", "ReplaceComputeEnvironment", "ComputeResources"}
        resources = head["ComputeResources"]
        assert resources.keys() == {"Type", "MaxvCpus", "Subnets", "SecurityGroupIds"}


def test_spot_price_only_where_asked(scenario: str, template: Template) -> None:
    """A highest Spot price stands only on the Spot environment of the file that names one."""
    found = {
        queue: environment["ComputeResources"]["BidPercentage"]
        for queue, environment in template.on_ec2.items()
        if "BidPercentage" in environment["ComputeResources"]
    }
    assert found == ({"work": 60} if scenario == "best-fit" else {})


def test_fleet_role_only_for_best_fit_spot(scenario: str, template: Template) -> None:
    """The create-only Spot fleet role stands only where BEST_FIT needs it."""
    found = [
        queue
        for queue, environment in template.on_ec2.items()
        if "SpotIamFleetRole" in environment["ComputeResources"]
    ]
    assert found == (["work"] if scenario == "best-fit" else [])
    assert ("FleetRole" in template.roles) is (scenario == "best-fit")


def test_nothing_runs_while_idle(scenario: str, template: Template) -> None:
    """No vCPU stays on unless the file asks for it."""
    for environment in template.on_ec2.values():
        least = environment["ComputeResources"]["MinvCpus"]
        assert least == (4 if scenario == "on-demand" else 0)


def test_key_pair_only_where_asked(scenario: str, template: Template) -> None:
    """Nobody logs in to nodes unless the file names a key pair."""
    for environment in template.on_ec2.values():
        key = environment["ComputeResources"].get("Ec2KeyPair")
        assert key == ("debug" if scenario == "own-image" else None)


def test_no_generic_alias(template: Template) -> None:
    """The old alias `optimal` is never added beside the types that were chosen."""
    for environment in template.on_ec2.values():
        assert "optimal" not in environment["ComputeResources"]["InstanceTypes"]
