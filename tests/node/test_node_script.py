# SPDX-License-Identifier: Apache-2.0
"""The nodes' script, executed on a pretended machine."""

from __future__ import annotations

import base64
import json
import re
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from seqera_batch.account.environment_reader import OF_SCRIPT
from seqera_batch.catalog.defaults import AWS_CLI_VERSION
from seqera_batch.node import NODE_LOG_FILES, AwsCli, NodeSetup, OwnScript
from tests.docs.snippets import snippets
from tests.mounts import efs, lustre
from tests.node.conftest import real_command

if TYPE_CHECKING:
    from tests.node.conftest import Machine, Run

PLAIN = NodeSetup(environment="TowerForge-cpu")
LOGS = replace(PLAIN, log_group="seqera-nodes")
SCRATCH = replace(PLAIN, fusion_scratch=True)
DATA = replace(PLAIN, data_disk=True)
EFS = replace(PLAIN, mounts=(efs("fs-1"),))
ONE_ZONE = replace(
    PLAIN,
    mounts=(efs("fs-1", zone="eu-west-1a"),),
)
FSX = "fs-2.fsx.eu-west-1.amazonaws.com"
LUSTRE = replace(PLAIN, mounts=(lustre(FSX, mount_name="known"),))
UNNAMED_LUSTRE = replace(PLAIN, mounts=(lustre(FSX),))
CLI = replace(PLAIN, aws_cli=AwsCli())
SETTINGS = replace(PLAIN, ecs_config="ECS_IMAGE_PULL_BEHAVIOR=always")
EVERYTHING = NodeSetup(
    environment="TowerForge-cpu",
    fusion_scratch=True,
    aws_cli=AwsCli(),
    log_group="seqera-nodes",
    mounts=(*ONE_ZONE.mounts, *UNNAMED_LUSTRE.mounts),
    ecs_config="ECS_LOGLEVEL=debug",
)
ECS_CONFIG = "/etc/ecs/ecs.config"
CLI_PATH = "/opt/seqera-batch/aws-cli/v2/current/bin/aws"


def assert_ready(run: Run) -> None:
    """The script succeeded and lets the agent start."""
    assert run.status == 0, run.log
    assert "the node is ready" in run.log
    assert run.calls_of("systemctl") == [
        "systemctl daemon-reload",
        "systemctl start --no-block ecs",
    ]
    assert not run.calls_of("shutdown")


def assert_refused(run: Run, *words: str) -> None:
    """The script failed, took the node out of service, and said why on both logs."""
    assert run.status != 0
    [line] = [line for line in run.log.splitlines() if "FAILED" in line]
    assert run.failures == [line]
    for word in words:
        assert word in line
    assert line in run.console
    taken_out = [call for call in run.calls if call.split()[0] in {"systemctl", "shutdown"}]
    assert taken_out == [
        "systemctl daemon-reload",
        "systemctl mask ecs",
        "systemctl stop --no-block ecs",
        "shutdown -h +3",
    ]


def test_a_plain_node_only_configures_the_agent(machine: Machine) -> None:
    """Without options nothing is installed, downloaded or mounted."""
    run = machine.run(PLAIN)

    assert_ready(run)
    assert {call.split()[0] for call in run.calls} == {"systemctl", "systemd-run"}


def test_everything_at_once(machine: Machine) -> None:
    """All options together succeed."""
    machine.add_instance_store("AWS1", "AWS2")

    assert_ready(machine.run(EVERYTHING))


def test_a_second_run_changes_nothing(machine: Machine) -> None:
    """The same script again succeeds and leaves every file as it was."""
    machine.add_instance_store("AWS1", "AWS2")
    machine.run(EVERYTHING)
    before = machine.files()

    again = machine.run(EVERYTHING)

    assert_ready(again)
    assert machine.files() == before
    changing = ("dnf", "curl", "install", "mkfs.xfs", "mdadm", "mount", "sysctl")
    assert not [call for call in again.calls if call.split()[0] in changing]


def test_every_line_says_when_and_which_environment(machine: Machine) -> None:
    """A log group shared by environments stays readable, and `doctor` knows the lines."""
    run = machine.run(PLAIN)

    assert all("TowerForge-cpu: " in line for line in run.log.splitlines())
    assert all(OF_SCRIPT.match(line) for line in run.log.splitlines())
    assert run.console == run.log


