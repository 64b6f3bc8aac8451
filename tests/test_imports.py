# SPDX-License-Identifier: Apache-2.0
"""Nothing but `synth` and the constructs loads CDK, and with it Node.js."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seqera_batch.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
HEAVY = ("aws_cdk", "boto3", "botocore", "cdk_nag", "constructs", "jsii")
"""CDK, and what only commands load that look at an account."""
WATCH = """
import json, sys
try:
    {statement}
except SystemExit as stopped:
    assert stopped.code in (None, 0), stopped.code
sys.stderr.write(json.dumps(sorted(sys.modules)))
"""


def _modules_after(statement: str) -> set[str]:
    """Return the modules that are loaded in a new process after a statement."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH.format(statement=statement)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def _main(*arguments: str) -> str:
    return f"from seqera_batch.cli import main; sys.exit(main({list(arguments)!r}))"


def _asked(line: str) -> str:
    """Return how a shell asks the program how a line may go on, which ends with `os._exit`."""
    asks = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": os.devnull,
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    return f"import os; os.environ |= {asks!r}; os._exit = sys.exit; {_main()}"


@pytest.mark.parametrize(
    "statement",
    [
        "import seqera_batch",
        "from seqera_batch import ForgeConfig, ForgePlan, ConfigError, check, load",
        "from seqera_batch.policies import roles",
        "from seqera_batch.node import render",
        "from seqera_batch.plan.documents import identities",
        "from seqera_batch.judge.findings import findings",
        "from seqera_batch.nag import RULES, acknowledged, check",
        "from scripts import reference",
        _main("--help"),
        _main("--version"),
        _main("init"),
        _main("schema"),
        _main("validate", "seqera.yaml"),
        _main("validate", "--format", "json", "examples/exported-from-platform.json"),
        _main("plan", "seqera.yaml"),
        _main("plan", "--format", "json", "examples/efs.yaml"),
        _main("init", "--from", "examples/exported-from-platform.json"),
        _main("export", "examples/on-demand.yaml", "--to", "tw"),
        _main("export", "examples/on-demand.yaml", "--to", "nextflow"),
        _main("synth", "--help"),
        _main("check", "--help"),
        _main("doctor", "--help"),
        _main("leftovers", "--help"),
        _main("policies", "seqera.yaml", "--for", "doctor"),
    ],
)
def test_without_cdk(statement: str) -> None:
    """The library and every command but `synth` work without CDK."""
    loaded = _modules_after(statement)
    assert "seqera_batch" in loaded
    assert not loaded & set(HEAVY)


def test_with_cdk() -> None:
    """The check sees CDK where it is used."""
    loaded = _modules_after("from seqera_batch import BatchForge")
    assert {"aws_cdk", "constructs", "jsii"} <= loaded


@pytest.mark.parametrize(
    "statement",
    [
        _main("--help"),
        _main("--version"),
        *(_main(command, "--help") for command in COMMANDS),
        _main("completion", "bash"),
        _main("init"),
        _asked("seqera-batch plan --fo"),
    ],
)
def test_help_without_pydantic(statement: str) -> None:
    """Help, version, completion and the starter file do not read the configuration's classes."""
    assert "pydantic" not in _modules_after(statement)


def test_plugins_of_pydantic_are_not_looked_for() -> None:
    """A command's own process does not load what would look through all installed packages."""
    loaded = _modules_after(
        "sys.argv = ['seqera-batch', 'validate', 'seqera.yaml']; "
        "from seqera_batch.cli import main; main()"
    )
    assert "pydantic.plugin" in loaded
    assert "email" not in loaded


def test_app_begins_without_pydantic() -> None:
    """`app.py` says that its process is short before what would look for plugins is loaded."""
    assert "pydantic" not in _modules_after("import app")


@pytest.mark.parametrize(
    "statement",
    [
        "import importlib.metadata; importlib.metadata.version('pydantic')",
        "from importlib.metadata import version; version('pydantic')",
        "from importlib import metadata; metadata.version('pydantic')",
    ],
)
def test_what_is_put_off_is_there(statement: str) -> None:
    """What a short process leaves out at first is found by whoever takes it, in any form."""
    loaded = _modules_after(
        f"from seqera_batch.own_process import be_brief; be_brief(); {statement}"
    )
    assert "email" in loaded
