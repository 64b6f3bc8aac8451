# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch synth`: an assembly is written whole, or what was there stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from seqera_batch import stack
from seqera_batch.cli import assembly, synth, writing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Run

TEMPLATE = "TowerForge-good.template.json"


def _content(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_writes_cdk_out(run: Run, good: Path, tmp_path: Path) -> None:
    """The assembly is in cdk.out, with its templates' paths on standard output."""
    result = run("synth", good)
    assert result.exit_code == 0
    assert result.output == f"cdk.out/{TEMPLATE}\n"
    assert {"manifest.json", "cdk.out", TEMPLATE} <= _in(tmp_path / "cdk.out")
    assert _in(tmp_path) == {"cdk.out", "good.yaml"}


def test_several_files(run: Run, good: Path, other: Path, tmp_path: Path) -> None:
    """Several files become one assembly with a stack each."""
    result = run("synth", "-o", "deep/down/out", good, other)
    assert result.exit_code == 0
    folder = tmp_path / "deep" / "down" / "out"
    assert result.output.splitlines() == [
        f"deep/down/out/{TEMPLATE}",
        "deep/down/out/TowerForge-other.template.json",
    ]
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    assert {"TowerForge-good", "TowerForge-other"} <= artifacts.keys()


def test_name(run: Run, good: Path, tmp_path: Path) -> None:
    """--name names the stack and what is in it."""
    assert run("synth", "--name", "renamed", good).exit_code == 0
    text = (tmp_path / "cdk.out" / "TowerForge-renamed.template.json").read_text()
    assert "TowerForge-renamed-head" in text
    assert "TowerForge-good" not in text


def test_again_replaces(run: Run, good: Path, other: Path, tmp_path: Path) -> None:
    """A second synth replaces the assembly, and nothing of the first is left."""
    run("synth", good)
    assert run("synth", other).exit_code == 0
    assert TEMPLATE not in _in(tmp_path / "cdk.out")
    assert _in(tmp_path) == {"cdk.out", "good.yaml", "other.yaml"}


def test_again_is_the_same(run: Run, good: Path, tmp_path: Path) -> None:
    """A second synth of the same file writes the same templates."""
    run("synth", good)
    before = (tmp_path / "cdk.out" / TEMPLATE).read_bytes()
    run("synth", good)
    assert (tmp_path / "cdk.out" / TEMPLATE).read_bytes() == before


def test_into_empty_folder(run: Run, good: Path, tmp_path: Path) -> None:
    """An empty folder is as good as none."""
    (tmp_path / "out").mkdir()
    assert run("synth", "-o", "out", good).exit_code == 0
    assert TEMPLATE in _in(tmp_path / "out")


def test_bad_file_keeps_assembly(run: Run, good: Path, bad: Path, tmp_path: Path) -> None:
    """A bad file leaves an assembly as it is, even beside a good one."""
    run("synth", good)
    before = _content(tmp_path)
    result = run("synth", good, bad)
    assert (result.exit_code, result.output) == (1, "")
    assert _content(tmp_path) == before


def test_bad_file_writes_nothing(run: Run, bad: Path, tmp_path: Path) -> None:
    """Without an assembly a bad file leaves none."""
    assert run("synth", bad).exit_code == 1
    assert _in(tmp_path) == {"bad.yaml"}


def test_together_refused(run: Run, good: Path, tmp_path: Path) -> None:
    """Files that cannot exist together leave nothing written."""
    result = run("synth", good, good)
    assert result.exit_code == 1
    assert "error[environment-name-once]" in result.errors
    assert _in(tmp_path) == {"good.yaml"}


def _fails_at_synth(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: cdk.App) -> None:
        raise RuntimeError("ValidationFailed: no such property")

    monkeypatch.setattr(cdk.App, "synth", fail)


def _fails_half_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object, folder: Path, **__: object) -> list[str]:
        folder.mkdir()
        (folder / "half.template.json").write_text("{")
        raise RuntimeError("broken off")

    monkeypatch.setattr(synth, "_synthesize", fail)


def _fails_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == "fresh":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)