class TestAgentSettings:
    """/etc/ecs/ecs.config."""

    def test_lines_of_the_image_stay(self, machine: Machine) -> None:
        """What the image and AWS Batch wrote is kept, even without an end to its last line."""
        config = machine.file(ECS_CONFIG)
        config.parent.mkdir(parents=True)
        config.write_text("ECS_CLUSTER=cluster")

        assert_ready(machine.run(PLAIN))

        assert config.read_text().startswith("ECS_CLUSTER=cluster\n# seqera-batch: begin\n")

    def test_the_users_line_is_the_last_assignment(self, machine: Machine) -> None:
        """The agent takes the last assignment of a variable."""
        machine.run(SETTINGS)
        machine.run(SETTINGS)

        lines = machine.file(ECS_CONFIG).read_text().splitlines()
        pulls = [line for line in lines if line.startswith("ECS_IMAGE_PULL_BEHAVIOR=")]
        assert pulls == ["ECS_IMAGE_PULL_BEHAVIOR=once", "ECS_IMAGE_PULL_BEHAVIOR=always"]

    def test_an_image_made_from_a_node_gets_the_new_settings(self, machine: Machine) -> None:
        """The lines of an earlier run are replaced, not kept or repeated."""
        machine.run(SETTINGS)
        with machine.file(ECS_CONFIG).open("a") as config:
            config.write("ECS_CLUSTER=cluster\n")

        machine.run(replace(SETTINGS, ecs_config="ECS_LOGLEVEL=debug"))

        text = machine.file(ECS_CONFIG).read_text()
        assert "ECS_IMAGE_PULL_BEHAVIOR=always" not in text
        assert text.startswith("ECS_CLUSTER=cluster\n")
        assert text.endswith("ECS_LOGLEVEL=debug\n# seqera-batch: end\n")
        assert text.count("ECS_IMAGE_PULL_BEHAVIOR") == 1

    def test_text_of_the_user_is_not_executed(self, machine: Machine) -> None:
        """Dollar signs, quotes and backslashes arrive as they are."""
        odd = r"""ECS_INSTANCE_ATTRIBUTES={"a": "$(shutdown) `reboot` \n 'x' ${HOME}"}"""

        run = machine.run(replace(PLAIN, ecs_config=odd))

        assert_ready(run)
        assert odd in machine.file(ECS_CONFIG).read_text().splitlines()


class TestLogs:
    """The CloudWatch agent."""

    def test_the_agent_reads_our_configuration(self, machine: Machine) -> None:
        """The file that the agent is told to append is JSON with each file's stream (U1)."""
        run = machine.run(LOGS)

        assert_ready(run)
        config = machine.file("/etc/seqera-batch/node-logs.json")
        streams = ("seqera-batch", "cloud-init", "cloud-init-output", "ecs-agent")
        files = [
            {
                "file_path": str(machine.file(path)),
                "log_group_name": "seqera-nodes",
                "log_stream_name": f"{{instance_id}}/{stream}",
            }
            for stream, path in zip(streams, NODE_LOG_FILES, strict=True)
        ]
        assert json.loads(config.read_text()) == {
            "logs": {"logs_collected": {"files": {"collect_list": files}}}
        }
        assert run.calls_of("dnf") == ["dnf install -y -q amazon-cloudwatch-agent"]
        assert run.calls_of("amazon-cloudwatch-agent-ctl") == [
            f"amazon-cloudwatch-agent-ctl -a append-config -m ec2 -s -c file:{config}"
        ]

    def test_a_node_without_logs_still_works(self, machine: Machine) -> None:
        """An agent that does not start is a warning."""
        machine.stub("amazon-cloudwatch-agent-ctl", "exit 1")

        run = machine.run(LOGS)

        assert_ready(run)
        assert "warning: the logs of this node stay on the node" in run.log

    def test_a_warning_is_not_the_cause_of_a_later_failure(self, machine: Machine) -> None:
        """Each step explains its own failure."""
        machine.stub("dnf", "exit 1")
        machine.stub("mkfs.xfs", "exit 7")
        machine.add_instance_store("AWS1")

        assert_refused(machine.run(replace(LOGS, fusion_scratch=True)), "line ", "mkfs.xfs")

    def test_a_node_without_the_package_still_works(self, machine: Machine) -> None:
        """A package that cannot be installed is a warning too, and the agent is not called."""
        machine.stub("dnf", "exit 1")

        run = machine.run(LOGS)

        assert_ready(run)
        assert len(run.calls_of("dnf")) == 10
        assert not run.calls_of("amazon-cloudwatch-agent-ctl")
        assert machine.file(ECS_CONFIG).exists()


