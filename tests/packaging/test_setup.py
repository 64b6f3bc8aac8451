# SPDX-License-Identifier: Apache-2.0
"""Set-up leaves nothing to compile, unpack or index for the first command that somebody calls."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.packaging.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# But for `synth`, whose CDK takes long to compile and which is one call of the same form.
SET_UP = """
import warm
warm.RUNS = tuple(run for run in warm.RUNS if run[0] != "synth")
warm.run_commands()
"""
FIRST = (
    ("init",),
    ("init", "--from", "examples/exported-from-platform.json"),
    ("validate", "examples/fsx.yaml"),
    ("plan", "examples/fsx.yaml"),
    ("effects", "examples/fsx.yaml", "examples/efs.yaml"),
    ("policies", "examples/fsx.yaml", "--for", "deployer"),
    ("review", "examples/fsx.yaml", "--format", "html"),
    ("export", "examples/fsx.yaml", "--to", "tw"),
    ("schema",),
    ("completion", "zsh"),
)
COMMANDS = f"""
from contextlib import suppress
from seqera_batch.cli import main
for command in {FIRST}:
    with suppress(SystemExit):
        main(command)
"""


def test_nothing_is_left_to_compile(tmp_path: Path) -> None:
    """What the commands load was compiled when set-up ended."""
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    environment |= {
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "scripts"))),
        "PYTHONPYCACHEPREFIX": str(tmp_path),
    }

    def compiled(*arguments: str) -> set[Path]:
        subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=False,
        )
        return set(tmp_path.rglob("*.pyc"))

    after_set_up = compiled("-c", SET_UP)
    assert len(after_set_up) > 100
    assert compiled("-c", COMMANDS) - after_set_up == set()


# One small package, first loaded by a command or before: as with CDK, in a second.
FILL = """
import importlib
import warm
warm.PACKAGES = (("constructs", "constructs", "constructs"),)
warm.RUNS = ((),)
warm.WAIT_SECONDS = 20
warm.seqera_batch = lambda arguments: importlib.import_module("constructs")
warm.main()
"""


def test_an_empty_cache_of_jsii_is_filled(tmp_path: Path) -> None:
    """Jsii's indexes are made, although the commands run in a folder that goes."""
    run = subprocess.run(
        [sys.executable, "-c", FILL],
        cwd=ROOT,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "scripts"))),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Ready after" in run.stdout, run.stderr
    assert list(tmp_path.glob("constructs/*/*/.jsii.runtime.v*.json"))


MYPY = """#!/bin/sh
case "$*" in *num-workers*) exit {with_workers};; esac
echo alone
"""


@pytest.mark.parametrize(("with_workers", "alone"), [(0, False), (1, False), (2, True)])
def test_types_are_checked_on_a_busy_machine(
    tmp_path: Path, with_workers: int, *, alone: bool
) -> None:
    """Where mypy's processes do not start in time it goes on alone; wrong types end it at once."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    mypy = tmp_path / "mypy"
    mypy.write_text(MYPY.format(with_workers=with_workers), "utf-8")
    mypy.chmod(0o755)
    done = subprocess.run(
        [make, "--silent", "--old-file", ".venv/.dev", "types", f"BIN={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0, "alone" in done.stdout) == (with_workers != 1, alone), done.stderr
