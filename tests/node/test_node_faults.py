# SPDX-License-Identifier: Apache-2.0
"""Whatever dies while a node starts: it is ready with all it needs, or takes no job and ends."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seqera_batch.node import NODE_FAILED, AwsCli, NodeSetup
from tests.mounts import efs, lustre
from tests.node.conftest import HANGS, REAL_COMMANDS, STUBS, WAITS, Ahead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.mark import ParameterSet

    from tests.node.conftest import Machine, Run, Start

PLAIN = NodeSetup(environment="TowerForge-cpu")
EVERYTHING = replace(
    PLAIN,
    fusion_scratch=True,
    aws_cli=AwsCli(),
    log_group="seqera-nodes",
    mounts=(efs("fs-1"), lustre("fs-2.fsx.eu-west-1.amazonaws.com")),
)
EFS = replace(PLAIN, mounts=(efs("fs-1"),))
LOGS = replace(PLAIN, log_group="seqera-nodes")
CLI_PATH = "/opt/seqera-batch/aws-cli/v2/current/bin/aws"

TO_THE_JUDGE = "read -r _ _ _ _ _ judge _ </proc/self/stat"
"""The script runs in a session of its own, whose number is that of its first process."""

NOT_NEEDED = {
    **dict.fromkeys(("cp", "dirname", "sysctl"), "other set-ups need it"),
    **dict.fromkeys(("sleep", "shutdown"), "it is for what has gone wrong otherwise"),
    **dict.fromkeys(("grep", "rpm"), "its no is as good as no answer"),
    "amazon-cloudwatch-agent-ctl": "the logs are no part of what jobs were promised",
    "systemd-run": "it ends a node whose judge is dead",
}
"""Commands without which a node of `EVERYTHING` works, and why."""

KILLED = ("cat", "chmod", "curl", "dnf", "getent", "rpm", "systemd-run")
"""Commands that are killed with every run of the tests: of the system and stubs, needed or not."""

DEADLINE_SECONDS = 35 * 60
END = ("systemctl mask ecs", "systemctl stop --no-block ecs", "shutdown -h +3")


def ending(run: Run) -> tuple[str, ...]:
    """Return the calls that take a node out of service, in their order."""
    return tuple(call for call in run.calls if call in END)


def assert_out_of_service(machine: Machine, run: Run) -> None:
    """The node takes no job, ends, and says so in one line."""
    assert run.status != 0
    assert not machine.ready.exists()
    assert ending(run) == END
    [line] = run.failures
    assert line in run.console


def assert_all_there(machine: Machine, run: Run) -> None:
    """The node is ready, and has everything that its jobs were promised."""
    assert run.status == 0, run.log
    assert machine.ready.exists()
    assert ending(run) == ()
    paths = (machine.file(path) for path in ("/scratch/fusion", "/mnt/efs", "/mnt/fsx"))
    assert set(map(str, paths)) == set((machine.state / "mounts").read_text().split())
    assert machine.file("/etc/ecs/ecs.config").read_text().endswith("# seqera-batch: end\n")
    assert "LD_LIBRARY_PATH" in machine.file(CLI_PATH).read_text()


def _each_command() -> Iterator[ParameterSet]:
    for command in sorted({*REAL_COMMANDS, *STUBS} - {"bash"}):
        yield pytest.param(command, "exit 1", id=f"{command}-fails")
        # To the shell a status as any other.
        at_night = () if command in KILLED else (pytest.mark.nightly,)
        yield pytest.param(command, "kill -KILL $$", id=f"{command}-is killed", marks=at_night)


@pytest.mark.parametrize(("command", "fault"), list(_each_command()))
def test_each_command_in_turn(machine: Machine, command: str, fault: str) -> None:
    """What jobs need and does not work takes the node out of service; nothing else does."""
    machine.add_instance_store("AWS1", "AWS2")
    machine.stub(command, fault)

    run = machine.run(EVERYTHING)

    if command in NOT_NEEDED:
        assert_all_there(machine, run)
    else:
        assert_out_of_service(machine, run)


@pytest.mark.parametrize("setup", [EFS, replace(PLAIN, fusion_scratch=True)], ids=["EFS", "NVMe"])
def test_a_mount_that_is_none(machine: Machine, setup: NodeSetup) -> None:
    """What says that it has mounted and has not leaves no job on the root volume."""
    machine.add_instance_store("AWS1")
    machine.stub("mount", "")

    run = machine.run(setup)

    assert_out_of_service(machine, run)
    assert "cannot mount" in run.failures[0]
    assert not machine.file("/etc/fstab").exists()


HANGING = sorted(STUBS.keys() - NOT_NEEDED.keys())


def hanging(machine: Machine, command: str) -> NodeSetup:
    """Let a command never end, and nothing wait for minutes."""
    machine.add_instance_store("AWS1", "AWS2")
    machine.limits = {"SET_UP_SECONDS": 2, "ATTEMPT_SECONDS": 2, "COMMAND_SECONDS": 0.7}
    machine.stub(command, f"{WAITS}; {HANGS}")
    return EVERYTHING


@pytest.mark.parametrize("command", HANGING)
def test_each_command_hanging(ahead: Ahead, command: str) -> None:
    """A command that never ends takes the node out of service when its time is over."""
    machine, run = ahead(hanging, command)

    assert_out_of_service(machine, run)
    assert run.calls_of(command)


SHIPPING = ("amazon-cloudwatch-agent-ctl", "dnf", "rpm")
SHIPPING_FAULTS = {"fails": "exit 1", "is killed": "kill -KILL $$", "hangs": HANGS}


def shipping(machine: Machine, case: str) -> NodeSetup:
    """Let a command fail that logs are shipped with."""
    command, _, fault = case.partition(" ")
    machine.limits = {"SET_UP_SECONDS": 2, "ATTEMPT_SECONDS": 0.5}
    machine.stub(command, SHIPPING_FAULTS[fault])
    return LOGS


@pytest.mark.parametrize("command", SHIPPING)
@pytest.mark.parametrize("fault", SHIPPING_FAULTS)
def test_logs_that_cannot_be_shipped_delay_nothing(ahead: Ahead, command: str, fault: str) -> None:
    """The node is ready, and its agent may start, before anything is tried for the logs."""
    _, run = ahead(shipping, f"{command} {fault}")

    assert run.status == 0
    assert run.took_seconds < 2
    assert run.calls.index("systemctl start --no-block ecs") == 2
    assert ending(run) == ()
    assert not run.failures


def test_a_judge_that_is_asked_to_end_while_it_judges(machine: Machine) -> None:
    """It finishes what it began."""
    machine.stub("systemctl", f"[[ $1 != mask ]] || {{ {TO_THE_JUDGE}; kill -TERM $judge; }}")
    machine.stub("getent", "exit 1")

    assert_out_of_service(machine, machine.run(EFS))


def test_a_judge_whose_words_nobody_reads(machine: Machine) -> None:
    """Without a log, to a pipe whose reader has gone, it ends the node all the same."""
    machine.file("/var/log/seqera-batch.log").mkdir(parents=True)

    run = machine.run_command("bash", "-c", f"bash {machine.script(EFS)} 2>&1 | :")

    assert ending(run) == END
    assert NODE_FAILED in run.console


def test_a_node_that_cannot_say_that_it_is_ready(machine: Machine) -> None:
    """Its agent would never start."""
    machine.stub("systemd-run", f"mkdir {machine.ready}")

    run = machine.run(PLAIN)

    assert ending(run) == END
    assert len(run.failures) == 1


def test_a_node_that_was_ready_before(machine: Machine) -> None:
    """A start that fails leaves nothing of an earlier one that did not."""
    machine.run(PLAIN)
    machine.stub("getent", "exit 1")

    assert_out_of_service(machine, machine.run(EFS))


def test_what_ends_a_node_comes_before_what_is_said_of_it(machine: Machine) -> None:
    """Whatever a log may do to who writes it, the node ends."""
    log = machine.file("/var/log/seqera-batch.log")
    machine.stub("shutdown", f'grep -q {NODE_FAILED} "{log}" && echo early >"$STATE/early"')
    machine.stub("getent", "exit 1")

    assert_out_of_service(machine, machine.run(EFS))

    assert not (machine.state / "early").exists()


def test_logs_of_a_node_that_failed_are_shipped(machine: Machine) -> None:
    """After all is done to end it, within the minutes until it does."""
    machine.stub("mkfs.xfs", "exit 1")
    machine.add_instance_store("AWS1")

    run = machine.run(replace(LOGS, fusion_scratch=True))

    assert_out_of_service(machine, run)
    assert run.calls[-1].startswith("amazon-cloudwatch-agent-ctl ")


def test_a_node_that_nothing_shuts_down_is_powered_off(machine: Machine) -> None:
    """Without logind `shutdown` cannot wait."""
    machine.stub("shutdown", "exit 1")
    machine.stub("getent", "exit 1")

    run = machine.run(EFS)

    assert ending(run) == END
    assert run.calls[-1] == "systemctl --no-block poweroff"


@pytest.mark.parametrize("console", ["/dev/full", "/nowhere/console", "a pipe that nobody reads"])
def test_a_console_that_takes_nothing(machine: Machine, console: str) -> None:
    """A node that failed is taken out of service all the same, and says so in its log."""
    place = machine.file("/dev/console")
    if console.startswith("/"):
        place.symlink_to(console)
    else:
        os.mkfifo(place)
    machine.limits = {"COMMAND_SECONDS": 0.5}
    machine.stub("getent", "exit 1")

    run = machine.run(EFS)

    assert run.status != 0
    assert ending(run) == END
    assert len(run.failures) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/etc/ecs/ecs.config",
        "/etc/fstab",
        "/run/seqera-batch/step",
        "/run/systemd/system/ecs.service.d",
        "/var/lib/cloud/scripts/per-boot/seqera-batch",
        "/var/log/seqera-batch.log",
    ],
)
def test_a_file_that_cannot_be_written(machine: Machine, path: str) -> None:
    """It is needed, so the node is taken out of service, with or without a log."""
    place = machine.file(path)
    if path.endswith(".d"):
        place.parent.mkdir(parents=True)
        place.touch()
    else:
        place.mkdir(parents=True)

    run = machine.run(EFS)

    assert run.status != 0
    assert not machine.ready.exists()
    assert ending(run) == END
    assert len(run.failures) == (not path.endswith(".log"))
    assert NODE_FAILED in run.console


def test_a_set_up_that_is_killed(machine: Machine) -> None:
    """The judge is another process, and knows in which step it was."""
    machine.limits = {"ATTEMPT_SECONDS": 0.5}
    machine.stub("getent", "kill -KILL $PPID")

    run = machine.run(EFS)

    assert_out_of_service(machine, run)
    assert "exit status 137" in run.failures[0]
    assert f"in the step 'mount {machine.file('/mnt/efs')}'" in run.failures[0]


SIGNALS = ("HUP", "INT", "TERM")


def asked_to_end(machine: Machine, signal: str) -> NodeSetup:
    """Send the judge a signal from what it has begun, which then never ends."""
    machine.stub("getent", f"{TO_THE_JUDGE}; kill -{signal} $judge; {WAITS}; {HANGS}")
    machine.limits = {"ATTEMPT_SECONDS": 0.5, "SET_UP_SECONDS": 1.5}
    return EFS


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_judge_that_is_asked_to_end(ahead: Ahead, signal: str) -> None:
    """It takes the node out of service first."""
    machine, run = ahead(asked_to_end, signal)

    assert run.status == 143
    assert_out_of_service(machine, run)


KILLING = ("chmod", "getent", "systemd-run")


def killed(machine: Machine, command: str) -> NodeSetup:
    """Let a command kill the judge."""
    machine.limits = {"ATTEMPT_SECONDS": 0.5, "SET_UP_SECONDS": 1.5}
    machine.stub(command, f"{TO_THE_JUDGE}; kill -KILL $judge")
    return replace(EFS, log_group="seqera-nodes")


@pytest.mark.parametrize("command", KILLING)
def test_a_judge_that_is_killed(ahead: Ahead, command: str) -> None:
    """The agent wants a file that nobody makes any more, and systemd has another judge."""
    machine, run = ahead(killed, command)

    assert run.status == -9
    held = machine.file("/run/systemd/system/ecs.service.d/seqera-batch.conf")
    assert held.read_text() == f"[Unit]\nAssertPathExists={machine.ready}\n"
    assert not machine.ready.exists()
    assert not run.failures

    [deadline] = run.calls_of("systemd-run")
    options, _, late = deadline.partition(" bash -c ")
    assert options == f"systemd-run -q -p KillMode=process --on-active={DEADLINE_SECONDS}"
    run = machine.run_command("bash", "-c", late)

    assert_out_of_service(machine, run)
    assert run.calls[-1].startswith("amazon-cloudwatch-agent-ctl ")


def test_a_deadline_that_a_node_has_met(machine: Machine) -> None:
    """What systemd begins then finds that the node is ready, and does nothing."""
    machine.run(LOGS)
    [deadline] = machine.run(LOGS).calls_of("systemd-run")

    run = machine.run_command("bash", "-c", deadline.partition(" bash -c ")[2])

    assert (run.status, run.calls, run.failures) == (0, [], [])
    assert machine.ready.exists()


LIMITS = {"ATTEMPT_SECONDS": 0.5, "COMMAND_SECONDS": 0.5}
"""Short ones for attempts and commands; the whole has half an hour."""


def _hangs_once(machine: Machine, case: str) -> None:
    machine.limits = LIMITS
    name, _, at = case.partition(" ")
    machine.hang(name, at=at.replace(" ", r"\ "))


def attempt_hanging(machine: Machine, case: str) -> NodeSetup:
    """Let the first attempt of something never end."""
    _hangs_once(machine, case)
    machine.add_instance_store("AWS1")
    return EVERYTHING


def answer_missing(machine: Machine, case: str) -> NodeSetup:
    """Let nobody answer when a node is ready."""
    _hangs_once(machine, case)
    return PLAIN


def end_hanging(machine: Machine, case: str) -> NodeSetup:
    """Let one of the commands that end a node hang."""
    if "poweroff" in case:
        machine.stub("shutdown", "exit 1")
    _hangs_once(machine, case)
    machine.stub("getent", "exit 1")
    return EFS


ATTEMPTS = ("aws *", "curl *awscli*", "dnf *lustre-client", "getent *", "mount *lustre*")
ANSWERS = ("systemctl start --no-block ecs", "systemd-run *")
ENDS = (*END, "systemctl daemon-reload", "systemctl --no-block poweroff")


class TestLimits:
    """Each limit by itself: the others are long, and nothing is waited for that has its own."""

    def test_what_they_are(self, machine: Machine) -> None:
        """The pages say half an hour, five minutes, three minutes and 35 minutes."""
        text = machine.script(EVERYTHING).read_text()
        found = {name: int(value) for name, value in re.findall(r"\b([A-Z_]+S)=(\d+)\b", text)}
        assert found == {
            "SET_UP_SECONDS": 30 * 60,
            "ATTEMPT_SECONDS": 5 * 60,
            "COMMAND_SECONDS": 30,
            "ATTEMPTS": 10,
            "DELAY_SECONDS": 15,
            "SHUTDOWN_MINUTES": 3,
        }
        # A judge that lives has masked, stopped and shut down, each in its time, before another.
        ended = found["SET_UP_SECONDS"] + 3 * found["COMMAND_SECONDS"]
        assert ended + 60 * found["SHUTDOWN_MINUTES"] < DEADLINE_SECONDS
        assert f"--on-active={DEADLINE_SECONDS} " in text

    @pytest.mark.parametrize("attempt", ATTEMPTS)
    def test_an_attempt_that_hangs_is_followed_by_another(self, ahead: Ahead, attempt: str) -> None:
        """A repository or a mount target that does not answer once costs an attempt."""
        machine, run = ahead(attempt_hanging, attempt)

        assert_all_there(machine, run)
        assert run.log.count("attempt 1 of 10 failed: ") == 1

    def test_a_mount_of_fstab_that_hangs_is_followed_by_another(self, machine: Machine) -> None:
        """After a restart, which mounts what the start before has written down."""
        machine.limits = LIMITS
        machine.run(EFS)
        machine.hang("mount")

        run = machine.start_again()

        assert run.status == 0, run.log
        assert len(run.calls_of("mount")) == 2

    @pytest.mark.parametrize("command", ANSWERS)
    def test_a_node_is_ready_without_an_answer(self, ahead: Ahead, command: str) -> None:
        """Neither an agent that starts late nor the second judge is waited for."""
        machine, run = ahead(answer_missing, command)

        assert run.status == 0, run.log
        assert machine.ready.exists()

    @pytest.mark.parametrize("command", ENDS)
    def test_a_node_ends_without_an_answer(self, ahead: Ahead, command: str) -> None:
        """Each of the commands that end a node is given, whichever of the others hangs."""
        machine, run = ahead(end_hanging, command)

        assert_out_of_service(machine, run)
        assert command in run.calls
        powered_off = "systemctl --no-block poweroff" in run.calls
        assert powered_off == (command.startswith("shutdown") or "poweroff" in command)


def interrupted(machine: Machine, command: str) -> NodeSetup:
    """Let a command kill the judge and the set-up."""
    machine.limits = {"ATTEMPT_SECONDS": 0.5, "SET_UP_SECONDS": 1.5}
    machine.stub(command, f"{WAITS}; {TO_THE_JUDGE}; kill -KILL $judge; kill -KILL $PPID")
    machine.add_instance_store("AWS1", "AWS2")
    return EVERYTHING


STARTS: list[Start] = [
    *((hanging, command) for command in HANGING),
    *((shipping, f"{command} {fault}") for fault in SHIPPING_FAULTS for command in SHIPPING),
    *((asked_to_end, signal) for signal in SIGNALS),
    *((killed, command) for command in KILLING),
    *((attempt_hanging, attempt) for attempt in ATTEMPTS),
    *((answer_missing, command) for command in ANSWERS),
    *((end_hanging, command) for command in ENDS),
    (interrupted, "getent"),
]
"""Those that wait for a limit, in the order of their tests."""


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ahead]:
    """Give what begins them, a few at a time."""
    if sys.platform != "linux":
        pytest.skip("the scripts use the options of Linux commands")
    found = Ahead(lambda: tmp_path_factory.mktemp("ahead"), STARTS)
    yield found
    found.kill()


class TestAnotherStart:
    """What a node is after it was restarted."""

    def test_a_node_that_was_ready_is_ready_again(self, machine: Machine) -> None:
        """Everything is mounted again, nothing is formatted, downloaded or written twice."""
        machine.add_instance_store("AWS1", "AWS2")
        machine.run(EVERYTHING)
        before = machine.files()

        run = machine.start_again()

        assert_all_there(machine, run)
        assert machine.files() == before
        changing = ("dnf", "curl", "install", "mkfs.xfs", "mdadm")
        assert not [call for call in run.calls if call.split()[0] in changing]

    def test_a_node_that_loses_a_file_system_takes_no_job(self, machine: Machine) -> None:
        """A mount that does not come back is a start that has failed."""
        machine.run(EFS)
        machine.stub("mount", "exit 32")

        assert_out_of_service(machine, machine.start_again())

    def test_a_node_that_failed_fails_again(self, machine: Machine) -> None:
        """Its agent stays masked, so it ends again, whatever would work by now."""
        getent = (machine.commands / "getent").read_text()
        machine.stub("getent", "exit 1")
        assert_out_of_service(machine, machine.run(EFS))
        (machine.commands / "getent").write_text(getent)

        run = machine.start_again()

        assert ending(run) == END
        assert not machine.ready.exists()
        assert "an earlier start of this node failed" in run.failures[-1]
        assert len(run.failures) == 2

    def test_a_node_that_was_interrupted_is_set_up(self, ahead: Ahead) -> None:
        """Where the first start ended half-way, the next one does what is missing."""
        machine, _ = ahead(interrupted, "getent")
        machine.stub("getent", STUBS["getent"])

        assert_all_there(machine, machine.start_again())

    def test_an_image_of_a_node_does_not_run_its_script(self, machine: Machine) -> None:
        """What runs at each start wants to see that it is the script of a node."""
        machine.run(EFS)
        (machine.root / "part-001").write_text("#!/bin/bash\nexit 1\n")

        run = machine.start_again()

        assert run.status == 0
        assert not run.calls