class TestScratch:
    """The NVMe instance store."""

    def test_one_disk_is_formatted_and_mounted(self, machine: Machine) -> None:
        """One disk needs no array and no package."""
        [disk] = machine.add_instance_store("AWS1")

        run = machine.run(SCRATCH)

        assert_ready(run)
        path = machine.file("/scratch/fusion")
        assert run.calls_of("mkfs.xfs") == [f"mkfs.xfs -q -f -L fusion-nvme {disk}"]
        assert run.calls_of("mount") == [f"mount -t xfs -o noatime LABEL=fusion-nvme {path}"]
        assert not run.calls_of("mdadm")
        assert not run.calls_of("dnf")
        assert stat.S_IMODE(path.stat().st_mode) == 0o1777

    def test_several_disks_become_one_array(self, machine: Machine) -> None:
        """Each disk is in the array once, whatever its number of links."""
        disks = machine.add_instance_store("AWS1", "AWS2", "AWS3")

        run = machine.run(SCRATCH)

        assert_ready(run)
        array = machine.file("/dev/md/fusion")
        assert run.calls_of("dnf") == ["dnf install -y -q mdadm"]
        assert run.calls_of("mdadm") == [
            f"mdadm --create {array} --run --homehost=any --level=0 --raid-devices=3 "
            + " ".join(disks)
        ]
        assert run.calls_of("mkfs.xfs") == [f"mkfs.xfs -q -f -L fusion-nvme {array}"]

    def test_volumes_and_partitions_are_left_alone(self, machine: Machine) -> None:
        """EBS volumes are NVMe devices too, and a partition is no disk."""
        [disk] = machine.add_instance_store("AWS1")
        root_volume = machine.file("/dev/nvme0n1")
        root_volume.touch()
        machine.link_disk("nvme-Amazon_Elastic_Block_Store_vol0123", root_volume)
        partition = machine.file("/dev/nvme1n1p1")
        partition.touch()
        machine.link_disk("nvme-Amazon_EC2_NVMe_Instance_Storage_AWS1-part1", partition)

        run = machine.run(SCRATCH)

        assert_ready(run)
        assert run.calls_of("mkfs.xfs") == [f"mkfs.xfs -q -f -L fusion-nvme {disk}"]

    def test_a_machine_without_instance_store_is_refused(self, machine: Machine) -> None:
        """Jobs that were promised fast scratch do not fill the root volume instead."""
        run = machine.run(SCRATCH)

        assert_refused(run, "mount the NVMe instance store", "no NVMe instance store", "m6id")
        assert not machine.file(ECS_CONFIG).exists()

    def test_a_disk_that_cannot_be_formatted_is_refused(self, machine: Machine) -> None:
        """The failing command and its line are in the log."""
        machine.add_instance_store("AWS1")
        machine.stub("mkfs.xfs", "exit 7")

        assert_refused(machine.run(SCRATCH), "exit status 7", "line ", "mkfs.xfs")

    def test_scratch_space_of_the_image_is_kept(self, machine: Machine) -> None:
        """A path that is a mount point already is not formatted."""
        machine.add_instance_store("AWS1")
        path = machine.file("/scratch/fusion")
        (machine.state / "mounts").write_text(f"{path}\n")

        run = machine.run(SCRATCH)

        assert_ready(run)
        assert not run.calls_of("mkfs.xfs")
        assert not run.calls_of("mount")
        assert stat.S_IMODE(path.stat().st_mode) == 0o1777

    def test_the_mount_survives_a_reboot(self, machine: Machine) -> None:
        """The machine mounts it again, and the agent waits for it."""
        machine.add_instance_store("AWS1")
        machine.file("/etc").mkdir()
        machine.file("/etc/fstab").write_text("UUID=1 / xfs defaults 0 1")

        machine.run(SCRATCH)

        path = machine.file("/scratch/fusion")
        assert machine.file("/etc/fstab").read_text().splitlines() == [
            "UUID=1 / xfs defaults 0 1",
            f"LABEL=fusion-nvme {path} xfs noatime,nofail 0 0",
        ]
        drop_in = machine.file("/etc/systemd/system/ecs.service.d/seqera-batch.conf")
        assert drop_in.read_text() == f"[Unit]\nRequiresMountsFor={path}\n"

    def test_a_mount_that_is_lost_is_made_again(self, machine: Machine) -> None:
        """Another start with an empty disk mounts it without a second line for the same mount."""
        machine.add_instance_store("AWS1")
        machine.run(SCRATCH)
        before = machine.files()
        (machine.state / "mounts").write_text("")

        run = machine.run(SCRATCH)

        assert_ready(run)
        assert len(run.calls_of("mount")) == 1
        assert machine.files() == before


