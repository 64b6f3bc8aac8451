# SPDX-License-Identifier: Apache-2.0
"""A pretended machine that a node's script runs on: its own directories, and stubs that record."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING

import pytest

from seqera_batch.node import NodeSetup, render

if TYPE_CHECKING:
    from pathlib import Path

# What the scripts may use without installing it: on every Amazon Linux image.
REAL_COMMANDS = (
    *("bash", "cat", "chmod", "cp", "dirname", "grep", "ln", "mkdir", "mktemp", "readlink"),
    *("rm", "sed", "sort", "tail", "tee", "touch"),
)

# The scripts carry no switch for tests: each absolute path is moved below the temporary directory
# in the rendered text, all but those that stay.
ABSOLUTE_PATH = re.compile(r"(?<![\w./}$%-])(?=(/[a-z][^\s'\"]*))")
STAY = re.compile(r"/bin/(ba)?sh|/dev/null")

STUBS = {
    "amazon-cloudwatch-agent-ctl": "",
    "aws": 'echo "$MOUNT_NAME"',
    "curl": """
case "$*" in
  *api/token) echo token ;;
  *placement/region) echo eu-west-1 ;;
  *services/domain) echo amazonaws.com ;;
  *-o*) while [ "$1" != -o ]; do shift; done; echo archive >"$2" ;;
esac""",
    "dnf": 'shift 3; for package; do echo "$package" >>"$STATE/packages"; done',
    "getent": "",
    "logger": '[[ "$*" == "-t seqera-batch -s" ]] && cat >&2',
    "mdadm": 'mkdir -p "${2%/*}"; echo array >"$2"',
    "mkfs.xfs": "",
    "mount": 'echo "${@: -1}" >>"$STATE/mounts"',
    "mountpoint": 'grep -qxF "$2" "$STATE/mounts"',
    "rpm": 'shift; for package; do grep -qxF "$package" "$STATE/packages" || exit 1; done',
    "shutdown": "",
    "sleep": "",
    "sysctl": "",
    "systemctl": "",
    "uname": "echo aarch64",
    # The layout that AWS's installer makes, seen in aws/aws-cli exe/assets/install.
    "unzip": r"""
mkdir "$4/aws"
cat >"$4/aws/install" <<'SH'
#!/bin/bash
echo "install $*" >>"$CALLS"
mkdir -p "$3/v2/2.0.0/dist" "$3/v2/2.0.0/bin"
cat >"$3/v2/2.0.0/dist/aws" <<'AWS'
#!/bin/bash
echo "aws-cli/2.0.0 libraries=$LD_LIBRARY_PATH $*"
AWS
chmod +x "$3/v2/2.0.0/dist/aws"
ln -s ../dist/aws "$3/v2/2.0.0/bin/aws"
ln -snf "$3/v2/2.0.0" "$3/v2/current"
SH
chmod +x "$4/aws/install"
""",
}


@dataclass(frozen=True)
class Run:
    """What one run of the script left behind; the calls are those of stubs but for the logger."""

    status: int
    log: str
    console: str
    calls: list[str]

    def calls_of(self, command: str) -> list[str]:
        """Return the recorded calls of one command."""
        return [call for call in self.calls if call.split()[0] == command]


class Machine:
    """A directory that stands for the root of a machine, and the commands on its PATH."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands = root / "commands"
        self.state = root / "state"
        self.calls = self.state / "calls"
        for directory in (self.commands, self.state, root / "dev/disk/by-id", root / "var/log"):
            directory.mkdir(parents=True)
        for file in ("calls", "mounts", "packages"):
            (self.state / file).touch()
        for name in REAL_COMMANDS:
            self.use_real(name)
        for name, body in STUBS.items():
            self.stub(name, body)
        agent = root / "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
        agent.parent.mkdir(parents=True)
        agent.symlink_to(self.commands / agent.name)

    def stub(self, name: str, body: str) -> None:
        """Put a command on the PATH that records its call and then does what the body says."""
        command = self.commands / name
        command.unlink(missing_ok=True)
        command.write_text(f'#!/bin/bash\necho "${{0##*/}} $*" >>"$CALLS"\n{body}\n')
        command.chmod(0o755)

    def use_real(self, name: str) -> None:
        """Put the real command on the PATH."""
        path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        assert path, f"these tests need the command {name}"
        (self.commands / name).unlink(missing_ok=True)
        (self.commands / name).symlink_to(path)

    def remove(self, name: str) -> None:
        """Take a command off the PATH."""
        (self.commands / name).unlink()

    def file(self, path: str) -> Path:
        """Return the place of one of the machine's absolute paths."""
        return self.root / path.removeprefix("/")

    def link_disk(self, name: str, device: Path) -> None:
        """Make the link by which udev names a disk."""
        (self.file("/dev/disk/by-id") / name).symlink_to(device)

    def add_instance_store(self, *serials: str) -> list[str]:
        """Add instance-store disks with the two names that udev gives each; return the devices."""
        devices = []
        for number, serial in enumerate(serials, start=1):
            device = self.file(f"/dev/nvme{number}n1")
            device.touch()
            name = f"nvme-Amazon_EC2_NVMe_Instance_Storage_{serial}"
            self.link_disk(name, device)
            self.link_disk(f"{name}_1", device)
            devices.append(str(device))
        return devices

    def script(self, setup: NodeSetup) -> Path:
        """Write the script of a set-up with this machine's paths."""
        message = email.message_from_string(render(setup))
        part = message.get_payload(0)
        assert isinstance(part, Message)
        path = self.root / "part-001"
        path.write_text(ABSOLUTE_PATH.sub(self._below_root, str(part.get_payload())))
        return path

    def _below_root(self, found: re.Match[str]) -> str:
        return "" if STAY.match(found.group(1)) else str(self.root)

    def environment(self) -> dict[str, str]:
        """Return the environment that cloud-init would give the script, and the stubs' own."""
        return {
            "PATH": str(self.commands),
            "CALLS": str(self.calls),
            "STATE": str(self.state),
            "MOUNT_NAME": "abcdefgh",
            "TMPDIR": str(self.state),
        }

    def run(self, setup: NodeSetup) -> Run:
        """Run the script as cloud-init does."""
        return self.run_command("bash", str(self.script(setup)))

    def run_command(self, *command: str) -> Run:
        """Run a command on this machine and collect what it left."""
        self.calls.write_text("")
        done = subprocess.run(
            [shutil.which(command[0]) or command[0], *command[1:]],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Run(
            status=done.returncode,
            log=self._read("/var/log/seqera-batch.log"),
            console=self._read("/dev/console"),
            calls=[
                call
                for call in self.calls.read_text().splitlines()
                # It runs beside the script, so its place among the calls is left to chance.
                if not call.startswith("logger ")
            ],
        )

    def _read(self, path: str) -> str:
        file = self.file(path)
        return file.read_text() if file.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A fresh machine."""
    if sys.platform != "linux":
        pytest.skip("the scripts use the options of Linux commands")
    return Machine(tmp_path / "machine")
