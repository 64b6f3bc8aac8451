# SPDX-License-Identifier: Apache-2.0
"""The same files give the same bytes, whenever, wherever and by whatever they are synthesized."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch import ForgeConfig
from seqera_batch.stack import add_environments, new_app

if TYPE_CHECKING:
    from tests.stacks.conftest import Command, Scenario

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.*"))


def _templates(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.template.json")}


def test_twice_in_one_process(examples: dict[str, Scenario], tmp_path: Path) -> None:
    """A second synthesis writes the same bytes."""
    app = new_app(outdir=str(tmp_path))
    add_environments(app, [ForgeConfig.from_file(file) for file in EXAMPLES])
    app.synth()
    first = next(iter(examples.values())).file.parent
    assert _templates(tmp_path) == _templates(first)
    assert len(_templates(tmp_path)) == len(EXAMPLES)


def test_other_hash_seed(examples: dict[str, Scenario], by_command_line: Command) -> None:
    """The command line writes the same bytes under another hash seed, time zone and folder."""
    first = next(iter(examples.values())).file.parent
    assert _templates(by_command_line.folder) == _templates(first)


def test_cdk_validation_as_errors(by_command_line: Command) -> None:
    """CDK's own validation, which users get as errors, refuses none of the examples."""
    assert by_command_line.exit_code == 0, by_command_line.errors
    assert len(by_command_line.output.splitlines()) == len(EXAMPLES)
    assert "error" not in by_command_line.errors.lower()
    assert (by_command_line.folder / "validation-report.json").exists()


def test_alone_or_together(examples: dict[str, Scenario], tmp_path: Path) -> None:
    """A file gives the same template alone and beside others."""
    for name, example in examples.items():
        app = new_app(outdir=str(tmp_path / name))
        add_environments(app, [example.config])
        app.synth()
        alone = (tmp_path / name / example.file.name).read_bytes()
        assert alone == example.file.read_bytes()


def test_nothing_is_looked_up(examples: dict[str, Scenario]) -> None:
    """No template needs a look-up in an account, and none uploads an asset of ours."""
    folder = next(iter(examples.values())).file.parent
    assert not (folder / "cdk.context.json").exists()
    for example in examples.values():
        assert '"missing"' not in (folder / "manifest.json").read_text("utf-8")
        assert "<asset>" not in example.file.read_text("utf-8")
