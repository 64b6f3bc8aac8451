# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch effects`: what it prints, and what its exit code says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

FILE = """\
name: demo
region: eu-west-1
work_dir: s3://example-work/runs
description: {description}
forge: {{type: {type}, max_cpus: {max_cpus}}}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes an environment file."""

    def file(name: str, **fields: object) -> Path:
        path = tmp_path / name
        values = {"description": "one", "type": "SPOT", "max_cpus": 64, **fields}
        path.write_text(FILE.format(**values), encoding="utf-8")
        return path

    return file


if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[..., Path]


def test_nothing_changes(run: Run, good: Path) -> None:
    """The same file twice is fine, and says so in two words."""
    result = run("effects", good, good)
    assert (result.exit_code, result.output) == (0, "nothing changes\n")


def test_in_place(run: Run, write: Write) -> None:
    """A change that interrupts nothing is told by field and resource, with exit code 0."""
    result = run("effects", write("old.yaml"), write("new.yaml", max_cpus=128))
    assert result.exit_code == 0
    assert "forge.max_cpus: 64 -> 128" in result.output
    assert "~ WorkComputeEnvironment  AWS::Batch::ComputeEnvironment: in place" in result.output
    assert "All in all: changed in place, nothing is interrupted" in result.output


def test_interrupting(run: Run, write: Write) -> None:
    """Queues that go are told with what that ends, and Platform's part with the command for it."""
    result = run("effects", write("old.yaml"), write("new.yaml", type="EC2"))
    assert result.exit_code == 1
    assert "- HeadJobQueue" in result.output
    assert "jobs in the old one end" in result.output
    assert "a new compute environment is needed for:" in result.output
    assert "seqera-batch export NEW --to tw --outputs cdk-outputs.json" in result.output


def test_json(run: Run, write: Write) -> None:
    """The JSON has the same, under keys that stay."""
    result = run(
        "effects", "--format", "json", write("old.yaml"), write("new.yaml", description="two")
    )
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert found.keys() == {
        "verdict",
        "interrupts",
        "stack",
        "fields",
        "resources",
        "refused",
        "held",
        "platform",
    }
    (field,) = found["fields"]
    assert field == {
        "path": "description",
        "old": "one",
        "new": "two",
        "effect": "nothing",
        "declared": "nothing changes in AWS; Platform can edit it",
        "resources": [],
        "platform": {"edited": ["description"], "anew": [], "kept": []},
        "by_itself": True,
    }


def test_what_a_kept_file_system_will_hold(run: Run, write: Write) -> None:
    """A network that its stack will not be able to delete is told before, with the way out."""
    old = write("old.yaml", max_cpus="64, fsx_size: 1200")
    result = run("effects", old, write("new.yaml"))
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert (
        "The stack cannot be deleted afterwards: Fsx, FsxIngress1018, FsxIngress988, "
        "FsxSecurityGroup will stay in the account and hold PublicSubnet1, Vpc"
    ) in said
    assert "delete the file system and then its group by hand before the stack" in said


def test_an_export_is_compared_as_well(run: Run, good: Path, tmp_path: Path) -> None:
    """A JSON exported from Platform stands for a file, under a name that is given."""
    export = tmp_path / "export.json"
    export.write_text(
        json.dumps(
            {
                "discriminator": "aws-batch",
                "region": "eu-west-1",
                "workDir": "s3://work/dir",
                "forge": {"type": "SPOT", "maxCpus": 64},
            }
        )
    )
    result = run("effects", "--name", "good", export, good)
    assert (result.exit_code, result.output) == (0, "nothing changes\n")


def test_files_that_cannot_be_used(run: Run, good: Path, bad: Path) -> None:
    """Problems of both files are told at once, and nothing is compared."""
    result = run("effects", bad, "missing.yaml")
    assert (result.exit_code, result.output) == (1, "")
    assert "unknown-field" in result.errors
    assert "missing-file" in result.errors
    assert run("effects", good).exit_code == 2


def test_data_that_goes_with_the_stack(run: Run, write: Write) -> None:
    """What only decides of the data's end is told, though nothing is interrupted."""
    kept, gone = write("kept.yaml"), write("gone.yaml")
    for file, more in ((kept, ""), (gone, "aws: {destroy_data: true}\n")):
        text = file.read_text("utf-8").replace("64}", "64, efs_create: true}")
        file.write_text(text + more, "utf-8")
    result = run("effects", kept, gone)
    assert result.exit_code == 0
    assert "Efs  AWS::EFS::FileSystem: in place; from then on it is deleted with" in result.output
    back = run("effects", gone, kept).output
    assert "from then on it stays when the stack is deleted" in back


def test_another_name_is_another_stack(run: Run, good: Path, other: Path) -> None:
    """That nothing of the old stack changes is said before what a stack of one's own would do."""
    text = run("effects", good, other).output
    said = "TowerForge-other is created beside TowerForge-good, of which nothing changes;"
    assert text.index(said) < text.index("\nResources (")
