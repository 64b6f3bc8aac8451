# SPDX-License-Identifier: Apache-2.0
"""cloud-init itself finds one shell script in the user data."""

from __future__ import annotations

import email
import json
import subprocess
from email.message import Message
from pathlib import Path

import pytest

from seqera_batch.node import AwsCli, NodeSetup, render
from tests.mounts import efs

# cloud-init is a package of the distribution, for the distribution's own Python.
PYTHON = Path("/usr/bin/python3")
PROGRAM = """
import json, sys
from cloudinit import helpers, user_data
paths = helpers.Paths({"cloud_dir": sys.argv[1], "run_dir": sys.argv[1]})
message = user_data.UserDataProcessor(paths).process(sys.stdin.buffer.read())
print(json.dumps([
    [part.get_content_type(), part.get_payload(decode=True).decode()]
    for part in message.walk() if not part.is_multipart()
]))
"""


def has_cloud_init() -> bool:
    """Return whether the distribution's Python can import cloud-init."""
    return (
        PYTHON.exists()
        and subprocess.run(
            [PYTHON, "-c", "import cloudinit"], capture_output=True, check=False
        ).returncode
        == 0
    )


@pytest.mark.skipif(not has_cloud_init(), reason="cloud-init is not installed")
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
        [PYTHON, "-c", PROGRAM, tmp_path],
        input=render(setup).encode(),
        capture_output=True,
        check=True,
    )

    part = email.message_from_string(render(setup)).get_payload(0)
    assert isinstance(part, Message)
    assert json.loads(done.stdout) == [["text/x-shellscript", part.get_payload()]]
