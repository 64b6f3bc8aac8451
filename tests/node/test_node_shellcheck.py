# SPDX-License-Identifier: Apache-2.0
"""shellcheck finds nothing in the script files, nor in what any set-up renders."""

from __future__ import annotations

import email
import shutil
import subprocess
import sys
from email.message import Message
from importlib import resources
from itertools import product
from pathlib import Path

import pytest

from seqera_batch.node import AwsCli, Mount, NodeSetup, render
from tests.mounts import efs, lustre

SHELLCHECK = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which(
    "shellcheck"
)
SCRIPTS = [
    Path(str(file))
    for file in resources.files("seqera_batch.node").joinpath("scripts").iterdir()
    if file.name.endswith(".sh")
]
EFS = efs("fs-1", zone="eu-west-1a")
LUSTRE = lustre("fs-2.example")
MOUNTS: list[tuple[Mount, ...]] = [(), (EFS,), (LUSTRE,), (EFS, LUSTRE)]

pytestmark = pytest.mark.skipif(SHELLCHECK is None, reason="shellcheck is not installed")


def shellcheck(*files: Path, without: str = "") -> str:
    """Return what shellcheck says of the files."""
    assert SHELLCHECK
    done = subprocess.run(
        [SHELLCHECK, "--shell=bash", "--severity=style", f"--exclude={without}", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def setups() -> list[NodeSetup]:
    """Return every combination of the options that bring scripts."""
    return [
        NodeSetup(
            environment="TowerForge-cpu",
            fusion_scratch=scratch,
            data_disk=scratch,
            fusion=cli is None,
            aws_cli=cli,
            # Two here-documents that nothing else depends on: both or none, to save seconds.
            log_group="/seqera/nodes" if scratch else None,
            ecs_config="ECS_LOGLEVEL=debug" if scratch else None,
            mounts=mounts,
        )
        for scratch, cli, mounts in product(
            (False, True), (None, AwsCli(), AwsCli(install=False)), MOUNTS
        )
    ]


def test_the_files_are_clean() -> None:
    """Each file passes by itself, and there are files."""
    assert SCRIPTS
    assert shellcheck(*SCRIPTS) == ""


def test_what_is_rendered_is_clean(tmp_path: Path) -> None:
    """Every combination of options passes."""
    files = []
    for number, setup in enumerate(setups()):
        part = email.message_from_string(render(setup)).get_payload(0)
        assert isinstance(part, Message)
        file = tmp_path / f"{number}.sh"
        file.write_text(str(part.get_payload()))
        files.append(file)

    # `limit` runs functions by their names, which is no call to shellcheck.
    assert shellcheck(*files, without="SC2329") == ""


def test_every_file_has_a_licence_and_a_purpose() -> None:
    """The second and third lines of a script say both."""
    for file in SCRIPTS:
        lines = file.read_text().splitlines()
        assert lines[:2] == ["# shellcheck shell=bash", "# SPDX-License-Identifier: Apache-2.0"]
        assert lines[2].startswith("# ")
