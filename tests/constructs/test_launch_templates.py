# SPDX-License-Identifier: Apache-2.0
"""Launch templates: the node's disk, metadata service, and user data."""

from __future__ import annotations

import email
from email.message import Message
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog.limits import USER_DATA_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Configure, ReadAssembly, Template

KIND = "AWS::EC2::LaunchTemplate"


def _launch(template: Template, queue: str) -> dict[str, Any]:
    """Return the launch template's data behind a queue."""
    used = template.environments[queue]["ComputeResources"]["LaunchTemplate"]
    resource = template.data["Resources"][used["LaunchTemplateId"]["Ref"]]
    found: dict[str, Any] = resource["Properties"]["LaunchTemplateData"]
    return found


@pytest.fixture(scope="module")
def user_data(plain: Callable[[Any], Any]) -> Callable[[dict[str, Any]], str]:
    """Return a function that gives the user data before base64, references as text."""

    def read(launch: dict[str, Any]) -> str:
        text: str = plain(launch["UserData"]["Fn::Base64"])
        return text

    return read


def test_metadata_service(template: Template) -> None:
    """IMDSv2 is required; containers with a network of their own are two hops away."""
    for launch in template.all(KIND):
        assert launch["LaunchTemplateData"]["MetadataOptions"] == {
            "HttpEndpoint": "enabled",
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": 2,
        }


def test_root_volume(template: Template) -> None:
    """The root volume is an encrypted gp3 that goes with its node."""
    for launch in template.all(KIND):
        [mapping] = launch["LaunchTemplateData"]["BlockDeviceMappings"]
        assert mapping["DeviceName"] == "/dev/xvda"
        volume = mapping["Ebs"]
        assert volume["VolumeType"] == "gp3"
        assert volume["Encrypted"] is True
        assert volume["DeleteOnTermination"] is True


@pytest.mark.parametrize(
    ("name", "size", "throughput"),
    [("spot", 50, None), ("fusion", 100, 325), ("nvme", 50, None), ("on-demand", 50, None)],
)
def test_root_volume_size(
    templates: dict[str, Template], name: str, size: int, throughput: int | None
) -> None:
    """Fusion v2 without NVMe disks gets the larger, faster disk that Seqera names."""
    for launch in templates[name].all(KIND):
        volume = launch["LaunchTemplateData"]["BlockDeviceMappings"][0]["Ebs"]
        assert volume["VolumeSize"] == size
        assert volume.get("Throughput") == throughput


def test_nothing_that_batch_refuses(template: Template) -> None:
    """Templates leave to AWS Batch what it sets itself: network, type, image, role, market."""
    for launch in template.all(KIND):
        data = launch["LaunchTemplateData"]
        assert data.keys() == {
            "BlockDeviceMappings",
            "MetadataOptions",
            "TagSpecifications",
            "UserData",
        }


def test_no_name(template: Template) -> None:
    """Templates have no name, so that one can be replaced."""
    assert not any("LaunchTemplateName" in launch for launch in template.all(KIND))


def test_user_data_is_multipart(
    template: Template, user_data: Callable[[dict[str, Any]], str]
) -> None:
    """User data is MIME multipart, which AWS Batch merges with its own, and fits into 16 KB."""
    for launch in template.all(KIND):
        text = user_data(launch["LaunchTemplateData"])
        assert len(text.encode("ascii")) <= USER_DATA_BYTES
        message = email.message_from_string(text)
        assert message.get_content_type() == "multipart/mixed"
        assert not message.defects
        parts = message.get_payload()
        assert isinstance(parts, list)
        [part] = parts
        assert isinstance(part, Message)
        assert part.get_content_type() == "text/x-shellscript"
        assert str(part.get_payload()).startswith("#!/bin/bash\n")


def test_user_data_is_encoded(template: Template) -> None:
    """CloudFormation encodes the user data, after it has filled in what it knows."""
    for launch in template.all(KIND):
        assert launch["LaunchTemplateData"]["UserData"].keys() == {"Fn::Base64"}


def test_largest_user_data(
    configure: Configure,
    read_assembly: ReadAssembly,
    user_data: Callable[[dict[str, Any]], str],
) -> None:
    """With every option and the longest allowed lines for ECS the user data fits into 16 KB."""
    import aws_cdk as cdk

    from seqera_batch import BatchForge

    config = configure(
        {
            "efs_create": True,
            "fsx_size": 1200,
            "dispose_on_deletion": True,
            "ecs_config": "ECS_LOGLEVEL=debug # " + 5000 * "x",
        },
        {"aws_cli": {"version": "2.27.1"}},
    )
    app = cdk.App(analytics_reporting=False)
    BatchForge(cdk.Stack(app, "S"), "Forge", config=config)
    template = read_assembly(app)["S"]
    for launch in template.all(KIND):
        text = user_data(launch["LaunchTemplateData"])
        assert 5000 < len(text.encode("ascii")) <= USER_DATA_BYTES


def test_nvme_nodes_of_compute_jobs_only(
    templates: dict[str, Template], user_data: Callable[[dict[str, Any]], str]
) -> None:
    """NVMe disks are formatted where compute jobs run; head and DRAGEN nodes may have none."""
    call = "mount_scratch '/scratch/fusion'"
    template = templates["dragen"]
    assert call in user_data(_launch(template, "work"))
    assert call not in user_data(_launch(template, "head"))
    assert call not in user_data(_launch(template, "dragen"))
    assert call not in user_data(_launch(templates["spot"], "work"))


def test_aws_cli_only_without_fusion(
    templates: dict[str, Template], user_data: Callable[[dict[str, Any]], str]
) -> None:
    """Nodes download the AWS CLI only where tasks copy files with it."""
    assert "install_aws_cli '" in user_data(_launch(templates["spot"], "work"))
    for name in ("fusion", "nvme"):
        assert "awscli.amazonaws.com" not in user_data(_launch(templates[name], "work"))


def test_created_file_systems_are_mounted(
    templates: dict[str, Template], user_data: Callable[[dict[str, Any]], str]
) -> None:
    """Created file systems are mounted by ids that CloudFormation fills in, on every EC2 node."""
    template = templates["both-created"]
    [efs] = template.ids("AWS::EFS::FileSystem")
    [fsx] = template.ids("AWS::FSx::FileSystem")
    for queue in ("head", "work"):
        text = user_data(_launch(template, queue))
        assert f"mount_efs '${{{efs}}}' '/mnt/efs'" in text
        assert (
            f"mount_lustre '${{{fsx}.DNSName}}' '/mnt/fsx' '${{{fsx}.LustreMountName}}' "
            f"'${{{fsx}}}' 'eu-west-1'"
        ) in text


def test_existing_file_systems_are_mounted(
    templates: dict[str, Template], user_data: Callable[[dict[str, Any]], str]
) -> None:
    """Existing file systems are mounted by the ids of the file."""
    text = user_data(_launch(templates["both-existing"], "work"))
    assert "mount_efs 'fs-0123456789abcdef0' '/mnt/efs'" in text
    assert "mount_lustre 'fs-0fedcba9876543210.fsx.eu-west-1.amazonaws.com' '/mnt/fsx'" in text
    assert "'abcdefgh'" in text
