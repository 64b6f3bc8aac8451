# SPDX-License-Identifier: Apache-2.0
"""The data about AWS's actions: current, complete for what we use, and read only when needed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch.catalog import authorization

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Return the script that writes the data."""
    spec = importlib.util.spec_from_file_location(
        "service_authorization", ROOT / "scripts" / "service_authorization.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_data_is_current(script: ModuleType) -> None:
    """Writing the data again gives the same bytes."""
    wanted = {name: text.encode() for name, text in script.files().items()}
    assert {file.name: file.read_bytes() for file in script.FOLDER.iterdir()} == wanted


def test_an_action() -> None:
    """An action has its types, those that are needed marked, and the keys of its requests."""
    [submit] = authorization.actions("batch:submitjob")
    assert submit.full_name == "batch:SubmitJob"
    assert submit.level == "Write"
    assert {one.name for one in submit.types if one.required} == {"job", "job-queue"}
    assert {"aws:RequestTag/${TagKey}", "batch:ShareIdentifier"} <= submit.keys
    assert submit.may_name("arn:aws:batch:eu-west-1:111122223333:job-queue/work")
    assert not submit.may_name("arn:aws:batch:eu-west-1:111122223333:compute-environment/work")


def test_a_pattern_of_actions() -> None:
    """A pattern stands for every action that matches it, whatever the case."""
    names = {action.name for action in authorization.actions("LOGS:get*")}
    assert {"GetLogEvents", "GetQueryResults"} <= names
    assert all(name.startswith("Get") for name in names)


@pytest.mark.parametrize("pattern", ["batch:Nothing", "nothing:Do", "glue:CreateJob", "*", ""])
def test_what_the_data_does_not_tell(pattern: str) -> None:
    """Unknown actions and services give nothing, and no error."""
    assert authorization.actions(pattern) == ()


def test_importing_reads_no_data() -> None:
    """The data is read for the services that a policy names, when it is reviewed."""
    code = (
        "import pathlib; real = pathlib.Path.read_text\n"
        "def read_text(self, *rest): print(self.name); return real(self, *rest)\n"
        "pathlib.Path.read_text = read_text\n"
        "from seqera_batch.judge.findings import findings\n"
        "print('imported')\n"
        "findings([{'Effect': 'Allow', 'Action': 'sqs:SendMessage', 'Resource': '*'}])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    before, _, after = done.stdout.partition("imported\n")
    assert before == ""
    assert set(after.split()) == {"services.json", "sqs.json"}