class TestDataDisk:
    """The second EBS volume."""

    def add(self, machine: Machine, name: str, link: str, *, parts: bool = False) -> str:
        """Add a disk and the link by which it is known; return the device."""
        device = machine.file(f"/dev/{name}")
        device.touch()
        if parts:
            machine.file(f"/dev/{name}p1").touch()
            machine.link_disk(f"nvme-Amazon_Elastic_Block_Store_{link}-part1", device)
        machine.link_disk(f"nvme-Amazon_Elastic_Block_Store_{link}", device)
        machine.link_disk(f"nvme-Amazon_Elastic_Block_Store_{link}_1", device)
        return str(device)

    def test_the_disk_beside_the_root_is_formatted_and_mounted(self, machine: Machine) -> None:
        """Whichever name it has at this start; the instance store and the root are left alone."""
        machine.add_instance_store("AWS1")
        disk = self.add(machine, "nvme2n1", "vol0fed")
        self.add(machine, "nvme0n1", "vol0123", parts=True)

        run = machine.run(DATA)

        assert_ready(run)
        path = machine.file("/scratch/data")
        assert run.calls_of("mkfs.xfs") == [f"mkfs.xfs -q -L seqera-data {disk}"]
        assert run.calls_of("mount") == [f"mount -t xfs -o noatime LABEL=seqera-data {path}"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o1777
        assert f"LABEL=seqera-data {path}" in machine.file("/etc/fstab").read_text()

    def test_old_instance_types_name_it_by_its_device(self, machine: Machine) -> None:
        """And an image's rules of udev may link that name to the same disk."""
        disk = self.add(machine, "nvme1n1", "vol0fed")
        machine.file("/dev/sdf").symlink_to(disk)
        assert machine.run(DATA).calls_of("mkfs.xfs") == [f"mkfs.xfs -q -L seqera-data {disk}"]

    def test_files_of_an_earlier_start_are_kept(self, machine: Machine) -> None:
        """A disk with our label is mounted as it is."""
        disk = self.add(machine, "nvme1n1", "vol0fed")
        labels = machine.file("/dev/disk/by-label")
        labels.mkdir()
        (labels / "seqera-data").symlink_to(disk)

        run = machine.run(DATA)

        assert_ready(run)
        assert not run.calls_of("mkfs.xfs")
        assert len(run.calls_of("mount")) == 1

    @pytest.mark.parametrize("names", [(), ("nvme1n1", "nvme2n1")])
    def test_none_or_several_are_refused(self, machine: Machine, names: tuple[str, ...]) -> None:
        """No disk is formatted that may be somebody else's."""
        for name in names:
            self.add(machine, name, f"vol{name}")

        run = machine.run(DATA)

        assert_refused(run, "mount the data disk", "not one EBS volume beside the root")
        assert not run.calls_of("mkfs.xfs")


class TestFileSystems:
    """EFS and FSx for Lustre."""

    def test_efs_is_mounted_with_encryption_in_transit(self, machine: Machine) -> None:
        """The helper comes from the distribution, and the name is known before the mount."""
        run = machine.run(EFS)

        assert_ready(run)
        assert run.calls_of("dnf") == ["dnf install -y -q amazon-efs-utils"]
        assert run.calls_of("getent") == ["getent hosts fs-1.efs.eu-west-1.amazonaws.com"]
        assert run.calls_of("mount") == [
            f"mount -t efs -o tls,iam,_netdev,noresvport fs-1:/ {machine.file('/mnt/efs')}"
        ]

    def test_a_one_zone_file_system_is_named_by_its_zone(self, machine: Machine) -> None:
        """Both the name and the mount option carry the zone."""
        run = machine.run(ONE_ZONE)

        assert_ready(run)
        assert run.calls_of("getent") == [
            "getent hosts eu-west-1a.fs-1.efs.eu-west-1.amazonaws.com"
        ]
        assert "noresvport,az=eu-west-1a fs-1:/" in run.calls_of("mount")[0]

    def test_instance_metadata_is_read_with_a_token(self, machine: Machine) -> None:
        """Launch templates require version 2 of the metadata service."""
        calls = machine.run(EFS).calls_of("curl")

        assert [call for call in calls if "meta-data" in call and "metadata-token: token" in call]
        assert all("token" in call for call in calls)
        # Not repeated as a whole, so that they have limits of their own.
        assert all(" -m 5 --retry 5 " in call for call in calls)

    def test_a_name_that_never_resolves_is_refused(self, machine: Machine) -> None:
        """The wait is bounded and the mount not tried."""
        machine.stub("getent", "exit 2")

        run = machine.run(EFS)

        assert_refused(run, "mount ", "fs-1.efs.eu-west-1.amazonaws.com does not resolve")
        assert len(run.calls_of("getent")) == 10
        assert run.calls_of("sleep") == ["sleep 15"] * 9
        assert not run.calls_of("mount")

    def test_a_mount_that_is_refused_at_first_is_tried_again(self, machine: Machine) -> None:
        """A mount target may answer late."""
        machine.stub(
            "mount", '[[ $(grep -c "^mount " "$CALLS") == 3 ]] && echo "${@: -1}" >>"$STATE/mounts"'
        )

        run = machine.run(EFS)

        assert_ready(run)
        assert len(run.calls_of("mount")) == 3

    @pytest.mark.parametrize("setup", [EFS, LUSTRE])
    def test_a_mount_that_is_always_refused_stops_the_node(
        self, machine: Machine, setup: NodeSetup
    ) -> None:
        """The attempts are bounded, and a mount that failed is not left in fstab."""
        machine.stub("mount", "exit 32")

        run = machine.run(setup)

        assert_refused(run, "cannot mount")
        assert len(run.calls_of("mount")) == 10
        assert not machine.file("/etc/fstab").exists()

    @pytest.mark.parametrize("setup", [EFS, LUSTRE])
    def test_a_retry_after_a_failure_leaves_one_line(
        self, machine: Machine, setup: NodeSetup
    ) -> None:
        """What stopped a node once can be mended and tried again: fstab has each mount once."""
        mount = (machine.commands / "mount").read_text()
        machine.stub("mount", "exit 32")
        assert_refused(machine.run(setup), "cannot mount")
        (machine.commands / "mount").write_text(mount)
        machine.mask.unlink()

        assert_ready(machine.run(setup))
        assert_ready(machine.run(setup))

        lines = machine.file("/etc/fstab").read_text().splitlines()
        assert len(lines) == 1
        assert setup.mounts[0].mount_path in lines[0]

    @pytest.mark.parametrize(
        ("setup", "kind"), [(EFS, "efs"), (LUSTRE, "lustre")], ids=["efs", "lustre"]
    )
    def test_a_client_that_is_missing_is_named(
        self, machine: Machine, setup: NodeSetup, kind: str
    ) -> None:
        """A package without its client leaves mount's own words, each time, in the log."""
        machine.stub("mount", f"echo \"mount: unknown filesystem type '{kind}'.\" >&2; exit 32")

        run = machine.run(setup)

        assert_refused(run, "cannot mount")
        assert run.log.count(f"unknown filesystem type '{kind}'") == 10

    @pytest.mark.parametrize("setup", [EFS, LUSTRE])
    def test_both_wait_for_their_name(self, machine: Machine, setup: NodeSetup) -> None:
        """A name that resolves late is waited for, and then the mount is tried."""
        machine.stub("getent", '[[ $(grep -c "^getent " "$CALLS") == 4 ]]')

        run = machine.run(setup)

        assert_ready(run)
        assert len(run.calls_of("getent")) == 4
        assert len(run.calls_of("mount")) == 1

    @pytest.mark.parametrize("setup", [EFS, LUSTRE])
    def test_a_package_that_cannot_be_installed_stops_the_node(
        self, machine: Machine, setup: NodeSetup
    ) -> None:
        """The attempts are in the log with their command."""
        machine.stub("dnf", "exit 1")

        run = machine.run(setup)

        assert_refused(run, "gave up after 10 attempts: ", "dnf install -y -q ")
        assert len(run.calls_of("dnf")) == 10
        assert "attempt 10 of 10 failed: " in run.log
        assert not run.calls_of("mount")

    def test_a_mirror_that_fails_once_does_not_stop_the_node(self, machine: Machine) -> None:
        """Package installation is retried."""
        machine.stub("dnf", '[[ $(grep -c "^dnf " "$CALLS") == 2 ]]')

        run = machine.run(EFS)

        assert_ready(run)
        assert len(run.calls_of("dnf")) == 2

    def test_packages_of_the_image_are_not_asked_for(self, machine: Machine) -> None:
        """A prepared image needs no repository."""
        (machine.state / "packages").write_text("amazon-efs-utils\n")

        run = machine.run(EFS)

        assert_ready(run)
        assert not run.calls_of("dnf")

    def test_a_known_mount_name_needs_no_request(self, machine: Machine) -> None:
        """Lustre is mounted by its mount name over TCP."""
        run = machine.run(LUSTRE)

        assert_ready(run)
        assert run.calls_of("dnf") == ["dnf install -y -q lustre-client"]
        assert not run.calls_of("aws")
        source = "fs-2.fsx.eu-west-1.amazonaws.com@tcp:/known"
        assert run.calls_of("mount") == [
            f"mount -t lustre -o relatime,flock,_netdev {source} {machine.file('/mnt/fsx')}"
        ]

    def test_an_unknown_mount_name_is_asked_for(self, machine: Machine) -> None:
        """The first label of the DNS name is the file system's id."""
        run = machine.run(UNNAMED_LUSTRE)

        assert_ready(run)
        [request] = run.calls_of("aws")
        assert "describe-file-systems --file-system-ids fs-2 --region eu-west-1" in request
        assert "amazonaws.com@tcp:/abcdefgh " in run.calls_of("mount")[0]

    def test_the_client_to_ask_with_is_installed_where_missing(self, machine: Machine) -> None:
        """Amazon Linux 2023 has it in its own repository."""
        machine.remove("aws")
        machine.stub("dnf", 'case "$*" in *awscli-2) ln -s "$STATE/aws" "${0%/*}/aws" ;; esac')
        client = machine.state / "aws"
        client.write_text("#!/bin/bash\necho found\n")
        client.chmod(0o755)

        run = machine.run(UNNAMED_LUSTRE)

        assert_ready(run)
        assert "dnf install -y -q awscli-2" in run.calls
        assert "@tcp:/found " in run.calls_of("mount")[0]

    def test_the_request_is_repeated_until_it_is_allowed(self, machine: Machine) -> None:
        """The words of an attempt that failed do not become part of the mount name."""
        machine.stub("aws", '[[ $(grep -c "^aws " "$CALLS") == 3 ]] && echo late')

        run = machine.run(UNNAMED_LUSTRE)

        assert_ready(run)
        assert "@tcp:/late " in run.calls_of("mount")[0]

    def test_a_request_that_is_never_allowed_stops_the_node(self, machine: Machine) -> None:
        """A node without permission says which command failed."""
        machine.stub("aws", "exit 254")

        assert_refused(machine.run(UNNAMED_LUSTRE), "mount ", "line ", "lustre_mount_name")

    def test_a_file_system_of_another_type_is_refused(self, machine: Machine) -> None:
        """FSx answers None where there is no mount name."""
        machine.stub("aws", "echo None")

        assert_refused(machine.run(UNNAMED_LUSTRE), "fs-2 is not a Lustre file system")


class TestAwsCli:
    """The AWS CLI for task containers."""

    def test_the_installation_ends_at_the_path(self, machine: Machine) -> None:
        """The processor's own archive, of a known version, goes into the path's directory (U2)."""
        run = machine.run(CLI)

        assert_ready(run)
        root = machine.file("/opt/seqera-batch/aws-cli")
        archive = f"https://awscli.amazonaws.com/awscli-exe-linux-aarch64-{AWS_CLI_VERSION}.zip"
        [download] = run.calls_of("curl")
        # Without --fail-early the last download alone would say whether both are there.
        assert download.startswith("curl -fsSL --fail-early ")
        assert [word for word in download.split() if "://" in word] == [f"{archive}.sig", archive]
        assert run.calls_of("install") == [
            f"install --update --install-dir {root} --bin-dir {root}/bin"
        ]
        assert not run.calls_of("dnf")
        # Images that run nothing below /tmp are common, and a node may be started again.
        assert re.findall(r" -o (\S+)/", download) == [f"{root}/download"] * 2
        assert {path.name for path in root.iterdir()} == {"v2"}

    def test_a_version_is_part_of_the_address(self, machine: Machine) -> None:
        """Another version is another archive."""
        run = machine.run(replace(PLAIN, aws_cli=AwsCli(version="2.27.1")))

        assert run.calls_of("curl")[0].endswith("/awscli-exe-linux-aarch64-2.27.1.zip")

    def test_the_executable_finds_the_libraries_beside_it(self, machine: Machine) -> None:
        """Minimal containers have no libz; arguments and exit status pass through."""
        machine.run(CLI)
        cli = machine.file(CLI_PATH)

        run = machine.run_command("bash", "-c", f'"{cli}" s3 "a b" >>"$STATE/out"')

        assert run.status == 0
        dist = machine.file("/opt/seqera-batch/aws-cli/v2/current/dist")
        out = (machine.state / "out").read_text()
        assert out == f"aws-cli/2.0.0 libraries={dist} s3 a b\n"

    @pytest.mark.parametrize("install", [True, False])
    def test_the_images_own_is_kept(self, machine: Machine, install: bool) -> None:  # noqa: FBT001
        """An executable at the path is used as it is."""
        cli = machine.file(CLI_PATH)
        cli.parent.mkdir(parents=True)
        cli.write_text("#!/bin/bash\necho aws-cli/of-the-image\n")
        cli.chmod(0o755)

        run = machine.run(replace(PLAIN, aws_cli=AwsCli(install=install)))

        assert_ready(run)
        assert "aws-cli/of-the-image" in run.log
        assert not run.calls_of("curl")

    def test_an_image_that_should_carry_it_must(self, machine: Machine) -> None:
        """Without permission to install, a missing executable stops the node."""
        run = machine.run(replace(PLAIN, aws_cli=AwsCli(install=False)))

        assert_refused(run, "the image has no AWS CLI at ", CLI_PATH)

    def test_a_download_that_fails_stops_the_node(self, machine: Machine) -> None:
        """No half of an installation is used (U4)."""
        machine.stub("curl", "exit 22")

        run = machine.run(CLI)

        assert_refused(run, "provide the AWS CLI", "gave up after 10 attempts: curl ")
        assert len(run.calls_of("curl")) == 10
        assert not run.calls_of("unzip")

    def test_an_executable_that_does_not_run_stops_the_node(self, machine: Machine) -> None:
        """The AWS CLI is run once before jobs rely on it."""
        cli = machine.file(CLI_PATH)
        cli.parent.mkdir(parents=True)
        cli.write_text("#!/bin/bash\nexit 127\n")
        cli.chmod(0o755)

        assert_refused(machine.run(CLI), "exit status 127")

    def test_an_archive_that_aws_has_not_signed_is_not_used(self, machine: Machine) -> None:
        """Nothing of it is unpacked, and the node says which archive it was."""
        machine.stub("gpgv", "exit 1")

        run = machine.run(CLI)

        assert_refused(
            run, "https://awscli.amazonaws.com/awscli-exe-linux-", " has no valid signature of AWS"
        )
        assert not run.calls_of("unzip")

    def test_an_installation_that_was_interrupted_is_done_again(self, machine: Machine) -> None:
        """The installer alone would leave it as it is."""
        chmod = (machine.commands / "chmod").readlink()
        machine.stub("chmod", f'[[ "$*" != *bin/aws ]] && exec {chmod} "$@"; exit 1')
        assert_refused(machine.run(CLI), "provide the AWS CLI")
        machine.use_real("chmod")
        machine.mask.unlink()

        run = machine.run(CLI)

        assert_ready(run)
        assert run.calls_of("install")
        assert "LD_LIBRARY_PATH" in machine.file(CLI_PATH).read_text()

    def test_an_installation_that_is_not_wrapped_is(self, machine: Machine) -> None:
        """An executable that works for the node may not work in minimal containers."""
        machine.run(CLI)
        cli = machine.file(CLI_PATH)
        cli.unlink()
        cli.symlink_to("../dist/aws")

        run = machine.run(CLI)

        assert_ready(run)
        assert not run.calls_of("curl")
        assert "LD_LIBRARY_PATH" in cli.read_text()

    def test_the_key_is_the_one_that_aws_publishes(self, machine: Machine) -> None:
        """Its fingerprint is in AWS's installation guide."""
        text = machine.script(CLI).read_text()
        [key] = re.findall(r"<<'KEY'\n(.*?)\nKEY\n", text, re.DOTALL)

        shown = subprocess.run(
            [real_command("gpg"), "--show-keys", "--with-colons", "--homedir", machine.state],
            input=base64.b64decode(key),
            capture_output=True,
            check=True,
        ).stdout.decode()

        assert re.findall(r"^fpr:+(\w+):", shown, re.MULTILINE) == [
            "FB5DB77FD5C118B80511ADA8A6310ACC4672475C"
        ]

    @pytest.mark.parametrize(("year", "forged"), [(2020, False), (2020, True), (2100, False)])
    def test_a_signature_is_really_checked(
        self,
        machine: Machine,
        short_folder: Path,
        year: int,
        forged: bool,  # noqa: FBT001
    ) -> None:
        """With gpgv itself, and a key of the test's own.

        It has expired; a byte has changed; the clock has not come to the key's day yet.
        """
        home = short_folder
        archive = machine.state / "archive"
        archive.write_text("an archive\n")

        def gpg(day: str, *arguments: str) -> bytes:
            return subprocess.run(
                [
                    *(real_command("gpg"), "--homedir", home, "--batch", "--quiet"),
                    *("--faked-system-time", day, "--passphrase", "", *arguments),
                ],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=True,
            ).stdout

        gpg(
            f"{year}0101T000000",
            "--quick-generate-key",
            "nobody@example.org",
            "ed25519",
            "sign",
            "1d",
        )
        signature = machine.state / "signature"
        signature.write_bytes(gpg(f"{year}0101T120000", "--detach-sign", "-o-", str(archive)))
        if forged:
            archive.write_text("an Archive\n")
        machine.use_real("gpgv")
        machine.stub(
            "curl",
            f'while [ "$1" != -o ]; do shift; done; cp {signature} "$2"; cp {archive} "$5"',
        )
        script = machine.script(CLI)
        own = base64.b64encode(gpg(f"{year}0102T000000", "--export")).decode()
        script.write_text(
            re.sub(
                r"(<<'KEY'\n).*?(\nKEY\n)", rf"\g<1>{own}\2", script.read_text(), flags=re.DOTALL
            )
        )

        run = machine.run_command("bash", str(script))

        if forged:
            assert_refused(run, "has no valid signature of AWS")
        else:
            assert_ready(run)

    @pytest.mark.parametrize("command", ["unzip", "gpgv"])
    def test_what_checks_and_unpacks_is_installed_where_missing(
        self, machine: Machine, command: str
    ) -> None:
        """Minimal images do not carry it."""
        real = (machine.commands / command).rename(machine.state / command)
        machine.stub("dnf", f'cp "{real}" "${{0%/*}}/{command}"')

        run = machine.run(CLI)

        assert_ready(run)
        assert run.calls_of("dnf") == [f"dnf install -y -q {machine.file('/usr/bin')}/{command}"]

    @pytest.mark.parametrize("dnf", ["exit 1", ""], ids=["fails", "brings another"])
    def test_nothing_is_unpacked_that_cannot_be_checked(self, machine: Machine, dnf: str) -> None:
        """An image without gpgv, and no repository that has it: no job starts on such a node."""
        machine.remove("gpgv")
        machine.stub("dnf", dnf)

        run = machine.run(CLI)

        assert_refused(run, "provide the AWS CLI")
        assert "gpgv" in run.log
        assert not run.calls_of("unzip")
        assert not machine.file(CLI_PATH).exists()


def test_fusion_limits_unwritten_data(machine: Machine) -> None:
    """The limits hold now and after a reboot."""
    run = machine.run(replace(PLAIN, fusion=True))

    assert_ready(run)
    config = machine.file("/etc/sysctl.d/99-seqera-batch.conf")
    assert config.read_text() == "vm.dirty_bytes=1258291200\nvm.dirty_background_bytes=629145600\n"
    assert run.calls_of("sysctl") == [f"sysctl -q -p {config}"]


def test_amazon_linux_2_installs_with_its_own_tools(machine: Machine) -> None:
    """A custom image of the older distribution has yum and topics instead of dnf."""
    dnf = (machine.commands / "dnf").read_text()
    machine.remove("dnf")
    machine.remove("aws")
    machine.stub("yum", dnf + '\n[[ "$*" == *awscli ]] && cp "$STATE/aws" "${0%/*}/aws"; true')
    machine.stub("amazon-linux-extras", "")
    (machine.state / "aws").write_text("#!/bin/bash\necho found\n")
    (machine.state / "aws").chmod(0o755)
    machine.add_instance_store("AWS1", "AWS2")

    run = machine.run(replace(EVERYTHING, aws_cli=None))

    assert_ready(run)
    assert run.calls_of("amazon-linux-extras") == ["amazon-linux-extras install -y lustre"]
    installed = {call.split()[-1] for call in run.calls_of("yum")}
    assert installed == {"amazon-cloudwatch-agent", "amazon-efs-utils", "awscli", "mdadm"}


def test_a_failure_inside_a_pipe_is_a_failure(machine: Machine) -> None:
    """A command whose output goes on to another one does not fail unseen."""
    script = machine.script(PLAIN)
    steps = "set_up() {\n"
    script.write_text(script.read_text().replace(steps, f"{steps}step 'a pipe'\nfalse | cat\n"))

    assert_refused(machine.run_command("bash", str(script)), "a pipe")


def test_an_own_script_runs_by_itself(machine: Machine) -> None:
    """What it sets stays with it, and its commands do not read the rest of it."""
    text = 'cat\nstep=gone\nENVIRONMENT=other\necho "hello from $0"'
    setup = replace(PLAIN, own_scripts=(OwnScript(name="greet", text=text),))
    machine.use_real("mktemp")
    run = machine.run(setup)
    assert_ready(run)
    assert "hello from /" in run.log
    assert "TowerForge-cpu: own script: greet" in run.log
    assert "TowerForge-cpu: configure the ECS agent" in run.log


def test_an_own_script_has_pipes_that_end(machine: Machine) -> None:
    """Who writes to a pipe that nobody reads ends, as in any shell."""
    text = "{ while :; do echo endless; done; } | { read -r line; echo read; } || true"
    setup = replace(PLAIN, own_scripts=(OwnScript(name="pipe", text=text),))
    machine.use_real("mktemp")
    machine.limits = {"SET_UP_SECONDS": 5}
    run = machine.run(setup)
    assert_ready(run)
    assert "read" in run.log


def test_an_own_script_that_fails_takes_the_node_out(machine: Machine) -> None:
    """Its first failing command ends it, and no job starts on half a node."""
    setup = replace(PLAIN, own_scripts=(OwnScript(name="break", text="false\necho 'never said'"),))
    machine.use_real("mktemp")
    run = machine.run(setup)
    assert_refused(run, "own script: break")
    assert "never said" not in run.log


def test_the_recipe_for_a_registry_with_a_password(machine: Machine) -> None:
    """The documented script hands the agent the secret, beside our own settings."""
    page = Path(__file__).parents[2] / "docs" / "how-to" / "container-images.md"
    [recipe] = [one for one in snippets(page) if "ECS_ENGINE_AUTH_DATA" in one.text]
    [given] = yaml.safe_load(recipe.text)["aws"]["node_scripts"]
    stored = '{"registry.example.org": {"username": "nodes", "password": "a b"}}'
    machine.stub("aws", f"echo '{stored}'")
    machine.use_real("mktemp")
    machine.file("/etc/ecs").mkdir(parents=True)
    run = machine.run(
        replace(PLAIN, own_scripts=(OwnScript(name=given["name"], text=given["run"]),))
    )
    assert_ready(run)
    lines = machine.file(ECS_CONFIG).read_text().splitlines()
    assert lines[:2] == ["ECS_ENGINE_AUTH_TYPE=docker", f"ECS_ENGINE_AUTH_DATA={stored}"]
    assert "ECS_IMAGE_PULL_BEHAVIOR=once" in lines
    assert "password" not in run.log
