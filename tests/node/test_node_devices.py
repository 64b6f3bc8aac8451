# SPDX-License-Identifier: Apache-2.0
"""The scratch space on real block devices: loop devices, mkfs.xfs and mount of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch.node import NodeSetup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.node.conftest import Machine

SCRATCH = NodeSetup(environment="TowerForge-cpu", fusion_scratch=True)
NEEDED = ("blockdev", "losetup", "mkfs.xfs", "mount", "mountpoint", "stat", "umount", "unshare")
SBIN = f"{os.environ['PATH']}:/usr/sbin:/sbin"
# mkfs.xfs refuses less than 300 MiB; the file takes only the space that is written.
DISK_BYTES = 320 * 1024 * 1024

# Again, to see that the second run leaves the file written between them; and as at another start of
# the machine, where what fstab has may not be mounted yet.
AGAIN = """
set -e
bash "$1"
echo kept >"$2/kept"
bash "$1"
mount --bind "$3" /etc/fstab
umount "$2"
bash "$1"
stat --file-system --format %T "$2" >"$STATE/type"
stat --format %a "$2" >"$STATE/mode"
cat "$2/kept" >"$STATE/kept"
umount "$2"
"""


def missing() -> str | None:
    """Return why real devices cannot be used here, if they cannot."""
    absent = [command for command in NEEDED if shutil.which(command, path=SBIN) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    if os.geteuid() != 0:
        return "loop devices and mounts need root"
    if subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0:  # noqa: S607
        return "a mount namespace is not allowed here"
    found = subprocess.run(["losetup", "--find"], capture_output=True, check=False)  # noqa: S607
    return None if found.returncode == 0 else "there is no free loop device"


@pytest.fixture
def loop_device(tmp_path: Path) -> Iterator[Path]:
    """A loop device of its own."""
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    disk = tmp_path / "disk"
    with disk.open("wb") as file:
        file.truncate(DISK_BYTES)
    done = subprocess.run(
        ["losetup", "--find", "--show", disk],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    device = Path(done.stdout.strip())
    yield device
    # It would stay so for the next file behind the device.
    subprocess.run(["blockdev", "--setrw", device], check=True)  # noqa: S607
    subprocess.run(["losetup", "--detach", device], check=True)  # noqa: S607


@pytest.mark.parametrize("disks", [1, 2])
def test_the_scratch_space_is_a_file_system_that_further_runs_keep(
    machine: Machine, loop_device: Path, disks: int
) -> None:
    """XFS with the sticky bit; the array of two disks is the first disk, in want of a driver."""
    for command in ("mkfs.xfs", "mount", "mountpoint", "stat", "umount"):
        machine.use_real(command)
    machine.stub("mdadm", f'mkdir -p "${{2%/*}}"; ln -s {loop_device} "$2"')
    machine.link_disk("nvme-Amazon_EC2_NVMe_Instance_Storage_AWS1", loop_device)
    if disks > 1:
        machine.add_instance_store("AWS2")

    script = machine.script(SCRATCH)
    # Labels are the machine's; another run of this test at the same time must not be found.
    script.write_text(script.read_text().replace("fusion-nvme", f"test-{os.getpid() % 10**7}"))
    path = machine.file("/scratch/fusion")
    run = machine.run_command(
        *("unshare", "--mount", "bash", "-c", AGAIN, "again"),
        *map(str, (script, path, machine.file("/etc/fstab"))),
    )

    assert run.status == 0, run.log
    assert run.log.count("the node is ready") == 3
    assert (machine.state / "type").read_text() == "xfs\n"
    assert (machine.state / "mode").read_text() == "1777\n"
    assert (machine.state / "kept").read_text() == "kept\n"
    assert len(run.calls_of("mdadm")) == disks - 1


def test_a_disk_that_takes_no_writes(machine: Machine, loop_device: Path) -> None:
    """What the real mkfs.xfs says of it is in the log, and the node takes no job."""
    machine.use_real("mkfs.xfs")
    machine.link_disk("nvme-Amazon_EC2_NVMe_Instance_Storage_AWS1", loop_device)
    subprocess.run(["blockdev", "--setro", loop_device], check=True)  # noqa: S607

    run = machine.run(SCRATCH)

    assert run.status != 0
    assert "mkfs.xfs: pwrite failed: " in run.log
    assert "mkfs.xfs -q" in run.failures[0]
    assert not machine.ready.exists()
