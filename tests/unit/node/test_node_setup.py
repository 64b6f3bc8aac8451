# SPDX-License-Identifier: Apache-2.0
"""What a node set-up accepts and what its jobs see."""

from __future__ import annotations

import pytest

from seqera_batch.node import AwsCli, NodeSetup, job_volumes
from tests.mounts import efs, lustre

EFS = efs("fs-1")
LUSTRE = lustre("fs-2.fsx.eu-west-1.amazonaws.com", mount_path="/fsx")


def test_a_plain_node_gives_jobs_no_volumes() -> None:
    """Without scratch space or file systems there is nothing to mount into jobs."""
    assert job_volumes(NodeSetup(environment="e")) == ()


def test_jobs_see_the_scratch_space_as_tmp_and_file_systems_at_their_own_path() -> None:
    """The scratch space comes first, then each file system in the order given."""
    setup = NodeSetup(environment="e", fusion_scratch=True, mounts=(EFS, LUSTRE))

    assert job_volumes(setup) == ("/scratch/fusion:/tmp", "/mnt/efs", "/fsx")


def test_jobs_see_the_data_disk_at_its_own_path() -> None:
    """Under the same path as on the node, which is what processes are told."""
    assert job_volumes(NodeSetup(environment="e", data_disk=True)) == ("/scratch/data",)


def test_fusion_and_the_aws_cli_exclude_each_other() -> None:
    """A download that Fusion v2 never uses is refused."""
    with pytest.raises(ValueError, match="with Fusion v2 jobs use no AWS CLI"):
        NodeSetup(environment="e", fusion=True, aws_cli=AwsCli())


def test_two_file_systems_need_two_paths() -> None:
    """A second mount on a path would be taken for the first and skipped."""
    twice = efs("fs-3")

    with pytest.raises(ValueError, match="mounted more than once: /mnt/efs"):
        NodeSetup(environment="e", mounts=(EFS, twice))


def test_no_file_system_takes_the_scratch_path() -> None:
    """The scratch space counts as a mount."""
    there = efs("fs-3", mount_path="/scratch/fusion")

    with pytest.raises(ValueError, match="mounted more than once: /scratch/fusion"):
        NodeSetup(environment="e", fusion_scratch=True, mounts=(there,))


def test_the_installer_cannot_provide_every_path() -> None:
    """A path of another shape is accepted only where the image carries the AWS CLI."""
    miniconda = "/home/ec2-user/miniconda/bin/aws"

    with pytest.raises(ValueError, match="ends in /v2/current/bin/aws"):
        AwsCli(path=miniconda)
    assert AwsCli(path=miniconda, install=False).path == miniconda


def test_a_version_is_for_an_installation() -> None:
    """A version that nothing would install is refused."""
    with pytest.raises(ValueError, match="leave version out"):
        AwsCli(install=False, version="2.27.1")
