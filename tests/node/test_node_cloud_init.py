# SPDX-License-Identifier: Apache-2.0
"""cloud-init itself finds one shell script in the user data, and runs it, at each start."""

from __future__ import annotations

import email
import json
import subprocess
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch.node import AwsCli, NodeSetup, render
from tests.mounts import efs

if TYPE_CHECKING:
    from tests.node.conftest import Machine

# cloud-init is a package of the distribution, for the distribution's own Python.
PYTHON = Path("/usr/bin/python3")
PARSES = """
import json, sys
from cloudinit import helpers, user_data
paths = helpers.Paths({"cloud_dir": sys.argv[1], "run_dir": sys.argv[1]})
message = user_data.UserDataProcessor(paths).process(sys.stdin.buffer.read())
print(json.dumps([
    [part.get_content_type(), part.get_payload(decode=True).decode()]
    for part in message.walk() if not part.is_multipart()
]))
"""

RUNS = """
import os, sys
from cloudinit import handlers, helpers, subp, user_data
from cloudinit.handlers.shell_script import ShellScriptPartHandler
cloud, commands = sys.argv[1:]
os.environ["PATH"] = commands
paths = helpers.Paths({"cloud_dir": cloud, "run_dir": cloud})
shell = ShellScriptPartHandler(paths)
message = user_data.UserDataProcessor(paths).process(sys.stdin.buffer.read())
def write(_data, name, payload, headers):
    shell.handle_part(None, headers["Content-Type"], name, payload, None)
handlers.walk(message, write, None)
subp.runparts(os.path.join(cloud, "scripts", "per-boot"))
subp.runparts(os.path.join(cloud, "instance", "scripts"))
"""
"""What cloud-init does at an instance's first start, in its order."""


def has_cloud_init() -> bool:
    """Return whether the distribution's Python can import cloud-init."""
    return (
        PYTHON.exists()
        and subprocess.run(
            [PYTHON, "-c", "import cloudinit"], capture_output=True, check=False
        ).returncode
        == 0
    )


pytestmark = pytest.mark.skipif(not has_cloud_init(), reason="cloud-init is not installed")


@pytest.mark.parametrize(
    "setup",
    [
        NodeSetup(environment="TowerForge-cpu"),
        NodeSetup(
            environment="TowerForge-cpu",
            fusion_scratch=True,
            aws_cli=AwsCli(),
            log_group="/seqera/nodes",
            mounts=(efs("fs-1"),),
            ecs_config="ECS_LOGLEVEL=debug",
        ),
    ],
    ids=["plain", "everything"],
)
def test_cloud_init_runs_our_script_unchanged(setup: NodeSetup, tmp_path: Path) -> None:
    """The part that cloud-init will execute is the script to the last byte."""
    done = subprocess.run(
        [PYTHON, "-c", PARSES, tmp_path],
        input=render(setup).encode(),
        capture_output=True,
        check=True,
    )

    part = email.message_from_string(render(setup)).get_payload(0)
    assert isinstance(part, Message)
    assert json.loads(done.stdout) == [["text/x-shellscript", part.get_payload()]]


OF_BATCH = """#!/bin/bash
echo ECS_CLUSTER=cluster >>{config}
"""


def merged(machine: Machine, setup: NodeSetup, *, batch_first: bool) -> str:
    """Return user data as AWS Batch may merge it: our message and its own part in a message."""
    script = machine.script(setup).read_text()
    ours = email.message_from_string(render(setup))
    part = ours.get_payload(0)
    assert isinstance(part, Message)
    part.set_payload(script)
    config = machine.file("/etc/ecs/ecs.config")
    config.parent.mkdir(parents=True)
    theirs = MIMEText(OF_BATCH.format(config=config), "x-shellscript", "us-ascii")
    whole = MIMEMultipart()
    for message in (theirs, ours) if batch_first else (ours, theirs):
        whole.attach(message)
    return whole.as_string()


@pytest.mark.parametrize("batch_first", [True, False], ids=["batch first", "ours first"])
@pytest.mark.parametrize("works", [True, False], ids=["ready", "failed"])
def test_cloud_init_runs_it_beside_the_part_of_aws_batch(
    machine: Machine,
    works: bool,  # noqa: FBT001 - a column
    batch_first: bool,  # noqa: FBT001 - a column
) -> None:
    """Whichever comes first, the agent has the lines of both, and another start agrees."""
    setup = NodeSetup(environment="TowerForge-cpu", mounts=(efs("fs-1"),), log_group="/nodes")
    if not works:
        machine.stub("getent", "exit 1")

    first = machine.run_command(
        *(str(PYTHON), "-c", RUNS, str(machine.file("/var/lib/cloud")), str(machine.commands)),
        given=merged(machine, setup, batch_first=batch_first),
    )

    lines = machine.file("/etc/ecs/ecs.config").read_text().splitlines()
    assert "ECS_CLUSTER=cluster" in lines
    assert ("# seqera-batch: end" in lines) is works
    assert (first.status == 0) is works
    assert machine.ready.exists() is works
    assert len(first.failures) == (not works)

    again = machine.start_again()

    assert (again.status == 0) is works
    assert machine.ready.exists() is works
    # The agent takes the last assignment of a variable, and no two of these are of the same one.
    assert sorted(machine.file("/etc/ecs/ecs.config").read_text().splitlines()) == sorted(lines)
