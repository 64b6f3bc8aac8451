# SPDX-License-Identifier: Apache-2.0
"""A pretended machine that a node's script runs on: its own directories, and stubs that record."""

from __future__ import annotations

import contextlib
import email
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch.node import NODE_FAILED, NodeSetup, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Prepare = Callable[["Machine", str], NodeSetup]
    """Prepares a machine for a case, and says what it is set up with."""
    Start = tuple[Prepare, str]

# What the scripts may use without installing it: on every Amazon Linux image.
REAL_COMMANDS = (
    *("base64", "bash", "cat", "chmod", "cp", "dirname", "grep", "ln", "mkdir"),
    *("readlink", "rm", "sed", "sort", "tail", "touch"),
)

# The scripts carry no switch for tests: each absolute path is moved below the temporary directory
# in the rendered text, all but those that stay.
ABSOLUTE_PATH = re.compile(r"(?<![\w./}$%-])(?=(/[a-z][^\s'\"]*))")
STAY = re.compile(r"/bin/(ba)?sh|/dev/null")

STUBS = {
    "amazon-cloudwatch-agent-ctl": "",
    "aws": "echo abcdefgh",
    "curl": """
case "$*" in
  *api/token) echo token ;;
  *placement/region) echo eu-west-1 ;;
  *services/domain) echo amazonaws.com ;;
  *-o*) while [ "$1" != -o ]; do shift; done; echo archive >"$2" ;;
esac""",
    "dnf": 'shift 3; for package; do echo "$package" >>"$STATE/packages"; done',
    "getent": "",
    "gpgv": "",
    "mdadm": 'mkdir -p "${2%/*}"; echo array >"$2"',
    "mkfs.xfs": "",
    "mount": 'echo "${@: -1}" >>"$STATE/mounts"',
    "mountpoint": 'mapfile -t all <"$STATE/mounts"; [[ " ${all[*]} " == *" $2 "* ]]',
    "rpm": 'shift; for package; do grep -qxF "$package" "$STATE/packages" || exit 1; done',
    "shutdown": "",
    "sleep": "",
    "sysctl": "",
    # What `mask` leaves behind is what a later start of the machine finds.
    "systemctl": """
if [[ "$1" == mask ]]; then mkdir -p "${MASK%/*}"; ln -sf /dev/null "$MASK"; fi""",
    "systemd-run": "",
    "uname": "echo aarch64",
    # The layout that AWS's installer makes, seen in aws/aws-cli exe/assets/install.
    "unzip": r"""
mkdir "$4/aws"
cat >"$4/aws/install" <<'SH'
#!/bin/bash
echo "install $*" >>"$CALLS"
if [[ -d $3/v2/2.0.0 ]]; then echo 'Found same AWS CLI version. Skipping install.'; exit; fi
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


SECONDS_TO_SETTLE = 20
SIDE_BY_SIDE = 8
"""Scripts that wait for a limit at a time."""


@dataclass(frozen=True)
class Run:
    """What one run of the script left behind, with what went on after its end."""

    status: int
    log: str
    console: str
    calls: list[str]
    took_seconds: float

    def calls_of(self, command: str) -> list[str]:
        """Return the recorded calls of one command."""
        return [call for call in self.calls if call.split()[0] == command]

    @property
    def failures(self) -> list[str]:
        """The lines that tell of a node that failed."""
        return [line for line in self.log.splitlines() if NODE_FAILED in line]


class Machine:
    """A directory that stands for the root of a machine, and the commands on its PATH."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands = root / "commands"
        self.state = root / "state"
        self.calls = self.state / "calls"
        self.mask = self.file("/etc/systemd/system/ecs.service")
        self.ready = self.file("/run/seqera-batch/ready")
        self.limits: dict[str, float] = {}
        """Seconds or times in place of the script's own, by the name of its variable."""
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

    def hang(self, name: str, *, at: str = "*") -> None:
        """Let the first call of a stub whose arguments match a pattern never end."""
        command = self.commands / name
        records, _, body = command.read_text().partition('>>"$CALLS"\n')
        command.write_text(
            f'{records}>>"$CALLS"\n'
            f'if [[ "$*" == {at} && ! -e "$STATE/waits" ]]; then {WAITS}; {HANGS}; fi\n'
            f"{body}"
        )

    def use_real(self, name: str) -> None:
        """Put the real command on the PATH."""
        (self.commands / name).unlink(missing_ok=True)
        (self.commands / name).symlink_to(real_command(name))

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
        """Write the script of a set-up with this machine's paths and limits."""
        message = email.message_from_string(render(setup))
        part = message.get_payload(0)
        assert isinstance(part, Message)
        text = ABSOLUTE_PATH.sub(self._below_root, str(part.get_payload()))
        for name, value in self.limits.items():
            text, replaced = re.subn(rf"\b{name}=\d+", f"{name}={value}", text)
            assert replaced == 1, name
        path = self.root / "part-001"
        path.write_text(text)
        return path

    def _below_root(self, found: re.Match[str]) -> str:
        return "" if STAY.match(found.group(1)) else str(self.root)

    def environment(self) -> dict[str, str]:
        """Return the environment that cloud-init would give the script, and the stubs' own."""
        return {
            "PATH": str(self.commands),
            "CALLS": str(self.calls),
            "MASK": str(self.mask),
            "STATE": str(self.state),
            "TMPDIR": str(self.state),
        }

    def run(self, setup: NodeSetup) -> Run:
        """Run the script as cloud-init does at the first start."""
        return self.run_command("bash", str(self.script(setup)))

    def start_again(self) -> Run:
        """Restart the machine: what is in memory goes, and what is for each start runs."""
        shutil.rmtree(self.file("/run"))
        (self.state / "mounts").write_text("")
        [script] = self.file("/var/lib/cloud/scripts/per-boot").iterdir()
        return self.run_command(str(script))

    def run_command(self, *command: str, given: str = "") -> Run:
        """Run a command on this machine, wait for all that it began, collect what it left."""
        return self.begin(*command, given=given).end()

    def begin(self, *command: str, given: str = "") -> Running:
        """Begin a command on this machine."""
        (self.root / "given").write_text(given)
        self.calls.write_text("")
        ended, alive = os.pipe()
        with (self.root / "given").open("rb") as source:
            process = subprocess.Popen(
                [real_command(command[0]), *command[1:]],
                env=self.environment(),
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[alive],
                start_new_session=True,
                preexec_fn=_as_systemd_begins_it,  # noqa: PLW1509 - one thread
            )
        os.close(alive)
        return Running(self, process, ended)

    def files(self) -> dict[str, str]:
        """Return every file that a run may write, but for its logs."""
        return {
            str(path): path.read_text()
            for directory in ("etc", "opt", "scratch", "mnt", "var/lib")
            for path in self.file(directory).rglob("*")
            if path.is_file()
        }

    def read(self, path: str) -> str:
        """Return the text of a file; none where there is no file."""
        file = self.file(path)
        return file.read_text() if file.is_file() else ""


class Running:
    """A command that was begun on a machine."""

    def __init__(self, machine: Machine, process: subprocess.Popen[bytes], ended: int) -> None:
        self._machine, self._process, self._ended = machine, process, ended
        self._began = time.monotonic()
        self._took: float | None = None

    def goes_on(self) -> bool:
        """Whether it has not ended; what it began may go on all the same."""
        if self._took is None and self._process.poll() is not None:
            self._took = time.monotonic() - self._began
        return self._took is None

    def end(self) -> Run:
        """Wait for it, then for all that it began, and collect what it left."""
        status = _ended(self._process)
        self.goes_on()
        assert self._took is not None
        _settle(self._ended, self._process.pid)
        return Run(
            status=status,
            log=self._machine.read("/var/log/seqera-batch.log"),
            console=self._machine.read("/dev/console"),
            calls=self._machine.calls.read_text().splitlines(),
            took_seconds=self._took,
        )

    def kill(self) -> None:
        """End it, and all that it began."""
        kill_session(self._process.pid)
        self._process.wait()
        os.close(self._ended)


class Ahead:
    """Begins scripts that wait for a limit before a test asks for them: they wait side by side.

    Each begins when the one before it has nothing left but to wait, so that they do not take each
    other's time.
    """

    def __init__(self, folder: Callable[[], Path], starts: Sequence[Start]) -> None:
        self._folder, self._starts = folder, starts
        self._begun: dict[Start, tuple[Machine, Running]] = {}
        self._done: set[Start] = set()

    def __call__(self, prepare: Prepare, case: str) -> tuple[Machine, Run]:
        """Return the machine that was so prepared, and what its script left."""
        wanted = prepare, case
        place = self._starts.index(wanted)
        for start in self._starts[place : place + SIDE_BY_SIDE]:
            if start not in self._begun and start not in self._done:
                self._begun[start] = self._begin(*start)
        self._done.add(wanted)
        machine, running = self._begun.pop(wanted)
        return machine, running.end()

    def _begin(self, prepare: Prepare, case: str) -> tuple[Machine, Running]:
        machine = Machine(self._folder() / "machine")
        running = machine.begin("bash", str(machine.script(prepare(machine, case))))
        while running.goes_on() and not (machine.state / "waits").exists():
            time.sleep(0.005)
        return machine, running

    def kill(self) -> None:
        """End what nobody has asked for."""
        for _, running in self._begun.values():
            running.kill()


def real_command(name: str) -> str:
    """Return the path of a command of this computer; skip the test where it is missing."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"the command {name} is not installed", allow_module_level=True)
    return path


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Return the status of the script; end what does not end by itself."""
    try:
        return process.wait(timeout=SECONDS_TO_SETTLE)
    except subprocess.TimeoutExpired:
        kill_session(process.pid)
        pytest.fail("the script goes on")


def _settle(ended: int, session: int) -> None:
    """Wait until nothing holds the other end of the pipe; end what has not ended by itself."""
    with os.fdopen(ended) as pipe:
        if not select.select([pipe], [], [], SECONDS_TO_SETTLE)[0]:
            kill_session(session)
            pytest.fail("something that the script began goes on")


def kill_session(session: int) -> None:
    """End every process of a session: a group each, since the script runs its commands so."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[3]) == session:
                os.kill(int(stat.parent.name), signal.SIGKILL)


HANGS = f"exec {real_command('sleep')} 1000"
"""What a stub does that never ends."""
WAITS = ': >"$STATE/waits"'
"""What a stub does before it, or lets the set-up wait otherwise: others may begin."""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A fresh machine."""
    if sys.platform != "linux":
        pytest.skip("the scripts use the options of Linux commands")
    return Machine(tmp_path / "machine")


def _as_systemd_begins_it() -> None:
    """Ignore no signal: whatever runs the tests in the background ignores some."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Give a folder whose path leaves room for a socket's, which has 108 characters."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