@pytest.mark.parametrize("fails", [_fails_at_synth, _fails_half_way, _fails_in_place])
def test_failure_keeps_assembly(
    run: Run,
    good: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fails: Callable[[pytest.MonkeyPatch], None],
) -> None:
    """Wherever synthesis fails, the assembly that was there stays, and nothing lies beside it."""
    run("synth", good)
    before = _content(tmp_path)
    fails(monkeypatch)
    if fails is _fails_half_way:
        with pytest.raises(RuntimeError, match="broken off"):
            run("synth", good)
    else:
        assert run("synth", good).exit_code == 1
    assert _content(tmp_path) == before


def test_refusal_of_cdk(run: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What CDK refuses is a problem like others, and says whose defect it is."""
    _fails_at_synth(monkeypatch)
    result = run("synth", good)
    assert result.exit_code == 1
    assert "error[synthesis] CDK refuses the templates: ValidationFailed" in result.errors


def test_broken_template_is_refused(
    run: Run, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template that CloudFormation would refuse is not written, unless nobody looks."""

    def break_it(app: cdk.App, name: str, **_: object) -> None:
        cdk.CfnResource(cdk.Stack(app, name), "Thing", type="AWS::Batch::NoSuchThing")

    monkeypatch.delenv("CDK_VALIDATION")
    monkeypatch.setattr(stack, "SeqeraBatchStack", break_it)
    result = run("synth", good)
    assert result.exit_code == 1
    assert "error[synthesis] CDK refuses the templates: ValidationFailed" in result.errors
    assert _in(tmp_path) == {"good.yaml"}
    assert run("synth", "--no-validation", good).exit_code == 0


def test_put_aside_with_what_is_unfinished(tmp_path: Path) -> None:
    """What Python and jsii put aside meanwhile is where Ctrl-C removes it; afterwards elsewhere."""
    elsewhere = tempfile.gettempdir()
    with assembly.replaced(tmp_path / "out") as fresh:
        assert Path(tempfile.gettempdir()) in writing.UNFINISHED
        fresh.mkdir()
    assert tempfile.gettempdir() == elsewhere


@pytest.mark.parametrize("foreign", ["folder", "file"])
def test_foreign_output_refused(run: Run, good: Path, tmp_path: Path, foreign: str) -> None:
    """A folder or file that CDK has not written is left as it is."""
    output = tmp_path / "out"
    if foreign == "folder":
        output.mkdir()
        (output / "thesis.txt").write_text("ten years of work")
    else:
        output.write_text("ten years of work")
    before = _content(tmp_path)
    result = run("synth", "-o", output, good)
    assert result.exit_code == 1
    assert "error[output-folder] --output" in result.errors
    assert _content(tmp_path) == before


def test_qualifier(run: Run, good: Path, tmp_path: Path) -> None:
    """--qualifier names another bootstrap stack than CDK's own."""
    assert run("synth", "--qualifier", "lab42", good).exit_code == 0
    manifest = (tmp_path / "cdk.out" / "manifest.json").read_text()
    assert "cdk-lab42-deploy-role" in manifest
    assert "hnb659fds" not in manifest


@pytest.mark.parametrize("nested", ["notes.txt", "good.template.json", "keep/notes.txt"])
def test_foreign_files_in_an_assembly_stay(
    run: Run, good: Path, tmp_path: Path, nested: str
) -> None:
    """An assembly in which somebody keeps files of their own is left as it is, with their names."""
    run("synth", good)
    mine = tmp_path / "cdk.out" / nested
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("ten years of work")
    before = _content(tmp_path)
    result = run("synth", good)
    assert result.exit_code == 1
    assert "CDK did not write all that is in cdk.out" in result.errors
    assert f"got:     {nested.partition('/')[0]}\n" in result.errors
    assert _content(tmp_path) == before


def test_what_cdk_leaves_is_replaced(run: Run, good: Path, other: Path, tmp_path: Path) -> None:
    """Assets, packed assets, locks and files of stacks that have gone are CDK's."""
    run("synth", other, "-o", "earlier")
    run("synth", good)
    assembly = tmp_path / "cdk.out"
    for name in ("template", "assets", "metadata"):
        (tmp_path / "earlier" / f"TowerForge-other.{name}.json").rename(
            assembly / f"TowerForge-other.{name}.json"
        )
    (assembly / ".cache").mkdir()
    (assembly / "asset.0123").mkdir()
    (assembly / "read.12.1.lock").touch()
    (assembly / "synth.lock").touch()
    assets = json.loads((assembly / "TowerForge-other.assets.json").read_text())
    assets["files"]["0123"] = {"source": {"path": "asset.0123", "packaging": "zip"}}
    (assembly / "TowerForge-other.assets.json").write_text(json.dumps(assets))
    assert run("synth", good).exit_code == 0
    assert "TowerForge-other.template.json" not in _in(assembly)


def test_links_to_assemblies_are_followed(run: Run, good: Path, tmp_path: Path) -> None:
    """A link to a folder on another disk stays, and leads to the new assembly."""
    (tmp_path / "far").mkdir()
    (tmp_path / "cdk.out").symlink_to("far")
    assert run("synth", good).exit_code == 0
    assert (tmp_path / "cdk.out").is_symlink()
    assert TEMPLATE in _in(tmp_path / "far")


def test_a_link_to_itself_is_refused(run: Run, good: Path, tmp_path: Path) -> None:
    """A link that leads to no place is an error, and stays."""
    (tmp_path / "out").symlink_to("out")
    result = run("synth", "-o", "out", good)
    assert result.exit_code == 1
    assert "error[output-folder] --output: this link leads back to itself" in result.errors
    assert _in(tmp_path) == {"good.yaml", "out"}


def test_files_belong_to_the_group_of_their_folder(run: Run, good: Path, tmp_path: Path) -> None:
    """Whoever shares a folder can work with what is written there."""
    group = next((one for one in os.getgroups() if one != os.getegid()), None)
    if group is None:
        if os.geteuid() != 0:
            pytest.skip("whoever runs this is in one group")
        group = 12345
    shared = tmp_path / "shared"
    shared.mkdir()
    os.chown(shared, -1, group)
    shared.chmod(0o2775)
    assert run("synth", "-o", "shared/out", good).exit_code == 0
    assert {file.stat().st_gid for file in (shared / "out").iterdir()} == {group}


@pytest.mark.parametrize("output", ["good.yaml/out", "."])
def test_output_that_cannot_be(run: Run, good: Path, tmp_path: Path, output: str) -> None:
    """An output that cannot be written is an error, not a traceback."""
    result = run("synth", "-o", output, good)
    assert result.exit_code == 1
    assert "error[output-folder] --output" in result.errors
    assert _in(tmp_path) == {"good.yaml"}


def test_quotas_are_told_before_cdk_starts(
    run: Run, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More queues than a region takes are refused at once, and nothing is written."""
    monkeypatch.setattr(synth, "prepare", lambda: pytest.fail("CDK is prepared"))
    text = good.read_text("utf-8")
    files = [tmp_path / f"good{number}.yaml" for number in range(26)]
    for file in files:
        file.write_text(text.replace("name: good", f"name: {file.stem}"), "utf-8")
    result = run("synth", "-o", "out", *files)
    assert result.exit_code == 1
    assert "error[batch-quota]" in result.errors
    assert not (tmp_path / "out").exists()


def test_warnings_are_said(run: Run, noisy: Path) -> None:
    """Warnings go to standard error, and the templates are written."""
    result = run("synth", noisy)
    assert result.exit_code == 0
    assert "warning[min-cpus-cost]" in result.errors
    assert "warning" not in result.output


def test_synth_without_node(good: Path, tmp_path: Path) -> None:
    """Where there is no Node.js the error says how to get one, and nothing is written."""
    environment = {**os.environ, "JSII_NODE": str(tmp_path / "no-node")}
    done = subprocess.run(
        [sys.executable, "-m", "seqera_batch", "synth", str(good), "-o", str(tmp_path / "out")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "error[node-missing]" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
